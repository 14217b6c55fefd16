// From a run's tail to what users see.

import type { Automaton, Step, Test } from "../automaton/automaton.ts";
import { hashText } from "../core/hash.ts";
import { isPromise } from "../core/promise.ts";
import { saidBy, stackOf } from "../event/bad-record.ts";
import { encodeKey, type Key } from "../event/key.ts";
import type { Instant } from "../time/instant.ts";
import { deadlineOf } from "./deadline.ts";
import type { FunctionFailed, Match, RunView, TakenEvent, TimedEvent, TimedOut } from "./matcher.ts";
import { type Run, type Tail, timedOf, toList } from "./run.ts";

export type Reporter = {
  readonly automaton: Automaton;
  /** By step. */
  readonly roles: readonly Role[];
  /** What `toMatchObject` makes of a match without events. */
  readonly blank: object;
  /** What `select` was given; `null`: a match's value is its events. */
  readonly selector: ((match: never) => unknown) | null;
  /** The property `id` of what it reports. */
  readonly id: PropertyDescriptor;
};

/** What the events of a step are called, and whether there may be several. */
export type Role = { readonly name: string; readonly isMany: boolean };

type Described = { -readonly [field in keyof Omit<TimedOut, "kind">]: TimedOut[field] } & {
  readonly kind: "match" | "timedOut";
  value?: unknown;
};

export function toMatch(reporter: Reporter, key: Key, tail: Tail, at: Instant): Match | FunctionFailed {
  const { selector } = reporter;
  const found = describe(reporter, "match", key, tail, at);
  if (selector === null) {
    found.value = found.events;
    return found as Match;
  }
  try {
    const value = selector(found.events as never);
    if (isPromise(value))
      throw new TypeError("It answered with a promise, which no alert can hold. Take async out of it.");
    found.value = value;
    return found as Match;
  } catch (error) {
    return toFailure(reporter, key, tail.event, { test: null, error }, at);
  }
}

export function toTimedOut(reporter: Reporter, key: Key, tail: Tail, at: Instant): TimedOut {
  return describe(reporter, "timedOut", key, tail, at) as TimedOut;
}

/** Fields are set one by one since a literal with a getter takes five times as long as the whole of the rest. */
function describe(reporter: Reporter, kind: Described["kind"], key: Key, tail: Tail, at: Instant): Described {
  const { name, version } = reporter.automaton.pattern;
  const found = Object.defineProperty({ kind }, "id", reporter.id) as Described;
  found.pattern = name;
  found.version = version;
  found.key = key;
  found.at = at;
  found.firstAt = tail.first.at;
  found.lastAt = tail.event.at;
  const list = toList(tail);
  found.events = toEvents(reporter, list);
  found.taken = toTaken(reporter.automaton, list);
  return found;
}

/** The identity of what took its events; worked out when it is first asked for, since that costs more than all the rest. */
export function lazyId(app: string, { pattern: { name, version } }: Automaton): PropertyDescriptor {
  return {
    enumerable: true,
    configurable: true,
    get(this: Described) {
      const roles = this.taken.flatMap(({ step, index, origin: { topic, partition, offset } }) => [
        step,
        `${index}`,
        topic,
        `${partition}`,
        `${offset}`,
      ]);
      const id = hashText(app, name, `${version}`, this.kind, encodeKey(this.key), ...roles);
      if (Object.isExtensible(this)) Object.defineProperty(this, "id", { value: id, enumerable: true });
      return id;
    },
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

/** The events of a run with their step and their number among the step's events. */
function toTaken({ steps }: Automaton, list: readonly Tail[]): readonly TakenEvent[] {
  const counts = new Int32Array(steps.length);
  return list.map(({ step, event: { value, at, origin } }) => {
    const index = counts[step] as number;
    counts[step] = index + 1;
    return { value, at, origin, step: (steps[step] as Step).name, index };
  });
}

/** An open run, for people. */
export function toView(automaton: Automaton, run: Run): RunView {
  const { pattern, steps } = automaton;
  const { tail, waiting } = run;
  const waits = new Set(waiting.map(({ wait }) => wait.step ?? steps.length)); // The end comes last.
  const waitsFor = [...waits].sort((left, right) => left - right).map((step) => steps[step]?.name ?? "");
  return {
    firstAt: tail.first.at,
    deadline: deadlineOf(pattern, timedOf(run)),
    taken: toTaken(automaton, toList(tail)),
    waitsFor,
  };
}

/** The events by step, as `toMatchObject` makes them. */
function toEvents({ blank, roles }: Reporter, list: readonly Tail[]): object {
  // A copy has all its properties of its own, whatever they are called, so that setting one sets nothing else.
  const events: Record<string, unknown> = { ...blank };
  for (const { name, isMany } of roles) if (isMany) events[name] = [];
  for (const { step, event } of list) {
    const { name, isMany } = roles[step] as Role;
    if (isMany) (events[name] as unknown[]).push(event.value);
    else events[name] = event.value;
  }
  return events;
}
