// Decompressors against what packages compress, and against bytes that nobody compressed. (What Kafka's own producer writes
// is in committed-broker.spec.ts.)
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createCodecs } from "../../../lib/transports/kafka/codecs.ts";
import { installedZstd, nodeZstd } from "../../../lib/transports/kafka/zstd.ts";
import { allowMs } from "../../run/ask.ts";

allowMs(60_000);

const it = suite("codecs");
const require = createRequire(import.meta.url);
const snappy = require("snappyjs") as { compress(bytes: Buffer): Buffer };
const lz4 = require("lz4js") as { compress(bytes: Uint8Array): Uint8Array };
const codecs = createCodecs();
const MEGABYTE = 1024 * 1024;
const [GZIP, SNAPPY, LZ4, ZSTD] = [1, 2, 3, 4];

/** Bytes as records are: some repeat, near and far, some do not. */
const content = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(fc.integer({ min: 1, max: 90_000 }), fc.nat(255)).map(([length, byte]) => Buffer.alloc(length, byte)),
      fc
        .tuple(fc.string({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 400 }))
        .map(([text, times]) => Buffer.from(text.repeat(times))),
      fc.integer({ min: 0, max: 70_000 }).map(noise),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

const COMPRESSED: readonly (readonly [number, (bytes: Buffer) => Buffer])[] = [
  [GZIP, (bytes) => gzipSync(bytes)],
  [SNAPPY, (bytes) => Buffer.from(snappy.compress(bytes))],
  [SNAPPY, xerial],
  [LZ4, (bytes) => Buffer.from(lz4.compress(bytes))],
];

it("gives back what was compressed", () =>
  fc.assert(
    fc.asyncProperty(content, async (bytes) => {
      for (const [codec, compress] of COMPRESSED) {
        const given = await codecs.decompress(codec, compress(bytes), MEGABYTE);
        assert.ok(Buffer.isBuffer(given) && given.equals(bytes), `codec ${codec}`);
      }
    }),
    { numRuns: 100 },
  ));

it("stops at the limit, on it and one above it", async () => {
  const bytes = Buffer.alloc(300_000, "abcdefg");
  for (const [codec, compress] of COMPRESSED) {
    const whole = await codecs.decompress(codec, compress(bytes), bytes.length);
    assert.ok(Buffer.isBuffer(whole) && whole.equals(bytes));
    assert.equal(await codecs.decompress(codec, compress(bytes), bytes.length - 1), {
      kind: "tooLarge",
      reason: "it has more than 299999 bytes when it is decompressed",
    });
  }
});

it("ends with a verdict whatever the bytes are", () =>
  fc.assert(
    fc.asyncProperty(
      content,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(),
      async (bytes, flips, cut) => {
        for (const [codec, compress] of COMPRESSED) {
          const broken = compress(bytes);
          for (const [at, byte] of flips) broken[at % broken.length] = byte;
          for (const given of [broken, broken.subarray(0, cut % broken.length)]) {
            const result = await codecs.decompress(codec, given, MEGABYTE);
            assert.ok(Buffer.isBuffer(result) ? result.length <= MEGABYTE : result.reason.length > 0);
          }
        }
      },
    ),
    { numRuns: 200 },
  ));

it("reads blocks that refer to blocks before them, stored ones, and frames with all checksums and sizes", async () => {
  const frame = (flags: number, ...rest: readonly number[]): Buffer =>
    Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, 0x40, ...rest]);
  const abc = [0x97, 0x98, 0x99];
  // stored "abc"; then: no literals, a match of 4 + 2 three back; then the last literal.
  const linked = [3, 0, 0, 0x80, ...abc, 5, 0, 0, 0, 0x02, 3, 0, 0x10, 0x7a, 0, 0, 0, 0];
  const expected = Buffer.from([...abc, ...abc, ...abc, 0x7a]);
  assert.equal(await codecs.decompress(LZ4, frame(0x40, 0, ...linked), 100), expected);
  const checked = [3, 0, 0, 0x80, ...abc, 1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 2, 2];
  assert.equal(await codecs.decompress(LZ4, frame(0x5c, 3, 0, 0, 0, 0, 0, 0, 0, 0, ...checked), 100), Buffer.from(abc));
});

