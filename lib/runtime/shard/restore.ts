// Putting a task where a shard was left: a million open runs take seconds, so others have their turn in between.
//
//     acquired ─▶ lanes ─▶ each pattern of each lane, piece by piece ─▶ task that stands where the last one stood
//                               └── a breath every few milliseconds: heartbeats above all

import { createTask, type Task } from "../task.ts";
import type { Acquired } from "./acquire.ts";
import { type ShardContext, statePlace } from "./context.ts";

const BREATHE_EVERY_MS = 4;

/**
 * A task that stands where the shard was left; `null`: the shard was lost meanwhile. What the log and the meter say of it is
 * said then, and counts from when the shard was given.
 *
 * @throws {CheckpointError} if what was saved cannot be read.
 */
export async function restore(context: ShardContext, acquired: Acquired): Promise<Task | null> {
  const { account, clock, isOurs, log, meter, shard } = context;
  const { bytes, lanes, ledger, pieces, seq, since } = acquired;
  const task = createTask(acquired.task);
  let breathedAt = clock.now();
  const isLong = (): boolean => clock.now() - breathedAt >= BREATHE_EVERY_MS;
  const isOursAfterBreath = async (): Promise<boolean> => {
    await clock.breathe();
    breathedAt = clock.now();
    return isOurs();
  };
  task.restore(lanes);
  for (const lane of task.lanes)
    for (const [pattern, freezer] of lane.patterns.freezers.entries()) {
      for (const _ of freezer.thaw(pieces({ lane: lane.partition, pattern }), statePlace(context)))
        if (isLong() && !(await isOursAfterBreath())) return null;
      if (isLong() && !(await isOursAfterBreath())) return null;
    }
  const tookMs = clock.now() - since;
  account.begin(task.lanes);
  meter.restored({ bytes, tookMs, ledger });
  log("info", "a shard was taken over", { shard, checkpoint: seq, bytes, tookMs });
  return task;
}
