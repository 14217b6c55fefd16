// Several processes as one: their pictures, added up.

import type { Metrics, ServiceState } from "../runtime/metrics.ts";
import { addByName, addPattern, addTopic, retire } from "../runtime/tally.ts";
import type { Picture } from "./parent.ts";
import { addPassed } from "./passed.ts";

/** The first that any process is in stands for all. */
const STATES: readonly ServiceState[] = ["failed", "degraded", "starting", "stopping", "running", "stopped"];

/**
 * One picture of several. Counts are added; the watermark is the least. `null` if there are none.
 */
export function addUp(pictures: readonly Picture[]): Picture | null {
  if (pictures.length === 0) return null;
  const all = pictures.map(({ metrics }) => metrics);
  return {
    late: addPassed(pictures.map(({ late }) => late)),
    deadLetters: addPassed(pictures.map(({ deadLetters }) => deadLetters)),
    metrics: {
      state: STATES.find((state) => all.some((each) => each.state === state)) ?? "stopped",
      assigned: all.some(({ assigned }) => assigned),
      topics: addByName(
        all.flatMap(({ topics }) => topics),
        ({ topic }) => topic,
        addTopic,
      ),
      partitions: all.flatMap(({ partitions }) => partitions),
      lanes: all.flatMap(({ lanes }) => lanes),
      shards: all.flatMap(({ shards }) => shards),
      patterns: addByName(
        all.flatMap(({ patterns }) => patterns),
        ({ pattern }) => pattern,
        addPattern,
      ),
      watermark: Math.min(...all.map(({ watermark }) => watermark)),
      queuedBytes: sum(all, ({ queuedBytes }) => queuedBytes),
      unsentBytes: sum(all, ({ unsentBytes }) => unsentBytes),
      sent: {
        alerts: sum(all, ({ sent }) => sent.alerts),
        timedOut: sum(all, ({ sent }) => sent.timedOut),
        late: sum(all, ({ sent }) => sent.late),
        deadLetters: sum(all, ({ sent }) => sent.deadLetters),
        notices: sum(all, ({ sent }) => sent.notices),
      },
    },
  };
}

/** What counts of a process that is no more: what it had open was lost, and is read again by another. */
export function withoutOpen({ metrics, ...aside }: Picture): Picture {
  return {
    ...aside,
    metrics: {
      ...metrics,
      state: "stopped",
      assigned: false,
      ...retire(metrics),
      partitions: [],
      lanes: [],
      shards: [],
      watermark: Number.POSITIVE_INFINITY,
      queuedBytes: 0,
      unsentBytes: 0,
    },
  };
}

function sum(all: readonly Metrics[], of: (metrics: Metrics) => number): number {
  return all.reduce((total, each) => total + of(each), 0);
}
