// Each hash agrees with its original or with published values; a sample tells who placed it, whatever the keys.

import { createRequire } from "node:module";
import fc from "fast-check";
import type { ICustomPartitioner, PartitionMetadata } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  describePartitioner,
  type PlacedKey,
  recognisePartitioner,
} from "../../../lib/transports/kafka/partitioners.ts";
import { partitionOf } from "../../../lib/transports/partitioner.ts";

const kafkajs = createRequire(import.meta.url)("kafkajs") as typeof import("kafkajs");
const it = suite("partitioners");
const RUNS = { numRuns: 300 };

type Place = (key: Uint8Array, partitions: number) => number;

/** The partitioner that kafkajs has itself. */
function ofKafkajs(create: ICustomPartitioner): Place {
  const partition = create();
  return (key, partitions) => {
    const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 1 }));
    return partition({
      topic: "t",
      partitionMetadata: partitionMetadata as PartitionMetadata[],
      message: { key: Buffer.from(key), value: null },
    });
  };
}

/** CRC32 bit by bit, as its polynomial says. */
const bitwiseCrc32: Place = (key, partitions) => {
  let rest = 0xffffffff;
  for (const byte of key) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return ((rest ^ 0xffffffff) >>> 0) % partitions;
};

/** FNV-1a in whole numbers of any size; Go's signed remainder, made positive. */
const bigFnv1a: Place = (key, partitions) => {
  const mask = 0xffffffffn;
  const hash = key.reduce((sum, byte) => ((sum ^ BigInt(byte)) * 0x01000193n) & mask, 0x811c9dc5n);
  const rest = BigInt.asIntN(32, hash) % BigInt(partitions);
  return Number(rest < 0n ? -rest : rest);
};

const ORIGINALS: readonly (readonly [string, Place])[] = [
  ["murmur2", ofKafkajs(kafkajs.Partitioners.DefaultPartitioner)],
  ["crc32", bitwiseCrc32],
  ["fnv1a", bigFnv1a],
  ["kafkajs-legacy", ofKafkajs(kafkajs.Partitioners.LegacyPartitioner)],
];

const keyBytes = fc.uint8Array({ minLength: 1, maxLength: 24 });
const manyKeys = fc.uniqueArray(keyBytes, {
  minLength: 60,
  maxLength: 80,
  selector: (key) => Buffer.from(key).toString("hex"),
});

const placedBy = (place: Place, keys: readonly Uint8Array[], partitions: number): PlacedKey[] =>
  keys.map((key) => ({ key, partition: place(key, partitions) }));

for (const [name, place] of ORIGINALS) {
  it(`recognises ${name}, every key of it`, () => {
    fc.assert(
      fc.property(manyKeys, fc.integer({ min: 2, max: 100 }), (keys, partitions) => {
        const guess = recognisePartitioner(placedBy(place, keys, partitions), partitions);
        assert.equal(guess, { kind: "recognised", partitioner: name, keys: keys.length, strays: 0 });
      }),
      RUNS,
    );
  });
}

it("the originals are what they are taken for", () => {
  const check = Buffer.from("123456789");
  assert.is(bitwiseCrc32(check, 2 ** 32), 0xcbf43926);
  assert.is(bigFnv1a(Buffer.from("a"), 2 ** 32), 2 ** 32 - 0xe40c292c);
});

it("counts keys that are elsewhere", () => {
  const keys = Array.from({ length: 100 }, (_, n) => Buffer.from(`key-${n}`));
  const placed = placedBy(partitionOf, keys, 6);
  const moved = placed.map((each, n) => (n < 7 ? { ...each, partition: (each.partition + 1) % 6 } : each));
  assert.equal(recognisePartitioner(moved, 6), { kind: "recognised", partitioner: "murmur2", keys: 100, strays: 7 });
});

it("does not recognise what it does not know, nor two at once", () => {
  const keys = Array.from({ length: 200 }, (_, n) => Buffer.from(`key-${n}`));
  const byLength = keys.map((key) => ({ key, partition: key.length % 4 }));
  assert.equal(recognisePartitioner(byLength, 4), { kind: "unrecognised", keys: 200 });
  const two = keys.map((key, n) => ({ key, partition: (n % 2 === 0 ? partitionOf : bitwiseCrc32)(key, 2) }));
  assert.equal(recognisePartitioner(two, 2), { kind: "unrecognised", keys: 200 });
});

it("says nothing about a single partition, and of few keys", () => {
  const keys = Array.from({ length: 30 }, (_, n) => Buffer.from(`key-${n}`));
  assert.equal(recognisePartitioner(placedBy(partitionOf, keys, 1), 1), { kind: "undecided", keys: 30 });
  const few = (count: number, partitions: number) =>
    recognisePartitioner(placedBy(partitionOf, keys.slice(0, count), partitions), partitions).kind;
  assert.equal([few(19, 2), few(20, 2), few(7, 6), few(8, 6)], ["undecided", "recognised", "undecided", "recognised"]);
});

it("a key that repeats counts once", () => {
  const one = Array.from({ length: 50 }, () => ({ key: Buffer.from("ann"), partition: 3 }));
  assert.equal(recognisePartitioner(one, 6), { kind: "undecided", keys: 1 });
});

it("has words for each", () => {
  assert.match(describePartitioner("crc32"), "librdkafka");
});

it.run();
