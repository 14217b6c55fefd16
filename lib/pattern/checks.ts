import type { Problem } from "../core/errors.ts";
import type { PatternAst } from "./ast.ts";
import type { PatternLimits } from "./limits.ts";

/** How strictly to check. */
export type CheckOptions = {
  /** Whether a step whose runs never die is an error instead of a warning. Default `false`. */
  readonly requireBound?: boolean;
  readonly limits?: Partial<PatternLimits>;
};

/** Everything that is wrong with a pattern, or that its author should know, in the order of its elements. */
export function checkPattern(_ast: PatternAst, _options: CheckOptions = {}): readonly Problem[] {
  return [];
}
