// What is tried of a pattern: what is wrong is seen, what cannot be known is not claimed, and all of it can be stopped.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import type { CheckResult, CheckupOptions } from "../../lib/testing/check-result.ts";
import { checkup } from "../../lib/testing/checkup.ts";
import { distinguish } from "../../lib/testing/distinguish.ts";
import { patternTest } from "../../lib/testing/pattern-test.ts";

const it = suite("checkup");

type Event = { type: "a" | "b"; v: number; text: string };

/** Those that say something of a pattern with a strict link and without functions. */
const LAWS = 6;

const options: CheckupOptions = {
  runs: 60,
  seed: 1,
  tests: [],
  events: [],
  signal: new AbortController().signal,
  onProgress: () => {},
  breathe: () => Promise.resolve(),
};

async function resultsOf<E, M, R, T extends boolean>(
  each: Pattern<E, M, R, T>,
  more: Partial<CheckupOptions> = {},
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for await (const result of checkup(each as unknown as Pattern, { ...options, ...more })) results.push(result);
  return results;
}

const verdicts = (results: readonly CheckResult[]): readonly string[] =>
  results.map(({ check, verdict }) => `${check} ${verdict}`);

const pair = pattern<Event>("pair").begin("one").on("a").next("two").on("b").within("1m");

it("passes a pattern with which nothing is wrong", async () => {
  const results = await resultsOf(pair);
  assert.equal(verdicts(results), [
    "matches passed",
    "misses passed",
    "parts passed",
    "reference passed",
    ...Array.from({ length: LAWS }, () => "law passed"),
  ]);
  assert.is(results[0]?.text, "can match: 2 events are enough");
  assert.is((await resultsOf(pattern<Event>("any").begin("one")))[0]?.text, "can match: 1 event is enough");
});

it("does not claim what functions hide, or what cannot be", async () => {
  const hidden = await resultsOf(
    pattern<Event>("hidden")
      .begin("it")
      .filter((e) => e.text === "open sesame"),
  );
  assert.equal(verdicts(hidden).slice(0, 3), ["matches unknown", "misses unknown", "parts passed"]);
  assert.match(hidden[0]?.text ?? "", /functions given to filter say nothing/);
  const given = { events: [{ text: "no" }, { text: "open sesame" }] };
  const opened = await resultsOf(
    pattern<Event>("hidden")
      .begin("it")
      .filter((e) => e.text === "open sesame"),
    given,
  );
  assert.is(opened[0]?.text, "can match: some of the given events do");
  assert.equal(hidden[1]?.details, [
    'of "it" none was found: it may not be needed, another match may come instead, or only a function decides',
  ]);
  const never = await resultsOf(
    pattern<Event>("never")
      .begin("it")
      .where((e) => e.v.gt(3))
      .next("not")
      .where((e) => e.v.lt(2).and(e.v.gt(5))),
  );
  assert.match(never[0]?.text ?? "", /its conditions may contradict each other/);
});

it("names parts without which nothing else was found", async () => {
  const twice = pattern<Event>("twice")
    .begin("it")
    .where((e) => e.v.gt(3).and(e.v.gt(2)))
    .skip("pastLast");
  const parts = (await resultsOf(twice)).find(({ check }) => check === "parts");
  assert.ok(parts?.details.includes('it: "v is above 2" is no longer asked'));
  assert.match(parts?.text ?? "", /^\d+ of \d+ small changes find something else; no stream was found/);
  const nothing = (await resultsOf(pattern<Event>("any").begin("it"))).find(({ check }) => check === "parts");
  assert.is(nothing?.verdict, "unknown");
});

it("shows a stream on which a function that answers differently each time breaks a law", async () => {
  let asked = 0;
  const moody = pattern<Event>("moody")
    .begin("it")
    .where((e) => e.v.gt(3))
    .filter(() => asked++ % 3 === 0);
  const broken = (await resultsOf(moody, { runs: 300 })).filter(({ verdict }) => verdict === "failed");
  assert.ok(broken.length > 0);
  assert.is(broken[0]?.text, "a second, plain matcher finds something else");
  assert.match(broken[0]?.details.at(-1) ?? "", /^A function given to filter must answer the same each time/);
  assert.ok(broken.some(({ text }) => text === "breaks a law: found again"));
});

it("runs tests of the author, and then with changed patterns", async () => {
  const weak = patternTest(pair, function nothing() {});
  const broken = patternTest(pair, () => {
    throw new Error("two lines\nof blame");
  });
  const [passed, missed] = (await resultsOf(pair, { tests: [weak] })).slice(-2);
  assert.equal([passed?.verdict, missed?.verdict], ["passed", "missed"]);
  assert.match(missed?.text ?? "", /^its test notices 0 of \d+ small changes; it does not notice$/);
  const strong = patternTest(pair, (each) => {
    if (distinguish(pair, each).kind === "differs") throw new Error("it is another");
  });
  const noticed = (await resultsOf(pair, { tests: [strong] })).at(-1);
  assert.is(noticed?.verdict, "passed");
  assert.match(noticed?.text ?? "", /^its test notices each of \d+ small changes that make a difference$/);
  const both = await resultsOf(pair, { tests: [weak, strong] });
  assert.equal(
    both.slice(-3).map(({ text }) => text),
    [
      'passes its test "nothing"',
      "passes its test",
      `its tests notice each of ${noticed?.text.match(/\d+/)?.[0]} small changes that make a difference`,
    ],
  );
  assert.match((await resultsOf(pair, { tests: [weak, weak] })).at(-1)?.text ?? "", "; none of them notices");
  const failed = (await resultsOf(pair, { tests: [broken] })).slice(-1);
  assert.equal(failed, [
    { check: "tests", verdict: "failed", text: "does not pass its test", details: ["two lines", "of blame"] },
  ]);
});

it("stops where it is told to, says how far it is, and does the same again for the same seed", async () => {
  for (const stopAt of [1, 5, 15, 20, 24, 30]) {
    const stop = new AbortController();
    let breaths = 0;
    const breathe = async (): Promise<void> => {
      breaths += 1;
      if (breaths === stopAt) stop.abort();
    };
    const results = await resultsOf(pair, { signal: stop.signal, breathe, tests: [patternTest(pair, () => {})] });
    assert.ok(results.length < LAWS + 6, `${results.length} results`);
  }
  const told: string[] = [];
  const once = await resultsOf(pair, { onProgress: (what, done, all) => told.push(`${what} ${done}/${all}`) });
  assert.ok(told.includes("small changes 1/8") || told.some((each) => each.startsWith("small changes 1/")));
  assert.equal(await resultsOf(pair), once);
});

it.run();
