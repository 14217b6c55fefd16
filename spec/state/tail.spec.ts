// The end of a log of state, read from anywhere: what it says, and what it refuses.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeEntry } from "../../lib/state/entry.ts";
import { createTail, type Tail } from "../../lib/state/tail.ts";
import { barrier, codeOf, delta, page, SHAPE, sealed, TOPIC } from "./kit.ts";

const it = suite("state, the end of a log");

/** A checkpoint that takes several blocks. */
const LONG = {
  patterns: Array.from({ length: 70 }, (_, n) => ({ name: `p${n}`, version: 1, fingerprint: "0".repeat(16_000) })),
};

const LOG: readonly Uint8Array[] = [
  ...writeEntry(barrier()),
  ...sealed(1, [page(0, "a"), delta("b")]),
  ...sealed(2, [delta("c".repeat(1_200_000))]),
  ...sealed(3, [delta("d")], LONG),
  ...writeEntry(barrier({ instance: "other" })),
];

function read(from: number, to: number): Tail {
  const tail = createTail(SHAPE.app, TOPIC);
  for (let at = from; at < to; at += 1) tail.take(BigInt(at), LOG[at] ?? null, at * 1_000);
  return tail;
}

it("says the same from wherever it is read, if what is last begins there", () => {
  assert.ok(sealed(3, [delta("d")], LONG).length > 2);
  fc.assert(
    fc.property(fc.nat(LOG.length), fc.nat(LOG.length), (one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const [part, whole] = [read(from, to), read(0, to)];
      for (const kind of ["checkpoint", "barrier"] as const) {
        if (part[kind] === null) continue;
        assert.equal(part[kind], whole[kind]);
        assert.is(part[kind]?.at, Number(part[kind]?.offset) * 1_000);
      }
    }),
    { numRuns: 200 },
  );
});

it("finds the last checkpoint and who has taken over since", () => {
  const { checkpoint, barrier: last } = read(0, LOG.length);
  assert.equal([checkpoint?.entry.seq, checkpoint?.entry.patterns.length], [3, 70]);
  assert.equal([last?.entry.instance, last?.offset], ["other", BigInt(LOG.length - 1)]);
  assert.is(read(0, LOG.length - 1).barrier?.offset, 0n);
});

it("passes over what is left of an entry whose beginning was not read", () => {
  const parts = sealed(3, [delta("d")], LONG).length - 1;
  for (let cut = 1; cut < parts; cut += 1) {
    const tail = read(LOG.length - 1 - parts + cut, LOG.length);
    assert.equal([tail.checkpoint, tail.barrier?.entry.instance], [null, "other"]);
  }
});

it("refuses what is foreign, damaged, or that of another app", () => {
  const tail = createTail(SHAPE.app, TOPIC);
  assert.is(
    codeOf(() => tail.take(0n, Buffer.from("hello"), null)),
    "FOREIGN_STATE",
  );
  const broken = Buffer.from(LOG[0] as Uint8Array);
  broken[20] = (broken[20] as number) ^ 1;
  assert.is(
    codeOf(() => tail.take(0n, broken, null)),
    "DAMAGED_STATE",
  );
  const [theirs] = writeEntry(barrier({ app: "other" }));
  assert.is(
    codeOf(() => tail.take(0n, theirs ?? null, null)),
    "OTHER_APP",
  );
});

it.run();
