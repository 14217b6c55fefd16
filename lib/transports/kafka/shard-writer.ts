// The producer of one shard. Its `transactional.id` is the shard's, so brokers let only the newest one write.
//
//     takeOver ─ InitProducerId ─▶ writer ─ begin ─▶ send … send ─ commit ─▶ decided ─▶ begin …
//                 epoch + 1: older                      │            │
//                 producers are fenced                  error        no answer: COMMIT_UNKNOWN
//                                                       └──── poisoned: only close ────┘
//
// What an error means, told by where it came:
//
//     takeOver     nothing was written
//     send         nothing of the transaction becomes visible: it is never committed after an error
//     commit       PRODUCER_FENCED: it was not committed. Anything else: it may have been, and only reading tells
//
// kafkajs cannot go on after an error either: it stays in the middle of the transaction for ever. And were it possible, a request
// that is late could reach the next transaction of the same epoch.

import type { Kafka, Transaction as KafkaTransaction, Producer } from "kafkajs";
import { invariant, type SequiturError, TransportError } from "../../core/errors.ts";
import type { SeldomLog } from "../../runtime/seldom.ts";
import type { Parcel, ShardWriter, Transaction } from "../../runtime/shard-ports.ts";
import type { Clock } from "../../time/clock.ts";
import { type BatchLimits, isTooLarge, tooLargeTogether } from "./batch-limits.ts";
import type { KafkaPlace } from "./kafka-codes.ts";
import { explainKafkaError, placeIn } from "./kafka-error.ts";
import { decided, messagesOf, stateMessages } from "./messages.ts";
import type { KafkaDefinition } from "./options.ts";
import { type Backoff, loudness, mayPass, patiently } from "./retry.ts";

export type ShardWriterOptions = {
  readonly kafka: () => Promise<Kafka>;
  readonly definition: KafkaDefinition;
  /** Belongs to the shard, whichever process has it. */
  readonly transactionalId: string;
  /** Where its state is kept: the partition has the number of the shard. */
  readonly state: { readonly topic: string; readonly partition: number };
  /** The topics of all output that belongs to its transactions. Taking over costs a marker in each of their partitions. */
  readonly outputs: readonly string[];
  /** How much brokers take at once. */
  readonly limits: BatchLimits;
  readonly clock: Clock;
  /** Of the process. */
  readonly seldom: SeldomLog;
};

/** An open transaction of a process that died hides what other shards have written behind it until it ends. */
const LONGEST_TRANSACTION_MS = 10_000;
const BACKOFF: Backoff = { firstMs: 100, mostMs: 1_000 };
const ALL_REPLICAS = -1;

/** How long a transaction may be open before brokers abort it: shorter than a session, so that it is over when the shard is given away. */
export function transactionTimeoutMs({ sessionTimeoutMs }: KafkaDefinition): number {
  return Math.min(LONGEST_TRANSACTION_MS, Math.floor((sessionTimeoutMs * 2) / 3));
}

/**
 * As `StateLog.takeOver`. Tries again for as long as a session while brokers are not ready, as when they still end the transaction
 * of the one before: after that, whoever asks should first make sure that the shard is still its own.
 */
export async function takeOver(options: ShardWriterOptions): Promise<ShardWriter> {
  const { definition, transactionalId, clock, seldom } = options;
  return patiently(() => attempt(options), {
    clock,
    backoff: BACKOFF,
    id: transactionalId,
    withinMs: definition.sessionTimeoutMs,
    isRetriable: mayPass,
    onRetry: (error, retryInMs) => {
      const { code, message: reason } = error as SequiturError;
      const fields = { shard: options.state.partition, reason, retryInMs };
      seldom(loudness(error, retryInMs), "a shard could not be taken over; it will be tried again", code, fields);
    },
    isOver: () => false,
  });
}

async function attempt(options: ShardWriterOptions): Promise<ShardWriter> {
  const { kafka, definition, transactionalId } = options;
  const producer = (await kafka()).producer({
    transactionalId,
    transactionTimeout: transactionTimeoutMs(definition),
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: () => decided,
  });
  try {
    await producer.connect();
    return new Writer(options, producer, await producer.transaction());
  } catch (error) {
    producer.disconnect().catch(() => undefined);
    throw explainKafkaError(error, `writing as "${transactionalId}"`, whereOf(options));
  }
}

