// Keeps the checkpoints of the shards of one process apart. Those that are cut at the same moment would freeze one after the other
// while nobody matches, and then all wait for the same broker.
//
//     shard 0   │         │         │          each at its own pace; when two are due at once, one waits a little: never so
//     shard 1      │         │         │       long that not all would have their turn in half of that pace

import type { Clock } from "../../time/clock.ts";

export interface Stagger {
  /** 0: it is this shard's turn to cut, and it does. Else how long it has to wait before it asks again. `shards`: how many take turns. */
  take(everyMs: number, shards: number): number;
}

export function createStagger(clock: Clock): Stagger {
  let takenAt = Number.NEGATIVE_INFINITY;
  return {
    take(everyMs, shards) {
      const now = clock.now();
      const waitMs = takenAt + everyMs / (2 * shards) - now;
      if (shards > 1 && waitMs > 0) return waitMs;
      takenAt = now;
      return 0;
    },
  };
}
