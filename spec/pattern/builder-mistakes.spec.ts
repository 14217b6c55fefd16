// What the types refuse has a code for those without types: noted while the pattern is said, and nothing is forgotten.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PatternError, type Problem } from "../../lib/core/errors.ts";
import { pattern, sequence } from "../../lib/index.ts";
import { ONCE, type Quantifier } from "../../lib/pattern/ast.ts";
import { BUILD_CODES } from "../../lib/pattern/builder/build-codes.ts";

const it = suite("mistakes of the builder");

type Charge = { type: "charge"; card: string; amount: number; country: string };
type CardEvent = Charge | { type: "block"; card: string };
type Flags = { a: boolean; b: boolean };

/** As JavaScript sees the builder: every word on every stage. */
// biome-ignore lint/suspicious/noExplicitAny: what the types refuse is said here
type Loose = any;
const loose = (name = "p", options: object = {}): Loose => pattern<CardEvent>(name, options);
const looseGroup = (): Loose => sequence<CardEvent>();

type Mistake = readonly [code: string, path: readonly string[], say: (p: Loose) => Loose, start?: Loose];
const MISTAKES: readonly Mistake[] = [
  ["QUANTIFIER_TWICE", ["a"], (p) => p.times(2).oneOrMore()],
  [
    "QUANTIFIER_TWICE",
    ["(x, y)"],
    (p) =>
      p
        .next((g: Loose) => g.begin("x").next("y"))
        .times(2)
        .timesOrMore(3),
  ],
  ["OPTIONAL_BEFORE_QUANTIFIER", ["a"], (p) => p.optional().times(2)],
  ["OPTIONAL_TWICE", ["a"], (p) => p.optional().optional()],
  ["OPTIONAL_TWICE", ["a"], (p) => p.times(0, 3).optional()],
  ["CONTIGUITY_TWICE", ["a"], (p) => p.oneOrMore().consecutive().allowCombinations()],
  [
    "UNTIL_TWICE",
    ["a"],
    (p) =>
      p
        .oneOrMore()
        .until((e: Flags) => e.a)
        .until((e: Flags) => e.b),
  ],
  ["QUANTIFIER_ON_ABSENCE", ["n"], (p) => p.notNext("n").times(2)],
  ["QUANTIFIER_ON_ABSENCE", ["n"], (p) => p.notNext("n").optional()],
  ["QUANTIFIER_ON_ABSENCE", ["n"], (p) => p.notFollowedBy("n").greedy()],
  ["QUANTIFIER_ON_ABSENCE", ["n"], (p) => p.notFollowedBy("n").until((e: Flags) => e.a)],
  ["MAX_GAP_ON_ABSENCE", ["n"], (p) => p.notFollowedBy("n").maxGap("1h")],
  ["MAX_GAP_TWICE", ["a"], (p) => p.maxGap("1h").maxGap("2h")],
  ["FOR_NOT_ON_ABSENCE", ["a"], (p) => p.for("1h")],
  ["FOR_TWICE", ["n"], (p) => p.notFollowedBy("n").for("1h").for("2h")],
  ["CONDITION_ON_GROUP", ["(x)"], (p) => p.next(looseGroup().begin("x")).where((e: Flags) => e.a)],
  ["CONDITION_ON_GROUP", ["(x)"], (p) => p.next(looseGroup().begin("x")).on("block")],
  ["CONDITION_ON_GROUP", ["(x)"], (p) => p.next(looseGroup().begin("x")).filter(() => true)],
  ["BAD_TAG", ["a"], (p) => p.on(5)],
  ["NO_TAG_LEFT", ["a"], (p) => p.on("charge").on("block")],
  ["NOT_A_FUNCTION", ["a"], (p) => p.where({ amount: 5 })],
  ["NOT_A_FUNCTION", ["a"], (p) => p.orWhere("amount < 5")],
  ["NOT_A_FUNCTION", ["a"], (p) => p.filter(true)],
  ["NOT_A_FUNCTION", ["a"], (p) => p.oneOrMore().until(true)],
  ["NOT_A_FUNCTION", ["a"], (p) => p.select("a")],
  ["BEGIN_TWICE", ["b"], (p) => p.begin("b")],
  ["BEGIN_MISSING", ["b"], (p) => p.next("b"), loose()],
  ["BEGIN_MISSING", [], (p) => p.times(3), loose()],
  ["BEGIN_MISSING", [], (p) => p.where((e: Flags) => e.a), loose()],
  ["BAD_ELEMENT", ["a"], (p) => p.next(5)],
  ["BAD_ELEMENT", ["a"], (p) => p.next(undefined)],
  ["BAD_ELEMENT", ["a"], (p) => p.next(loose().begin("b"))],
  ["BAD_ELEMENT", ["a"], (p) => p.next(() => undefined)],
  ["BAD_ELEMENT", ["a"], (p) => p.notNext(looseGroup().begin("b"))],
  ["TAG_MISMATCH", ["(x)"], (p) => p.begin(looseGroup().begin("x").on("block")), loose("p", { tag: "kind" })],
  [
    "TAG_MISMATCH",
    ["((…))"],
    (p) => p.begin(looseGroup().begin(looseGroup().begin("x").on("block"))),
    loose("p", { tag: "kind" }),
  ],
  ["WITHIN_TWICE", [], (p) => p.within("1h").within("2h")],
  ["SKIP_TWICE", [], (p) => p.skip("none").skip("toNext")],
  ["ONCE_PER_TWICE", [], (p) => p.oncePer("1h").oncePer("2h")],
  ["SELECT_TWICE", [], (p) => p.select(() => 1).select(() => 2)],
  ["BAD_SKIP", ["a"], (p) => p.skip("next")],
  ["BAD_SKIP", ["a"], (p) => p.skip({ toFirst: "a", toLast: "a" })],
  ["BAD_SKIP", ["a"], (p) => p.skip({ toFirst: "a", orElse: "pastLast" })],
  ["BAD_SKIP", ["a"], (p) => p.skip(undefined)],
  ["BAD_SKIP", ["a"], (p) => p.skip("none", { emit: "sorted" })],
  // In a group, with the group in the path.
  ["END_IN_GROUP", ["(x)"], (p) => p.next(looseGroup().begin("x").within("1h"))],
  ["END_IN_GROUP", ["(x)"], (p) => p.next((g: Loose) => g.begin("x").select(() => 1))],
  ["QUANTIFIER_TWICE", ["(x)", "x"], (p) => p.next((g: Loose) => g.begin("x").times(2).times(3))],
];
for (const [code, path, say, start = loose().begin("a")] of MISTAKES) {
  it(`notes ${code} at ${path.join(" > ") || "the pattern"}: ${say.toString().slice(7, 80)}`, () => {
    const { problems } = say(start);
    assert.equal(
      problems.map((problem: Problem) => [problem.code, problem.severity, problem.path]),
      [[code, "error", path]],
    );
    for (const { message, remedy } of problems) {
      assert.match(message, /^[A-Za-z].*\.$/s);
      assert.match(remedy, /^[A-Z].*[.)]$/s);
    }
  });
}

