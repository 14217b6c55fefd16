/**
 * How large a pattern may be. Raise one by name, where it is compiled.
 *
 * @example
 * import { compile, type PatternLimits, pattern } from "sequitur";
 *
 * const limits: Partial<PatternLimits> = { maxCount: 5_000 };
 * const many = pattern<{ id: string }>("many").begin("each").times(2_000).within("1d");
 * compile(many, { limits }).steps.length; // => 1
 */
export type PatternLimits = {
  /** Steps, absences and groups. Default 1,000. */
  readonly maxElements: number;
  /** Groups inside groups. Default 8. */
  readonly maxDepth: number;
  /** Counts of a quantifier. Default 1,000. */
  readonly maxCount: number;
  /** Characters in a name. Default 200. */
  readonly maxNameLength: number;
  /** Comparisons, values and combinations in one condition. Default 1,000. */
  readonly maxConditionParts: number;
  /** Parts of a condition inside each other. Default 100. */
  readonly maxConditionDepth: number;
  /** Constants in one `oneOf`, tags in one `on`. Default 10,000. */
  readonly maxOptions: number;
};

export const DEFAULT_PATTERN_LIMITS: PatternLimits = Object.freeze({
  maxElements: 1_000,
  maxDepth: 8,
  maxCount: 1_000,
  maxNameLength: 200,
  maxConditionParts: 1_000,
  maxConditionDepth: 100,
  maxOptions: 10_000,
});
