// What exactly-once stands on: a log with transactions, fencing and consumer groups, seen from one process of a service.
// The Kafka transport implements it, and so does the model broker of the simulation; the protocol knows nothing else.
//
//     ShardSource   whose are the shards, the records of their inputs, proof that we are still a member
//     StateLog      the state topic: one partition a shard; read committed, write in transactions, trim
//        └▶ ShardWriter   the one producer of a shard that is not fenced
//             └▶ Transaction   output and state that become visible together, or not at all
//
// For every promise here: it settles, with a value or an error, or the process is dead. An error of a ShardWriter or a
// Transaction never says what became of the transaction. Only reading the state partition after taking over does.

import type { Instant } from "../time/instant.ts";
import type { InputBatch, OutputRecord, TopicPartition } from "./ports.ts";

/** What a source tells of shards. No handler may throw; each returns at once. */
export type ShardHandler = {
  /**
   * The group is about to share out anew. This process asks to be counted again when it resolves, or after some seconds if that takes
   * longer; `onAssigned` follows. Not called of one that was no member before, or is none any more. Never fails. Left out: there is
   * nothing to be done before.
   */
  readonly onRebalancing?: () => Promise<void>;
  /**
   * After each join of the group, and before any record is read in the new generation: all the shards that are ours now. Those
   * not named are lost. Kept ones go on where they stood; of gained ones nothing is read before `read`.
   */
  readonly onAssigned: (shards: readonly number[]) => void;
  /** Records of a partition that is read, in order of offset, none left out, committed ones only. */
  readonly onBatch: (batch: InputBatch) => void;
  /** Reading has failed for some seconds and is tried again; or no more. Left out: nobody asks. */
  readonly onFaltering?: (isFaltering: boolean) => void;
  /** The source cannot go on. */
  readonly onFailure: (error: Error) => void;
};

/** What of a partition can be read: from `start` to before `end`. Nothing at or beyond `end` is decided yet. */
export type LogBounds = { readonly start: bigint; readonly end: bigint };

/** How far committed records of a partition can be read, and where it ends: behind `stable` stands a transaction that is still open. */
export type LogEnd = { readonly stable: bigint; readonly end: bigint };

/** A transaction that is open on an input. What nobody tells is `null`. */
export type OpenTransaction = {
  readonly producerId: string;
  /** Of its first record in the partition. */
  readonly offset: bigint;
  readonly transactionalId: string | null;
  readonly startedAt: Instant | null;
  /** How long after that brokers end it. */
  readonly timeoutMs: number | null;
};

/** The input of a service by shards, as a member of its consumer group. Partition p of every input is of shard p mod S. */
export interface ShardSource {
  /** How many partitions a topic has. @throws {ConfigError} `MISSING_TOPIC` */
  partitionCount(topic: string): Promise<number>;
  /** Joins the group; resolves when it has. `shards`: S. @throws {ConfigError | TransportError} */
  start(topics: readonly string[], shards: number, handler: ShardHandler): Promise<void>;
  /** Resolves when a heartbeat that was sent after this call has been answered well: the group still counts us as a member. Waits through joins. @throws {TransportError} */
  proveMembership(): Promise<void>;
  /** What can be read now of these partitions, in their order. @throws {TransportError} */
  bounds(places: readonly TopicPartition[]): Promise<readonly LogBounds[]>;
  /** Where reading begins of partitions of which nothing was saved, in their order: where the group stands, else where `startFrom` says. @throws {TransportError} */
  beginnings(places: readonly TopicPartition[]): Promise<readonly bigint[]>;
  /** Reads a partition of a shard of ours from `offset` on, whatever was read of it before; at least one batch follows. Without effect if the shard was lost. */
  read(place: TopicPartition, offset: bigint): void;
  /** Stops delivering batches of a partition until `resume` or `read`; what was delivered before stays delivered. */
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
  /** The offset that the next record of a partition will get, as far as is known without asking anybody. */
  endOf(place: TopicPartition): bigint | null;
  /** How far these partitions can be read now, in their order. Asked now and then, and only to be told. @throws {TransportError | ConfigError} */
  ends(places: readonly TopicPartition[]): Promise<readonly LogEnd[]>;
  /** Transactions that are open in a partition, the oldest first; none where nobody tells. Never fails. */
  openTransactions(place: TopicPartition): Promise<readonly OpenTransaction[]>;
  /** For display in lag tools only: nobody relies on it but `beginnings`, which is asked once. Never fails; may be left undone. */
  show(positions: readonly (TopicPartition & { readonly position: bigint })[]): void;
  /** Leaves the group. No handler is called after it resolves. */
  stop(): Promise<void>;
}

