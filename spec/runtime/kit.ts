// What the specs of the runtime share: records, a matcher that is told by the events what to say, and a way to drive a task.

import { INTERESTED_IN_ALL } from "../../lib/automaton/interest.ts";
import { createDecoder } from "../../lib/event/decode.ts";
import type { Glance } from "../../lib/event/glance.ts";
import type { Key } from "../../lib/event/key.ts";
import { createReader } from "../../lib/event/read.ts";
import type {
  KeyedMatcher,
  Match,
  MatcherCounters,
  MatcherState,
  Outcome,
  TimedEvent,
} from "../../lib/matching/matcher.ts";
import type { Emission } from "../../lib/runtime/alert.ts";
import type { LaneInput } from "../../lib/runtime/partition.ts";
import type { LanePattern } from "../../lib/runtime/pattern-row.ts";
import { createPlacement } from "../../lib/runtime/placement.ts";
import type { InputBatch, InputRecord, OutputRecord } from "../../lib/runtime/ports.ts";
import { createTask, type Task, type TaskConfig } from "../../lib/runtime/task.ts";
import { createDeadlineQueue } from "../../lib/time/deadline-queue.ts";
import { END_OF_TIME, restoreInstant, type SavedInstant, saveInstant } from "../../lib/time/instant.ts";

/** The time of reading in all specs that do not say otherwise: later than all events. */
export const NOW = 1_000_000;

/** What an event tells the echo matcher to say. */
export type Told = {
  /** Key of the event. */
  readonly k?: unknown;
  /** Its time. */
  readonly t?: unknown;
  /** Names it across orders of arrival. */
  readonly n?: number;
  /** A match at once. */
  readonly hit?: boolean;
  /** A match so many milliseconds later. */
  readonly alarm?: number | undefined;
  /** Something else at once. */
  readonly say?: "filter" | "select" | "timedOut" | "maxRunsPerKey" | "maxMatchesPerEvent" | "cycle" | "throw";
};

const utf8 = new TextEncoder();
const text = new TextDecoder();

export function record(offset: number, value: Told | string | null, timestamp: number | null = null): InputRecord {
  const bytes = value === null ? null : utf8.encode(typeof value === "string" ? value : JSON.stringify(value));
  return {
    offset: BigInt(offset),
    timestamp,
    key: utf8.encode("record-key"),
    value: bytes,
    headers: new Map([["trace", "t1"]]),
  };
}

type SavedEvent = Omit<TimedEvent, "origin"> & {
  readonly origin: Omit<TimedEvent["origin"], "offset"> & { readonly offset: string };
};
type EchoState = {
  readonly times: readonly [SavedInstant, SavedInstant];
  readonly waiting: readonly {
    readonly id: string;
    readonly key: Key;
    readonly at: number;
    readonly event: SavedEvent;
  }[];
};

function savedEvent(event: TimedEvent): SavedEvent {
  return { ...event, origin: { ...event.origin, offset: `${event.origin.offset}` } };
}

/**
 * Says what its events tell it to, and checks that it is called as the contract wants: events in order of time, none at or
 * before what it was advanced to. `mayMiss`: some may be kept from it.
 */
