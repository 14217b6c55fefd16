// A test that splits runs by a value of theirs says, put together again, what the test says.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Test } from "../../lib/automaton/automaton.ts";
import type { FixedValue, FixedValues } from "../../lib/automaton/fixed-value.ts";
import { type Split, splitOf } from "../../lib/automaton/split.ts";
import { testHolds } from "../../lib/automaton/test.ts";
import type { Taken } from "../../lib/pattern/expression/evaluate.ts";
import type { CompareOp, Condition, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { compare } from "../../lib/pattern/expression/operators.ts";
import { anyCondition, anyEvent, anyTaken } from "../pattern/condition-arbitrary.ts";

const it = suite("tests that split runs");

type Fixed = FixedValue["read"];

const V: ValueExpr = { kind: "field", of: { kind: "candidate" }, path: ["v"] };
const TEN: ValueExpr = { kind: "literal", value: 10 };
const OPS: readonly CompareOp[] = ["eq", "ne", "lt", "lte", "gt", "gte"];

const taken = (at: "only" | "first" | "last" | number): ValueExpr => ({
  kind: "field",
  of: { kind: "taken", step: "a", at },
  path: ["v"],
});
const plus = (left: ValueExpr, right: ValueExpr): ValueExpr => ({ kind: "arithmetic", op: "plus", left, right });
const comparing = (op: CompareOp, left: ValueExpr, right: ValueExpr): Condition => ({
  kind: "compare",
  op,
  left,
  right,
});
const testOf = (condition: Condition | null): Test => ({ id: 0, kind: "step", of: "s", on: ["x"], condition });

/** What a split says of one event and one run. */
function said({ op, negated, ofEvent, ofRun, rest }: Split, event: unknown, run: Taken): boolean {
  return rest(event) && compare(op, ofEvent(event), ofRun(undefined, run)) !== negated;
}

const ofEvent = fc.constantFrom<ValueExpr>(V, plus(V, TEN), TEN);
const ofRun = fc.constantFrom<ValueExpr>(taken("only"), taken("last"), taken(1), plus(taken("first"), TEN), {
  kind: "count",
  step: "a",
});
const comparison = fc
  .tuple(fc.constantFrom(...OPS), ofEvent, ofRun, fc.boolean(), fc.boolean())
  .map(([op, event, run, isTurned, isNegated]): Condition => {
    const part = isTurned ? comparing(op, run, event) : comparing(op, event, run);
    return isNegated ? { kind: "not", part } : part;
  });
const beside = fc.constantFrom<readonly Condition[]>([], [comparing("gt", V, TEN)], [{ kind: "exists", value: V }]);
const value = fc.oneof(fc.integer({ min: -2, max: 20 }), fc.constantFrom("", "b", null, undefined, Number.NaN, 2n, -0));
const event = fc.record({ type: fc.constantFrom("x", "y"), v: value });
const run = fc.array(event, { maxLength: 3 }).map((events): Taken => ({ of: () => events, match: {} }));

it("says with its parts what it says as a whole", () => {
  let splits = 0;
  const property = fc.property(comparison, beside, event, run, (part, others, candidate, before) => {
    const test = testOf(others.length > 0 ? { kind: "and", parts: [...others, part] } : part);
    const split = splitOf(test, "type");
    if (split === null) return;
    splits += 1;
    assert.is(said(split, candidate, before), testHolds(test, "type", candidate, before));
  });
  fc.assert(property, { numRuns: 5_000 });
  assert.ok(splits > 2_500, `only ${splits} split`);
});

it("says so of any condition that it splits", () => {
  const property = fc.property(anyCondition, anyEvent, anyTaken, (condition, candidate, before) => {
    const test = testOf(condition);
    const split = splitOf({ ...test, on: null }, "type");
    if (split === null) return;
    let whole: boolean;
    try {
      whole = testHolds({ ...test, on: null }, "type", candidate, before);
    } catch {
      return;
    }
    assert.is(said(split, candidate, before), whole);
  });
  fc.assert(property, { numRuns: 5_000 });
});

it("splits by several comparisons that say that values are what is one value of the run", () => {
  const same: FixedValues = () => ({ name: "v of a", read: taken("first") as Fixed });
  const twice = { kind: "and", parts: [comparing("eq", V, taken("only")), comparing("eq", taken("last"), V)] } as const;
  const split = splitOf(testOf(twice), "type", same);
  assert.is(split?.value, "v of a");
  const property = fc.property(event, value, (candidate, v) => {
    const before: Taken = { of: () => [{ v }], match: {} };
    assert.is(said(split as Split, candidate, before), testHolds(testOf(twice), "type", candidate, before));
  });
  fc.assert(property, { numRuns: 2_000 });
  const other: FixedValues = (_, read) => ({ name: JSON.stringify(read), read: read as Fixed });
  assert.is(splitOf(testOf(twice), "type", other), null, "two values");
  const ordered = {
    kind: "and",
    parts: [comparing("eq", V, taken("only")), comparing("lt", V, taken("last"))],
  } as const;
  assert.is(splitOf(testOf(ordered), "type", same), null, "an order");
});

it("does not split what compares otherwise", () => {
  const refused: readonly (Condition | null)[] = [
    null,
    comparing("gt", V, TEN),
    comparing("ne", V, taken("only")),
    { kind: "not", part: comparing("eq", V, taken("only")) },
    { kind: "exists", value: taken("only") },
    comparing("gt", plus(V, taken("only")), TEN),
    comparing("gt", plus(V, taken("only")), taken("only")),
    { kind: "and", parts: [comparing("eq", V, taken("only")), comparing("eq", V, taken("last"))] },
    { kind: "and", parts: [comparing("eq", V, taken("only")), { kind: "opaque", call: (e) => e, version: 1 }] },
  ];
  for (const condition of refused) assert.is(splitOf(testOf(condition), "type"), null, JSON.stringify(condition));
});

it.run();
