// What is said to tell two patterns apart does so: the oracle says so, which knows nothing of automata. Where nothing was
// found, streams that were made in another way find hardly anything, either.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { patternFrom } from "../../lib/pattern/pattern-value.ts";
import { difference } from "../../lib/testing/distinction.ts";
import { distinguish, sideOf, tellApart } from "../../lib/testing/distinguish.ts";
import { type Found, finderOf, identityOf, type StreamEvent } from "../../lib/testing/finder.ts";
import { mutants } from "../../lib/testing/mutants.ts";
import { enumerate } from "../oracle/enumerate.ts";
import { parsePattern } from "../oracle/notation.ts";
import { Dice, formatCase, randomCase } from "../oracle/random.ts";
import { note } from "../run/ask.ts";

const it = suite("distinguish");

const SEEDS = 40;
/** The oracle tries every assignment of events. */
const MAX_EVENTS = 8;

const asPattern = (ast: PatternAst) => patternFrom<object, unknown, unknown>(ast);
const byDefinition = (ast: PatternAst, events: readonly StreamEvent[]): readonly Found[] =>
  enumerate(ast, events, { until: Number.POSITIVE_INFINITY }).matches.map(({ at, taken }) => ({
    at,
    taken: taken.map(({ step, position }) => ({ step, index: position - 1 })),
  }));

it("finds streams on which patterns differ, says the definition, and none of their events can be left out", () => {
  let [differ, alike, overlooked] = [0, 0, 0];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const each = randomCase(seed);
    const mutant = new Dice(seed).one(mutants(asPattern(each.pattern)));
    const [before, after] = [each.pattern, mutant.pattern.ast];
    const where = `seed ${seed}: ${formatCase(each)}; ${mutant.of}: ${mutant.change}`;
    const isDifference = (events: readonly StreamEvent[]): boolean =>
      identityOf(byDefinition(before, events)) !== identityOf(byDefinition(after, events));
    const answer = tellApart(sideOf(compile(before)), sideOf(compile(after)), { streams: 300 });
    if (answer.kind === "noneFound") {
      alike += 1;
      if (isDifference(each.events as readonly StreamEvent[])) overlooked += 1;
      continue;
    }
    differ += 1;
    assert.is.not(identityOf(answer.before), identityOf(answer.after), where);
    if (answer.events.length > MAX_EVENTS) continue;
    assert.equal(answer.before, byDefinition(before, answer.events), where);
    assert.equal(answer.after, byDefinition(after, answer.events), where);
    for (const [index] of answer.events.entries()) {
      assert.not.ok(isDifference(answer.events.toSpliced(index, 1)), `without event ${index + 1}: ${where}`);
    }
  }
  note(
    `${differ} of ${SEEDS} random patterns told apart from a mutant; of ${alike} others random streams show ${overlooked}`,
  );
  assert.ok(differ > 0.6 * SEEDS, `${differ} were told apart`);
  assert.ok(overlooked <= 2, `${overlooked} differences were overlooked`);
});

it("finds what a matcher finds that has one stream to look at", () => {
  const at = (text: string): readonly StreamEvent[] => [...text].map((type, index) => ({ value: { type }, at: index }));
  const automaton = compile(parsePattern("a b !c.. | within 5 skip pastLast oncePer 3"));
  const find = finderOf(automaton);
  const streams = at("abxab").map((_, index, all) => all.slice(0, index + 1));
  const fresh = new Map(streams.map((stream) => [stream.length, finderOf(automaton)(stream)]));
  // More than one matcher has to do for.
  for (const stream of Array.from({ length: 120 }, () => streams).flat()) {
    assert.equal(find(stream), fresh.get(stream.length));
  }
  assert.is(find(at("abxxx")).length, 1);
});

it("finds nothing between a pattern and itself, and says what was tried", () => {
  const pair = parsePattern("a b | within 5");
  const answer = distinguish(asPattern(pair), asPattern(pair), { streams: 50 });
  assert.is(answer.kind, "noneFound");
  assert.match(
    answer.describe(),
    /^No difference between two versions of "p" was found in 50 streams of up to \d+ events, made of \d+ /,
  );
  assert.equal(distinguish(asPattern(pair), asPattern(pair), { streams: 1 }).kind, "noneFound");
});

it("looks at events that are given, where functions decide", () => {
  type Word = { text: string };
  const long = pattern<Word>("long")
    .begin("it")
    .filter((e) => e.text.length > 3);
  const longer = pattern<Word>("long")
    .begin("it")
    .filter((e) => e.text.length > 4);
  assert.is(distinguish(long, longer).kind, "noneFound");
  const answer = distinguish(long, longer, { events: [{ text: "no" }, { text: "four" }] });
  assert.ok(answer.kind === "differs");
  assert.equal(answer.events, [{ value: { text: "four" }, at: 0 }]);
  assert.match(
    answer.describe(),
    'differ on this event:\n  1  +0ms  {"text":"four"}\nonly before finds {it 1} at +0ms',
  );
});

it("does not try events that cannot be", () => {
  const failures = pattern<{ type: "failed" | "ok" }>("p").begin("failed").on("failed").times(2).consecutive();
  const [strict, loose] = [failures.next("ok").on("ok"), failures.followedBy("ok").on("ok").skip("toNext")];
  const answer = distinguish(strict.skip("toNext"), loose, {
    allows: ({ type }) => type === "failed" || type === "ok",
  });
  assert.ok(answer.kind === "differs");
  assert.not.ok(answer.events.some(({ value }) => (value as { type: string }).type === "other"));
  assert.is(distinguish(strict, loose, { allows: () => false }).kind, "noneFound");
});

it("tries the same streams for the same seed", () => {
  const [one, other] = ["a+ b c | within 9", "a+ b c | within 9 skip toNext"].map((text) =>
    asPattern(parsePattern(text)),
  );
  assert.ok(one && other);
  const answers = [1, 1, 2].map((seed) => JSON.stringify(distinguish(one, other, { seed })));
  assert.is(answers[0], answers[1]);
});

it("says what only one of them finds, and what both do", () => {
  const texts = ["a b", "a ~ b"].map((text) => asPattern(parsePattern(text)));
  const answer = distinguish(texts[0] as (typeof texts)[0] & object, texts[1] as (typeof texts)[0] & object);
  assert.is(
    answer.describe(),
    [
      'Two versions of "p" differ on these 3 events:',
      '  1  +0ms  {"type":"a"}',
      '  2  +1s   {"type":"b"}',
      '  3  +2s   {"type":"b"}',
      "only after finds {a 1, b 3} at +2s",
    ].join("\n"),
  );
});

it("says so where only the order differs", () => {
  const [one, other]: readonly Found[] = [0, 1].map((index) => ({ at: 5, taken: [{ step: "a", index }] }));
  assert.ok(one && other);
  assert.match(difference("p", [], [one, other], [other, one]).describe(), "both find the same, in another order");
});

it("lists three matches and counts the others", () => {
  const found = (index: number): Found => ({ at: index, taken: [{ step: "a", index }] });
  const events = [0, 1, 2, 3, 4].map((at) => ({
    value: { n: at === 0 ? 7n : at === 1 ? Number.POSITIVE_INFINITY : at },
    at,
  }));
  const text = difference("p", events, [0, 1, 2, 3, 4].map(found), [found(0)]).describe();
  assert.match(text, "only before finds {a 2} at +1ms, {a 3} at +2ms, {a 4} at +3ms, and 1 more");
  assert.match(text, '1  +0ms  {"n":"7n"}');
  assert.match(text, '2  +1ms  {"n":"number Infinity"}');
});

it.run();
