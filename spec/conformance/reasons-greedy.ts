// Reasons that lie in greedy loops.

import type { Element, StepNode } from "../../lib/pattern/ast.ts";
import { occurInTurn } from "./asking.ts";
import type { FlinkCase } from "./case.ts";
import { isStep, mayTakeNothing, repeats, type Site, sitesOf, whatFollows } from "./structure.ts";

// greedy-leak: what a greedy loop could take is kept from what follows for ever, whether the loop is still open or not.
// greedy-lost: it is kept only from the state behind the loop, so not once something there was skipped or left.

export function leaksGuard({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    const { sites } = whatFollows(site);
    return isGreedy(site) && sites.length > 0 && occurInTurn(events, [[site.element]]);
  });
}

export function losesGuard({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    if (!isGreedy(site) || !occurInTurn(events, [[site.element], [site.element]])) return false;
    const isPassed = whatFollows(site).sites.some(({ element }) => mayTakeNothing(element) || hasSkippedHead(element));
    return isPassed || endsLoopingGroup(site);
  });
}

function hasSkippedHead(element: Element): boolean {
  const head = element.kind === "group" ? element.elements[0] : undefined;
  return head !== undefined && (mayTakeNothing(head) || hasSkippedHead(head));
}

function endsLoopingGroup({ siblings, index, outer }: Site): boolean {
  if (outer === null || !siblings.slice(index + 1).every(mayTakeNothing)) return false;
  return repeats(outer.element) || endsLoopingGroup(outer);
}

// greedy-last: a greedy loop after which nothing must be taken reports every prefix.

export function endsGreedily({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => isGreedy(site) && whatFollows(site).mayEnd);
}

function isGreedy(site: Site): site is Site<StepNode> {
  return isStep(site) && site.element.quantifier.greedy;
}
