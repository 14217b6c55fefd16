// What we change in kafkajs 2.2.4, all of it. Each change names the module and what goes wrong without it.
//
//     P1  consumer/batch                   delivers aborted records: see `committed.ts`
//     P2  consumer/batch                   waits for ever behind a batch that compaction has emptied: it forgets where batches
//                                          end, so the position stays (issue 1072 of kafkajs)
//     P3  network/requestQueue             each answer starts a timer, even if nothing waits to be sent: 6 % of a core when idle
//     P4  producer/sendMessages            writes twice, or not at all, where partitions have several leaders and one fails or moves:
//                                          see `send-messages.ts`
//     P5  cluster                          the transaction manager reads `cluster.retry`, which is never set, so it waits 300 ms
//                                          where the client says 20. Its retries count, too, then: the client's, not 5
//     P6  protocol/requests/fetch/v4/decodeMessages   five big numbers, three texts and four buffers per record: our own reader
//                                          instead, `record-batch.ts`; older formats go on to the stock one
//     P7  cluster/brokerPool               asks one broker after the other, and if all fail keeps to itself why: a missing permission
//                                          becomes "Failed to find group coordinator", or a TypeError
//     P8  consumer/consumerGroup           where the log has no more what is to be read, it goes on elsewhere without a word, and
//                                          forgets the position of the group: what is lost is for the source to say
//     P9  producer/eosManager              asks who coordinates a transaction before each of its requests: see `known-coordinator.ts`
//     P10 protocol/recordBatch/crc32C      sums up what is written byte by byte: ours takes less than half the time
//     P11 consumer/consumerGroup           what is resumed is not read before the fetch under way has brought something of other partitions of
//                                          that broker, or waited for as long as it may: while one of them is paused that is not long
//     P12 protocol/requests/{produce/v3,addPartitionsToTxn/v0,metadata/v0}/response   forget which topic an error is about, and take one
//                                          that says nothing for the one that counts: see `whose-error.ts`
//     P13 errors                           where old records cannot be deleted since a broker is away, asks that error which partitions it is
//                                          about, and a TypeError hides it: none
//     P14 consumer/consumerGroup           sends heartbeats and positions to who coordinated the group when it was joined, dead or not, until it
//                                          crashes, and all have to join anew
//     P15 producer/eosManager              leaves it to brokers to end a transaction everywhere, who may forget it: see `same-end.ts`
//     P16 consumer/consumerGroup           whom the group has put out, and whose connection then breaks while it joins anew, reads on for ever
//                                          without being a member, and sends no heartbeat that would tell it so

import { CodecError, type Codecs } from "./codecs.ts";
import { CommittedBatch } from "./committed-batch.ts";
import { crc32c } from "./crc32c.ts";
import type {
  Added,
  BrokerPoolClass,
  ClusterClass,
  Compression,
  ConsumerGroupClass,
  CreateTransactionManager,
  Decoder,
  DecoderClass,
  Described,
  KafkaJsErrors,
  MessageSetDecoder,
  PartitionData,
  Produced,
  ProtocolErrors,
  RequestQueueClass,
  StockBatch,
  StockBatchClass,
  StockConsumerGroup,
  StockMessages,
  StockResponse,
} from "./kafkajs-parts.ts";
import { withKnownCoordinator } from "./known-coordinator.ts";
import { isOldFormat, mistakeInOldFormat } from "./old-format.ts";
import type { Change } from "./private-copy.ts";
import { decodeBatches, type FetchedBatches } from "./record-batch.ts";
import { withSameEnd } from "./same-end.ts";
import { createSendMessages } from "./send-messages.ts";
import { ofAddPartitions, ofMetadata, ofProduce } from "./whose-error.ts";

/** Decompressed bytes per partition in a fetch; also the most that one batch may have. */
const MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024;

const ERRORS = "src/protocol/error.js";

/** What P6 hands to P1 and P2: batches, or messages of an older format. */
type Messages = FetchedBatches | StockMessages;

