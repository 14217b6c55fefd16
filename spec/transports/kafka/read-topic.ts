// Reads a topic with kafkajs, patched or stock, from its beginning to its end.
import { randomUUID } from "node:crypto";
import type { InputRecord } from "../../../lib/runtime/ports.ts";
import { type KafkaJs, recordsOf } from "../../../lib/transports/kafka/kafkajs.ts";
import { asAdmin } from "../../broker/topics.ts";

export type ReadTopic = {
  readonly records: readonly InputRecord[];
  /** Whether the end was reached in time. */
  readonly isWhole: boolean;
  readonly fetches: number;
  /** Where committed data ended when reading began. */
  readonly end: string | undefined;
  /** Why the reader gave up, if it did. */
  readonly crash: Error | null;
};

/** Reads partition 0. `maxBytes` per fetch; 1 gives one batch at a time. */
export async function readTopic(
  kafkajs: KafkaJs,
  broker: { readonly address: string },
  topic: string,
  { maxBytes = 1_048_576, withinMs = 40_000 }: { readonly maxBytes?: number; readonly withinMs?: number } = {},
): Promise<ReadTopic> {
  const [end] = await asAdmin(broker, (admin) => admin.fetchTopicOffsets(topic));
  const kafka = new kafkajs.Kafka({
    brokers: broker.address.split(","),
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 20, multiplier: 1.5, maxRetryTime: 500, retries: 12 },
  });
  const consumer = kafka.consumer({
    groupId: `reader-${randomUUID()}`,
    maxWaitTimeInMs: 50,
    maxBytesPerPartition: maxBytes,
    maxBytes,
  });
  const records: InputRecord[] = [];
  let fetches = 0;
  let timer: NodeJS.Timeout | undefined;
  const outcome = new Promise<Pick<ReadTopic, "isWhole" | "crash">>((resolve) => {
    timer = setTimeout(() => resolve({ isWhole: false, crash: null }), withinMs);
    // A broker that has just begun to load its groups crashes a consumer, which starts again by itself.
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) resolve({ isWhole: false, crash: payload.error });
    });
    consumer.on(consumer.events.FETCH, () => {
      fetches++;
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (BigInt(payload.lastOffset) + 1n >= BigInt(end?.high ?? 0)) resolve({ isWhole: true, crash: null });
    });
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        records.push(...recordsOf(batch));
      },
    });
    const { isWhole, crash } = await outcome;
    return { records, isWhole, crash, fetches, end: end?.high };
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
}
