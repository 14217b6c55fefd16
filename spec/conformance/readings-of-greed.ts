// How Flink reads greedy loops: some as if they were not.

import type { StepNode } from "../../lib/pattern/ast.ts";
import type { Reading } from "./readings.ts";
import {
  hasOpenAbsence,
  hasSkippedHead,
  isStep,
  mayTakeNothing,
  repeats,
  type Site,
  sitesOf,
  whatFollows,
  withQuantifier,
} from "./structure.ts";

// greedy-lost: it is kept only from the state behind the loop, so not once something there was skipped or left.

/** The pattern without the greed that is lost. */
export const withoutLostGreed: Reading = ({ pattern }) =>
  withoutGreed(sitesOf(pattern.elements).filter(isGreedy).filter(losesGuard));

function losesGuard(site: Site<StepNode>): boolean {
  const isPassed = whatFollows(site).sites.some(({ element }) => mayTakeNothing(element) || hasSkippedHead(element));
  const { optional, until } = site.element.quantifier;
  return isPassed || endsLoopingGroup(site) || isLeftOutAfterAbsence(site) || (optional && until !== null);
}

/** If it is left out, what follows is another state than after the loop, so that the absence before it no longer counts there. */
export function isLeftOutAfterAbsence({ element, siblings, index }: Site): boolean {
  return mayTakeNothing(element) && hasOpenAbsence(siblings.slice(0, index));
}

function endsLoopingGroup({ siblings, index, outer }: Site): boolean {
  if (outer === null || !siblings.slice(index + 1).every(mayTakeNothing)) return false;
  return repeats(outer.element) || endsLoopingGroup(outer);
}

// greedy-last: a greedy loop after which nothing must be taken reports every prefix.

/** The pattern without greed at its end. */
export const withoutLastGreed: Reading = ({ pattern }) => {
  const greedy = sitesOf(pattern.elements).filter(isGreedy);
  return withoutGreed(greedy.filter((site) => whatFollows(site).mayEnd));
};

function withoutGreed(sites: readonly Site<StepNode>[]): ReturnType<Reading> {
  return new Map(sites.map(({ element }) => [element, withQuantifier({ greedy: false })]));
}

export function isGreedy(site: Site): site is Site<StepNode> {
  return isStep(site) && site.element.quantifier.greedy;
}
