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
  const data = describe(reporter, "match", key, tail, at);
  if (reporter.selector === null) return { kind: "match", ...data, value: data.events };
  try {
    const value = reporter.selector(data.events as never);
    if (isPromise(value))
      throw new TypeError("It answered with a promise, which no alert can hold. Take async out of it.");
    return { kind: "match", ...data, value };
  } catch (error) {
    return toFailure(reporter, key, tail.event, { test: null, error }, at);
  }
}

export function toTimedOut(reporter: Reporter, key: Key, tail: Tail, at: Instant): TimedOut {
  return { kind: "timedOut", ...describe(reporter, "timedOut", key, tail, at) };
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

function describe(
  reporter: Reporter,
  kind: "match" | "timedOut",
  key: Key,
  tail: Tail,
  at: Instant,
): Omit<TimedOut, "kind"> {
  const { automaton, shape } = reporter;
  const { name, version } = automaton.pattern;
  const taken = toTaken(automaton, tail);
  return {
    id: idOf(reporter.app, name, version, kind, key, taken),
    pattern: name,
    version,
    key,
    at,
    firstAt: tail.first.at,
    lastAt: tail.event.at,
    events: toMatchObject(shape, (step) => taken.filter((each) => each.step === step).map(({ value }) => value)),
    taken,
  };
}

function idOf(
  app: string,
  name: string,
  version: number,
  kind: string,
  key: Key,
  taken: readonly TakenEvent[],
): string {
  const roles = taken.flatMap(({ step, index, origin }) => [
    step,
    `${index}`,
    origin.topic,
    `${origin.partition}`,
    `${origin.offset}`,
  ]);
  return hashText(app, name, `${version}`, kind, encodeKey(key), ...roles);
}
