// A partition is paused while there is any reason to hold it, and the source hears of it once each time.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createFlow, type HoldReason } from "../../lib/runtime/flow.ts";

const it = suite("flow");

const PLACES = [0, 1].map((partition) => ({ topic: "in", partition }));
const reason = fc.constantFrom<HoldReason>("queue", "time", "stop");
const command = fc.record({
  act: fc.constantFrom("hold", "release", "holdAll", "releaseAll", "assigned"),
  reason,
  which: fc.nat(1),
});

it("agrees with a list of reasons", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      const paused = new Set<number>();
      const flow = createFlow({
        pause: ({ partition }) => {
          assert.not(paused.has(partition), "paused twice");
          paused.add(partition);
        },
        resume: ({ partition }) => assert.ok(paused.delete(partition), "resumed though it was not paused"),
      });
      const ours = new Map<number, Set<HoldReason>>();
      const forAll = new Set<HoldReason>();
      for (const { act, reason: why, which } of commands) {
        const place = PLACES[which] as (typeof PLACES)[number];
        if (act === "hold") {
          flow.hold(place, why);
          ours.get(which)?.add(why);
        } else if (act === "release") {
          flow.release(place, why);
          ours.get(which)?.delete(why);
        } else if (act === "holdAll") {
          flow.holdAll(why);
          forAll.add(why);
        } else if (act === "releaseAll") {
          flow.releaseAll(why);
          forAll.delete(why);
        } else if (act === "assigned" && !ours.has(which)) {
          flow.assigned([place]);
          ours.set(which, new Set());
        }
        for (const [partition, each] of PLACES.entries()) {
          const held = ours.has(partition) && (forAll.size > 0 || (ours.get(partition)?.size ?? 0) > 0);
          assert.equal([flow.isHeld(each), paused.has(partition)], [held, held]);
          const why = flow.heldBecause(each);
          assert.is(why === null ? held : !(forAll.has(why) || ours.get(partition)?.has(why)), false);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

it.run();
