// What is told of a restore while it goes on.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RestoreProgress } from "../../../lib/runtime/shard/meter.ts";
import { createShardMeter } from "../../../lib/runtime/shard/meter.ts";
import { createProgress } from "../../../lib/runtime/shard/progress.ts";
import { systemClock } from "../../../lib/time/clock.ts";

const it = suite("shards, progress of a restore");

it("knows share, rate and time left, and tells the log every two seconds", () => {
  let now = 5_000;
  const clock = { ...systemClock, now: () => now };
  const lines: unknown[] = [];
  const seen: RestoreProgress[] = [];
  const meter = { ...createShardMeter(clock), restoring: (progress: RestoreProgress) => void seen.push(progress) };
  const progress = createProgress({ clock, meter, shard: 3, log: (...line) => void lines.push(line) }, 1_000n, 3_000n);
  progress(1_000n, 0);
  now += 500;
  progress(1_500n, 4_000);
  now += 1_500;
  progress(2_000n, 9_000);
  now += 1_999;
  progress(2_999n, 10_000);
  now += 1;
  progress(3_500n, 12_000);
  assert.equal(seen, [
    { share: 0, bytes: 0, bytesPerSecond: 0, leftMs: null },
    { share: 0.25, bytes: 4_000, bytesPerSecond: 8_000, leftMs: 1_500 },
    { share: 0.5, bytes: 9_000, bytesPerSecond: 4_500, leftMs: 2_000 },
    { share: 0.9995, bytes: 10_000, bytesPerSecond: 2_501, leftMs: (3_999 * (1 - 0.9995)) / 0.9995 },
    { share: 1, bytes: 12_000, bytesPerSecond: 3_000, leftMs: 0 },
  ]);
  assert.equal(lines, [
    ["info", "restoring a shard", { shard: 3, percent: 50, bytes: 9_000, bytesPerSecond: 4_500, secondsLeft: 2 }],
    ["info", "restoring a shard", { shard: 3, percent: 100, bytes: 12_000, bytesPerSecond: 3_000, secondsLeft: 0 }],
  ]);
});

it.run();
