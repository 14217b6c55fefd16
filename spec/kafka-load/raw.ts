// What reading alone costs: kafkajs' consumer, stock or with our patches, that drops all it gets.
import { loadKafkajs } from "../../lib/transports/kafka/kafkajs.ts";

let groups = 0;

/** Reads `events` records of a topic from its beginning; records per second, from the join to the last batch. */
export async function dropAll(
  address: string,
  topic: string,
  events: number,
  { patched }: { readonly patched: boolean },
): Promise<number> {
  const kafkajs = loadKafkajs({ patched, log: () => undefined });
  groups += 1;
  const kafka = new kafkajs.Kafka({ brokers: address.split(","), logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `drop-${groups}`, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let read = 0;
  let startedAt = 0;
  consumer.on(consumer.events.GROUP_JOIN, () => {
    startedAt = performance.now();
  });
  const seconds = await new Promise<number>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        partitionsConsumedConcurrently: 4,
        eachBatch: async ({ batch }) => {
          read += batch.messages.length;
          if (read >= events) resolve((performance.now() - startedAt) / 1_000);
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return Math.round(read / seconds);
}
