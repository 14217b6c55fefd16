// What is asked of the cluster beside reading and writing: partition counts, where logs begin and end, what the group has
// committed, and topics to be made.

import { ConfigError } from "../../core/errors.ts";
import { type Asker, type AskerOptions, createAsker } from "./asker.ts";

/** From the first record to behind the last one that is committed. */
export type Bounds = { readonly first: bigint; readonly end: bigint };

/** A topic to be made. What is `null` is left to the cluster. */
export type NewTopic = {
  readonly topic: string;
  readonly partitions: number | null;
  readonly replicationFactor: number | null;
  /** As Kafka's documentation names them. */
  readonly settings: ReadonlyMap<string, string>;
};

export interface Topics {
  /** How many partitions a topic has. @throws {ConfigError} `MISSING_TOPIC`; {SequiturError} */
  partitionCount(topic: string): Promise<number>;
  /** How many partitions each has; those that do not exist are left out. */
  counts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** By partition. Costs two requests per broker. */
  bounds(topic: string): Promise<ReadonlyMap<number, Bounds>>;
  /** What the group has committed, by partition; those without a position are left out. */
  committed(topic: string): Promise<ReadonlyMap<number, bigint>>;
  /** Makes those that are missing, if that is wanted, and gives the number of partitions of each. @throws {ConfigError} `MISSING_TOPIC`, `NOT_AUTHORIZED` */
  ensure(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Makes a topic, or leaves it to another process that makes it at the same time. @throws {ConfigError} `TOPIC_REFUSED`, `NOT_AUTHORIZED` */
  create(topic: NewTopic): Promise<void>;
  close(): Promise<void>;
}

/** `asker`: to share its connection. */
export function createTopics(options: AskerOptions, asker: Asker = createAsker(options)): Topics {
  return new TopicsAtWork(options, asker);
}

class TopicsAtWork implements Topics {
  readonly #options: AskerOptions;
  readonly #asker: Asker;

  constructor(options: AskerOptions, asker: Asker) {
    this.#options = options;
    this.#asker = asker;
  }

  async partitionCount(topic: string): Promise<number> {
    const counts = await this.counts([topic]);
    const count = counts.get(topic);
    if (count === undefined) throw missingTopic(topic, this.#brokers);
    return count;
  }

  bounds(topic: string): Promise<ReadonlyMap<number, Bounds>> {
    return this.#asker.ask(`asking where topic "${topic}" begins and ends`, topic, async (admin) => {
      const offsets = await admin.fetchTopicOffsets(topic);
      return new Map(offsets.map(({ partition, low, high }) => [partition, { first: BigInt(low), end: BigInt(high) }]));
    });
  }

  committed(topic: string): Promise<ReadonlyMap<number, bigint>> {
    const { groupId } = this.#options.definition;
    return this.#asker.ask(`asking for the positions of group "${groupId}"`, topic, async (admin) => {
      const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const known = (answer?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)] as const);
      return new Map(known.filter(([, offset]) => offset >= 0n));
    });
  }

  async ensure(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { createTopics } = this.#options.definition;
    const counts = await this.counts(topics);
    const missing = topics.filter((topic) => !counts.has(topic));
    if (missing.length === 0) return counts;
    if (createTopics === null) throw missingTopic(missing[0] as string, this.#brokers);
    for (const topic of missing) await this.create({ topic, ...createTopics, settings: new Map() });
    const made = await Promise.all(missing.map(async (topic) => [topic, await this.#count(topic, isMissing)] as const));
    return new Map([...counts, ...made]);
  }

  async create({ topic, partitions, replicationFactor, settings }: NewTopic): Promise<void> {
    const configEntries = [...settings].map(([name, value]) => ({ name, value }));
    const asked = {
      topic,
      ...(partitions === null ? {} : { numPartitions: partitions }),
      ...(replicationFactor === null ? {} : { replicationFactor }),
      ...(configEntries.length === 0 ? {} : { configEntries }),
    };
    const isNew = await this.#asker.askUntilSettled(
      `creating topic "${topic}"`,
      topic,
      (admin) => admin.createTopics({ topics: [asked], waitForLeaders: true }),
      isMissing,
    );
    const { definition, log } = this.#options;
    // Of processes that start at once, one makes it.
    if (isNew) log("info", "topic was created", { topic, group: definition.groupId });
  }

  close(): Promise<void> {
    return this.#asker.close();
  }

  /** Brokers answer for all topics or fail for one, so each is asked for by itself. */
  async counts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const topic of topics) {
      try {
        counts.set(topic, await this.#count(topic));
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    return counts;
  }

  async #count(topic: string, mayChange?: (error: unknown) => boolean): Promise<number> {
    const { topics: found } = await this.#asker.askUntilSettled(
      `looking for topic "${topic}"`,
      topic,
      (admin) => admin.fetchTopicMetadata({ topics: [topic] }),
      mayChange,
    );
    return found[0]?.partitions.length ?? 0;
  }

  get #brokers(): string {
    return this.#options.definition.brokers.join(",");
  }
}

/** Of a topic that was just made: not every broker knows it yet. */
export function isMissing(error: unknown): boolean {
  return error instanceof ConfigError && error.code === "MISSING_TOPIC";
}

function missingTopic(topic: string, brokers: string): ConfigError {
  return new ConfigError(
    "MISSING_TOPIC",
    `There is no topic "${topic}" on ${brokers}. Create it, for example with kafka-topics.sh --create --topic ${topic} --bootstrap-server ${brokers}, or mend its name in the service.`,
  );
}
