// Each mutant is a pattern that compiles and means something else as data; every kind of change is seen here once, in words.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { pattern, sequence } from "../../lib/pattern/builder/builder.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import { fromJSON, patternFrom } from "../../lib/pattern/pattern-value.ts";
import { mutants } from "../../lib/testing/mutants.ts";
import { parsePattern } from "../oracle/notation.ts";
import { formatCase, randomCase } from "../oracle/random.ts";
import { note } from "../run/ask.ts";

const it = suite("mutants");

const SEEDS = 150;

type Event = { type: "a" | "b"; v: number; big: bigint; yes: boolean; text: string };

const asPattern = (ast: PatternAst) => patternFrom<object, unknown, unknown>(ast);
const changes = (each: Pattern<never>): readonly string[] => mutants(each).map(({ of, change }) => `${of}: ${change}`);
const inNotation = (text: string): readonly string[] => changes(asPattern(parsePattern(text)));
const one = pattern<Event>("p").begin("it");
/** What is changed in a step. */
const of = (step: string, each: Pattern<never>): readonly string[] =>
  mutants(each)
    .filter((mutant) => mutant.of === step)
    .map(({ change }) => change);
const inCondition = (each: Pattern<never>): readonly string[] => of("it", each);

it("compile, each means something of its own, and the pattern is left as it was", () => {
  let count = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const each = randomCase(seed);
    const original = asPattern(each.pattern);
    const before = JSON.stringify(each.pattern);
    const all = mutants(original);
    for (const mutant of all) compile(mutant.pattern);
    const fingerprints = new Set(
      [original, ...all.map((mutant) => mutant.pattern)].map(({ fingerprint }) => fingerprint),
    );
    assert.is(fingerprints.size, all.length + 1, `seed ${seed}: ${formatCase(each)}`);
    assert.is(JSON.stringify(each.pattern), before);
    count += all.length;
  }
  note(`${count} mutants of ${SEEDS} random patterns`);
  assert.ok(count > 10 * SEEDS);
});

it("of comparisons: the bound in or out, the opposite, the constant one more and one less, not asked", () => {
  assert.equal(inCondition(one.where((e) => e.v.gt(5))), [
    '"v is above 5" became "v is at least 5"',
    '"v is above 5" became "v is at most 5"',
    '"v is above 5" became "v is above 6"',
    '"v is above 5" became "v is above 4"',
    '"v is above 5" is no longer asked',
  ]);
  assert.equal(inCondition(one.where((e) => e.text.eq("x"))), [
    '"text is "x"" became "text is other than "x""',
    '"text is "x"" is no longer asked',
  ]);
  assert.ok(inCondition(one.where((e) => e.big.lt(5n))).includes('"big is below 5" became "big is below 6"'));
  assert.ok(inCondition(one.where((e) => e.yes.eq(true))).includes('"yes is true" became "yes is false"'));
});

it("of ranges, lists, texts and what is there or true", () => {
  assert.equal(inCondition(one.where((e) => e.v.between(1, 3))).length, 4 + 4 + 1);
  assert.equal(inCondition(one.where((e) => e.v.oneOf([1, 2]))), [
    '"v is 1 or 2" became "v is 2"',
    '"v is 1 or 2" became "v is 1"',
    '"v is 1 or 2" is no longer asked',
  ]);
  assert.equal(inCondition(one.where((e) => e.v.oneOf([1]))), ['"v is 1" is no longer asked']);
  assert.equal(inCondition(one.where((e) => e.text.includes("x"))).slice(0, 2), [
    '"text contains "x"" became "text begins with "x""',
    '"text contains "x"" became "text ends with "x""',
  ]);
  assert.ok(
    inCondition(one.where((e) => e.text.startsWith("x"))).includes('"text begins with "x"" became "text contains "x""'),
  );
  assert.ok(
    inCondition(one.where((e) => e.text.endsWith("x"))).includes('"text ends with "x"" became "text contains "x""'),
  );
  assert.ok(inCondition(one.where((e) => e.text.exists())).includes('"text is there" became "text is missing"'));
  assert.ok(inCondition(one.where((e) => e.yes)).includes('"yes is true" became "yes is not true"'));
});

it("of joined conditions: the changes of each, each left out, and for or", () => {
  const both = inCondition(one.where((e) => e.v.gt(5).and(e.yes)));
  assert.ok(both.includes('"yes is true" is no longer asked'));
  assert.ok(both.includes('"and" became "or" in "v is above 5 and yes is true"'));
  assert.not.ok(both.includes('"v is above 5 and yes is true" is no longer asked'));
  const either = inCondition(one.where((e) => e.v.gt(5).or(e.yes)));
  assert.ok(either.includes('"or" became "and" in "v is above 5 or yes is true"'));
  assert.ok(either.includes('"v is above 5 or yes is true" is no longer asked'));
  assert.ok(inCondition(one.where((e) => e.yes.not())).includes('"yes is not true" became "yes is true"'));
});

