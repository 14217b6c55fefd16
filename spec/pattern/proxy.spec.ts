// What is written in `where` becomes data, word for word; what cannot become data is refused with a sentence.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PatternError } from "../../lib/core/errors.ts";
import { WRITING_CODES } from "../../lib/pattern/build-codes.ts";
import type { Condition, EventRef, ValueExpr } from "../../lib/pattern/expression.ts";
import { writeCondition, writeValues } from "../../lib/pattern/proxy.ts";
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
      const { condition: written, warnings } = writeCondition(PLACE, (e, m) => say(expected, e, m));
      assert.equal(written, expected);
      assert.equal(warnings, []);
    }),
    { numRuns: 1_000 },
  );
});

// ---------------------------------------------------------------- mistakes

type Mistake = readonly [title: string, code: string, sentence: string, say: (e: Loose, m: Loose) => unknown];
const MISTAKES: readonly Mistake[] = [
  ["e.a < 2", "EXPRESSION_AS_VALUE", "Write e.a.lt(2), not e.a < 2", (e) => e.a < 2],
  ["2 >= e.a", "EXPRESSION_AS_VALUE", "Write e.a.lt(2), not e.a < 2", (e) => 2 >= e.a],
  ["e.a + 1", "EXPRESSION_AS_VALUE", "e.a.plus(1), not e.a + 1", (e) => e.b.eq(e.a + 1)],
  ["-e.a", "EXPRESSION_AS_VALUE", "Write e.a.lt(2)", (e) => e.b.eq(-e.a)],
  // biome-ignore lint/suspicious/noDoubleEquals: the mistake itself
  ["e.a == 2", "EXPRESSION_AS_VALUE", "e.a.eq(2), not e.a == 2", (e) => e.a == 2],
  ["text of e.a", "EXPRESSION_AS_VALUE", "Write e.a.lt(2)", (e) => e.b.eq(e.a + "x")],
  ["`${e.a}`", "EXPRESSION_AS_VALUE", 'e.a.startsWith("x")', (e) => e.b.eq(`${e.a}`)],
  ["String(e.a)", "EXPRESSION_AS_VALUE", "was used as a text", (e) => e.b.eq(String(e.a))],
  ["Number(e.a)", "EXPRESSION_AS_VALUE", "was used as a value", (e) => e.b.eq(Number(e.a))],
  ["Math.abs(e.a)", "EXPRESSION_AS_VALUE", "was used as a value", (e) => e.b.eq(Math.abs(e.a))],
  ["an index", "EXPRESSION_AS_VALUE", "was used as a text", (e) => e.b.eq([1, 2][e.a])],
  ["e < 2", "EXPRESSION_AS_VALUE", "e was used as a value", (e) => e < 2],
  ["m.many < 2", "EXPRESSION_AS_VALUE", "m.many was used as a value", (_, m) => m.many < 2],
  ["m + ''", "EXPRESSION_AS_VALUE", "m was used as a value", (_, m) => m + ""],
  ["[...m.many]", "EXPRESSION_AS_VALUE", "m.many was spread or looped over", (_, m) => [...m.many]],
  ["{ ...e }", "EXPRESSION_AS_VALUE", "The fields of e were listed", (e) => ({ ...e })],
  ["Object.keys(m)", "EXPRESSION_AS_VALUE", "The fields of m were listed", (_, m) => Object.keys(m)],
  ['"a" in e', "EXPRESSION_AS_VALUE", '"in" was asked of e', (e) => "a" in e],
  ["Object.hasOwn(e)", "EXPRESSION_AS_VALUE", "A field of e was looked up", (e) => Object.hasOwn(e, "a")],
  [
    "e.a = 1",
    "EXPRESSION_AS_VALUE",
    "e was assigned to",
    (e) => {
      e.a = 1;
    },
  ],

  ["true", "CONDITION_NOT_EXPRESSION", "came out as true", () => true],
  ["e.a === 2", "CONDITION_NOT_EXPRESSION", 'not e.kind === "x"', (e) => e.a === 2],
  [
    "nothing",
    "CONDITION_NOT_EXPRESSION",
    "came out as undefined",
    (e) => {
      e.a.eq(1);
    },
  ],
  ["a text", "CONDITION_NOT_EXPRESSION", 'came out as "x"', () => "x"],
  ["an object", "CONDITION_NOT_EXPRESSION", "came out as an object", () => ({})],
  ["a promise", "CONDITION_NOT_EXPRESSION", "came out as an object", async (e) => e.a.eq(1)],
  ["a list", "CONDITION_NOT_EXPRESSION", "came out as an array", (e) => [e.a.eq(1)]],
  ["a function", "CONDITION_NOT_EXPRESSION", "came out as a function", () => () => true],
  ["and(true)", "CONDITION_NOT_EXPRESSION", "came out as true", (e) => e.a.and(true)],
  ["a number", "CONDITION_NOT_EXPRESSION", "e.a.plus(…) has a value, but says nothing", (e) => e.a.plus(1)],
  ["a count", "CONDITION_NOT_EXPRESSION", "m.many.length.gt(0)", (_, m) => m.many.length],
  ["a number and", "CONDITION_NOT_EXPRESSION", "e.a.plus(…) has a value", (e) => e.a.plus(1).and(e.b)],
  ["and(a number)", "CONDITION_NOT_EXPRESSION", "e.b.plus(…) has a value", (e) => e.a.and(e.b.plus(1))],

  ["e", "NOT_A_VALUE", "e is an event, not a value", (e) => e],
  ["m.one", "NOT_A_VALUE", "m.one is an event, not a value", (e, m) => e.a.eq(m.one)],
  ["m.many", "NOT_A_VALUE", "m.many.last().amount", (e, m) => e.a.eq(m.many)],
  ["m.many.a", "NOT_A_VALUE", "Say of which event: m.many.last().a", (_, m) => m.many.a.eq(1)],
  ["m.many.last", "NOT_A_VALUE", "m.many.last().last", (_, m) => m.many.last.a.eq(1)],
  ["e.a.eq", "NOT_A_VALUE", "Call it if it is a word: e.a.plus(…).eq(…)", (e) => e.a.plus(1).eq],

  ["e.eq(1)", "UNKNOWN_WORD", "e is one event: name a field of it", (e) => e.eq(1)],
  ["e()", "UNKNOWN_WORD", "It is not a function", (e) => e()],
  ["e.a.equals(1)", "UNKNOWN_WORD", "The words are eq, ne, lt", (e) => e.a.equals(1)],
  ["e.a.toString()", "UNKNOWN_WORD", "e.a.toString() was called", (e) => e.a.toString()],
  ["JSON.stringify(e)", "UNKNOWN_WORD", "e.toJSON", (e) => e.a.eq(JSON.stringify(e))],
  ["m.many.map()", "UNKNOWN_WORD", "The words of a loop are first, last, at", (_, m) => m.many.map((x: Loose) => x)],
  ["m.one.last()", "UNKNOWN_WORD", "m.one is one event", (_, m) => m.one.last().a.eq(1)],
  ["m.many.length()", "UNKNOWN_WORD", "length without parentheses", (_, m) => m.many.length().eq(1)],

  ["eq()", "BAD_OPERAND", "e.field.exists()", (e) => e.a.eq()],
  ["eq(null)", "BAD_OPERAND", "e.field.exists().not()", (e) => e.a.eq(null)],
  ["eq(NaN)", "BAD_OPERAND", "NaN is no value", (e) => e.a.eq(Number.NaN)],
  ["lt(Infinity)", "BAD_OPERAND", "Infinity is no value", (e) => e.a.lt(Number.POSITIVE_INFINITY)],
  ["eq(date)", "BAD_OPERAND", "of a date what the events have", (e) => e.a.eq(new Date(0))],
  ["eq(function)", "BAD_OPERAND", "a function is no value", (e) => e.a.eq(() => 1)],
  ["eq(symbol)", "BAD_OPERAND", "Symbol(x) is no value", (e) => e.a.eq(Symbol("x"))],
  ["oneOf(1, 2)", "BAD_OPERAND", "oneOf([1, 2])", (e) => e.a.oneOf(1, 2)],
  ["oneOf([1], [2])", "BAD_OPERAND", "one array of constants", (e) => e.a.oneOf([1], [2])],
  ["oneOf([e.b])", "BAD_OPERAND", "a function is no value", (e) => e.a.oneOf([e.b])],
  ["oneOf([null])", "BAD_OPERAND", "null is no value", (e) => e.a.oneOf([null])],
  ["e.a.at(-1)", "BAD_OPERAND", "a whole number from 0", (e) => e.a.at(-1).eq(1)],
  ["e.a.plus(1).at(0)", "BAD_OPERAND", "a field that holds an array", (e) => e.a.plus(1).at(0).eq(1)],
  ["m.many.at('x')", "BAD_OPERAND", "0 is the first event", (_, m) => m.many.at("x").a.eq(1)],
  ["m.many.sum('a')", "BAD_OPERAND", "m.many.sum((each) => each.amount)", (_, m) => m.many.sum("a").eq(1)],
  [
    "m.many.sum(each => undefined)",
    "BAD_OPERAND",
    "undefined is no value",
    (_, m) => m.many.sum(() => undefined).eq(1),
  ],
  [
    "a sum in a sum",
    "NESTED_AGGREGATE",
    "side by side",
    (_, m) => m.many.sum((x: Loose) => m.many.sum((y: Loose) => x.a.times(y.a))).eq(1),
  ],
];
for (const [title, code, sentence, mistake] of MISTAKES) {
  it(`refuses ${title}: ${code}`, () => {
    assert.throws(
      () => write(mistake),
      (error: unknown) =>
        error instanceof PatternError &&
        error.code === code &&
        error.pattern === "p" &&
        error.problems.length === 1 &&
        error.problems[0]?.path.join() === "a" &&
        error.message.includes("In where: ") &&
        error.message.includes(sentence),
    );
  });
}

