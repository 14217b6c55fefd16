// Kafka as a transport: a source by shards, the log of their state, and a sink for what does not wait for that. Nothing is connected
// before it is needed.

import type { Kafka } from "kafkajs";
import type { Log, Sink } from "../../runtime/ports.ts";
import type { ShardSource, StateLog } from "../../runtime/shard-ports.ts";
import type { Clock } from "../../time/clock.ts";
import { createBatchLimits } from "./batch-limits.ts";
import { connect, knock } from "./connection.ts";
import { type KafkaJs, loadKafkajs } from "./kafkajs.ts";
import type { KafkaDefinition } from "./options.ts";
import { createKafkaShardSource } from "./shard-source.ts";
import { transactionTimeoutMs } from "./shard-writer.ts";
import { createKafkaSink } from "./sink.ts";
import { createKafkaStateLog } from "./state-log.ts";
import { lookAtState, type StateLook } from "./state-look.ts";

export type KafkaParts = {
  /** Names this process among the members of its group, the same for as long as it runs. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long an outage may last before it is a failure. */
  readonly retryWithinMs: number;
};

export type KafkaShards = {
  /** Reads as a member of the group. Once. */
  readonly source: ShardSource;
  readonly state: StateLog;
  /** Writes ahead of the state, for at-least-once. */
  readonly sink: Sink;
};

/**
 * What services with state stand on, on the cluster of `definition`; `app` names the state. What is wrong with the connection is thrown when
 * they are opened.
 */
export function createKafkaShards(
  definition: KafkaDefinition,
  parts: KafkaParts & { readonly app: string },
): KafkaShards {
  // An answer that comes after its transaction was aborted is of no use.
  const requestTimeoutMs = Math.min(definition.requestTimeoutMs, transactionTimeoutMs(definition));
  const writing = { ...definition, requestTimeoutMs };
  const kafka = clientOf(writing, parts);
  const limits = createBatchLimits(parts.log);
  return {
    source: createKafkaShardSource({ ...parts, definition, kafka: clientOf(definition, parts) }),
    state: createKafkaStateLog({
      ...parts,
      definition: writing,
      limits,
      kafka,
      knock: (address) => knock(definition, { ...parts, kafkajs: loadFor(definition, parts) })(address),
    }),
    sink: createKafkaSink({ ...parts, definition: writing, limits, kafka }),
  };
}

/** The state in `topic`, seen from outside. What is wrong with the connection is thrown by the first question. */
export function openStateLook(
  definition: KafkaDefinition,
  parts: Pick<KafkaParts, "clock" | "log"> & { readonly topic: string },
): StateLook {
  return lookAtState({ ...parts, definition, kafka: clientOf(definition, parts) });
}

/** One client for all who ask, made when the first one does. */
function clientOf(definition: KafkaDefinition, parts: Pick<KafkaParts, "clock" | "log">): () => Promise<Kafka> {
  let client: Promise<Kafka> | null = null;
  const open = async (): Promise<Kafka> => await connect(definition, { ...parts, kafkajs: loadFor(definition, parts) });
  return () => {
    client ??= open().catch((error: unknown) => {
      client = null;
      throw error;
    });
    return client;
  };
}

function loadFor({ patches }: KafkaDefinition, { log }: Pick<KafkaParts, "log">): KafkaJs {
  return loadKafkajs({ patched: patches, log });
}
