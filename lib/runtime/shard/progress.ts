// How a long restore is told: how much is read, how fast, and how long it may still take.

import type { ShardContext } from "./context.ts";

const TELL_EVERY_MS = 2_000;

/** Tells now and then how far reading from `start` to `end` has come; what is quick is not told at all. */
export function createProgress(
  { clock, log, shard }: Pick<ShardContext, "clock" | "log" | "shard">,
  start: bigint,
  end: bigint,
): (next: bigint, bytes: number) => void {
  const startedAt = clock.now();
  let toldAt = startedAt;
  return (next, bytes) => {
    const now = clock.now();
    if (now - toldAt < TELL_EVERY_MS || next <= start) return;
    toldAt = now;
    const share = Math.min(1, Number(next - start) / Math.max(1, Number(end - start)));
    const tookMs = now - startedAt;
    log("info", "restoring a shard", {
      shard,
      percent: Math.floor(100 * share),
      bytes,
      bytesPerSecond: Math.round((1_000 * bytes) / tookMs),
      secondsLeft: Math.ceil((tookMs * (1 - share)) / share / 1_000),
    });
  };
}
