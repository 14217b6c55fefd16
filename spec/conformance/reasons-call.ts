// Reasons that lie in what Flink lets pass at build time and fails at, or ignores, at run time.

import type { Finding } from "./answers.ts";
import type { FlinkCase } from "./case.ts";
import { definitionOf } from "./definition.ts";
import { readBy, WAYS_TO_READ } from "./readings.ts";
import { isCounted } from "./structure.ts";

// refused: a window of no time counts as none; a limit may be longer than the window where it is ignored; a skip strategy may fail at a match that lacks its target.

export function hasNoDuration({ pattern, gaps }: FlinkCase): boolean {
  return (pattern.withinMs !== null && pattern.withinMs <= 0) || gaps.some(({ ms }) => ms <= 0);
}

/** A limit that is longer than the window stands on a group or a counted step, where Flink does not look at it. */
export function hasIdleGap({ pattern: { withinMs }, gaps }: FlinkCase): boolean {
  return gaps.some(({ on, ms }) => withinMs !== null && ms > withinMs && (on.kind === "group" || isCounted(on)));
}

export function failsOnMiss({ pattern: { skip } }: FlinkCase): boolean {
  return (skip.to === "first" || skip.to === "last") && skip.orElse === null;
}

// skip-nowhere: told to fail at a miss, it also fails at a match whose target is its first event, where nothing is to be dropped.

export function skipsNowhere(asked: FlinkCase): boolean {
  const { skip } = asked.pattern;
  if (skip.to !== "first" && skip.to !== "last") return false;
  const isFirst = ({ taken: [first] }: Finding) => first?.step === skip.step;
  return (
    failsOnMiss(asked) &&
    WAYS_TO_READ.some((readings) => definitionOf(asked, readBy(readings, asked)).matches.some(isFirst))
  );
}