export function echoMatcher(name: string, seen: string[] = [], mayMiss = false): KeyedMatcher {
  const alarms = createDeadlineQueue();
  const waiting = new Map<string, { readonly key: Key; readonly event: TimedEvent; readonly at: number }>();
  let latest = Number.NEGATIVE_INFINITY;
  let advancedTo = Number.NEGATIVE_INFINITY;
  let matches = 0;

  const match = (key: Key, event: TimedEvent, at: number): Match => {
    matches += 1;
    const { topic, partition, offset } = event.origin;
    const taken = [{ ...event, step: "a", index: 0 }];
    const value = { n: (event.value as Told).n ?? null, big: 9_007_199_254_740_993n };
    const id = `${name}/${topic}/${partition}/${offset}/${at}`;
    return {
      kind: "match",
      id,
      pattern: name,
      version: 1,
      key,
      at,
      firstAt: event.at,
      lastAt: event.at,
      events: { a: event.value },
      taken,
      value,
    };
  };
  const ring = (until: number): Outcome[] => {
    const rung: Outcome[] = [];
    for (let due = alarms.popDue(until); due !== null; due = alarms.popDue(until)) {
      const { key, event, at } = waiting.get(due) as { key: Key; event: TimedEvent; at: number };
      waiting.delete(due);
      rung.push(match(key, event, at));
    }
    return rung;
  };
  const say = (key: Key, event: TimedEvent): readonly Outcome[] => {
    const told = event.value as Told;
    const { at, origin } = event;
    const failed = {
      kind: "functionFailed",
      pattern: name,
      key,
      at,
      message: "no",
      stack: "Error: no\n  at x",
      origin,
    } as const;
    const limit = { kind: "limitReached", pattern: name, key, at, max: 1, count: 2 } as const;
    switch (told.say) {
      case "filter":
        return [{ ...failed, where: "filter", step: "a" }];
      case "select":
        return [{ ...failed, where: "select", step: "" }];
      case "timedOut": {
        const { value: _, ...rest } = match(key, event, at);
        return [{ ...rest, kind: "timedOut" }];
      }
      case "maxRunsPerKey":
        return [{ ...limit, limit: told.say, action: "quarantined" }];
      case "maxMatchesPerEvent":
        return [{ ...limit, limit: told.say, action: "matchesNotBuilt" }];
      case "cycle": {
        const cycle: { self?: unknown } = {};
        cycle.self = cycle;
        return [{ ...match(key, event, at), value: cycle }];
      }
      case "throw":
        throw new Error("thrown by the matcher");
      default:
        return [];
    }
  };

  const counters = (): MatcherCounters => ({
    events: seen.length,
    matches,
    timedOut: 0,
    suppressed: 0,
    dropped: 0,
    failures: 0,
  });

  const save = (): MatcherState => ({
    format: "echo",
    fingerprint: name,
    times: [saveInstant(latest), saveInstant(advancedTo)],
    waiting: [...waiting].map(([id, { key, event, at }]) => ({ id, key, at, event: savedEvent(event) })),
  });

  const restore = (state: MatcherState): void => {
    const { times, waiting: saved } = state as unknown as EchoState;
    [latest, advancedTo] = [restoreInstant(times[0]), restoreInstant(times[1])];
    for (const { id, key, at, event } of saved) {
      const origin = { ...event.origin, offset: BigInt(event.origin.offset) };
      waiting.set(id, { key, at, event: { ...event, origin } });
      alarms.set(id, at);
    }
  };

  return {
    onEvent(key, event) {
      if (event.at < latest || event.at <= advancedTo) throw new Error(`time went back to ${event.at}`);
      latest = event.at;
      const { topic, partition, offset } = event.origin;
      const said = [...ring(event.at)];
      seen.push(`${topic}/${partition}/${offset}`);
      const { hit, alarm } = event.value as Told;
      if (hit) said.push(match(key, event, event.at));
      if (alarm !== undefined) {
        const name = `${topic}/${partition}/${offset}`;
        alarms.set(name, event.at + alarm);
        waiting.set(name, { key, event, at: event.at + alarm });
      }
      return [...said, ...say(key, event)];
    },
    advanceTo(watermark) {
      advancedTo = Math.max(advancedTo, watermark);
      return ring(watermark);
    },
    save,
    restore,
    saving: {
      head: save,
      takeChanges: () => ({ rows: [], gone: [] }),
      // Nothing of it is needed, but to freeze and thaw it takes several slices.
      rowsOn: () => [1, 2, 3, 4, 5],
      pageOf: () => 0,
      saveRows: (_, from) => ({ bytes: Uint8Array.of(from), values: [], next: from + 1 }),
      restoreHead: restore,
      restoreRows: () => {},
      track: () => {},
    },
    inspect: () => [],
    stats: () => {
      throw new Error("a service does not count what runs hold: that would stop it for as long as it takes");
    },
    counts: () => ({ ...counters(), keys: waiting.size, runs: waiting.size, oldestFirstAt: null }),
    get counters() {
      return counters();
    },
    nextDue: () => alarms.peek() ?? END_OF_TIME,
    mayHaveRuns: () => waiting.size > 0,
    holds: () => true,
    keys: () => [],
    skip(events, at) {
      if (events > 0 && !mayMiss) throw new Error("an event was kept from a pattern that is interested in all");
      return ring(at);
    },
  };
}

/** The time of an event of which an echo says nothing. */
export const glance: Glance = ({ value }, readAt) => {
  const read = value === null ? null : readOf(value);
  if (read === null || read.hit === true || read.alarm !== undefined || read.say !== undefined) return null;
  const { k, t } = read;
  return typeof k === "string" && typeof t === "number" && t <= readAt + 1_000 ? t : null;
};

