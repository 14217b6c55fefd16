// What a condition says of an event: comparisons are two-valued, types never mix, only own fields are read.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { evaluate, fieldOf, holds, NOTHING_TAKEN, type Taken } from "../../lib/pattern/expression/evaluate.ts";
import type { AggregateOp, CompareOp, Condition, TextOp, ValueExpr } from "../../lib/pattern/expression/expression.ts";

const it = suite("evaluation of conditions");

const taking = (steps: Readonly<Record<string, readonly unknown[]>>): Taken => ({
  of: (step) => (Object.hasOwn(steps, step) ? (steps[step] ?? []) : []),
  match: steps,
});

const A: ValueExpr = { kind: "field", of: { kind: "candidate" }, path: ["a"] };
const B: ValueExpr = { kind: "field", of: { kind: "candidate" }, path: ["b"] };
const compare = (op: CompareOp, left: ValueExpr = A, right: ValueExpr = B): Condition => ({
  kind: "compare",
  op,
  left,
  right,
});
const not = (part: Condition): Condition => ({ kind: "not", part });

const ORDERS = ["lt", "lte", "gt", "gte"] as const;
const OPS: readonly CompareOp[] = ["eq", "ne", ...ORDERS];

/** The table of comparisons, written down apart from the code: what holds between two values of one type. */
const TABLE: Readonly<Record<CompareOp, (order: -1 | 0 | 1) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

/** Values of each type in ascending order; zero and minus zero are one. */
const ASCENDING: readonly (readonly unknown[])[] = [
  [Number.NEGATIVE_INFINITY, -1.5, 0, 0.1, 1, 2 ** 53, Number.POSITIVE_INFINITY],
  // By code unit: upper case first, and the two halves of a smiley before U+FFFD.
  ["", "1", "10", "2", "B", "a", "aa", "é", "\u{1F600}", "\uFFFD"],
  [-1n, 0n, 1n, 2n ** 70n],
];
for (const values of ASCENDING) {
  for (const op of OPS) {
    it(`${op} orders ${typeof values[0]}s`, () => {
      for (const [i, a] of values.entries()) {
        for (const [j, b] of values.entries()) {
          assert.is(
            holds(compare(op), { a, b }, NOTHING_TAKEN),
            TABLE[op](Math.sign(i - j) as -1 | 0 | 1),
            `${a} ${op} ${b}`,
          );
        }
      }
    });
  }
}

it("minus zero is zero", () => {
  assert.ok(holds(compare("eq"), { a: -0, b: 0 }, NOTHING_TAKEN));
  assert.not.ok(holds(compare("lt"), { a: -0, b: 0 }, NOTHING_TAKEN));
});

it("booleans are equal or not, but have no order", () => {
  assert.ok(holds(compare("eq"), { a: true, b: true }, NOTHING_TAKEN));
  assert.ok(holds(compare("ne"), { a: true, b: false }, NOTHING_TAKEN));
  for (const op of ORDERS) assert.not.ok(holds(compare(op), { a: true, b: true }, NOTHING_TAKEN), op);
});

const INCOMPARABLE: readonly unknown[] = [undefined, null, Number.NaN, {}, [], [1], () => 1, Symbol("s")];
const OF_EACH_TYPE: readonly unknown[] = [1, "1", true, 1n];

it("nothing holds of a missing value, null, NaN, an object, nor between types, not even ne", () => {
  const pairs = [
    ...INCOMPARABLE.flatMap((a) => [...INCOMPARABLE, ...OF_EACH_TYPE].map((b) => [a, b])),
    ...OF_EACH_TYPE.flatMap((a) => OF_EACH_TYPE.filter((b) => typeof b !== typeof a).map((b) => [a, b])),
  ];
  for (const op of OPS) {
    for (const [a, b] of pairs) {
      assert.not.ok(holds(compare(op), { a, b }, NOTHING_TAKEN), `${String(a)} ${op} ${String(b)}`);
      assert.not.ok(holds(compare(op), { a: b, b: a }, NOTHING_TAKEN), `${String(b)} ${op} ${String(a)}`);
      assert.ok(holds(not(compare(op)), { a, b }, NOTHING_TAKEN), `not ${String(a)} ${op} ${String(b)}`);
    }
  }
  assert.not.ok(holds(compare("ne"), {}, NOTHING_TAKEN));
});

it("not(a < b) is more than a >= b", () => {
  assert.ok(holds(not(compare("lt")), { a: 1 }, NOTHING_TAKEN));
  assert.not.ok(holds(compare("gte"), { a: 1 }, NOTHING_TAKEN));
});

