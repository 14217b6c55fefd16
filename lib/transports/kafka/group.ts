// Membership of a consumer group, kept up through crashes. kafkajs' consumer does the talking; when it breaks it is thrown
// away and a new one is made, after a pause that grows.
//
//     start ─▶ join ─▶ fetch ⇄ onBatch, onPassed
//                ▲       │
//                │       ├─ partitions are shared out anew ─▶ onRebalancing ─▶ join
//                │       └─ crash ─▶ onLost ─ pause ─▶ a new consumer
//                │                                        │
//                └────────────────────────────────────────┘
//
// All of its events come synchronously: between the news of a join and the first fetch after it nothing else happens, so
// whoever listens can pause and seek in time.

import type { Batch, Consumer, Kafka, PartitionAssigner } from "kafkajs";
import { SequiturError, TransportError } from "../../core/errors.ts";
import type { Log, TopicPartition } from "../../runtime/ports.ts";
import { createSeldomLog, type SeldomLog } from "../../runtime/seldom.ts";
import type { Clock } from "../../time/clock.ts";
import { inTime } from "./in-time.ts";
import { explainKafkaError, placeIn } from "./kafka-error.ts";
import { type Membership, watchJoins } from "./membership.ts";
import type { KafkaDefinition } from "./options.ts";
import { type Backoff, backoffMs, loudness, mayPass } from "./retry.ts";

export type GroupOptions = {
  readonly kafka: Kafka;
  readonly definition: KafkaDefinition;
  readonly topics: readonly string[];
  readonly assigner: PartitionAssigner;
  readonly clock: Clock;
  readonly log: Log;
  /** How long it may be without membership before that is a failure. */
  readonly retryWithinMs: number;
} & GroupEvents;

export type GroupEvents = {
  /** Before this member joins anew; waited for as far as the group bears it. Never fails. */
  readonly onRebalancing: () => Promise<void>;
  /** These partitions, and no others, are ours now. */
  readonly onJoined: (partitions: readonly TopicPartition[]) => void;
  readonly onBatch: (batch: Batch) => void;
  /** A stretch of the log was read in which nothing was for us. */
  readonly onPassed: (place: TopicPartition, lastOffset: bigint, end: bigint) => void;
  /** A broker has answered a fetch. */
  readonly onFetched: () => void;
  /** Nothing is read until `onJoined`. */
  readonly onLost: () => void;
  /** Trying again is of no use, or was not for long enough. */
  readonly onFailure: (error: SequiturError) => void;
};

export interface Group {
  /** Resolves at the first join. @throws {SequiturError} if there is none within the time for it. */
  start(): Promise<void>;
  /** This, `resume` and `seek` do nothing without membership: whoever reads says it all again at the next join. */
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
  /** The next fetch of this partition begins at `offset`. */
  seek(place: TopicPartition, offset: bigint): void;
  /** @throws {SequiturError} */
  commit(positions: readonly (TopicPartition & { readonly offset: bigint })[]): Promise<void>;
  /** Resolves when the group has confirmed, after this call, that this process is a member. Waits through joins. @throws {SequiturError} */
  prove(): Promise<void>;
  /** Leaves the group; not in the middle of a join, unless that takes too long. */
  stop(): Promise<void>;
}

/** How soon a question is asked again that was answered with "not now". */
const PROVE_EVERY_MS = 100;
const BACKOFF: Backoff = { firstMs: 250, mostMs: 10_000 };

/** How much a fetch may bring: small, so that nothing else waits long for it to be taken apart. */
const FETCH_BYTES = 4_194_304;
const FETCH_BYTES_PER_PARTITION = 262_144;
/** How long a broker holds a fetch that has nothing to bring, while nothing is paused. */
const FETCH_WAIT_MS = 250;

/** So long a first join may take before it is told. */
const LONG_JOIN_MS = 5_000;
const NOT_LET_IN =
  "the group has not let this process in yet: it waits for its other members, for one that died until its session is over";

export function createGroup(options: GroupOptions): Group {
  return new GroupAtWork(options);
}

