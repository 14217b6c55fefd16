// The inner parts of kafkajs 2.2.4 that are changed or used, as far as they are touched. Types only.

import type { Batch, KafkaMessage } from "kafkajs";

/** A cursor over bytes. */
export type Decoder = {
  readonly buffer: Buffer;
  offset: number;
  readInt32(): number;
  readBytes(length: number): Buffer;
  readVarIntBytes(): Buffer;
  canReadBytes(length: number): boolean;
};
export type DecoderClass = new (bytes: Buffer) => Decoder;

/** Messages of the formats before record batches, read by kafkajs. */
export type StockMessages = readonly KafkaMessage[];
export type MessageSetDecoder = (decoder: Decoder, size: number) => Promise<StockMessages>;

/** One partition of the answer to a fetch, as a batch is made of it. */
export type PartitionData<Messages> = {
  readonly partition: number;
  readonly highWatermark: string;
  /** `null` or missing for readers of uncommitted data. */
  readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
  readonly messages: Messages;
};

/** What kafkajs hands to `eachBatch`, and asks itself. */
export type StockBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly fetchedOffset: string;
  readonly highWatermark: string;
  messages: readonly unknown[];
  isEmpty(): boolean;
  isEmptyIncludingFiltered(): boolean;
  isEmptyDueToFiltering(): boolean;
  isEmptyControlRecord(): boolean;
  isEmptyDueToLogCompactedMessages(): boolean;
  firstOffset(): string | null;
  lastOffset(): string;
  offsetLag(): string;
  offsetLagLow(): string;
};
export type StockBatchClass = new (
  topic: string,
  fetchedOffset: string,
  data: PartitionData<StockMessages>,
) => StockBatch;

/** Requests of one connection, those sent and those that wait. */
export type RequestQueueClass = {
  readonly prototype: { readonly pending: readonly unknown[]; scheduleCheckPendingRequests(): void };
};

/** `retry` are the options of the client. */
export type ClusterClass = new (options: { readonly retry?: unknown }) => object;

/** `withBroker` gives what the first broker answers that does not fail, or `null`. */
export type BrokerPoolClass = new (
  options: object,
) => { withBroker<Found>(ask: (broker: unknown) => Promise<Found>): Promise<Found | null> };

export type CoordinatorQuestion = { readonly groupId: string; readonly coordinatorType?: number };

/** What a transaction manager asks of its cluster. Brokers are known by `nodeId`. */
export type TransactionCluster = {
  readonly retry?: unknown;
  findGroupCoordinator(question: CoordinatorQuestion): Promise<{ readonly nodeId: unknown }>;
  findBroker(about: { readonly nodeId: unknown }): Promise<{ readonly nodeId: unknown }>;
  findControllerBroker(): Promise<unknown>;
  refreshMetadataIfNecessary(): Promise<void>;
};
/**
 * Transactions of one producer, and the sequence numbers of what it writes. Its functions need no `this` but for those about locks, which
 * nobody calls any more.
 */
export type TransactionManager = {
  isInitialized(): boolean;
  isTransactional(): boolean;
  getTransactionalId(): string | undefined;
  getProducerId(): unknown;
  getProducerEpoch(): number;
  initProducerId(): Promise<unknown>;
  beginTransaction(): void;
  /** 0 where the producer does not number what it writes. */
  getSequence(topic: string, partition: number): number;
  updateSequence(topic: string, partition: number, increment: number): void;
  readonly addPartitionsToTransaction: (topics: readonly Announced[]) => Promise<unknown>;
  readonly sendOffsets: (offsets: object) => Promise<unknown>;
  readonly commit: () => Promise<unknown>;
  readonly abort: () => Promise<unknown>;
};
/** Partitions that belong to a transaction. */
export type Announced = { readonly topic: string; readonly partitions: readonly { readonly partition: number }[] };
export type CreateTransactionManager = (options: { readonly cluster: TransactionCluster }) => TransactionManager;

export type PartitionMetadata = { readonly partitionId: number };
export type Message = object;
/** What is written to one partition at once. */
export type Portion = {
  readonly partition: number;
  readonly messages: readonly Message[];
  readonly firstSequence: number;
};
export type TopicPortions = { readonly topic: string; readonly partitions: readonly Portion[] };

export type ProduceRequest = Omit<SendRequest, "topicMessages"> & {
  readonly transactionalId: string | undefined;
  readonly producerId: unknown;
  readonly producerEpoch: number;
  readonly topicData: readonly TopicPortions[];
};
/** A broker that partitions are written to. */
export type Leader = {
  produce(request: ProduceRequest): Promise<Produced>;
};

/** What producers ask of their cluster. */
export type ProducerCluster = {
  isConnected(): boolean;
  connect(): Promise<void>;
  removeBroker(address: { readonly host: string | undefined; readonly port: number | undefined }): void;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  /** Empty where nothing is known. @throws where nothing was ever asked */
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  /** Partitions by the number of their leader, without those that are not known. */
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findBroker(about: { readonly nodeId: string }): Promise<Leader>;
};

