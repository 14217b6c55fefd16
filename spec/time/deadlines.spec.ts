// The tournament must give what a search through a plain list gives.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Deadlines } from "../../lib/time/deadlines.ts";
import { END_OF_TIME } from "../../lib/time/instant.ts";

const it = suite("deadlines");

it("agrees with a plain list, however many there are", () => {
  const changes = fc.array(fc.tuple(fc.nat(40), fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(END_OF_TIME))));
  const property = fc.property(fc.nat(40), changes, (most, all) => {
    const deadlines = new Deadlines(most + 1);
    const list = new Array<number>(most + 1).fill(END_OF_TIME);
    assert.equal([deadlines.soonest, deadlines.first], [END_OF_TIME, 0]);
    for (const [number, at] of all) {
      if (number > most) continue;
      deadlines.set(number, at);
      list[number] = at;
      const soonest = Math.min(...list);
      assert.equal([deadlines.soonest, deadlines.first], [soonest, list.indexOf(soonest)]);
    }
  });
  fc.assert(property, { numRuns: 1_000 });
});

it.run();
