// When there is no more to come. Whoever reads committed records sees nothing behind the beginning of an open transaction, also of what
// others have committed there; and a commit is answered before it is told to all partitions.
import { setTimeout as sleep } from "node:timers/promises";
import type { TopicPartition } from "../../../lib/runtime/ports.ts";
import { createInputLook, type InputLook } from "../../../lib/transports/kafka/input-look.ts";
import { loadKafkajs } from "../../../lib/transports/kafka/kafkajs.ts";
import { asAdmin } from "../../broker/topics.ts";
import { definitionOf } from "./kit.ts";

const LOOK_EVERY_MS = 50;

/** Waits until no transaction is open in `topics`. @throws {Error} if one still is after so long, and whose it is */
export async function untilSettled(
  broker: { readonly address: string },
  topics: readonly string[],
  withinMs: number,
): Promise<void> {
  const { topics: found } = await asAdmin(broker, (admin) => admin.fetchTopicMetadata({ topics: [...topics] }));
  const places = found.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionId }) => ({ topic: name, partition: partitionId })),
  );
  const kafkajs = loadKafkajs({ patched: false, log: () => undefined });
  const look = createInputLook({
    kafka: async () => new kafkajs.Kafka({ brokers: broker.address.split(","), logLevel: kafkajs.logLevel.NOTHING }),
    definition: definitionOf("settled", broker.address),
  });
  try {
    for (const giveUpAt = Date.now() + withinMs; ; await sleep(LOOK_EVERY_MS)) {
      const ends = await look.ends(places);
      const open = places.filter((_, index) => (ends[index]?.stable ?? 0n) < (ends[index]?.end ?? 0n));
      if (open.length === 0) return;
      if (Date.now() > giveUpAt) throw new Error(`open after ${withinMs} ms: ${await whoseAre(open, look)}`);
    }
  } finally {
    await look.close();
  }
}

async function whoseAre(places: readonly TopicPartition[], look: InputLook): Promise<string> {
  const said = places.map(async (place) => {
    const open = await look.openTransactions(place);
    const ids = open.map(({ transactionalId, offset }) => `${transactionalId} from ${offset}`);
    return `partition ${place.partition} of ${place.topic}: ${ids.join(", ")}`;
  });
  return (await Promise.all(said)).join("; ");
}
