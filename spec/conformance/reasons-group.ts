// Reasons that lie in groups.

import type { Contiguity, Element, GroupNode } from "../../lib/pattern/ast.ts";
import { fits, pairsOfRuns } from "./asking.ts";
import type { FlinkCase } from "./case.ts";
import type { Reading } from "./definition.ts";
import {
  endsLoosely,
  groupsEndingWith,
  isAbsence,
  isGroup,
  mayTakeNothing,
  repeats,
  sitesOf,
  stepsIn,
  whatFollows,
  whatPrecedes,
  withQuantifier,
} from "./structure.ts";

// group-exit: after a looping group the link is not enforced, because the head that waits for another iteration may still
// leave the group at any later event.

/** The pattern with any link after its looping groups. */
export const withOpenExits: Reading = ({ pattern }) => {
  const open = sitesOf(pattern.elements).filter((site) => isGroup(site) && mayGoOn(site.element));
  const opened = open.flatMap((site) => whatFollows(site).sites).map(({ element }) => element);
  const outers = open.flatMap(groupsEndingWith).map(({ element }) => element);
  return new Map<Element, (element: Element) => Element>([
    ...opened.map((element) => [element, withLink("followedByAny")] as const),
    ...outers.map((element) => [element, withQuantifier({ inner: "followedByAny" })] as const),
  ]);
};

/** The first element of a row has no link. */
function withLink(link: Contiguity): (element: Element) => Element {
  return (element) => (element.kind === "absence" || element.link === null ? element : { ...element, link });
}

/** Whether a run that is in it may either leave it or begin another iteration. */
function mayGoOn({ quantifier }: GroupNode): boolean {
  return quantifier.min !== quantifier.max;
}

// group-until: the event that ends a group's loop also ends runs that need nothing more of the group, where they wait inside it.

export function endsInsideGroup(asked: FlinkCase): boolean {
  return sitesOf(asked.pattern.elements).some((site) => {
    if (!isGroup(site) || !endsLoosely(site.element.elements)) return false;
    const { until } = site.element.quantifier;
    if (until === null) return false;
    const inside = stepsIn(site.element).map(({ name }) => name);
    return pairsOfRuns(asked).some(
      ({ from, to, passed }) =>
        inside.includes(from) &&
        (to === null || !inside.includes(to)) &&
        passed.some((event) => fits({ on: null, condition: until }, event)),
    );
  });
}

/** The pattern without the `until` of groups around groups, which does not reach into these. */
export const withoutOuterUntils: Reading = ({ pattern }) => {
  const outer = sitesOf(pattern.elements).filter(
    (site) =>
      isGroup(site) &&
      site.element.quantifier.until !== null &&
      site.element.elements.some(({ kind }) => kind === "group"),
  );
  return new Map(outer.map(({ element }) => [element, withQuantifier({ until: null })]));
};

// group-head: the inner contiguity of what heads a group is overwritten by the group's; of a group there, the link, too.

/** The pattern with what is overwritten. */
export const withOverwrittenHeads: Reading = ({ pattern }) => {
  const edits = new Map<Element, (element: Element) => Element>();
  for (const { element } of sitesOf(pattern.elements).filter(isGroup)) {
    const [head] = element.elements;
    const { inner } = element.quantifier;
    if (head?.kind === "step" && repeats(head) && head.quantifier.inner !== inner)
      edits.set(head, withQuantifier({ inner }));
    if (head?.kind === "group") edits.set(element, (each) => withQuantifier({ inner: "next" })(withLink("next")(each)));
  }
  return edits;
};

// empty-iteration: an iteration that takes nothing uses up the link before the group, so that the next one comes over the
// inner contiguity.

/** The pattern with the looser of the two before groups of which iterations may be empty. */
export const withEmptyIterations: Reading = ({ pattern }) => {
  const groups = sitesOf(pattern.elements).filter(isGroup);
  const emptied = groups.filter(({ element }) => repeats(element) && element.elements.every(mayTakeNothing));
  return new Map(emptied.map(({ element }) => [element, withLink(looser(element.link, element.quantifier.inner))]));
};

const LOOSER: readonly Contiguity[] = ["next", "followedBy", "followedByAny"];

function looser(one: Contiguity | null, other: Contiguity): Contiguity {
  return one !== null && LOOSER.indexOf(one) > LOOSER.indexOf(other) ? one : other;
}

// group-absence: an absence after a group bites while a run may still go on before it.

export function bitesGroup(asked: FlinkCase): boolean {
  return sitesOf(asked.pattern.elements).some((site) => {
    if (!isAbsence(site)) return false;
    const before = whatPrecedes(site).map(({ element }) => element);
    if (!before.some(({ kind }) => kind === "group")) return false;
    const inside = before.flatMap(stepsIn).map(({ name }) => name);
    return pairsOfRuns(asked).some(
      ({ from, to, passed }) =>
        inside.includes(from) &&
        (to === null || inside.includes(to)) &&
        passed.some((event) => fits(site.element, event)),
    );
  });
}
