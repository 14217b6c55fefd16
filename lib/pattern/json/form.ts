// The JSON form of a pattern: the tree of ast.ts and expression.ts, with three differences.
//
//     sequitur: 1        says that this is a pattern, and in which version of the form
//     defaults           a field that has its default may be left out, and `toJson` leaves it out
//     literals           what JSON has no word for is spelt: { "bigint": "9007199254740993" }, { "number": "-0" }
//
// Functions given to `filter` have no JSON form.

import type { Contiguity } from "../ast.ts";
import type { AggregateOp, ArithmeticOp, CompareOp, EventRef, TextOp } from "../expression/expression.ts";

/** The version of the form that this code writes, and the only one it reads. */
export const JSON_VERSION = 1;

/**
 * A pattern as JSON data: what `toJSON()` of a pattern gives and `fromJSON` takes.
 *
 * @example
 * import { fromJSON, type PatternJson } from "sequitur";
 *
 * const json: PatternJson = {
 *   sequitur: 1,
 *   name: "twice",
 *   elements: [
 *     { kind: "step", name: "one", on: ["ping"] },
 *     { kind: "step", name: "other", link: "next", on: ["ping"] },
 *   ],
 *   withinMs: 60_000,
 * };
 * fromJSON(json).name // => "twice"
 */
export type PatternJson = {
  readonly sequitur: typeof JSON_VERSION;
  readonly name: string;
  /** Default 1. */
  readonly version?: number;
  /** The field whose value `on` compares. Default `type`. */
  readonly tag?: string;
  readonly elements: readonly ElementJson[];
  /** Last time − first time of a match is less than this. Default: no bound. */
  readonly withinMs?: number | null;
  /** Default: nothing is dropped after a match. */
  readonly skip?: SkipJson;
  /** Default `eager`. */
  readonly emit?: "eager" | "ordered";
  /** Default: no match is suppressed. */
  readonly oncePerMs?: number | null;
};

export type ElementJson = StepJson | AbsenceJson | GroupJson;

export type StepJson = {
  readonly kind: "step";
  readonly name: string;
  /** The link before it. Default: none, as the first element of a pattern or group has it. */
  readonly link?: Contiguity | null;
  /** Values of the tag field it accepts. Default: any event. */
  readonly on?: readonly string[] | null;
  readonly condition?: ConditionJson | null;
  readonly quantifier?: QuantifierJson;
  readonly maxGapMs?: number | null;
};

export type AbsenceJson = {
  readonly kind: "absence";
  readonly name: string;
  readonly link: "notNext" | "notFollowedBy";
  readonly on?: readonly string[] | null;
  readonly condition?: ConditionJson | null;
  readonly forMs?: number | null;
};

export type GroupJson = {
  readonly kind: "group";
  readonly link?: Contiguity | null;
  readonly elements: readonly ElementJson[];
  readonly quantifier?: QuantifierJson;
  readonly maxGapMs?: number | null;
};

/** Default: taken once. `min` and `max` come together; a `max` of `null` is no bound. `counted` is by default whether they are there. */
export type QuantifierJson = {
  readonly min?: number;
  readonly max?: number | null;
  readonly optional?: boolean;
  readonly greedy?: boolean;
  readonly inner?: Contiguity;
  readonly until?: ConditionJson | null;
  readonly counted?: boolean;
};

export type SkipJson =
  | { readonly to: "none" | "next" | "pastLast" }
  | { readonly to: "first" | "last"; readonly step: string; readonly orElse?: "none" | "next" | null };

export type LiteralJson =
  | string
  | number
  | boolean
  | { readonly bigint: string }
  | { readonly number: "NaN" | "Infinity" | "-Infinity" | "-0" };

export type ValueJson =
  | { readonly kind: "literal"; readonly value: LiteralJson }
  /** Default of `of`: the candidate. */
  | { readonly kind: "field"; readonly of?: EventRef; readonly path: readonly string[] }
  | { readonly kind: "count"; readonly step: string }
  | { readonly kind: "aggregate"; readonly op: AggregateOp; readonly step: string; readonly value: ValueJson }
  | { readonly kind: "arithmetic"; readonly op: ArithmeticOp; readonly left: ValueJson; readonly right: ValueJson }
  | ConditionJson;

export type ConditionJson =
  | { readonly kind: "compare"; readonly op: CompareOp; readonly left: ValueJson; readonly right: ValueJson }
  | { readonly kind: "between"; readonly value: ValueJson; readonly low: ValueJson; readonly high: ValueJson }
  | { readonly kind: "oneOf"; readonly value: ValueJson; readonly options: readonly LiteralJson[] }
  | { readonly kind: "text"; readonly op: TextOp; readonly value: ValueJson; readonly text: ValueJson }
  | { readonly kind: "exists" | "isTrue"; readonly value: ValueJson }
  | { readonly kind: "and" | "or"; readonly parts: readonly ConditionJson[] }
  | { readonly kind: "not"; readonly part: ConditionJson };
