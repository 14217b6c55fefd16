// How a restore is told: how much is read, how fast, and how long it may still take. The meter always knows; the log says it now and
// then, and of what is quick nothing.

import type { ShardContext } from "./context.ts";

const TELL_EVERY_MS = 2_000;

/** Tells how far reading from `start` to `end` has come. */
export function createProgress(
  { clock, log, meter, shard }: Pick<ShardContext, "clock" | "log" | "meter" | "shard">,
  start: bigint,
  end: bigint,
): (next: bigint, bytes: number) => void {
  const startedAt = clock.now();
  let toldAt = startedAt;
  return (next, bytes) => {
    const now = clock.now();
    const share = Math.max(0, Math.min(1, Number(next - start) / Math.max(1, Number(end - start))));
    const tookMs = now - startedAt;
    const bytesPerSecond = tookMs === 0 ? 0 : Math.round((1_000 * bytes) / tookMs);
    const leftMs = share === 0 ? null : (tookMs * (1 - share)) / share;
    meter.restoring({ share, bytes, bytesPerSecond, leftMs });
    if (now - toldAt < TELL_EVERY_MS || leftMs === null) return;
    toldAt = now;
    const told = { percent: Math.floor(100 * share), bytes, bytesPerSecond, secondsLeft: Math.ceil(leftMs / 1_000) };
    log("info", "restoring a shard", { shard, ...told });
  };
}
