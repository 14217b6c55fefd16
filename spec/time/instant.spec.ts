// Instants survive JSON, those before and after all others included.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  BEGINNING,
  END_OF_TIME,
  type Instant,
  MAX_INSTANT_MS,
  restoreInstant,
  type SavedInstant,
  savedInstant,
  saveInstant,
} from "../../lib/time/instant.ts";

const it = suite("instant");

const throughJson = (at: Instant): Instant =>
  restoreInstant(JSON.parse(JSON.stringify(saveInstant(at))) as SavedInstant);

it("is the same after it was saved and restored", () => {
  const instants = fc.oneof(
    fc.constantFrom(BEGINNING, END_OF_TIME, 0, -MAX_INSTANT_MS, MAX_INSTANT_MS),
    fc.integer({ min: -MAX_INSTANT_MS, max: MAX_INSTANT_MS }),
    fc.double({ noNaN: true }),
  );
  fc.assert(
    // JSON knows one zero, and so does time.
    fc.property(instants, (at) => assert.ok(throughJson(at) === at)),
    { numRuns: 1000 },
  );
});

it("is known by its saved form, and nothing else is", () => {
  for (const at of [0, -1.5, MAX_INSTANT_MS, "beginning", "end"]) assert.is(savedInstant(at), null, String(at));
  for (const other of [Number.NaN, BEGINNING, END_OF_TIME, "", "0", "never", null, undefined, 1n, {}, [0]])
    assert.equal(savedInstant(other), { path: [], expected: "an instant" }, String(other));
});

it("is what a Date can hold up to MAX_INSTANT_MS either way, and not beyond", () => {
  for (const at of [MAX_INSTANT_MS, -MAX_INSTANT_MS]) {
    assert.is(new Date(at).getTime(), at);
    assert.ok(Number.isNaN(new Date(at + Math.sign(at)).getTime()));
  }
});

it.run();