const GIVEN_TO_SKIP: readonly (readonly [say: (p: Loose) => Loose, message: string, remedy: string])[] = [
  [(p) => p.skip("next"), 'skip was given "next".', 'Did you mean "toNext"? Give it'],
  [(p) => p.skip("elsewhere"), 'skip was given "elsewhere".', 'Give it "none"'],
  [(p) => p.skip(undefined), "skip was given undefined.", 'Give it "none"'],
  [(p) => p.skip(["none"]), "skip was given an array.", 'Give it "none"'],
  [(p) => p.skip({ toFrist: "a" }), 'skip was given "toFrist".', 'Did you mean "toFirst"? Give it'],
  [(p) => p.skip({ toFirst: "a", toLast: "a" }), "skip was given both toFirst and toLast.", 'Give it "none"'],
  [(p) => p.skip({ toLast: 5 }), "skip was given 5 for a step.", 'Give it "none"'],
  [
    (p) => p.skip({ toLast: "a", orElse: "next" }),
    'skip was given "next" for orElse.',
    'Did you mean "toNext"? Give it',
  ],
  [(p) => p.skip("none", { emit: "order" }), 'skip was given "order" for emit.', 'Did you mean "ordered"? Give skip'],
];
for (const [say, message, remedy] of GIVEN_TO_SKIP) {
  it(`says what skip was given: ${message}`, () => {
    const [problem] = say(loose().begin("a")).problems as readonly Problem[];
    assert.is(problem?.message, message);
    assert.ok(problem?.remedy.startsWith(remedy), problem?.remedy);
  });
}

it("every code of the builder has a mistake above", () => {
  assert.equal([...new Set(MISTAKES.map(([code]) => code))].sort(), [...BUILD_CODES].sort());
});

it("notes all mistakes, not the first, and goes on with what was said before", () => {
  const p = loose().begin("a").times(2).times(5).optional().optional().within("1h").within("2h").next("b");
  assert.equal(
    p.problems.map(({ code }: Problem) => code),
    ["QUANTIFIER_TWICE", "OPTIONAL_TWICE", "WITHIN_TWICE"],
  );
  assert.is(p.ast.withinMs, 3_600_000);
  assert.equal((p.ast.elements[0] as { quantifier: Quantifier }).quantifier, {
    ...ONCE,
    min: 2,
    max: 2,
    optional: true,
    counted: true,
  });
});

it("a lost comparison is a warning of the step", () => {
  const p = pattern<CardEvent>("p")
    .begin("a")
    .on("charge")
    .where((e) => e.amount.gt(1) && e.amount.lt(5));
  assert.equal(
    p.problems.map(({ code, severity, path }) => [code, severity, path]),
    [["CONDITION_DROPPED", "error", ["a"]]],
  );
});

it("a condition that is none stops at once, where it is written", () => {
  assert.throws(
    () =>
      loose("mine")
        .begin("a")
        .where((e: { amount: number }) => e.amount < 2),
    (error: unknown) =>
      error instanceof PatternError &&
      error.pattern === "mine" &&
      error.code === "EXPRESSION_AS_VALUE" &&
      /builder-mistakes\.spec\.ts/.test(error.stack ?? ""),
  );
  assert.throws(
    () =>
      loose()
        .begin("a")
        .where(() => true),
    /CONDITION_NOT_EXPRESSION/,
  );
  assert.throws(
    () =>
      loose()
        .begin("a")
        .oneOrMore()
        .until(() => true),
    /CONDITION_NOT_EXPRESSION at "a": In until/,
  );
});

it.run();
