// Kafka as a transport: a source and a sink that share one client. Nothing is connected before it is needed.

import type { Kafka } from "kafkajs";
import type { Log, Sink, Source } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { connect } from "./connection.ts";
import { loadKafkajs } from "./kafkajs.ts";
import type { KafkaDefinition } from "./options.ts";
import { createKafkaSink } from "./sink.ts";
import { createKafkaSource } from "./source.ts";

export type KafkaParts = {
  /** Names this process among the members of its group, the same for as long as it runs. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long an outage may last before it is a failure. */
  readonly retryWithinMs: number;
};

export type KafkaTransport = {
  /** Reads as a member of the group. Once. */
  readonly source: Source;
  readonly sink: Sink;
};

/** A source and a sink on the cluster of `definition`. What is wrong with the connection is thrown when they are opened. */
export function createKafka(definition: KafkaDefinition, parts: KafkaParts): KafkaTransport {
  let client: Promise<Kafka> | null = null;
  const open = async (): Promise<Kafka> => {
    const kafkajs = loadKafkajs({ patched: definition.patches, log: parts.log });
    return await connect(definition, { ...parts, kafkajs });
  };
  const kafka = (): Promise<Kafka> => {
    client ??= open().catch((error: unknown) => {
      client = null;
      throw error;
    });
    return client;
  };
  return {
    source: createKafkaSource({ ...parts, definition, kafka }),
    sink: createKafkaSink({ ...parts, definition, kafka }),
  };
}