const anyValue = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom(undefined, null, Number.NaN, "", "a", "ab", true, false, 1n, 2n, {}),
);
const event = fc.record({ a: anyValue, b: anyValue, c: anyValue });
const C: ValueExpr = { kind: "field", of: { kind: "candidate" }, path: ["c"] };
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.record({
      kind: fc.constant("compare" as const),
      op: fc.constantFrom(...OPS),
      left: fc.constantFrom(A, B, C),
      right: fc.constantFrom(A, B, C),
    }),
    fc.record({ kind: fc.constant("exists" as const), value: fc.constantFrom(A, B, C) }),
    fc.record({ kind: fc.constant("isTrue" as const), value: fc.constantFrom(A, B, C) }),
    fc.record({ kind: fc.constant("not" as const), part: tie("condition") }),
    fc.record({ kind: fc.constantFrom("and", "or" as const), parts: fc.array(tie("condition"), { maxLength: 3 }) }),
  ) as fc.Arbitrary<Condition>,
}));

const always = (law: (e: object, p: Condition, q: Condition) => readonly [Condition, Condition]): void => {
  fc.assert(
    fc.property(event, condition, condition, (e, p, q) => {
      const [one, other] = law(e, p, q);
      assert.is(holds(one, e, NOTHING_TAKEN), holds(other, e, NOTHING_TAKEN));
    }),
    { numRuns: 1_000 },
  );
};

it("conditions have two values: not not p is p", () => always((_, p) => [not(not(p)), p]));
it("not (p and q) is not p or not q", () =>
  always((_, p, q) => [not({ kind: "and", parts: [p, q] }), { kind: "or", parts: [not(p), not(q)] }]));
it("p or not p holds", () =>
  always((_, p) => [
    { kind: "or", parts: [p, not(p)] },
    { kind: "and", parts: [] },
  ]));
it("a between b and c is a >= b and a <= c", () =>
  always(() => [
    { kind: "between", value: A, low: B, high: C },
    { kind: "and", parts: [compare("gte", A, B), compare("lte", A, C)] },
  ]));
it("a one of constants is a equal to one of them", () => {
  const options = [1, "a", true, 2n];
  always(() => [
    { kind: "oneOf", value: A, options },
    { kind: "or", parts: options.map((value) => compare("eq", A, { kind: "literal", value })) },
  ]);
});
it("a < b is b > a, a <= b is b >= a, eq and ne are symmetric", () => {
  for (const [op, mirrored] of [
    ["lt", "gt"],
    ["lte", "gte"],
    ["eq", "eq"],
    ["ne", "ne"],
  ] as const) {
    always(() => [compare(op, A, B), compare(mirrored, B, A)]);
  }
});
it("a condition is a value, true or false", () =>
  always((_, p) => [compare("eq", p, { kind: "literal", value: true }), p]));

it("an event is only read: the same answer twice, from a frozen event", () => {
  fc.assert(
    fc.property(event, condition, (e, p) => {
      assert.is(holds(p, Object.freeze(e), NOTHING_TAKEN), holds(p, structuredClone(e), NOTHING_TAKEN));
    }),
  );
});

it("exists: there and not null", () => {
  const exists: Condition = { kind: "exists", value: A };
  for (const a of [0, "", false, Number.NaN, {}, []]) assert.ok(holds(exists, { a }, NOTHING_TAKEN), String(a));
  for (const e of [{}, { a: null }, { a: undefined }, null, 5]) assert.not.ok(holds(exists, e, NOTHING_TAKEN));
});

it("a field as a condition: true and nothing else", () => {
  for (const a of [1, "true", {}, 1n, null, undefined, false]) {
    assert.not.ok(holds({ kind: "isTrue", value: A }, { a }, NOTHING_TAKEN));
  }
  assert.ok(holds({ kind: "isTrue", value: A }, { a: true }, NOTHING_TAKEN));
});

it("tests of texts are for strings", () => {
  const text = (op: TextOp): Condition => ({ kind: "text", op, value: A, text: B });
  const holdsOf = (op: TextOp, a: unknown, b: unknown): boolean => holds(text(op), { a, b }, NOTHING_TAKEN);
  assert.ok(holdsOf("startsWith", "abc", "ab") && holdsOf("endsWith", "abc", "bc") && holdsOf("includes", "abc", "b"));
  assert.ok(holdsOf("startsWith", "abc", "") && holdsOf("includes", "a.c", "."));
  assert.not.ok(
    holdsOf("startsWith", "abc", "bc") || holdsOf("endsWith", "abc", "ab") || holdsOf("includes", "abc", "B"),
  );
  for (const op of ["startsWith", "endsWith", "includes"] as const) {
    assert.not.ok(holdsOf(op, ["a"], "a") || holdsOf(op, "1", 1) || holdsOf(op, 12, "1") || holdsOf(op, undefined, ""));
  }
});

