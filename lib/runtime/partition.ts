// One partition of one input topic: its own time, its positions, and what became of its records.

import type { Glance } from "../event/glance.ts";
import type { Reader } from "../event/read.ts";
import { BEGINNING, type Instant } from "../time/instant.ts";
import { createWatermark, type Watermark } from "../time/watermark.ts";
import type { TopicPartition } from "./ports.ts";
import { createPositions, type Positions } from "./positions.ts";
import type { Again } from "./save-input.ts";
import { createSealed, type Sealed } from "./sealed.ts";

/** How the records of one topic are read. */
export type LaneInput = {
  readonly topic: string;
  readonly outOfOrdernessMs: number;
  readonly read: Reader;
  /** Tells records that need not be read; `null`: all have to be. */
  readonly glance: Glance | null;
  /** Whether times are times of arrival, which never go back. */
  readonly arrival: boolean;
  readonly onBadRecord: "deadLetter" | "fail" | "skip";
};

/** What became of records so far. Those not yet decided are in `positions.waiting`. */
export type RecordCounts = { records: number; onTime: number; late: number; deadLettered: number; skipped: number };

/** Written by its lane and its task; read by whoever shows it. */
export type PartitionState = {
  readonly input: LaneInput;
  /** Place of the topic among the inputs: orders events of equal time. */
  readonly rank: number;
  readonly place: TopicPartition;
  /** Another one when its bound changes. */
  time: Watermark;
  readonly positions: Positions;
  /** Records that a clock found bad while others before them waited. */
  readonly sealed: Sealed;
  /** What is known of records that are read again after a restore; `null`: all that come are new. */
  again: Again | null;
  readonly counts: RecordCounts;
  /** Whether it was given to us. Until then it holds its lane's time back. */
  assigned: boolean;
  /** It will have no more records. */
  ended: boolean;
  /** Nothing more stood in it when it was last read. */
  caughtUp: boolean;
  /** Silent for so long that its lane's time goes on without it. */
  idle: boolean;
  /** When it last had records, or could not have had any. */
  activeAt: Instant;
  /** Bytes of its records that wait for their turn in time. */
  bufferedBytes: number;
  /** Whether we asked for no more records because of them. */
  paused: boolean;
};

export function createPartitionState(input: LaneInput, rank: number, partition: number): PartitionState {
  return {
    input,
    rank,
    place: { topic: input.topic, partition },
    time: createWatermark(input.outOfOrdernessMs),
    positions: createPositions(),
    sealed: createSealed(),
    again: null,
    counts: { records: 0, onTime: 0, late: 0, deadLettered: 0, skipped: 0 },
    assigned: false,
    ended: false,
    caughtUp: false,
    idle: false,
    activeAt: BEGINNING,
    bufferedBytes: 0,
    paused: false,
  };
}

/** Whether time may not go on without it. */
export function isActive(partition: PartitionState): boolean {
  return !partition.ended && !partition.idle;
}
