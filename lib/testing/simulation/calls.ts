// What can be asked of a broker: Kafka's requests, cut down to what exactly-once needs, in the versions that kafkajs speaks. The model
// broker answers them, and so does a real one behind a thin adapter in `spec`, which is how the model is kept honest.
//
//     client ──ask("endTransaction", { … })──▶ broker        an answer, or why it was refused: both say what became of it
//            ◀──────── or no answer ───────────              then nobody knows

import type { Headers, TopicPartition } from "../../runtime/ports.ts";
import type { Instant } from "../../time/instant.ts";

/** Why a broker refuses, as Kafka names it. */
export type KafkaCode =
  | "CONCURRENT_TRANSACTIONS"
  | "ILLEGAL_GENERATION"
  | "INCONSISTENT_GROUP_PROTOCOL"
  | "INVALID_CONFIG"
  | "INVALID_PARTITIONS"
  | "INVALID_PRODUCER_EPOCH"
  | "INVALID_PRODUCER_ID_MAPPING"
  | "INVALID_REQUEST"
  | "INVALID_SESSION_TIMEOUT"
  | "INVALID_TIMESTAMP"
  | "INVALID_TRANSACTION_TIMEOUT"
  | "INVALID_TXN_STATE"
  | "MESSAGE_TOO_LARGE"
  | "NOT_ENOUGH_REPLICAS"
  | "OFFSET_OUT_OF_RANGE"
  | "OUT_OF_ORDER_SEQUENCE_NUMBER"
  | "POLICY_VIOLATION"
  | "REBALANCE_IN_PROGRESS"
  | "TOPIC_ALREADY_EXISTS"
  | "UNKNOWN_MEMBER_ID"
  | "UNKNOWN_TOPIC_OR_PARTITION";

export type Refused = { readonly refused: KafkaCode };

/** Settings of a topic, as Kafka names them. The model knows those in `topics.ts`. */
export type TopicConfig = Readonly<Record<string, string>>;

/** Which producer writes: what `initProducer` gave. */
export type ProducerStamp = { readonly producerId: bigint; readonly epoch: number };
/** A producer in a transaction of its `transactionalId`. */
export type TransactionStamp = ProducerStamp & { readonly transactionalId: string };

/** A record to write. */
export type WrittenRecord = {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Headers;
  readonly timestamp: Instant;
};

/** What stands at an offset: a record, or the marker that ends a transaction there. */
export type LogEntry = {
  readonly offset: bigint;
  readonly kind: "data" | "commit" | "abort";
  /** `null`: written without producer id. */
  readonly producerId: bigint | null;
  readonly isTransactional: boolean;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  readonly timestamp: Instant;
};

export type Isolation = "committed" | "uncommitted";

/** A part of a partition. Committed readers leave out data of the aborted transactions from their first offset to their marker. */
export type Fetched = {
  /** The oldest offset kept. */
  readonly start: bigint;
  /** Where the oldest undecided transaction begins, else `end`: committed readers read up to here. */
  readonly stable: bigint;
  readonly end: bigint;
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  readonly entries: readonly LogEntry[];
};

export type PlacedOffset = TopicPartition & { readonly offset: bigint };
export type GroupProtocol = { readonly name: string; readonly metadata: Uint8Array };
export type GroupMetadata = { readonly member: string; readonly metadata: Uint8Array };
export type GroupAssignment = { readonly member: string; readonly assignment: Uint8Array };
/** A member in a generation of its group. */
export type Membership = { readonly group: string; readonly member: string; readonly generation: number };

type Nothing = Readonly<Record<never, never>>;

