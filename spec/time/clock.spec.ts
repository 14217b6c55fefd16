// The clock of the machine does what the port says.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemClock } from "../../lib/time/clock.ts";

const it = suite("clock of the machine");

it("says what time it is", () => {
  const before = Date.now();
  const now = systemClock.now();
  assert.ok(before <= now && now <= Date.now());
});

it("acts once, not before its time", async () => {
  const began = performance.now();
  let acted = 0;
  await new Promise<void>((resolve) => {
    systemClock.after(30, () => {
      acted += 1;
      resolve();
    });
    assert.is(acted, 0);
  });
  // Timers count in whole milliseconds, and may begin a part of one earlier.
  assert.ok(performance.now() - began >= 28);
  await systemClock.breathe();
  assert.is(acted, 1);
});

it("does not act if it is told not to", async () => {
  const acted: string[] = [];
  const cancel = systemClock.after(1, () => acted.push("cancelled"));
  const done = new Promise<void>((resolve) => void systemClock.after(20, resolve));
  cancel();
  await done;
  assert.equal(acted, []);
});

it("lets what waits have its turn", async () => {
  const turns: string[] = [];
  setImmediate(() => turns.push("another"));
  await systemClock.breathe();
  turns.push("mine");
  assert.equal(turns, ["another", "mine"]);
});

it.run();
