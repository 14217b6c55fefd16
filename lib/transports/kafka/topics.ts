// What is asked of the cluster beside reading and writing: partition counts, where logs begin and end, what the group has
// committed, and topics to be made. One connection, opened when it is first needed.

import type { Admin, Kafka } from "kafkajs";
import { ConfigError, type SequiturError } from "../../core/errors.ts";
import type { Log } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { explainKafkaError } from "./kafka-error.ts";
import type { KafkaDefinition } from "./options.ts";
import { type Backoff, loudness, mayPass, patiently } from "./retry.ts";

/** From the first record to behind the last one that is committed. */
export type Bounds = { readonly first: bigint; readonly end: bigint };

export interface Topics {
  /** How many partitions a topic has. @throws {ConfigError} `MISSING_TOPIC`; {SequiturError} */
  partitionCount(topic: string): Promise<number>;
  /** By partition. Costs two requests per broker. */
  bounds(topic: string): Promise<ReadonlyMap<number, Bounds>>;
  /** What the group has committed, by partition; those without a position are left out. */
  committed(topic: string): Promise<ReadonlyMap<number, bigint>>;
  /** Makes those that are missing, if that is wanted, and gives the number of partitions of each. @throws {ConfigError} `MISSING_TOPIC`, `NOT_AUTHORIZED` */
  ensure(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

export type TopicsOptions = {
  readonly kafka: () => Promise<Kafka>;
  readonly definition: KafkaDefinition;
  readonly clock: Clock;
  readonly log: Log;
};

const BACKOFF: Backoff = { firstMs: 500, mostMs: 5_000 };
/** A cluster that has just started answers, but not yet everything. */
const SETTLING: Backoff = { firstMs: 100, mostMs: 2_000 };

export function createTopics(options: TopicsOptions): Topics {
  return new TopicsAtWork(options);
}

class TopicsAtWork implements Topics {
  readonly #options: TopicsOptions;
  #admin: Promise<Admin> | null = null;
  #closed = false;

  constructor(options: TopicsOptions) {
    this.#options = options;
  }

  async partitionCount(topic: string): Promise<number> {
    const counts = await this.#counts([topic]);
    const count = counts.get(topic);
    if (count === undefined) throw missingTopic(topic, this.#brokers);
    return count;
  }

  bounds(topic: string): Promise<ReadonlyMap<number, Bounds>> {
    return this.#ask(`asking where topic "${topic}" begins and ends`, topic, async (admin) => {
      const offsets = await admin.fetchTopicOffsets(topic);
      return new Map(offsets.map(({ partition, low, high }) => [partition, { first: BigInt(low), end: BigInt(high) }]));
    });
  }

  committed(topic: string): Promise<ReadonlyMap<number, bigint>> {
    const { groupId } = this.#options.definition;
    return this.#ask(`asking for the positions of group "${groupId}"`, topic, async (admin) => {
      const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const known = (answer?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)] as const);
      return new Map(known.filter(([, offset]) => offset >= 0n));
    });
  }

  async ensure(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { createTopics, groupId } = this.#options.definition;
    const counts = await this.#counts(topics);
    const missing = topics.filter((topic) => !counts.has(topic));
    if (missing.length === 0) return counts;
    if (createTopics === null) throw missingTopic(missing[0] as string, this.#brokers);
    const { partitions, replicationFactor } = createTopics;
    for (const topic of missing) {
      const isNew = await this.#askUntilSettled(`creating topic "${topic}"`, topic, (admin) =>
        admin.createTopics({
          topics: [
            {
              topic,
              ...(partitions === null ? {} : { numPartitions: partitions }),
              ...(replicationFactor === null ? {} : { replicationFactor }),
            },
          ],
          waitForLeaders: true,
        }),
      );
      // Of processes that start at once, one makes it.
      if (isNew) this.#options.log("info", "topic was created", { topic, group: groupId });
    }
    const made = await this.#counts(missing);
    return new Map([...counts, ...made]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const admin = await this.#admin?.catch(() => null);
    await admin?.disconnect();
  }

  get #brokers(): string {
    return this.#options.definition.brokers.join(",");
  }

  /** Those that exist. Brokers answer for all topics or fail for one, so each is asked for by itself. */
  async #counts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const topic of topics) {
      try {
        const { topics: found } = await this.#askUntilSettled(`looking for topic "${topic}"`, topic, (admin) =>
          admin.fetchTopicMetadata({ topics: [topic] }),
        );
        counts.set(topic, found[0]?.partitions.length ?? 0);
      } catch (error) {
        if (!(error instanceof ConfigError && error.code === "MISSING_TOPIC")) throw error;
      }
    }
    return counts;
  }

  async #ask<T>(doing: string, topic: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = await this.#connected();
    try {
      return await question(admin);
    } catch (error) {
      throw this.#explain(error, doing, topic);
    }
  }

  /** For questions of the start, after which nobody would ask again. */
  #askUntilSettled<T>(doing: string, topic: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    return this.#patiently(() => this.#ask(doing, topic, question), SETTLING, `not done yet: ${doing}`);
  }

  #connected(): Promise<Admin> {
    this.#admin ??= this.#connect().catch((error: unknown) => {
      this.#admin = null;
      throw error;
    });
    return this.#admin;
  }

  #connect(): Promise<Admin> {
    const attempt = async (): Promise<Admin> => {
      const admin = (await this.#options.kafka()).admin();
      try {
        await admin.connect();
        return admin;
      } catch (error) {
        admin.disconnect().catch(() => undefined);
        throw this.#explain(error, "connecting");
      }
    };
    return this.#patiently(attempt, BACKOFF, "no connection to Kafka yet");
  }

  #patiently<T>(act: () => Promise<T>, backoff: Backoff, what: string): Promise<T> {
    const { definition, clock, log } = this.#options;
    return patiently(act, {
      clock,
      backoff,
      id: definition.clientId,
      withinMs: definition.connectWithinMs,
      isRetriable: mayPass,
      onRetry: (error, retryInMs) =>
        log(loudness(error, retryInMs), `${what}; it will be tried again`, {
          reason: (error as Error).message,
          retryInMs,
        }),
      isOver: () => this.#closed,
    });
  }

  #explain(error: unknown, doing: string, topic?: string): SequiturError {
    const { groupId } = this.#options.definition;
    return explainKafkaError(error, doing, {
      brokers: this.#brokers,
      group: groupId,
      ...(topic === undefined ? {} : { topic }),
    });
  }
}

function missingTopic(topic: string, brokers: string): ConfigError {
  return new ConfigError(
    "MISSING_TOPIC",
    `There is no topic "${topic}" on ${brokers}. Create it, for example with kafka-topics.sh --create --topic ${topic} --bootstrap-server ${brokers}, or mend its name in the service.`,
  );
}
