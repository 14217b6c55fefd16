// What the specs of saved state share: a small state, as the log that it stands in.

import { atOnce, type Sliced } from "../../lib/core/slices.ts";
import { crcOf, crcOfAll } from "../../lib/state/block.ts";
import type { Checkpoint, SavedLane } from "../../lib/state/checkpoint.ts";
import { type Barrier, type Delta, type Entry, type Page, writeEntry } from "../../lib/state/entry.ts";
import type { Frozen } from "../../lib/state/freeze.ts";
import { createReplay, type Replay, type StateShape } from "../../lib/state/replay.ts";

export type Logged = { readonly offset: bigint; readonly value: Uint8Array | null };

export const SHAPE: StateShape = { app: "shop", shards: 2, partitions: 5 };
export const TOPIC = 'partition 1 of "shop-state"';

export function barrier(more: Partial<Barrier> = {}): Barrier {
  return { kind: "barrier", ...SHAPE, instance: "one", nonce: "one:1", release: 3, ...more };
}

export function page(number: number, text: string, more: Partial<Page> = {}): Page {
  return { kind: "page", lane: 1, pattern: 0, page: number, bytes: Buffer.from(text), ...more };
}

export function delta(text: string, more: Partial<Delta> = {}): Delta {
  return { kind: "delta", lane: 1, pattern: 0, bytes: Buffer.from(text), ...more };
}

/** What a freezer gives, in the order in which it is written. */
export function piecesOf(work: Sliced<Frozen>): readonly (Page | Delta)[] {
  const { delta: change, pages } = atOnce(work);
  const before = change === null ? [] : [delta("", { bytes: change })];
  return [...before, ...pages.map(({ page: number, bytes }) => page(number, "", { bytes }))];
}

export const LANE: SavedLane = {
  partition: 1,
  released: 1_000,
  inputs: [
    {
      topic: "orders",
      next: "9007199254740993",
      from: "12",
      newest: "beginning",
      outOfOrdernessMs: 500,
      sealed: [["14", 2]],
      counts: { records: 9, onTime: 5, late: 1, deadLettered: 2, skipped: 0 },
    },
    {
      topic: "payments",
      next: null,
      from: null,
      newest: 1_700_000_000_000,
      outOfOrdernessMs: 0,
      sealed: [],
      counts: { records: 0, onTime: 0, late: 0, deadLettered: 0, skipped: 0 },
    },
  ],
  alerts: [4],
};

export const PATTERNS: Checkpoint["patterns"] = [{ name: "unpaid", version: 2, fingerprint: "0123" }];

/** The records of one transaction: `entries`, and the checkpoint that seals them. */
export function sealed(seq: number, entries: readonly (Page | Delta)[], more: Partial<Checkpoint> = {}): Uint8Array[] {
  const blocks = entries.flatMap(writeEntry);
  const checkpoint: Checkpoint = {
    kind: "checkpoint",
    ...SHAPE,
    instance: "one",
    seq,
    release: 3,
    patterns: PATTERNS,
    lanes: [LANE],
    lowWater: "0",
    blocks: { count: blocks.length, crc: crcOfAll(blocks.map(crcOf)) },
    ...more,
  };
  return [...blocks, ...writeEntry(checkpoint)];
}

/** Transactions one after the other, a marker after each, as Kafka writes them. */
export function logOf(transactions: readonly (readonly Uint8Array[])[], start = 0n): Logged[] {
  let next = start;
  return transactions.flatMap((blocks) => {
    const first = next;
    next += BigInt(blocks.length) + 1n;
    return blocks.map((value, index) => ({ offset: first + BigInt(index), value }));
  });
}

/** A state of two checkpoints after a barrier. */
export function smallState(): Logged[] {
  return logOf([
    [...writeEntry(barrier())],
    sealed(1, [page(0, "old"), page(1, "other")]),
    sealed(2, [delta("change"), page(0, "new")]),
    [...writeEntry(barrier({ instance: "two", nonce: "two:1" }))],
  ]);
}

/** Reads a whole log. */
export function replayed(log: readonly Logged[], start = 0n, shape: StateShape = SHAPE): Replay {
  const replay = createReplay(shape, TOPIC);
  for (const { offset, value } of log) replay.take(offset, value);
  replay.finish(start);
  return replay;
}

/** What the pieces of pattern 0 in lane 1 say, in order. */
export function textsOf(replay: Replay): readonly string[] {
  return replay.pieces({ lane: 1, pattern: 0 }).map(({ entry }) => Buffer.from(entry.bytes).toString());
}

/** One entry of each kind. */
export const EACH: Readonly<Record<Entry["kind"], Entry>> = {
  barrier: barrier(),
  delta: delta("what changed"),
  page: page(7, "a page"),
  checkpoint: {
    kind: "checkpoint",
    ...SHAPE,
    instance: "one",
    seq: 12,
    release: 3,
    patterns: PATTERNS,
    lanes: [LANE],
    lowWater: "31",
    blocks: { count: 2, crc: 3_735_928_559 },
  },
};

/** The code of what `act` throws; "" if it throws nothing. */
export function codeOf(act: () => unknown): string {
  try {
    act();
    return "";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
