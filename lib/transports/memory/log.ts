// The embedded log: topics with partitions in the memory of one process, with the manners of Kafka. Demos, specs and
// `sequitur run` without brokers use it, and a service cannot tell the difference.
//
//     append ──▶ partition 0  │ 3 │ 4 │ 5 │          ◀── one reader per source, each with its own positions
//                partition 1  │ 0 │ 1 │
//                               ▲ start (retention moves it)

import { ConfigError } from "../../core/errors.ts";
import type { InputRecord, OutputRecord, Sink } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { systemClock } from "../../time/clock.ts";
import type { Instant } from "../../time/instant.ts";
import { partitionOf } from "../partitioner.ts";
import { createPartition, type MemoryTopic, type Partition, partitionAt } from "./partition.ts";
import { createMemorySource, type MemorySource } from "./source.ts";

/** What can be appended: bytes as they are, text as UTF-8, anything else as JSON. */
export type Appendable = {
  readonly value: unknown;
  /** Decides the partition as Kafka would; without it records take turns. */
  readonly key?: string | Uint8Array | null;
  /** Default: the time of the clock. */
  readonly timestamp?: Instant;
  readonly headers?: Readonly<Record<string, string>> | ReadonlyMap<string, string>;
};

/** How an embedded log is made. */
export type MemoryLogOptions = {
  /** Partitions of a topic that is made without saying how many. Default 4. */
  readonly partitions?: number;
  /** Records kept per partition beside those that a reader has still to read. Default: all. */
  readonly retainRecords?: number;
  /** Gives timestamps and turns; default the clock of the machine. */
  readonly clock?: Clock;
};

/**
 * An embedded log: topics with partitions in the memory of this process, with the manners of Kafka.
 *
 * @example
 * import { createMemoryLog, type MemoryLog } from "sequitur/service";
 *
 * const log: MemoryLog = createMemoryLog();
 * log.createTopic("card-events", { partitions: 2 });
 * log.end("card-events");
 * log.topics() // => ["card-events"]
 */
export interface MemoryLog {
  /** Makes a topic. Making it again with the same number of partitions does nothing. @throws {ConfigError} `PARTITION_COUNT` */
  createTopic(topic: string, options?: { readonly partitions?: number }): void;
  /** The topics there are, in the order they were made. */
  topics(): readonly string[];
  /** Adds a record at the end; makes the topic if there is none. @throws {ConfigError} `TOPIC_ENDED`, `NOT_JSON` */
  append(topic: string, record: Appendable): { readonly partition: number; readonly offset: bigint };
  /** Resolves when no reader has `records` or more (default 10,000) still to read: wait for it between appends, and the log cannot outgrow its readers. */
  room(records?: number): Promise<void>;
  /** Marks a topic as ended: readers that have read all are told so, and nothing can be appended any more. */
  end(topic: string): void;
  /** The records still kept in a partition, oldest first. @throws {ConfigError} `MISSING_TOPIC` */
  read(topic: string, partition: number): readonly InputRecord[];
  /** All records still kept in a topic: by partition, then offset. @throws {ConfigError} `MISSING_TOPIC` */
  readAll(topic: string): readonly InputRecord[];
  /** A reader with positions of its own; it begins at the oldest record kept. */
  source(options?: { readonly maxBatchRecords?: number }): MemorySource;
  /** A writer; topics it opens are made if they are missing. */
  sink(): Sink;
}

/**
 * Demo events of a service: a module that exports one as `feed` runs without any input, with `sequitur run service.ts`. It
 * appends events until it is done, or `signal` is aborted; when its promise resolves, the input topics end. Records need
 * the key that the service takes from them, so that a key stays in one partition.
 *
 * @example
 * import { createMemoryLog, type Feed } from "sequitur/service";
 *
 * const feed: Feed = async (log, { signal }) => {
 *   for (let amount = 1; amount <= 1000 && !signal.aborted; amount += 1) {
 *     log.append("card-events", { key: "4711", value: { type: "charge", card: "4711", amount } });
 *     await log.room();
 *   }
 * };
 * const log = createMemoryLog();
 * await feed(log, { signal: new AbortController().signal });
 * log.readAll("card-events").length // => 1000
 */
export type Feed = (log: MemoryLog, options: { readonly signal: AbortSignal }) => void | Promise<void>;

/**
 * Makes an embedded log. Offsets begin at 0 in each partition; `append` costs the encoding of the record.
 *
 * @example
 * import { createMemoryLog } from "sequitur/service";
 *
 * const log = createMemoryLog({ partitions: 2 });
 * log.append("card-events", { key: "4711", value: { type: "charge", card: "4711", amount: 1 } });
 * log.readAll("card-events").length // => 1
 */
