// What is written in `where` becomes data, word for word. Mistakes are in proxy-mistakes.spec.ts.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeCondition, writeValues } from "../../lib/pattern/builder/proxy.ts";
import type { Condition, EventRef, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import type { Arity } from "../../lib/pattern/shape.ts";

const it = suite("conditions as they are written");

// biome-ignore lint/suspicious/noExplicitAny: every word is tried on everything
type Loose = any;

const ARITIES: ReadonlyMap<string, Arity> = new Map([
  ["one", "one"],
  ["many", "many"],
  ["constructor", "one"],
  ["__proto__", "many"],
]);
/** Not written as a property, so that nobody takes it for the accessor. */
const PROTO = "__proto__";
const PLACE = { pattern: "p", path: ["a"], method: "where", arityOf: (step: string) => ARITIES.get(step) };

const write = (say: (e: Loose, m: Loose) => unknown): Condition => writeCondition(PLACE, say).condition;

const E: EventRef = { kind: "candidate" };
const at = (...path: string[]): ValueExpr => ({ kind: "field", of: E, path });
const of = (step: string, which: "only" | "first" | "last" | number, ...path: string[]): ValueExpr => ({
  kind: "field",
  of: { kind: "taken", step, at: which },
  path,
});
const lit = (value: string | number | boolean | bigint): ValueExpr => ({ kind: "literal", value });
const eq = (left: ValueExpr, right: ValueExpr): Condition => ({ kind: "compare", op: "eq", left, right });

type Case = readonly [title: string, say: (e: Loose, m: Loose) => unknown, tree: Condition];
const A: Condition = { kind: "isTrue", value: at("a") };
const B: Condition = { kind: "isTrue", value: at("b") };
const C: Condition = { kind: "isTrue", value: at("c") };

const CASES: readonly Case[] = [
  ...(["eq", "ne", "lt", "lte", "gt", "gte"] as const).map(
    (op): Case => [`e.a.${op}(2)`, (e) => e.a[op](2), { kind: "compare", op, left: at("a"), right: lit(2) }],
  ),
  ["e.a.eq(e.b)", (e) => e.a.eq(e.b), eq(at("a"), at("b"))],
  ["e.a.eq('x')", (e) => e.a.eq("x"), eq(at("a"), lit("x"))],
  ["e.a.eq(5n)", (e) => e.a.eq(5n), eq(at("a"), lit(5n))],
  ["e.a.eq(false)", (e) => e.a.eq(false), eq(at("a"), lit(false))],
  ["e.a.between(1, e.b)", (e) => e.a.between(1, e.b), { kind: "between", value: at("a"), low: lit(1), high: at("b") }],
  ["e.a.oneOf([1, 2])", (e) => e.a.oneOf([1, 2]), { kind: "oneOf", value: at("a"), options: [1, 2] }],
  ["e.a.oneOf([])", (e) => e.a.oneOf([]), { kind: "oneOf", value: at("a"), options: [] }],
  ...(["startsWith", "endsWith", "includes"] as const).map(
    (op): Case => [`e.a.${op}("x")`, (e) => e.a[op]("x"), { kind: "text", op, value: at("a"), text: lit("x") }],
  ),
  ["e.a.exists()", (e) => e.a.exists(), { kind: "exists", value: at("a") }],
  ["e.a", (e) => e.a, A],
  ["e.a.not()", (e) => e.a.not(), { kind: "not", part: A }],
  ["e.a.not().not()", (e) => e.a.not().not(), { kind: "not", part: { kind: "not", part: A } }],
  ["e.a.and(e.b)", (e) => e.a.and(e.b), { kind: "and", parts: [A, B] }],
  ["e.a.and(e.b).and(e.c)", (e) => e.a.and(e.b).and(e.c), { kind: "and", parts: [A, B, C] }],
  ["e.a.and(e.b.and(e.c))", (e) => e.a.and(e.b.and(e.c)), { kind: "and", parts: [A, B, C] }],
  ["e.a.and(e.b, e.c)", (e) => e.a.and(e.b, e.c), { kind: "and", parts: [A, B, C] }],
  ["e.a.and()", (e) => e.a.and(), A],
  ["e.a.or(e.b).or(e.c)", (e) => e.a.or(e.b).or(e.c), { kind: "or", parts: [A, B, C] }],
  ["e.a.or(e.b).and(e.c)", (e) => e.a.or(e.b).and(e.c), { kind: "and", parts: [{ kind: "or", parts: [A, B] }, C] }],
  ...(["plus", "minus", "times", "dividedBy", "modulo"] as const).map(
    (op): Case => [
      `e.a.${op}(2).eq(e.b)`,
      (e) => e.a[op](2).eq(e.b),
      eq({ kind: "arithmetic", op, left: at("a"), right: lit(2) }, at("b")),
    ],
  ),
  [
    "e.a.gt(1).eq(e.b.exists())",
    (e) => e.a.gt(1).eq(e.b.exists()),
    eq({ kind: "compare", op: "gt", left: at("a"), right: lit(1) }, { kind: "exists", value: at("b") }),
  ],
  ["destructured", ({ a: { eq: isEqual } }) => isEqual(1), eq(at("a"), lit(1))],

  // Nested fields, lists, and fields that are called like words or like what every object has.
  ["e.a.b.c.eq(1)", (e) => e.a.b.c.eq(1), eq(at("a", "b", "c"), lit(1))],
  ["e.a.length.eq(1)", (e) => e.a.length.eq(1), eq(at("a", "length"), lit(1))],
  ["e.a.at(0).b.eq(1)", (e) => e.a.at(0).b.eq(1), eq(at("a", "0", "b"), lit(1))],
  ["e.eq.eq(1)", (e) => e.eq.eq(1), eq(at("eq"), lit(1))],
  ["e.a.eq.lt.gt.eq(1)", (e) => e.a.eq.lt.gt.eq(1), eq(at("a", "eq", "lt", "gt"), lit(1))],
  ["e.first.last.eq(1)", (e) => e.first.last.eq(1), eq(at("first", "last"), lit(1))],
  [
    "e.times.times(2).eq(1)",
    (e) => e.times.times(2).eq(1),
    eq({ kind: "arithmetic", op: "times", left: at("times"), right: lit(2) }, lit(1)),
  ],
  ["e.constructor.eq(1)", (e) => e.constructor.eq(1), eq(at("constructor"), lit(1))],
  ["e.__proto__.toString.eq(1)", (e) => e[PROTO].toString.eq(1), eq(at("__proto__", "toString"), lit(1))],
  ["e.then.eq(1)", (e) => e.then.eq(1), eq(at("then"), lit(1))],
  ["e.name.eq(e.prototype)", (e) => e.name.eq(e.prototype), eq(at("name"), at("prototype"))],
  ['e["a b"].eq(1)', (e) => e["a b"].eq(1), eq(at("a b"), lit(1))],

  // Steps before: one event, or a loop.
  ["m.one.a", (_, m) => m.one.a.eq(1), eq(of("one", "only", "a"), lit(1))],
  ["m.one.length", (_, m) => m.one.length.eq(1), eq(of("one", "only", "length"), lit(1))],
  ["m.one.first", (_, m) => m.one.first.eq(1), eq(of("one", "only", "first"), lit(1))],
  ["m.many.first().a", (_, m) => m.many.first().a.eq(1), eq(of("many", "first", "a"), lit(1))],
  ["m.many.last().a.b", (_, m) => m.many.last().a.b.eq(1), eq(of("many", "last", "a", "b"), lit(1))],
  ["m.many.at(-2).a", (_, m) => m.many.at(-2).a.eq(1), eq(of("many", -2, "a"), lit(1))],
  ["m.many.length", (_, m) => m.many.length.eq(1), eq({ kind: "count", step: "many" }, lit(1))],
  ...(["sum", "avg", "min", "max"] as const).map(
    (op): Case => [
      `m.many.${op}(each)`,
      (e, m) => m.many[op]((each: Loose) => each.a.times(e.b)).eq(1),
      eq(
        {
          kind: "aggregate",
          op,
          step: "many",
          value: {
            kind: "arithmetic",
            op: "times",
            left: { kind: "field", of: { kind: "item" }, path: ["a"] },
            right: at("b"),
          },
        },
        lit(1),
      ),
    ],
  ),
  ["m.constructor.a", (_, m) => m.constructor.a.eq(1), eq(of("constructor", "only", "a"), lit(1))],
  ["m.__proto__.last().a", (_, m) => m[PROTO].last().a.eq(1), eq(of("__proto__", "last", "a"), lit(1))],
  // A step that is not known answers as one event and as a loop.
  ["m.unknown.a", (_, m) => m.unknown.a.eq(1), eq(of("unknown", "only", "a"), lit(1))],
  ["m.unknown.last().a", (_, m) => m.unknown.last().a.eq(1), eq(of("unknown", "last", "a"), lit(1))],
  ["m.unknown.length", (_, m) => m.unknown.length.eq(1), eq({ kind: "count", step: "unknown" }, lit(1))],
];
for (const [title, say, tree] of CASES) it(`${title} is its tree`, () => assert.equal(write(say), tree));

it("a condition is frozen through and through", () => {
  const frozen = (value: unknown): boolean =>
    typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  for (const [title, say] of CASES) assert.ok(frozen(write(say)), title);
});

// ---------------------------------------------------------------- every tree can be written

const record: typeof fc.record = (fields: object) => fc.record(fields, { noNullPrototype: true }) as never;
const ref = fc.oneof(
  fc.constant<EventRef>(E),
  fc.constant<EventRef>({ kind: "taken", step: "one", at: "only" }),
  fc.constantFrom<EventRef>(
    { kind: "taken", step: "many", at: "first" },
    { kind: "taken", step: "many", at: "last" },
    { kind: "taken", step: "many", at: 2 },
  ),
);
const name = fc.constantFrom(
  "a",
  "b",
  "eq",
  "not",
  "plus",
  "length",
  "first",
  "at",
  "constructor",
  "__proto__",
  "then",
);
const literal = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(),
  fc.boolean(),
  fc.bigInt(),
);
const { condition } = fc.letrec<{ value: ValueExpr; condition: Condition }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    record({ kind: fc.constant("field" as const), of: ref, path: fc.array(name, { minLength: 1, maxLength: 3 }) }),
    record({ kind: fc.constant("literal" as const), value: literal }),
    fc.constant<ValueExpr>({ kind: "count", step: "many" }),
    record({
      kind: fc.constant("arithmetic" as const),
      op: fc.constantFrom("plus", "minus", "times", "dividedBy", "modulo" as const),
      left: tie("value"),
      right: tie("value"),
    }),
    tie("condition"),
  ) as fc.Arbitrary<ValueExpr>,
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    record({
      kind: fc.constant("compare" as const),
      op: fc.constantFrom("eq", "ne", "lt", "lte", "gt", "gte" as const),
      left: tie("value"),
      right: tie("value"),
    }),
    record({ kind: fc.constant("exists" as const), value: tie("value") }),
    record({
      kind: fc.constant("oneOf" as const),
      value: tie("value"),
      options: fc.array(literal, { maxLength: 3 }),
    }),
    record({ kind: fc.constant("not" as const), part: tie("condition") }),
    record({
      kind: fc.constantFrom("and", "or" as const),
      parts: fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
    }),
  ) as fc.Arbitrary<Condition>,
}));

