// What a lane does, and why it waits. The answer is that of its bottleneck: the active partition whose own time is least.
//
//     all ended? ─▶ ended
//     work, or records to look at ─▶ output is full? ─▶ waitingForSink, else matching, catchingUp
//     a topic without its partition ─▶ waitingForPartitions
//     all partitions silent ─▶ idle
//     the bottleneck is   held ─▶ paused     not read to its end ─▶ catchingUp
//                         silent, and events wait ─▶ waitingForTime     nothing waits ─▶ waitingForEvents

import type { Instant } from "../time/instant.ts";
import type { HoldReason } from "./flow.ts";
import type { Lane } from "./lane.ts";
import { isActive, type PartitionState } from "./partition.ts";
import type { TopicPartition } from "./ports.ts";

/**
 * What a lane does, or what it waits for.
 *
 * @example
 * import type { LaneState } from "sequitur/service";
 *
 * const say = (state: LaneState): string =>
 *   state.kind === "waitingForTime" ? `events wait until something comes in partition ${state.partition} of ${state.topic}` : state.kind;
 * say({ kind: "matching" }); // => "matching"
 */
export type LaneState =
  /** Every partition has ended, and all is matched. Files end; Kafka topics do not. */
  | { readonly kind: "ended" }
  /** There are events to match, and more output than allowed is not safe yet. */
  | { readonly kind: "waitingForSink" }
  /** The turn of some events or deadlines has come. */
  | { readonly kind: "matching" }
  /** Records stand in this partition that were not read or not looked at. */
  | ({ readonly kind: "catchingUp" } & TopicPartition)
  /** The partitions of these topics belong to nobody or to another instance; until they come, time stands still. */
  | { readonly kind: "waitingForPartitions"; readonly topics: readonly string[] }
  /** All its partitions are silent. Its time follows the slowest lane that is not, or the clock while there is none, or nothing. */
  | { readonly kind: "idle"; readonly follows: "slowestLane" | "clock" | "nothing" }
  /** Reading of the partition that keeps its time back is paused. */
  | ({ readonly kind: "paused"; readonly why: HoldReason } & TopicPartition)
  /** Events wait for their turn until something comes in this partition, which has been silent since then, or until it counts as idle. */
  | ({ readonly kind: "waitingForTime"; readonly silentSince: Instant } & TopicPartition)
  /** Everything that stood in its partitions is matched. */
  | { readonly kind: "waitingForEvents" };

/** The words for it, each once. */
export const LANE_STATES: readonly LaneState["kind"][] = [
  "matching",
  "catchingUp",
  "waitingForEvents",
  "waitingForTime",
  "waitingForSink",
  "waitingForPartitions",
  "paused",
  "idle",
  "ended",
];

/** What a lane does not know of itself. */
export type Surroundings = {
  /** Why reading of a partition is paused; `null`: it is not. */
  readonly heldBecause: (partition: TopicPartition) => HoldReason | null;
  /** Whether records of it were read and not looked at. */
  readonly isQueued: (partition: TopicPartition) => boolean;
  /** Whether matching waits for the sink. */
  readonly isFull: boolean;
  /** What an idle lane follows. */
  readonly idleFollows: "slowestLane" | "clock" | "nothing";
};

/** What the lane does now. Cost: a look at each of its partitions. */
export function laneStateOf(lane: Lane, { heldBecause, isQueued, isFull, idleFollows }: Surroundings): LaneState {
  const { partitions, hasWork, buffered } = lane;
  const queued = partitions.find(({ place }) => isQueued(place));
  if (hasWork || queued !== undefined) {
    if (isFull) return { kind: "waitingForSink" };
    return hasWork || queued === undefined ? { kind: "matching" } : { kind: "catchingUp", ...queued.place };
  }
  if (partitions.every(({ ended }) => ended)) return { kind: "ended" };
  const missing = partitions.filter(({ assigned }) => !assigned);
  if (missing.length > 0) return { kind: "waitingForPartitions", topics: missing.map(({ place }) => place.topic) };
  const slowest = bottleneckOf(partitions);
  if (slowest === null) return { kind: "idle", follows: idleFollows };
  const why = heldBecause(slowest.place);
  if (why !== null) return { kind: "paused", why, ...slowest.place };
  if (!slowest.caughtUp) return { kind: "catchingUp", ...slowest.place };
  if (buffered === 0) return { kind: "waitingForEvents" };
  return { kind: "waitingForTime", silentSince: slowest.activeAt, ...slowest.place };
}

/** Of the active partitions the one whose time is least; of several, one that is kept from being read, then the first. */
function bottleneckOf(partitions: readonly PartitionState[]): PartitionState | null {
  let least: PartitionState | null = null;
  for (const partition of partitions) {
    if (!isActive(partition)) continue;
    if (least === null || partition.time.at < least.time.at) least = partition;
  }
  return least;
}
