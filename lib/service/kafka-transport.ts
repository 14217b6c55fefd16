// What a service runs on on Kafka.

import type { Log, OutputRecord } from "../runtime/ports.ts";
import type { Clock } from "../time/clock.ts";
import { createKafkaShards } from "../transports/kafka/index.ts";
import type { KafkaDefinition } from "../transports/kafka/options.ts";
import type { ServiceDefinition } from "./definition.ts";
import type { KeepingTransport } from "./run-shards.ts";

export type KafkaTransportParts = {
  /** Names this process among the members of its group, the same for as long as it runs. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Is given what is safe, once it is. */
  readonly onSent?: (records: readonly OutputRecord[]) => void;
};

/** The transport of `service` on the cluster of `kafka`, for one run. Nothing is connected before the service is started. */
export function kafkaTransport(
  { app, retryWithinMs }: ServiceDefinition,
  kafka: KafkaDefinition,
  { instance, clock, log, onSent }: KafkaTransportParts,
): KeepingTransport {
  const { guarantee, shards, commitEveryMs, onDataLoss } = kafka;
  return {
    ...createKafkaShards(kafka, { app, instance, clock, log, retryWithinMs }),
    instance,
    shards,
    guarantee,
    commitEveryMs,
    onDataLoss,
    ...(onSent === undefined ? {} : { onSent }),
  };
}
