// Reads an embedded log: follows new records, one batch per partition and turn, with a breath between turns so that
// whoever appends, prints or stops gets its turn, too.

import { invariant } from "../../core/errors.ts";
import type { Source, SourceHandler, TopicPartition } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import type { MemoryTopic, Partition } from "./partition.ts";

/** A reader of an embedded log. */
export interface MemorySource extends Source {
  /** The next offset this reader will read; `null` if it does not read that partition. */
  nextOf(topic: string, partition: number): number | null;
  /** The last position acknowledged; `null` if none was. */
  acknowledged(topic: string, partition: number): bigint | null;
  /** Resolves when fewer than `records` are still to be read, or the reader has stopped. */
  backlogBelow(records: number): Promise<void>;
  /** @internal Something was appended or ended. */
  wake(): void;
}

type Cursor = TopicPartition & {
  readonly of: MemoryTopic;
  readonly records: Partition;
  next: number;
  /** Whether it has had a batch, if only an empty one. */
  told: boolean;
  paused: boolean;
  ended: boolean;
};

type Parts = {
  readonly find: (topic: string) => MemoryTopic;
  readonly clock: Clock;
  readonly maxBatchRecords: number;
  readonly readers: Set<MemorySource>;
};

/** Makes a reader. It joins `readers` when it starts and leaves when it stops. */
export function createMemorySource({ find, clock, maxBatchRecords, readers }: Parts): MemorySource {
  const cursors = new Map<string, Cursor>();
  const acknowledged = new Map<string, bigint>();
  const waiting: { readonly records: number; readonly resolve: () => void }[] = [];
  let handler: SourceHandler | null = null;
  let pumping: Promise<void> | null = null;

  const backlog = (): number =>
    [...cursors.values()].reduce((sum, cursor) => sum + cursor.records.end() - cursor.next, 0);
  const releaseWaiting = (): void => {
    const left = handler === null ? 0 : backlog();
    for (const waiter of waiting.splice(0)) {
      if (left < waiter.records) waiter.resolve();
      else waiting.push(waiter);
    }
  };
  const pump = async (): Promise<void> => {
    for (let progress = true; progress; ) {
      await clock.breathe();
      progress = false;
      for (const cursor of cursors.values()) {
        if (handler !== null && deliver(cursor, handler, maxBatchRecords)) progress = true;
      }
      releaseWaiting();
    }
  };
  const wake = (): void => {
    if (handler === null || pumping !== null) return;
    pumping = pump()
      .catch((error: Error) => {
        const told = handler;
        handler = null; // it cannot go on
        told?.onFailure(error);
      })
      .finally(() => {
        pumping = null;
        if (handler !== null && [...cursors.values()].some(hasWork)) wake();
      });
  };

  const source: MemorySource = {
    partitionCount: async (topic) => find(topic).partitions.length,
    start: async (topics, given) => {
      invariant(handler === null, "that a source is started once");
      for (const cursor of topics.flatMap((topic) => cursorsOf(find(topic)))) cursors.set(nameOf(cursor), cursor);
      handler = given;
      readers.add(source);
      handler.onAssigned([...cursors.values()].map(({ topic, partition }) => ({ topic, partition })));
      wake();
    },
    pause: (partition) => {
      const cursor = cursors.get(nameOf(partition));
      if (cursor) cursor.paused = true;
    },
    resume: (partition) => {
      const cursor = cursors.get(nameOf(partition));
      if (cursor) cursor.paused = false;
      wake();
    },
    endOf: (partition) => {
      const cursor = cursors.get(nameOf(partition));
      return cursor === undefined ? null : BigInt(cursor.records.end());
    },
    acknowledge: async (positions) => {
      for (const position of positions) acknowledged.set(nameOf(position), position.position);
    },
    stop: async () => {
      handler = null;
      readers.delete(source);
      releaseWaiting();
      await pumping;
    },
    nextOf: (topic, partition) => cursors.get(nameOf({ topic, partition }))?.next ?? null,
    acknowledged: (topic, partition) => acknowledged.get(nameOf({ topic, partition })) ?? null,
    backlogBelow: (records) =>
      new Promise((resolve) => {
        waiting.push({ records, resolve });
        releaseWaiting();
      }),
    wake,
  };
  return source;
}

/** Hands over the next batch of a partition, or its end. Returns whether there was anything. */
function deliver(cursor: Cursor, handler: SourceHandler, maxBatchRecords: number): boolean {
  if (!hasWork(cursor)) return false;
  const { topic, partition, records } = cursor;
  if (cursor.next < records.end() || !cursor.told) {
    cursor.told = true;
    const batch = records.slice(cursor.next, maxBatchRecords);
    cursor.next += batch.length;
    handler.onBatch({ topic, partition, records: batch, caughtUp: cursor.next === records.end() });
  } else {
    cursor.ended = true;
    handler.onEnd({ topic, partition });
  }
  return true;
}

function hasWork(cursor: Cursor): boolean {
  const { ended, next, of, paused, records, told } = cursor;
  return !paused && (!told || next < records.end() || (of.ended && !ended));
}

function cursorsOf(of: MemoryTopic): Cursor[] {
  return of.partitions.map((records, partition) => {
    return { topic: of.name, partition, of, records, next: records.start(), told: false, paused: false, ended: false };
  });
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${partition}:${topic}`;
}