it("calculates with numbers as JavaScript does, and with nothing else", () => {
  const value = (op: "plus" | "minus" | "times" | "dividedBy" | "modulo", a: unknown, b: unknown): unknown =>
    evaluate({ kind: "arithmetic", op, left: A, right: B }, { a, b }, NOTHING_TAKEN);
  fc.assert(
    fc.property(fc.double(), fc.double(), (a, b) => {
      assert.equal(
        [
          value("plus", a, b),
          value("minus", a, b),
          value("times", a, b),
          value("dividedBy", a, b),
          value("modulo", a, b),
        ],
        [a + b, a - b, a * b, a / b, a % b],
      );
    }),
  );
  for (const [a, b] of [
    ["1", 2],
    [1, "2"],
    [1, undefined],
    [null, 1],
    [1n, 2n],
    [true, 1],
  ]) {
    assert.is(value("plus", a, b), undefined, `${String(a)} + ${String(b)}`);
  }
});

it("what cannot be calculated compares with nothing", () => {
  const ratio: ValueExpr = { kind: "arithmetic", op: "dividedBy", left: A, right: B };
  for (const op of OPS) assert.not.ok(holds(compare(op, ratio, C), { a: 0, b: 0, c: 0 }, NOTHING_TAKEN), op);
});

const STEPS = taking({ loop: [{ v: 1 }, { v: 2 }, { v: 3 }], single: [{ v: 7 }], none: [] });
const takenAt = (step: string, at: "only" | "first" | "last" | number): unknown =>
  evaluate({ kind: "field", of: { kind: "taken", step, at }, path: ["v"] }, { v: 0 }, STEPS);

it("finds events that were taken by their place", () => {
  assert.equal(
    [
      takenAt("single", "only"),
      takenAt("loop", "first"),
      takenAt("loop", "last"),
      takenAt("loop", 1),
      takenAt("loop", -3),
    ],
    [7, 1, 3, 2, 1],
  );
  for (const at of ["only", "first", "last", 0, -1] as const) assert.is(takenAt("none", at), undefined);
  assert.is(takenAt("loop", 3), undefined);
  assert.is(takenAt("loop", -4), undefined);
  assert.is(takenAt("constructor", "only"), undefined);
});

it("counts events that were taken", () => {
  const count = (step: string): unknown => evaluate({ kind: "count", step }, {}, STEPS);
  assert.equal([count("loop"), count("single"), count("none"), count("constructor")], [3, 1, 0, 0]);
});

const overEach = (op: AggregateOp, values: readonly unknown[]): unknown =>
  evaluate(
    { kind: "aggregate", op, step: "s", value: { kind: "field", of: { kind: "item" }, path: ["v"] } },
    {},
    taking({ s: values.map((v) => (v === undefined ? {} : { v })) }),
  );

it("sums, averages and finds extremes of the numbers that are there", () => {
  const mixed = [2, undefined, "9", null, Number.NaN, 4n, 3, -1];
  assert.equal(
    (["sum", "avg", "min", "max"] as const).map((op) => overEach(op, mixed)),
    [4, 4 / 3, -1, 3],
  );
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      assert.is(overEach("min", values), Math.min(...values));
      assert.is(overEach("max", values), Math.max(...values));
      assert.is(overEach("avg", values), (overEach("sum", values) as number) / values.length);
    }),
  );
});

it("a sum of nothing is 0, the others of nothing are missing", () => {
  for (const values of [[], [undefined, "x"]]) {
    assert.is(overEach("sum", values), 0);
    for (const op of ["avg", "min", "max"] as const) assert.is(overEach(op, values), undefined);
  }
});

it("has many events: no limit of arguments is in the way", () => {
  const many = Array.from({ length: 200_000 }, (_, index) => index);
  assert.equal([overEach("min", many), overEach("max", many)], [0, 199_999]);
});

it("inside a sum, each event and the one looked at can be mentioned together", () => {
  const product: ValueExpr = {
    kind: "arithmetic",
    op: "times",
    left: { kind: "field", of: { kind: "item" }, path: ["v"] },
    right: A,
  };
  assert.is(evaluate({ kind: "aggregate", op: "sum", step: "loop", value: product }, { a: 10 }, STEPS), 60);
});

