// A search over many patterns, counted.

import { showDisagreement } from "./disagreement.ts";
import { search } from "./search.ts";
import { shareOracle } from "./shared-oracle.ts";
import type { Subject } from "./subjects.ts";
import { skips } from "./variants.ts";

export type Plan = {
  /** Longest stream. */
  readonly length: number;
  /** With every skip strategy, eager and ordered; else with none. */
  readonly skips: boolean;
  /** Leaves no stream out, even if another one is as good. */
  readonly everyStream: boolean;
};

export type Tally = {
  /** With each window and each skip strategy. */
  patterns: number;
  /** A pattern with a stream, up to renaming letters. */
  pairs: number;
  /** Given to the matcher. */
  events: number;
};

export function newTally(): Tally {
  return { patterns: 0, pairs: 0, events: 0 };
}

/** Tries a pattern, with all that is planned to be said of it, and counts it; the first disagreement as text, or `null`. */
export function tryOut({ windows, alphabet }: Subject, plan: Plan, tally: Tally): string | null {
  for (const pattern of windows) {
    const oracle = shareOracle(pattern, plan.length);
    for (const variant of plan.skips ? skips(pattern) : [pattern]) {
      const { streams, events, differsOn } = search(variant, oracle, { ...plan, alphabet });
      tally.patterns += 1;
      tally.pairs += streams;
      tally.events += events;
      if (differsOn !== null) return showDisagreement(variant, differsOn);
    }
  }
  return null;
}

/** `1,302 patterns, 1,420,000 pairs with a stream, 301,200 events`. */
export function showTally({ patterns, pairs, events }: Tally): string {
  const say = (count: number): string => count.toLocaleString("en-US");
  return `${say(patterns)} patterns, ${say(pairs)} pairs with a stream, ${say(events)} events matched`;
}
