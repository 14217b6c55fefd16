// A run on Kafka: what it reads and writes, and the words for it. kafkajs is loaded here and nowhere else, so that other
// commands start as fast as before.

import { hostname } from "node:os";
import type { Metrics } from "../runtime/metrics.ts";
import type { Log } from "../runtime/ports.ts";
import type { OutputTopic, ServiceDefinition } from "../service/definition.ts";
import type { Clock } from "../time/clock.ts";
import type { KafkaDefinition } from "../transports/kafka/options.ts";
import type { Ends } from "./attend.ts";
import { createPassage } from "./passed.ts";
import { logPlace } from "./run-input.ts";

export type KafkaRunParts = { readonly clock: Clock; readonly log: Log };

/** Names this process among those of its group. */
export function instanceName(): string {
  return `${hostname()}:${process.pid}`;
}

/** The ends of a run on the cluster of `kafka`. Nothing is connected yet. */
export async function kafkaEnds(
  definition: ServiceDefinition,
  kafka: KafkaDefinition,
  parts: KafkaRunParts,
): Promise<Ends> {
  const { kafkaTransport } = await import("../service/kafka-transport.ts");
  const passage = createPassage(definition.deadLetters.name);
  return {
    transport: kafkaTransport(definition, kafka, { ...parts, instance: instanceName(), onSent: passage.take }),
    input: {
      feed: async () => {},
      stats: () => null,
      hasBegun,
      placeOf: logPlace,
    },
    passed: passage.passed,
    lateTo: topicName(definition.late),
    deadLettersTo: topicName(definition.deadLetters),
    plainEveryMs: PLAIN_EVERY_MS,
  };
}

/** Whether it has had its share of the work, be it before the shares changed. */
function hasBegun({ assigned, topics }: Metrics): boolean {
  return assigned || topics.some(({ records }) => records > 0);
}

/** How often a line says how it is doing, where there is no terminal: a service runs for months. */
export const PLAIN_EVERY_MS = 60_000;

/** A topic, for people. */
export function topicName({ name }: OutputTopic): string {
  return `topic "${name}"`;
}

/** What is read and written where, in a line. */
export function kafkaNotice({ inputs, alerts }: ServiceDefinition, kafka: KafkaDefinition): string {
  const { brokers, groupId, guarantee } = kafka;
  const topics = inputs.map(({ name }) => `"${name}"`).join(", ");
  return `reading ${topics} on Kafka at ${brokers.join(", ")}, as a member of group "${groupId}"; alerts go to "${alerts.name}", ${guarantee.replaceAll("-", " ")}. Ctrl-C stops.`;
}
