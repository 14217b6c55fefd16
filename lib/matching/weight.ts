// How much memory the runs of all keys take, in bytes: counted where that is cheap, estimated where it is not. Rows and records have
// a fixed size; events belong to the user, so now and then one is looked into, and all are taken to be like those.

import type { Rows } from "./rows.ts";

/** What a key takes, beside its records: a row, its place in the table, a deadline. */
const KEY_BYTES = 96;
/** What a record takes: its words, a place for the event, and room that blocks keep free. */
const RECORD_BYTES = 50;

/** One event in so many is looked into. */
const SAMPLED = 16;
/** The mean is over about so many of the events looked into last. */
const MEMORY = 256;

export class Weight {
  #events = 0;
  #samples = 0;
  #meanBytes = 0;

  /** An event was taken. Cost: nothing, or for one in a few a look into it. */
  took(event: unknown): void {
    if (this.#events % SAMPLED === 0) {
      this.#samples = Math.min(this.#samples + 1, MEMORY);
      this.#meanBytes += (bytesOf(event) - this.#meanBytes) / this.#samples;
    }
    this.#events += 1;
  }

  /** Bytes of all keys and what they hold. Some of what is dead may count. */
  of({ size, records }: Rows): number {
    return size * KEY_BYTES + records * (RECORD_BYTES + this.#meanBytes);
  }
}

/** Things in an event that are looked at. */
const MOST_PARTS = 1_000;

/** About what a value takes in memory. Of one that cannot be read, or has very many parts, some of it. */
export function bytesOf(value: unknown): number {
  const waiting: unknown[] = [value];
  let bytes = 0;
  let parts = 0;
  try {
    for (; waiting.length > 0 && parts < MOST_PARTS; parts += 1) {
      const each = waiting.pop();
      bytes += ownBytes(each);
      if (typeof each === "object" && each !== null && !ArrayBuffer.isView(each)) waiting.push(...partsOf(each));
    }
  } catch {
    // It is asked for in order to guess, not to match.
  }
  return bytes;
}

/** Without its parts. */
function ownBytes(value: unknown): number {
  switch (typeof value) {
    case "string":
      return 24 + value.length;
    case "object":
      return value === null ? 8 : ArrayBuffer.isView(value) ? 96 + value.byteLength : 32;
    case "bigint":
      return 32;
    default:
      return 8;
  }
}

function partsOf(of: object): readonly unknown[] {
  if (of instanceof Map) return [...of].slice(0, MOST_PARTS).flat();
  if (of instanceof Set) return [...of].slice(0, MOST_PARTS);
  return Object.values(of).slice(0, MOST_PARTS);
}
