// The ledger of a state partition. Its law: trim to the low water after every checkpoint, read what is left, and it is the same
// state; and the log stays within its bound.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Delta, Page } from "../../lib/state/entry.ts";
import { createLedger } from "../../lib/state/ledger.ts";
import { delta, type Logged, logOf, page, replayed, sealed } from "./kit.ts";

const it = suite("state, ledger");

/** A toy memory of three pages, each a list of words. */
type Memory = readonly string[][];

const steps = fc.array(fc.record({ page: fc.nat(2), word: fc.constantFrom("a", "b", "c"), whole: fc.boolean() }), {
  minLength: 1,
  maxLength: 40,
});

/** What a replay gives: deltas are "page:word", pages are their words. */
function memoryOf(log: readonly Logged[], start: bigint): Memory {
  const memory: string[][] = [[], [], []];
  for (const { entry } of replayed(log, start).pieces({ lane: 1, pattern: 0 })) {
    const said = Buffer.from(entry.bytes).toString();
    if (entry.kind === "page") memory[entry.page] = said.split(" ").filter((word) => word !== "");
    else memory[Number(said[0])]?.push(said.slice(2));
  }
  return memory;
}

it("trim after every checkpoint, restore, compare", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const memory: Memory = [[], [], []];
      const ledger = createLedger(0);
      let log: Logged[] = [];
      let next = 0n;
      for (const [index, { page: at, word, whole }] of list.entries()) {
        memory[at]?.push(word);
        const due =
          index === 0 ? [0, 1, 2] : [...new Set([...ledger.due().map((each) => each.page), ...(whole ? [at] : [])])];
        const pages = due.map((each): Page => page(each, memory[each]?.join(" ") ?? ""));
        const changes = due.includes(at) ? [] : [delta(`${at}:${word}`)];
        const lowWater = ledger.lowWater;
        const blocks = sealed(index + 1, [...changes, ...pages] as (Page | Delta)[], { lowWater: `${lowWater}` });
        log = [...log.filter(({ offset }) => offset >= lowWater), ...logOf([blocks], next)];
        ledger.committed({
          base: next,
          bytes: blocks.reduce((sum, each) => sum + each.length, 0),
          pages: pages.map((each) => ({ ...each, bytes: each.bytes.length })),
          isAlone: false,
        });
        next += BigInt(blocks.length) + 1n;
        const start = log[0]?.offset ?? 0n;
        assert.equal(memoryOf(log, start), memory);
        const trimmed = log.filter(({ offset }) => offset >= ledger.lowWater);
        assert.ok(ledger.lowWater >= lowWater);
        assert.is(
          ledger.bytes,
          trimmed.reduce((sum, { value }) => sum + (value?.length ?? 0), 0),
        );
      }
    }),
    { numRuns: 1_000 },
  );
});

it("rewrites the oldest page when the log is twice as long as the state, and not while it is short", () => {
  const ledger = createLedger(1_000);
  const write = (base: bigint, pages: readonly [number, number][], more = 0): void =>
    ledger.committed({
      base,
      bytes: more + pages.reduce((sum, [, bytes]) => sum + bytes, 0),
      pages: pages.map(([number, bytes]) => ({ lane: 0, pattern: 0, page: number, bytes })),
      isAlone: false,
    });
  const due = (): readonly number[] => ledger.due().map((each) => each.page);
  assert.equal([ledger.lowWater, due()], [0n, []]);
  write(5n, [
    [0, 400],
    [1, 600],
  ]);
  write(9n, [], 900);
  assert.equal([ledger.lowWater, ledger.bytes, due()], [5n, 1_900, []]);
  write(12n, [], 200);
  assert.equal(due(), [0]);
  write(20n, [[0, 400]]);
  assert.equal(due(), [1]);
  write(23n, [[1, 600]]);
  assert.equal([ledger.lowWater, ledger.bytes, due()], [20n, 1_000, []]);
});

it("without pages only the last checkpoint is needed", () => {
  const ledger = createLedger();
  for (const base of [3n, 8n]) ledger.committed({ base, bytes: 10, pages: [], isAlone: false });
  assert.equal([ledger.lowWater, ledger.bytes], [8n, 10]);
});

it("what stands alone needs nothing before it", () => {
  const ledger = createLedger();
  const one = { lane: 0, pattern: 0, page: 0, bytes: 5 };
  ledger.committed({ base: 3n, bytes: 10, pages: [one, { ...one, page: 1 }], isAlone: false });
  ledger.committed({ base: 8n, bytes: 20, pages: [one], isAlone: true });
  assert.equal([ledger.lowWater, ledger.bytes], [8n, 20]);
});

it.run();