/** The changes, by the path of their module in the package. */
export function patches(codecs: Codecs): ReadonlyMap<string, Change> {
  return new Map<string, Change>([
    ["src/errors.js", (exports) => withPartitions(exports as KafkaJsErrors)],
    ["src/consumer/batch.js", (exports) => committedBatches(exports as StockBatchClass)],
    ["src/network/requestQueue/index.js", (exports) => withoutIdleTimers(exports as RequestQueueClass)],
    [
      "src/producer/sendMessages.js",
      (_, load) => createSendMessages((load("src/errors.js") as KafkaJsErrors).KafkaJSMetadataNotLoaded),
    ],
    [
      "src/producer/eosManager/index.js",
      (exports) => withSameEnd(withKnownCoordinator(exports as CreateTransactionManager)),
    ],
    ["src/consumer/consumerGroup.js", (exports) => consumerGroup(exports as ConsumerGroupClass)],
    ["src/protocol/recordBatch/crc32C/index.js", () => checksum],
    ["src/cluster/index.js", (exports) => withRetry(exports as ClusterClass)],
    ["src/cluster/brokerPool.js", (exports) => withReasons(exports as BrokerPoolClass)],
    ["src/protocol/message/compression/index.js", (exports) => withCodecs(exports as Compression, codecs)],
    [
      "src/protocol/requests/produce/v3/response.js",
      (exports, load) => ofProduce(exports as StockResponse<Produced>, load(ERRORS) as ProtocolErrors),
    ],
    [
      "src/protocol/requests/addPartitionsToTxn/v0/response.js",
      (exports, load) => ofAddPartitions(exports as StockResponse<Added>, load(ERRORS) as ProtocolErrors),
    ],
    [
      "src/protocol/requests/metadata/v0/response.js",
      (exports, load) => ofMetadata(exports as StockResponse<Described>, load(ERRORS) as ProtocolErrors),
    ],
    [
      "src/protocol/requests/fetch/v4/decodeMessages.js",
      (_, load) =>
        messageDecoder(
          codecs,
          load("src/protocol/messageSet/decoder.js") as MessageSetDecoder,
          load("src/protocol/decoder.js") as DecoderClass,
        ),
    ],
  ]);
}

/** P1 and P2. A function, since kafkajs calls it with `new` and gets what it returns. */
function committedBatches(Stock: StockBatchClass): unknown {
  return function createBatch(topic: string, fetchedOffset: string, data: PartitionData<Messages>): StockBatch {
    const { messages } = data;
    return areStock(messages)
      ? new Stock(topic, fetchedOffset, { ...data, messages })
      : new CommittedBatch(topic, fetchedOffset, { ...data, messages });
  };
}

/** P13. Errors that are about some say so themselves. */
function withPartitions(errors: KafkaJsErrors): KafkaJsErrors {
  Object.assign(errors.KafkaJSError.prototype, { partitions: [] });
  return errors;
}

function consumerGroup(ConsumerGroup: ConsumerGroupClass): ConsumerGroupClass {
  const { fetch, heartbeat } = ConsumerGroup.prototype;
  Object.assign(ConsumerGroup.prototype, {
    /** P11. Brokers are fetched from at the same time, so each fetch has its own time to wait. */
    fetch(this: StockConsumerGroup, nodeId: number) {
      const own = {
        maxWaitTime: { get: () => waitAt(nodeId, this) },
        recoverFromFetch: { value: (error: unknown) => this.recoverFromFetch(error) },
      };
      return fetch.call(Object.create(this, own) as StockConsumerGroup, nodeId);
    },
    /** P8. The consumer crashes with the error instead. */
    async recoverFromOffsetOutOfRange(error: unknown) {
      throw error;
    },
    /** P14. What failed is tried again, and goes to the new one. P16. With this error kafkajs joins. */
    async heartbeat(this: StockConsumerGroup, often: { readonly interval: number }) {
      if (this.memberId === null)
        throw Object.assign(new Error("This consumer is no member of its group."), { type: "UNKNOWN_MEMBER_ID" });
      try {
        await heartbeat.call(this, often);
      } catch (error) {
        const { cluster, groupId, offsetManager } = this;
        if (!isElsewhere(error)) throw error;
        this.coordinator = await cluster.findGroupCoordinator({ groupId });
        if (offsetManager !== null) offsetManager.coordinator = this.coordinator;
        throw error;
      }
    },
  } satisfies ConsumerGroupClass["prototype"]);
  return ConsumerGroup;
}

