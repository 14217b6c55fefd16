// Reasons that lie in groups.

import type { GroupNode } from "../../lib/pattern/ast.ts";
import { occurInTurn } from "./asking.ts";
import type { CaseEvent, FlinkCase } from "./case.ts";
import {
  edgeSteps,
  endsLoosely,
  isAbsence,
  isGroup,
  mayTakeNothing,
  repeats,
  type Site,
  sitesOf,
  whatFollows,
} from "./structure.ts";

// group-exit: after a looping group the link is not enforced, because the head that waits for another iteration may still
// leave the group at any later event.

export function hasOpenExit({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    if (!isGroup(site) || !repeats(site.element)) return false;
    const bound = whatFollows(site).sites.filter(
      ({ element }) => element.link === "next" || element.link === "followedBy",
    );
    const takers = bound.flatMap(({ element }) => edgeSteps([element], "first"));
    return occurInTurn(events, [edgeSteps([site.element], "last"), takers]);
  });
}

// group-until: the event that ends a group's loop also ends runs that need nothing more of the group, where they wait inside it.

export function endsInsideGroup({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    if (!isGroup(site) || !endsLoosely(site.element.elements)) return false;
    const { until } = site.element.quantifier;
    return until !== null && occurInTurn(events, [edgeSteps([site.element], "last"), [{ on: null, condition: until }]]);
  });
}

// group-head: the inner contiguity of what heads a group is overwritten by the group's; of a group there, the link, too.

export function overwritesHead({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => isGroup(site) && isHeadOverwritten(site.element, events));
}

function isHeadOverwritten({ elements, link, quantifier }: GroupNode, events: readonly CaseEvent[]): boolean {
  const [head] = elements;
  if (head === undefined || head.kind === "absence") return false;
  const isOther = head.quantifier.inner !== quantifier.inner;
  if (head.kind === "step") return repeats(head) && isOther && occurInTurn(events, [[head]]);
  return isOther || (link !== null && link !== "next") || isHeadOverwritten({ ...head, quantifier }, events);
}

// group-absence: an absence after a group bites while the group may still go on.

export function bitesGroup({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    if (!isAbsence(site)) return false;
    const open = groupsBefore(site).filter((group) => repeats(group) || endsLoosely(group.elements));
    return occurInTurn(events, [edgeSteps(open, "last"), [site.element]]);
  });
}

/** Groups in the same row that can have taken the last event before `site`. */
function groupsBefore({ siblings, index }: Site): readonly GroupNode[] {
  const groups: GroupNode[] = [];
  for (const element of siblings.slice(0, index).reverse()) {
    if (element.kind === "group") groups.push(element);
    if (!mayTakeNothing(element)) break;
  }
  return groups;
}
