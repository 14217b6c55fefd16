// Blocks: what is read is what was written, and nothing else is taken for a block.

import { crc32 } from "node:zlib";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { blocksOf, crcOf, MAX_BLOCK_BYTES, readBlock } from "../../lib/state/block.ts";
import { codeOf } from "./kit.ts";

const it = suite("state, blocks");

const HEADER_BYTES = 18;

/** A block with other bytes in its header, whose checksum fits. */
function remade(change: (view: DataView) => void): Uint8Array {
  const [block = new Uint8Array()] = blocksOf("page", Buffer.from("body"));
  const view = new DataView(block.buffer);
  change(view);
  view.setUint32(14, crc32(block.subarray(HEADER_BYTES), crc32(block.subarray(4, 14))), true);
  return block;
}

it("cuts an entry into blocks below the limit that give the entry again", () => {
  const sizes = [0, 1, 1_000, MAX_BLOCK_BYTES - HEADER_BYTES, MAX_BLOCK_BYTES - HEADER_BYTES + 1, 3 * MAX_BLOCK_BYTES];
  for (const size of sizes) {
    const body = Buffer.alloc(size, "sequitur ");
    const blocks = blocksOf("delta", body);
    assert.ok(blocks.every((block) => block.length <= MAX_BLOCK_BYTES));
    assert.is(blocks.length, Math.max(1, Math.ceil(size / (MAX_BLOCK_BYTES - HEADER_BYTES))));
    const read = blocks.map((block) => readBlock(block, "here"));
    assert.ok(Buffer.concat(read.map((block) => block.body)).equals(body));
    for (const [part, block] of read.entries()) {
      assert.equal([block.kind, block.part, block.parts], ["delta", part, blocks.length]);
      assert.is(block.crc, crcOf(blocks[part] as Uint8Array));
    }
  }
});

it("refuses whatever was changed in a single byte, by the code that says how", () => {
  const [block = new Uint8Array()] = blocksOf("checkpoint", Buffer.from("some body"));
  const byteAndMask = fc.tuple(fc.nat(block.length - 1), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(byteAndMask, ([at, mask]) => {
      const changed = Uint8Array.from(block);
      changed[at] = (changed[at] as number) ^ mask;
      const code = codeOf(() => readBlock(changed, "here"));
      const isLength = at >= 10 && at < 14;
      assert.ok(
        at < 4 ? code === "FOREIGN_STATE" : code === "DAMAGED_STATE" || (isLength && code === "TRUNCATED_STATE"),
      );
    }),
    { numRuns: 2_000 },
  );
});

it("refuses what was cut off, wherever", () => {
  const [block = new Uint8Array()] = blocksOf("barrier", Buffer.from("some body"));
  for (let length = 0; length < block.length; length += 1)
    assert.is(
      codeOf(() => readBlock(block.subarray(0, length), "here")),
      "TRUNCATED_STATE",
    );
  assert.is(
    codeOf(() => readBlock(Buffer.concat([block, Buffer.from("x")]), "here")),
    "DAMAGED_STATE",
  );
});

it("refuses what somebody else wrote", () => {
  for (const value of [null, Buffer.from('{"a":1}'), Buffer.alloc(100)])
    assert.is(
      codeOf(() => readBlock(value, "here")),
      "FOREIGN_STATE",
    );
});

it("refuses an earlier or later format, which its header still says", () => {
  const later = remade((view) => view.setUint8(4, 4));
  assert.throws(
    () => readBlock(later, "offset 4 of it"),
    /offset 4 of it has format 4; .* up to 3\. Run the version that wrote it/,
  );
  assert.is(
    codeOf(() => readBlock(later, "here")),
    "NEWER_STATE",
  );
  const earlier = remade((view) => view.setUint8(4, 1));
  assert.throws(
    () => readBlock(earlier, "offset 4 of it"),
    /offset 4 of it has format 1; .* reads format 3\. Go on with/,
  );
  assert.is(
    codeOf(() => readBlock(earlier, "here")),
    "UNKNOWN_FORMAT",
  );
});

it("refuses a header that means nothing, though its checksum fits", () => {
  const changes: readonly ((view: DataView) => void)[] = [
    (view) => view.setUint8(4, 0),
    (view) => view.setUint8(5, 0),
    (view) => view.setUint8(5, 5),
    (view) => view.setUint16(6, 1, true),
    (view) => view.setUint16(8, 0, true),
  ];
  for (const change of changes)
    assert.is(
      codeOf(() => readBlock(remade(change), "here")),
      "DAMAGED_STATE",
    );
});

it("reads a record that is a piece of a larger buffer", () => {
  const [block = new Uint8Array()] = blocksOf("page", Buffer.from("body"));
  const buffer = Buffer.concat([Buffer.from("before"), block, Buffer.from("after")]);
  assert.is(Buffer.from(readBlock(buffer.subarray(6, 6 + block.length), "here").body).toString(), "body");
});

it.run();
