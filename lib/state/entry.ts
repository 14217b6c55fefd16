// The four things that stand in a state topic, and their bytes.
//
//     BARRIER      somebody takes over: what was open before is decided
//     DELTA        what changed of a pattern in a lane
//     PAGE         a part of it, whole: replaces what stood in that page
//     CHECKPOINT   seals the deltas and pages before it: positions, times, patterns
//
// Barriers and checkpoints are JSON, for people; deltas and pages begin with numbers, little-endian, and belong to whoever froze them.

import { unreachable } from "../core/errors.ts";
import { indexFrom, record, type Shape, text } from "../core/shape.ts";
import { type Block, type BlockKind, blocksOf } from "./block.ts";
import { readJson, requireShape } from "./check.ts";
import { CHECKPOINT, type Checkpoint } from "./checkpoint.ts";
import { damaged } from "./state-error.ts";

/** Somebody takes over. */
export type Barrier = {
  readonly kind: "barrier";
  readonly app: string;
  /** Names one run of one process. */
  readonly instance: string;
  /** Names this taking over; no other is called so. */
  readonly nonce: string;
  readonly release: number;
  readonly shards: number;
  readonly partitions: number;
};

/** Whose state it is: `pattern` is a place in the patterns of the checkpoint that seals it. */
export type PageOwner = { readonly lane: number; readonly pattern: number };

export type Delta = PageOwner & { readonly kind: "delta"; readonly bytes: Uint8Array };
export type Page = PageOwner & { readonly kind: "page"; readonly page: number; readonly bytes: Uint8Array };

export type Entry = Barrier | Delta | Page | Checkpoint;

/** The blocks of an entry, to be written one after the other. */
export function writeEntry(entry: Entry): readonly Uint8Array[] {
  switch (entry.kind) {
    case "barrier":
    case "checkpoint":
      return blocksOf(entry.kind, utf8.encode(JSON.stringify(entry)));
    case "delta":
      return blocksOf(entry.kind, numbersAnd([entry.lane, entry.pattern], entry.bytes));
    case "page":
      return blocksOf(entry.kind, numbersAnd([entry.lane, entry.pattern, entry.page], entry.bytes));
    default:
      return unreachable(entry);
  }
}

/** The entry that `blocks` are all of. `where` says in errors where it stands. @throws {CheckpointError} `DAMAGED_STATE` */
export function readEntry(kind: BlockKind, blocks: readonly Block[], where: string): Entry {
  const body = joined(blocks);
  switch (kind) {
    case "barrier":
      return readShape(BARRIER, body, where) as Barrier;
    case "checkpoint":
      return readShape(CHECKPOINT, body, where) as Checkpoint;
    case "delta": {
      const [lane = 0, pattern = 0] = numbersOf(body, 2, where);
      return { kind, lane, pattern, bytes: body.subarray(8) };
    }
    case "page": {
      const [lane = 0, pattern = 0, page = 0] = numbersOf(body, 3, where);
      return { kind, lane, pattern, page, bytes: body.subarray(12) };
    }
    default:
      return unreachable(kind);
  }
}

const utf8 = new TextEncoder();

function numbersAnd(numbers: readonly number[], bytes: Uint8Array): Uint8Array {
  const body = new Uint8Array(4 * numbers.length + bytes.length);
  const view = new DataView(body.buffer);
  for (const [index, number] of numbers.entries()) view.setUint32(4 * index, number, true);
  body.set(bytes, 4 * numbers.length);
  return body;
}

function numbersOf(body: Uint8Array, count: number, where: string): readonly number[] {
  if (body.length < 4 * count) throw damaged(where, "its body is too short");
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  return Array.from({ length: count }, (_, index) => view.getUint32(4 * index, true));
}

function joined(blocks: readonly Block[]): Uint8Array {
  const [only] = blocks;
  if (blocks.length === 1 && only !== undefined) return only.body;
  const body = new Uint8Array(blocks.reduce((sum, each) => sum + each.body.length, 0));
  let at = 0;
  for (const each of blocks) {
    body.set(each.body, at);
    at += each.body.length;
  }
  return body;
}

const count = indexFrom(1);
const BARRIER = record({
  app: text,
  instance: text,
  nonce: text,
  release: indexFrom(0),
  shards: count,
  partitions: count,
});

function readShape(shape: Shape, body: Uint8Array, where: string): unknown {
  const value = readJson(body, where);
  requireShape(shape, value, where);
  return value;
}