class GroupAtWork implements Group {
  readonly #options: GroupOptions;
  readonly #seldom: SeldomLog;
  #consumer: Consumer | null = null;
  /** Settled when its first join is over, however that went. */
  #begun: Promise<void> = Promise.resolve();
  #stopped = false;
  #crashes = 0;
  /** As of the last join that told what is ours; `null`: there was none since a crash. */
  #membership: Membership | null = null;
  /** As of the last answer to a join, also of a consumer that broke: what is ours from then on may still be to come. */
  #latest: Membership | null = null;
  /** Since when there is no membership; `null`: there is. */
  #lostAt: number | null = null;
  #cancelRestart: () => void = () => undefined;
  #joined: () => void = () => undefined;
  #failed: (error: SequiturError) => void = () => undefined;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#seldom = createSeldomLog(options.log, options.clock);
  }

  async start(): Promise<void> {
    const first = new Promise<void>((resolve, reject) => {
      this.#joined = resolve;
      this.#failed = reject;
    });
    const { clock, definition, log } = this.#options;
    this.#lostAt = clock.now();
    this.#open();
    const fields = { group: definition.groupId, sessionTimeoutMs: definition.sessionTimeoutMs };
    const cancel = clock.after(LONG_JOIN_MS, () => log("warn", NOT_LET_IN, fields));
    await first.finally(cancel);
  }

  pause({ topic, partition }: TopicPartition): void {
    this.#member()?.pause([{ topic, partitions: [partition] }]);
  }

  resume({ topic, partition }: TopicPartition): void {
    this.#member()?.resume([{ topic, partitions: [partition] }]);
  }

  seek({ topic, partition }: TopicPartition, offset: bigint): void {
    this.#member()?.seek({ topic, partition, offset: String(offset) });
  }

  /** `null`: there is no membership. kafkajs refuses to be told where to read then. */
  #member(): Consumer | null {
    return this.#membership === null ? null : this.#consumer;
  }

  async commit(positions: readonly (TopicPartition & { readonly offset: bigint })[]): Promise<void> {
    const member = this.#member();
    if (member === null) throw notAMember(this.#options.definition.groupId);
    try {
      await member.commitOffsets(
        positions.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
      );
    } catch (error) {
      const { groupId } = this.#options.definition;
      throw isOfAnotherTime(error) ? notAMember(groupId) : this.#explain(error, "committing positions");
    }
  }

  async prove(): Promise<void> {
    const { clock, definition, retryWithinMs } = this.#options;
    const giveUpAt = clock.now() + retryWithinMs;
    while (!(await this.#isProven())) {
      if (this.#stopped || clock.now() > giveUpAt) throw notAMember(definition.groupId);
      await new Promise<void>((resolve) => clock.after(PROVE_EVERY_MS, resolve));
    }
  }

  /** Whether the group says so now. What it does not say now it may say after a join; in the middle of one it would say so to whom nothing is left. */
  async #isProven(): Promise<boolean> {
    if (this.#membership === null) return false;
    try {
      await this.#membership.prove();
      return true;
    } catch (error) {
      const explained = this.#explain(error, "making sure of the membership");
      if (mayPass(explained)) return false;
      throw explained;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRestart();
    this.#joined();
    const { clock, definition } = this.#options;
    // Who goes in the middle of a join leaves behind a member that nobody hears of.
    await inTime(this.#begun, definition, clock);
    const consumer = this.#consumer;
    this.#consumer = null;
    try {
      await consumer?.disconnect();
    } catch (error) {
      throw this.#explain(error, "leaving the group");
    }
  }

  #open(): void {
    const { kafka, definition, topics, assigner } = this.#options;
    const consumer = kafka.consumer({
      groupId: definition.groupId,
      partitionAssigners: [
        (parts) => {
          watchJoins(parts.cluster, definition.groupId, {
            beforeJoin: async () => {
              if (this.#consumer === consumer) await this.#prepare();
            },
            onMember: (membership) => {
              if (this.#consumer === consumer) this.#latest = membership;
            },
            isOver: () => this.#consumer !== consumer,
            former: this.#latest,
          });
          return assigner(parts);
        },
      ],
      sessionTimeout: definition.sessionTimeoutMs,
      rebalanceTimeout: definition.rebalanceTimeoutMs,
      heartbeatInterval: Math.min(3_000, Math.floor(definition.sessionTimeoutMs / 3)),
      maxBytes: FETCH_BYTES,
      maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: async () => false },
    });
    this.#consumer = consumer;
    this.#listen(consumer);
    this.#begun = this.#begin(consumer, topics).catch((error: unknown) => this.#crashed(consumer, error));
  }

  async #begin(consumer: Consumer, topics: readonly string[]): Promise<void> {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics] });
    if (this.#consumer !== consumer) return consumer.disconnect(); // it was told so before it was connected
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        if (this.#consumer === consumer) this.#guard(() => this.#options.onBatch(batch));
      },
    });
  }

  async #prepare(): Promise<void> {
    const { clock, definition, log, onRebalancing } = this.#options;
    if (await inTime(onRebalancing(), definition, clock)) return;
    log(
      "info",
      "not all shards could be saved in time before the group shares them out anew; those that move may say some alerts again",
    );
  }

  #listen(consumer: Consumer): void {
    const { onJoined, onPassed, onFetched } = this.#options;
    const { GROUP_JOIN, END_BATCH_PROCESS, FETCH, CRASH } = consumer.events;
    const ifCurrent = (act: () => void): void => {
      if (this.#consumer === consumer) this.#guard(act);
    };
    consumer.on(GROUP_JOIN, ({ payload }) =>
      ifCurrent(() => {
        this.#lostAt = null;
        this.#crashes = 0;
        this.#membership = this.#latest;
        onJoined(placesIn(payload.memberAssignment));
        this.#joined();
      }),
    );
    consumer.on(FETCH, () => ifCurrent(onFetched));
    consumer.on(END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset, highWatermark } }) =>
      ifCurrent(() => {
        if (batchSize === 0) onPassed({ topic, partition }, BigInt(lastOffset), BigInt(highWatermark));
      }),
    );
    consumer.on(CRASH, ({ payload }) => this.#crashed(consumer, payload.error));
  }

  /** What a listener throws would end up as a crash of the consumer, again and again: it is a failure of ours. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#giveUp(error instanceof SequiturError ? error : this.#explain(error, "handing over what was read"));
    }
  }

  #crashed(consumer: Consumer, cause: unknown): void {
    if (this.#consumer !== consumer || this.#stopped) return;
    const { clock, definition, onLost, retryWithinMs } = this.#options;
    const error = this.#explain(cause, `reading as group "${definition.groupId}"`);
    this.#consumer = null;
    this.#membership = null;
    consumer.disconnect().catch(() => undefined); // it is broken; what of it is left, goes
    const now = clock.now();
    this.#lostAt ??= now;
    this.#crashes += 1;
    onLost();
    const retryInMs = backoffMs(BACKOFF, definition.clientId, this.#crashes);
    const isInVain = !mayPass(error) && !wasOutOfRange(cause);
    if (isInVain || now + retryInMs - this.#lostAt > retryWithinMs) {
      this.#giveUp(error);
      return;
    }
    const level = loudness(error, retryInMs);
    const fields = { code: error.code, reason: error.message, retryInMs };
    this.#seldom(level, "reading stopped and will be tried again", error.code, fields);
    this.#cancelRestart = clock.after(retryInMs, () => {
      if (!this.#stopped) this.#open();
    });
  }

  #giveUp(error: SequiturError): void {
    this.#failed(error);
    if (!this.#stopped) this.#options.onFailure(error);
  }

  #explain(error: unknown, doing: string): SequiturError {
    const { definition, topics } = this.#options;
    const where = { brokers: definition.brokers.join(","), group: definition.groupId };
    return explainKafkaError(error, ...placeIn(topics, doing, where));
  }
}

/** What brokers answer to a member of a generation that is over, or about to be. */
const OTHER_GENERATION = new Set(["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID"]);

function isOfAnotherTime(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("type" in error && OTHER_GENERATION.has(String(error.type))) || isOfAnotherTime(error.cause);
}

/** Whether the log has no more what was to be read. After the next join it is looked where it begins. */
function wasOutOfRange(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "KafkaJSOffsetOutOfRange" || wasOutOfRange(error.cause);
}

function placesIn(assignment: Readonly<Record<string, readonly number[]>>): readonly TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

function notAMember(group: string): TransportError {
  const message = `This process is not a member of the group "${group}" at the moment, so positions cannot be committed; they will be later.`;
  return new TransportError("NOT_A_MEMBER", message, { retriable: true });
}
