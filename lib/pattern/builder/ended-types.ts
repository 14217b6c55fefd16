// The type of a pattern that has its elements, and what may still be said of it.

import type { Duration } from "../../time/duration.ts";
import type { Pattern } from "../pattern.ts";

/**
 * A pattern: matches hold `M`, alerts carry `R`. More may be said of it, in any order.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * const rise = pattern<{ value: number }>("rise").begin("low").followedBy("high").where((e, m) => e.value.gt(m.low.value));
 * const bounded = rise.within("1h").skip("pastLast").oncePer("10m").select((m) => m.high.value - m.low.value);
 * bounded.ast.oncePerMs; // => 600000
 * rise.ast.oncePerMs; // => null
 */
export interface Ended<E, M, R, B extends boolean> extends Pattern<E, M, R, B> {
  /** Less than `window` from the first event of a match to its last. */
  within(window: Duration): Ended<E, M, R, true>;
  /** What is dropped after a reported match. `emit: "ordered"` holds a match while a run with an earlier first event lives; it needs `within`. */
  skip(to: SkipTo<M>, options?: { readonly emit?: "eager" | "ordered" }): Ended<E, M, R, B>;
  /** After a reported match, others of the same key within `quiet` of it are suppressed and counted. */
  oncePer(quiet: Duration): Ended<E, M, R, true>;
  /** What alerts carry. Without it: the events by step. Called once per reported match; must be pure. */
  select<S>(make: (match: M) => S): Ended<E, M, S, B>;
}

/**
 * What `skip` takes: what is dropped after a reported match. A step that a match may lack needs `orElse`.
 *
 * @example
 * import { type MatchOf, pattern, type SkipTo } from "sequitur";
 *
 * const p = pattern<{ value: number }>("p").begin("a").followedBy("b").optional();
 * const skip: SkipTo<MatchOf<typeof p>> = { toLast: "b", orElse: "toNext" };
 * p.skip(skip).ast.skip; // => { to: "last", step: "b", orElse: "next" }
 */
export type SkipTo<M> =
  | "none"
  | "toNext"
  | "pastLast"
  | { readonly toFirst: Present<M> }
  | { readonly toLast: Present<M> }
  | { readonly toFirst: keyof M & string; readonly orElse: "toNext" | "none" }
  | { readonly toLast: keyof M & string; readonly orElse: "toNext" | "none" };

/** Steps of which every match has an event. */
type Present<M> = { [K in keyof M]: undefined extends M[K] ? never : readonly [] extends M[K] ? never : K }[keyof M] &
  string;
