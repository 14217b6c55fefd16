// Events as columns say what the events say: every condition, every value, every test, on any event.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { prepareTest } from "../../lib/automaton/test.ts";
import { CELL, columnsOf, createColumns } from "../../lib/event/columns.ts";
import { readKey, readTime } from "../../lib/event/extractor.ts";
import { evaluate, holds, NOTHING_TAKEN } from "../../lib/pattern/expression/evaluate.ts";
import type { CompareOp, Condition, Literal, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { fieldsOf } from "../../lib/pattern/expression/looks-at.ts";
import { prepare, prepareValue } from "../../lib/pattern/expression/prepare.ts";
import { anyCondition, anyEvent, anyTaken, anyValue, outcomeOf } from "../pattern/condition-arbitrary.ts";

const it = suite("events as columns");

const events = fc.array(anyEvent, { minLength: 1, maxLength: 6 });
const RUNS = { numRuns: 5_000 };

it("a condition says of a row what it says of the event, whichever of its fields are columns", () => {
  fc.assert(
    fc.property(anyCondition, events, anyTaken, fc.infiniteStream(fc.boolean()), (condition, batch, taken, choices) => {
      const paths = fieldsOf([condition]).paths.filter(() => choices.next().value);
      const prepared = prepare(condition, columnsOf(batch, paths).reader);
      for (const [row, event] of batch.entries()) {
        const [answer] = outcomeOf(() => prepared(row, taken));
        assert.equal(answer, outcomeOf(() => holds(condition, event, taken))[0]);
      }
    }),
    RUNS,
  );
});

it("a value is of a row what it is of the event", () => {
  fc.assert(
    fc.property(anyValue, events, (value, batch) => {
      const prepared = prepareValue(value, columnsOf(batch, [...fieldsOf([value]).paths, []]).reader);
      for (const [row, event] of batch.entries()) {
        const [of] = outcomeOf(() => prepared(row));
        assert.ok(Object.is(of, outcomeOf(() => evaluate(value, event, NOTHING_TAKEN))[0]));
      }
    }),
    RUNS,
  );
});

const A: ValueExpr = { kind: "field", of: { kind: "candidate" }, path: ["a"] };
const LITERALS: readonly Literal[] = [1, 0, -0, Number.NaN, Number.POSITIVE_INFINITY, "a", "", true, false, 1n, 0n];
const VALUES: readonly unknown[] = [...LITERALS, 2, -1, 0.5, "b", 2n, null, undefined, {}, [1], () => 1, Symbol("s")];
const OPS: readonly CompareOp[] = ["eq", "ne", "lt", "lte", "gt", "gte"];

it("a field compared with a constant: every operator, every pair of types", () => {
  const batch = [...VALUES.map((a) => ({ a })), {}, null, 5];
  const { reader } = columnsOf(batch, [["a"]]);
  for (const value of LITERALS) {
    for (const op of OPS) {
      const condition: Condition = { kind: "compare", op, left: A, right: { kind: "literal", value } };
      const prepared = prepare(condition, reader);
      for (const [row, event] of batch.entries()) {
        assert.is(prepared(row), holds(condition, event, NOTHING_TAKEN), `row ${row} ${op} ${String(value)}`);
      }
    }
  }
});

it("needs no event for what is in columns", () => {
  const columns = createColumns([["type"], ["a"]], 3, () => assert.unreachable("asked for the event"));
  const [type, a] = columns.columns;
  if (type === undefined || a === undefined) return assert.unreachable();
  const tagged = prepareTest(
    {
      id: 0,
      kind: "step",
      of: "s",
      on: ["charge", "refund"],
      condition: { kind: "compare", op: "gt", left: A, right: { kind: "literal", value: 5 } },
    },
    "type",
    columns.reader,
  );
  const answers = (): readonly boolean[] => [0, 1, 2].map((row) => tagged(row));
  assert.equal(answers(), [false, false, false]);

  columns.texts.push("refund", "block");
  type.kinds.fill(CELL.text);
  type.numbers.set([0, 0, 1]);
  a.kinds.fill(CELL.number);
  a.numbers.set([7, 5, 7]);
  assert.equal(answers(), [true, false, false]);

  // The next batch in the same columns: what was prepared for the first is asked again.
  columns.texts.splice(0, 2, "charge");
  type.numbers.set([0, 0, 0]);
  a.kinds.set([CELL.null, CELL.true, CELL.number]);
  assert.equal(answers(), [false, false, true]);
});

it("asks the event for what is left to it, whatever that turns out to be", () => {
  const batch = VALUES.map((a) => ({ a }));
  let count = 0;
  const columns = createColumns([["a"]], batch.length, (row) => {
    count += 1;
    return batch[row];
  });
  columns.columns[0]?.kinds.fill(CELL.other);
  for (const value of LITERALS) {
    for (const op of OPS) {
      const condition: Condition = { kind: "compare", op, left: A, right: { kind: "literal", value } };
      const prepared = prepare(condition, columns.reader);
      count = 0;
      for (const [row, event] of batch.entries()) {
        assert.is(prepared(row), holds(condition, event, NOTHING_TAKEN), `row ${row} ${op} ${String(value)}`);
      }
      assert.is(count, batch.length);
    }
  }
});

it("a field that throws throws when it is asked for", () => {
  const touchy = {
    get a(): number {
      throw new RangeError("looked at");
    },
  };
  const { reader } = columnsOf([touchy, { a: 1 }], [["a"]]);
  for (const value of [1, "a", true]) {
    const prepared = prepare({ kind: "compare", op: "eq", left: A, right: { kind: "literal", value } }, reader);
    assert.throws(() => prepared(0), /looked at/);
    assert.is(prepared(1), value === 1);
  }
});

it("key and time are read from columns, too", () => {
  type E = { card: string; shop: { id: number }; at: number };
  const batch: readonly E[] = [
    { card: "c1", shop: { id: 4 }, at: 1 },
    { card: "c2", shop: { id: 5 }, at: 2 },
  ];
  const { expr: key } = readKey<E>({ key: (e) => e.shop.id });
  const { expr: time } = readTime<E>({ time: (e) => e.at.times(1_000) });
  const exprs = [key, time] as readonly ValueExpr[];
  const { reader } = columnsOf(batch, fieldsOf(exprs).paths);
  assert.equal(
    batch.map((_, row) => exprs.map((expr) => prepareValue(expr, reader)(row))),
    [
      [4, 1_000],
      [5, 2_000],
    ],
  );
});

it.run();
