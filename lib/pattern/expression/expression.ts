// Conditions as data: what `where((e, m) => …)` builds. Typed proxies write these trees (proxy.ts), `evaluate.ts`
// reads them; checks, JSON form, description and the automaton only look.
//
// Values of an event are what JSON can hold, and `bigint`. A missing field is `undefined`.

/** A constant in a condition. */
export type Literal = string | number | boolean | bigint;

/**
 * Which event a field is read from.
 *
 * - `candidate`: the event being looked at.
 * - `taken`: one the match has taken already: the only event of a step without count (`only`), or one of a
 *   counted step: the first, the last, or the one at an index from 0 (from the end if negative).
 * - `item`: inside an aggregate, each event in turn.
 */
export type EventRef =
  | { readonly kind: "candidate" }
  | { readonly kind: "taken"; readonly step: string; readonly at: "only" | "first" | "last" | number }
  | { readonly kind: "item" };

export type CompareOp = "eq" | "ne" | "lt" | "lte" | "gt" | "gte";
export type ArithmeticOp = "plus" | "minus" | "times" | "dividedBy" | "modulo";
export type TextOp = "startsWith" | "endsWith" | "includes";
export type AggregateOp = "sum" | "avg" | "min" | "max";

/** Something that has a value, or none (`undefined`) where a field is missing or of another type. */
export type ValueExpr =
  | { readonly kind: "literal"; readonly value: Literal }
  /** A field of an event: own properties only, `path` from the outside in; an empty path is the event itself. */
  | { readonly kind: "field"; readonly of: EventRef; readonly path: readonly string[] }
  /** How many events a step has taken so far (0 where it took none). */
  | { readonly kind: "count"; readonly step: string }
  /** Over the events a step has taken: those whose `value` is missing or no number are left out; a `sum` of none is 0, the others of none are missing. */
  | { readonly kind: "aggregate"; readonly op: AggregateOp; readonly step: string; readonly value: ValueExpr }
  /** Numbers only; anything else is missing. */
  | { readonly kind: "arithmetic"; readonly op: ArithmeticOp; readonly left: ValueExpr; readonly right: ValueExpr }
  /** A condition used as a value: true or false. */
  | Condition;

/** Something that holds or does not. Two-valued: a comparison with a missing value, `null`, NaN or another type does not hold. */
export type Condition =
  | { readonly kind: "compare"; readonly op: CompareOp; readonly left: ValueExpr; readonly right: ValueExpr }
  /** `low ≤ value ≤ high`. */
  | { readonly kind: "between"; readonly value: ValueExpr; readonly low: ValueExpr; readonly high: ValueExpr }
  | { readonly kind: "oneOf"; readonly value: ValueExpr; readonly options: readonly Literal[] }
  | { readonly kind: "text"; readonly op: TextOp; readonly value: ValueExpr; readonly text: ValueExpr }
  /** The value is there and not `null`. */
  | { readonly kind: "exists"; readonly value: ValueExpr }
  /** The value is `true`: a boolean field used as a condition. */
  | { readonly kind: "isTrue"; readonly value: ValueExpr }
  | { readonly kind: "and" | "or"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition }
  /** A plain function, given to `filter`. Unknown to analysis; identified in fingerprints by its place and `version`. */
  | { readonly kind: "opaque"; readonly call: OpaqueCall; readonly version: number };

/**
 * A user's function over real events. `taken` has, by step name, what `m` has in `filter((e, m) => …)`.
 * May throw: who evaluates decides what that means.
 */
export type OpaqueCall = (event: never, taken: never) => boolean;
