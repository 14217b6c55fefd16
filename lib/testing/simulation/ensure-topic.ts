// Topics that are missing are made, as a service on Kafka does it.

import type { SequiturError } from "../../core/errors.ts";
import type { AnswerOf, TopicConfig } from "./calls.ts";
import type { Client } from "./client.ts";

export type Described = AnswerOf<"describeTopic">;

/** Of outputs that are missing. */
const OUTPUT_PARTITIONS = 4;

/** What it is, after it was made if there was none. Others may make it at the same time. */
export async function ensureTopic(
  client: Client,
  topic: string,
  partitions: number,
  config: TopicConfig,
): Promise<Described> {
  try {
    return await client.insist("describeTopic", { topic });
  } catch (error) {
    if ((error as SequiturError).code !== "MISSING_TOPIC") throw error;
  }
  try {
    await client.insist("createTopic", { topic, partitions, config });
  } catch (error) {
    if ((error as SequiturError).code !== "TOPIC_ALREADY_EXISTS") throw error;
  }
  return client.insist("describeTopic", { topic });
}

/** How many partitions an output has. */
export async function ensureOutput(client: Client, topic: string): Promise<number> {
  return (await ensureTopic(client, topic, OUTPUT_PARTITIONS, {})).partitions;
}
