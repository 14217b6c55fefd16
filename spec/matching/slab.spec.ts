// Blocks of memory that are handed out are nobody else's, keep what is in them, and are found again by going through all.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Column } from "../../lib/matching/column.ts";
import { type Address, baseOf, Slab, WORDS } from "../../lib/matching/slab.ts";

const it = suite("memory in blocks");

type Block = { readonly address: Address; readonly records: number; readonly mark: number };

function fill(slab: Slab, { address, records, mark }: Block): void {
  const { words, values } = slab.chunkOf(address);
  const base = baseOf(address);
  words.fill(mark, base * WORDS, (base + records) * WORDS);
  values.fill(mark, base, base + records);
}

function assertFilled(slab: Slab, { address, records, mark }: Block): void {
  const { words, values, blockRecords } = slab.chunkOf(address);
  const base = baseOf(address);
  assert.ok(blockRecords >= records);
  assert.ok(words.subarray(base * WORDS, (base + records) * WORDS).every((word) => word === mark));
  assert.ok(values.slice(base, base + records).every((value) => value === mark));
}

const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20_000 }));
const turns = fc.array(fc.tuple(fc.boolean(), size, fc.nat()), { maxLength: 120 });

it("hands out blocks that keep what they are given, until they are freed", () => {
  fc.assert(
    fc.property(turns, (each) => {
      const slab = new Slab();
      const blocks: Block[] = [];
      for (const [index, [isFree, records, which]] of each.entries()) {
        const [freed] = isFree && blocks.length > 0 ? blocks.splice(which % blocks.length, 1) : [];
        if (freed !== undefined) {
          assertFilled(slab, freed);
          slab.free(freed.address);
          continue;
        }
        const block = { address: slab.allocate(records), records, mark: index };
        const { values } = slab.chunkOf(block.address);
        assert.ok(
          values.slice(baseOf(block.address), baseOf(block.address) + records).every((value) => value === undefined),
        );
        fill(slab, block);
        blocks.push(block);
      }
      for (const block of blocks) assertFilled(slab, block);
      const found: Address[] = [];
      for (let address = slab.after(0); address !== 0; address = slab.after(address)) found.push(address);
      assert.equal(
        found,
        blocks.map(({ address }) => address).sort((a, b) => a - b),
      );
      assert.is(slab.blocks, blocks.length);
    }),
    { numRuns: 300 },
  );
});

it("gives back what nobody uses", () => {
  const slab = new Slab();
  const addresses = Array.from({ length: 100_000 }, () => slab.allocate(1));
  const [first = 0] = addresses;
  const last = addresses.at(-1) as Address;
  for (const address of addresses) slab.free(address);
  assert.is(slab.chunkOf(first), null);
  const again = Array.from({ length: 100_000 }, () => slab.allocate(1));
  assert.is(new Set(again).size, again.length);
  assert.ok((again.at(-1) as Address) <= last + 8_192, `numbers of chunks are used again: ${again.at(-1)}, ${last}`);
});

it("keeps numbers for some rows", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 8_192, max: 40_000 }), fc.double())), (entries) => {
      const column = new Column();
      const expected = new Map<number, number>();
      for (const [row, value] of entries) {
        column.set(row, value);
        expected.set(row, value);
      }
      for (const [row] of entries) {
        assert.ok(Object.is(column.get(row), expected.get(row)));
        if (!expected.has(row + 1)) assert.ok(Number.isNaN(column.get(row + 1)));
      }
    }),
  );
});

it.run();
