// What is written in `where` and cannot become data is refused with a sentence, or warned of.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PatternError } from "../../lib/core/errors.ts";
import { WRITING_CODES } from "../../lib/pattern/builder/build-codes.ts";
import { writeCondition } from "../../lib/pattern/builder/proxy.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import type { Arity } from "../../lib/pattern/shape.ts";

const it = suite("mistakes in conditions");

// biome-ignore lint/suspicious/noExplicitAny: every word is tried on everything
type Loose = any;

const ARITIES: ReadonlyMap<string, Arity> = new Map([
  ["one", "one"],
  ["many", "many"],
]);
const PLACE = { pattern: "p", path: ["a"], method: "where", arityOf: (step: string) => ARITIES.get(step) };

const write = (say: (e: Loose, m: Loose) => unknown): Condition => writeCondition(PLACE, say).condition;

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
  ["async inside", "BAD_OPERAND", "Take async out of it", (_, m) => m.many.sum(async (each: Loose) => each.a).gt(2)],
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
  ["a promise", "CONDITION_NOT_EXPRESSION", "Take async out of it", async (e) => e.a.eq(1)],
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
  ["m()", "UNKNOWN_WORD", "name a step, such as m.probe", (_, m) => m()],
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
  writeCondition(PLACE, mistake).dropped.map(({ code, severity, message }) => `${code} ${severity} ${message}`);

it("notes comparisons that were lost on the way, as with &&", () => {
  assert.equal(
    droppedIn((e) => e.a.gt(1) && e.b.not() && e.c.lt(1)),
    [
      "CONDITION_DROPPED error In where: e.a.gt(…) was written, but is no part of the condition.",
      "CONDITION_DROPPED error In where: e.b.not() was written, but is no part of the condition.",
    ],
  );
  assert.equal(
    droppedIn((e) => (e.a.gt(1) ? e.b.lt(1) : e.c)),
    ["CONDITION_DROPPED error In where: e.a.gt(…) was written, but is no part of the condition."],
  );
});

it("says nothing of comparisons that are used, once or twice, by themselves or as values", () => {
  assert.equal(
    droppedIn((e) => {
      const large = e.a.gt(1);
      return large.and(e.b.eq(1)).or(large.not().eq(e.c.exists()));
    }),
    [],
  );
});

it.run();
