// What is measured of one contender on one workload.
//
//     warm part ──▶ │ timed part ─────────▶ │ tail, time past the end ──▶ matches
//                   clock starts            clock stops, here or when the time is over

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { atOnce } from "../../lib/core/slices.ts";
import type { Saving } from "../../lib/matching/matcher.ts";
import type { Delta, Page } from "../../lib/state/entry.ts";
import { freezerOf } from "../../lib/state/freeze.ts";
import type { Contender, Started } from "./contenders.ts";
import { enginesOf, keyedEventAt } from "./contenders.ts";
import { eventAt, generate, type Stream } from "./generate.ts";
import { OPEN_KEYS, type Workload } from "./workloads.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

export type Repetition = {
  /** Events of the stream that were fed, the tail left out. */
  readonly fed: number;
  /** Where it was stopped because it took too long. */
  readonly stopped: "warm part" | "timed part" | null;
  /** Events of the part that it came to, and how long they took. */
  readonly timedEvents: number;
  readonly ms: number;
  /** After the tail, with time moved past the end. */
  readonly matches: number;
};

/** A contender with its events made, ready to start anew any number of times. */
export type Ready = {
  readonly stream: Stream;
  readonly start: () => Started<unknown>;
  readonly events: readonly unknown[];
};

export function prepare(contender: Contender<unknown>, workload: Workload, atMost: number): Ready {
  const stream = generate(workload.stream, atMost);
  const events = Array.from({ length: stream.events }, (_, index) => contender.native(stream, index));
  return { stream, events, start: () => contender.start(workload) };
}

/** Takes so long for the timed part and for the warm part at most. */
export function repeat({ stream, start, events }: Ready, limitMs: number, warmLimitMs: number): Repetition {
  collectGarbage();
  const started = start();
  const end = stream.events - stream.tail;
  const warm = feed(started, events, 0, stream.warm, warmLimitMs);
  const timed = warm.to < stream.warm ? null : feed(started, events, stream.warm, end, limitMs);
  const { to, ms } = timed ?? warm;
  finish(started, events, end);
  const stopped = timed === null ? "warm part" : to < end ? "timed part" : null;
  return { fed: to, stopped, timedEvents: timed === null ? to : to - stream.warm, ms, matches: started.matches() };
}

/** Matches if so many events are fed, and then the tail. */
export function countAfter({ stream, start, events }: Ready, fed: number): number {
  const started = start();
  for (let index = 0; index < fed; index += 1) started.on(events[index]);
  finish(started, events, stream.events - stream.tail);
  return started.matches();
}

function finish(started: Started<unknown>, events: readonly unknown[], from: number): void {
  for (let index = from; index < events.length; index += 1) started.on(events[index]);
  started.end();
}

/** Feeds up to `to`, or until the time is over; looks at the clock after each millisecond or 1,024 events. */
function feed(
  started: Started<unknown>,
  events: readonly unknown[],
  from: number,
  to: number,
  limitMs: number,
): { readonly to: number; readonly ms: number } {
  const startedAt = performance.now();
  let last = startedAt;
  let chunk = 1;
  let index = from;
  while (index < to && last - startedAt <= limitMs) {
    const until = Math.min(to, index + chunk);
    for (; index < until; index += 1) started.on(events[index]);
    const now = performance.now();
    if (now - last < 1) chunk = Math.min(1_024, chunk * 2);
    else if (chunk > 1 && now - last > 4) chunk /= 2;
    last = now;
  }
  return { to: index, ms: last - startedAt };
}

/** The longest that one event took, garbage collection included. */
export function longestPauseMs({ stream, start, events }: Ready, limitMs: number): number {
  collectGarbage();
  const started = start();
  const startedAt = performance.now();
  let longest = 0;
  let last = startedAt;
  for (let index = 0; index < stream.events && last - startedAt < limitMs; index += 1) {
    started.on(events[index]);
    const now = performance.now();
    if (now - last > longest) longest = now - last;
    last = now;
  }
  return longest;
}

/** Bytes for each open key of W7, those of the events included that have to be kept. */
export function bytesPerOpenKey(contender: Contender<unknown>, atMost: number): number {
  const stream = generate(OPEN_KEYS.stream, atMost);
  const started = contender.start(OPEN_KEYS);
  const before = bytesInUse();
  for (let index = 0; index < stream.events; index += 1) started.on(contender.native(stream, index));
  const after = bytesInUse();
  if (started.matches() !== 0) throw new Error("W7 has no matches.");
  return (after - before) / stream.events;
}

/** Bytes of an event of W7 as it stays in the memory, whoever keeps it; part of what an open key takes. */
export function bytesPerEvent(atMost: number): number {
  const stream = generate(OPEN_KEYS.stream, atMost);
  const kept: unknown[] = new Array(stream.events).fill(null);
  const before = bytesInUse();
  for (let index = 0; index < stream.events; index += 1) kept[index] = eventAt(stream, index);
  return (bytesInUse() - before) / kept.length;
}

function bytesInUse(): number {
  // What buffers held is given back behind the collection that found them.
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export type SaveAndRestore = {
  readonly saveMs: number;
  /** Of the slices in which it is saved: the longest. */
  readonly longestMs: number;
  readonly savedBytes: number;
  readonly restoreMs: number;
  readonly matches: number;
};

/**
 * Saves a matcher with `keys` open runs, each of a key of its own, and restores another one from the bytes, as a service does it; B and
 * C for each key then complete all of them. `null`: the contender cannot.
 */
export function saveAndRestore(name: string, keys: number): SaveAndRestore | null {
  const [full] = enginesOf(name, OPEN_KEYS) ?? [];
  const [fresh] = enginesOf(name, OPEN_KEYS) ?? [];
  if (full?.saving === undefined || fresh?.saving === undefined) return null;
  const stream = generate(OPEN_KEYS.stream, keys);
  for (let index = 0; index < keys; index += 1) full.onEvent(index, keyedEventAt(stream, index));
  collectGarbage();
  const startedAt = performance.now();
  const { pieces, longestMs } = frozen(full.saving);
  const saveMs = performance.now() - startedAt;
  const savedBytes = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
  collectGarbage();
  const thawnFrom = performance.now();
  atOnce(freezerOf({ saving: fresh.saving }).thaw(pieces, "the bench"));
  const restoreMs = performance.now() - thawnFrom;
  let matches = 0;
  for (const type of ["B", "C"] as const) {
    for (let index = 0; index < keys; index += 1) {
      const value = { ...eventAt(stream, index), type, ts: stream.ts[keys - 1] as number };
      const origin = { topic: type, partition: 0, offset: BigInt(index) };
      matches += fresh.onEvent(index, { value, at: value.ts, origin }).length;
    }
  }
  return { saveMs, longestMs, savedBytes, restoreMs, matches };
}

function frozen(saving: Saving): { readonly pieces: readonly (Page | Delta)[]; readonly longestMs: number } {
  const work = freezerOf({ saving }).freeze("all");
  const owner = { lane: 0, pattern: 0 };
  let longestMs = 0;
  for (;;) {
    const from = performance.now();
    const { done, value } = work.next();
    longestMs = Math.max(longestMs, performance.now() - from);
    if (done !== true) continue;
    const { pages, delta } = value;
    const first: readonly Delta[] = delta === null ? [] : [{ kind: "delta", ...owner, bytes: delta }];
    return { pieces: [...first, ...pages.map((page): Page => ({ kind: "page", ...owner, ...page }))], longestMs };
  }
}
