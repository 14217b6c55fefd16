// What a test says of one event.

import { fieldOf, holds, type Taken } from "../pattern/expression/evaluate.ts";
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