/** Says a tree with the words of the language. A literal has no words of its own, so it can only stand on the right. */
function say(tree: ValueExpr, e: Loose, m: Loose): Loose {
  switch (tree.kind) {
    case "literal":
      return tree.value;
    case "field":
      return tree.path.reduce((on, field) => on[field], eventOf(tree.of, e, m));
    case "count":
      return m[tree.step].length;
    case "aggregate":
      return m[tree.step][tree.op]((each: Loose) => say(tree.value, each, m));
    case "arithmetic":
    case "compare":
      return say(tree.left, e, m)[tree.op](say(tree.right, e, m));
    case "between":
      return say(tree.value, e, m).between(say(tree.low, e, m), say(tree.high, e, m));
    case "oneOf":
      return say(tree.value, e, m).oneOf(tree.options);
    case "text":
      return say(tree.value, e, m)[tree.op](say(tree.text, e, m));
    case "exists":
      return say(tree.value, e, m).exists();
    case "isTrue":
      return say(tree.value, e, m);
    case "not":
      return say(tree.part, e, m).not();
    case "and":
    case "or": {
      const [first, ...others] = tree.parts.map((part) => say(part, e, m));
      return first[tree.kind](...others);
    }
    case "opaque":
      throw new Error("has no words");
  }
}

function eventOf(event: EventRef, e: Loose, m: Loose): Loose {
  if (event.kind !== "taken") return e;
  const step = m[event.step];
  return event.at === "only" ? step : typeof event.at === "number" ? step.at(event.at) : step[event.at]();
}

