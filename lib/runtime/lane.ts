// One partition number of all input topics together: what decides the order in which the events of its keys are matched.
//
//     record ─ read ─▶ late? ─▶ reorder buffer ─ time moves ─▶ matcher of each pattern ─▶ alerts
//               │        │ └▶ concerns nobody: counted
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
import type { SavedLane } from "../state/checkpoint.ts";
import { BEGINNING, END_OF_TIME, type Instant, restoreInstant, saveInstant } from "../time/instant.ts";
import { createReorderBuffer, type Ranked, type ReorderBuffer } from "../time/reorder.ts";
import type { Emission } from "./alert.ts";
import { deadLetterCopy, lateCopy } from "./copy.ts";
import { createPartitionState, isActive, type LaneInput, type PartitionState } from "./partition.ts";
import { createPatternRow, type LanePattern, type PatternRow } from "./pattern-row.ts";
import type { Placement } from "./placement.ts";
import type { InputRecord } from "./ports.ts";
import type { Ticket } from "./positions.ts";
import { sizeOf } from "./record-size.ts";
import { endAgain, restoreInput, saveInput } from "./save-input.ts";

/** What all lanes of a task have in common. */
export type LaneConfig = {
  readonly inputs: readonly LaneInput[];
  readonly patterns: readonly LanePattern[];
  readonly lateTopic: string;
  readonly deadLetterTopic: string;
  /** Longest record that is copied, in bytes. */
  readonly maxOutputBytes: number;
  /** Where keys were met. One for all lanes. */
  readonly placement: Placement;
};

