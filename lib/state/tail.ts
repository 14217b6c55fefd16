// The end of a state partition: which checkpoint is the last, and whether somebody has taken over since. Reading may begin anywhere:
// deltas and pages are passed over, and so is what is left of an entry whose beginning was not read.
//
//     … DELTA DELTA CHECKPOINT 7 · BARRIER          7 is the last; whoever wrote the barrier restores, or has said nothing yet

import type { Instant } from "../time/instant.ts";
import { type Block, readBlock } from "./block.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type Barrier, readEntry } from "./entry.ts";
import { otherApp } from "./state-error.ts";

/** An entry, where it ends, and when that was written; `null`: nobody says. */
export type Found<Entry> = { readonly entry: Entry; readonly offset: bigint; readonly at: Instant | null };

export interface Tail {
  /** The last of each that was met. */
  readonly checkpoint: Found<Checkpoint> | null;
  readonly barrier: Found<Barrier> | null;
  /**
   * Takes the next record.
   *
   * @throws {CheckpointError} `FOREIGN_STATE`, `TRUNCATED_STATE`, `DAMAGED_STATE`, `NEWER_STATE`, `UNKNOWN_FORMAT`, `OTHER_APP`
   */
  take(offset: bigint, value: Uint8Array | null, at: Instant | null): void;
}

/** `topic` says in errors which topic and partition it is. */
export function createTail(app: string, topic: string): Tail {
  let parts: Block[] = [];
  let checkpoint: Found<Checkpoint> | null = null;
  let barrier: Found<Barrier> | null = null;
  const keep = (block: Block): boolean => {
    if (block.part === 0) parts = [];
    const isNext = block.part === parts.length && (parts[0]?.kind ?? block.kind) === block.kind;
    parts = isNext ? [...parts, block] : [];
    return isNext && parts.length === block.parts;
  };
  return {
    get checkpoint() {
      return checkpoint;
    },
    get barrier() {
      return barrier;
    },
    take(offset, value, at) {
      const where = `offset ${offset} of ${topic}`;
      const block = readBlock(value, where);
      if (block.kind === "delta" || block.kind === "page") {
        parts = [];
        return;
      }
      if (!keep(block)) return;
      const entry = readEntry(block.kind, parts, where);
      if (entry.kind !== "barrier" && entry.kind !== "checkpoint") return;
      if (entry.app !== app) throw otherApp(where, entry.app, app);
      if (entry.kind === "barrier") barrier = { entry, offset, at };
      else checkpoint = { entry, offset, at };
    },
  };
}
