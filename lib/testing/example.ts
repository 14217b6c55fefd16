// Streams made from a pattern alone: the shortest that matches, and near misses of it. Each is run through a matcher
// before it is given, so what is shown is true.
//
//     automaton ─ shortest ways to a match ─▶ steps ─ solve each ─▶ events ─ matcher ─▶ example

import type { Automaton, Place, Step, StepId, Wait, WaitId } from "../automaton/automaton.ts";
import { testHolds } from "../automaton/test.ts";
import { enter, startOf, takes, type Waiting } from "../automaton/waiting.ts";
import type { Key } from "../event/key.ts";
import { createKeyedMatcher } from "../matching/grouped-matcher.ts";
import { extend, type Tail } from "../matching/run.ts";
import type { Taken } from "../pattern/expression/evaluate.ts";
import { shapeOf } from "../pattern/shape.ts";
import { END_OF_TIME, type Instant } from "../time/instant.ts";
import { fieldsOf, solutions, solve } from "./solve.ts";
import { TakenView } from "./taken-view.ts";

/**
 * One event of an example.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { example, type ExampleEvent } from "sequitur/testing";
 *
 * const events: readonly ExampleEvent[] = example(pattern<{ value: number }>("high").begin("peak").where((e) => e.value.gt(90))) ?? [];
 * events; // => [{ value: { value: 91 }, at: 0, step: "peak" }]
 */
export type ExampleEvent = {
  readonly value: object;
  /** Its time; the first event is at 0. */
  readonly at: Instant;
  /** The step that takes it; `null`: none does, it only closes what came before. */
  readonly step: string | null;
};

/** Most ways through the automaton that are tried, per number of events. */
const MAX_WAYS = 24;
/** Most events that are tried for one wait, and for a whole way beyond one for each wait. */
const MAX_VALUES = 12;
const MAX_MORE = 60;
/** Longest stream that is looked for: the time it takes grows with the square of its length. */
const MAX_EVENTS = 300;
const SECOND_MS = 1_000;

/**
 * The shortest stream that was found to match, with an event for `step` if one is named; `null`: none of at most 300 events was found. Events are a
 * second apart, or nearer where the pattern wants that; the first is at 0.
 *
 * Cost: some hundred ways through the automaton at most, some thousand events tried for each step.
 */
export function exampleOf(automaton: Automaton, step: string | null = null): readonly ExampleEvent[] | null {
  for (const way of waysThrough(automaton, step)) {
    const events = alongWay(automaton, way);
    if (events === null) continue;
    for (const closing of closings(automaton, events)) {
      const example = [...events, ...closing];
      if (matchesAlong(automaton, example)) return example;
    }
  }
  return null;
}

/** Whether a stream has any match at all. Events without a key have the same. */
export function hasMatch(automaton: Automaton, events: readonly KeyedEvent[]): boolean {
  return matchesAmong(automaton, events) > 0;
}

/** How many matches a stream has. */
export function matchesAmong(automaton: Automaton, events: readonly KeyedEvent[]): number {
  return rolesOf(automaton, events).length;
}

/** As much of an event as matching needs. */
type KeyedEvent = Pick<ExampleEvent, "value" | "at"> & { readonly key?: Key };

/** What is taken before an event, as conditions see it. */
export function takenBefore(automaton: Automaton, events: readonly ExampleEvent[], index: number): Taken {
  return new TakenView(automaton, shapeOf(automaton.pattern)).about(tailOf(automaton, events.slice(0, index)));
}

type Way = { readonly wait: Wait; readonly before: Way | null; readonly length: number; readonly visits: boolean };

/** Ways from the start to places where a match may end, shortest first. */
export function* waysThrough(automaton: Automaton, step: string | null): Generator<readonly Wait[], void, undefined> {
  const stepId: StepId | null = automaton.steps.find(({ name }) => name === step)?.id ?? null;
  let ways: readonly Way[] = longer(automaton, null, automaton.start, stepId);
  for (let length = 1; length <= Math.min(automaton.places.length + 1, MAX_EVENTS) && ways.length > 0; length++) {
    for (const way of ways) {
      if ((step === null || way.visits) && mayEnd(automaton, way)) yield waitsOf(way);
    }
    const next = ways.flatMap((way) => longer(automaton, way, placeAfter(automaton, way).follow, stepId));
    ways = thin(next);
  }
}

function longer(
  automaton: Automaton,
  before: Way | null,
  follow: readonly WaitId[],
  stepId: StepId | null,
): readonly Way[] {
  const waits = follow.map((id) => automaton.waits[id] as Wait).filter(({ target }) => target !== null);
  return waits.map((wait) => ({
    wait,
    before,
    length: (before?.length ?? 0) + 1,
    visits: before?.visits === true || wait.step === stepId,
  }));
}

