/** A point in event time: milliseconds since 1970-01-01T00:00:00Z; a finite number, whole by habit. */
export type Instant = number;

/** Before every instant: the watermark of a stream that has told nothing yet. */
export const BEGINNING: number = Number.NEGATIVE_INFINITY;

/** After every instant: the watermark of a stream that has ended. */
export const END_OF_TIME: number = Number.POSITIVE_INFINITY;

/** Farthest from 1970, either way, that a `Date` can hold and ISO 8601 can write, in milliseconds. */
export const MAX_INSTANT_MS: number = 8.64e15;
