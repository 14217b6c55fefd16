// How Flink reads groups.

import type { Contiguity, Element, GroupNode, PatternAst } from "../../lib/pattern/ast.ts";
import type { Reading } from "./readings.ts";
import {
  groupsEndingWith,
  isGroup,
  mayTakeNothing,
  repeats,
  type Site,
  sitesOf,
  whatFollows,
  withQuantifier,
} from "./structure.ts";

// group-exit: after a looping group the link is not enforced, because the head that waits for another iteration may still
// leave the group at any later event.

/** The pattern with any link after its looping groups. */
export const withOpenExits: Reading = ({ pattern }) => {
  const edits = new Map(behindExits(pattern).map((element) => [element, withLink("followedByAny")]));
  // A group that follows one may itself end with another.
  for (const { element } of openGroups(pattern).flatMap(groupsEndingWith)) {
    const link = edits.get(element);
    const inner = withQuantifier({ inner: "followedByAny" });
    edits.set(element, (each) => inner(link === undefined ? each : link(each)));
  }
  return edits;
};

/** The pattern without the `until` of groups after these: what comes while a run waits in the group before does not count there. */
export const withoutUntilsBehindExits: Reading = ({ pattern }) => {
  const groups = behindExits(pattern).filter(
    (element) => element.kind === "group" && element.quantifier.until !== null,
  );
  return new Map(groups.map((element) => [element, withQuantifier({ until: null })]));
};

function openGroups({ elements }: PatternAst): readonly Site<GroupNode>[] {
  return sitesOf(elements).filter((site): site is Site<GroupNode> => isGroup(site) && mayGoOn(site.element));
}

/** What may take the next event after a looping group; what begins the next round of a group around it, too. */
function behindExits(pattern: PatternAst): readonly Element[] {
  return openGroups(pattern).flatMap((site) => {
    const rounds = groupsEndingWith(site).filter(({ element }) => repeats(element));
    return [
      ...whatFollows(site).sites.flatMap(({ element }) => heads(element)),
      ...rounds.flatMap(({ element }) => heads(element).slice(1)),
    ];
  });
}

/** An element, and what may be the first in it to take an event. */
function heads(element: Element): readonly Element[] {
  if (element.kind !== "group") return [element];
  const end = element.elements.findIndex((each) => !mayTakeNothing(each));
  return [element, ...element.elements.slice(0, end < 0 ? undefined : end + 1).flatMap(heads)];
}

/** The first element of a row has no link. */
function withLink(link: Contiguity): (element: Element) => Element {
  return (element) => (element.kind === "absence" || element.link === null ? element : { ...element, link });
}

/** Whether a run that is in it may either leave it or begin another iteration. */
export function mayGoOn({ quantifier }: GroupNode): boolean {
  return quantifier.min !== quantifier.max;
}

// group-until: it does not reach into groups inside the group.

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

/** The pattern with the looser of the two before groups of which iterations may be empty, and before the groups they head. */
export const withEmptyIterations: Reading = ({ pattern }) => {
  const emptied = sitesOf(pattern.elements)
    .filter(isGroup)
    .filter(({ element }) => repeats(element) && element.elements.every(mayTakeNothing));
  return new Map(
    emptied.flatMap((site) => {
      const { inner } = site.element.quantifier;
      return [site, ...groupsHeadedBy(site)].map(({ element }) => [element, loosened(inner)] as const);
    }),
  );
};

function groupsHeadedBy({ index, outer }: Site): readonly Site<GroupNode>[] {
  return outer !== null && index === 0 ? [outer, ...groupsHeadedBy(outer)] : [];
}

function loosened(inner: Contiguity): (element: Element) => Element {
  return (element) => (element.kind === "absence" ? element : withLink(looser(element.link, inner))(element));
}

const LOOSER: readonly Contiguity[] = ["next", "followedBy", "followedByAny"];

function looser(one: Contiguity | null, other: Contiguity): Contiguity {
  return one !== null && LOOSER.indexOf(one) > LOOSER.indexOf(other) ? one : other;
}
