// What has to be so of a pattern on every stream: the matcher finds what the reference finds, and keeps the laws.

import fc from "fast-check";
import type { Automaton } from "../automaton/automaton.ts";
import { ConfigError } from "../core/errors.ts";
import { saidBy } from "../event/bad-record.ts";
import type { Key } from "../event/key.ts";
import type { Pattern } from "../pattern/pattern.ts";
import type { Instant } from "../time/instant.ts";
import type { CheckResult, CheckupOptions } from "./check-result.ts";
import { describeBoth, linesOf } from "./distinction.ts";
import { type Found, finderOf, identityOf, type StreamEvent } from "./finder.ts";
import { type Law, laws } from "./laws.ts";
import { materialOf, materialOfEvents, together } from "./material.ts";
import type { KitOptions } from "./options.ts";
import { createRunMatcher } from "./run-matcher.ts";
import { type Shows, shortest } from "./shortest.ts";
import { streamsNear } from "./streams-near.ts";

/** Streams that are tried between two breaths. */
const STREAMS_AT_ONCE = 25;

/** Compares the matcher with the reference, which follows each run by itself. */
export async function agrees(automaton: Automaton, options: CheckupOptions): Promise<CheckResult | null> {
  const { runs, seed, signal, onProgress, breathe, events } = options;
  const find = finderOf(automaton);
  const plain = finderOf(automaton, createRunMatcher);
  const differ: Shows = (stream) => identityOf(find(stream)) !== identityOf(plain(stream));
  const material = together([materialOf(automaton), materialOfEvents(events)]);
  const streams = [...material.bases, ...fc.sample(streamsNear(material), { numRuns: runs, seed })];
  for (let from = 0; from < streams.length; from += STREAMS_AT_ONCE) {
    await breathe();
    if (signal.aborted) return null;
    onProgress("a second, plain matcher", from, streams.length);
    const broken = streams.slice(from, from + STREAMS_AT_ONCE).find(differ);
    if (broken === undefined) continue;
    const stream = shortest(broken, differ);
    const text = "a second, plain matcher finds something else";
    return { check: "reference", verdict: "failed", text, details: difference(stream, find(stream), plain(stream)) };
  }
  return { check: "reference", verdict: "passed", text: "a second, plain matcher finds the same", details: [] };
}

function difference(stream: readonly StreamEvent[], own: readonly Found[], plain: readonly Found[]): readonly string[] {
  const isSame = identityOf(own) === identityOf(plain);
  return [
    ...linesOf(stream),
    ...(isSame
      ? ["asked once more, both find the same"]
      : describeBoth(["the matcher", own], ["the plain one", plain])),
    "A function given to filter must answer the same each time it is asked. If yours does, this is a bug in sequitur.",
  ];
}

/** Fields that no condition looks at: where the laws write key and time. */
const [KEY, TIME] = [" key", " time"];

/** The laws that can be tried without knowing where key and time stand. Whether functions throw shows only with whole events. */
export function lawsFor(pattern: Pattern, { events }: CheckupOptions): readonly Law[] {
  const options = {
    keyOf: (event: object) => (event as Record<string, Key>)[KEY],
    timeOf: (event: object) => (event as Record<string, Instant>)[TIME],
    place: (event: object, key: Key, at: Instant) => ({ ...event, [KEY]: key, [TIME]: at }),
    ...(events.length > 0 ? { event: events } : {}),
  };
  const all = laws(pattern as Pattern<object>, options as KitOptions<object, unknown, boolean>);
  return all.filter(({ name }) => events.length > 0 || name !== NEEDS_WHOLE_EVENTS);
}

const NEEDS_WHOLE_EVENTS = "no function throws";

export async function holds({ name, says, check }: Law, options: CheckupOptions): Promise<CheckResult | null> {
  const { runs, seed, signal, onProgress, breathe } = options;
  for (let from = 0; from < runs; from += STREAMS_AT_ONCE) {
    await breathe();
    if (signal.aborted) return null;
    onProgress(name, from, runs);
    try {
      check({ runs: Math.min(STREAMS_AT_ONCE, runs - from), seed: seed + from });
    } catch (error) {
      if (error instanceof ConfigError)
        return { check: "law", verdict: "unknown", text: `${name}: no stream could be made`, details: [error.message] };
      return { check: "law", verdict: "failed", text: `breaks a law: ${name}`, details: saidBy(error).split("\n") };
    }
  }
  return { check: "law", verdict: "passed", text: `${name}: ${says.replace(/\.$/, "")}`, details: [] };
}
