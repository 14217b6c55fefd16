// Takes the picture that `metrics.ts` describes.

import { BEGINNING } from "../time/instant.ts";
import type { EmissionKind } from "./alert.ts";
import type { Lane } from "./lane.ts";
import { laneStateOf, type Surroundings } from "./lane-state.ts";
import type { HeldBack, LaneMetrics, Metrics, PartitionMetrics, ServiceState, ShardMetrics } from "./metrics.ts";
import { isActive, type PartitionState } from "./partition.ts";
import type { TopicPartition } from "./ports.ts";
import type { Tally } from "./tally.ts";

/** What a picture is made of. */
export type MetricsParts = Surroundings & {
  readonly state: ServiceState;
  readonly assigned: boolean;
  readonly tally: Tally;
  readonly lanes: readonly Lane[];
  readonly shards: readonly ShardMetrics[];
  readonly endOf: (partition: TopicPartition) => bigint | null;
  /** Left out: nobody looks. */
  readonly heldBackOf?: (partition: TopicPartition) => HeldBack | null;
  readonly queuedBytes: number;
  readonly unsentBytes: number;
  readonly sent: Readonly<Record<EmissionKind, number>>;
};

export function takeMetrics(parts: MetricsParts): Metrics {
  const { state, assigned, tally, lanes, shards, queuedBytes, unsentBytes, sent } = parts;
  return {
    state,
    assigned,
    ...tally,
    partitions: lanes.flatMap((lane) => partitionMetrics(lane, parts)),
    lanes: laneMetrics(lanes, parts),
    shards,
    watermark: lanes.length > 0 ? Math.min(...lanes.map((lane) => lane.watermark)) : BEGINNING,
    queuedBytes,
    unsentBytes,
    sent: {
      alerts: sent.alert,
      timedOut: sent.timedOut,
      late: sent.late,
      deadLetters: sent.deadLetter,
      notices: sent.notice,
    },
  };
}

/** The part of it that says what each lane does. Costs no visit to the patterns. */
export function laneMetrics(lanes: readonly Lane[], surroundings: Surroundings): readonly LaneMetrics[] {
  return lanes.map((lane) => ({
    partition: lane.partition,
    state: laneStateOf(lane, surroundings),
    watermark: lane.watermark,
    buffered: lane.buffered,
    bufferedBytes: lane.partitions.reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0),
  }));
}

function partitionMetrics(lane: Lane, parts: MetricsParts): readonly PartitionMetrics[] {
  const least = Math.min(...lane.partitions.filter(isActive).map(({ time }) => time.at));
  return lane.partitions.map((partition) => {
    const pausedBecause = parts.heldBecause(partition.place);
    return {
      ...partition.place,
      watermark: partition.time.at,
      holdsBack: isActive(partition) && partition.time.at === least,
      idle: partition.idle,
      paused: pausedBecause !== null,
      pausedBecause,
      ended: partition.ended,
      position: partition.positions.settled,
      lag: lagOf(partition, pausedBecause !== null, parts),
      heldBack: parts.heldBackOf?.(partition.place) ?? null,
    };
  });
}

/** A reader that has all is not behind, even if what stands at the end is no record, as the marks of transactions are none. */
function lagOf(partition: PartitionState, isHeld: boolean, { endOf, isQueued }: MetricsParts): bigint | null {
  const { assigned, caughtUp, place, positions } = partition;
  const end = endOf(place);
  if (end === null || !assigned) return null;
  if (caughtUp && !isHeld && positions.waiting === 0 && !isQueued(place)) return 0n;
  const { settled } = positions;
  return settled === null ? null : end > settled ? end - settled : 0n;
}