/** Each request and its answer. */
export type Calls = {
  createTopic: {
    ask: { readonly topic: string; readonly partitions: number; readonly config?: TopicConfig };
    answer: Nothing;
  };
  deleteTopic: { ask: { readonly topic: string }; answer: Nothing };
  /** Partitions are only ever added. */
  growTopic: { ask: { readonly topic: string; readonly partitions: number }; answer: Nothing };
  describeTopic: {
    ask: { readonly topic: string };
    answer: { readonly partitions: number; readonly config: TopicConfig };
  };
  /** Gives a producer id; with a `transactionalId` it fences those who had it, and aborts what they left open. */
  initProducer: {
    ask: { readonly transactionalId: string | null; readonly timeoutMs: number };
    answer: ProducerStamp;
  };
  /** Begins the transaction if there is none. To be asked before the first `produce` to a partition in it. */
  addPartitions: { ask: TransactionStamp & { readonly places: readonly TopicPartition[] }; answer: Nothing };
  addOffsets: { ask: TransactionStamp & { readonly group: string }; answer: Nothing };
  /** Offsets of a group that count when the transaction commits. Asked of the group, after `addOffsets`. */
  commitOffsetsInTransaction: {
    ask: TransactionStamp & { readonly group: string; readonly offsets: readonly PlacedOffset[] };
    answer: Nothing;
  };
  /** Appends a batch. `sequence` counts a producer's records in a partition: a batch that comes twice is appended once. */
  produce: {
    ask: TopicPartition & {
      readonly producer:
        | (ProducerStamp & { readonly sequence: number; readonly transactionalId: string | null })
        | null;
      readonly records: readonly WrittenRecord[];
    };
    answer: { readonly offset: bigint };
  };
  /** The answer says that it is decided; the markers that show it to readers follow soon. */
  endTransaction: { ask: TransactionStamp & { readonly commit: boolean }; answer: Nothing };
  /** Answers at once if there is something to read, else when something comes or `waitMs` are over. */
  fetch: {
    ask: TopicPartition & {
      readonly offset: bigint;
      readonly isolation: Isolation;
      readonly maxBytes: number;
      readonly waitMs: number;
    };
    answer: Fetched;
  };
  listOffsets: {
    ask: TopicPartition & { readonly at: "earliest" | "latest"; readonly isolation: Isolation };
    answer: { readonly offset: bigint };
  };
  /** Forgets what stands before an offset; "end" is the partition's end. The answer is the new start. */
  deleteRecords: { ask: TopicPartition & { readonly before: bigint | "end" }; answer: { readonly start: bigint } };
  /** Answers when all members have joined: the leader learns of all of them, and has to say who gets what. `member` "" is new. */
  join: {
    ask: {
      readonly group: string;
      readonly member: string;
      readonly sessionTimeoutMs: number;
      readonly rebalanceTimeoutMs: number;
      readonly protocols: readonly GroupProtocol[];
    };
    answer: {
      readonly member: string;
      readonly generation: number;
      readonly leader: string;
      readonly protocol: string;
      readonly members: readonly GroupMetadata[];
    };
  };
  /** Answers when the leader has said who gets what. */
  sync: {
    ask: Membership & { readonly assignments: readonly GroupAssignment[] };
    answer: { readonly assignment: Uint8Array };
  };
  heartbeat: { ask: Membership; answer: Nothing };
  leave: { ask: { readonly group: string; readonly member: string }; answer: Nothing };
  commitOffsets: { ask: Membership & { readonly offsets: readonly PlacedOffset[] }; answer: Nothing };
  /** In the order asked; −1 where nothing was committed. */
  fetchOffsets: {
    ask: { readonly group: string; readonly places: readonly TopicPartition[] };
    answer: { readonly offsets: readonly bigint[] };
  };
};

export type Api = keyof Calls;
export type AskOf<A extends Api> = Calls[A]["ask"];
export type AnswerOf<A extends Api> = Calls[A]["answer"];

/** Asks a broker. @throws {TransportError} `NO_ANSWER`: whether it was done is unknown. */
export type Ask = <A extends Api>(api: A, ask: AskOf<A>) => Promise<AnswerOf<A> | Refused>;

export function isRefused(answer: object): answer is Refused {
  return "refused" in answer;
}

export function refuse(code: KafkaCode): Refused {
  return { refused: code };
}

/** One text per partition: user data never indexes an object. */
export function placeKey({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
