// What is wrong with the place where the state of a service is kept.

import { ConfigError, type Problem } from "../core/errors.ts";
import { shardsFor } from "../runtime/shard/shard-count.ts";
import type { KafkaDefinition } from "../transports/kafka/options.ts";
import type { ClusterPicture } from "../transports/kafka/preflight.ts";
import { noSpareIn, problemsOf, type StateTopicPicture } from "../transports/kafka/state-topic.ts";
import { problemOf } from "./preflight-problem.ts";

/** Codes: those of Kafka's errors, `TWO_CLUSTERS`, `BAD_SHARDS`, `STATE_TOPIC_NO_SPARE`, and those with which a start refuses the topic of the state. */
export function judgeState(picture: ClusterPicture, kafka: KafkaDefinition): readonly Problem[] {
  const { brokers, state } = picture;
  if (state === null) return [];
  const { described, elsewhere, refused, shards, topic } = state;
  const found = described.kind === "known" ? described.value : null;
  return [
    ...tooManyShards(picture, kafka),
    ...(described.kind === "refused" ? [problemOf(described.error, [topic])] : []),
    ...(found === null ? [] : judgeTopic(topic, found, shards, brokers)),
    ...refused.map((error) => problemOf(error, [topic])),
    ...elsewhere.map((error) => problemOf(error, [])),
  ];
}

function judgeTopic(
  topic: string,
  found: StateTopicPicture,
  shards: number | null,
  brokers: number,
): readonly Problem[] {
  // Where the inputs do not say how many shards there will be, any number of partitions may be right.
  const wanted = { topic, shards: shards ?? found.partitions };
  const problems = [...problemsOf(wanted, found, brokers)];
  const noSpare = noSpareIn(topic, found);
  return [
    ...problems.map(({ code, message }) => problemOf(new ConfigError(code, message), [topic])),
    ...(noSpare === null
      ? []
      : [{ code: "STATE_TOPIC_NO_SPARE", severity: "warning" as const, path: [topic], ...noSpare }]),
  ];
}

function tooManyShards({ inputs }: ClusterPicture, { shards }: KafkaDefinition): readonly Problem[] {
  const [first] = inputs;
  if (first?.described.kind !== "known") return [];
  try {
    shardsFor(first.described.value.partitions, shards);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [problemOf(error, ["kafka", "shards"])];
  }
}
