// How many runs are open, since when, of how many keys: known at any time, as if every key had been looked at.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcher, KeyedMatcherOptions, MatcherCounts } from "../../lib/matching/matcher.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { parsePattern } from "../oracle/notation.ts";
import { Dice } from "../oracle/random.ts";
import { allowMs } from "../run/ask.ts";
import { holdsFor } from "./law.ts";

const it = suite("counts of a matcher");

allowMs(60_000);

/** The first question walks over all keys. */
function walked(pattern: PatternAst, options: KeyedMatcherOptions, matcher: KeyedMatcher): MatcherCounts {
  const fresh = createKeyedMatcher(compile(pattern), options);
  fresh.restore(matcher.save());
  return fresh.counts();
}

it("asked at any time and any number of times, says what a walk over all keys says", () => {
  holdsFor(1_000, ({ pattern, events }) => {
    const dice = new Dice(events.length);
    const limits = { maxRunsPerKey: dice.one([3, 1e6]), maxKeys: dice.one([2, 1e6]), onLimit: "dropOldest" } as const;
    const options = { limits, timedOut: dice.one(["none", "all"] as const) };
    const matcher = createKeyedMatcher(compile(pattern), options);
    const asked: MatcherCounts[] = [];
    const expected: MatcherCounts[] = [];
    const look = (): void => {
      if (dice.chance(0.4)) return;
      asked.push(matcher.counts());
      expected.push(walked(pattern, options, matcher));
    };
    for (const [index, { value, at }] of events.entries()) {
      matcher.advanceTo(at - 1);
      look();
      matcher.onEvent(`k${dice.between(0, 2)}`, {
        value,
        at,
        origin: { topic: "t", partition: 0, offset: BigInt(index) },
      });
      look();
      if (dice.chance(0.05)) matcher.restore(matcher.save());
    }
    for (let step = 1; step < 6; step += 1) {
      matcher.advanceTo((events.at(-1)?.at ?? 0) + 3 * step);
      look();
    }
    return [asked, expected];
  });
});

it("tells how many run outlive a window that is over, and that only a deadline of their own ends", () => {
  const matcher = createKeyedMatcher(compile(parsePattern("a !n..50 | within 5")));
  for (const at of [1, 2]) {
    const event = { value: { type: "a" }, at, origin: { topic: "t", partition: 0, offset: BigInt(at) } };
    matcher.onEvent(`k${at}`, event);
  }
  const seen: unknown[] = [];
  for (const at of [2, 20, 51, 52]) {
    matcher.advanceTo(at);
    const { keys, runs, oldestFirstAt } = matcher.counts();
    seen.push([keys, runs, oldestFirstAt]);
  }
  assert.equal(seen, [
    [2, 2, 1],
    [2, 2, 1],
    [1, 1, 2],
    [0, 0, null],
  ]);
});

it.run();
