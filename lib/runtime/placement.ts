// Events of one key must all be in one partition number: lanes never look at each other, so a key spread over two would
// silently never match. That is how topics are written, not something that can be mended here, so it is looked for.

import { ConfigError } from "../core/errors.ts";
import { type EncodedKey, encodeKey, type Key } from "../event/key.ts";
import type { TopicPartition } from "./ports.ts";

export interface Placement {
  /** Looks whether `key` was met in another partition number. Cost: one look-up, and only every so many events once enough keys are known. @throws {ConfigError} `KEY_NOT_COLOCATED` */
  check(key: Key, place: TopicPartition): void;
}

/** Keys that are remembered: the first ones met. */
const SAMPLE_KEYS = 4_096;
/** Once they are known, one event in so many is looked at. */
const LOOK_EVERY = 16;

export function createPlacement(): Placement {
  const met = new Map<EncodedKey, TopicPartition>();
  let events = 0;
  return {
    check(key, place) {
      events += 1;
      if (met.size >= SAMPLE_KEYS && events % LOOK_EVERY !== 0) return;
      const encoded = encodeKey(key);
      const before = met.get(encoded);
      if (before === undefined) {
        if (met.size < SAMPLE_KEYS) met.set(encoded, place);
      } else if (before.partition !== place.partition) {
        throw keyNotColocated(key, before, place);
      }
    },
  };
}

/** `KEY_NOT_COLOCATED`, with both places. */
export function keyNotColocated(key: Key, one: TopicPartition, other: TopicPartition): ConfigError {
  const where = [one, other].map(({ topic, partition }) => `partition ${partition} of "${topic}"`).join(" and in ");
  return new ConfigError(
    "KEY_NOT_COLOCATED",
    `Events with the key ${JSON.stringify(String(key))} are in ${where}, so they would never be matched together. ` +
      "Write the topics with a record key that decides the same as the input's key, and with the same partitioner.",
  );
}