function readOf(value: Uint8Array): Told | null {
  try {
    return JSON.parse(text.decode(value)) as Told | null;
  } catch {
    return null;
  }
}

export function input(topic: string, options: Partial<LaneInput> = {}): LaneInput {
  const decode = createDecoder({
    topic,
    decode: null,
    schema: null,
    isConcerned: () => true,
    maxRecordBytes: 10_000,
    maxDepth: 8,
  });
  const read = createReader({
    decode,
    key: { from: "event", read: (event) => (event as Told).k },
    time: options.arrival ? { from: "arrival" } : { from: "event", read: (event) => (event as Told).t },
    maxAheadMs: 1_000,
  });
  return { topic, outOfOrdernessMs: 0, read, glance: null, arrival: false, onBadRecord: "deadLetter", ...options };
}

export function echo(name = "echo", seen: string[] = [], mayMiss = false): LanePattern {
  return {
    name,
    version: 1,
    selects: true,
    topics: { alerts: "alerts", timedOut: "timed-out", deadLetters: "dead" },
    maxOutputBytes: 10_000,
    interest: INTERESTED_IN_ALL,
    createMatcher: () => echoMatcher(name, seen, mayMiss),
  };
}

/** The same of an earlier release: it only says what it was told to say later. */
export function drained(pattern: LanePattern): LanePattern {
  return { ...pattern, drains: true, createMatcher: () => deaf(pattern.createMatcher()) };
}

function deaf(matcher: KeyedMatcher): KeyedMatcher {
  return { ...matcher, onEvent: (key, event) => matcher.onEvent(key, { ...event, value: {} }) };
}

export function config(options: Partial<TaskConfig> = {}): TaskConfig {
  return {
    inputs: [input("in")],
    patterns: [echo()],
    lateTopic: "late",
    deadLetterTopic: "dead",
    placement: createPlacement(),
    idleAfterMs: 30_000,
    whenAllIdle: "clock",
    maxReorderBytes: 1_000_000,
    maxDriftMs: 1e12,
    maxOutputBytes: 10_000,
    ...options,
  };
}

export function batch(topic: string, records: readonly InputRecord[], partition = 0, caughtUp = false): InputBatch {
  return { topic, partition, records, caughtUp };
}

/** A task that has partition 0 of its inputs (or so many partitions), and what it says. */
export function startTask(
  options: Partial<TaskConfig> = {},
  partitions = 1,
): { task: Task; out: Emission[]; drive: Drive } {
  const { inputs } = config(options);
  const task = createTask(config(options));
  const out: Emission[] = [];
  const drive: Drive = (input, maxEvents = 1_000) => {
    let effects = task.step(input);
    const all = { pause: [...effects.pause], resume: [...effects.resume] };
    out.push(...effects.emissions);
    while (effects.hasWork) {
      effects = task.step({ kind: "work", maxEvents });
      out.push(...effects.emissions);
      all.pause.push(...effects.pause);
      all.resume.push(...effects.resume);
    }
    return all;
  };
  const numbers = Array.from({ length: partitions }, (_, partition) => partition);
  const places = inputs.flatMap(({ topic }) => numbers.map((partition) => ({ topic, partition })));
  drive({ kind: "assigned", partitions: places, now: NOW });
  return { task, out, drive };
}

export type Drive = (
  input: Parameters<Task["step"]>[0],
  maxEvents?: number,
) => { readonly pause: readonly object[]; readonly resume: readonly object[] };

export function json(output: OutputRecord): Record<string, unknown> {
  return JSON.parse(text.decode(output.value)) as Record<string, unknown>;
}

/** Alerts without what depends on how far time had come when they were sent. */
export function alertsOf(emissions: readonly Emission[]): readonly unknown[] {
  return emissions
    .filter(({ kind }) => kind === "alert")
    .map(({ record: { value, ...rest } }) => ({ ...json({ value, ...rest }), emittedAt: null, topic: rest.topic }));
}

/** Copies by kind and origin, sorted. */
export function copiesOf(emissions: readonly Emission[]): readonly string[] {
  return emissions
    .filter(({ record }) => record.headers.has("sequitur-offset"))
    .map(
      ({ kind, record }) => `${kind} ${record.topic} ${originOf(record)} ${record.headers.get("sequitur-code") ?? ""}`,
    )
    .sort();
}

export function originOf({ headers }: OutputRecord): string {
  return ["topic", "partition", "offset"].map((name) => headers.get(`sequitur-${name}`)).join("/");
}
