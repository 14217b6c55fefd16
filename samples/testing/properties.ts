// Tests by property: what has to be so whatever the readings are. fast-check looks for readings of which it is not so.

import assert from "node:assert/strict";
import fc from "fast-check";
import { patternTest } from "sequitur/testing";
import { warmingUp } from "./pattern.ts";
import { found, readings, type Warming } from "./rooms.ts";

/** Each reading is a little away from the one before: climbs are frequent, and so is what is nearly one. */
const celsius = fc.array(fc.integer({ min: -1, max: 2 }), { maxLength: 12 }).map((steps) => {
  let now = 4;
  return steps.map((step) => (now += step));
});
const minutesApart = fc.constantFrom(1, 5, 10);

export function properties(pattern: Warming): void {
  fc.assert(
    fc.property(celsius, minutesApart, (each, minutes) => {
      assert.deepEqual(found(pattern, readings(each, minutes)), climbs(each, minutes));
    }),
    { numRuns: 500, seed: 1 },
  );
}

/** The same by a plain loop: from each reading that is in no climb yet, are the next three each warmer than the one before? */
function climbs(each: readonly number[], minutes: number): readonly string[] {
  const all: string[] = [];
  for (let first = 0; first + 3 < each.length; first++) {
    const four = each.slice(first, first + 4);
    const climbing = four.every((now, index) => index === 0 || now > (four[index - 1] as number));
    if (!climbing || minutes * 3 >= 30) continue;
    all.push(`A from ${four[0]} to ${four[3]}`);
    first += 3;
  }
  return all;
}

export const byProperty = patternTest(warmingUp, properties);
