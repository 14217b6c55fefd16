// Reads Snappy. Our own, because it must stay inside its bounds and end whatever the bytes say, and the packages for it do
// not promise that: a length of 4 bytes sends the best known one backwards.
//
//     Java's producer    │ 82 "SNAPPY" 00 │ version │ version │ length, block │ length, block │ ...      (xerial)
//     librdkafka         │ block │
//     block              │ varint: bytes when decompressed │ literal or copy │ literal or copy │ ...
//     literal            │ length ─ 1, kind 0 │ bytes │
//     copy               │ length, kind 1 to 3 │ how far back │

import { copyBytes, repeatBytes } from "./copy-bytes.ts";
import { Malformed } from "./varint.ts";

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;
/** A copy of 64 bytes takes 3, so nothing grows by more than this. */
const MOST_GROWTH = 64;
const LITERAL = 0;
/** Lengths of literals from here on stand in 1 to 4 bytes of their own. */
const LONG_LITERAL = 60;

type Block = { readonly start: number; readonly end: number; readonly length: number };

/** What was compressed; `null` if that is more than `maxBytes`. One pass. @throws {Malformed} */
export function decompressSnappy(bytes: Buffer, maxBytes: number): Buffer | null {
  const blocks = bytes.subarray(0, XERIAL.length).equals(XERIAL)
    ? xerialBlocks(bytes)
    : [blockAt(bytes, 0, bytes.length)];
  const total = blocks.reduce((sum, { length }) => sum + length, 0);
  if (total > maxBytes) return null;
  const target = Buffer.allocUnsafe(total);
  let at = 0;
  for (const block of blocks) {
    decompressBlock(bytes, block, target, at);
    at += block.length;
  }
  return target;
}

function xerialBlocks(bytes: Buffer): readonly Block[] {
  const blocks: Block[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    const size = at + 4 > bytes.length ? -1 : bytes.readInt32BE(at);
    const end = at + 4 + size;
    if (size <= 0 || end > bytes.length) throw new Malformed("a block has a wrong length");
    blocks.push(blockAt(bytes, at + 4, end));
    at = end;
  }
  return blocks;
}

function blockAt(bytes: Buffer, at: number, end: number): Block {
  let length = 0;
  for (let index = 0; index < 5 && at + index < end; index++) {
    const byte = bytes[at + index] as number;
    length += (byte & 127) * 2 ** (7 * index);
    if (byte >= 128) continue;
    if (length > (end - at) * MOST_GROWTH) break;
    return { start: at + index + 1, end, length };
  }
  throw new Malformed("a block cannot be as long as it says");
}

function decompressBlock(source: Buffer, { start, end, length }: Block, target: Buffer, from: number): void {
  const to = from + length;
  let at = start;
  let put = from;
  while (at < end) {
    const tag = source[at++] as number;
    const kind = tag & 3;
    if (kind === LITERAL) {
      const extra = Math.max(0, (tag >>> 2) - LONG_LITERAL + 1);
      const size = 1 + (extra === 0 ? tag >>> 2 : littleEndian(source, at, extra, end));
      at += extra;
      if (size > end - at || size > to - put) throw new Malformed("a literal is too long");
      copyBytes(source, at, target, put, size);
      at += size;
      put += size;
    } else {
      const extra = kind === 3 ? 4 : kind;
      const near = littleEndian(source, at, extra, end);
      const back = kind === 1 ? near + ((tag >>> 5) << 8) : near;
      const size = kind === 1 ? 4 + ((tag >>> 2) & 7) : 1 + (tag >>> 2);
      at += extra;
      if (back === 0 || back > put - from || size > to - put) throw new Malformed("a copy reaches outside");
      repeatBytes(target, put, back, size);
      put += size;
    }
  }
  if (put !== to) throw new Malformed("a block is shorter than it says");
}

function littleEndian(bytes: Buffer, at: number, size: number, end: number): number {
  if (at + size > end) throw new Malformed("it is cut");
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + (bytes[at + index] as number);
  return value;
}