function whereOf({ definition, transactionalId }: ShardWriterOptions): KafkaPlace {
  return { brokers: definition.brokers.join(","), transactionalId };
}

class Writer implements ShardWriter {
  readonly #options: ShardWriterOptions;
  readonly #producer: Producer;
  /** The first transaction: kafkajs takes over only when one begins. On the brokers it begins with the first record. */
  #first: KafkaTransaction | null;
  /** Also topics that nothing is written to: what another producer of the shard left open there ends as our first transaction does. */
  #topics: readonly string[];
  /** Between `begin` and a `commit` that went well; for good after an error. */
  #isBusy = false;

  constructor(options: ShardWriterOptions, producer: Producer, first: KafkaTransaction) {
    this.#options = options;
    this.#producer = producer;
    this.#first = first;
    this.#topics = options.outputs;
  }

  async begin(): Promise<Transaction> {
    invariant(!this.#isBusy, "that transactions of a shard come one after the other, and none after an error");
    this.#isBusy = true;
    const transaction = this.#first ?? (await this.#guard(() => this.#producer.transaction(), "beginning"));
    this.#first = null;
    return {
      send: async ({ outputs, blocks }) => {
        const { limits } = this.#options;
        let left = outputs;
        for (let some = limits.first(left); some.length < left.length; some = limits.first(left)) {
          await this.#send(transaction, { outputs: some, blocks: [] });
          left = left.slice(some.length);
        }
        return this.#send(transaction, { outputs: left, blocks });
      },
      commit: async () => {
        await this.#guard(() => transaction.commit(), COMMITTING);
        this.#topics = [];
        this.#isBusy = false;
      },
    };
  }

  async close(): Promise<void> {
    this.#isBusy = true;
    await this.#producer.disconnect().catch(() => undefined);
  }

  async #send(transaction: KafkaTransaction, { outputs, blocks }: Parcel): Promise<bigint | null> {
    const { clock, limits, state } = this.#options;
    const now = clock.now();
    const topicMessages = messagesOf(outputs, now);
    if (blocks.length > 0) topicMessages.push(stateMessages(blocks, state, now));
    if (topicMessages.length === 0) return null;
    topicMessages.push(...this.#topics.map((topic) => ({ topic, messages: [] })));
    const doing = `writing ${outputs.length} records and ${blocks.length} blocks of state`;
    const topics = topicMessages.map(({ topic }) => topic);
    try {
      const request = { topicMessages, acks: ALL_REPLICAS };
      const answer = await this.#guard(() => transaction.sendBatch(request), doing, topics);
      if (blocks.length === 0) return null;
      const offset = answer.find(({ topicName }) => topicName === state.topic)?.baseOffset;
      invariant(offset !== undefined, "that a broker says where it wrote");
      return BigInt(offset);
    } catch (error) {
      throw isTooLarge(error) && limits.refused(outputs) ? tooLargeTogether(error) : error;
    }
  }

  /** @throws {SequiturError} and then nothing else succeeds */
  async #guard<T>(act: () => Promise<T>, doing: string, topics?: readonly string[]): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const where = whereOf(this.#options);
      const [said, place] = topics === undefined ? [doing, where] : placeIn(topics, doing, where);
      const explained = explainKafkaError(error, said, place);
      throw doing === COMMITTING ? ofCommit(explained, this.#options.state.partition) : explained;
    }
  }
}

const COMMITTING = "committing a transaction";

/** Of all answers to a commit only this one says for sure that there was none: kafkajs sends it once. */
function ofCommit(error: SequiturError, shard: number): SequiturError {
  if (error.code === "PRODUCER_FENCED") return error;
  const message = `Whether a transaction of shard ${shard} was committed is not known: ${error.message} It is looked up before anything else is sent.`;
  return new TransportError("COMMIT_UNKNOWN", message, { cause: error, retriable: true });
}
