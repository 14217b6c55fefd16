// The topics of the model broker, and the settings of theirs that it heeds.

import type { TopicPartition } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { type KafkaCode, type Refused, refuse, type TopicConfig } from "./calls.ts";
import { createPartitionLog, type PartitionLog } from "./partition-log.ts";

type Topic = { readonly config: TopicConfig; readonly partitions: PartitionLog[] };

export type Topics = {
  create(topic: string, partitions: number, config: TopicConfig): KafkaCode | null;
  delete(topic: string): KafkaCode | null;
  grow(topic: string, partitions: number): KafkaCode | null;
  describe(topic: string): { readonly partitions: number; readonly config: TopicConfig } | Refused;
  /** A setting of a topic that is there, its default if it was not set. */
  setting(topic: string, name: keyof typeof DEFAULTS): string;
  find(place: TopicPartition): PartitionLog | null;
  /** Deletes what is older than `retention.ms` says. */
  expire(): void;
};

/** What the model heeds or is asked about, with Kafka's defaults. Nothing is deleted for its size. */
const DEFAULTS = {
  "cleanup.policy": "delete",
  "max.message.bytes": "1048588",
  "message.timestamp.after.max.ms": "3600000",
  "retention.bytes": "-1",
  "retention.ms": "604800000",
} as const;

const MAX_NAME_LENGTH = 249;

export function createTopics(clock: Clock): Topics {
  const topics = new Map<string, Topic>();
  const grown = (partitions: PartitionLog[], count: number): void => {
    while (partitions.length < count) partitions.push(createPartitionLog(() => clock.now()));
  };
  const setting: Topics["setting"] = (topic, name) => topics.get(topic)?.config[name] ?? DEFAULTS[name];
  return {
    create: (topic, count, config) => {
      if (topics.has(topic)) return "TOPIC_ALREADY_EXISTS";
      if (count < 1 || topic.length > MAX_NAME_LENGTH) return "INVALID_PARTITIONS";
      const partitions: PartitionLog[] = [];
      grown(partitions, count);
      topics.set(topic, { config: { ...DEFAULTS, ...config }, partitions });
      return null;
    },
    delete: (topic) => (topics.delete(topic) ? null : "UNKNOWN_TOPIC_OR_PARTITION"),
    grow: (topic, count) => {
      const found = topics.get(topic);
      if (found === undefined) return "UNKNOWN_TOPIC_OR_PARTITION";
      if (count <= found.partitions.length) return "INVALID_PARTITIONS";
      grown(found.partitions, count);
      return null;
    },
    describe: (topic) => {
      const found = topics.get(topic);
      if (found === undefined) return refuse("UNKNOWN_TOPIC_OR_PARTITION");
      return { partitions: found.partitions.length, config: found.config };
    },
    setting,
    find: ({ topic, partition }) => topics.get(topic)?.partitions[partition] ?? null,
    expire: () => {
      for (const [name, { partitions }] of topics) {
        const retentionMs = Number(setting(name, "retention.ms"));
        if (retentionMs < 0 || !setting(name, "cleanup.policy").includes("delete")) continue;
        for (const log of partitions) log.expire(clock.now() - retentionMs);
      }
    },
  };
}