it("every code of conditions has a mistake above, or is the warning below", () => {
  const codes = new Set([...MISTAKES.map(([, code]) => code), "CONDITION_DROPPED"]);
  assert.equal([...codes].sort(), [...WRITING_CODES].sort());
});

it("an error of the author's own code is the author's", () => {
  assert.throws(
    () => write((e) => e.a.eq(JSON.parse("{"))),
    (error: unknown) => error instanceof SyntaxError,
  );
});

it("after a failed sum, other sums are no sums in a sum", () => {
  const tree = write((_, m) => {
    assert.throws(() => m.many.sum(() => undefined));
    return m.many.sum((each: Loose) => each.a).gt(1);
  });
  assert.is(tree.kind, "compare");
});

const droppedIn = (mistake: (e: Loose, m: Loose) => unknown): readonly string[] =>
  writeCondition(PLACE, mistake).warnings.map(({ code, severity, message }) => `${code} ${severity} ${message}`);

it("warns of comparisons that were lost on the way, as with &&", () => {
  assert.equal(
    droppedIn((e) => e.a.gt(1) && e.b.not() && e.c.lt(1)),
    [
      "CONDITION_DROPPED warning In where: e.a.gt(…) was written, but is no part of the condition.",
      "CONDITION_DROPPED warning In where: e.b.not() was written, but is no part of the condition.",
    ],
  );
  assert.equal(
    droppedIn((e) => (e.a.gt(1) ? e.b.lt(1) : e.c)),
    ["CONDITION_DROPPED warning In where: e.a.gt(…) was written, but is no part of the condition."],
  );
});

it("does not warn of comparisons that are used, once or twice, by themselves or as values", () => {
  assert.equal(
    droppedIn((e) => {
      const large = e.a.gt(1);
      return large.and(e.b.eq(1)).or(large.not().eq(e.c.exists()));
    }),
    [],
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
