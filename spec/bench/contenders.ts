// Who runs the workloads in this language, behind one interface. Another engine is one more line in ENGINES.

import type { Automaton } from "../../lib/automaton/automaton.ts";
import { compile } from "../../lib/automaton/compile.ts";
import { type Interest, interestOf } from "../../lib/automaton/interest.ts";
import type { Key } from "../../lib/event/key.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import { createMany, type Said } from "../../lib/matching/many.ts";
import type { KeyedMatcher, MatcherLimits, Outcome, TimedEvent } from "../../lib/matching/matcher.ts";
import { createRunMatcher } from "../../lib/testing/run-matcher.ts";
import { END_OF_TIME } from "../../lib/time/instant.ts";
import { type BenchEvent, eventAt, type Stream } from "./generate.ts";
import type { Workload } from "./workloads.ts";

/** `Native` is an event as the contender is given it; it is made before the clock starts. */
export type Contender<Native> = {
  readonly native: (stream: Stream, index: number) => Native;
  /** With nothing open. */
  readonly start: (workload: Workload) => Started<Native>;
};

export type Started<Native> = {
  readonly on: (event: Native) => void;
  /** Time goes past the end. */
  readonly end: () => void;
  readonly matches: () => number;
};

/** One that cannot be saved is not asked for it. */
export type Engine = Pick<KeyedMatcher, "onEvent" | "advanceTo"> & Partial<Pick<KeyedMatcher, "saving">>;

type CreateEngine = (automaton: Automaton, options: { readonly limits: Partial<MatcherLimits> }) => Engine;

const ENGINES: ReadonlyMap<string, CreateEngine> = new Map<string, CreateEngine>([
  ["matcher", createKeyedMatcher],
  ["run-by-run", createRunMatcher],
]);

export const BY_HAND = "by-hand";

/** In the order in which they take turns. */
export const CONTENDERS: readonly string[] = [BY_HAND, ...ENGINES.keys()];

/** @throws {Error} if there is none of this name. */
export function contenderOf(name: string): Contender<unknown> {
  if (name === BY_HAND) return byHand as Contender<unknown>;
  const create = ENGINES.get(name);
  if (create === undefined) throw new Error(`There is no contender ${name}.`);
  return { native: keyedEventAt, start: (workload) => startEngines(create, workload) } as Contender<unknown>;
}

const byHand: Contender<BenchEvent> = { native: eventAt, start: (workload) => workload.byHand() };

/** One matcher for each pattern of the workload. `null`: the contender is no engine of ours. */
export function enginesOf(name: string, workload: Workload): readonly Engine[] | null {
  const create = ENGINES.get(name);
  return create === undefined ? null : createEngines(create, workload);
}

function createEngines(create: CreateEngine, { patterns, maxMatchesPerEvent }: Workload): readonly Engine[] {
  const none = Number.POSITIVE_INFINITY;
  const limits = { maxRunsPerKey: none, maxNodesPerKey: none, maxMatchesPerEvent: maxMatchesPerEvent ?? none };
  return patterns.map((pattern) => create(compile(pattern), { limits }));
}

/** What the runtime makes of a record, and what a matcher in process makes of an event. */
export function keyedEventAt(stream: Stream, index: number): TimedEvent {
  const value = eventAt(stream, index);
  return { value, at: value.ts, origin: { topic: "", partition: 0, offset: BigInt(index) } };
}

function startEngines(create: CreateEngine, workload: Workload): Started<TimedEvent> {
  const engines = createEngines(create, workload);
  const { isKeyed, patterns } = workload;
  if (create === createKeyedMatcher && patterns.length > 1)
    return startMany(engines as readonly KeyedMatcher[], workload);
  let matches = 0;
  return {
    on(event) {
      const key: Key = isKeyed ? (event.value as BenchEvent).key : "";
      for (const engine of engines) matches += matchesIn(engine.onEvent(key, event));
    },
    end() {
      for (const engine of engines) matches += matchesIn(engine.advanceTo(END_OF_TIME));
    },
    matches: () => matches,
  };
}

/** As a service runs its patterns. */
function startMany(matchers: readonly KeyedMatcher[], { isKeyed, patterns }: Workload): Started<TimedEvent> {
  const interests = patterns.map((pattern) => interestOf(compile(pattern)));
  const many = createMany(matchers.map((matcher, index) => ({ matcher, interest: interests[index] as Interest })));
  let matches = 0;
  const add = (said: readonly Said[]): void => {
    for (const { outcome } of said) if (outcome.kind === "match") matches += 1;
  };
  return {
    on: (event) => add(many.onEvent(isKeyed ? (event.value as BenchEvent).key : "", event)),
    end: () => add(many.advanceTo(END_OF_TIME)),
    matches: () => matches,
  };
}

function matchesIn(outcomes: readonly Outcome[]): number {
  let matches = 0;
  for (const { kind } of outcomes) if (kind === "match") matches += 1;
  return matches;
}
