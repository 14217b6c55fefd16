// Which partitioner a topic was written with, guessed from where its record keys are. Topics that are to be matched together
// need the same one; clients of Kafka do not agree on it.
//
//     murmur2          Kafka's own clients, kafkajs 2, franz-go, kafka-python
//     crc32            librdkafka, so the clients of Confluent for C, Python, .NET and Go, and Rust's rdkafka
//     fnv1a            sarama, and the Hash balancer of kafka-go
//     kafkajs-legacy   kafkajs 1, and LegacyPartitioner of kafkajs 2: murmur2 in floating point

import { crc32 } from "node:zlib";
import { partitionOf } from "../partitioner.ts";

export type Partitioner = "murmur2" | "crc32" | "fnv1a" | "kafkajs-legacy";

/** A record key, and the partition it was met in. */
export type PlacedKey = { readonly key: Uint8Array; readonly partition: number };

/** What a sample of keys says about how they were placed. */
export type PartitionerGuess =
  /** `strays` of the `keys` are elsewhere: somebody else has written, too, or a partition was chosen by hand. */
  | {
      readonly kind: "recognised";
      readonly partitioner: Partitioner;
      readonly keys: number;
      readonly strays: number;
    }
  /** None that is known here explains it. */
  | { readonly kind: "unrecognised"; readonly keys: number }
  /** Too few different keys, or a single partition: anything would explain it. */
  | { readonly kind: "undecided"; readonly keys: number };

/** Says in words who places keys so. */
export function describePartitioner(partitioner: Partitioner): string {
  return WORDS[partitioner];
}

const WORDS: Readonly<Record<Partitioner, string>> = {
  murmur2: "murmur2 (as Kafka's own clients do)",
  crc32: "CRC32 (as librdkafka does unless it is told otherwise)",
  fnv1a: "FNV-1a (as sarama does, and kafka-go with its Hash balancer)",
  "kafkajs-legacy": "the legacy partitioner of kafkajs (its default before version 2)",
};

const PARTITIONERS: Readonly<Record<Partitioner, (key: Uint8Array, partitions: number) => number>> = {
  murmur2: partitionOf,
  crc32: (key, partitions) => crc32(key) % partitions,
  fnv1a: (key, partitions) => Math.abs((fnv1a(key) | 0) % partitions),
  "kafkajs-legacy": (key, partitions) => (legacyMurmur2(key) & 0x7fffffff) % partitions,
};

/** A partitioner must explain this share of the keys. With two partitions, another one explains half of them by chance. */
const ENOUGH = 0.9;
/** How unlikely it must be that all keys are where they are by chance. */
const CHANCE = 1e-6;

/** Guesses from different keys; of one that repeats the last place counts. Cost: four hashes for each key. */
export function recognisePartitioner(placed: Iterable<PlacedKey>, partitions: number): PartitionerGuess {
  const places = new Map([...placed].map((each) => [Buffer.from(each.key).toString("latin1"), each]));
  const keys = places.size;
  if (partitions < 2 || keys < Math.log(CHANCE) / Math.log(1 / partitions)) return { kind: "undecided", keys };
  const explained = (Object.keys(PARTITIONERS) as Partitioner[]).map((partitioner) => {
    const place = PARTITIONERS[partitioner];
    const right = [...places.values()].filter(({ key, partition }) => place(key, partitions) === partition).length;
    return { partitioner, right };
  });
  const best = explained.reduce((a, b) => (b.right > a.right ? b : a));
  return best.right < ENOUGH * keys
    ? { kind: "unrecognised", keys }
    : { kind: "recognised", partitioner: best.partitioner, keys, strays: keys - best.right };
}

/** FNV-1a of 32 bits. http://www.isthe.com/chongo/tech/comp/fnv */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/**
 * Murmur2 as kafkajs had it first: products are floating point and lose bits, and the bytes behind the last whole word count
 * twice. Only its mistakes matter here, so they are kept.
 */
function legacyMurmur2(bytes: Uint8Array): number {
  const at = (index: number): number => bytes[index] ?? 0;
  let hash = SEED ^ bytes.length;
  for (let from = 0; from < bytes.length; from += 4) {
    const word = (at(from) + (at(from + 1) << 8) + (at(from + 2) << 16) + (at(from + 3) << 24)) * MULTIPLIER;
    hash = (hash * MULTIPLIER) ^ ((word ^ (word >>> 24)) * MULTIPLIER);
  }
  const left = bytes.length % 4;
  const tail = bytes.length - left;
  if (left === 3) hash ^= at(tail + 2) << 16;
  if (left >= 2) hash ^= at(tail + 1) << 8;
  if (left >= 1) hash = (hash ^ at(tail)) * MULTIPLIER;
  hash = (hash ^ (hash >>> 13)) * MULTIPLIER;
  return hash ^ (hash >>> 15);
}
