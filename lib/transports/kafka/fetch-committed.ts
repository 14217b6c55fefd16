// One fetch without a group: the committed records of some partitions of one broker.

import type { Batch, Broker } from "kafkajs";
import { CommittedBatch } from "./committed-batch.ts";
import { installedKafkajs } from "./installed.ts";
import type { PartitionData, StockBatch, StockBatchClass, StockMessages } from "./kafkajs-parts.ts";
import type { FetchedBatches } from "./record-batch.ts";

/** Where a partition is read on, and how much of it is wanted at most. */
export type FetchFrom = { readonly partition: number; readonly fetchOffset: string; readonly maxBytes: number };

type FetchAnswer = {
  readonly responses: readonly { readonly partitions: readonly PartitionData<FetchedBatches | StockMessages>[] }[];
};

const READ_COMMITTED = 1;

/**
 * What `broker` has of these partitions, which it leads. Of each there is a batch, perhaps an empty one; it ends where the next fetch
 * begins. `maxWaitTime`: for how long, in milliseconds, the broker waits until there is anything at all.
 */
export async function fetchCommitted(
  broker: Broker,
  topic: string,
  partitions: readonly FetchFrom[],
  limits: { readonly maxWaitTime: number; readonly maxBytes: number },
): Promise<readonly (Batch & StockBatch)[]> {
  const answer: FetchAnswer = await broker.fetch({
    isolationLevel: READ_COMMITTED,
    topics: [{ topic, partitions: [...partitions] }],
    ...limits,
  });
  const from = new Map(partitions.map(({ partition, fetchOffset }) => [partition, fetchOffset]));
  return answer.responses
    .flatMap((each) => each.partitions)
    .map((data) => batchOf(topic, from.get(data.partition) ?? "0", data));
}

/** Without aborted records and markers: as patched kafkajs has it, or as the stock one where that read the messages. */
function batchOf(
  topic: string,
  fetchedOffset: string,
  data: PartitionData<FetchedBatches | StockMessages>,
): Batch & StockBatch {
  const { messages } = data;
  if (!isStock(messages))
    return new CommittedBatch(topic, fetchedOffset, { ...data, messages }) as unknown as Batch & StockBatch;
  const Stock = installedKafkajs().stock("src/consumer/batch.js") as StockBatchClass;
  return new Stock(topic, fetchedOffset, { ...data, messages }) as unknown as Batch & StockBatch;
}

function isStock(messages: FetchedBatches | StockMessages): messages is StockMessages {
  return Array.isArray(messages);
}
