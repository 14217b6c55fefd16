// What both kinds of tests need: readings, and what a pattern makes of them.

import { type MatchOf, matchAll, type Pattern, type ResultOf } from "sequitur";
import type { Reading, warmingUp } from "./pattern.ts";

/** The pattern, or one that stands in for it. */
export type Warming = Pattern<Reading, MatchOf<typeof warmingUp>, ResultOf<typeof warmingUp>, true>;

const START = Date.UTC(2026, 2, 2, 9);
const MINUTE_MS = 60_000;

/** The readings of one room, five minutes apart, or as many as is said. */
export function readings(celsius: readonly number[], minutesApart = 5, room = "A"): readonly Reading[] {
  return celsius.map((each, index) => ({
    room,
    celsius: each,
    at: new Date(START + index * minutesApart * MINUTE_MS).toISOString(),
  }));
}

/** What is found, such as `A from 4 to 7`. */
export function found(pattern: Warming, events: readonly Reading[]): readonly string[] {
  const matches = matchAll(pattern, events, { key: (e) => e.room, time: (e) => e.at });
  return [...matches].map(({ value }) => `${value.room} from ${value.from} to ${value.to}`);
}
