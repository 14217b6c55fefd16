import { inspect } from "node:util";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deadParts, implies, neverHolds } from "../../lib/pattern/expression/contradiction.ts";
import { holds } from "../../lib/pattern/expression/evaluate.ts";
import type { Condition, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { conditionArbitrary } from "./arbitraries.ts";
import { and, field, is, literal, not, opaque, or, taken } from "./ast-builders.ts";

const it = suite("pattern/contradiction");

// ---- soundness: what is said to be certain is so for every event of a small world

const VALUES = [undefined, null, 0, 1, 1.5, 2, 3, Number.NaN, "a", "ab", "b", "", true, false, 1n, 2n] as const;
const EVENTS = VALUES.flatMap((v) =>
  VALUES.map((w) => ({ ...(v !== undefined && { v }), ...(w !== undefined && { w }) })),
);
const NOTHING_TAKEN = { of: () => [], match: {} };

const isSo = (condition: Condition, event: unknown): boolean => holds(condition, event, NOTHING_TAKEN);

const condition = conditionArbitrary({
  paths: [["v"], ["w"]],
  literals: fc.constantFrom(0, 1, 2, 3, Number.NaN, Number.POSITIVE_INFINITY, "a", "ab", "b", "", true, false, 1n, 2n),
});

it("says never only of what no event satisfies", () => {
  let never = 0;
  fc.assert(
    fc.property(fc.array(condition, { minLength: 1, maxLength: 4 }), (parts) => {
      const all = and(...parts);
      if (!neverHolds(all)) return;
      never += 1;
      for (const event of EVENTS) assert.not(isSo(all, event), inspect(event));
    }),
    { numRuns: 1_000 },
  );
  assert.ok(never > 100, `only ${never} of 1,000 conditions were contradictions`);
});

it("says that one implies the other only if every event that satisfies the one satisfies the other", () => {
  let implied = 0;
  fc.assert(
    fc.property(condition, condition, (one, other) => {
      if (!implies(one, other)) return;
      if (!neverHolds(one)) implied += 1;
      for (const event of EVENTS) assert.ok(!isSo(one, event) || isSo(other, event), inspect(event));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(implied > 5, `only ${implied} of 2,000 pairs implied each other without a contradiction`);
});

it("calls a part of an or dead only if it adds no event", () => {
  let dead = 0;
  fc.assert(
    fc.property(condition, fc.array(condition, { minLength: 2, maxLength: 3 }), (around, parts) => {
      const whole = and(around, or(...parts));
      for (const part of deadParts(whole)) {
        dead += 1;
        for (const event of EVENTS) assert.not(isSo(and(around, part), event), inspect(event));
      }
    }),
    { numRuns: 1_000 },
  );
  assert.ok(dead > 30, `only ${dead} dead parts in 1,000 conditions`);
});

// ---- completeness: what it must see through

const startsWith = (text: string): Condition => ({
  kind: "text",
  op: "startsWith",
  value: field("v"),
  text: literal(text),
});
const endsWith = (text: string): Condition => ({
  kind: "text",
  op: "endsWith",
  value: field("v"),
  text: literal(text),
});
const includes = (text: string): Condition => ({
  kind: "text",
  op: "includes",
  value: field("v"),
  text: literal(text),
});
const between = (low: number, high: number): Condition => ({
  kind: "between",
  value: field("v"),
  low: literal(low),
  high: literal(high),
});
const oneOf = (...options: readonly (string | number)[]): Condition => ({ kind: "oneOf", value: field("v"), options });
const exists: Condition = { kind: "exists", value: field("v") };
const isTrue: Condition = { kind: "isTrue", value: field("v") };
const compare = (left: ValueExpr, op: "lt" | "gt" | "eq" | "ne" | "lte", right: ValueExpr): Condition => ({
  kind: "compare",
  op,
  left,
  right,
});
const f = opaque(() => true);

const NEVER: readonly (readonly [string, Condition])[] = [
  ["above 5 and below 3", and(is("v", "gt", 5), is("v", "lt", 3))],
  ["above 5 and below 5", and(is("v", "gt", 5), is("v", "lt", 5))],
  ["at least 5 and below 5", and(is("v", "gte", 5), is("v", "lt", 5))],
  ["above 5 and at most 5", and(is("v", "gt", 5), is("v", "lte", 5))],
  ["at least 5, above 5 and at most 5", and(is("v", "gte", 5), is("v", "gt", 5), is("v", "lte", 5))],
  ["the same in another order", and(is("v", "gt", 5), is("v", "gte", 5), is("v", "lte", 5))],
  ["from 5 to 5, but not 5", and(is("v", "gte", 5), is("v", "lte", 5), is("v", "ne", 5))],
  ["5 and 6", and(is("v", "eq", 5), is("v", "eq", 6))],
  ["5 and not 5", and(is("v", "eq", 5), is("v", "ne", 5))],
  ["5 and above 5", and(is("v", "eq", 5), is("v", "gt", 5))],
  ["a constant first", and(compare(literal(5), "lt", field("v")), is("v", "lt", 5))],
  ["reversed between", between(5, 3)],
  ["two ranges that do not touch", and(between(1, 2), between(3, 4))],
  ["options that a range excludes", and(oneOf(1, 2), is("v", "gt", 2))],
  ["no common option", and(oneOf("a", "b"), oneOf("c"))],
  ["no option", oneOf()],
  ["a number and a text", and(is("v", "gt", 5), is("v", "lt", "z"))],
  ["a text and true", and(startsWith("a"), isTrue)],
  ["true and other than true", and(isTrue, is("v", "ne", true))],
  ["neither true nor false, but a boolean", and(is("v", "ne", true), is("v", "ne", false))],
  ["booleans in order", is("v", "lt", true)],
  ["compared with NaN", is("v", "ne", Number.NaN)],
  ["above infinity", is("v", "gt", Number.POSITIVE_INFINITY)],
  ["below minus infinity", is("v", "lt", Number.NEGATIVE_INFINITY)],
  ["whole numbers with none in between", and(is("v", "gt", 5n), is("v", "lt", 6n))],
  ["a bigint and a number", and(is("v", "gt", 5n), is("v", "lt", 7))],
  ["two beginnings", and(startsWith("ab"), startsWith("ac"))],
  ["a beginning below its range", and(startsWith("b"), is("v", "lt", "b"))],
  ["a beginning above its range", and(startsWith("b"), is("v", "gte", "c"))],
  ["two ends", and(endsWith("a"), endsWith("b"))],
  ["a text without the beginning", and(is("v", "eq", "xyz"), startsWith("a"))],
  ["includes and does not include a part of it", and(includes("abc"), not(includes("b")))],
  ["begins with ab and not with a", and(startsWith("ab"), not(startsWith("a")))],
  ["ends with ab and not with b", and(endsWith("ab"), not(endsWith("b")))],
  [
    "a text in a condition on texts that is a number",
    { kind: "text", op: "includes", value: field("v"), text: literal(5) },
  ],
  ["there and missing", and(is("v", "gt", 5), not(exists))],
  ["holds and does not hold", and(f, not(f))],
  ["denied what follows from it", and(is("v", "gt", 7), not(is("v", "gt", 5)))],
  ["denied all options", and(oneOf(1, 2), not(oneOf(2, 1, 3)))],
  ["denied a range", and(between(1, 5), not(between(0, 9)))],
  ["under not or", not(or(not(is("v", "gt", 5)), not(is("v", "lt", 3))))],
  ["under not not", not(not(and(is("v", "gt", 5), is("v", "lt", 3))))],
  ["in every part of an or", and(is("v", "gt", 5), or(is("v", "lt", 3), is("v", "eq", 4)))],
  ["an or of nothing", or()],
  ["denied nothing", not(and())],
  ["constants that differ", compare(literal(1), "eq", literal(2))],
  ["denied constants that are equal", not(compare(literal(1), "eq", literal(1)))],
  ["false as a condition", { kind: "isTrue", value: literal(false) }],
  ["denied true as a condition", not({ kind: "isTrue", value: literal(true) })],
  ["below itself", compare(field("v"), "lt", field("v"))],
  ["other than itself", compare(field("v"), "ne", field("v"))],
  ["below and above another field", and(compare(field("v"), "lt", field("w")), compare(field("w"), "lt", field("v")))],
  ["equal to and other than", and(compare(field("v"), "eq", field("w")), compare(field("w"), "ne", field("v")))],
  ["below and not at most", and(compare(field("v"), "lt", field("w")), not(compare(field("v"), "lte", field("w"))))],
  [
    "an event taken before",
    and(compare(taken("a", "v"), "gt", literal(5)), compare(taken("a", "v"), "lt", literal(3))),
  ],
];

for (const [what, never] of NEVER) {
  it(`sees that it never holds: ${what}`, () => assert.ok(neverHolds(never)));
}

const MAYBE: readonly (readonly [string, Condition])[] = [
  ["above 3 and below 5", and(is("v", "gt", 3), is("v", "lt", 5))],
  ["from 5 to 5", and(is("v", "gte", 5), is("v", "lte", 5))],
  ["different fields", and(is("v", "gt", 5), is("w", "lt", 3))],
  ["different events", and(is("v", "gt", 5), compare(taken("a", "v"), "lt", literal(3)))],
  ["different numbers of a part of a field", and(is("v.x", "gt", 5), is("v.y", "lt", 3))],
  ["either", or(is("v", "gt", 5), is("v", "lt", 3))],
  ["one part of an or", and(is("v", "gt", 5), or(is("v", "lt", 3), is("v", "eq", 6)))],
  ["one whole number in between", and(is("v", "gt", 5n), is("v", "lt", 7n))],
  ["both denied: it may be missing", and(not(is("v", "gt", 5)), not(is("v", "lt", 9)))],
  ["a denied comparison with another type", and(is("v", "gt", 5), not(is("v", "lt", "z")))],
  ["a denied comparison with NaN", and(is("v", "gt", 5), not(is("v", "gt", Number.NaN)))],
  ["a denied order of booleans", and(isTrue, not(is("v", "lte", true)))],
  [
    "equal fields, in no order, as booleans are",
    and(compare(field("v"), "eq", field("w")), not(compare(field("v"), "lte", field("w")))),
  ],
  ["a beginning and a longer one", and(startsWith("a"), startsWith("ab"))],
  ["a beginning without end", and(startsWith("\uffff"), is("v", "gte", "\uffff\uffff"))],
  ["every text begins with nothing", and(startsWith(""), is("v", "eq", "x"))],
  ["an end and a longer one", and(endsWith("b"), endsWith("ab"))],
  ["only there", and(exists, not(is("v", "gt", 5)))],
  ["two functions", and(f, not(opaque(() => true)))],
  ["infinite", is("v", "gte", Number.POSITIVE_INFINITY)],
  ["nothing said", and()],
  ["true as a condition", { kind: "isTrue", value: literal(true) }],
  ["constants as they are", and(compare(literal(1), "lt", literal(2)), is("v", "gt", 5))],
  ["itself", compare(field("v"), "eq", field("v"))],
  ["not below itself, as what is missing", not(compare(field("v"), "eq", field("v")))],
];

for (const [what, maybe] of MAYBE) {
  it(`leaves alone what may hold: ${what}`, () => assert.not(neverHolds(maybe)));
}

it("finds the dead part among others", () => {
  const dead = and(is("v", "gt", 5), is("v", "lt", 3));
  assert.equal(deadParts(or(is("v", "eq", 1), dead)), [dead]);
  assert.equal(deadParts(and(is("w", "eq", 1), and(or(is("w", "eq", 2), is("v", "eq", 1))))), [is("w", "eq", 2)]);
  assert.equal(deadParts(or(dead, dead)), [], "not if nothing is left: then the whole never holds");
  assert.equal(deadParts(or(is("v", "eq", 1), is("v", "eq", 2))), []);
});

it("implies what is weaker, and itself, and what always holds", () => {
  assert.ok(implies(is("v", "gt", 5), is("v", "gt", 3)));
  assert.ok(implies(oneOf("a"), oneOf("a", "b")));
  assert.ok(implies(and(f, is("v", "eq", 1)), f));
  assert.ok(implies(is("v", "eq", 1), and()));
  assert.ok(implies(is("v", "gt", 5), exists));
  assert.not(implies(is("v", "gt", 3), is("v", "gt", 5)));
  assert.not(implies(and(), is("v", "gt", 5)));
  assert.not(implies(exists, is("v", "eq", 5)));
});

it.run();
