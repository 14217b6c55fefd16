// Streams as fast-check hands them out: lists of events that show themselves as a time line wherever they are printed.

import fc from "fast-check";
import { formatDuration } from "../time/duration.ts";
import type { Instant } from "../time/instant.ts";

/**
 * Events in order of time. In a report of fast-check it is printed as a time line, one event a line.
 *
 * @example
 * import fc from "fast-check";
 * import { pattern } from "sequitur";
 * import { eventsFor, type Stream } from "sequitur/testing";
 *
 * type Reading = { sensor: string; value: number; at: number };
 * const high = pattern<Reading>("high").begin("peak").where((e) => e.value.gt(90));
 * const [stream]: Stream<Reading>[] = fc.sample(eventsFor(high, { key: (e) => e.sensor, time: (e) => e.at }).matching, { numRuns: 1, seed: 1 });
 * stream?.some(({ value }) => value > 90); // => true
 */
export type Stream<E> = readonly E[];

/** An event on a time line. */
export type OnLine = { readonly value: unknown; readonly at: Instant };

/** Longest text of an event on a time line. */
const MAX_TEXT = 200;

/** `list`, which from now on shows `line` where fast-check prints it. */
export function showing<List extends object>(list: List, line: () => string): List {
  return Object.defineProperty(list, fc.toStringMethod, { value: line, enumerable: false });
}

/** The events of a stream, as users get them. */
export function streamOf<E>(events: readonly OnLine[], isTimed: boolean): Stream<E> {
  const values = events.map(({ value }) => value as E);
  return showing(values, () => `\n${timeLine(events, isTimed).join("\n")}\n`);
}

/** One event a line, with the time since the first; `marks` stand between time and event. */
export function timeLine(
  events: readonly OnLine[],
  isTimed: boolean,
  marks: readonly string[] = [],
): readonly string[] {
  if (events.length === 0) return ["  (no events)"];
  const start = events.reduce((least, { at }) => Math.min(least, at), events[0]?.at ?? 0);
  const times = events.map(({ at }, index) => (isTimed ? `+${formatDuration(at - start)}` : `${index + 1}.`));
  const width = Math.max(0, ...times.map((time) => time.length));
  const markWidth = Math.max(0, ...marks.map((mark) => mark.length));
  return events.map(({ value }, index) => {
    const mark = markWidth === 0 ? "" : `  ${(marks[index] ?? "").padEnd(markWidth)}`;
    return `  ${(times[index] ?? "").padEnd(width)}${mark}  ${textOf(value)}`;
  });
}

/** A value in one line; one that is not there is "missing". */
export function textOf(value: unknown): string {
  if (value === undefined) return "missing";
  const text =
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? String(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
