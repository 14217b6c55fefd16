// What a condition looks at. Where it says that the match so far does not matter, it does not.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pattern, sequence } from "../../lib/pattern/builder/builder.ts";
import { holds, NOTHING_TAKEN } from "../../lib/pattern/expression/evaluate.ts";
import type { Condition, OpaqueCall, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { dependsOnTaken, fieldsOf, fieldsOfPattern, joinFields } from "../../lib/pattern/expression/looks-at.ts";
import { prepare } from "../../lib/pattern/expression/prepare.ts";
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

const opaque = (call: unknown): Condition => ({ kind: "opaque", version: 1, call: call as OpaqueCall });

it("an arrow function of the event alone does not depend on it, and any other function may", () => {
  for (const call of OF_THE_EVENT) assert.not(dependsOnTaken(opaque(call)), String(call));
  for (const call of MAY_SEE_MORE) assert.ok(dependsOnTaken(opaque(call)), String(call));
});

it("asks of an event what it needs of one, and nothing more", () => {
  fc.assert(
    fc.property(anyCondition, (condition) => {
      const asked: (readonly string[])[] = [];
      const note = (path: readonly string[]): (() => false) => {
        asked.push(path);
        return () => false;
      };
      prepare(condition, { field: note, equals: note, inRange: note, event: () => null });
      const { paths, whole } = fieldsOf([condition]);
      const needed = new Set(paths.map((path) => JSON.stringify(path)));
      assert.is(needed.size, paths.length);
      for (const path of asked) assert.ok(path.length === 0 ? whole : needed.has(JSON.stringify(path)));
    }),
    { numRuns: 2_000 },
  );
});

it("needs fields of the event at hand and of those taken before, each once; functions need it whole", () => {
  const b: ValueExpr = { kind: "field", of: { kind: "taken", step: "s", at: "last" }, path: ["b", "c"] };
  const sum: ValueExpr = {
    kind: "aggregate",
    op: "sum",
    step: "s",
    value: { kind: "field", of: { kind: "item" }, path: ["d"] },
  };
  const low: Condition = { kind: "between", value: A, low: b, high: sum };
  assert.equal(fieldsOf([low, A]), { paths: [["a"], ["b", "c"], ["d"]], whole: false });
  assert.equal(fieldsOf([A, opaque(() => true)]), { paths: [["a"]], whole: true });
  assert.equal(fieldsOf([{ kind: "field", of: { kind: "candidate" }, path: [] }]), { paths: [], whole: true });
  assert.equal(fieldsOf([]), { paths: [], whole: false });
});

it("a pattern needs its tag, if it is looked at, and what the conditions of all its elements need", () => {
  type E = { kind: "a" | "b"; v: number; w: { x: boolean } };
  const tagged = pattern<E, "kind">("tagged", { tag: "kind" })
    .begin("one")
    .on("a")
    .oneOrMore()
    .until((e) => e.v.gt(1))
    .notFollowedBy("two")
    .where((e) => e.w.x)
    .followedBy(
      sequence<E, "kind">({ tag: "kind" })
        .begin("three")
        .filter((e) => e.v > 1),
    );
  assert.equal(fieldsOfPattern(tagged.ast), { paths: [["kind"], ["v"], ["w", "x"]], whole: true });
  const plain = pattern<E>("plain").begin("one");
  assert.equal(fieldsOfPattern(plain.ast), { paths: [], whole: false });
  assert.equal(joinFields([fieldsOfPattern(tagged.ast), fieldsOf([A])]).paths.length, 4);
});

it.run();