/** The same tree as it is when it was said: constants are on the right, `and` in `and` is one `and`. */
function asSaid(tree: ValueExpr): ValueExpr {
  const onLeft = (left: ValueExpr): ValueExpr => (left.kind === "literal" ? at("literal") : asSaid(left));
  switch (tree.kind) {
    case "arithmetic":
    case "compare":
      return { ...tree, left: onLeft(tree.left), right: asSaid(tree.right) };
    case "exists":
    case "oneOf":
      return { ...tree, value: onLeft(tree.value) };
    case "not":
      return { ...tree, part: asSaid(tree.part) as Condition };
    case "and":
    case "or": {
      const parts = tree.parts.map((part) => asSaid(part) as Condition);
      return { ...tree, parts: parts.flatMap((part) => (part.kind === tree.kind ? part.parts : [part])) };
    }
    default:
      return tree;
  }
}

it("every tree can be said, and what was said is the tree", () => {
  fc.assert(
    fc.property(condition, (tree) => {
      const expected = asSaid(tree);
      const { condition: written, dropped } = writeCondition(PLACE, (e, m) => say(expected, e, m));
      assert.equal(written, expected);
      assert.equal(dropped, []);
    }),
    { numRuns: 1_000 },
  );
});

it("values for keys and times are written the same way", () => {
  const values = (of_: (e: Loose) => unknown): unknown => writeValues(PLACE, of_);
  assert.equal(
    values((e) => e.a.b),
    at("a", "b"),
  );
  assert.equal(
    values((e) => [e.a, "x", e.b.times(2)]),
    [at("a"), lit("x"), { kind: "arithmetic", op: "times", left: at("b"), right: lit(2) }],
  );
  assert.equal(
    values((e) => [e.a].concat(e.b, "x")),
    [at("a"), at("b"), lit("x")],
    "an array asks what it is given whether it is one, too",
  );
  assert.throws(() => values((e) => `${e.a}`), /EXPRESSION_AS_VALUE/);
  assert.throws(() => values((e) => e), /NOT_A_VALUE/);
});

it("showing a proxy, as a debugger does, reads nothing", async () => {
  const { inspect } = await import("node:util");
  write((e, m) => {
    assert.ok(inspect(e).length > 0 && inspect(m.many, { showProxy: false }).length > 0);
    return e.a.eq(1);
  });
});

it.run();
