// Time must go on when a partition falls silent, or the deadlines of all keys beside it would never fire. Verdicts that
// need a clock are made here and nowhere else.
//
//     partition caught up and silent for idleAfter     its lane goes on without it
//     all partitions of a lane idle                    the lane follows the slowest active lane
//     all lanes idle                                   they follow the clock, less what may be on its way

import { BEGINNING, END_OF_TIME, type Instant } from "../time/instant.ts";
import type { Lane } from "./lane.ts";
import { isActive, type PartitionState } from "./partition.ts";
import type { TopicPartition } from "./ports.ts";

/** What of a task's configuration decides about idleness. */
export type IdleConfig = {
  readonly idleAfterMs: number;
  readonly whenAllIdle: "clock" | "hold";
  readonly inputs: readonly { readonly outOfOrdernessMs: number }[];
};

/** What has to be known to tell silence from what was not heard. */
export type Listening = {
  readonly now: Instant;
  /** Whether it was kept from being read, or what was read of it is still to come. */
  readonly isHeld: (partition: TopicPartition) => boolean;
  /** Whether nobody listened since the last look: the process was stopped, or the machine asleep. */
  readonly wasAbsent: boolean;
  /** The slowest active lane of this process that belongs to another task; left out: there is none. */
  readonly elsewhere?: Instant | undefined;
};

/**
 * Marks a partition idle if it has been silent for long enough. Being held back is not being silent. One of which there may be
 * more than was read, since brokers do not answer or nobody asked them, is not idle any more: what it says next may be of now.
 */
export function markIdle(partition: PartitionState, idleAfterMs: number, listening: Listening): void {
  const { now, isHeld, wasAbsent } = listening;
  if (partition.ended || !partition.assigned) return;
  const isUnheard = wasAbsent || !partition.caughtUp;
  if (isUnheard) partition.idle = false;
  if (isUnheard || partition.paused || isHeld(partition.place)) partition.activeAt = now;
  else if (now - partition.activeAt >= idleAfterMs) partition.idle = true;
}

/** Whether a partition of the lane keeps its time back. */
export function isAwake(lane: Lane): boolean {
  return lane.partitions.some(isActive);
}

/** The least watermark of those lanes that keep their time back, and of `elsewhere`; `undefined`: there is none. */
export function slowestAwake(lanes: readonly Lane[], elsewhere?: Instant): Instant | undefined {
  let slowest = elsewhere;
  for (const lane of lanes) if (isAwake(lane)) slowest = Math.min(slowest ?? END_OF_TIME, lane.watermark);
  return slowest;
}

/**
 * Up to where an idle lane may go. While all lanes are idle that is the clock, less `idleAfter`, for events that happened but
 * have not arrived, and less the largest `outOfOrderness`.
 */
export function idleTime(
  lanes: readonly Lane[],
  { now, elsewhere }: Pick<Listening, "now" | "elsewhere">,
  config: IdleConfig,
): (lane: Lane) => Instant {
  const slowest = slowestAwake(lanes, elsewhere);
  if (slowest !== undefined) return () => slowest;
  if (config.whenAllIdle === "hold") return () => BEGINNING;
  const behindMs = config.idleAfterMs + Math.max(...config.inputs.map((input) => input.outOfOrdernessMs)) + 1;
  return () => now - behindMs;
}
