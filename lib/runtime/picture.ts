// Takes the picture that `metrics.ts` describes.

import { BEGINNING } from "../time/instant.ts";
import type { EmissionKind } from "./alert.ts";
import type { Lane } from "./lane.ts";
import type { Metrics, PartitionMetrics, ServiceState } from "./metrics.ts";
import { isActive } from "./partition.ts";
import type { TopicPartition } from "./ports.ts";
import type { Tally } from "./tally.ts";

/** What a picture is made of. */
export type MetricsParts = {
  readonly state: ServiceState;
  readonly tally: Tally;
  readonly lanes: readonly Lane[];
  readonly isHeld: (partition: TopicPartition) => boolean;
  readonly queuedBytes: number;
  readonly sent: Readonly<Record<EmissionKind, number>>;
};

export function takeMetrics({ state, tally, lanes, isHeld, queuedBytes, sent }: MetricsParts): Metrics {
  return {
    state,
    ...tally,
    partitions: lanes.flatMap((lane) => partitionMetrics(lane, isHeld)),
    lanes: lanes.map((lane) => ({
      partition: lane.partition,
      watermark: lane.watermark,
      buffered: lane.buffered,
      bufferedBytes: lane.partitions.reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0),
    })),
    watermark: lanes.length > 0 ? Math.min(...lanes.map((lane) => lane.watermark)) : BEGINNING,
    queuedBytes,
    sent: {
      alerts: sent.alert,
      timedOut: sent.timedOut,
      late: sent.late,
      deadLetters: sent.deadLetter,
      notices: sent.notice,
    },
  };
}

function partitionMetrics(lane: Lane, isHeld: (partition: TopicPartition) => boolean): readonly PartitionMetrics[] {
  const least = Math.min(...lane.partitions.filter(isActive).map(({ time }) => time.at));
  return lane.partitions.map((partition) => ({
    ...partition.place,
    watermark: partition.time.at,
    holdsBack: isActive(partition) && partition.time.at === least,
    idle: partition.idle,
    paused: isHeld(partition.place),
    ended: partition.ended,
    position: partition.positions.settled,
  }));
}
