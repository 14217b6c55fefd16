// Can a condition hold at all? Does one condition imply another? Answers "certainly not" and "certainly"; what it does
// not see through, such as functions and sums of fields, counts as possible.
//
// A condition is brought into a form in which `not` stands only before single tests ("claims"; `not` is two-valued, so
// De Morgan's laws hold, but `not(a < b)` stays as it is: it is also true where a is missing). Then the tests of every
// value are held against each other (values-left.ts). Of an `or`, each part must clash with what stands around it.

import { unreachable } from "../../core/errors.ts";
import { valueKey } from "../json/write.ts";
import type { CompareOp, Condition, ValueExpr } from "./expression.ts";
import { compares, leavesNoValue, type Said } from "./values-left.ts";

type Test = Exclude<Condition, { kind: "and" | "or" | "not" | "between" }>;

type Claim =
  /** `key` is equal for equal tests. */
  | { readonly kind: "test"; readonly key: string; readonly isSo: boolean; readonly notes: readonly Note[] }
  | { readonly kind: "all" | "any"; readonly parts: readonly Claim[] };

/** Whether no event can satisfy `condition`, whatever was taken before it. Cost: tests squared at worst. */
export function neverHolds(condition: Condition): boolean {
  return isRefuted([claimOf(condition, true)]);
}

/** Whether every event that satisfies `condition` satisfies `other`, in the same match. Cost as `neverHolds`. */
export function implies(condition: Condition, other: Condition): boolean {
  return isRefuted([claimOf(condition, true), claimOf(other, false)]);
}

/** The parts of an `or` that no event can satisfy, if not all are such. */
export function deadParts(condition: Condition): readonly Condition[] {
  const { tests, choices } = flatten([claimOf(condition, true)]);
  if (isRefuted([...tests, ...choices])) return [];
  const alternatives = conjuncts(condition).flatMap((part) => (part.kind === "or" ? part.parts : []));
  return alternatives.filter((part) => isRefuted([...tests, claimOf(part, true)]));
}

function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === "and" ? condition.parts.flatMap(conjuncts) : [condition];
}

function claimOf(condition: Condition, isSo: boolean): Claim {
  switch (condition.kind) {
    case "and":
    case "or": {
      const kind = (condition.kind === "and") === isSo ? "all" : "any";
      return { kind, parts: condition.parts.map((part) => claimOf(part, isSo)) };
    }
    case "not":
      return claimOf(condition.part, !isSo);
    case "between": {
      const { value, low, high } = condition;
      const above: Condition = { kind: "compare", op: "gte", left: value, right: low };
      const below: Condition = { kind: "compare", op: "lte", left: value, right: high };
      return claimOf({ kind: "and", parts: [above, below] }, isSo);
    }
    case "isTrue":
      if (condition.value.kind === "literal") return constant((condition.value.value === true) === isSo);
      return testClaim(condition, isSo);
    default:
      return testClaim(condition, isSo);
  }
}

function testClaim(test: Test, isSo: boolean): Claim {
  return { kind: "test", key: valueKey(test), isSo, notes: notesOf(test, isSo) };
}

function constant(holds: boolean): Claim {
  return { kind: holds ? "all" : "any", parts: [] };
}

type TestClaim = Extract<Claim, { kind: "test" }>;
type Choice = { readonly kind: "any"; readonly parts: readonly Claim[] };

function flatten(claims: readonly Claim[]): {
  readonly tests: readonly TestClaim[];
  readonly choices: readonly Choice[];
} {
  const tests: TestClaim[] = [];
  const choices: Choice[] = [];
  const waiting = [...claims];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === "test") tests.push(next);
    else if (next.kind === "all") waiting.push(...next.parts);
    else choices.push({ kind: "any", parts: next.parts });
  }
  return { tests, choices };
}

/** Whether the claims certainly do not hold together. Parts of different choices are not held against each other: that would explode. */
function isRefuted(claims: readonly Claim[]): boolean {
  const { tests, choices } = flatten(claims);
  if (clash(tests)) return true;
  return choices.some(({ parts }) => parts.every((part) => isRefuted([...tests, part])));
}

