// Everything that can be seen to be wrong with a pattern. Each file looks at one side of it:
//
//     check-limits       size, so that the others can be let loose on it
//     check-words        names, tags, versions, durations
//     check-elements     links, and where absences stand
//     check-quantifiers  counts, loops, greed
//     check-report       skip strategies, and how long runs live
//     check-conditions   what conditions mention
//     check-sense        whether they can hold

import type { Problem } from "../../core/errors.ts";
import type { PatternAst } from "../ast.ts";
import { DEFAULT_PATTERN_LIMITS, type PatternLimits } from "../limits.ts";
import { checkConditions } from "./conditions.ts";
import { checkElements } from "./elements.ts";
import { checkLimits, hasWalkableSize } from "./limits.ts";
import { newFindings, type ProblemCode } from "./problem-codes.ts";
import { checkQuantifiers } from "./quantifiers.ts";
import { checkReport } from "./report.ts";
import { checkSense } from "./sense.ts";
import { checkWords } from "./words.ts";

/**
 * How strictly to check.
 *
 * @example
 * import { type CheckOptions, compile, PatternError, pattern } from "sequitur";
 *
 * const strict: CheckOptions = { requireBound: true };
 * let code = "";
 * try {
 *   compile(pattern<{ id: string }>("pair").begin("one").followedBy("two"), strict);
 * } catch (error) {
 *   code = error instanceof PatternError ? error.code : "";
 * }
 * code; // => "NO_TIME_BOUND"
 */
export type CheckOptions = {
  /** Whether a pattern whose runs may live for ever is an error instead of a warning. Default `false`. */
  readonly requireBound?: boolean;
  /** How large the pattern may be. Default `DEFAULT_PATTERN_LIMITS`. */
  readonly limits?: Partial<PatternLimits>;
};

/**
 * Everything that is wrong with a pattern and everything its author should know, all at once, as far as the AST shows
 * it; what only the builder can see is in `problems` of the pattern. Errors refuse the pattern, warnings do not.
 *
 * Cost: about linear in the size of the pattern, conditions squared at worst; a pattern beyond `maxElements` or
 * `maxDepth` is not looked into any further.
 */
export function checkPattern(ast: PatternAst, options: CheckOptions = {}): readonly Problem<ProblemCode>[] {
  const { requireBound = false } = options;
  const limits = { ...DEFAULT_PATTERN_LIMITS, ...options.limits };
  const findings = newFindings();
  if (!hasWalkableSize(ast, limits, findings)) return findings.problems;
  checkLimits(ast, limits, findings);
  checkWords(ast, findings);
  checkElements(ast, findings);
  checkQuantifiers(ast, findings);
  checkReport(ast, requireBound, findings);
  checkConditions(ast, limits, findings);
  checkSense(ast, limits, findings);
  return findings.problems;
}
