// A prepared test says what `testHolds` says, of any event, whatever was taken before.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Test } from "../../lib/automaton/automaton.ts";
import { prepareTest, testHolds } from "../../lib/automaton/test.ts";
import { NOTHING_TAKEN } from "../../lib/pattern/expression/evaluate.ts";
import { anyCondition, anyEvent, anyTaken, outcomeOf } from "../pattern/condition-arbitrary.ts";

const it = suite("tests of events");

const anyTest: fc.Arbitrary<Test> = fc.record({
  id: fc.constant(0),
  kind: fc.constant("step" as const),
  of: fc.constant("s"),
  on: fc.option(fc.uniqueArray(fc.constantFrom("a", "ab", "", "__proto__"), { maxLength: 3 })),
  condition: fc.option(anyCondition),
});

it("a prepared test answers, asks and throws as the test does", () => {
  const tag = fc.constantFrom("a", "b", "__proto__", "length");
  fc.assert(
    fc.property(anyTest, tag, fc.array(anyEvent, { minLength: 1 }), anyTaken, (test, field, events, taken) => {
      const prepared = prepareTest(test, field);
      for (const event of events) {
        assert.equal(
          outcomeOf(() => prepared(event, taken)),
          outcomeOf(() => testHolds(test, field, event, taken)),
        );
        assert.equal(
          outcomeOf(() => prepared(event)),
          outcomeOf(() => testHolds(test, field, event, NOTHING_TAKEN)),
        );
      }
    }),
    { numRuns: 5_000 },
  );
});

it("looks at the tag first, and at nothing more where that is another", () => {
  const test: Test = { id: 0, kind: "step", of: "s", on: ["x"], condition: { kind: "isTrue", value: FIELD } };
  const prepared = prepareTest(test, "type");
  assert.ok(prepared({ type: "x", a: true }));
  assert.not(prepared({ type: "x", a: 1 }));
  const touchy = {
    type: "y",
    get a(): boolean {
      throw new Error("looked at");
    },
  };
  assert.not(prepared(touchy));
  assert.throws(
    () => prepared(Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(touchy), type: { value: "x" } })),
    /looked at/,
  );
});

const FIELD = { kind: "field", of: { kind: "candidate" }, path: ["a"] } as const;

it("accepts each of several tags, and no value that only looks like one", () => {
  const accepts = (on: readonly string[] | null) =>
    prepareTest({ id: 0, kind: "step", of: "s", on, condition: null }, "type");
  for (const type of ["x", "y"]) assert.ok(accepts(["x", "y"])({ type }));
  for (const event of [{ type: "z" }, { type: ["x"] }, {}, null, 5, Object.create({ type: "x" })]) {
    assert.not(accepts(["x", "y"])(event));
    assert.not(accepts(["x"])(event));
    assert.not(accepts([])(event));
    assert.ok(accepts(null)(event));
  }
});

it.run();
