// What the specs of state in Kafka share: a process of a service as far as its state is concerned.
import type { ISocketFactory } from "kafkajs";
import type { Log, OutputRecord } from "../../../lib/runtime/ports.ts";
import type { PlacedRecord, ShardSource, ShardWriter, StateLog } from "../../../lib/runtime/shard-ports.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { createBatchLimits } from "../../../lib/transports/kafka/batch-limits.ts";
import { createKafkaShards } from "../../../lib/transports/kafka/index.ts";
import { loadKafkajs } from "../../../lib/transports/kafka/kafkajs.ts";
import type { KafkaDefinition } from "../../../lib/transports/kafka/options.ts";
import { createKafkaStateLog } from "../../../lib/transports/kafka/state-log.ts";
import { definitionOf, endLater, type LogLine, nameFor } from "./kit.ts";

export type OnState = { readonly state: StateLog; readonly lines: readonly LogLine[] };

type SourceOptions = Partial<KafkaDefinition> & { readonly instance?: string; readonly log?: Log };

type StateOptions = Partial<KafkaDefinition> & { readonly socketFactory?: ISocketFactory };

/** The state of `app`, as one process sees it. Closed by `endAll`. */
export function stateOf(app: string, address: string, { socketFactory, ...options }: StateOptions = {}): OnState {
  const lines: LogLine[] = [];
  const log: Log = (level, message, fields = {}) => lines.push({ level, message, fields });
  const definition = definitionOf(app, address, options);
  const kafkajs = loadKafkajs({ patched: true, log });
  const clientOf = (brokers: readonly string[]) =>
    new kafkajs.Kafka({
      brokers: [...brokers],
      clientId: app,
      logLevel: kafkajs.logLevel.NOTHING,
      requestTimeout: definition.requestTimeoutMs,
      retry: { initialRetryTime: 20, multiplier: 1.5, maxRetryTime: 500, retries: 12 },
      ...(socketFactory === undefined ? {} : { socketFactory }),
    });
  const client = clientOf(definition.brokers);
  const state = createKafkaStateLog({
    app,
    kafka: async () => client,
    knock: (one) => clientOf([one]),
    definition,
    limits: createBatchLimits(log),
    clock: systemClock,
    log,
    retryWithinMs: 20_000,
  });
  endLater(() => state.close());
  return { state, lines };
}

/** The inputs of `app`, as one process reads them by shards. Stopped by `endAll`. */
export function sourceOf(
  app: string,
  address: string,
  { instance = nameFor("process"), log = () => undefined, ...options }: SourceOptions = {},
): ShardSource {
  const parts = { app, instance, clock: systemClock, log, retryWithinMs: 30_000 };
  const { source } = createKafkaShards(definitionOf(app, address, options), parts);
  endLater(() => source.stop());
  return source;
}

/** A shard's newest writer. Closed by `endAll`. */
export async function writerOf(state: StateLog, shard: number): Promise<ShardWriter> {
  const writer = await state.takeOver(shard);
  endLater(() => writer.close());
  return writer;
}

/** An alert, or the like, for partition 0 of `topic`. */
export function outputTo(topic: string, value: string): PlacedRecord {
  const record: OutputRecord = {
    topic,
    key: Buffer.from("key"),
    value: Buffer.from(value),
    headers: new Map([["id", value]]),
    timestamp: 0,
  };
  return { record, partition: 0 };
}

/** Sends output and blocks in a transaction of their own, and gives the offset of the first block. */
export async function commitOf(
  writer: ShardWriter,
  outputs: readonly PlacedRecord[],
  blocks: readonly string[],
): Promise<bigint> {
  const transaction = await writer.begin();
  const first = await transaction.send({ outputs, blocks: blocks.map((block) => Buffer.from(block)) });
  await transaction.commit();
  return first as bigint;
}

export type ReadState = { readonly blocks: readonly string[]; readonly offsets: readonly bigint[] };

/** The blocks of a shard from `from` on, up to `last`, which has to come. */
export async function readUntil(state: StateLog, shard: number, from: bigint, last: string): Promise<ReadState> {
  const blocks: string[] = [];
  const offsets: bigint[] = [];
  const giveUpAt = Date.now() + 30_000;
  for await (const { records } of state.read(shard, from)) {
    for (const { offset, value } of records) {
      blocks.push(Buffer.from(value ?? []).toString());
      offsets.push(offset);
      if (blocks.at(-1) === last) return { blocks, offsets };
    }
    if (Date.now() > giveUpAt) throw new Error(`${last} did not come, but ${JSON.stringify(blocks)}`);
  }
  throw new Error("the log ended");
}

/** What `act` throws. */
export async function failureOf(act: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  return act.then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );
}
