// What can be wrong while a pattern is said. What is wrong with a pattern once it is an AST is in problem-codes.ts.

/** Noted by the builder, since the AST has no place for it; refused with everything else when the pattern is compiled. */
export const BUILD_CODES = [
  "BAD_ELEMENT",
  "BAD_SKIP",
  "BAD_TAG",
  "BEGIN_MISSING",
  "BEGIN_TWICE",
  "CONDITION_ON_GROUP",
  "CONTIGUITY_TWICE",
  "END_IN_GROUP",
  "FOR_NOT_ON_ABSENCE",
  "FOR_TWICE",
  "MAX_GAP_ON_ABSENCE",
  "MAX_GAP_TWICE",
  "NOT_A_FUNCTION",
  "NO_TAG_LEFT",
  "ONCE_PER_TWICE",
  "OPTIONAL_BEFORE_QUANTIFIER",
  "OPTIONAL_TWICE",
  "QUANTIFIER_ON_ABSENCE",
  "QUANTIFIER_TWICE",
  "SELECT_TWICE",
  "SKIP_TWICE",
  "TAG_MISMATCH",
  "UNTIL_TWICE",
  "WITHIN_TWICE",
] as const;

/** Thrown at once from where a condition is written, since there is no condition then; `CONDITION_DROPPED` is only noted. */
export const WRITING_CODES = [
  "BAD_OPERAND",
  "CONDITION_DROPPED",
  "CONDITION_NOT_EXPRESSION",
  "EXPRESSION_AS_VALUE",
  "NESTED_AGGREGATE",
  "NOT_A_VALUE",
  "UNKNOWN_WORD",
] as const;

export type BuildCode = (typeof BUILD_CODES)[number];
export type WritingCode = (typeof WRITING_CODES)[number];