it("makes room for lz4 of many blocks, and stops at the limit in the middle of one", async () => {
  // Runs of 60,000 bytes in blocks of 64 KB at most: one literal, then a match that repeats it.
  const run = [0x1f, 0x61, 1, 0, ...Array.from({ length: 235 }, () => 255), 55, 0x10, 0x61];
  const length = 1 + 4 + 15 + 235 * 255 + 55 + 1;
  const block = [run.length & 255, run.length >>> 8, 0, 0, ...run];
  const frame = Buffer.from([
    0x04,
    0x22,
    0x4d,
    0x18,
    0x40,
    0x40,
    0,
    ...block,
    ...block,
    ...block,
    ...block,
    0,
    0,
    0,
    0,
  ]);
  assert.equal(await codecs.decompress(LZ4, frame, MEGABYTE), Buffer.alloc(4 * length, "a"));
  for (const limit of [4 * length - 1, 3 * length + 1, 3 * length])
    assert.is(((await codecs.decompress(LZ4, frame, limit)) as { kind: string }).kind, "tooLarge");
  const long = [0x1f, 0x61, 1, 0, ...Array.from({ length: 300 }, () => 255), 0, 0x10, 0x61];
  const bad = Buffer.from([
    0x04,
    0x22,
    0x4d,
    0x18,
    0x40,
    0x40,
    0,
    long.length & 255,
    long.length >>> 8,
    0,
    0,
    ...long,
    0,
    0,
    0,
    0,
  ]);
  assert.equal(await codecs.decompress(LZ4, bad, MEGABYTE), {
    kind: "corrupt",
    reason: "its lz4 is broken: a block is longer than it may be",
  });
});

it("refuses what reaches outside, with the codec's name", async () => {
  const lz4Block = (...sequence: readonly number[]): Buffer =>
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0, sequence.length, 0, 0, 0, ...sequence, 0, 0, 0, 0]);
  const cases: readonly (readonly [number, Buffer, string])[] = [
    [LZ4, lz4Block(0x10, 0x61, 9, 0, 0x10, 0x61), "its lz4 is broken: a copy reaches outside"],
    [LZ4, lz4Block(0x90, 0x61), "its lz4 is broken: a literal is too long"],
    [LZ4, lz4Block(0xf0, 255), "its lz4 is broken: a block is cut"],
    [LZ4, lz4Block(0x10, 0x61, 1), "its lz4 is broken: a block is cut"],
    [LZ4, Buffer.from("nothing like it"), "its lz4 is broken: it does not begin like a frame"],
    [
      LZ4,
      Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x41, 0x40, 0]),
      "its lz4 is broken: its header says what Kafka does not use",
    ],
    [SNAPPY, Buffer.from([4, 0x00, 0x61, 0x0e, 0]), "its snappy is broken: it is cut"],
    [SNAPPY, Buffer.from([4, 0x00, 0x61, 0x0a, 9, 0]), "its snappy is broken: a copy reaches outside"],
    [SNAPPY, Buffer.from([9, 0x00, 0x61]), "its snappy is broken: a block is shorter than it says"],
    [SNAPPY, Buffer.from([2, 0xfc, 255, 255, 255, 255]), "its snappy is broken: a literal is too long"],
    [SNAPPY, Buffer.from([255, 255, 255, 255, 15, 0]), "its snappy is broken: a block cannot be as long as it says"],
    [SNAPPY, xerial(Buffer.from("x")).subarray(0, 19), "its snappy is broken: a block has a wrong length"],
    [6, Buffer.alloc(3), "it says it has codec 6, which does not exist"],
  ];
  for (const [codec, bytes, reason] of cases)
    assert.equal(await codecs.decompress(codec, bytes, 100), { kind: "corrupt", reason });
});

