// What must be found among the flights, by plain loops over the sorted events of each aircraft. Knows the events and
// nothing of patterns, automata or watermarks.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { FlightEvent } from "../../samples/flights/patterns.ts";

const HOUR = 3_600_000;

/** An event with its line in the file, from 1. */
export type Line = { readonly line: number; readonly event: FlightEvent };

/** Of a match, the lines of its events, and the time it is known. */
export type Found = { readonly lines: readonly number[]; readonly at: number };

export const FLIGHTS_FILE = "samples/flights/flights-2013-01.ndjson.gz";

/** The file, in its order. */
export function readFlights(): readonly Line[] {
  const text = gunzipSync(readFileSync(FLIGHTS_FILE)).toString("utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((json, index) => ({ line: index + 1, event: JSON.parse(json) as FlightEvent }));
}

/** Three departures in a row of one aircraft, each with more delay than the one before, the last less than 24 h after the first. */
export function risingDelays(lines: readonly Line[]): readonly Found[] {
  const found: Found[] = [];
  for (const events of byAircraft(lines)) {
    const departures = events.filter(({ event }) => event.type === "departed");
    for (let i = 0; i + 2 < departures.length; i++) {
      const three = departures.slice(i, i + 3);
      const [a, b, c] = three.map(({ event }) => ("delay" in event ? event.delay : Number.NaN));
      if (a === undefined || b === undefined || c === undefined || !(a < b && b < c)) continue;
      const [from, to] = [three[0]?.event.at ?? 0, three[2]?.event.at ?? 0];
      if (to - from < 24 * HOUR) found.push({ lines: three.map(({ line }) => line), at: to });
    }
  }
  return found;
}

/** A cancelled flight, and no departure of its aircraft after it and less than 12 h later. Known after the 12 h. */
export function stranded(lines: readonly Line[]): readonly Found[] {
  const found: Found[] = [];
  for (const events of byAircraft(lines)) {
    events.forEach(({ line, event }, index) => {
      if (event.type !== "cancelled") return;
      let departs = false;
      for (const { event: later } of events.slice(index + 1)) {
        if (later.type === "departed" && later.at < event.at + 12 * HOUR) departs = true;
      }
      if (!departs) found.push({ lines: [line], at: event.at + 12 * HOUR });
    });
  }
  return found;
}

/** Which events come too late, if an event may be `allowedMs` older than the newest before it. Events without an aircraft do not take part. */
export function lateLines(lines: readonly Line[], allowedMs: number): ReadonlySet<number> {
  const late = new Set<number>();
  let newest = Number.NEGATIVE_INFINITY;
  for (const { line, event } of lines) {
    if (event.tail === null) continue;
    if (event.at < newest - allowedMs) late.add(line);
    if (event.at > newest) newest = event.at;
  }
  return late;
}

/** The events of each aircraft, by time; at equal times in the order of the file. */
function byAircraft(lines: readonly Line[]): readonly (readonly Line[])[] {
  const aircraft = new Map<string, Line[]>();
  for (const line of lines) {
    const { tail } = line.event;
    if (tail === null) continue;
    const events = aircraft.get(tail);
    if (events) events.push(line);
    else aircraft.set(tail, [line]);
  }
  return [...aircraft.values()].map((events) => events.sort((a, b) => a.event.at - b.event.at || a.line - b.line));
}
