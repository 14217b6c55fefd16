// One partition number of all input topics together: what decides the order in which the events of its keys are matched.
//
//     record ─ read ─▶ late? ─▶ reorder buffer ─ time moves ─▶ matcher of each pattern ─▶ alerts
//               │        └▶ late topic
//               └▶ dead letters
//
// Time is the least of what the active partitions allow. It never goes back: a partition that wakes up finds the events
// late that its lane has passed. With one input in order (`outOfOrderness` 0) there is nothing to wait for, and events are
// matched as they come.

import { ConfigError } from "../core/errors.ts";
import type { BadRecord } from "../event/bad-record.ts";
import type { Key } from "../event/key.ts";
import type { ReadEvent } from "../event/read.ts";
import { BEGINNING, END_OF_TIME, type Instant } from "../time/instant.ts";
import { createReorderBuffer, type Ranked, type ReorderBuffer } from "../time/reorder.ts";
import type { Emission } from "./alert.ts";
import { deadLetterCopy, lateCopy } from "./copy.ts";
import { createPartitionState, isActive, type LaneInput, type PartitionState } from "./partition.ts";
import { createPatternRow, type LanePattern, type PatternRow } from "./pattern-row.ts";
import type { Placement } from "./placement.ts";
import type { InputRecord } from "./ports.ts";

/** What all lanes of a task have in common. */
export type LaneConfig = {
  readonly inputs: readonly LaneInput[];
  readonly patterns: readonly LanePattern[];
  readonly lateTopic: string;
  readonly deadLetterTopic: string;
  /** Longest value that is copied, in bytes. */
  readonly maxOutputBytes: number;
  /** Where keys were met. One for all lanes. */
  readonly placement: Placement;
};

/** An event that waits for its turn in time. */
type Waiting = Ranked & { readonly key: Key; readonly value: object; readonly bytes: number };

/** A lane at work. What it says goes to the list given as `out`, in order. */
export interface Lane {
  readonly partition: number;
  /** One per input, in their order. */
  readonly partitions: readonly PartitionState[];
  readonly patterns: PatternRow;
  /** How far time has come: all events at or before it are matched or waiting to be, and others like them are late. */
  readonly watermark: Instant;
  /** Events waiting for their turn. */
  readonly buffered: number;
  /** Whether `work` has anything to do. */
  readonly hasWork: boolean;
  /**
   * Takes the next record of one of its partitions. A record below the next position was dealt with before and is left out.
   *
   * @throws {ConfigError} `BAD_RECORD` if it is broken and its input says `fail`; `KEY_NOT_COLOCATED` if its key was met in another lane.
   */
  take(partition: PartitionState, record: InputRecord, readAt: Instant, out: Emission[]): void;
  /** Lets time go as far as the active partitions allow; up to `atMost` if all are idle; to its end if all have ended. */
  moveTime(atMost: Instant): void;
  /** Matches up to `maxEvents` events whose turn has come; when none is left, deadlines fire. Returns how many were matched. @throws {LimitError} */
  work(maxEvents: number, out: Emission[]): number;
}

/** What an event in the buffer costs beside its bytes. An estimate. */
const EVENT_BYTES = 128;

/** A lane of which nothing was read yet. */
export function createLane(config: LaneConfig, partition: number): Lane {
  return new LaneAtWork(config, partition);
}

class LaneAtWork implements Lane {
  readonly partition: number;
  readonly partitions: readonly PartitionState[];
  readonly patterns: PatternRow;
  readonly #config: LaneConfig;
  readonly #buffer: ReorderBuffer<Waiting> = createReorderBuffer();
  /** Whether events come in order and need not wait. */
  readonly #inOrder: boolean;
  #watermark: Instant = BEGINNING;
  /** Up to where deadlines have fired. */
  #firedTo: Instant = BEGINNING;

  constructor(config: LaneConfig, partition: number) {
    this.#config = config;
    this.partition = partition;
    this.partitions = config.inputs.map((input, rank) => createPartitionState(input, rank, partition));
    this.patterns = createPatternRow(config.patterns);
    this.#inOrder = config.inputs.every((input) => input.outOfOrdernessMs === 0) && config.inputs.length === 1;
  }

  get watermark(): Instant {
    return this.#watermark;
  }

  get buffered(): number {
    return this.#buffer.size;
  }

