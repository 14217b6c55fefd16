// The words that say which events a step takes or an absence forbids.

import type { BoolExpr, ExprOf, MatchExprOf } from "./expression-types.ts";
import type { Refusal } from "./refusal.ts";
import type { NoWords } from "./refused-words.ts";

/** What every step and absence takes: `T` is its event, `M` what was taken before it, `N` its name while it has no count. */
export interface Conditions<T, M, N extends string> {
  /**
   * Takes only events for which the condition holds. Called once, now, with proxies: the condition becomes data. Repeated, all must hold.
   *
   * @throws {PatternError} if `condition` uses `e` or `m` as a value (`e.amount < 2`), or does not return a condition.
   */
  where(condition: (e: ExprOf<T>, m: MatchExprOf<M, N>) => BoolExpr | Refusal<NoWords>): this;
  /** Or this: either everything that `where`, `filter` and `orWhere` have said so far, or `condition`. `on` must hold in any case. */
  orWhere(condition: (e: ExprOf<T>, m: MatchExprOf<M, N>) => BoolExpr | Refusal<NoWords>): this;
  /**
   * Takes only events for which a plain function returns `true`. It must be pure, and is called for every event that might be taken.
   * Analysis knows nothing of it, and a pattern with it has no JSON form. Raise `version` (default 1) when the function changes its meaning.
   */
  filter(condition: (e: T, m: M) => boolean, options?: { readonly version?: number }): this;
}
