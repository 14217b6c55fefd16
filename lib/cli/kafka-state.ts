// The saved state of a service for the commands that look at it from outside. kafkajs is loaded here, when one of them is called.

import type { ServiceDefinition } from "../service/definition.ts";
import { kafkaOf } from "../service/kafka-of.ts";
import type { StatusQuestion } from "../service/state-status.ts";
import { stateTopicOf } from "../state/names.ts";
import { systemClock } from "../time/clock.ts";
import type { KafkaDefinition } from "../transports/kafka/options.ts";
import type { StateLook } from "../transports/kafka/state-look.ts";

export type OpenState = {
  readonly look: StateLook;
  readonly kafka: KafkaDefinition;
  readonly question: Omit<StatusQuestion, "whole">;
};

/** Does `work` with the state of `service`, on the cluster that `brokers`, the service or the environment name. @throws {ConfigError} as `kafkaOf` */
export async function withState<T>(
  service: ServiceDefinition,
  brokers: string | null,
  work: (state: OpenState) => Promise<T>,
): Promise<T> {
  const kafka = kafkaOf(service, brokers === null ? {} : { brokers });
  const { openStateLook } = await import("../transports/kafka/index.ts");
  const topic = stateTopicOf(service.app);
  const look = openStateLook(kafka, { topic, clock: systemClock, log: () => undefined });
  const question = { app: service.app, topic, group: kafka.groupId, inputs: service.inputs.map(({ name }) => name) };
  try {
    return await work({ look, kafka, question });
  } finally {
    await look.close();
  }
}
