// The patterns of one lane: what their matchers say together (matching/many.ts), written as what leaves.

import type { Interest } from "../automaton/interest.ts";
import type { Sliced } from "../core/slices.ts";
import type { Key } from "../event/key.ts";
import { createMany, type Said } from "../matching/many.ts";
import type { KeyedMatcher, MatcherCounts, TimedEvent } from "../matching/matcher.ts";
import type { SavedLane } from "../state/checkpoint.ts";
import { type Freezer, freezerOf } from "../state/freeze.ts";
import { type Instant, restoreInstant } from "../time/instant.ts";
import { type AlertOptions, type Emission, toEmission } from "./alert.ts";

/** A pattern and how what it says is written. */
export type LanePattern = AlertOptions & {
  readonly name: string;
  /** Which events may do something to it. */
  readonly interest: Interest;
  readonly createMatcher: () => KeyedMatcher;
  /** The service has no such pattern any more: it begins no run, and finishes those that are open. */
  readonly drains?: true;
};

/** What one pattern has said and holds, in one lane. */
export type PatternCounts = {
  readonly pattern: string;
  readonly version: number;
  readonly drains: boolean;
  /** Alerts written; a match whose value has no JSON form gives none. */
  readonly alerts: number;
  readonly stats: MatcherCounts;
};

/** The matchers of one lane. `watermark` is what alerts say of how far time has come. */
export interface PatternRow {
  /** Events come in order of time. @throws {LimitError} */
  onEvent(key: Key, event: TimedEvent, watermark: Instant, out: Emission[]): void;
  /** An event that concerns none of them was there, at whatever time. */
  pass(): void;
  /** Fires deadlines at or before `until`. @throws {LimitError} */
  advanceTo(until: Instant, watermark: Instant, out: Emission[]): void;
  /** One per pattern, in their order. */
  counts(): readonly PatternCounts[];
  /** The same as if they held nothing. Cost: none, as the open runs are not looked at. */
  counters(): readonly PatternCounts[];
  /** How many alerts were written by each pattern. */
  readonly alerts: readonly number[];
  /** What saves the matchers, one per pattern, in their order. */
  readonly freezers: readonly Freezer[];
  /** By pattern: events that its matcher was not told of, since they did not concern it. */
  readonly missed: readonly number[];
  /** The places of those that may have open runs, time being at `at`. */
  open(at: Instant): readonly number[];
  /** So many alerts were written and events missed by each pattern when time was at `released`. The matchers are thawed afterwards. */
  restore(saved: Pick<SavedLane, "released" | "alerts" | "missed">): void;
}

const HELD_NOTHING = { keys: 0, runs: 0, oldestFirstAt: null };

export function createPatternRow(patterns: readonly LanePattern[]): PatternRow {
  const sharing = patterns.map(({ interest, createMatcher }) => ({ interest, matcher: createMatcher() }));
  const many = createMany(sharing);
  const alerts = patterns.map(() => 0);
  const missedBefore = patterns.map(() => 0);
  const freezers = sharing.map(({ matcher }, index) =>
    resuming(freezerOf(matcher), () => many.resume(index, missedBefore[index])),
  );

  const emit = (said: readonly Said[], watermark: Instant, out: Emission[]): void => {
    for (const { index, outcome } of said) {
      const emission = toEmission(outcome, patterns[index] as LanePattern, watermark);
      if (emission.kind === "alert") alerts[index] = (alerts[index] ?? 0) + 1;
      out.push(emission);
    }
  };

  const countsOf = (stats: MatcherCounts, index: number): PatternCounts => {
    const { name, version, drains = false } = patterns[index] as LanePattern;
    return { pattern: name, version, drains, alerts: alerts[index] ?? 0, stats };
  };

  return {
    onEvent: (key, event, watermark, out) => emit(many.onEvent(key, event), watermark, out),
    pass: () => many.pass(),
    advanceTo: (until, watermark, out) => emit(many.advanceTo(until), watermark, out),
    alerts,
    freezers,
    get missed() {
      return many.missed;
    },
    open: (at) => [...sharing.keys()].filter((index) => sharing[index]?.matcher.mayHaveRuns(at)),
    restore(saved) {
      many.goOnFrom(restoreInstant(saved.released));
      for (const index of patterns.keys()) {
        alerts[index] = saved.alerts[index] ?? 0;
        missedBefore[index] = saved.missed?.[index] ?? 0;
      }
    },
    counts: () => many.counts().map(countsOf),
    counters: () =>
      sharing.map(({ matcher: { counters } }, index) => countsOf({ ...counters, ...HELD_NOTHING }, index)),
  };
}

/**
 * A matcher that is not given every event is looked at anew once it is thawed. It is frozen as it is: what it was not told of changed
 * nothing in it, so nothing is written for it.
 */
function resuming(freezer: Freezer, resume: () => Sliced<void>): Freezer {
  return {
    freeze: (whole) => freezer.freeze(whole),
    *thaw(pieces, where) {
      yield* freezer.thaw(pieces, where);
      yield* resume();
    },
  };
}
