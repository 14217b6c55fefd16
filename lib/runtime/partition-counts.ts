// How many partitions the inputs have: the same number all of them, and never another while a service runs.

import { ConfigError } from "../core/errors.ts";
import type { Source } from "./ports.ts";

/** A key must be in one lane whichever topic its events are in, so the topics must be cut alike. How many partitions each has. @throws {ConfigError} `PARTITION_COUNT`, `MISSING_TOPIC` */
export async function checkPartitionCounts(
  source: Pick<Source, "partitionCount">,
  topics: readonly string[],
): Promise<number> {
  const counts = await Promise.all(topics.map((topic) => source.partitionCount(topic)));
  if (new Set(counts).size <= 1) return counts[0] ?? 0;
  const list = topics.map((topic, index) => `"${topic}" has ${counts[index]}`).join(", ");
  throw new ConfigError(
    "PARTITION_COUNT",
    `The inputs have different numbers of partitions: ${list}. Events of one key must be in one partition number of all topics: ` +
      "give the topics the same number of partitions, and write them with the same partitioner.",
  );
}

/** Whether a topic still has as many partitions as `before`; `undefined`: nobody has counted yet. @throws {ConfigError} `PARTITIONS_CHANGED` */
export function requireCount(topic: string, before: number | undefined, now: number): void {
  if (before === undefined || before === now) return;
  throw new ConfigError(
    "PARTITIONS_CHANGED",
    `Topic "${topic}" had ${before} partitions when this process started and has ${now} now. Keys move to other partitions then, ` +
      `and runs that are open would miss their events. Stop all processes of the service: copy the input into a topic with ${before} partitions and ` +
      "read that, or forget the saved state with sequitur reset and start empty.",
  );
}
