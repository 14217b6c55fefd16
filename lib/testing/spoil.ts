// Ways to spoil a stream that matches, the smallest first. Whether nothing matches any more is for a matcher to say.

import type { Automaton, Test } from "../automaton/automaton.ts";
import { testHolds } from "../automaton/test.ts";
import { fieldOf, type Taken } from "../pattern/expression/evaluate.ts";
import { everyElement } from "../pattern/walk.ts";
import { formatDuration } from "../time/duration.ts";
import type { Instant } from "../time/instant.ts";
import { type ExampleEvent, takenBefore } from "./example.ts";
import { type Field, fieldsOf, solve, withField } from "./solve.ts";

/** A stream with one thing changed. */
export type Spoilt<Event extends ExampleEvent> = {
  /** The step or absence that is missed, or `within`. */
  readonly of: string;
  readonly change: string;
  readonly events: readonly Event[];
};

/** How events are changed and made. */
export type Canvas<Event extends ExampleEvent> = {
  readonly automaton: Automaton;
  /** The fields of an event that may be changed, with what they may be. */
  readonly fields: (event: Event, tests: readonly Test[], taken: Taken) => readonly Field[];
  /** An event that a test accepts, of the key and time of one that is there; `null`: none is known. */
  readonly like: (event: Event, test: Test, taken: Taken) => Event | null;
  /** Whole events of other kinds that may stand in the place of one that is there. */
  readonly others: (event: Event) => readonly object[];
  /** The event at another time. */
  readonly moved: (event: Event, at: Instant) => Event;
};

/** For events that have what conditions look at, and nothing else. */
export function plainCanvas(automaton: Automaton): Canvas<ExampleEvent> {
  const { tag } = automaton.pattern;
  return {
    automaton,
    fields: (_, tests, taken) => fieldsOf(tests, tag, taken),
    like: ({ at }, test, taken) => {
      const value = solve(fieldsOf([test], tag, taken), (event) => accepts(test, tag, event, taken));
      return value === null ? null : { value, at, step: null };
    },
    others: () => [],
    moved: (event, at) => ({ ...event, at }),
  };
}

/** The step's event with one field changed; another event in its place; at last, the stream without it. */
export function* spoilStep<Event extends ExampleEvent>(
  { automaton, fields, others }: Canvas<Event>,
  events: readonly Event[],
  index: number,
): Generator<Spoilt<Event>, void, undefined> {
  const event = events[index] as Event;
  const of = event.step as string;
  const tests = automaton.tests.filter((test) => test.kind === "step" && test.of === of);
  for (const { path, values } of fields(event, tests, takenBefore(automaton, events, index))) {
    const before = fieldOf(event.value, path);
    for (const value of values) {
      if (value === before) continue;
      const changed = { ...event, value: withField(event.value, path, value), step: null };
      const change = `${path.join(".")} is ${show(value)} instead of ${show(before)}`;
      yield { of, change, events: events.with(index, changed) };
    }
  }
  for (const value of others(event))
    yield { of, change: "another event comes instead", events: events.with(index, { ...event, value, step: null }) };
  if (events.length > 1) yield { of, change: "its event is missing", events: events.filter((_, at) => at !== index) };
}

/** A forbidden event, right after each event of the stream in turn. */
export function* spoilAbsence<Event extends ExampleEvent>(
  { automaton, like }: Canvas<Event>,
  events: readonly Event[],
  test: Test,
): Generator<Spoilt<Event>, void, undefined> {
  for (const [index, event] of events.entries()) {
    const value = like(event, test, takenBefore(automaton, events, index + 1));
    if (value === null) continue;
    const change = "a forbidden event comes in between";
    yield { of: test.of, change, events: events.toSpliced(index + 1, 0, value) };
  }
}

/** The last event that is taken comes when the window is over, and what follows it not before. */
export function* spoilWindow<Event extends ExampleEvent>(
  canvas: Canvas<Event>,
  events: readonly Event[],
): Generator<Spoilt<Event>, void, undefined> {
  const { withinMs } = canvas.automaton.pattern;
  const first = events.findIndex(({ step }) => step !== null);
  const last = events.findLastIndex(({ step }) => step !== null);
  if (withinMs === null || last <= first) return;
  const change = `the last event comes ${formatDuration(withinMs)} after the first`;
  yield { of: "within", change, events: notBefore(canvas, events, last, (events[first] as Event).at + withinMs) };
}

/** An event comes when the gap before it is too long by a millisecond. */
export function* spoilGaps<Event extends ExampleEvent>(
  canvas: Canvas<Event>,
  events: readonly Event[],
): Generator<Spoilt<Event>, void, undefined> {
  const gaps = gapsOf(canvas.automaton);
  let before: Event | null = null;
  for (const [index, event] of events.entries()) {
    if (event.step === null) continue;
    const gapMs = gaps.get(event.step);
    if (before !== null && gapMs !== undefined) {
      const change = `its event comes ${formatDuration(gapMs)} after the one before`;
      yield { of: event.step, change, events: notBefore(canvas, events, index, before.at + gapMs) };
    }
    before = event;
  }
}

function gapsOf({ pattern }: Automaton): ReadonlyMap<string, number> {
  const steps = [...everyElement(pattern.elements)].flatMap(({ element }) =>
    element.kind === "step" ? [element] : [],
  );
  return new Map(steps.flatMap(({ name, maxGapMs }) => (maxGapMs === null ? [] : [[name, maxGapMs] as const])));
}

/** Time is shifted, so that the order stays. */
function notBefore<Event extends ExampleEvent>(
  { moved }: Canvas<Event>,
  events: readonly Event[],
  from: number,
  least: Instant,
): readonly Event[] {
  return events.map((event, index) => (index < from || event.at >= least ? event : moved(event, least)));
}

/** An absence that throws forbids, but nobody knows what. */
function accepts(test: Test, tag: string, event: object, taken: Taken): boolean {
  try {
    return testHolds(test, tag, event, taken);
  } catch {
    return false;
  }
}

function show(value: unknown): string {
  if (value === undefined) return "missing";
  return typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
}