/** Whether it says that somebody else may coordinate the group by now. */
function isElsewhere(error: unknown): boolean {
  const { name, type } = error as { readonly name: string; readonly type?: string };
  return name.startsWith("KafkaJSConnection") || type === "NOT_COORDINATOR_FOR_GROUP";
}

/** How late what is resumed is read at most, in milliseconds. */
const RESUMED_WITHIN_MS = 10;

/** P11. How long a fetch from this broker waits where there is nothing. */
function waitAt(nodeId: number, group: StockConsumerGroup): number {
  const { maxWaitTime } = group;
  const isPaused = group.filterPartitionsByNode(nodeId, group.paused()).some(({ partitions }) => partitions.length > 0);
  return isPaused ? Math.min(RESUMED_WITHIN_MS, maxWaitTime) : maxWaitTime;
}

/** P3. A request that waits starts the timer, and the timer itself goes on as long as one does. */
function withoutIdleTimers(RequestQueue: RequestQueueClass): RequestQueueClass {
  const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleIfPending(this: { pending: unknown[] }) {
    if (this.pending.length > 0) schedule.call(this);
  };
  return RequestQueue;
}

/** P5. */
function withRetry(Cluster: ClusterClass): ClusterClass {
  return class extends Cluster {
    readonly retry: unknown;
    constructor(options: ConstructorParameters<ClusterClass>[0]) {
      super(options);
      this.retry = options.retry;
    }
  };
}

/** P10. */
function checksum(bytes: Buffer): number {
  return crc32c(bytes, 0, bytes.length);
}

/** P7. */
function withReasons(BrokerPool: BrokerPoolClass): BrokerPoolClass {
  return class extends BrokerPool {
    override async withBroker<Found>(ask: (broker: unknown) => Promise<Found>): Promise<Found | null> {
      const failures: unknown[] = [];
      const found = await super.withBroker(async (broker) => {
        try {
          return await ask(broker);
        } catch (error) {
          failures.push(error);
          throw error;
        }
      });
      if (found === null && failures.length > 0) throw failures.at(-1);
      return found;
    }
  };
}

/** P6. Reads the messages of one partition from the answer to a fetch. */
function messageDecoder(
  codecs: Codecs,
  decodeOldFormat: MessageSetDecoder,
  StockDecoder: DecoderClass,
): (decoder: Decoder) => Promise<Messages> {
  return async (decoder) => {
    const size = decoder.readInt32();
    if (size <= 0 || !decoder.canReadBytes(size)) return { batches: [], failure: null };
    const bytes = decoder.readBytes(size);
    if (!isOldFormat(bytes)) return decodeBatches(bytes, codecs, MAX_DECOMPRESSED_BYTES);
    const failure = mistakeInOldFormat(bytes);
    if (failure !== null) return { batches: [], failure };
    try {
      return await decodeOldFormat(new StockDecoder(bytes), size);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      return { batches: [], failure: { ...error.failure, offset: bytes.readBigInt64BE(0) } };
    }
  };
}

/** Our codecs for kafkajs' reader of older formats, which knows gzip only, and no limit. Writing stays as it is. */
function withCodecs(compression: Compression, codecs: Codecs): Compression {
  for (const [number, stock] of Object.entries(compression.Codecs))
    compression.Codecs[Number(number)] = () => ({
      compress: (encoder) => stock().compress(encoder),
      decompress: async (bytes) => {
        const whole = await codecs.decompress(Number(number), bytes, MAX_DECOMPRESSED_BYTES);
        if (Buffer.isBuffer(whole)) return whole;
        throw new CodecError(whole);
      },
    });
  return compression;
}

function areStock(messages: Messages): messages is StockMessages {
  return Array.isArray(messages);
}
