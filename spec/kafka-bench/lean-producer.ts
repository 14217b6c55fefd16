// Writes records at a fraction of what kafkajs' own producer takes, so that whoever writes leaves the machine to those who are measured:
// one plain batch for each partition and turn, its bytes put together in place.
//
//     batch     offset 8 │ length 4 │ 4 │ 2 │ checksum 4 │ 2 │ last 4 │ time 8 │ time 8 │ producer 8, 2, 4 │ count 4 │ record …
//     record    length │ 0 │ 0 │ its number │ length, key │ length, value │ 0                        lengths and numbers as varints
import { createRequire } from "node:module";
import type { Broker, Kafka } from "kafkajs";
import { clusterOf } from "../../lib/transports/kafka/cluster.ts";
import { crc32c } from "../../lib/transports/kafka/crc32c.ts";

const response = createRequire(import.meta.url)("kafkajs/src/protocol/requests/produce/v3/response.js") as object;

export interface LeanProducer {
  /** Takes a record of this turn; `value` is ASCII. */
  add(partition: number, key: Buffer, value: string): void;
  /** Sends those of this turn; resolves when the broker has them. Turns come in order, though nobody waits between them. */
  send(now: number): Promise<void>;
  close(): Promise<void>;
}

/** Writes to one topic, which one broker leads. */
export async function createLeanProducer(kafka: Kafka, topic: string, partitions: number): Promise<LeanProducer> {
  const cluster = clusterOf(kafka);
  await cluster.connect();
  await cluster.addTargetTopic(topic);
  const [nodeId = ""] = Object.keys(cluster.findLeaderForPartitions(topic, [0]));
  const broker = (await cluster.findBroker({ nodeId })) as Broker & {
    readonly connectionPool: { send(request: object): Promise<unknown> };
  };
  const batches = Array.from({ length: partitions }, () => new Batch());
  return {
    add: (partition, key, value) => (batches[partition] as Batch).add(key, value),
    async send(now) {
      const filled = [...batches.entries()].filter(([, { count }]) => count > 0);
      const sets = filled.map(([partition, batch]) => [int32(partition), sized(batch.take(now))]);
      const bytes = Buffer.concat([HEAD, text(topic), int32(sets.length), ...sets.flat(2)]);
      const request = {
        apiKey: 0,
        apiName: "Produce",
        apiVersion: 3,
        encode: async () => ({ buf: bytes, buffer: bytes }),
      };
      await broker.connectionPool.send({ request, response });
    },
    close: () => cluster.disconnect(),
  };
}

const RECORDS_AT = 61;
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CHECKSUM_AT = 17;
const CHECKED_AT = 21;
const COUNT_AT = 57;
const MAGIC = 2;
/** Of a record, beside key and value. */
const MOST_BESIDE = 32;

class Batch {
  count = 0;
  #bytes = Buffer.alloc(16_384);
  #at = RECORDS_AT;

  add(key: Buffer, value: string): void {
    const most = this.#at + key.length + value.length + MOST_BESIDE;
    if (most > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(most)]);
    const lengths = varintBytes(this.count) + varintBytes(key.length) + varintBytes(value.length);
    this.#varint(3 + lengths + key.length + value.length);
    this.#varint(0); // attributes
    this.#varint(0); // later than the first by
    this.#varint(this.count);
    this.#varint(key.length);
    this.#at += key.copy(this.#bytes, this.#at);
    this.#varint(value.length);
    this.#at += this.#bytes.write(value, this.#at, "latin1");
    this.#varint(0); // headers
    this.count += 1;
  }

  /** The batch as it is sent; then it is empty. */
  take(now: number): Buffer {
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#at));
    bytes.fill(0, 0, RECORDS_AT);
    bytes.writeInt32BE(bytes.length - LENGTH_AT - 4, LENGTH_AT);
    bytes.writeInt8(MAGIC, MAGIC_AT);
    bytes.writeInt32BE(this.count - 1, 23);
    bytes.writeBigInt64BE(BigInt(now), 27);
    bytes.writeBigInt64BE(BigInt(now), 35);
    bytes.fill(255, 43, COUNT_AT); // no producer that is known by an id
    bytes.writeInt32BE(this.count, COUNT_AT);
    bytes.writeUInt32BE(crc32c(bytes, CHECKED_AT, bytes.length), CHECKSUM_AT);
    this.count = 0;
    this.#at = RECORDS_AT;
    return bytes;
  }

  #varint(value: number): void {
    let rest = value * 2;
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#at++] = (rest & 127) | 128;
    this.#bytes[this.#at++] = rest;
  }
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = (value * 2) >>> 7; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function sized(bytes: Buffer): readonly Buffer[] {
  return [int32(bytes.length), bytes];
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)]);
}

/** No transaction, all copies, half a minute for it, one topic. */
const HEAD = Buffer.concat([Buffer.from([255, 255, 255, 255]), int32(30_000), int32(1)]);