  get hasWork(): boolean {
    return this.#firedTo < this.#watermark;
  }

  take(partition: PartitionState, record: InputRecord, readAt: Instant, out: Emission[]): void {
    const { counts, input, place, positions, time } = partition;
    if (positions.next !== null && record.offset < positions.next) return;
    counts.records += 1;
    const event = input.read(record, readAt);
    if (event.kind === "bad") {
      this.#refuse(partition, record, event, readAt, out);
      return;
    }
    const at = input.arrival ? Math.max(time.newest, event.at) : event.at;
    const own = time.at;
    if (time.observe(at) || at <= this.#watermark) {
      positions.passed(record.offset);
      counts.late += 1;
      out.push(
        lateCopy(
          this.#config.lateTopic,
          place,
          record,
          at,
          at <= own ? own : this.#watermark,
          this.#config.maxOutputBytes,
        ),
      );
      return;
    }
    this.#accept(partition, record, event, at, out);
  }

  moveTime(atMost: Instant): void {
    const allowed = this.partitions.some(isActive)
      ? leastAllowed(this.partitions)
      : this.#isOver()
        ? END_OF_TIME
        : atMost;
    if (allowed > this.#watermark) this.#watermark = allowed;
  }

  work(maxEvents: number, out: Emission[]): number {
    let matched = 0;
    while (matched < maxEvents) {
      const next = this.#buffer.take(this.#watermark);
      if (next === null) {
        this.#fire(out);
        break;
      }
      const partition = this.partitions[next.rank] as PartitionState;
      this.#match(partition, next.offset, next.key, next.value, next.at, out);
      partition.positions.closed(next.offset);
      partition.bufferedBytes -= next.bytes;
      matched += 1;
    }
    return matched;
  }

  #isOver(): boolean {
    return this.partitions.every((partition) => partition.ended);
  }

  #accept(partition: PartitionState, record: InputRecord, event: ReadEvent, at: Instant, out: Emission[]): void {
    const { key, value } = event;
    this.#config.placement.check(key, partition.place);
    if (this.#inOrder) {
      this.moveTime(BEGINNING);
      this.#match(partition, record.offset, key, value, at, out);
      partition.positions.passed(record.offset);
      return;
    }
    const bytes = EVENT_BYTES + (record.value?.length ?? 0) + (record.key?.length ?? 0);
    this.#buffer.add({ at, rank: partition.rank, offset: record.offset, key, value, bytes });
    partition.positions.opened(record.offset);
    partition.bufferedBytes += bytes;
  }

  #match(partition: PartitionState, offset: bigint, key: Key, value: object, at: Instant, out: Emission[]): void {
    partition.counts.onTime += 1;
    const { topic, partition: number } = partition.place;
    const event = { value, at, origin: { topic, partition: number, offset } };
    this.patterns.onEvent(key, event, this.#watermark, out);
  }

  #fire(out: Emission[]): void {
    if (!this.hasWork) return;
    this.#firedTo = this.#watermark;
    this.patterns.advanceTo(this.#watermark, this.#watermark, out);
  }

  #refuse(partition: PartitionState, record: InputRecord, bad: BadRecord, readAt: Instant, out: Emission[]): void {
    const { counts, input, place, positions } = partition;
    if (input.onBadRecord === "fail") throw badRecordError(partition, record, bad);
    positions.passed(record.offset);
    if (input.onBadRecord === "skip") {
      counts.skipped += 1;
      return;
    }
    counts.deadLettered += 1;
    const { deadLetterTopic, maxOutputBytes } = this.#config;
    out.push(deadLetterCopy(deadLetterTopic, place, record, bad, readAt, maxOutputBytes));
  }
}

function leastAllowed(partitions: readonly PartitionState[]): Instant {
  let least = END_OF_TIME;
  for (const partition of partitions) if (isActive(partition)) least = Math.min(least, partition.time.at);
  return least;
}

function badRecordError({ place }: PartitionState, record: InputRecord, bad: BadRecord): ConfigError {
  return new ConfigError(
    "BAD_RECORD",
    `The record at offset ${record.offset} of partition ${place.partition} of "${place.topic}" is no event (${bad.code}): ${bad.message} ` +
      `Mend it, or give the input onBadRecord: "deadLetter" or "skip" instead of "fail".`,
  );
}
