// What a test says of one event.

import { fieldOf, holds, type Taken } from "../pattern/expression/evaluate.ts";
import { type EventReader, OBJECTS } from "../pattern/expression/event-reader.ts";
import { type Prepared, prepare } from "../pattern/expression/prepare.ts";
import type { Test } from "./automaton.ts";

/**
 * Whether `test` holds for an event, given what was taken before. `tag` is the field that `on` looks at.
 *
 * @throws whatever a function given to `filter` throws.
 */
export function testHolds({ on, condition }: Test, tag: string, event: unknown, taken: Taken): boolean {
  return hasTag(on, tag, event) && (condition === null || holds(condition, event, taken));
}

function hasTag(on: readonly string[] | null, tag: string, event: unknown): boolean {
  return on === null || on.includes(fieldOf(event, [tag]) as string);
}

/** Makes a function that says what `testHolds` says, for events read by `reader`; to be made once and asked often. */
export function prepareTest<Row = unknown>(
  { on, condition }: Test,
  tag: string,
  reader: EventReader<Row> = OBJECTS,
): Prepared<Row> {
  const rest = condition === null ? null : prepare(condition, reader);
  if (on === null) return rest ?? (() => true);
  const tagged = tagTest(on, [tag], reader);
  return rest === null ? tagged : (row, taken) => tagged(row) && rest(row, taken);
}

function tagTest<Row>(on: readonly string[], path: readonly string[], reader: EventReader<Row>): (row: Row) => boolean {
  const [only] = on;
  if (only !== undefined && on.length === 1) return reader.equals(path, only);
  const read = reader.field(path);
  const tags = new Set<unknown>(on);
  return (row) => tags.has(read(row));
}