/** A few ways to each place are enough; those that have been at the step come first. */
function thin(ways: readonly Way[]): readonly Way[] {
  const counts = new Map<string, number>();
  const kept = ways.filter(({ wait, visits }) => {
    const key = `${wait.target} ${visits}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= 4;
  });
  return [...kept].sort((left, right) => Number(right.visits) - Number(left.visits)).slice(0, MAX_WAYS);
}

function placeAfter(automaton: Automaton, { wait }: Way): Place {
  return automaton.places[wait.target as number] as Place;
}

function mayEnd(automaton: Automaton, way: Way): boolean {
  return placeAfter(automaton, way).follow.some((id) => automaton.waits[id]?.step === null);
}

function waitsOf(way: Way): readonly Wait[] {
  const waits: Wait[] = [];
  for (let at: Way | null = way; at !== null; at = at.before) waits.push(at.wait);
  return waits.reverse();
}

/** An event for each wait of a way, taken one right after the other. Where a later one finds no event, earlier ones are tried with other values. */
function alongWay(automaton: Automaton, way: readonly Wait[]): readonly ExampleEvent[] | null {
  const apartMs = apart(automaton, way.length);
  let steps = 0;
  return goOn([], startOf(automaton));

  function goOn(events: readonly ExampleEvent[], waiting: readonly Waiting[]): readonly ExampleEvent[] | null {
    const wait = way[events.length];
    if (wait === undefined) return events;
    const { name } = automaton.steps[wait.step as StepId] as Step;
    const own = waiting.filter((each) => each.wait.id === wait.id);
    const taken = takenBefore(automaton, events, events.length);
    const accepts = (value: object): boolean =>
      own.some((each) => takes(each, (test) => asked(automaton, test, value, taken)));
    const fields = fieldsOf(ordered(automaton, wait), automaton.pattern.tag, taken, name);
    let tried = 0;
    for (const value of solutions(fields, accepts)) {
      if (++tried > MAX_VALUES || ++steps > way.length + MAX_MORE) return null;
      const next = [...events, { value, at: events.length * apartMs, step: name }];
      const found = goOn(next, enter(automaton, [wait.target as number]).waiting);
      if (found !== null) return found;
    }
    return null;
  }
}

/** All tests, that of the step that takes the event first, so that its values are tried first. */
function ordered(automaton: Automaton, { take }: Wait): Automaton["tests"] {
  return [...automaton.tests].sort((left, right) => Number(right.id === take) - Number(left.id === take));
}

/** What a test says of an event. A function that throws accepts nothing, and forbids everything. */
export function asked(automaton: Automaton, id: number, value: object, taken: Taken): boolean {
  const test = automaton.tests[id] as Automaton["tests"][number];
  try {
    return testHolds(test, automaton.pattern.tag, value, taken);
  } catch {
    return test.kind !== "step";
  }
}

/** How far apart so many events may be: a second, or less where the pattern wants that. */
export function apart({ pattern, waits }: Automaton, count: number): number {
  const gapsMs = waits.flatMap(({ gapMs }) => gapMs ?? []);
  const windowMs = pattern.withinMs === null ? [] : [Math.floor((pattern.withinMs - 1) / Math.max(1, count))];
  return Math.max(0, Math.min(SECOND_MS, ...windowMs, ...gapsMs.map((gapMs) => gapMs - 1)));
}

/** What may have to follow, so that the match is complete: nothing; an event that none of the tests wants; one that ends a loop. */
function closings(automaton: Automaton, events: readonly ExampleEvent[]): readonly (readonly ExampleEvent[])[] {
  const taken = takenBefore(automaton, events, events.length);
  const last = events.at(-1) as ExampleEvent;
  const at = last.at + apart(automaton, events.length);
  const fields = fieldsOf(automaton.tests, automaton.pattern.tag, taken);
  const untils = automaton.tests.filter(({ kind }) => kind === "until");
  const found = [
    solve(fields, (value) => automaton.tests.every(({ id }) => !asked(automaton, id, value, taken))),
    ...untils.map(({ id }) => solve(fields, (value) => asked(automaton, id, value, taken))),
  ];
  return [[], ...found.flatMap((value) => (value === null ? [] : [[{ value, at, step: null }]]))];
}

/** Whether a match takes exactly the events of an example, in their steps. */
function matchesAlong(automaton: Automaton, example: readonly ExampleEvent[]): boolean {
  const roles = example.flatMap(({ step }, index) => (step === null ? [] : [`${step}:${index}`])).join(" ");
  return rolesOf(automaton, example).includes(roles);
}

function rolesOf(automaton: Automaton, events: readonly KeyedEvent[]): readonly string[] {
  const matcher = createKeyedMatcher(automaton);
  const outcomes = events.flatMap(({ value, at, key = "" }, index) =>
    matcher.onEvent(key, { value, at, origin: { topic: "", partition: 0, offset: BigInt(index) } }),
  );
  return [...outcomes, ...matcher.advanceTo(END_OF_TIME)]
    .filter((outcome) => outcome.kind === "match")
    .map(({ taken }) => taken.map(({ step, origin }) => `${step}:${origin.offset}`).join(" "));
}

function tailOf(automaton: Automaton, events: readonly ExampleEvent[]): Tail | null {
  let tail: Tail | null = null;
  for (const [index, { step, value, at }] of events.entries()) {
    if (step !== null) {
      const { id } = automaton.steps.find(({ name }) => name === step) as Step;
      const origin = { topic: "", partition: 0, offset: BigInt(index) };
      tail = extend(tail, id, { value, at, position: index + 1, origin });
    }
  }
  return tail;
}