/** Errors of kafkajs, by name: there may be another copy of its classes. */
export type KafkaJsError = Error & {
  readonly retriable?: boolean;
  readonly host?: string;
  readonly port?: number;
};

/** Classes of errors. Made with a message alone, they may pass. */
export type KafkaJsErrors = Readonly<
  Record<"KafkaJSError" | "KafkaJSMetadataNotLoaded", new (message: string) => KafkaJsError>
>;

/** Calls `act` again, after a while, as long as what it throws may pass. `bail` ends it with an error. */
export type Retrier = <Found>(
  act: (bail: (error: Error) => void, retryCount: number, retryTimeInMs: number) => Promise<Found>,
) => Promise<Found>;

export type SendOptions = {
  readonly logger: { error(message: string, more: object): void };
  readonly cluster: ProducerCluster;
  readonly partitioner: (options: {
    readonly topic: string;
    readonly partitionMetadata: readonly PartitionMetadata[];
    readonly message: Message;
  }) => number;
  readonly eosManager: TransactionManager;
  readonly retrier: Retrier;
};
export type SendRequest = {
  readonly acks: number;
  readonly timeout?: number | undefined;
  readonly compression?: number | undefined;
  /** Of a topic without messages all partitions belong to the transaction. */
  readonly topicMessages: readonly { readonly topic: string; readonly messages: readonly Message[] }[];
};
export type Answer = PartitionAnswer & { readonly topicName: string };
export type SendMessages = (request: SendRequest) => Promise<readonly Answer[]>;
export type CreateSendMessages = (options: SendOptions) => SendMessages;

/** Codecs by number, each made when it is needed. */
export type Compression = {
  readonly Codecs: Record<
    number,
    () => { compress(encoder: unknown): Promise<Buffer>; decompress(bytes: Buffer): Promise<Buffer> }
  >;
};

export type StockConsumerGroup = {
  readonly groupId: string;
  /** `null`: it is to join as somebody new. */
  readonly memberId: string | null;
  readonly cluster: { findGroupCoordinator(question: CoordinatorQuestion): Promise<unknown> };
  coordinator: unknown;
  /** Commits positions; `null` before the group was joined. */
  readonly offsetManager: { coordinator: unknown } | null;
  /** How long a fetch may wait where there is nothing, in milliseconds. */
  readonly maxWaitTime: number;
  paused(): readonly PartitionsOfTopic[];
  /** Those of them that are read from this broker. */
  filterPartitionsByNode(nodeId: number, partitions: readonly PartitionsOfTopic[]): readonly PartitionsOfTopic[];
  recoverFromFetch(error: unknown): Promise<void>;
};
export type PartitionsOfTopic = { readonly topic: string; readonly partitions: readonly number[] };
export type ConsumerGroupClass = {
  readonly prototype: {
    fetch(this: StockConsumerGroup, nodeId: number): Promise<readonly Batch[]>;
    recoverFromOffsetOutOfRange(error: unknown): Promise<void>;
    /** Sends one if the last was sent longer ago than `interval`, in milliseconds. */
    heartbeat(this: StockConsumerGroup, often: { readonly interval: number }): Promise<void>;
  };
};

/** How the answer to a request is read. `parse` throws what the answer says that went wrong. */
export type StockResponse<Data> = {
  readonly decode: (bytes: Buffer) => Promise<Data>;
  readonly parse: (data: Data) => Promise<Data>;
};
export type PartitionAnswer = { readonly partition: number; readonly errorCode: number; readonly baseOffset: string };
export type Produced = {
  readonly topics: readonly { readonly topicName: string; readonly partitions: readonly PartitionAnswer[] }[];
};
export type Described = {
  readonly topicMetadata: readonly {
    readonly topic: string;
    readonly topicErrorCode: number;
    readonly partitionMetadata: readonly { readonly partitionErrorCode: number }[];
  }[];
};
export type Added = {
  readonly errors: readonly {
    readonly topic: string;
    readonly partitionErrors: readonly { readonly errorCode: number }[];
  }[];
};
export type ProtocolErrors = {
  readonly failure: (code: number) => boolean;
  readonly createErrorFromCode: (code: number) => Error;
};

/** A broker as the coordinator of a group. */
export type Coordinator = {
  /** `memberId`: "" of one that is no member. */
  joinGroup(request: {
    readonly memberId: string;
  }): Promise<{ readonly generationId: number; readonly memberId: string }>;
  syncGroup(request: { readonly memberId: string }): Promise<unknown>;
  heartbeat(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
  }): Promise<unknown>;
};

/** What brokers can be asked beside what kafkajs' types tell. */
export type StateBroker = {
  addPartitionsToTxn(request: {
    readonly transactionalId: string;
    readonly producerId: string;
    readonly producerEpoch: number;
    readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  }): Promise<unknown>;
  deleteRecords(request: {
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }): Promise<unknown>;
};

/** A broker asked where partitions end. */
export type OffsetBroker = {
  listOffsets(request: {
    readonly replicaId: number;
    readonly isolationLevel: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
    }[];
  }): Promise<{
    readonly responses: readonly {
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }>;
};
