// Reasons that lie in greedy loops.

import { firstsOf, fits, type Pair, pairsOfMatches, pairsOfRuns } from "./asking.ts";
import type { CaseEvent, FlinkCase } from "./case.ts";
import { isGreedy, isLeftOutAfterAbsence } from "./readings-of-greed.ts";
import { groupsEndingWith, mayTakeNothing, sitesOf, stepsAfter, stepsBefore, whatFollows } from "./structure.ts";

// greedy-leak: what a greedy loop could take is kept from the state behind it for ever, whoever comes there and whether the
// loop is still open or not. If nothing more need be taken there, that state is passed with the event just taken, so never.

export function leaksGuard(asked: FlinkCase): boolean {
  return sitesOf(asked.pattern.elements).some((site) => {
    if (!isGreedy(site)) return false;
    const follows = whatFollows(site).sites;
    const after = stepsAfter(site).map(({ name }) => name);
    const left = groupsEndingWith(site).filter(({ element }) => mayTakeNothing(element));
    const before = [site, ...left, ...follows].flatMap(stepsBefore).map(({ name }) => name);
    const isOwn = (event: CaseEvent) => fits(site.element, event);
    const isKept = ({ from, to, passed, decided }: Pair) =>
      (to === null ? before.includes(from) : after.includes(to)) && [...passed, ...decided].some(isOwn);
    const isNeverPassed = ({ before: event, from, to }: Pair) =>
      after.length > 0 && to === null && [site.element.name, ...before].includes(from) && isOwn(event);
    return (
      pairsOfRuns(asked).some(isKept) ||
      pairsOfMatches(asked).some(isNeverPassed) ||
      firstsOf(asked).some(({ step, event }) => after.includes(step) && isOwn(event))
    );
  });
}

// crash: it looks up a copy of what follows that was made under another name.

export function looksUpInVain({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern.elements).some(
    (site) => isGreedy(site) && site.element.quantifier.until !== null && isLeftOutAfterAbsence(site),
  );
}

// greedy-last: a greedy loop after which nothing must be taken reports every prefix.

export function endsGreedily({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern.elements).some((site) => isGreedy(site) && whatFollows(site).mayEnd);
}

// refused: greedy, which leaves nothing out, with combinations, which leave something out.

export function isGreedyAndLoose({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern.elements).some((site) => isGreedy(site) && site.element.quantifier.inner === "followedByAny");
}
