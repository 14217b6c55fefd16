// The state of a service as somebody sees it who is no part of the service: what the topic holds, how far the inputs go, and who is in
// the group. Nothing is taken over and nothing written, but for `remove`.

import type { Kafka } from "kafkajs";
import { TransportError } from "../../core/errors.ts";
import type { Log, TopicPartition } from "../../runtime/ports.ts";
import type { LogEnd, OpenTransaction } from "../../runtime/shard-ports.ts";
import type { Clock } from "../../time/clock.ts";
import { createAsker } from "./asker.ts";
import { decodeClaims, decodeSubscription } from "./group-protocol.ts";
import { createInputLook } from "./input-look.ts";
import type { KafkaDefinition } from "./options.ts";
import { patiently } from "./retry.ts";
import { readState, type StampedBatch } from "./state-reader.ts";
import { type Bounds, createTopics } from "./topics.ts";

/** A process in the group. */
export type GroupMember = {
  /** As the process names itself; else as its client does. */
  readonly instance: string;
  /** From where it is connected, as the brokers see it. */
  readonly host: string;
};

export interface StateLook {
  /** How many partitions each topic has; those that do not exist are left out. */
  counts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** By partition, as far as it is decided. @throws {ConfigError} `MISSING_TOPIC` */
  bounds(topic: string): Promise<ReadonlyMap<number, Bounds>>;
  /** How far these partitions can be read, and where they end; in their order. */
  ends(places: readonly TopicPartition[]): Promise<readonly LogEnd[]>;
  /** As `ShardSource.openTransactions`. */
  openTransactions(place: TopicPartition): Promise<readonly OpenTransaction[]>;
  /** Where the group stands, by partition; those without a position are left out. */
  committed(topic: string): Promise<ReadonlyMap<number, bigint>>;
  /** None: nobody runs. */
  members(): Promise<readonly GroupMember[]>;
  /** Committed records of a partition of the state from `from` on; goes on until the loop is left. */
  read(partition: number, from: bigint): AsyncIterable<StampedBatch>;
  /** Deletes the topic of the state, and resolves when it is gone. @throws {ConfigError} `NOT_AUTHORIZED`; {TransportError} `STILL_THERE` */
  remove(): Promise<void>;
  close(): Promise<void>;
}

export type StateLookOptions = {
  /** The topic of the state. */
  readonly topic: string;
  readonly kafka: () => Promise<Kafka>;
  readonly definition: KafkaDefinition;
  readonly clock: Clock;
  readonly log: Log;
};

/** How long brokers may be away while the state is read, and how long a topic may take to go. */
const PATIENCE_MS = 20_000;

/** Nothing is connected before it is needed. */
export function lookAtState(options: StateLookOptions): StateLook {
  const { topic, definition, clock } = options;
  const asker = createAsker(options);
  const topics = createTopics(options, asker);
  const inputs = createInputLook(options);
  const stillThere = (): TransportError =>
    new TransportError(
      "STILL_THERE",
      `Topic "${topic}" was deleted, and the brokers still list it. Look again in a while.`,
      {
        retriable: true,
      },
    );
  return {
    counts: (names) => topics.counts(names),
    bounds: (name) => topics.bounds(name),
    ends: (places) => inputs.ends(places),
    openTransactions: (place) => inputs.openTransactions(place),
    committed: (name) => topics.committed(name),
    members: () =>
      asker.ask(`looking at group "${definition.groupId}"`, topic, async (admin) => {
        const { groups } = await admin.describeGroups([definition.groupId]);
        return (groups[0]?.members ?? []).map(({ clientId, clientHost, memberMetadata }) => {
          const subscription = decodeSubscription(memberMetadata);
          const claims = subscription && decodeClaims(subscription.userData);
          return { instance: claims?.instance ?? clientId, host: clientHost.replace(/^\//, "") };
        });
      }),
    read: (partition, from) => readState({ ...options, place: { topic, partition }, from, retryWithinMs: PATIENCE_MS }),
    remove: async () => {
      await asker.ask(`deleting topic "${topic}"`, topic, (admin) => admin.deleteTopics({ topics: [topic] }));
      const gone = async (): Promise<void> => {
        if ((await topics.counts([topic])).has(topic)) throw stillThere();
      };
      await patiently(gone, {
        clock,
        backoff: { firstMs: 50, mostMs: 1_000 },
        id: topic,
        withinMs: PATIENCE_MS,
        isRetriable: (error) => error instanceof TransportError && error.code === "STILL_THERE",
        onRetry: () => undefined,
        isOver: () => false,
      });
    },
    close: async () => {
      await inputs.close();
      await asker.close();
    },
  };
}
