// The partitions that are read, where each stands, and what fetches bring of them. kafkajs forgets positions whenever its group
// shares partitions out anew, so every join is followed by a seek; and what a fetch brings is looked at before it is believed.
//
//     fetch ─▶ does it fit behind what was read? ─▶ onBatch
//                  └─ no ─▶ astray: nothing more until it was looked where the log begins and ends

import type { Batch } from "kafkajs";
import type { InputBatch, Log, TopicPartition } from "../../runtime/ports.ts";
import { beginningOf } from "./beginning.ts";
import { advance, type Cursor, createCursor, type Fetched, judge, settled } from "./cursor.ts";
import type { Group } from "./group.ts";
import { recordsOf } from "./kafkajs.ts";
import type { KafkaDefinition } from "./options.ts";
import type { Bounds } from "./topics.ts";

export type ReadingsOptions = {
  readonly definition: KafkaDefinition;
  readonly log: Log;
  /** `null`: there is none yet, or no more. */
  readonly group: () => Group | null;
  readonly onBatch: (batch: InputBatch) => void;
  /** Some partition is astray: `recheck` is asked for, with the bounds of today. */
  readonly onAstray: () => void;
};

export interface Readings {
  get(place: TopicPartition): Cursor | undefined;
  all(): readonly Cursor[];
  /** Reads a partition from `position` on, whatever was read of it before. */
  begin(place: TopicPartition, position: bigint): void;
  /** Goes on where it stood, after a join. */
  goOn(cursor: Cursor): void;
  /** Forgets them. */
  drop(cursors: readonly Cursor[]): void;
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
  endOf(place: TopicPartition): bigint | null;
  /** Whether the log still has what is to be read next. @throws {TransportError} `DATA_LOST` if not, and the service is to stop then */
  recheck(cursor: Cursor, bounds: Bounds): void;
  fetched(batch: Batch): void;
  /** A stretch was read in which nothing was for us. */
  passed(place: TopicPartition, last: bigint, end: bigint): void;
  /** Says of a partition whether it is caught up. */
  tell(cursor: Cursor, caughtUp: boolean): void;
}

export function createReadings(options: ReadingsOptions): Readings {
  return new ReadingsAtWork(options);
}

class ReadingsAtWork implements Readings {
  readonly #options: ReadingsOptions;
  readonly #cursors = new Map<string, Cursor>();

  constructor(options: ReadingsOptions) {
    this.#options = options;
  }

  get(place: TopicPartition): Cursor | undefined {
    return this.#cursors.get(nameOf(place));
  }

  all(): readonly Cursor[] {
    return [...this.#cursors.values()];
  }

  begin(place: TopicPartition, position: bigint): void {
    const cursor = createCursor(place, position);
    this.#cursors.set(nameOf(place), cursor);
    this.goOn(cursor);
  }

  goOn(cursor: Cursor): void {
    const group = this.#options.group();
    group?.seek(cursor, cursor.next);
    if (cursor.paused) group?.pause(cursor);
    else group?.resume(cursor);
  }

  drop(cursors: readonly Cursor[]): void {
    for (const cursor of cursors) {
      this.#cursors.delete(nameOf(cursor));
      const fields = { ...placeOf(cursor), position: String(settled(cursor)), read: String(cursor.next) };
      this.#options.log("debug", "reading ends", fields);
    }
  }

  pause(place: TopicPartition): void {
    const cursor = this.get(place);
    if (cursor === undefined) return;
    cursor.paused = true;
    this.#options.group()?.pause(cursor);
  }

  resume(place: TopicPartition): void {
    const cursor = this.get(place);
    if (cursor === undefined) return;
    cursor.paused = false;
    this.#options.group()?.resume(cursor);
  }

  endOf(place: TopicPartition): bigint | null {
    return this.get(place)?.end ?? null;
  }

  recheck(cursor: Cursor, bounds: Bounds): void {
    const { definition, log } = this.#options;
    // What was read since the bounds were asked for may be behind them.
    const known = { ...bounds, end: bounds.end > cursor.next ? bounds.end : cursor.next };
    const { position, lost } = beginningOf(cursor, cursor.next, known, definition);
    reportLoss(cursor, lost, log);
    if (cursor.astray || position !== cursor.next) {
      cursor.astray = false;
      cursor.next = position;
      this.goOn(cursor);
    }
    cursor.end = bounds.end;
    cursor.caughtUp = cursor.next >= bounds.end;
    this.tell(cursor, cursor.caughtUp);
  }

  fetched(batch: Batch): void {
    const cursor = this.get(batch);
    if (cursor === undefined) return;
    const end = BigInt(batch.highWatermark);
    const fetched = { from: fetchedOffset(batch), last: BigInt(batch.lastOffset()), end };
    if (!this.#fits(cursor, fetched)) return;
    const wanted = cursor.next;
    const all = recordsOf(batch);
    const records = (all[0]?.offset ?? wanted) < wanted ? all.filter(({ offset }) => offset >= wanted) : all;
    advance(cursor, fetched, records.at(-1)?.offset ?? null);
    this.#options.onBatch({ ...placeOf(cursor), records, caughtUp: cursor.caughtUp });
  }

  passed(place: TopicPartition, last: bigint, end: bigint): void {
    const cursor = this.get(place);
    if (cursor === undefined || last < cursor.next) return;
    advance(cursor, { from: cursor.next, last, end }, null);
    this.tell(cursor, cursor.caughtUp);
  }

  tell(cursor: Cursor, caughtUp: boolean): void {
    this.#options.onBatch({ ...placeOf(cursor), records: [], caughtUp });
  }

  #fits(cursor: Cursor, fetched: Fetched): boolean {
    const verdict = judge(cursor, fetched);
    if (verdict === "gap" && !cursor.astray) {
      cursor.astray = true;
      this.#options.group()?.pause(cursor);
      this.#options.onAstray();
    }
    return verdict === "fits" && !cursor.astray;
  }
}

/** Tells of records that are gone before they were read, if there are any. */
function reportLoss({ topic, partition }: TopicPartition, lost: bigint, log: Log): void {
  if (lost === 0n) return;
  const fields = { code: "DATA_LOST", topic, partition, lost: String(lost) };
  log("error", "records were deleted before they were read; going on behind them", fields);
}

/** kafkajs knows where a fetch began, though its types do not say so. */
function fetchedOffset(batch: Batch): bigint {
  return BigInt((batch as Batch & { readonly fetchedOffset: string }).fetchedOffset);
}

/** A partition by name. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${partition}:${topic}`;
}

/** No more than the place. */
export function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}
