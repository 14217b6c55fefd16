// Everything that can be wrong with a pattern once it is an AST, by the file that finds it. What only the builder can
// see is not here: its AST has no place for a second quantifier, `optional` before one, a second `within`, or a
// quantifier, `optional` or `maxGap` on an absence.

import type { Problem } from "../../core/errors.ts";

/** Every code that `checkPattern` gives. */
export const PROBLEM_CODES = [
  // limits.ts
  "TOO_MANY_ELEMENTS",
  "TOO_DEEP",
  "COUNT_TOO_LARGE",
  "NAME_TOO_LONG",
  "CONDITION_TOO_LARGE",
  "CONDITION_TOO_DEEP",
  "TOO_MANY_OPTIONS",
  // words.ts
  "EMPTY_NAME",
  "COLON_IN_NAME",
  "RESERVED_NAME",
  "UNPRINTABLE_NAME",
  "DUPLICATE_STEP",
  "EMPTY_TAG",
  "EMPTY_ON",
  "BAD_VERSION",
  "BAD_DURATION",
  "GAP_BEYOND_WITHIN",
  // elements.ts
  "EMPTY_PATTERN",
  "EMPTY_GROUP",
  "BAD_LINK",
  "ABSENCE_FIRST",
  "ABSENCE_AFTER_NOTHING",
  "ABSENCE_LAST_IN_GROUP",
  "ABSENCE_WITHOUT_DEADLINE",
  "MISPLACED_FOR",
  "DIFFERENT_FOR",
  // quantifiers.ts
  "BAD_COUNT",
  "ENDLESS_EMPTY_LOOP",
  "UNTIL_WITHOUT_LOOP",
  "CONTIGUITY_WITHOUT_LOOP",
  "GREEDY_SINGLE_STEP",
  "GREEDY_GROUP",
  "GREEDY_FIXED_COUNT",
  "GREEDY_WITH_COMBINATIONS",
  "GREEDY_NEVER_CLOSES",
  // report.ts
  "ORDERED_WITHOUT_WITHIN",
  "UNKNOWN_SKIP_TARGET",
  "ABSENT_SKIP_TARGET",
  "SKIP_TARGET_MAY_BE_MISSING",
  "NO_TIME_BOUND",
  // conditions.ts
  "UNKNOWN_STEP",
  "ABSENT_STEP",
  "LATER_STEP",
  "OWN_STEP",
  "ONE_OF_MANY",
  "INDEX_OF_ONE",
  "ITEM_OUTSIDE_AGGREGATE",
  "NOT_A_NUMBER",
  "NEVER_HOLDS",
  "ABSENCE_OF_OWN_LOOP",
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Says what is wrong and what to do about it. */
export type Say = (code: ProblemCode, path: readonly string[], message: string, remedy: string) => void;

/** Where the checks put what they find. */
export type Findings = {
  readonly problems: Problem<ProblemCode>[];
  /** Refuses the pattern. */
  readonly error: Say;
  /** Tells its author. */
  readonly warning: Say;
};

export function newFindings(): Findings {
  const problems: Problem<ProblemCode>[] = [];
  const say =
    (severity: Problem["severity"]): Say =>
    (code, path, message, remedy) => {
      problems.push({ code, severity, path, message, remedy });
    };
  return { problems, error: say("error"), warning: say("warning") };
}
