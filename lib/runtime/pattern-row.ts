// The matchers of all patterns over the events of one lane. What they say together has one order: by time, then as the
// patterns stand in the service, whenever time was moved; so alerts do not depend on how the input was cut into batches.

import type { Key } from "../event/key.ts";
import type { KeyedMatcher, MatcherCounts, Outcome, TimedEvent } from "../matching/matcher.ts";
import { type Freezer, freezeWhole } from "../state/freeze.ts";
import { BEGINNING, type Instant } from "../time/instant.ts";
import { type AlertOptions, type Emission, toEmission } from "./alert.ts";

/** A pattern and how what it says is written. */
export type LanePattern = AlertOptions & { readonly name: string; readonly createMatcher: () => KeyedMatcher };

/** What one pattern has said and holds, in one lane. */
export type PatternCounts = {
  readonly pattern: string;
  readonly version: number;
  /** Alerts written; a match whose value has no JSON form gives none. */
  readonly alerts: number;
  readonly stats: MatcherCounts;
};

/** The matchers of one lane. `watermark` is what alerts say of how far time has come. */
export interface PatternRow {
  /** Events come in order of time. @throws {LimitError} */
  onEvent(key: Key, event: TimedEvent, watermark: Instant, out: Emission[]): void;
  /** Fires deadlines at or before `until`. @throws {LimitError} */
  advanceTo(until: Instant, watermark: Instant, out: Emission[]): void;
  /** One per pattern, in their order. */
  counts(): readonly PatternCounts[];
  /** What saves the matchers, one per pattern, in their order. */
  readonly freezers: readonly Freezer[];
  /** Deadlines have fired up to `firedTo`, and so many alerts were written by each pattern. The matchers are thawed apart. */
  restore(firedTo: Instant, alerts: readonly number[]): void;
}

export function createPatternRow(patterns: readonly LanePattern[]): PatternRow {
  const matchers = patterns.map((pattern) => pattern.createMatcher());
  const freezers = matchers.map(freezeWhole);
  const alerts = patterns.map(() => 0);
  let firedTo: Instant = BEGINNING;

  const emit = (index: number, outcome: Outcome, watermark: Instant, out: Emission[]): void => {
    const emission = toEmission(outcome, patterns[index] as LanePattern, watermark);
    if (emission.kind === "alert") alerts[index] = (alerts[index] ?? 0) + 1;
    out.push(emission);
  };

  const advanceTo = (until: Instant, watermark: Instant, out: Emission[]): void => {
    if (until <= firedTo) return;
    firedTo = until;
    const said = matchers.flatMap((matcher, index) => matcher.advanceTo(until).map((outcome) => ({ outcome, index })));
    said.sort((a, b) => a.outcome.at - b.outcome.at || a.index - b.index);
    for (const { outcome, index } of said) emit(index, outcome, watermark, out);
  };

  return {
    onEvent(key, event, watermark, out) {
      // With several patterns, deadlines before this event come in order of time over all of them; those at its very
      // instant come with the event, pattern by pattern, as no other event of that instant can be between.
      if (matchers.length > 1) advanceTo(event.at - 1, watermark, out);
      for (let index = 0; index < matchers.length; index += 1) {
        const outcomes = (matchers[index] as KeyedMatcher).onEvent(key, event);
        for (const outcome of outcomes) emit(index, outcome, watermark, out);
      }
    },
    advanceTo,
    freezers,
    restore(at, written) {
      firedTo = at;
      for (const index of alerts.keys()) alerts[index] = written[index] ?? 0;
    },
    counts: () =>
      patterns.map(({ name, version }, index) => ({
        pattern: name,
        version,
        alerts: alerts[index] ?? 0,
        stats: (matchers[index] as KeyedMatcher).counts(),
      })),
  };
}
