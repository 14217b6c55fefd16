// A search as a test: what it has tried is noted, what it has found fails.

import * as assert from "uvu/assert";
import { note } from "../run/ask.ts";
import { newTally, type Plan, showTally, tryOut } from "./campaign.ts";
import type { Subject } from "./subjects.ts";

/** Streams of up to six events, without skip strategies. */
export const SIX_EVENTS: Plan = { length: 6, skips: false, everyStream: false };

/** Tries all `patterns`, and notes how many pairs of a pattern and a stream that were. */
export function agreesOn(what: string, patterns: Iterable<Subject>, plan: Plan): void {
  const start = performance.now();
  const tally = newTally();
  for (const subject of patterns) {
    const disagreement = tryOut(subject, plan, tally);
    assert.ok(disagreement === null, disagreement ?? "");
  }
  assert.ok(tally.pairs > 0);
  note(`${what}: ${showTally(tally)}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
