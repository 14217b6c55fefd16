// What one record of a state topic holds: a block. An entry that is longer than a block takes several, one after the other.
//
//      0  4  "sqst"                          whose it is
//      4  1  format version                  of what the body means; the header stays for ever as it is
//      5  1  kind                            barrier, delta, page, checkpoint
//      6  2  part, from 0                    of the entry
//      8  2  parts
//     10  4  length of the body in bytes
//     14  4  CRC-32 of bytes 4 to 13 and the body
//     18  …  body
//
// Numbers are little-endian. State may come from any disk and any hand: what does not fit is refused, never guessed.

import { crc32 } from "node:zlib";
import { invariant } from "../core/errors.ts";
import { damaged, foreign, newer, older, truncated } from "./state-error.ts";

/** What a block is a part of. */
export type BlockKind = "barrier" | "delta" | "page" | "checkpoint";

export type Block = {
  readonly kind: BlockKind;
  readonly part: number;
  readonly parts: number;
  /** Shares its memory with the record. */
  readonly body: Uint8Array;
  readonly crc: number;
};

/** Largest block, header included: far below what brokers accept as one record. */
export const MAX_BLOCK_BYTES: number = 512 * 1024;

/** The version of the bodies that this file's neighbours write. */
export const FORMAT_VERSION = 3;

const MAGIC = 0x74737173; // "sqst", its first byte lowest
const HEADER_BYTES = 18;
const MAX_BODY_BYTES = MAX_BLOCK_BYTES - HEADER_BYTES;
const MAX_PARTS = 0xffff;

/** The number of a kind in a block, from 1. Never changes. */
const KINDS: readonly BlockKind[] = ["barrier", "delta", "page", "checkpoint"];

/** The blocks of an entry, in order; at least one. Copies `body`. */
export function blocksOf(kind: BlockKind, body: Uint8Array): readonly Uint8Array[] {
  const parts = Math.max(1, Math.ceil(body.length / MAX_BODY_BYTES));
  invariant(parts <= MAX_PARTS, "that an entry of saved state is below 32 GB");
  return Array.from({ length: parts }, (_, part) =>
    writeBlock(kind, part, parts, body.subarray(part * MAX_BODY_BYTES, (part + 1) * MAX_BODY_BYTES)),
  );
}

/**
 * Reads a block. `where` says in errors where it stands.
 *
 * @throws {CheckpointError} `FOREIGN_STATE`, `TRUNCATED_STATE`, `DAMAGED_STATE`, `NEWER_STATE`, `UNKNOWN_FORMAT`
 */
export function readBlock(bytes: Uint8Array | null, where: string): Block {
  if (bytes === null || !startsLikeOurs(bytes)) throw foreign(where);
  if (bytes.length < HEADER_BYTES) throw truncated(where, `${bytes.length} bytes of its header are left`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = view.getUint32(10, true);
  const body = bytes.subarray(HEADER_BYTES);
  if (body.length < length) throw truncated(where, `${body.length} of ${length} bytes are left`);
  const crc = view.getUint32(14, true);
  if (body.length > length || checksum(bytes) !== crc) throw damaged(where, "its checksum does not fit");
  const version = view.getUint8(4);
  if (version > FORMAT_VERSION) throw newer(where, version, FORMAT_VERSION);
  if (version > 0 && version < FORMAT_VERSION) throw older(where, version, FORMAT_VERSION);
  const kind = KINDS[view.getUint8(5) - 1];
  const [part, parts] = [view.getUint16(6, true), view.getUint16(8, true)];
  if (version === 0 || kind === undefined || part >= parts) throw damaged(where, "its header means nothing");
  return { kind, part, parts, body, crc };
}

/** The checksum of a block that `blocksOf` made. */
export function crcOf(block: Uint8Array): number {
  return new DataView(block.buffer, block.byteOffset).getUint32(14, true);
}

/** One checksum for several, in order. */
export function crcOfAll(crcs: readonly number[]): number {
  return crc32(crcs.join());
}

function writeBlock(kind: BlockKind, part: number, parts: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, FORMAT_VERSION);
  view.setUint8(5, KINDS.indexOf(kind) + 1);
  view.setUint16(6, part, true);
  view.setUint16(8, parts, true);
  view.setUint32(10, body.length, true);
  bytes.set(body, HEADER_BYTES);
  view.setUint32(14, checksum(bytes), true);
  return bytes;
}

function checksum(block: Uint8Array): number {
  return crc32(block.subarray(HEADER_BYTES), crc32(block.subarray(4, 14)));
}

/** What is shorter than the magic and begins like it was cut off. */
function startsLikeOurs(bytes: Uint8Array): boolean {
  for (let at = 0; at < Math.min(4, bytes.length); at += 1)
    if (bytes[at] !== ((MAGIC >>> (8 * at)) & 0xff)) return false;
  return true;
}
