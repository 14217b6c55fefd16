// How prepared conditions read the event at hand: the seam between what a condition means and how events are held.

import { fieldOf } from "./evaluate.ts";

/** Reads fields of events that are held as `Row`: the event itself, or whatever stands for it. */
export interface EventReader<Row> {
  /**
   * Prepares the reading of one field: own properties only, `undefined` where it is missing, the event itself for an
   * empty path. Called once per field of a condition; what it gives, once per event and mention.
   */
  field(path: readonly string[]): (row: Row) => unknown;
  /** The event as functions given to `filter` see it. */
  event(row: Row): unknown;
}

/** Reads events that are JavaScript values. */
export const OBJECTS: EventReader<unknown> = Object.freeze({ field: fieldReader, event: (event: unknown) => event });

function fieldReader(path: readonly string[]): (event: unknown) => unknown {
  const [name] = path;
  if (name === undefined) return (event) => event;
  if (path.length > 1) return (event) => fieldOf(event, path);
  return (event) =>
    typeof event === "object" && event !== null && Object.hasOwn(event, name)
      ? (event as Record<string, unknown>)[name]
      : undefined;
}
