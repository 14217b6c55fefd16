// What a shard counts, and how the checkpoints of several are kept apart.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createShardMeter } from "../../../lib/runtime/shard/meter.ts";
import { createStagger } from "../../../lib/runtime/shard/stagger.ts";
import { type Clock, systemClock } from "../../../lib/time/clock.ts";

const it = suite("shards, meter");

/** Stands still until it is moved. */
function handClock(): Clock & { advance(ms: number): void } {
  let now = 1_000_000;
  const advance = (ms: number): void => {
    now += ms;
  };
  return { ...systemClock, now: () => now, advance };
}

it("says how far a restore is, and counts it when it is over", () => {
  const meter = createShardMeter(handClock());
  assert.equal(meter.picture().restoring, { share: 0, bytes: 0, bytesPerSecond: 0, leftMs: null });
  meter.restoring({ share: 0.5, bytes: 10, bytesPerSecond: 5, leftMs: 2_000 });
  assert.is(meter.picture().restoring?.share, 0.5);
  meter.restored({ bytes: 20, tookMs: 4_000, ledger: { bytes: 9, stateBytes: 8 } });
  meter.restored({ bytes: 1, tookMs: 1, ledger: { bytes: 7, stateBytes: 6 } });
  assert.equal([meter.picture().logBytes, meter.picture().liveBytes], [7, 6]);
  assert.equal([meter.picture().restoring, meter.picture().restores], [null, { count: 2, bytes: 21, tookMs: 4_001 }]);
});

it("counts checkpoints, and what went wrong with them", () => {
  const meter = createShardMeter(handClock());
  meter.committed({ bytes: 5, tookMs: 7, ledger: { bytes: 100, stateBytes: 60 } });
  meter.committed({ bytes: 6, tookMs: 8, ledger: { bytes: 90, stateBytes: 50 } });
  meter.resolved();
  meter.overtaken();
  meter.overtaken();
  meter.trimmed();
  const { checkpoints, logBytes, liveBytes, resolves, overtaken, trims } = meter.picture();
  assert.equal(checkpoints, { count: 2, bytes: 11, tookMs: 15 });
  assert.equal([logBytes, liveBytes, resolves, overtaken, trims], [90, 50, 1, 2, 1]);
});

it("knows for how long something waits, and intervals only where something did", () => {
  const clock = handClock();
  const meter = createShardMeter(clock);
  const cutAfter = (ms: number): void => {
    clock.advance(ms);
    meter.cut(100);
  };
  assert.equal([meter.picture().waitsMs, meter.picture().intervalMs], [0, null]);
  meter.waits();
  clock.advance(30);
  meter.waits();
  assert.is(meter.picture().waitsMs, 30);
  cutAfter(70);
  assert.equal([meter.picture().waitsMs, meter.picture().intervalMs], [0, null], "there is none before the first");
  clock.advance(5_000);
  meter.waits();
  cutAfter(3);
  assert.is(meter.picture().intervalMs, null, "nothing waited for so long");
  for (let n = 1; n <= 100; n += 1) {
    meter.waits();
    cutAfter(100 + n);
  }
  assert.is(meter.picture().intervalMs, 199);
  for (let n = 1; n <= 600; n += 1) {
    meter.waits();
    cutAfter(101);
  }
  assert.is(meter.picture().intervalMs, 101, "old ones are forgotten");
});

it("keeps cuts apart, and lets all have their turn in half of the pace", () => {
  const clock = handClock();
  const stagger = createStagger(clock);
  const cutAt = new Map<number, number[]>();
  const dueAt = Array.from({ length: 4 }, () => clock.now());
  const begun = clock.now();
  for (; clock.now() < begun + 1_000; clock.advance(1))
    for (const [shard, due] of dueAt.entries()) {
      if (clock.now() < due) continue;
      const waitMs = stagger.take(100, 4);
      dueAt[shard] = clock.now() + (waitMs === 0 ? 100 : Math.ceil(waitMs));
      if (waitMs === 0) cutAt.set(shard, [...(cutAt.get(shard) ?? []), clock.now() - begun]);
    }
  const all = [...cutAt.values()].flat().sort((a, b) => a - b);
  for (const [index, at] of all.entries()) assert.ok(index === 0 || at - (all[index - 1] ?? 0) >= 12.5, `${all}`);
  for (const times of cutAt.values())
    for (const [index, at] of times.entries())
      assert.ok(at - (times[index - 1] ?? 0) <= 150, `an interval of ${at - (times[index - 1] ?? 0)} ms`);
  assert.is(cutAt.size, 4);
  assert.equal([createStagger(clock).take(100, 1), stagger.take(100, 1)], [0, 0], "one alone never waits");
});

it.run();
