// Every way to assign events to the elements of a pattern that satisfies rules 1, 2, 3, 5 and 7 of the definition. These
// rules speak only of the event being taken and of what came before it, so each event is judged when it is added.
// Rules 4 and 6 look ahead: see verdict.ts.

import type { Contiguity, Element, GroupNode, StepNode } from "../../lib/pattern/ast.ts";
import { endsLoop, isImagined, satisfies, type Take, timeAt, type World } from "./world.ts";

/** An element of the pattern with the events it took. `place`: how many events the match took before it. */
export type Part = StepPart | AbsencePart | GroupPart;

export type StepPart = {
  readonly kind: "step";
  readonly node: StepNode;
  /** The link that its first event has, or would have had: rule 3. */
  readonly link: Contiguity | null;
  readonly positions: readonly number[];
  /** The groups it stands in, from the outside in. */
  readonly around: readonly GroupNode[];
  readonly place: number;
};

export type AbsencePart = {
  readonly kind: "absence";
  readonly node: Extract<Element, { kind: "absence" }>;
  readonly place: number;
};

export type GroupPart = {
  readonly kind: "group";
  readonly node: GroupNode;
  /** Those that took something; the others owe nothing. */
  readonly iterations: readonly (readonly Part[])[];
  readonly place: number;
};

export type Assignment = { readonly parts: readonly Part[]; readonly takes: readonly Take[] };

/** All assignments in a world; with `first`, those that begin with this event. */
export function* assignments(world: World, first?: number): Generator<Assignment> {
  for (const whole of sequence({ world, first }, world.pattern.elements, null, [], [])) {
    // Rule 2: at least one event is taken in all.
    if (whole.takes.length > 0) yield { parts: whole.made, takes: whole.takes };
  }
}

type Search = { readonly world: World; readonly first: number | undefined };
type Draft<T> = { readonly made: T; readonly takes: readonly Take[] };

/** The elements of a pattern, or of one iteration of a group, in a row. `link` is that of the first one. */
function* sequence(
  search: Search,
  elements: readonly Element[],
  link: Contiguity | null,
  takes: readonly Take[],
  around: readonly GroupNode[],
): Generator<Draft<readonly Part[]>> {
  const [element, ...others] = elements;
  if (element === undefined) {
    yield { made: [], takes };
    return;
  }
  // Rule 3: if the head of a group is skipped, the next step in the body keeps its own link.
  const next = others[0] === undefined || others[0].kind === "absence" ? null : others[0].link;
  for (const head of part(search, element, link, takes, around)) {
    for (const tail of sequence(search, others, next, head.takes, around)) {
      yield { made: [head.made, ...tail.made], takes: tail.takes };
    }
  }
}

function* part(
  search: Search,
  element: Element,
  link: Contiguity | null,
  takes: readonly Take[],
  around: readonly GroupNode[],
): Generator<Draft<Part>> {
  const place = takes.length;
  if (element.kind === "absence") {
    yield { made: { kind: "absence", node: element, place }, takes };
  } else if (element.kind === "step") {
    for (const { made, takes: after } of events(search, element, link, takes, around)) {
      yield { made: { kind: "step", node: element, link, positions: made, around, place }, takes: after };
    }
  } else {
    for (const { made, takes: after } of iterations(search, element, link, takes, around)) {
      yield { made: { kind: "group", node: element, iterations: made, place }, takes: after };
    }
  }
}

/** Rule 2 for a step: none if it is optional, else from its minimum to its maximum. */
function* events(
  search: Search,
  node: StepNode,
  link: Contiguity | null,
  takes: readonly Take[],
  around: readonly GroupNode[],
): Generator<Draft<readonly number[]>> {
  const { min, max, optional, inner } = node.quantifier;
  if (optional) yield { made: [], takes };
  yield* more([], takes);

  function* more(positions: readonly number[], taken: readonly Take[]): Generator<Draft<readonly number[]>> {
    const count = positions.length;
    if (count >= min) yield { made: positions, takes: taken };
    if (count === max) return;
    const isNeeded = count < min && !(count === 0 && optional);
    // Rule 3: the first event of an element uses the link before it, later events of the same loop its inner contiguity.
    const linkHere = count === 0 ? link : inner;
    for (const position of candidates(search, taken, isNeeded)) {
      if (!mayTake(search.world, { node, position, link: linkHere, count, around }, taken)) continue;
      yield* more([...positions, position], [...taken, { step: node, position }]);
    }
  }
}

/**
 * Rule 2 for a group. An iteration may take nothing if all its parts are optional and the count is bounded; it owes
 * nothing and leaves the link to the next. So it makes no difference which iterations these are: only the others are
 * built, and there may be fewer than the minimum.
 */
