// Reads LZ4 frames. Our own, because it must stay inside its bounds and end whatever the bytes say; the packages for it in
// JavaScript check no length.
//
//     frame       │ 04224d18 │ flags │ largest block │ (size 8) │ (dictionary 4) │ checksum │ block │ ... │ 00000000 │ (checksum 4) │
//     block       │ length 4, first bit: not compressed │ sequences │ (checksum 4) │
//     sequence    │ lengths │ (longer) │ literals │ how far back 2 │ (longer) │         the last one ends with its literals
//
// Checksums are not computed: the batch around has its own, and producers before Kafka 0.10 wrote that of the header wrong.

import { copyBytes, repeatBytes } from "./copy-bytes.ts";
import { Malformed } from "./varint.ts";

const MAGIC = 0x184d2204;
/** Magic, flags, largest block. */
const LEAST_HEADER_BYTES = 6;
const BLOCK_CHECKSUM = 0x10;
const CONTENT_SIZE = 0x08;
const DICTIONARY = 0x01;
const UNCOMPRESSED = 0x8000_0000;
const LEAST_MATCH = 4;

type Frame = { readonly start: number; readonly blockBytes: number; readonly blockEndBytes: number };

/** What was compressed; `null` if that is more than `maxBytes`. One pass; may keep twice the bytes it gives. @throws {Malformed} */
export function decompressLz4(bytes: Buffer, maxBytes: number): Buffer | null {
  const { start, blockBytes, blockEndBytes } = readHeader(bytes);
  let target: Buffer = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(blockBytes, bytes.length * 4)));
  let put = 0;
  for (let at = start; ; ) {
    const word = at + 4 > bytes.length ? -1 : bytes.readUInt32LE(at);
    if (word === 0) return target.subarray(0, put);
    const size = word & ~UNCOMPRESSED;
    const end = at + 4 + size;
    if (word < 0 || size > blockBytes || end > bytes.length) throw new Malformed("a block has a wrong length");
    target = withRoom(target, put, blockBytes, maxBytes);
    const limit = Math.min(put + blockBytes, target.length);
    const next =
      word >= UNCOMPRESSED
        ? copied(bytes, at + 4, end, target, put, limit)
        : decompressBlock(bytes, at + 4, end, target, put, limit);
    if (next === null) {
      if (limit === maxBytes) return null;
      throw new Malformed("a block is longer than it may be");
    }
    put = next;
    at = end + blockEndBytes;
  }
}

function readHeader(bytes: Buffer): Frame {
  if (bytes.length < LEAST_HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC)
    throw new Malformed("it does not begin like a frame");
  const flags = bytes[4] as number;
  const largest = ((bytes[5] as number) >>> 4) & 7;
  if (flags >>> 6 !== 1 || (flags & DICTIONARY) !== 0 || largest < 4)
    throw new Malformed("its header says what Kafka does not use");
  return {
    start: LEAST_HEADER_BYTES + (flags & CONTENT_SIZE ? 8 : 0) + 1,
    blockBytes: 1 << (2 * largest + 8),
    blockEndBytes: flags & BLOCK_CHECKSUM ? 4 : 0,
  };
}

/** `target`, or a larger copy, with room for one more block behind `put` as far as `maxBytes` allows. */
function withRoom(target: Buffer, put: number, blockBytes: number, maxBytes: number): Buffer {
  const needed = Math.min(maxBytes, put + blockBytes);
  if (needed <= target.length) return target;
  const larger = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(needed, target.length * 2)));
  target.copy(larger, 0, 0, put);
  return larger;
}

function copied(source: Buffer, at: number, end: number, target: Buffer, put: number, limit: number): number | null {
  if (end - at > limit - put) return null;
  source.copy(target, put, at, end);
  return put + end - at;
}

/** Where the block ends in `target`; `null` if that is behind `limit`. */
function decompressBlock(
  source: Buffer,
  start: number,
  end: number,
  target: Buffer,
  from: number,
  limit: number,
): number | null {
  let at = start;
  let put = from;
  while (at < end) {
    const token = source[at++] as number;
    let literals = token >>> 4;
    if (literals === 15) [literals, at] = longer(source, at, end, literals);
    if (literals > end - at) throw new Malformed("a literal is too long");
    if (literals > limit - put) return null;
    copyBytes(source, at, target, put, literals);
    at += literals;
    put += literals;
    if (at === end) return put;
    if (end - at < 2) break;
    const back = (source[at] as number) | ((source[at + 1] as number) << 8);
    at += 2;
    let size = token & 15;
    if (size === 15) [size, at] = longer(source, at, end, size);
    size += LEAST_MATCH;
    if (back === 0 || back > put) throw new Malformed("a copy reaches outside");
    if (size > limit - put) return null;
    repeatBytes(target, put, back, size);
    put += size;
  }
  throw new Malformed("a block is cut");
}

/** A length of 15 or more, and where the bytes it goes on in end. */
function longer(source: Buffer, start: number, end: number, first: number): [length: number, at: number] {
  let length = first;
  for (let at = start; at < end; ) {
    const byte = source[at++] as number;
    length += byte;
    if (byte < 255) return [length, at];
  }
  throw new Malformed("a block is cut");
}