// Frames of zstd, written by hand since nothing here compresses it: one stored block; three runs of 128 KB.
const ZSTD_FRAME = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 6, 0x31, 0, 0, ...Buffer.from("ababab")]);
const ZSTD_BOMB = Buffer.from([
  0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, 0x02, 0, 0x10, 0x61, 0x02, 0, 0x10, 0x61, 0x03, 0, 0x10, 0x61,
]);

it("reads zstd with the package fzstd", async () => {
  const zstd = installedZstd();
  assert.ok(zstd !== null);
  const withPackage = createCodecs(zstd);
  assert.equal(Buffer.from((await withPackage.decompress(ZSTD, ZSTD_FRAME, 100)) as Buffer), Buffer.from("ababab"));
  assert.equal(await withPackage.decompress(ZSTD, ZSTD_BOMB, MEGABYTE), Buffer.alloc(3 * 131_072, "a"));
  const bomb = (await withPackage.decompress(ZSTD, ZSTD_BOMB, 140_000)) as { kind: string };
  assert.is(bomb.kind, "tooLarge");
  assert.match(
    ((await withPackage.decompress(ZSTD, Buffer.from("no zstd"), 100)) as { reason: string }).reason,
    /^its zstd is broken: it does not begin/,
  );
  assert.match(
    ((await withPackage.decompress(ZSTD, ZSTD_FRAME.subarray(0, 9), 100)) as { reason: string }).reason,
    /^its zstd is broken: /,
  );
  for (const [header, kind] of [
    [[0x60, 0, 0], "tooLarge"],
    [[0xa0, 0, 1, 0, 0], "tooLarge"],
    [[0xe0, 0, 1, 0, 0, 0, 0, 0, 0], "tooLarge"],
  ] as const)
    assert.is(
      (
        (await withPackage.decompress(ZSTD, Buffer.concat([ZSTD_FRAME.subarray(0, 4), Buffer.from(header)]), 100)) as {
          kind: string;
        }
      ).kind,
      kind,
    );
});

it("reads zstd with Node's own reader where there is one", async () => {
  assert.is(nodeZstd({}), null);
  type Done = (error: Error | null, result: Buffer) => void;
  const answers = (error: Error | null) => (_: Buffer, __: object, done: Done) => done(error, Buffer.from("whole"));
  assert.equal(await nodeZstd({ zstdDecompress: answers(null) })?.(ZSTD_FRAME, 100), Buffer.from("whole"));
  const tooLarge = Object.assign(new Error("too large"), { code: "ERR_BUFFER_TOO_LARGE" });
  assert.is(await nodeZstd({ zstdDecompress: answers(tooLarge) })?.(ZSTD_FRAME, 100), null);
  const broken = createCodecs(nodeZstd({ zstdDecompress: answers(new Error("bad")) }));
  assert.equal(await broken.decompress(ZSTD, ZSTD_FRAME, 100), { kind: "corrupt", reason: "its zstd is broken: bad" });
});

it("says what to install where nothing reads zstd", async () => {
  const failure = await createCodecs(null).decompress(ZSTD, ZSTD_FRAME, 100);
  assert.ok(!Buffer.isBuffer(failure) && failure.kind === "codecMissing");
  assert.match(failure.reason, /zstd.*npm install fzstd/);
});

/** Snappy as Java's producer frames it: blocks of 32 KB. */
function xerial(bytes: Buffer): Buffer {
  const parts = [Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])];
  for (let at = 0; at < bytes.length; at += 32_768) {
    const block = Buffer.from(snappy.compress(bytes.subarray(at, at + 32_768)));
    const size = Buffer.alloc(4);
    size.writeInt32BE(block.length);
    parts.push(size, block);
  }
  return Buffer.concat(parts);
}

function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = length + 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

it.run();
