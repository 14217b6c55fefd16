// Questions about a pattern that the reasons ask: what stands where, what can follow what. Written for these reasons
// alone; it shares nothing with the automaton.

import type { AbsenceNode, Element, GroupNode, Quantifier, StepNode } from "../../lib/pattern/ast.ts";

/** An element and where it stands. */
export type Site<Node extends Element = Element> = {
  readonly element: Node;
  readonly siblings: readonly Element[];
  readonly index: number;
  /** The group it stands in; `null`: none. */
  readonly outer: Site<GroupNode> | null;
};

/** Every element with where it stands, each group before what it holds. */
export function sitesOf(elements: readonly Element[]): readonly Site[] {
  const known = SITES.get(elements) ?? inside(elements, null);
  SITES.set(elements, known);
  return known;
}

const SITES = new WeakMap<readonly Element[], readonly Site[]>();

function inside(siblings: readonly Element[], outer: Site<GroupNode> | null): readonly Site[] {
  return siblings.flatMap((element, index): readonly Site[] => {
    const site: Site = { element, siblings, index, outer };
    return isGroup(site) ? [site, ...inside(site.element.elements, site)] : [site];
  });
}

export function isStep(site: Site): site is Site<StepNode> {
  return site.element.kind === "step";
}

export function isGroup(site: Site): site is Site<GroupNode> {
  return site.element.kind === "group";
}

export function isAbsence(site: Site): site is Site<AbsenceNode> {
  return site.element.kind === "absence";
}

/** Whether a match may go by without an event for it. */
export function mayTakeNothing(element: Element): boolean {
  if (element.kind === "absence") return true;
  if (element.quantifier.optional) return true;
  return element.kind === "group" && element.elements.every(mayTakeNothing);
}

/** Whether it may take more than one event, or of a group iteration. */
export function repeats(element: Element): boolean {
  return element.kind !== "absence" && element.quantifier.max !== 1;
}

/** Whether it is counted at all: `times(1)` is, a plain step is not. */
export function isCounted(element: Element): boolean {
  return element.kind !== "absence" && element.quantifier.counted;
}

/** Elements that can come next once `site` is left for good, in order, groups and absences included, and whether the match may end there. */
export function whatFollows(site: Site): { readonly sites: readonly Site[]; readonly mayEnd: boolean } {
  const sites: Site[] = [];
  for (let at: Site | null = site; at !== null; at = at.outer) {
    for (let index = at.index + 1; index < at.siblings.length; index++) {
      const element = at.siblings[index] as Element;
      sites.push({ element, siblings: at.siblings, index, outer: at.outer });
      if (!mayTakeNothing(element)) return { sites, mayEnd: false };
    }
  }
  return { sites, mayEnd: true };
}

/** Elements that can have taken the last event before `site`, the nearest first; those of groups around it included. */
export function whatPrecedes(site: Site): readonly Site[] {
  const sites: Site[] = [];
  for (let at: Site | null = site; at !== null; at = at.outer) {
    for (let index = at.index - 1; index >= 0; index--) {
      const element = at.siblings[index] as Element;
      sites.push({ element, siblings: at.siblings, index, outer: at.outer });
      if (!mayTakeNothing(element)) return sites;
    }
  }
  return sites;
}

/** Steps of which one may have taken the last event before `site` is come to, its own loop left aside. */
export function stepsBefore(site: Site): readonly StepNode[] {
  const before = whatPrecedes(site).flatMap(({ element }) => edgeSteps([element], "last"));
  const loops = around(site, "first").flatMap(({ element }) => (repeats(element) ? edgeSteps([element], "last") : []));
  return [...before, ...loops];
}

/** Steps of which one may take the first event after `site` is left, its own loop left aside. */
export function stepsAfter(site: Site): readonly StepNode[] {
  const after = whatFollows(site).sites.flatMap(({ element }) => edgeSteps([element], "first"));
  const loops = around(site, "last").flatMap(({ element }) => (repeats(element) ? edgeSteps([element], "first") : []));
  return [...after, ...loops];
}

/** Groups around `site` of which it may take the first event of an iteration, or the last. */
function around({ siblings, index, outer }: Site, side: "first" | "last"): readonly Site<GroupNode>[] {
  const others = side === "first" ? siblings.slice(0, index) : siblings.slice(index + 1);
  if (outer === null || !others.every(mayTakeNothing)) return [];
  return [outer, ...around(outer, side)];
}

/** All steps in an element. */
export function stepsIn(element: Element): readonly StepNode[] {
  if (element.kind === "step") return [element];
  return element.kind === "group" ? element.elements.flatMap(stepsIn) : [];
}

/** Steps that may take the first event of `elements`, or the last. */
export function edgeSteps(elements: readonly Element[], side: "first" | "last"): readonly StepNode[] {
  const steps: StepNode[] = [];
  for (const element of side === "first" ? elements : [...elements].reverse()) {
    if (element.kind === "step") steps.push(element);
    if (element.kind === "group") steps.push(...edgeSteps(element.elements, side));
    if (!mayTakeNothing(element)) break;
  }
  return steps;
}

/** The absences at the end of the pattern. */
export function trailingAbsences(elements: readonly Element[]): readonly AbsenceNode[] {
  const last = elements.findLastIndex(({ kind }) => kind !== "absence");
  return elements.slice(last + 1).filter((element) => element.kind === "absence");
}

/** The pattern without the absences at its end. */
export function beforeTrailingAbsences(elements: readonly Element[]): readonly Element[] {
  return elements.slice(0, elements.findLastIndex(({ kind }) => kind !== "absence") + 1);
}

/** Whether `elements` may take more after having taken enough. */
export function canGrow(elements: readonly Element[]): boolean {
  for (const element of [...elements].reverse()) {
    if (element.kind === "absence") continue;
    if (mayTakeNothing(element) || element.quantifier.min !== element.quantifier.max) return true;
    return element.kind === "group" && canGrow(element.elements);
  }
  return false;
}

/** Whether the last element loops or may be skipped. */
export function endsLoosely(elements: readonly Element[]): boolean {
  const last = elements.at(-1);
  if (last === undefined) return false;
  return repeats(last) || mayTakeNothing(last) || (last.kind === "group" && endsLoosely(last.elements));
}

/** Changes the quantifier of what has one, to one that is not refused for itself. */
export function withQuantifier(change: Partial<Quantifier>): (element: Element) => Element {
  return (element) => {
    if (element.kind === "absence") return element;
    const { quantifier } = element;
    const changed = { ...quantifier, ...change };
    const inner = quantifier.counted ? changed.inner : quantifier.inner;
    return { ...element, quantifier: { ...changed, inner, greedy: changed.greedy && inner !== "followedByAny" } };
  };
}

/** Groups around a site that may end where it ends. */
export function groupsEndingWith({ siblings, index, outer }: Site): readonly Site<GroupNode>[] {
  return outer !== null && siblings.slice(index + 1).every(mayTakeNothing) ? [outer, ...groupsEndingWith(outer)] : [];
}

/** Whether it is a group that may begin with another step than its first. */
export function hasSkippedHead(element: Element): boolean {
  const head = element.kind === "group" ? element.elements[0] : undefined;
  return head !== undefined && (mayTakeNothing(head) || hasSkippedHead(head));
}

/** Whether a `notFollowedBy` counts at the end of `elements`, with only what may be left out after it. */
export function hasOpenAbsence(elements: readonly Element[]): boolean {
  const last = elements.at(-1);
  if (last === undefined || !mayTakeNothing(last) || last.link === "notNext") return false;
  return last.link === "notFollowedBy" || hasOpenAbsence(elements.slice(0, -1));
}
