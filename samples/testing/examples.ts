// Tests by example: what comes to mind when one thinks of a cold room that warms up.

import assert from "node:assert/strict";
import { patternTest } from "sequitur/testing";
import { warmingUp } from "./pattern.ts";
import { found, readings, type Warming } from "./rooms.ts";

export function examples(pattern: Warming): void {
  assert.deepEqual(found(pattern, readings([4, 5, 6, 7])), ["A from 4 to 7"], "it climbs");
  assert.deepEqual(found(pattern, readings([4, 5, 6])), [], "three readings are not enough");
  assert.deepEqual(found(pattern, readings([7, 6, 5, 4])), [], "it falls");
  assert.deepEqual(found(pattern, readings([4, 4, 4, 4])), [], "it stays as it is");
  assert.deepEqual(found(pattern, readings([4, 5, 6, 3])), [], "it climbs, and falls below where it was");
  assert.deepEqual(found(pattern, readings([4, 5, 6, 7], 10)), [], "it climbs, but takes half an hour");
}

export const byExample = patternTest(warmingUp, examples);
