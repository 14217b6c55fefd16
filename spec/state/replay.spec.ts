// What a state partition amounts to; and that what was damaged is refused or does no harm.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeEntry } from "../../lib/state/entry.ts";
import { createReplay } from "../../lib/state/replay.ts";
import {
  barrier,
  codeOf,
  delta,
  type Logged,
  logOf,
  PATTERNS,
  page,
  replayed,
  SHAPE,
  sealed,
  smallState,
  TOPIC,
  textsOf,
} from "./kit.ts";

const it = suite("state, replay");

it("gives the last checkpoint and what it stands on", () => {
  const replay = replayed(smallState());
  assert.is(replay.last?.checkpoint.seq, 2);
  assert.equal([replay.last?.base, replay.last?.offset, replay.last?.isAlone], [6n, 8n, false]);
  assert.equal(
    replay.last?.pages.map((each) => each.page),
    [0],
  );
  assert.equal(textsOf(replay), ["other", "change", "new"]);
  assert.equal(replay.pieces({ lane: 1, pattern: 9 }), []);
  assert.is(
    replay.bytes,
    smallState().reduce((sum, { value }) => sum + (value?.length ?? 0), 0),
  );
});

it("tells of barriers and checkpoints as they come", () => {
  const replay = createReplay(SHAPE, TOPIC);
  const told = smallState().flatMap(({ offset, value }) => replay.take(offset, value) ?? []);
  assert.equal(
    told.map((each) => (each.kind === "barrier" ? each.nonce : each.checkpoint.seq)),
    ["one:1", 1, 2, "two:1"],
  );
});

it("is empty where nothing was saved", () => {
  assert.is(replayed([]).last, null);
  assert.is(replayed(logOf([[...writeEntry(barrier())]])).last, null);
});

it("a checkpoint with other patterns stands alone", () => {
  const patterns = [{ name: "late", version: 1, fingerprint: "77" }, ...PATTERNS];
  const replay = replayed(logOf([sealed(1, [page(0, "old")]), sealed(2, [page(4, "new")], { patterns })]));
  assert.is(replay.last?.isAlone, true);
  assert.equal(textsOf(replay), ["new"]);
});

it("goes on from where the log was trimmed, unless too much was", () => {
  const start = 40n;
  const log = logOf([sealed(7, [page(0, "whole")]), sealed(8, [delta("change")], { lowWater: "40" })], start);
  const replay = replayed(log, start);
  assert.is(replay.last?.checkpoint.seq, 8);
  assert.equal(textsOf(replay), ["whole", "change"]);
  assert.throws(
    () => replayed(log.slice(2), 43n),
    /which begins at offset 43, is cut off: records from offset 40 on are needed/,
  );
  assert.is(
    codeOf(() => replayed(logOf([[...writeEntry(barrier())]], 5n), 5n)),
    "TRUNCATED_STATE",
  );
});

it("refuses what is missing", () => {
  const whole = smallState();
  const without = (at: number): string => codeOf(() => replayed(whole.filter((_, index) => index !== at)));
  // barrier, page, page, checkpoint, delta, page, checkpoint, barrier
  assert.equal([1, 2, 3, 4, 5].map(without), [
    "DAMAGED_STATE",
    "DAMAGED_STATE",
    "DAMAGED_STATE",
    "DAMAGED_STATE",
    "DAMAGED_STATE",
  ]);
  assert.is(without(6), "TRUNCATED_STATE");
  assert.is(
    codeOf(() => replayed(logOf([sealed(1, []), sealed(3, [])]))),
    "TRUNCATED_STATE",
  );
  assert.is(
    codeOf(() => replayed(smallState().slice(0, 2))),
    "TRUNCATED_STATE",
  );
  const [block = new Uint8Array()] = writeEntry(page(0, "x".repeat(600_000)));
  assert.is(
    codeOf(() => replayed([{ offset: 0n, value: block }])),
    "TRUNCATED_STATE",
  );
});

it("refuses the state of others, or of another shape", () => {
  const read = (shape: object): string => codeOf(() => replayed(smallState(), 0n, { ...SHAPE, ...shape }));
  assert.is(read({ app: "bank" }), "OTHER_APP");
  assert.is(read({ partitions: 6 }), "PARTITIONS_CHANGED");
  assert.is(read({ shards: 3 }), "SHARDS_CHANGED");
  const foreign = logOf([sealed(1, [], { app: "bank" })]);
  assert.throws(
    () => replayed(foreign),
    /offset 0 of partition 1 of "shop-state" is that of the app "bank", not of "shop"/,
  );
});

/** What a log amounts to, as far as a service would notice; or the code of the refusal. */
function meaningOf(log: readonly Logged[]): string {
  let meaning = "";
  const code = codeOf(() => {
    const replay = replayed(log);
    meaning = JSON.stringify([textsOf(replay), replay.last?.checkpoint]);
  });
  return code === "" ? meaning : code;
}

const REFUSALS = ["FOREIGN_STATE", "TRUNCATED_STATE", "DAMAGED_STATE", "NEWER_STATE"];

it("every bit of a small state that is turned over is noticed", () => {
  const whole = smallState();
  for (const [index, { offset, value }] of whole.entries()) {
    for (let bit = 0; bit < 8 * (value?.length ?? 0); bit += 1) {
      const changed = Uint8Array.from(value ?? []);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      const code = meaningOf(whole.map((each, at) => (at === index ? { offset, value: changed } : each)));
      assert.ok(REFUSALS.includes(code), `bit ${bit} of record ${index}: ${code}`);
    }
  }
});

it("records cut short at any byte, left out, doubled or swapped are refused, or change nothing", () => {
  const whole = smallState();
  const meaning = meaningOf(whole);
  const check = (log: readonly Logged[], what: string): void => {
    const found = meaningOf(log);
    assert.ok(found === meaning || REFUSALS.includes(found), `${what}: ${found}`);
  };
  for (const [index, { offset, value }] of whole.entries()) {
    for (let length = 0; length < (value?.length ?? 0); length += 1) {
      const cut = { offset, value: (value ?? new Uint8Array()).subarray(0, length) };
      assert.ok(REFUSALS.includes(meaningOf(whole.map((each, at) => (at === index ? cut : each)))));
    }
  }
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(whole.length - 1), (one, other) => {
      const [first, second] = [whole[one] as Logged, whole[other] as Logged];
      check(
        whole.filter((_, at) => at !== one && at !== other),
        `without ${one} and ${other}`,
      );
      check(
        whole.flatMap((each, at) => (at === one ? [each, second] : [each])),
        `${other} again after ${one}`,
      );
      const swapped = whole.map((each, at) => (at === one ? second : at === other ? first : each));
      check(swapped, `${one} and ${other} swapped`);
    }),
    { numRuns: 300 },
  );
});

it.run();
