// From a run's tail to what users see.

import type { Automaton, Step, Test } from "../automaton/automaton.ts";
import { hashText } from "../core/hash.ts";
import { isPromise } from "../core/promise.ts";
import { saidBy, stackOf } from "../event/bad-record.ts";
import { encodeKey, type Key } from "../event/key.ts";
import { type Arity, toMatchObject } from "../pattern/shape.ts";
import type { Instant } from "../time/instant.ts";
import { deadlineOf } from "./deadline.ts";
import type { FunctionFailed, Match, RunView, TakenEvent, TimedEvent, TimedOut } from "./matcher.ts";
import { type Run, type Tail, toList } from "./run.ts";

export type Reporter = {
  readonly app: string;
  readonly automaton: Automaton;
  readonly shape: ReadonlyMap<string, Arity>;
  /** What `select` was given; `null`: a match's value is its events. */
  readonly selector: ((match: never) => unknown) | null;
};

export function toMatch(reporter: Reporter, key: Key, tail: Tail, at: Instant): Match | FunctionFailed {
  const { selector } = reporter;
  const taken = toTaken(reporter.automaton, tail);
  const events = toEvents(reporter, taken);
  if (selector === null) return match(reporter, key, tail, at, taken, events, events);
  try {
    const value = selector(events as never);
    if (isPromise(value))
      throw new TypeError("It answered with a promise, which no alert can hold. Take async out of it.");
    return match(reporter, key, tail, at, taken, events, value);
  } catch (error) {
    return toFailure(reporter, key, tail.event, { test: null, error }, at);
  }
}

function match(
  reporter: Reporter,
  key: Key,
  tail: Tail,
  at: Instant,
  taken: readonly TakenEvent[],
  events: object,
  value: unknown,
): Match {
  const { name: pattern, version } = reporter.automaton.pattern;
  const id = idOf(reporter, "match", key, taken);
  const [firstAt, lastAt] = [tail.first.at, tail.event.at];
  return {
    kind: "match",
    get id() {
      return id();
    },
    pattern,
    version,
    key,
    at,
    firstAt,
    lastAt,
    events,
    taken,
    value,
  };
}

export function toTimedOut(reporter: Reporter, key: Key, tail: Tail, at: Instant): TimedOut {
  const { name: pattern, version } = reporter.automaton.pattern;
  const taken = toTaken(reporter.automaton, tail);
  const id = idOf(reporter, "timedOut", key, taken);
  const [firstAt, lastAt] = [tail.first.at, tail.event.at];
  return {
    kind: "timedOut",
    get id() {
      return id();
    },
    pattern,
    version,
    key,
    at,
    firstAt,
    lastAt,
    events: toEvents(reporter, taken),
    taken,
  };
}

/** A user's function that threw, and where: in the condition of a test, or in `select`. */
export type Failure = { readonly test: Test | null; readonly error: unknown };

export function toFailure(
  reporter: Reporter,
  key: Key,
  event: TimedEvent,
  failure: Failure,
  at: Instant,
): FunctionFailed {
  const { test, error } = failure;
  return {
    kind: "functionFailed",
    pattern: reporter.automaton.pattern.name,
    key,
    at,
    where: test === null ? "select" : "filter",
    step: test?.of ?? "",
    message: saidBy(error),
    stack: stackOf(error),
    origin: event.origin,
  };
}

/** The events of a tail with their step and their number among the step's events. */
export function toTaken(automaton: Automaton, tail: Tail): readonly TakenEvent[] {
  const counts = new Map<string, number>();
  return toList(tail).map(({ step: id, event: { value, at, origin } }) => {
    const step = (automaton.steps[id] as Step).name;
    const index = counts.get(step) ?? 0;
    counts.set(step, index + 1);
    return { value, at, origin, step, index };
  });
}

/** An open run, for people. */
export function toView(automaton: Automaton, run: Run): RunView {
  const { pattern, steps } = automaton;
  const { tail, waiting } = run;
  const waits = new Set(waiting.map(({ wait }) => wait.step ?? steps.length)); // The end comes last.
  const waitsFor = [...waits].sort((left, right) => left - right).map((step) => steps[step]?.name ?? "");
  return { firstAt: tail.first.at, deadline: deadlineOf(pattern, run), taken: toTaken(automaton, tail), waitsFor };
}

/** The events by step. */
function toEvents({ shape }: Reporter, taken: readonly TakenEvent[]): object {
  return toMatchObject(shape, (step) => {
    const events: unknown[] = [];
    for (const each of taken) if (each.step === step) events.push(each.value);
    return events;
  });
}

/** The identity of what took these events; worked out when it is first asked for, since that costs more than all the rest. */
function idOf(
  { app, automaton }: Reporter,
  kind: "match" | "timedOut",
  key: Key,
  taken: readonly TakenEvent[],
): () => string {
  let id: string | null = null;
  return () => {
    if (id !== null) return id;
    const { name, version } = automaton.pattern;
    const roles = taken.flatMap(({ step, index, origin }) => [
      step,
      `${index}`,
      origin.topic,
      `${origin.partition}`,
      `${origin.offset}`,
    ]);
    id = hashText(app, name, `${version}`, kind, encodeKey(key), ...roles);
    return id;
  };
}