/** An event that waits for its turn in time. */
type Waiting = Ranked & { readonly key: Key; readonly value: object; readonly bytes: number; readonly ticket: Ticket };

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
  /**
   * Matches up to `maxEvents` events whose turn has come, and those of the same instant as the last, then fires the deadlines up to there.
   * So between two calls every event and deadline up to some instant is dealt with, and none after it. Returns how many were matched.
   *
   * @throws {LimitError}
   */
  work(maxEvents: number, out: Emission[]): number;
  /** What it is but for its matchers, which `patterns.freezers` have. Any time, if records were only taken while it had no work. */
  save(): SavedLane;
  /** Puts a lane of which nothing was read where `saved` says; its matchers are thawed apart. Inputs are found by their topics, alerts by `patterns`. */
  restore(saved: SavedLane): void;
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
  /** Up to where events are matched and deadlines have fired. */
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
    const { counts, input, place, positions } = partition;
    const { offset } = record;
    if (positions.last !== null && offset <= positions.last) return;
    if (partition.again !== null) {
      if (offset < partition.again.next) {
        this.#takeAgain(partition, partition.again.released, record);
        return;
      }
      endAgain(partition);
    }
    counts.records += 1;
    const event = tellOf(input, record, readAt);
    const isPassing = typeof event === "number";
    if (!isPassing && event.kind === "bad") {
      this.#refuse(partition, record, event, readAt, out);
      return;
    }
    const { time } = partition;
    const told = isPassing ? event : event.at;
    const at = input.arrival ? Math.max(time.newest, told) : told;
    const { at: own, newest } = time;
    if (time.observe(at) || at <= this.#watermark) {
      positions.passed(offset);
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
    if (isPassing) {
      this.#pass(partition, offset, out);
      return;
    }
    this.#config.placement.check(event.key, place);
    if (!this.#inOrder || this.#buffer.size > 0) {
      this.#keep(partition, record, offset, event, at, newest);
      return;
    }
    this.moveTime(BEGINNING);
    this.#match(partition, offset, event.key, event.value, at, out);
    positions.passed(offset);
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
    let until = this.#watermark;
    for (;;) {
      const next = this.#buffer.take(until);
      if (next === null) break;
      const partition = this.partitions[next.rank] as PartitionState;
      this.#match(partition, next.offset, next.key, next.value, next.at, out);
      partition.positions.closed(next.ticket);
      partition.bufferedBytes -= next.bytes;
      matched += 1;
      if (matched === maxEvents) until = next.at;
    }
    this.#fire(until, out);
    return matched;
  }

  save(): SavedLane {
    return {
      partition: this.partition,
      released: saveInstant(this.#firedTo),
      inputs: this.partitions.map(saveInput),
      alerts: [...this.patterns.alerts],
      missed: this.patterns.missed,
      open: this.patterns.open(this.#firedTo),
    };
  }

  restore({ inputs, ...saved }: SavedLane): void {
    this.#watermark = restoreInstant(saved.released);
    this.#firedTo = this.#watermark;
    this.patterns.restore(saved);
    for (const partition of this.partitions) {
      const input = inputs.find(({ topic }) => topic === partition.place.topic);
      if (input !== undefined) restoreInput(partition, input, this.#watermark);
    }
  }

  #isOver(): boolean {
    return this.partitions.every((partition) => partition.ended);
  }

  /** `newest`: the newest time of its partition before it. */
  #keep(
    partition: PartitionState,
    record: InputRecord,
    offset: bigint,
    { key, value }: ReadEvent,
    at: Instant,
    newest: Instant,
  ): void {
    const bytes = EVENT_BYTES + sizeOf(record);
    const ticket = partition.positions.opened(offset, newest);
    this.#buffer.add({ at, rank: partition.rank, offset, key, value, bytes, ticket });
    partition.bufferedBytes += bytes;
  }

  /** A record that was read before the lane was restored: it waits again, or was dealt with. Nothing is said or counted twice. */
  #takeAgain(partition: PartitionState, released: Instant, record: InputRecord): void {
    const { input, positions, sealed, time } = partition;
    const { offset } = record;
    const event = sealed.has(offset) ? null : tellOf(input, record, END_OF_TIME);
    const isPassing = typeof event === "number";
    if (event === null || (!isPassing && event.kind === "bad")) {
      positions.passed(offset);
      return;
    }
    const { newest } = time;
    const told = isPassing ? event : event.at;
    const at = input.arrival ? Math.max(newest, told) : told;
    if (time.observe(at) || at <= released) positions.passed(offset);
    else if (isPassing) positions.passed(offset);
    else this.#keep(partition, record, offset, event, at, newest);
  }

  /** An event that concerns nobody does not wait: of whatever is still to be matched, nothing depends on it but how far time is. */
  #pass(partition: PartitionState, offset: bigint, out: Emission[]): void {
    partition.counts.onTime += 1;
    partition.positions.passed(offset);
    this.patterns.pass();
    if (!this.#inOrder || this.#buffer.size > 0) return;
    this.moveTime(BEGINNING);
    this.#fire(this.#watermark, out);
  }

  #match(partition: PartitionState, offset: bigint, key: Key, value: object, at: Instant, out: Emission[]): void {
    partition.counts.onTime += 1;
    const { topic, partition: number } = partition.place;
    const event = { value, at, origin: { topic, partition: number, offset } };
    this.patterns.onEvent(key, event, this.#watermark, out);
  }

  #fire(until: Instant, out: Emission[]): void {
    if (until <= this.#firedTo) return;
    this.#firedTo = until;
    this.patterns.advanceTo(until, this.#watermark, out);
  }

  #refuse(partition: PartitionState, record: InputRecord, bad: BadRecord, readAt: Instant, out: Emission[]): void {
    const { counts, input, place, positions, sealed } = partition;
    if (input.onBadRecord === "fail") throw badRecordError(partition, record, bad);
    if (bad.code === "ABSURD_TIME" && positions.waiting > 0) sealed.add(record.offset);
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

/** What a record says; of an event that concerns nobody only when it was. */
function tellOf({ glance, read }: LaneInput, record: InputRecord, readAt: Instant): ReadEvent | BadRecord | Instant {
  return glance?.(record, readAt) ?? read(record, readAt);
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
