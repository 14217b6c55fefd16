// Runs of which each has to be seen by itself: what they cost. What they say is the law of reference/clocks.spec.ts.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { KeyedMatcherOptions, Outcome } from "../../lib/matching/matcher.ts";
import { feed, matcherOf } from "./drive.ts";

const it = suite("runs with a clock of their own");

const limitsIn = (outcomes: readonly Outcome[]): readonly Outcome[] =>
  outcomes.filter(({ kind }) => kind === "limitReached");

it("takes no more memory for a key on which runs come and go, however long it goes on", () => {
  const runs = ["a b | within 9", "a !b.. | within 9", "a !b..9", "a b<9", "a b | within 9 ordered"];
  for (const words of runs) {
    const matcher = matcherOf(words, { limits: { maxStateBytes: 10_000 } });
    assert.equal(
      limitsIn(
        feed(
          matcher,
          Array.from({ length: 1_000 }, (_, at) => ({ value: { type: "a" }, at })),
          999,
        ),
      ),
      [],
    );
    assert.is(matcher.counts().runs, 9, words);
  }
});

it("asks only runs of the value of an event, though each is seen to end", () => {
  const readsAmong = (open: number, words: string, options: KeyedMatcherOptions): number => {
    let reads = 0;
    const matcher = matcherOf(words, options);
    const offer = (type: string, id: number, at: number) => {
      const value = Object.defineProperty({ type }, "v", {
        get: () => {
          reads += 1;
          return id;
        },
      });
      return matcher.onEvent("k", { value, at, origin: { topic: "t", partition: 0, offset: BigInt(at) } });
    };
    for (let id = 1; id <= open; id += 1) offer("a", id, id);
    offer("b", 3, open); // Who is asked for the first time has to get to know all.
    reads = 0;
    offer("b", 7, open);
    offer("b", open + 1, open);
    assert.is(matcher.stats().runs, open - 2);
    return reads;
  };
  const told = [
    ["a b[v=a.v]<9999 | within 99999", "none"],
    ["a !b[v=a.v].. | within 99999", "none"],
    ["a b[v=a.v] | within 99999", "all"],
    ["a b[v=a.v] | within 99999 ordered", "none"],
  ] as const;
  for (const [words, timedOut] of told)
    assert.is(readsAmong(1_000, words, { timedOut }), readsAmong(10, words, { timedOut }), words);
});

it.run();
