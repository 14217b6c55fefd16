// Reasons that lie in what Flink lets pass at build time and fails at, or ignores, at run time.

import type { FlinkCase } from "./case.ts";
import { definitionOf } from "./definition.ts";

// refused: a window of no time counts as none; a skip strategy may fail at a match that lacks its target.

export function hasNoDuration({ pattern, gaps }: FlinkCase): boolean {
  return (pattern.withinMs !== null && pattern.withinMs <= 0) || gaps.some(({ ms }) => ms <= 0);
}

export function failsOnMiss({ pattern: { skip } }: FlinkCase): boolean {
  return (skip.to === "first" || skip.to === "last") && skip.orElse === null;
}

// skip-nowhere: told to fail at a miss, it also fails at a match whose target is its first event, where nothing is to be dropped.

export function skipsNowhere(asked: FlinkCase): boolean {
  const { skip } = asked.pattern;
  if (skip.to !== "first" && skip.to !== "last") return false;
  return failsOnMiss(asked) && definitionOf(asked).matches.some(({ taken: [first] }) => first?.step === skip.step);
}
