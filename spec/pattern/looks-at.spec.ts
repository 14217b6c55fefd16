// What a condition looks at. Where it says that the match so far does not matter, it does not.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { holds, NOTHING_TAKEN } from "../../lib/pattern/expression/evaluate.ts";
import type { Condition, OpaqueCall, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { dependsOnTaken } from "../../lib/pattern/expression/looks-at.ts";
import { anyCondition, anyEvent, anyTaken, outcomeOf } from "./condition-arbitrary.ts";

const it = suite("what a condition looks at");

it("what does not depend on the match so far answers the same whatever that is", () => {
  let independent = 0;
  fc.assert(
    fc.property(anyCondition, anyEvent, anyTaken, (condition, event, taken) => {
      if (dependsOnTaken(condition)) return;
      independent += 1;
      assert.equal(
        outcomeOf(() => holds(condition, event, taken)),
        outcomeOf(() => holds(condition, event, NOTHING_TAKEN)),
      );
    }),
    { numRuns: 5_000 },
  );
  assert.ok(independent > 500, `only ${independent} were independent`);
});

const A: ValueExpr = { kind: "field", of: { kind: "candidate" }, path: ["a"] };
const depends = (value: ValueExpr): boolean => {
  const deep: Condition = { kind: "not", part: { kind: "compare", op: "lt", left: A, right: value } };
  return dependsOnTaken({ kind: "or", parts: [{ kind: "exists", value: A }, deep] });
};

it("events taken before, counts and sums depend on the match so far, however deep inside", () => {
  const ofItem: ValueExpr = { kind: "field", of: { kind: "item" }, path: ["a"] };
  assert.not(depends(A));
  assert.not(depends(ofItem));
  assert.ok(depends({ kind: "field", of: { kind: "taken", step: "s", at: "last" }, path: ["a"] }));
  assert.ok(depends({ kind: "count", step: "s" }));
  assert.ok(depends({ kind: "aggregate", op: "sum", step: "s", value: A }));
});

/** Functions as written: of what is printed of them, not what the types say. */
const OF_THE_EVENT: readonly unknown[] = [
  () => true,
  (e: unknown) => e === 1,
  ($e_1: unknown) => $e_1 === 1,
  ({ a }: { a: number }) => a === 1,
  ({ a: b, ...rest }: { a: number }) => b === Object.keys(rest).length,
];

const first = (e: unknown): boolean => e === 1;

const MAY_SEE_MORE: readonly unknown[] = [
  (e: unknown, m: unknown) => e === m,
  (e: unknown, m: unknown = e) => e === m,
  (...all: unknown[]) => all.length === 2,
  (e: unknown, ...more: unknown[]) => more.includes(e),
  ({ a = 1 }: { a?: number }) => a === 1,
  function (e: unknown) {
    // biome-ignore lint/complexity/noArguments: that is what it is about
    return e === arguments[1];
  },
  {
    test(e: unknown) {
      return e === 1;
    },
  }.test,
  first.bind(null),
  new Proxy(first, {}),
  Number.isNaN,
  async (e: unknown) => e === 1,
];

it("an arrow function of the event alone does not depend on it, and any other function may", () => {
  const opaque = (call: unknown): Condition => ({ kind: "opaque", version: 1, call: call as OpaqueCall });
  for (const call of OF_THE_EVENT) assert.not(dependsOnTaken(opaque(call)), String(call));
  for (const call of MAY_SEE_MORE) assert.ok(dependsOnTaken(opaque(call)), String(call));
});

it.run();
