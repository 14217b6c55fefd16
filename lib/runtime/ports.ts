// What the engine needs of the outside world. Transports implement these; the engine knows nothing else of them.
//
//     Source ──records──▶ engine ──records──▶ Sink
//        ▲                  │
//        └── pause, resume, acknowledge
//
// Offsets are `bigint`, a position is the next offset to read. Bytes stay bytes until `event/` reads them.

import type { Instant } from "../time/instant.ts";

/** One record of an input topic. */
export type InputRecord = {
  readonly offset: bigint;
  /** The record's own timestamp; `null` where the transport has none. */
  readonly timestamp: Instant | null;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  /** Bytes of key and value together, from transports that know it without making either. */
  readonly sizeBytes?: number;
  /** The bytes that `value` is cut out of whenever it is asked for, from transports that keep many records in them; and where it lies there. */
  readonly among?: Uint8Array;
  readonly valueAt?: number;
  readonly valueEnd?: number;
};

/** Header names are unique; values are text. */
export type Headers = ReadonlyMap<string, string>;

/** A partition of an input topic. */
export type TopicPartition = { readonly topic: string; readonly partition: number };

/**
 * Records of one partition in order of offset. A batch may have no records, to say that nothing stands in the partition; each
 * partition gets at least one batch after it was assigned, so that time can go on without those that are empty.
 */
export type InputBatch = TopicPartition & {
  readonly records: readonly InputRecord[];
  /** Whether nothing more stood in the partition when the batch was read. */
  readonly caughtUp: boolean;
};

/** What a source tells the engine. No handler may throw; each returns at once. */
export type SourceHandler = {
  /** These partitions are now ours, or none, where others have them all; reading starts when the handler has returned. */
  readonly onAssigned: (partitions: readonly TopicPartition[]) => void;
  readonly onBatch: (batch: InputBatch) => void;
  /** The partition has ended and will never have another record. Files end; Kafka topics do not. */
  readonly onEnd: (partition: TopicPartition) => void;
  /** The source cannot go on. */
  readonly onFailure: (error: Error) => void;
};

/** Where input comes from. */
export interface Source {
  /** How many partitions a topic has. @throws {ConfigError} `MISSING_TOPIC` */
  partitionCount(topic: string): Promise<number>;
  /** Starts reading `topics`; resolves when reading has begun. @throws {ConfigError | TransportError} */
  start(topics: readonly string[], handler: SourceHandler): Promise<void>;
  /** Stops delivering batches of a partition until `resume`; what was delivered before stays delivered. */
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  /**
   * The offset that the next record of a partition will get, as far as the source knows without asking anybody; `null`: it
   * does not know. Sources that never know leave it out.
   */
  endOf?(partition: TopicPartition): bigint | null;
  /** What stands before `position` is dealt with and need not be read again. */
  acknowledge(positions: readonly (TopicPartition & { readonly position: bigint })[]): Promise<void>;
  /** Stops reading and gives everything back. No handler is called after it resolves. */
  stop(): Promise<void>;
}

/**
 * One record on its way out.
 *
 * @example
 * import type { OutputRecord } from "sequitur/service";
 *
 * const patternOf = ({ headers }: OutputRecord): string => headers.get("pattern") ?? "none: a copy of an input record";
 * typeof patternOf; // => "function"
 */
export type OutputRecord = {
  readonly topic: string;
  /** Decides the partition; `null`: any. */
  readonly key: Uint8Array | null;
  readonly value: Uint8Array;
  readonly headers: Headers;
  /** When it happened. Kafka, which deletes by timestamps, is given the time of sending instead. */
  readonly timestamp: Instant;
};

/**
 * Where output goes. Not only topics: any object with these three can take the alerts of a service.
 *
 * @example
 * import type { OutputRecord, Sink } from "sequitur/service";
 *
 * const kept: OutputRecord[] = [];
 * const sink: Sink = {
 *   open: async () => {},
 *   send: async (records) => {
 *     kept.push(...records);
 *   },
 *   close: async () => {},
 * };
 * await sink.send([]);
 * kept.length; // => 0
 */
export interface Sink {
  /** Makes sure these topics can be written. More may follow, while others are written. @throws {ConfigError | TransportError} */
  open(topics: readonly string[]): Promise<void>;
  /** Writes in order; resolves when all are safe. @throws {TransportError} when that is unknown or refused. */
  send(records: readonly OutputRecord[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Takes structured log lines. `fields` never hold secrets or whole events.
 *
 * @example
 * import type { Log } from "sequitur/service";
 *
 * const lines: string[] = [];
 * const log: Log = (level, message, fields = {}) => lines.push(JSON.stringify({ level, message, ...fields }));
 * log("info", "service is running");
 * lines[0]; // => '{"level":"info","message":"service is running"}'
 */
export type Log = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;
