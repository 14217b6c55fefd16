// How prepared conditions read the event at hand: the seam between what a condition means and how events are held.

import { fieldOf } from "./evaluate.ts";
import type { Literal } from "./expression.ts";

/**
 * Reads events that are held as `Row`: the event itself, or whatever stands for it. A path goes from the outside in: own
 * properties only, `undefined` where there is none; an empty path is the event itself. All is asked for once, when a
 * condition is prepared; the functions that come of it are called for every event.
 */
export interface EventReader<Row> {
  /** The value of a field. */
  field(path: readonly string[]): (row: Row) => unknown;
  /** Whether the value of a field is this constant. This and `inRange` are what most conditions ask, and may have short ways. */
  equals(path: readonly string[], literal: Literal): (row: Row) => boolean;
  /** Whether the value of a field is a number in a range, both ends in. */
  inRange(path: readonly string[], low: number, high: number): (row: Row) => boolean;
  /** The event as functions given to `filter` see it. */
  event(row: Row): unknown;
}

/** Reads events that are JavaScript values. */
export const OBJECTS: EventReader<unknown> = Object.freeze({
  field: objectField,
  equals: (path: readonly string[], literal: Literal) => isEqual(objectField(path), literal),
  inRange: (path: readonly string[], low: number, high: number) => isInRange(objectField(path), low, high),
  event: (event: unknown) => event,
});

function objectField(path: readonly string[]): (event: unknown) => unknown {
  const [name] = path;
  if (name === undefined) return (event) => event;
  if (path.length > 1) return (event) => fieldOf(event, path);
  return (event) =>
    typeof event === "object" && event !== null && Object.hasOwn(event, name)
      ? (event as Record<string, unknown>)[name]
      : undefined;
}

/** `equals` of whatever `read` gives. */
export function isEqual<Row>(read: (row: Row) => unknown, literal: Literal): (row: Row) => boolean {
  return (row) => read(row) === literal;
}

/** `inRange` of whatever `read` gives. */
export function isInRange<Row>(read: (row: Row) => unknown, low: number, high: number): (row: Row) => boolean {
  return (row) => {
    const value = read(row);
    return typeof value === "number" && value >= low && value <= high;
  };
}
