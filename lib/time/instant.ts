import { type Shape, shapeOf } from "../core/shape.ts";

/**
 * A point in event time: milliseconds since 1970-01-01T00:00:00Z; a finite number, whole by habit.
 *
 * @example
 * import type { Instant } from "sequitur";
 *
 * const at: Instant = Date.parse("2013-01-01T05:17:00Z");
 * at; // => 1357017420000
 */
export type Instant = number;

/** Before every instant: the watermark of a stream that has told nothing yet. */
export const BEGINNING: number = Number.NEGATIVE_INFINITY;

/** After every instant: the watermark of a stream that has ended. */
export const END_OF_TIME: number = Number.POSITIVE_INFINITY;

/** Farthest from 1970, either way, that a `Date` can hold and ISO 8601 can write, in milliseconds. */
export const MAX_INSTANT_MS: number = 8.64e15;

/** An instant in plain data, where JSON has no infinities. */
export type SavedInstant = Instant | "beginning" | "end";

/** An instant, or an end of time, in data that may be anything. */
export const savedInstant: Shape = shapeOf(
  (value) => Number.isFinite(value) || value === "beginning" || value === "end",
  "an instant",
);

export function saveInstant(at: Instant): SavedInstant {
  if (at === BEGINNING) return "beginning";
  return at === END_OF_TIME ? "end" : at;
}

export function restoreInstant(saved: SavedInstant): Instant {
  if (saved === "beginning") return BEGINNING;
  return saved === "end" ? END_OF_TIME : saved;
}
