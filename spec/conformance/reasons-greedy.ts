// Reasons that lie in greedy loops.

import type { Element, StepNode } from "../../lib/pattern/ast.ts";
import { firstsOf, fits, type Pair, pairsOfMatches, pairsOfRuns } from "./asking.ts";
import type { CaseEvent, FlinkCase } from "./case.ts";
import type { Reading } from "./definition.ts";
import {
  hasSkippedHead,
  isStep,
  mayTakeNothing,
  repeats,
  type Site,
  sitesOf,
  stepsAfter,
  stepsBefore,
  whatFollows,
  withQuantifier,
} from "./structure.ts";

// greedy-leak: what a greedy loop could take is kept from the state behind it for ever, whoever comes there and whether the
// loop is still open or not. If nothing more need be taken there, that state is passed with the event just taken, so never.

export function leaksGuard(asked: FlinkCase): boolean {
  return sitesOf(asked.pattern.elements).some((site) => {
    if (!isGreedy(site)) return false;
    const follows = whatFollows(site).sites;
    const after = stepsAfter(site).map(({ name }) => name);
    const before = [site, ...follows].flatMap(stepsBefore).map(({ name }) => name);
    const isOwn = (event: CaseEvent) => fits(site.element, event);
    const isKept = ({ from, to, passed }: Pair) =>
      (to === null ? before.includes(from) : after.includes(to)) && passed.some(isOwn);
    const isNeverPassed = ({ from, to }: Pair) => after.length > 0 && to === null && from === site.element.name;
    return (
      pairsOfRuns(asked).some(isKept) ||
      pairsOfMatches(asked).some(isNeverPassed) ||
      firstsOf(asked).some(({ step, event }) => after.includes(step) && isOwn(event))
    );
  });
}

// greedy-lost: it is kept only from the state behind the loop, so not once something there was skipped or left.

/** The pattern without the greed that is lost. */
export const withoutLostGreed: Reading = ({ pattern }) =>
  withoutGreed(sitesOf(pattern.elements).filter(isGreedy).filter(losesGuard));

function losesGuard(site: Site): boolean {
  const isPassed = whatFollows(site).sites.some(({ element }) => mayTakeNothing(element) || hasSkippedHead(element));
  return isPassed || endsLoopingGroup(site) || isLeftOutAfterAbsence(site);
}

/** If it is left out, what follows is another state than after the loop, so that the absence before it no longer counts there. */
function isLeftOutAfterAbsence({ element, siblings, index }: Site): boolean {
  return mayTakeNothing(element) && hasOpenAbsence(siblings.slice(0, index));
}

/** Whether a `notFollowedBy` counts at the end of `elements`, with only what may be left out after it. */
function hasOpenAbsence(elements: readonly Element[]): boolean {
  const last = elements.at(-1);
  if (last === undefined || !mayTakeNothing(last) || last.link === "notNext") return false;
  return last.link === "notFollowedBy" || hasOpenAbsence(elements.slice(0, -1));
}

// crash: it looks up a copy of what follows that was made under another name.

export function looksUpInVain({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern.elements).some(
    (site) => isGreedy(site) && site.element.quantifier.until !== null && isLeftOutAfterAbsence(site),
  );
}

function endsLoopingGroup({ siblings, index, outer }: Site): boolean {
  if (outer === null || !siblings.slice(index + 1).every(mayTakeNothing)) return false;
  return repeats(outer.element) || endsLoopingGroup(outer);
}

// greedy-last: a greedy loop after which nothing must be taken reports every prefix.

export function endsGreedily({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern.elements).some((site) => isGreedy(site) && whatFollows(site).mayEnd);
}

/** The pattern without greed at its end. */
export const withoutLastGreed: Reading = ({ pattern }) => {
  const greedy = sitesOf(pattern.elements).filter(isGreedy);
  return withoutGreed(greedy.filter((site) => whatFollows(site).mayEnd));
};

function withoutGreed(sites: readonly Site<StepNode>[]): ReturnType<Reading> {
  return new Map(sites.map(({ element }) => [element, withQuantifier({ greedy: false })]));
}

// refused: greedy, which leaves nothing out, with combinations, which leave something out.

export function isGreedyAndLoose({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern.elements).some((site) => isGreedy(site) && site.element.quantifier.inner === "followedByAny");
}

function isGreedy(site: Site): site is Site<StepNode> {
  return isStep(site) && site.element.quantifier.greedy;
}
