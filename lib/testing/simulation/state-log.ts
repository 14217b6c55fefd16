// The state topic on the model: the port `StateLog`, with the manners of the one on Kafka.

import { ConfigError, invariant } from "../../core/errors.ts";
import type { LogBounds, StateBatch, StateLog } from "../../runtime/shard-ports.ts";
import type { Clock } from "../../time/clock.ts";
import { partitionOf } from "../../transports/partitioner.ts";
import type { TopicConfig } from "./calls.ts";
import type { Client } from "./client.ts";
import { committedEntries } from "./committed.ts";
import { type Described, ensureOutput, ensureTopic } from "./ensure-topic.ts";
import { takeOver } from "./shard-writer.ts";

export type ModelStateLogOptions = {
  readonly app: string;
  readonly client: Client;
  readonly clock: Clock;
  /** How long a transaction may be open. */
  readonly transactionTimeoutMs: number;
};

const FETCH_BYTES = 2_097_152;
/** How long a reader waits at the end of the log before it says that nothing came. */
const FETCH_WAIT_MS = 250;
/** Of topics that are missing. */
const STATE_CONFIG: TopicConfig = { "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1" };

export function createModelStateLog(options: ModelStateLogOptions): StateLog {
  const { app, client, clock } = options;
  const topic = `${app}-state`;
  const counts = new Map<string, number>();
  const bounds = async (partition: number): Promise<LogBounds> => {
    const place = { topic, partition, isolation: "committed" } as const;
    const { offset: start } = await client.insist("listOffsets", { ...place, at: "earliest" });
    const { offset: end } = await client.insist("listOffsets", { ...place, at: "latest" });
    return { start, end };
  };
  const openOutputs = async (outputs: readonly string[]): Promise<void> => {
    for (const output of outputs) counts.set(output, await ensureOutput(client, output));
  };
  return {
    open: async (shards, outputs) => {
      checkStateTopic(topic, shards, await ensureTopic(client, topic, shards, STATE_CONFIG));
      await openOutputs(outputs);
    },
    openOutputs,
    partitionOf: ({ topic: output, key, value }) => {
      const count = counts.get(output);
      invariant(count !== undefined, `that topic ${output} was opened`);
      return partitionOf(key ?? value, count);
    },
    takeOver: (shard) =>
      takeOver({
        client,
        clock,
        transactionalId: `${app}.${shard}`,
        state: { topic, partition: shard },
        timeoutMs: options.transactionTimeoutMs,
      }),
    bounds,
    read: (shard, from) => readOn(client, { topic, partition: shard }, from),
    trim: async (shard, before) => {
      await client.insist("deleteRecords", { topic, partition: shard, before });
    },
    close: async () => {},
  };
}

async function* readOn(
  client: Client,
  place: { readonly topic: string; readonly partition: number },
  from: bigint,
): AsyncGenerator<StateBatch> {
  const limits = { isolation: "committed", maxBytes: FETCH_BYTES, waitMs: FETCH_WAIT_MS } as const;
  for (let next = from; ; ) {
    const fetched = await client.insist("fetch", { ...place, ...limits, offset: next });
    const last = fetched.entries.at(-1);
    if (last !== undefined) next = last.offset + 1n;
    yield { records: committedEntries(fetched), next };
  }
}

/** @throws {ConfigError} `SHARD_COUNT`, `STATE_TOPIC_COMPACTED`, `STATE_TOPIC_EXPIRES` */
function checkStateTopic(topic: string, shards: number, { partitions, config }: Described): void {
  const refuse = (code: string, why: string): never => {
    throw new ConfigError(code, `Topic "${topic}" ${why}.`);
  };
  if (partitions !== shards) refuse("SHARD_COUNT", `has ${partitions} partitions, and the service ${shards} shards`);
  if (config["cleanup.policy"] !== "delete") refuse("STATE_TOPIC_COMPACTED", "is compacted, which loses state");
  if (config["retention.ms"] !== "-1") refuse("STATE_TOPIC_EXPIRES", "forgets what is old");
}