/** Some committed records of a state partition, in order of offset. */
export type StateBatch = {
  readonly records: readonly { readonly offset: bigint; readonly value: Uint8Array | null }[];
  /** All below this has been read: where the next batch begins. Passes over aborted records and markers. */
  readonly next: bigint;
};

/** The state topic. Partition s is the log of shard s. */
export interface StateLog {
  /**
   * Makes sure the topic is there, with `shards` partitions and settings that never lose data, and that `outputs` can be
   * written; creates it where it is missing.
   *
   * @throws {ConfigError} `STATE_TOPIC_UNSAFE`, `SHARD_COUNT`, `MISSING_TOPIC`
   * @throws {TransportError}
   */
  open(shards: number, outputs: readonly string[]): Promise<void>;
  /**
   * Makes sure that these can be written, too, as patterns of an earlier release do that finish their runs.
   *
   * @throws {ConfigError} `MISSING_TOPIC`
   * @throws {TransportError}
   */
  openOutputs(outputs: readonly string[]): Promise<void>;
  /**
   * The partition of its topic that an output record goes to: by its key as Kafka's own producers do it, or, without one,
   * any, but the same each time for the same bytes. Only for outputs that were opened.
   */
  partitionOf(record: OutputRecord): number;
  /**
   * A new producer for the shard. When it resolves, every writer of the shard that was made before, by whomever, is fenced:
   * its open transaction is decided, committed or aborted, and nothing of it becomes visible any more.
   *
   * @throws {ConfigError | TransportError}
   */
  takeOver(shard: number): Promise<ShardWriter>;
  /** The bounds of the shard's partition. @throws {TransportError} */
  bounds(shard: number): Promise<LogBounds>;
  /**
   * Reads the shard's partition from `from` on, read-committed; at its end it waits for more. `from` below the log's start is an
   * error, never a jump. Ends when the loop is left; one at a time for each shard. Heartbeats go on meanwhile.
   *
   * @throws {TransportError}
   */
  read(shard: number, from: bigint): AsyncIterable<StateBatch>;
  /** Deletes what stands before `before`; less or nothing may be deleted. @throws {TransportError} */
  trim(shard: number, before: bigint): Promise<void>;
  /** Gives everything back but writers. */
  close(): Promise<void>;
}

/** A producer of one shard. After any error of it or of its transactions it is poisoned: only `close` may be called. */
export interface ShardWriter {
  /** Begins a transaction; one at a time. @throws {TransportError} */
  begin(): Promise<Transaction>;
  /** Gives its connections back. Ends no transaction: one that is open stays so until the shard is taken over or it times out. Never fails. */
  close(): Promise<void>;
}

/** An output record and the partition that was chosen for it. */
export type PlacedRecord = { readonly record: OutputRecord; readonly partition: number };

/** Some of what a transaction carries: together at most 1,000 records and blocks, and 900 KB; what is larger goes alone. */
export type Parcel = { readonly outputs: readonly PlacedRecord[]; readonly blocks: readonly Uint8Array[] };

/** A transaction of one shard. */
export interface Transaction {
  /**
   * Writes outputs to the partitions that were chosen, in order in each, and appends blocks to the shard's state partition, in order,
   * without a gap in between; the offset of the first block, `null` if there is none.
   *
   * @throws {TransportError}
   */
  send(parcel: Parcel): Promise<bigint | null>;
  /** Makes all visible together. When it resolves, it is decided. @throws {TransportError} when that is unknown. */
  commit(): Promise<void>;
}