it("of values: first and last, what is summed up, how it is calculated", () => {
  const loop = pattern<Event>("p").begin("a").oneOrMore().next("b");
  const ofB = (each: Pattern<never>) => of("b", each);
  assert.ok(
    ofB(loop.where((e, m) => e.v.gt(m.a.first().v))).some((change) => change.endsWith('the v of the last "a""')),
  );
  assert.ok(
    ofB(loop.where((e, m) => e.v.gt(m.a.last().v))).some((change) => change.endsWith('the v of the first "a""')),
  );
  assert.not.ok(ofB(loop.where((e, m) => e.v.gt(m.a.at(1).v))).some((change) => /first|last/.test(change)));
  const sums = ofB(
    loop.where((e, m) =>
      e.v.gt(
        m.a
          .sum((each) => each.v)
          .times(2)
          .plus(1),
      ),
    ),
  );
  assert.ok(
    sums.some((change) => change.includes('became "v is above ((the average of v over all "a") × 2)')) ||
      sums.some((change) => change.includes("the average of")),
  );
  assert.ok(sums.some((change) => change.includes("÷ 2")) && sums.some((change) => change.includes("- 1")));
  assert.ok(sums.some((change) => change.includes("× 3")));
  assert.ok(inCondition(one.where((e) => e.v.plus(1).gt(5))).includes('"v + 1 is above 5" became "v - 1 is above 5"'));
  assert.ok(
    ofB(loop.where((_, m) => m.a.last().yes)).some((change) => change.endsWith('yes of the first "a" is true"')),
  );
  const three = inCondition(one.where((e) => e.v.gt(5).and(e.yes).and(e.text.eq("x"))));
  assert.ok(three.includes('"yes is true" is no longer asked'));
});

it("of how near, how often, how soon", () => {
  assert.equal(inNotation("a ; b"), [
    "b: next became followedBy",
    "a: the step is gone",
    "b: the step is gone",
    ': skip("pastLast") was added',
  ]);
  assert.ok(
    inNotation("a b").includes("b: followedBy became next") &&
      inNotation("a b").includes("b: followedBy became followedByAny"),
  );
  assert.ok(inNotation("a ~ b").includes("b: followedByAny became followedBy"));
  const counted = (text: string): readonly string[] => inNotation(`${text} z`).filter((each) => each.startsWith("a: "));
  assert.equal(counted("a+"), [
    "a: oneOrMore() became timesOrMore(2)",
    "a: consecutive() was added",
    "a: allowCombinations() was added",
    "a: the step is gone",
  ]);
  assert.equal(counted("a{2,3};").slice(0, 4), [
    "a: times(2, 3) became times(1, 3)",
    "a: times(2, 3) became times(3)",
    "a: times(2, 3) became times(2)",
    "a: times(2, 3) became times(2, 4)",
  ]);
  assert.ok(
    counted("a{2,3};").includes("a: consecutive() is gone") &&
      counted("a{2}~").includes("a: allowCombinations() is gone"),
  );
  assert.equal(counted("a{2}").slice(0, 2), ["a: times(2) became times(1)", "a: times(2) became times(3)"]);
  assert.ok(inNotation("z a?").includes("a: optional() is gone"));
  assert.ok(counted("a+^").includes("a: greedy() is gone"));
  assert.ok(counted("a+/[v>3]").includes('a: "v is above 3" is no longer asked'));
  assert.ok(
    counted("a<4").includes('a: maxGap("4ms") became maxGap("2ms")') ||
      inNotation("z a<4").includes('a: maxGap("4ms") became maxGap("2ms")'),
  );
  assert.ok(inNotation("z a<4").includes('a: maxGap("4ms") is gone'));
});

it("of absences, groups, and the pattern as a whole", () => {
  assert.ok(inNotation("a !n b").includes("no n: notNext became notFollowedBy"));
  const trailing = inNotation("a !n..8 | within 9");
  assert.ok(trailing.includes('no n: for("8ms") became for("4ms")') && trailing.includes("no n: the absence is gone"));
  assert.ok(inNotation("a x:bc").includes('x: on("b") is gone'));
  const group = changes(
    pattern<Event>("p").begin("a").next(sequence<Event>().begin("b").next("c")).times(2).within("1m"),
  );
  assert.ok(group.includes("(b, c): times(2) became times(3)") && group.includes("c: next became followedBy"));
  assert.ok(group.includes("(b, c): the group is gone") && group.includes("b: the step is gone"));
  const whole = inNotation("a b? c | within 5 skip toLast b orElse none ordered oncePer 3");
  for (const change of [
    ': within("5ms") became within("6ms")',
    ': skip({ toLast: "b" }) is gone',
    ': emit "ordered" is gone',
    ': oncePer("3ms") is gone',
  ])
    assert.ok(whole.includes(change), change);
  assert.ok(inNotation("a b | skip toFirst b").includes(': skip({ toFirst: "b" }) is gone'));
  assert.ok(inNotation("a b | skip toNext").includes(': skip("toNext") is gone'));
});

it("leave functions, name, version and select as they are", () => {
  const odd = pattern<Event>("odd", { version: 3 })
    .begin("it")
    .filter((e) => e.v % 2 === 1)
    .next("then")
    .select((m) => m.it.v);
  const all = mutants(odd);
  assert.ok(all.some(({ change }) => change === '"a function (version 1) accepts it" is no longer asked'));
  for (const { pattern: each } of all) assert.equal([each.name, each.version, each.selector], ["odd", 3, odd.selector]);
});

it("are patterns like others: they survive JSON", () => {
  for (const { pattern: each } of mutants(asPattern(parsePattern("a{2,} !n b[v>a.last.v] | within 9"))))
    assert.is(fromJSON(each.toJSON()).fingerprint, each.fingerprint);
});

it.run();
