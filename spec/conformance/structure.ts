// Questions about a pattern that the reasons ask: what stands where, what can follow what. Written for these reasons
// alone; it shares nothing with the automaton.

import type { AbsenceNode, Element, GroupNode, PatternAst, StepNode } from "../../lib/pattern/ast.ts";

/** An element and where it stands. */
export type Site<Node extends Element = Element> = {
  readonly element: Node;
  readonly siblings: readonly Element[];
  readonly index: number;
  /** The group it stands in; `null`: none. */
  readonly outer: Site<GroupNode> | null;
};

export function sitesOf({ elements }: PatternAst): readonly Site[] {
  return inside(elements, null);
}

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
export function trailingAbsences({ elements }: PatternAst): readonly AbsenceNode[] {
  const last = elements.findLastIndex(({ kind }) => kind !== "absence");
  return elements.slice(last + 1).filter((element) => element.kind === "absence");
}

/** The pattern without the absences at its end. */
export function beforeTrailingAbsences({ elements }: PatternAst): readonly Element[] {
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
