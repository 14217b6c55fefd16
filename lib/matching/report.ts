// From a run's tail to what users see.

import type { Automaton, Step, Test } from "../automaton/automaton.ts";
import { hashText } from "../core/hash.ts";
import { isPromise } from "../core/promise.ts";
import { saidBy, stackOf } from "../event/bad-record.ts";
import { encodeKey, type Key } from "../event/key.ts";
import type { Arity } from "../pattern/shape.ts";
import type { Instant } from "../time/instant.ts";
import { deadlineOf } from "./deadline.ts";
import type { FunctionFailed, Match, RunView, TakenEvent, TimedEvent, TimedOut } from "./matcher.ts";
import { type Run, type Tail, timedOf, toList } from "./run.ts";

export type Reporter = {
  readonly app: string;
  readonly automaton: Automaton;
  readonly shape: ReadonlyMap<string, Arity>;
  /** What `toMatchObject` makes of a match without events. */
  readonly blank: object;
  /** What `select` was given; `null`: a match's value is its events. */
  readonly selector: ((match: never) => unknown) | null;
};

export function toMatch(reporter: Reporter, key: Key, tail: Tail, at: Instant): Match | FunctionFailed {
  const { selector } = reporter;
  const found = describe(reporter, "match", key, tail, at);
  if (selector === null) return Object.assign(found, { value: found.events });
  try {
    const value = selector(found.events as never);
    if (isPromise(value))
      throw new TypeError("It answered with a promise, which no alert can hold. Take async out of it.");
    return Object.assign(found, { value });
  } catch (error) {
    return toFailure(reporter, key, tail.event, { test: null, error }, at);
  }
}

export function toTimedOut(reporter: Reporter, key: Key, tail: Tail, at: Instant): TimedOut {
  return describe(reporter, "timedOut", key, tail, at);
}

function describe<Kind extends "match" | "timedOut">(
  reporter: Reporter,
  kind: Kind,
  key: Key,
  tail: Tail,
  at: Instant,
): Omit<TimedOut, "kind"> & { readonly kind: Kind } {
  const { name: pattern, version } = reporter.automaton.pattern;
  const taken = toTaken(reporter.automaton, tail);
  const identity = new Identity(reporter, kind, key, taken);
  const [firstAt, lastAt] = [tail.first.at, tail.event.at];
  return {
    kind,
    get id() {
      return identity.id;
    },
    pattern,
    version,
    key,
    at,
    firstAt,
    lastAt,
    events: toEvents(reporter, tail),
    taken,
  };
}

/** The identity of what took these events; worked out when it is first asked for, since that costs more than all the rest. */
class Identity {
  readonly #reporter: Reporter;
  readonly #kind: "match" | "timedOut";
  readonly #key: Key;
  readonly #taken: readonly TakenEvent[];
  #id: string | null = null;

  constructor(reporter: Reporter, kind: "match" | "timedOut", key: Key, taken: readonly TakenEvent[]) {
    this.#reporter = reporter;
    this.#kind = kind;
    this.#key = key;
    this.#taken = taken;
  }

  get id(): string {
    this.#id ??= this.#hash();
    return this.#id;
  }

  #hash(): string {
    const { app, automaton } = this.#reporter;
    const { name, version } = automaton.pattern;
    const roles = this.#taken.flatMap(({ step, index, origin }) => [
      step,
      `${index}`,
      origin.topic,
      `${origin.partition}`,
      `${origin.offset}`,
    ]);
    return hashText(app, name, `${version}`, this.#kind, encodeKey(this.#key), ...roles);
  }
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
export function toTaken({ steps }: Automaton, tail: Tail): readonly TakenEvent[] {
  const counts: number[] = steps.map(() => 0);
  return toList(tail).map(({ step, event: { value, at, origin } }) => {
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
    taken: toTaken(automaton, tail),
    waitsFor,
  };
}

/** The events by step, as `toMatchObject` makes them. */
function toEvents({ automaton, shape, blank }: Reporter, tail: Tail): object {
  // A copy has all its properties of its own, whatever they are called, so that setting one sets nothing else.
  const events: Record<string, unknown> = { ...blank };
  for (const [step, arity] of shape) if (arity === "many") events[step] = [];
  for (const { step, event } of toList(tail)) {
    const { name } = automaton.steps[step] as Step;
    const before = events[name];
    if (Array.isArray(before) && shape.get(name) === "many") before.push(event.value);
    else events[name] = event.value;
  }
  return events;
}
