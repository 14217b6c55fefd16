// A prepared condition says what the plain walk over the condition says: the same answers, the same fields asked in the
// same order, the same errors.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { holds, NOTHING_TAKEN } from "../../lib/pattern/expression/evaluate.ts";
import { type EventReader, OBJECTS } from "../../lib/pattern/expression/event-reader.ts";
import type { CompareOp, Condition, Literal, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { prepare } from "../../lib/pattern/expression/prepare.ts";
import { anyCondition, anyEvent, anyTaken, outcomeOf } from "./condition-arbitrary.ts";

const it = suite("prepared conditions");

it("a prepared condition answers, asks and throws as the walk does", () => {
  fc.assert(
    fc.property(
      anyCondition,
      fc.array(anyEvent, { minLength: 1, maxLength: 4 }),
      anyTaken,
      (condition, events, taken) => {
        const prepared = prepare(condition, OBJECTS);
        for (const event of events) {
          assert.equal(
            outcomeOf(() => prepared(event, taken)),
            outcomeOf(() => holds(condition, event, taken)),
          );
          assert.equal(
            outcomeOf(() => prepared(event)),
            outcomeOf(() => holds(condition, event, NOTHING_TAKEN)),
          );
        }
      },
    ),
    { numRuns: 10_000 },
  );
});

const A: ValueExpr = { kind: "field", of: { kind: "candidate" }, path: ["a"] };
const LITERALS: readonly Literal[] = [1, 0, -0, Number.NaN, Number.POSITIVE_INFINITY, "a", "", true, false, 1n, 0n];
const VALUES: readonly unknown[] = [...LITERALS, 2, -1, 0.5, "b", 2n, null, undefined, {}, [1], () => 1, Symbol("s")];
const OPS: readonly CompareOp[] = ["eq", "ne", "lt", "lte", "gt", "gte"];

it("a field compared with a constant: every operator, every pair of types", () => {
  for (const value of LITERALS) {
    for (const op of OPS) {
      const right: ValueExpr = { kind: "literal", value };
      for (const condition of [
        { kind: "compare", op, left: A, right },
        { kind: "compare", op, left: right, right: A },
      ] satisfies readonly Condition[]) {
        const prepared = prepare(condition, OBJECTS);
        for (const a of VALUES)
          assert.is(prepared({ a }), holds(condition, { a }, NOTHING_TAKEN), `${String(a)} ${op} ${String(value)}`);
        assert.is(prepared({}), false);
      }
    }
  }
});

it("a field between constants: every pair of types, and ends that are no numbers", () => {
  for (const low of LITERALS) {
    for (const high of LITERALS) {
      const [least, most]: readonly ValueExpr[] = [
        { kind: "literal", value: low },
        { kind: "literal", value: high },
      ];
      const condition: Condition = { kind: "between", value: A, low: least as ValueExpr, high: most as ValueExpr };
      const prepared = prepare(condition, OBJECTS);
      for (const a of VALUES)
        assert.is(
          prepared({ a }),
          holds(condition, { a }, NOTHING_TAKEN),
          `${String(low)} ${String(a)} ${String(high)}`,
        );
    }
  }
});

it("a field that is one of constants: NaN is none of them, types differ, zero is minus zero", () => {
  const condition: Condition = { kind: "oneOf", value: A, options: LITERALS };
  const prepared = prepare(condition, OBJECTS);
  for (const a of VALUES) assert.is(prepared({ a }), holds(condition, { a }, NOTHING_TAKEN), String(a));
  assert.not(prepared({ a: Number.NaN }));
  assert.ok(prepare({ ...condition, options: [-0] }, OBJECTS)({ a: 0 }));
  assert.not(prepare({ ...condition, options: [1n, "1"] }, OBJECTS)({ a: 1 }));
});

it("and, or: from left to right, and no further than needed", () => {
  const asked: string[] = [];
  const noting: EventReader<unknown> = {
    ...OBJECTS,
    field: ([name = ""]) => {
      return (event) => {
        asked.push(name);
        return (event as Record<string, unknown>)[name];
      };
    },
  };
  const names = ["a", "b", "c", "d", "e"];
  const parts = names.map(
    (name): Condition => ({ kind: "isTrue", value: { kind: "field", of: { kind: "candidate" }, path: [name] } }),
  );
  for (const [kind, end] of [
    ["and", false],
    ["or", true],
  ] as const) {
    for (let count = 0; count <= names.length; count++) {
      const prepared = prepare({ kind, parts: parts.slice(0, count) }, noting);
      for (let stop = 0; stop <= count; stop++) {
        asked.length = 0;
        const event = Object.fromEntries(names.map((name, index) => [name, (index === stop) === end]));
        assert.is(prepared(event), stop < count ? end : !end, `${kind} ${stop} of ${count}`);
        assert.equal(asked, names.slice(0, Math.min(stop + 1, count)));
      }
    }
  }
});

it("a function that was given nothing gets the frozen match of nothing taken", () => {
  let seen: unknown;
  const opaque: Condition = {
    kind: "opaque",
    version: 1,
    call: (_, taken) => {
      seen = taken;
      return true;
    },
  };
  prepare(opaque, OBJECTS)({});
  assert.is(seen, NOTHING_TAKEN.match);
});

it("a polluted prototype is no event's field", () => {
  const prepared = prepare({ kind: "exists", value: A }, OBJECTS);
  Object.defineProperty(Object.prototype, "a", { value: 1, configurable: true });
  try {
    assert.not(prepared({}));
    assert.ok(prepared({ a: 1 }));
  } finally {
    Reflect.deleteProperty(Object.prototype, "a");
  }
});

it.run();
