// Where output goes ahead of the state on the model, as `transports/kafka/sink.ts` writes to Kafka: by a producer that is known again, so
// that a request which comes twice is done once. After an error it is another one, and what is sent again may be there twice.

import { invariant } from "../../core/errors.ts";
import type { OutputRecord, Sink } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { partitionOf } from "../../transports/partitioner.ts";
import { type AnswerOf, placeKey } from "./calls.ts";
import type { Client } from "./client.ts";
import { ensureOutput } from "./ensure-topic.ts";
import { byPlace } from "./placed.ts";

export type ModelSinkOptions = { readonly client: Client; readonly clock: Clock };

type Producer = { readonly stamp: AnswerOf<"initProducer">; readonly sequences: Map<string, number> };

/** Without a transaction there is none that could time out. */
const NO_TIMEOUT_MS = 1;

export function createModelSink({ client, clock }: ModelSinkOptions): Sink {
  const counts = new Map<string, number>();
  let producer: Producer | null = null;
  const placed = (record: OutputRecord): { record: OutputRecord; partition: number } => {
    const count = counts.get(record.topic);
    invariant(count !== undefined, `that topic ${record.topic} was opened`);
    return { record, partition: partitionOf(record.key ?? record.value, count) };
  };
  const connect = async (): Promise<Producer> => {
    const stamp = await client.insist("initProducer", { transactionalId: null, timeoutMs: NO_TIMEOUT_MS });
    return { stamp, sequences: new Map() };
  };
  const write = async (records: readonly OutputRecord[]): Promise<void> => {
    producer ??= await connect();
    const { stamp, sequences } = producer;
    for (const [place, together] of byPlace(records.map(placed), clock.now())) {
      const key = placeKey(place);
      const sequence = sequences.get(key) ?? 0;
      const by = { ...stamp, transactionalId: null, sequence };
      await client.insist("produce", { ...place, producer: by, records: together });
      sequences.set(key, sequence + together.length);
    }
  };
  return {
    open: async (topics) => {
      for (const topic of topics) counts.set(topic, await ensureOutput(client, topic));
    },
    send: async (records) => {
      try {
        await write(records);
      } catch (error) {
        producer = null;
        throw error;
      }
    },
    close: async () => {},
  };
}
