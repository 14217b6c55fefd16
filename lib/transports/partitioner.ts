// Which partition a key belongs to: the same answer as Kafka's own producers give, so that a service that was tried
// on the embedded log places its keys on Kafka as it did here.

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/** Kafka's murmur2 of `bytes`, as a signed 32-bit number. Costs one pass over the bytes. */
export function murmur2(bytes: Uint8Array): number {
  const wholeWords = bytes.length & ~3;
  let hash = SEED ^ bytes.length;
  for (let at = 0; at < wholeWords; at += 4) {
    const word =
      byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8) | (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24);
    const mixed = Math.imul(word, MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(mixed ^ (mixed >>> 24), MULTIPLIER);
  }
  const left = bytes.length - wholeWords;
  if (left === 3) hash ^= byteAt(bytes, wholeWords + 2) << 16;
  if (left >= 2) hash ^= byteAt(bytes, wholeWords + 1) << 8;
  if (left >= 1) hash = Math.imul(hash ^ byteAt(bytes, wholeWords), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** The partition, from 0, that Kafka's default partitioner gives to `key`. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}