function clash(tests: readonly TestClaim[]): boolean {
  const said = new Map<string, Said[]>();
  const relations = new Map<string, Relation[]>();
  const seen = new Map<string, boolean>();
  for (const { key, isSo, notes } of tests) {
    if ((seen.get(key) ?? isSo) !== isSo) return true;
    seen.set(key, isSo);
    for (const note of notes) {
      if (note === "never") return true;
      if ("said" in note) put(said, note.of, note.said);
      else put(relations, note.of, note);
    }
  }
  return [...said.values()].some(leavesNoValue) || [...relations.values()].some(leaveNoOrder);
}

function put<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
}

/** How two values that are no constants compare. */
type Relation = { readonly of: string; readonly op: CompareOp; readonly isSo: boolean };

/** What a test says of one value, of two values, or that it cannot be. */
type Note = { readonly of: string; readonly said: Said } | Relation | "never";

function notesOf(test: Test, isSo: boolean): readonly Note[] {
  switch (test.kind) {
    case "compare":
      return compareNotes(test.left, test.op, test.right, isSo);
    case "oneOf":
      return [{ of: valueKey(test.value), said: { kind: "oneOf", options: test.options, isSo } }];
    case "text":
      if (test.text.kind !== "literal") return [];
      if (typeof test.text.value !== "string") return isSo ? ["never"] : [];
      return [{ of: valueKey(test.value), said: { kind: "text", op: test.op, text: test.text.value, isSo } }];
    case "exists":
      return [{ of: valueKey(test.value), said: { kind: "exists", isSo } }];
    case "isTrue":
      return [{ of: valueKey(test.value), said: { kind: "compare", op: "eq", to: true, isSo } }];
    case "opaque":
      return [];
    default:
      return unreachable(test);
  }
}

const SWAPPED: Readonly<Record<CompareOp, CompareOp>> = {
  eq: "eq",
  ne: "ne",
  lt: "gt",
  lte: "gte",
  gt: "lt",
  gte: "lte",
};

function compareNotes(left: ValueExpr, op: CompareOp, right: ValueExpr, isSo: boolean): readonly Note[] {
  if (left.kind === "literal" && right.kind === "literal")
    return compares(left.value, op, right.value) === isSo ? [] : ["never"];
  if (left.kind === "literal") return compareNotes(right, SWAPPED[op], left, isSo);
  const of = valueKey(left);
  if (right.kind === "literal") return [{ of, said: { kind: "compare", op, to: right.value, isSo } }];
  const other = valueKey(right);
  // A value compared with itself can only be equal.
  if (of === other)
    return [{ of: `${of}=${of}`, op, isSo }, ...(isSo ? [{ of: `${of}=${of}`, op: "eq" as const, isSo }] : [])];
  return of < other ? [{ of: `${of}?${other}`, op, isSo }] : [{ of: `${other}?${of}`, op: SWAPPED[op], isSo }];
}

/** Less, equal, greater. */
const ORDERS: Readonly<Record<CompareOp, number>> = {
  lt: 0b100,
  lte: 0b110,
  eq: 0b010,
  gte: 0b011,
  gt: 0b001,
  ne: 0b101,
};

function leaveNoOrder(relations: readonly Relation[]): boolean {
  const wanted = relations.filter(({ isSo }) => isSo);
  if (wanted.length === 0) return false;
  // Booleans are equal or not, but in no order: of them, every denial of an order is true.
  const isOrdered = wanted.some(({ op }) => op !== "eq" && op !== "ne");
  const denied = relations.filter(({ op, isSo }) => !isSo && (isOrdered || op === "eq" || op === "ne"));
  const orders = wanted.reduce((left, { op }) => left & ORDERS[op], 0b111);
  return denied.reduce((left, { op }) => left & ~ORDERS[op], orders) === 0;
}
