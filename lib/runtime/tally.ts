// Counts of several lanes in one, and what becomes of them where a lane changes hands.

import type { Lane, LaneConfig } from "./lane.ts";
import type { PatternMetrics, TopicMetrics } from "./metrics.ts";
import type { PatternCounts } from "./pattern-row.ts";

/**
 * By topic in the order of the inputs, and by pattern in the order of the patterns. Old forms of a pattern count with it; those of
 * which the service has no pattern of that name come last.
 */
export type Tally = { readonly topics: readonly TopicMetrics[]; readonly patterns: readonly PatternMetrics[] };

export function emptyTally(config: LaneConfig): Tally {
  const nothing = { records: 0, onTime: 0, late: 0, deadLettered: 0, skipped: 0, waiting: 0 };
  const silent = {
    openRuns: 0,
    drainingRuns: 0,
    keys: 0,
    oldestFirstAt: null,
    alerts: 0,
    timedOut: 0,
    suppressed: 0,
    dropped: 0,
    failures: 0,
  };
  return {
    topics: config.inputs.map(({ topic }) => ({ topic, ...nothing })),
    patterns: config.patterns.map(({ name, version }) => ({ pattern: name, version, ...silent })),
  };
}

/** What a lane counts now. */
export function tallyOf(lane: Lane): Tally {
  return tally(lane, lane.patterns.counts());
}

/** The same as if it held no runs, without a look at them. */
export function countersOf(lane: Lane): Tally {
  return tally(lane, lane.patterns.counters());
}

function tally(lane: Lane, patterns: readonly PatternCounts[]): Tally {
  return {
    topics: lane.partitions.map(({ place, counts, positions }) => ({
      topic: place.topic,
      ...counts,
      waiting: positions.waiting,
    })),
    patterns: addByName(patterns.map(metricsOf), ({ pattern }) => pattern, addPattern),
  };
}

function metricsOf({ pattern, version, drains, stats, alerts }: PatternCounts): PatternMetrics {
  return {
    pattern,
    version,
    openRuns: stats.runs,
    drainingRuns: drains ? stats.runs : 0,
    keys: stats.keys,
    oldestFirstAt: stats.oldestFirstAt,
    alerts,
    timedOut: stats.timedOut,
    suppressed: stats.suppressed,
    dropped: stats.dropped,
    failures: stats.failures,
  };
}

/** What stays of a lane that is given back: records that still waited will be read again by others and do not count. */
export function retire({ topics, patterns }: Tally): Tally {
  return {
    topics: topics.map((topic) => ({ ...topic, records: topic.records - topic.waiting, waiting: 0 })),
    patterns: patterns.map((pattern) => ({ ...pattern, openRuns: 0, drainingRuns: 0, keys: 0, oldestFirstAt: null })),
  };
}

/**
 * What a lane has counted since it had counted `before`, and what it holds now. Records that waited then are read again, and count again.
 */
export function since(before: Tally, now: Tally): Tally {
  return {
    topics: now.topics.map((topic, index) => {
      const { onTime, late, deadLettered, skipped } = before.topics[index] ?? topic;
      return {
        ...topic,
        records: topic.records - (onTime + late + deadLettered + skipped),
        onTime: topic.onTime - onTime,
        late: topic.late - late,
        deadLettered: topic.deadLettered - deadLettered,
        skipped: topic.skipped - skipped,
      };
    }),
    patterns: now.patterns.map((pattern, index) => {
      const { alerts, timedOut, suppressed, dropped, failures } = before.patterns[index] ?? pattern;
      return {
        ...pattern,
        alerts: pattern.alerts - alerts,
        timedOut: pattern.timedOut - timedOut,
        suppressed: pattern.suppressed - suppressed,
        dropped: pattern.dropped - dropped,
        failures: pattern.failures - failures,
      };
    }),
  };
}

/** The sum of two tallies of the same inputs. */
export function addTallies(left: Tally, right: Tally): Tally {
  return {
    topics: left.topics.map((topic, index) => addTopic(topic, right.topics[index] ?? topic)),
    patterns: addByName([...left.patterns, ...right.patterns], ({ pattern }) => pattern, addPattern),
  };
}

/** One of each name, in the order in which they are met first. */
export function addByName<T>(
  all: readonly T[],
  nameOf: (each: T) => string,
  add: (one: T, other: T) => T,
): readonly T[] {
  const byName = new Map<string, T>();
  for (const each of all) {
    const before = byName.get(nameOf(each));
    byName.set(nameOf(each), before === undefined ? each : add(before, each));
  }
  return [...byName.values()];
}

/** Counts of one topic, from two places. */
export function addTopic(left: TopicMetrics, right: TopicMetrics): TopicMetrics {
  return {
    topic: left.topic,
    records: left.records + right.records,
    onTime: left.onTime + right.onTime,
    late: left.late + right.late,
    deadLettered: left.deadLettered + right.deadLettered,
    skipped: left.skipped + right.skipped,
    waiting: left.waiting + right.waiting,
  };
}

/** Counts of one pattern, from two places. */
export function addPattern(left: PatternMetrics, right: PatternMetrics): PatternMetrics {
  const firsts = [left.oldestFirstAt, right.oldestFirstAt].filter((at) => at !== null);
  return {
    pattern: left.pattern,
    version: left.version,
    openRuns: left.openRuns + right.openRuns,
    drainingRuns: left.drainingRuns + right.drainingRuns,
    keys: left.keys + right.keys,
    oldestFirstAt: firsts.length > 0 ? Math.min(...firsts) : null,
    alerts: left.alerts + right.alerts,
    timedOut: left.timedOut + right.timedOut,
    suppressed: left.suppressed + right.suppressed,
    dropped: left.dropped + right.dropped,
    failures: left.failures + right.failures,
  };
}
