// Reads record batches as the definition of Kafka's format says, a field at a time, with big numbers and lists of bytes:
// slow, and sharing nothing with `lib/transports/kafka`. Checksums and codecs are those of other packages.

import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import type { Sent } from "./verdict.ts";

const require = createRequire(import.meta.url);
const crc32C = require("kafkajs/src/protocol/recordBatch/crc32C/index.js") as (bytes: Buffer) => number;
const snappy = require("snappyjs") as { uncompress(bytes: Uint8Array): Uint8Array };
const lz4 = require("lz4js") as { decompress(bytes: Uint8Array): Uint8Array };

/** The records before the first batch that cannot be read; of that its offset, if bytes for it are there. `unknown`: what its codec makes of it is not known here. */
export type Judged = {
  readonly records: readonly Sent[];
  readonly end: "whole" | "cut" | "refused" | "unknown";
  readonly refusedAt: bigint | null;
};

class Refused extends Error {}
class Unknown extends Error {}

/** What stands in the answer to a fetch. `resealed`: somebody made checksums right again, so packed bytes may be anything. */
export function judge(bytes: Buffer, resealed: boolean): Judged {
  const records: Sent[] = [];
  let next = 0n;
  let batches = 0;
  for (let at = 0; at < bytes.length; batches += 1) {
    const left = bytes.subarray(at);
    const length = left.length < 12 ? left.length : left.readInt32BE(8);
    const refusedAt = left.length < 8 ? null : left.readBigInt64BE(0);
    const isCut = left.length < 12 || 12 + length > left.length;
    // What is cut comes whole next time, and older formats are read by another reader, but not if nothing else is there.
    if (isCut || (length > 4 && left[16] !== 2))
      return batches > 0 ? { records, end: "cut", refusedAt: null } : { records, end: "refused", refusedAt };
    try {
      must(length >= 49);
      const batch = readBatch(left.subarray(0, 12 + length), next, resealed);
      records.push(...batch.records);
      next = batch.next;
    } catch (error) {
      if (error instanceof Unknown) return { records, end: "unknown", refusedAt };
      if (error instanceof Refused) return { records, end: "refused", refusedAt };
      throw error;
    }
    at += 12 + length;
  }
  return { records, end: "whole", refusedAt: null };
}

function readBatch(
  batch: Buffer,
  least: bigint,
  resealed: boolean,
): { readonly records: readonly Sent[]; readonly next: bigint } {
  const first = batch.readBigInt64BE(0);
  const attributes = batch.readUInt16BE(21);
  const lastDelta = BigInt(batch.readInt32BE(23));
  const count = batch.readInt32BE(57);
  must(first >= least && lastDelta >= 0n && first + lastDelta < 2n ** 63n && count >= 0);
  const codec = attributes & 7;
  must(codec === 0 || crc32C(batch.subarray(21)) >>> 0 === batch.readUInt32BE(17));
  const appended = (attributes & 8) !== 0;
  const base = batch.readBigInt64BE(appended ? 35 : 27);
  const body = new Bytes(unpacked(codec, batch.subarray(61), resealed));
  const records: Sent[] = [];
  let delta = -1n;
  for (let index = 0; index < count; index += 1) {
    const record = new Bytes(body.take(body.varint(5)));
    record.take(1n);
    const time = record.varint(10);
    const offset = record.varint(5);
    must(offset > delta && offset <= lastDelta);
    delta = offset;
    const [key, value] = [record.bytes(), record.bytes()];
    const headers = record.varint(5);
    must(headers >= 0n);
    for (let header = 0n; header < headers; header += 1n) {
      must(record.bytes() !== null);
      record.bytes();
    }
    must(record.isEmpty());
    const timestamp = base + (appended ? 0n : time);
    records.push({
      partition: 0,
      offset: first + offset,
      timestamp: timestamp === -1n ? null : Number(timestamp),
      key,
      value,
    });
  }
  must(body.isEmpty());
  return { records, next: first + lastDelta + 1n };
}

/** Other packages than Node's are asked only for what they have packed themselves: with broken bytes they do whatever they like. */
function unpacked(codec: number, body: Buffer, resealed: boolean): Buffer {
  must(codec <= 4);
  if (codec === 0) return body;
  if (codec === 1) return gunzipped(body);
  if (codec === 4 || resealed) throw new Unknown();
  return Buffer.from(codec === 2 ? snappy.uncompress(body) : lz4.decompress(body));
}

function gunzipped(body: Buffer): Buffer {
  try {
    return gunzipSync(body);
  } catch {
    throw new Refused();
  }
}

function must(holds: boolean): asserts holds {
  if (!holds) throw new Refused();
}

/** Bytes that are taken from the front. */
class Bytes {
  private left: Buffer;
  constructor(left: Buffer) {
    this.left = left;
  }
  isEmpty(): boolean {
    return this.left.length === 0;
  }
  take(length: bigint): Buffer {
    must(length >= 0n && length <= BigInt(this.left.length));
    const taken = this.left.subarray(0, Number(length));
    this.left = this.left.subarray(Number(length));
    return taken;
  }
  bytes(): Buffer | null {
    const length = this.varint(5);
    return length === -1n ? null : this.take(length);
  }
  /** A number in zigzag order, seven bits a byte, of 32 bits in five bytes or 64 bits in ten. */
  varint(most: 5 | 10): bigint {
    let raw = 0n;
    for (let index = 0; index < most; index += 1) {
      const [byte = 0] = this.take(1n);
      raw += BigInt(byte & 127) << BigInt(7 * index);
      if (byte >= 128) continue;
      const bits = BigInt.asUintN(most === 5 ? 32 : 64, raw);
      return bits % 2n === 0n ? bits / 2n : -(bits + 1n) / 2n;
    }
    throw new Refused();
  }
}
