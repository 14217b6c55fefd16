// Rows are found by their keys as in a map, whatever the keys are, and however many of them meet in one place.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeKey, type Key } from "../../lib/event/key.ts";
import { KeyTable } from "../../lib/matching/key-table.ts";
import { type Address, baseOf, Slab } from "../../lib/matching/slab.ts";

const it = suite("table of keys");

/** A table with its rows. */
class Rows {
  readonly slab = new Slab();
  readonly table = new KeyTable(this.slab);

  add(key: Key): Address {
    const row = this.slab.allocate(1);
    this.slab.chunkOf(row).values[baseOf(row)] = key;
    this.table.add(row);
    return row;
  }

  remove(row: Address): void {
    this.table.delete(row);
    this.slab.free(row);
  }
}

const part = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.integer({ min: -3, max: 3 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 2 ** 32, 2 ** 32 - 5, true, false, 1n, "1", "true"),
  fc.bigInt(),
);
const key: fc.Arbitrary<Key> = fc.oneof(part, fc.array(part, { minLength: 1, maxLength: 3 }));

function behavesLikeAMap(turns: readonly (readonly [isRemoved: boolean, key: Key])[]): void {
  const rows = new Rows();
  const expected = new Map<string, Address>();
  for (const [isRemoved, each] of turns) {
    const id = encodeKey(each);
    const there = expected.get(id);
    assert.is(rows.table.get(each), there ?? 0);
    if (there === undefined) {
      expected.set(id, rows.add(each));
    } else if (isRemoved) {
      rows.remove(there);
      expected.delete(id);
    }
    assert.is(rows.table.size, expected.size);
  }
  for (const [, each] of turns) assert.is(rows.table.get(each), expected.get(encodeKey(each)) ?? 0);
}

it("finds what a map finds", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 300 }), behavesLikeAMap), { numRuns: 500 });
});

it("finds very many keys", () => {
  const rows = new Rows();
  for (let number = 0; number < 50_000; number += 1) rows.add(`user-${number}`);
  for (let number = 0; number < 50_000; number += 3) rows.remove(rows.table.get(`user-${number}`));
  for (let number = 0; number < 50_000; number += 1)
    assert.is(rows.table.get(`user-${number}`) === 0, number % 3 === 0, `${number}`);
});

it("is not slow with keys that were chosen to meet", () => {
  // "Aa" and "BB" have the same sum in base 31, and so has every word made of them.
  const words = Array.from({ length: 4_096 }, (_, number) =>
    Array.from({ length: 12 }, (_, bit) => ((number >> bit) % 2 === 0 ? "Aa" : "BB")).join(""),
  );
  behavesLikeAMap([...words, ...words.filter((_, index) => index % 2 === 0)].map((word) => [true, word] as const));
  const rows = new Rows();
  for (const word of words) rows.add(word);
  const from = performance.now();
  for (let turn = 0; turn < 20; turn += 1) for (const word of words) assert.is.not(rows.table.get(word), 0);
  assert.ok(performance.now() - from < 10_000);
});

it.run();
