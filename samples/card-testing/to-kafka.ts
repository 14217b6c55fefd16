// Writes the made-up traffic to Kafka, for the service to find there: npm run traffic -- 127.0.0.1:9092

import kafkajs from "kafkajs";
import { DEMO } from "./feed.ts";
import { cardTraffic } from "./generator.ts";

const TOPIC = "card-events";
const PARTITIONS = 4;
const BATCH = 500;

const [brokers, ...surplus] = process.argv.slice(2);
if (brokers === undefined || surplus.length > 0) {
  process.stderr.write("Say where Kafka is, and nothing else: npm run traffic -- 127.0.0.1:9092\n");
  process.exit(2);
}

const { Kafka, logLevel, Partitioners } = kafkajs;
const kafka = new Kafka({ brokers: brokers.split(","), clientId: "card-traffic", logLevel: logLevel.NOTHING });
const admin = kafka.admin();
// The key decides the partition, by the rule that all clients of Kafka share: events of one card stay together, in order.
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
try {
  await admin.connect();
  const isNew = await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }] });
  await producer.connect();
  const before = await admin.fetchTopicOffsets(TOPIC);
  const older = before.some(({ offset }) => offset !== "0")
    ? ", behind older ones: to a service that has read those they are late"
    : "";
  const messages = cardTraffic(DEMO).arrivals.map(({ event }) => ({ key: event.card, value: JSON.stringify(event) }));
  for (let from = 0; from < messages.length; from += BATCH)
    await producer.send({ topic: TOPIC, messages: messages.slice(from, from + BATCH) });
  const made = isNew ? `, which was made with ${PARTITIONS} partitions` : "";
  process.stdout.write(`${messages.length} events are in "${TOPIC}"${made}${older}\n`);
} catch (error) {
  process.stderr.write(
    `The traffic could not be written to ${brokers}: ${(error as Error).message}. Check the address, and that a broker is there.\n`,
  );
  process.exitCode = 1;
} finally {
  await producer.disconnect();
  await admin.disconnect();
}