function* iterations(
  search: Search,
  node: GroupNode,
  link: Contiguity | null,
  takes: readonly Take[],
  around: readonly GroupNode[],
): Generator<Draft<readonly (readonly Part[])[]>> {
  const { min, max, optional, inner } = node.quantifier;
  const someMayBeEmpty = max !== null && node.elements.every(mayTakeNothing);
  yield* more([], takes);

  function* more(done: readonly (readonly Part[])[], taken: readonly Take[]): Generator<Draft<typeof done>> {
    const count = done.length;
    if (count >= min || someMayBeEmpty || (count === 0 && optional)) yield { made: done, takes: taken };
    if (count === max) return;
    const isNeeded = count < min && !someMayBeEmpty && !(count === 0 && optional);
    if (!isNeeded && endsInFuture(search, taken)) return;
    // Rule 3: the group's own link for the head of the first iteration that takes anything, its inner contiguity for later ones.
    const linkHere = count === 0 ? link : inner;
    for (const body of sequence(search, node.elements, linkHere, taken, [...around, node])) {
      if (body.takes.length > taken.length) yield* more([...done, body.made], body.takes);
    }
  }
}

function mayTakeNothing(element: Element): boolean {
  if (element.kind === "absence" || element.quantifier.optional) return true;
  return element.kind === "group" && element.elements.every(mayTakeNothing);
}

/**
 * The positions after the last one taken. Imagined events follow one another directly: a gap between them would help
 * nothing. One of them makes everything new, so after the first only what is still needed is taken.
 */
function candidates({ world, first }: Search, taken: readonly Take[], isNeeded: boolean): readonly number[] {
  const known = world.events.length;
  const last = taken.at(-1)?.position;
  if (last === undefined) return first === undefined ? span(1, known) : [first];
  const imagined = world.future && (isNeeded || last <= known) ? [Math.max(last, known) + 1] : [];
  return [...span(last + 1, known), ...imagined];
}

function endsInFuture({ world }: Search, taken: readonly Take[]): boolean {
  const last = taken.at(-1);
  return last !== undefined && isImagined(world, last.position);
}

/** The positions from `low` to `high`, both included. */
export function span(low: number, high: number): readonly number[] {
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => low + index);
}

/** A step that is about to take one more event, its `count + 1`th in this loop. */
export type Offer = {
  readonly node: StepNode;
  readonly position: number;
  readonly link: Contiguity | null;
  readonly count: number;
  readonly around: readonly GroupNode[];
};

/** Whether rules 1, 3, 5 and 7 let a step take this event after those taken. */
export function mayTake(world: World, offer: Offer, taken: readonly Take[]): boolean {
  return (
    inTime(world, offer, taken) &&
    (isImagined(world, offer.position) || satisfies(world, offer.node, offer.position, taken)) && // rule 1
    isNear(world, offer, taken) &&
    isBeforeUntil(world, offer, taken)
  );
}

/** Rule 3. */
function isNear(world: World, { node, position, link }: Offer, taken: readonly Take[]): boolean {
  const before = taken.at(-1);
  if (before === undefined) return true; // The first event of the match is free.
  if (link === "next") return position === before.position + 1;
  if (link === "followedByAny") return true;
  return span(before.position + 1, position - 1).every((between) => !satisfies(world, node, between, taken));
}

/** Rule 5. */
function isBeforeUntil(world: World, { node, position, count, around }: Offer, taken: readonly Take[]): boolean {
  const before = taken.at(-1)?.position ?? position - 1;
  const between = span(before + 1, position - 1);
  // No event taken by the loop satisfies U, and no event between two of its events does.
  const { until } = node.quantifier;
  if ([...(count > 0 ? between : []), position].some((each) => endsLoop(world, until, each, taken))) return false;
  // For a group, also none between the event before it and its first.
  return around.every((group) =>
    [...between, position].every((each) => !endsLoop(world, group.quantifier.until, each, taken)),
  );
}

/** Rule 7, both half-open. */
function inTime(world: World, { node, position, around }: Offer, taken: readonly Take[]): boolean {
  const first = taken[0];
  const before = taken.at(-1);
  if (first === undefined || before === undefined) return true;
  const { withinMs } = world.pattern;
  const at = timeAt(world, position);
  if (withinMs !== null && at - timeAt(world, first.position) >= withinMs) return false;
  return [node, ...around].every(({ maxGapMs }) => maxGapMs === null || at - timeAt(world, before.position) < maxGapMs);
}
