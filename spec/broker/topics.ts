// Topics and permissions of a spec's broker, made through its listener without security, which may do everything.
import { createRequire } from "node:module";
import type { Admin, Kafka } from "kafkajs";

const kafkajs = createRequire(import.meta.url)("kafkajs") as typeof import("kafkajs");

/** Creates a topic and waits until it has leaders. `config` as Kafka's documentation names it. */
export async function createTopic(
  broker: { readonly address: string },
  topic: string,
  partitions: number,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await asAdmin(broker, (admin) =>
    admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, configEntries }] }),
  );
}

/** Does `work` with an admin client of kafkajs. */
export async function asAdmin<T>(
  { address }: { readonly address: string },
  work: (admin: Admin, kafka: Kafka) => Promise<T>,
): Promise<T> {
  const kafka = new kafkajs.Kafka({
    brokers: address.split(","),
    clientId: "spec",
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 20, multiplier: 1.5, maxRetryTime: 500, retries: 12 },
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin, kafka);
  } finally {
    await admin.disconnect();
  }
}
