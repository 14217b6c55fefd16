// Entries and their bytes: today's, and those that every later version has to read.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createAssembler } from "../../lib/state/assembler.ts";
import { type Block, blocksOf, MAX_BLOCK_BYTES, readBlock } from "../../lib/state/block.ts";
import { type Entry, readEntry, writeEntry } from "../../lib/state/entry.ts";
import { codeOf, delta, EACH, LANE, page } from "./kit.ts";

const it = suite("state, entries");

/** What format 3 looks like: a kind and the bytes of an entry in hex, a line each. Never changed; a new format gets its own file. */
const GOLDEN = readFileSync("spec/fixtures/state/format-3.txt", "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(" "));

const blocksFrom = (bytes: readonly Uint8Array[]): readonly Block[] => bytes.map((each) => readBlock(each, "here"));
const reread = (entry: Entry): Entry => readEntry(entry.kind, blocksFrom(writeEntry(entry)), "here");
const plain = (entry: Entry): unknown => ("bytes" in entry ? { ...entry, bytes: Buffer.from(entry.bytes) } : entry);

it("reads what it wrote", () => {
  for (const entry of Object.values(EACH)) assert.equal(plain(reread(entry)), plain(entry));
  assert.equal(plain(reread(delta(""))), plain(delta("")));
});

it("reads and writes the golden files of format 3", () => {
  assert.equal(
    GOLDEN.map(([kind]) => kind),
    Object.keys(EACH),
  );
  for (const [kind = "", hex = ""] of GOLDEN) {
    const entry = EACH[kind as Entry["kind"]];
    const bytes = Buffer.from(hex, "hex");
    assert.equal(plain(readEntry(entry.kind, blocksFrom([bytes]), "here")), plain(entry));
    assert.is(Buffer.concat(writeEntry(entry)).toString("hex"), hex);
  }
});

it("puts long entries together from their parts", () => {
  const long = page(3, "long ".repeat(MAX_BLOCK_BYTES / 2));
  const blocks = writeEntry(long);
  assert.ok(blocks.length > 2);
  const assembler = createAssembler("it");
  const entries = blocks.flatMap((block, index) => {
    assert.is(assembler.isBetween, index > 0);
    return assembler.take(BigInt(10 + index), block) ?? [];
  });
  assert.is(entries.length, 1);
  const [placed] = entries;
  assert.equal([placed?.first, placed?.last, placed?.crcs.length], [10n, BigInt(9 + blocks.length), blocks.length]);
  assert.is(placed?.bytes, Buffer.concat(blocks).length);
  assert.equal(plain(placed?.entry as Entry), plain(long));
});

it("refuses parts that do not follow each other", () => {
  const [one, two, three] = writeEntry(page(3, "long ".repeat(MAX_BLOCK_BYTES / 2)));
  const [other, another] = writeEntry(delta("long ".repeat(MAX_BLOCK_BYTES / 4)));
  const [small] = writeEntry(page(3, "short"));
  const wrong = [[two], [one, three], [one, one], [one, another], [one, other], [one, small]];
  for (const blocks of wrong) {
    const assembler = createAssembler("it");
    const act = (): unknown => blocks.map((block, index) => assembler.take(BigInt(index), block ?? null));
    assert.is(codeOf(act), "TRUNCATED_STATE");
  }
  const gap = createAssembler("it");
  gap.take(4n, one ?? null);
  assert.throws(() => gap.take(6n, two ?? null), /offset 6 of it is cut off: it is part 2 of 3 and does not follow/);
});

it("refuses bodies that have not the form of their kind", () => {
  const read = (kind: Entry["kind"], body: string | Uint8Array): string =>
    codeOf(() => readEntry(kind, blocksFrom(blocksOf(kind, Buffer.from(body))), "here"));
  const changed = (kind: "barrier" | "checkpoint", more: object): string =>
    read(kind, JSON.stringify({ ...EACH[kind], ...more }));
  const input = (more: object): object => ({ lanes: [{ ...LANE, inputs: [{ ...LANE.inputs[0], ...more }] }] });
  const bad = [
    read("page", "too short"),
    read("delta", "short"),
    read("barrier", "{"),
    read("barrier", Uint8Array.of(0x22, 0xff, 0x22)),
    read("barrier", "null"),
    changed("barrier", { nonce: 1 }),
    changed("barrier", { shards: 0 }),
    changed("checkpoint", { seq: 0 }),
    changed("checkpoint", { lanes: {} }),
    changed("checkpoint", { lowWater: "-1" }),
    changed("checkpoint", { blocks: null }),
    changed("checkpoint", input({ next: 5 })),
    changed("checkpoint", input({ newest: "later" })),
    changed("checkpoint", input({ sealed: [["1", 0]] })),
    changed("checkpoint", input({ sealed: [["1"]] })),
  ];
  assert.equal(
    bad,
    bad.map(() => "DAMAGED_STATE"),
  );
  assert.is(changed("checkpoint", {}), "");
});

it("an object's own fields count, and no others", () => {
  const { app: _, ...rest } = EACH.barrier as Entry & { app: string };
  const body = Buffer.from(JSON.stringify(rest));
  assert.throws(() => readEntry("barrier", blocksFrom(blocksOf("barrier", body)), "here"), "in app");
});

it.run();
