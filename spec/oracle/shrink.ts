// Makes a failing case small enough to think about: takes one thing away at a time while it still fails.

import { type Element, ONCE, type PatternAst, type Quantifier } from "../../lib/pattern/ast.ts";
import type { Letter } from "./notation.ts";
import { type Case, isAccepted } from "./random.ts";
import type { OracleEvent } from "./world.ts";

/** The smallest case found that still `fails`. Cost: some hundred calls of `fails`, which must not throw. */
export function shrink(start: Case, fails: (smaller: Case) => boolean): Case {
  for (const smaller of smallerCases(start)) {
    if (isAccepted(smaller.pattern) && fails(smaller)) return shrink(smaller, fails);
  }
  return start;
}

function* smallerCases(start: Case): Generator<Case> {
  const { pattern, events, until } = start;
  for (const fewer of withoutOne(events)) yield { ...start, events: fewer };
  for (const elements of smallerBodies(pattern.elements)) yield { ...start, pattern: { ...pattern, elements } };
  for (const change of smallerOptions(pattern)) yield { ...start, pattern: { ...pattern, ...change } };
  for (const [index, event] of events.entries()) {
    for (const value of smallerLetters(event.value as Letter)) {
      yield { ...start, events: events.with(index, { ...event, value }) };
    }
  }
  if (until !== Number.POSITIVE_INFINITY) yield { ...start, until: Number.POSITIVE_INFINITY };
  yield* withEarlierEvents(start);
}

function* withoutOne<T>(items: readonly T[]): Generator<readonly T[]> {
  for (const index of items.keys()) yield items.toSpliced(index, 1);
}

function* smallerLetters(letter: Letter): Generator<Letter> {
  if (letter.boom === true) yield { ...letter, boom: false };
  if (letter.v !== undefined) yield { type: letter.type };
}

/** Moves all events from one on to one unit after the event before it, or the first to 1. */
function* withEarlierEvents(start: Case): Generator<Case> {
  for (const [index, event] of start.events.entries()) {
    const surplus = event.at - (start.events[index - 1]?.at ?? 0) - 1;
    if (surplus <= 0) continue;
    const move = (each: OracleEvent, place: number): OracleEvent =>
      place < index ? each : { ...each, at: each.at - surplus };
    yield { ...start, events: start.events.map(move), until: start.until - surplus };
  }
}

function* smallerOptions(pattern: PatternAst): Generator<Partial<PatternAst>> {
  if (pattern.oncePerMs !== null) yield { oncePerMs: null };
  if (pattern.emit === "ordered") yield { emit: "eager" };
  if (pattern.skip.to !== "none") yield { skip: { to: "none" } };
  if (pattern.withinMs !== null) yield { withinMs: null };
}

function* smallerBodies(elements: readonly Element[]): Generator<readonly Element[]> {
  if (elements.length > 1) for (const fewer of withoutOne(elements)) yield asBody(fewer);
  for (const [index, element] of elements.entries()) {
    if (element.kind === "group" && element.quantifier.max === 1)
      yield asBody(elements.toSpliced(index, 1, ...element.elements));
    for (const smaller of smallerElements(element)) yield elements.with(index, smaller);
  }
}

/** The first element of a body has no link of its own; others need one. */
function asBody(elements: readonly Element[]): readonly Element[] {
  return elements.map((element, index) =>
    element.kind === "absence" ? element : { ...element, link: index === 0 ? null : (element.link ?? "followedBy") },
  );
}

function* smallerElements(element: Element): Generator<Element> {
  if (element.kind !== "absence") {
    if (element.maxGapMs !== null) yield { ...element, maxGapMs: null };
    for (const quantifier of smallerQuantifiers(element.quantifier)) yield { ...element, quantifier };
    if (element.link === "next" || element.link === "followedByAny") yield { ...element, link: "followedBy" };
  }
  if (element.kind === "group") {
    for (const elements of smallerBodies(element.elements)) yield { ...element, elements };
    return;
  }
  if (element.condition !== null) yield { ...element, condition: null };
  if (element.on !== null && element.on.length > 1) for (const on of withoutOne(element.on)) yield { ...element, on };
}

function* smallerQuantifiers(quantifier: Quantifier): Generator<Quantifier> {
  const { min, max, optional, greedy, until, inner, counted } = quantifier;
  if (counted) yield { ...ONCE, optional };
  if (optional) yield { ...quantifier, optional: false };
  if (greedy) yield { ...quantifier, greedy: false };
  if (until !== null) yield { ...quantifier, until: null };
  if (inner !== "followedBy") yield { ...quantifier, inner: "followedBy" };
  if (min > 1) yield { ...quantifier, min: min - 1 };
  if (max !== null && max > min) yield { ...quantifier, max: max - 1 };
}