it("a condition inside a sum sees the event of the sum", () => {
  const large: Condition = {
    kind: "compare",
    op: "gte",
    left: { kind: "field", of: { kind: "item" }, path: ["v"] },
    right: { kind: "literal", value: 2 },
  };
  assert.is(holds(large, { v: 0 }, STEPS, { v: 2 }), true);
  assert.is(evaluate(large, { v: 9 }, STEPS, { v: 1 }), false);
});

it("reads own fields, through objects and lists", () => {
  assert.is(fieldOf({ a: { b: [{ c: 5 }] } }, ["a", "b", "0", "c"]), 5);
  assert.is(fieldOf({ a: [1, 2] }, ["a", "length"]), 2);
  assert.is(fieldOf({ a: 1 }, ["b"]), undefined);
  assert.equal(fieldOf({ a: 1 }, []), { a: 1 });
  for (const dead of [undefined, null, 5, "text", true, 5n])
    assert.is(fieldOf({ a: dead }, ["a", "length"]), undefined);
});

it("inherited names are missing, whatever they are called", () => {
  class Charge {
    amount = 5;
    get double(): number {
      return this.amount * 2;
    }
  }
  const names = ["double", "constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];
  for (const name of names) {
    assert.is(fieldOf(new Charge(), [name]), undefined, name);
    assert.is(fieldOf({}, [name]), undefined, name);
    assert.is(fieldOf({ a: {} }, ["a", name, "name"]), undefined, name);
  }
  assert.is(fieldOf(new Charge(), ["amount"]), 5);
  assert.is(fieldOf(Object.create({ a: 1 }), ["a"]), undefined);
});

it("the same names as own fields are fields", () => {
  const parsed: unknown = JSON.parse('{"constructor":1,"__proto__":{"toString":2},"hasOwnProperty":3}');
  assert.equal(
    [["constructor"], ["__proto__", "toString"], ["hasOwnProperty"]].map((path) => fieldOf(parsed, path)),
    [1, 2, 3],
  );
  const bare: unknown = Object.assign(Object.create(null), { a: 4 });
  assert.is(fieldOf(bare, ["a"]), 4);
});

it("a plain function gets the event and what was taken, and answers true or false", () => {
  const seen: unknown[] = [];
  const opaque = (answer: unknown): Condition => ({
    kind: "opaque",
    version: 1,
    call: (e, m) => {
      seen.push(e, m);
      return answer as boolean;
    },
  });
  const e = { a: 1 };
  assert.ok(holds(opaque(true), e, STEPS));
  assert.is(seen[0], e);
  assert.is(seen[1], STEPS.match);
  assert.not.ok(holds(opaque(false), e, STEPS));
  // Anything else is a mistake that would go unseen: no return, an async function, a value that was meant to be "truthy".
  for (const [answer, said] of [
    [1, "1"],
    ["yes", '"yes"'],
    [{}, "an object"],
    [null, "null"],
    [undefined, "undefined"],
    [Symbol("s"), "Symbol(s)"],
    [Promise.reject(new Error("nobody waits")), "a promise"],
  ] as const) {
    assert.throws(() => holds(opaque(answer), e, STEPS), `It answered with ${said}, not with true or false.`);
  }
});

it("what a plain function throws passes through, unless it need not be asked", () => {
  const failing: Condition = {
    kind: "opaque",
    version: 1,
    call: () => {
      throw new RangeError("mine");
    },
  };
  const never: Condition = { kind: "or", parts: [] };
  assert.throws(() => holds(failing, {}, NOTHING_TAKEN), /mine/);
  assert.not.ok(holds({ kind: "and", parts: [never, failing] }, {}, NOTHING_TAKEN));
  assert.ok(holds({ kind: "or", parts: [not(never), failing] }, {}, NOTHING_TAKEN));
});

it("a match that has not begun has taken nothing of any step", () => {
  const first: ValueExpr = { kind: "field", of: { kind: "taken", step: "s", at: "first" }, path: [] };
  const sum: ValueExpr = { kind: "aggregate", op: "sum", step: "s", value: A };
  assert.is(evaluate({ kind: "count", step: "s" }, {}, NOTHING_TAKEN), 0);
  assert.is(evaluate(first, {}, NOTHING_TAKEN), undefined);
  assert.is(evaluate(sum, {}, NOTHING_TAKEN), 0);
  assert.equal(NOTHING_TAKEN.match, {});
});

it.run();