export function createMemoryLog(options: MemoryLogOptions = {}): MemoryLog {
  const { partitions: defaultPartitions = 4, retainRecords = Number.POSITIVE_INFINITY, clock = systemClock } = options;
  const topics = new Map<string, MemoryTopic>();
  const readers = new Set<MemorySource>();
  let rooms = 0;

  const find = (name: string): MemoryTopic => topics.get(name) ?? missingTopic(name, [...topics.keys()]);
  const createTopic: MemoryLog["createTopic"] = (name, { partitions = defaultPartitions } = {}) => {
    const there = topics.get(name)?.partitions.length;
    if (there === partitions) return;
    if (there !== undefined) throw partitionsDiffer(name, there, partitions);
    const made = Array.from({ length: checkedPartitions(name, partitions) }, createPartition);
    topics.set(name, { name, partitions: made, ended: false, turn: 0 });
  };
  const findOrCreate = (name: string): MemoryTopic => {
    if (!topics.has(name)) createTopic(name);
    return find(name);
  };
  const trim = (topic: string, partition: number, records: Partition): void => {
    let keepFrom = records.end() - retainRecords;
    for (const reader of readers) keepFrom = Math.min(keepFrom, reader.nextOf(topic, partition) ?? keepFrom);
    records.dropBefore(keepFrom);
  };
  const append: MemoryLog["append"] = (name, record) => {
    const topic = findOrCreate(name);
    if (topic.ended) throw topicEnded(name);
    const key = record.key === undefined || record.key === null ? null : toBytes(name, record.key);
    const partition = key === null ? topic.turn++ % topic.partitions.length : partitionOf(key, topic.partitions.length);
    const records = partitionAt(topic, partition);
    const offset = records.append({
      timestamp: record.timestamp ?? clock.now(),
      key,
      value: record.value === null ? null : toBytes(name, record.value),
      headers: toHeaders(record.headers),
    });
    trim(name, partition, records);
    for (const reader of readers) reader.wake();
    return { partition, offset };
  };

  return {
    createTopic,
    topics: () => [...topics.keys()],
    append,
    room: async (records = 10_000) => {
      if (readers.size === 0 || ++rooms % 1_024 === 0) await clock.breathe();
      for (const reader of readers) await reader.backlogBelow(records);
    },
    end: (name) => {
      findOrCreate(name).ended = true;
      for (const reader of readers) reader.wake();
    },
    read: (name, partition) => partitionAt(find(name), partition).all(),
    readAll: (name) => find(name).partitions.flatMap((partition) => partition.all()),
    source: ({ maxBatchRecords = 1_000 } = {}) => createMemorySource({ find, clock, maxBatchRecords, readers }),
    sink: () => memorySink(findOrCreate, append),
  };
}

function memorySink(open: (topic: string) => MemoryTopic, append: MemoryLog["append"]): Sink {
  return {
    open: async (topics) => {
      for (const topic of topics) open(topic);
    },
    send: async (records: readonly OutputRecord[]) => {
      for (const { topic, ...record } of records) append(topic, record);
    },
    close: async () => {},
  };
}

function toBytes(topic: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const text = typeof value === "string" ? value : toJson(topic, value);
  return new TextEncoder().encode(text);
}

function toJson(topic: string, value: unknown): string {
  let reason = `${typeof value} has no JSON form`;
  try {
    const text = JSON.stringify(value);
    if (text !== undefined) return text;
  } catch (error) {
    reason = (error as Error).message;
  }
  throw new ConfigError(
    "NOT_JSON",
    `a record for topic "${topic}" cannot be written as JSON: ${reason}. Append bytes, text, or plain data.`,
  );
}

function toHeaders(headers: Appendable["headers"]): ReadonlyMap<string, string> {
  return headers instanceof Map ? headers : new Map(Object.entries(headers ?? {}));
}

function checkedPartitions(topic: string, partitions: number): number {
  if (Number.isSafeInteger(partitions) && partitions >= 1 && partitions <= 10_000) return partitions;
  throw new ConfigError(
    "PARTITION_COUNT",
    `topic "${topic}" cannot have ${partitions} partitions: give a whole number from 1 to 10,000.`,
  );
}

function partitionsDiffer(topic: string, there: number, asked: number): ConfigError {
  const message = `topic "${topic}" has ${there} partitions and cannot be made again with ${asked}: make it once, before anything is appended to it.`;
  return new ConfigError("PARTITION_COUNT", message);
}

function topicEnded(topic: string): ConfigError {
  return new ConfigError(
    "TOPIC_ENDED",
    `topic "${topic}" was marked as ended and takes no more records: append before calling end("${topic}").`,
  );
}

function missingTopic(topic: string, there: readonly string[]): never {
  const known = there.length === 0 ? "it has none yet" : `it has ${there.map((name) => `"${name}"`).join(", ")}`;
  const message = `the embedded log has no topic "${topic}": ${known}. Make it with createTopic("${topic}") before the service starts.`;
  throw new ConfigError("MISSING_TOPIC", message);
}
