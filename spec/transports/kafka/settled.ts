// When there is no more to come. Whoever reads committed records sees nothing behind the beginning of an open transaction, also of what
// others have committed there; and a commit is answered before it is told to all partitions.
import type { TopicPartition } from "../../../lib/runtime/ports.ts";
import { createInputLook, type InputLook } from "../../../lib/transports/kafka/input-look.ts";
import { asAdmin } from "../../broker/topics.ts";
import { definitionOf, until } from "./kit.ts";

/** Waits until no transaction is open in `topics`. @throws {Error} if one still is after so long, and whose it is */
export async function untilSettled(
  broker: { readonly address: string },
  topics: readonly string[],
  withinMs: number,
): Promise<void> {
  await asAdmin(broker, async (admin, kafka) => {
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [...topics] });
    const places = found.flatMap(({ name: topic, partitions }) =>
      partitions.map(({ partitionId: partition }) => ({ topic, partition })),
    );
    const look = createInputLook({ kafka: async () => kafka, definition: definitionOf("settled", broker.address) });
    let open: readonly string[] = [];
    const isSettled = async (): Promise<boolean> => {
      const ends = await look.ends(places);
      const behind = places.filter((_, index) => (ends[index]?.stable ?? 0n) < (ends[index]?.end ?? 0n));
      open = await Promise.all(behind.map((place) => whoseIs(place, look)));
      return open.length === 0;
    };
    await until(() => `nothing is open any more (${open.join("; ")})`, isSettled, withinMs).finally(() => look.close());
  });
}

async function whoseIs(place: TopicPartition, look: InputLook): Promise<string> {
  const open = await look.openTransactions(place);
  const ids = open.map(({ transactionalId, offset }) => `${transactionalId} from ${offset}`);
  return `partition ${place.partition} of ${place.topic}: ${ids.join(", ")}`;
}
