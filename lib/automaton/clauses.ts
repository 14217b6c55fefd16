// What must be true of an event so that a condition can hold, as far as an index can look it up:
//
//     e.v > 5 and e.city in ("x", "y") and f(e)    ──▶    v in [5.000000000000001, ∞], city one of x, y      one clause of two traits
//     e.v > 5 or e.w = 1                           ──▶    v in …      w one of 1                             two clauses
//
// Too many events may fit, never too few: what cannot be looked up is left out. Events fit, too, for which asking calls a function
// or reads an event that was taken before, since that may throw, and somebody is told of it.

import type { Condition, Literal, ValueExpr } from "../pattern/expression/expression.ts";
import { callsFunctions, dependsOnTaken } from "../pattern/expression/looks-at.ts";
import { rangeOf } from "../pattern/expression/number-range.ts";
import { isComparable } from "../pattern/expression/operators.ts";

/** Something said of one field of an event. */
export type Trait =
  | { readonly kind: "oneOf"; readonly path: readonly string[]; readonly values: readonly Literal[] }
  /** A number, both ends in. */
  | { readonly kind: "inRange"; readonly path: readonly string[]; readonly low: number; readonly high: number };

/** What an event has to have all of; no two traits are of the same field, unless one is a range. Without traits: every event fits. */
export type Clause = readonly Trait[];

/** What fits at least one of these; without clauses nothing does. */
export type Clauses = readonly Clause[];

/** Every event. */
export const ANY: Clauses = [[]];

/** Whatever needs more is taken for less choosy than it is. */
const MAX_CLAUSES = 64;

/** The events for which `condition` may hold, or for which asking it may throw although their fields can be read. */
export function clausesOf(condition: Condition): Clauses {
  switch (condition.kind) {
    case "and":
      return untilUnsure(condition.parts).map(clausesOf).reduce(both, ANY);
    case "or":
      return either(condition.parts.map(clausesOf));
    case "compare": {
      const { op, left, right } = condition;
      if (right.kind !== "literal" || op === "ne") return ANY;
      if (op === "eq") return oneOf(left, [right.value]);
      return typeof right.value === "number" ? inRange(left, rangeOf(op, right.value)) : ANY;
    }
    case "between": {
      const { value, low, high } = condition;
      const isOfNumbers = isNumber(low) && isNumber(high);
      return isOfNumbers ? inRange(value, { low: low.value, high: high.value }) : ANY;
    }
    case "oneOf":
      return oneOf(condition.value, condition.options);
    case "isTrue":
      return oneOf(condition.value, [true]);
    default:
      return ANY;
  }
}

/** What fits both. */
export function both(left: Clauses, right: Clauses): Clauses {
  if (left.length * right.length > MAX_CLAUSES) return left.length <= right.length ? left : right;
  return left.flatMap((one) => right.flatMap((other) => other.reduce<Clauses>(narrowed, [one])));
}

/** What fits some. */
export function either(several: readonly Clauses[]): Clauses {
  const joined = several.flat().reduce<Clauses>(added, []);
  return joined.length > MAX_CLAUSES || joined.some(({ length }) => length === 0) ? ANY : joined;
}

/** Events with a value that is one of these. */
export function oneOf(value: ValueExpr, options: readonly Literal[]): Clauses {
  if (value.kind !== "field" || value.of.kind !== "candidate") return ANY;
  const values = [...new Set(options.filter(isComparable))];
  return values.length === 0 ? [] : [[{ kind: "oneOf", path: value.path, values }]];
}

function inRange(value: ValueExpr, { low, high }: { readonly low: number; readonly high: number }): Clauses {
  if (value.kind !== "field" || value.of.kind !== "candidate") return ANY;
  return low <= high ? [[{ kind: "inRange", path: value.path, low, high }]] : [];
}

function isNumber(expr: ValueExpr): expr is { readonly kind: "literal"; readonly value: number } {
  return expr.kind === "literal" && typeof expr.value === "number";
}

/** Parts are asked in order, and only while they hold: what comes after one that may throw says nothing of whether it does. */
function untilUnsure(parts: readonly Condition[]): readonly Condition[] {
  const unsure = parts.findIndex((part) => dependsOnTaken(part) || callsFunctions(part));
  return unsure < 0 ? parts : parts.slice(0, unsure + 1);
}

/** Clauses that have one trait more. None is left if it cannot be together with another of the same field. */
function narrowed(clauses: Clauses, trait: Trait): Clauses {
  return clauses.flatMap((clause) => {
    const index = clause.findIndex((each) => each.kind === trait.kind && isOfSameField(each, trait));
    const known = clause[index];
    if (known === undefined) return [[...clause, trait]];
    const common = inCommon(known, trait);
    return common === null ? [] : [clause.with(index, common)];
  });
}

/** What two traits of one kind and field have in common; `null`: nothing. */
function inCommon(one: Trait, other: Trait): Trait | null {
  if (one.kind === "oneOf") {
    const { values: others } = other as typeof one;
    const values = one.values.filter((value) => others.includes(value));
    return values.length === 0 ? null : { ...one, values };
  }
  const { low: least, high: most } = other as typeof one;
  const [low, high] = [Math.max(one.low, least), Math.min(one.high, most)];
  return low <= high ? { ...one, low, high } : null;
}

/** One more clause. Two that differ in the options of one field only become one. */
function added(clauses: Clauses, clause: Clause): Clauses {
  for (const [index, known] of clauses.entries()) {
    const joined = joinedTo(known, clause);
    if (joined !== null) return clauses.with(index, joined);
  }
  return [...clauses, clause];
}

function joinedTo(known: Clause, clause: Clause): Clause | null {
  if (known.length !== clause.length) return null;
  const different = known.flatMap((trait, index) => (isSame(trait, clause[index] as Trait) ? [] : [index]));
  const [index] = different;
  if (index === undefined) return known;
  const [one, other] = [known[index] as Trait, clause[index] as Trait];
  if (different.length > 1 || one.kind !== "oneOf" || other.kind !== "oneOf" || !isOfSameField(one, other)) return null;
  return known.with(index, { ...one, values: [...new Set([...one.values, ...other.values])] });
}

function isSame(one: Trait, other: Trait): boolean {
  if (!isOfSameField(one, other)) return false;
  if (one.kind === "oneOf" && other.kind === "oneOf")
    return one.values.length === other.values.length && one.values.every((value) => other.values.includes(value));
  return one.kind === "inRange" && other.kind === "inRange" && one.low === other.low && one.high === other.high;
}

function isOfSameField({ path: one }: Trait, { path: other }: Trait): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
