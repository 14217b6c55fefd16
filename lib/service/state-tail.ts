// Reads the log of a shard from outside, while a service may be writing it.

import { TransportError } from "../core/errors.ts";
import { createTail, type Tail } from "../state/tail.ts";
import type { Instant } from "../time/instant.ts";
import type { StateLook } from "../transports/kafka/state-look.ts";
import type { Bounds } from "../transports/kafka/topics.ts";

/** A service at work deletes the beginning of its log now and then, also while it is read here. */
const TRIMMED_MEANWHILE = 5;

/** What `read` finds between `bounds`; if these were deleted meanwhile, between those that the log has now. */
export async function untrimmed<T>(
  look: Pick<StateLook, "bounds">,
  topic: string,
  shard: number,
  bounds: Bounds,
  read: (bounds: Bounds) => Promise<T>,
): Promise<T> {
  let now = bounds;
  for (let again = 0; ; again += 1) {
    try {
      return await read(now);
    } catch (error) {
      const isTrimmed = error instanceof TransportError && error.code === "OFFSET_OUT_OF_RANGE";
      if (!isTrimmed || again === TRIMMED_MEANWHILE) throw error;
      now = (await look.bounds(topic)).get(shard) ?? now;
    }
  }
}

/** So many records are read first; more, if no checkpoint is among them. */
const FIRST_RECORDS = 64n;
const TIMES_MORE = 8n;

/** The last checkpoint and barrier of a shard; `name`: its place, for messages. @throws {CheckpointError} {TransportError} */
export async function readTail(
  look: Pick<StateLook, "read">,
  app: string,
  name: string,
  shard: number,
  bounds: Bounds,
): Promise<Tail> {
  for (let records = FIRST_RECORDS; ; records *= TIMES_MORE) {
    const from = bounds.end - records > bounds.first ? bounds.end - records : bounds.first;
    const tail = createTail(app, name);
    await readTo(look, shard, from, bounds.end, (offset, value, at) => tail.take(offset, value, at));
    if (tail.checkpoint !== null || from === bounds.first) return tail;
  }
}

/** Gives all committed records before `end` to `take`. @throws {TransportError} `OFFSET_OUT_OF_RANGE` */
export async function readTo(
  look: Pick<StateLook, "read">,
  shard: number,
  from: bigint,
  end: bigint,
  take: (offset: bigint, value: Uint8Array | null, at: Instant | null) => void,
): Promise<void> {
  if (from >= end) return;
  for await (const { records, next } of look.read(shard, from)) {
    for (const { offset, value, timestamp } of records) if (offset < end) take(offset, value, timestamp);
    if (next >= end) return;
  }
}
