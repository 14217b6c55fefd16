// Freezing a matcher: frozen and thawed anywhere, it goes on as if nothing had happened.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { atOnce } from "../../lib/core/slices.ts";
import type { Key } from "../../lib/event/key.ts";
import { compile, pattern } from "../../lib/index.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcher, MatcherState } from "../../lib/matching/matcher.ts";
import { pageOf } from "../../lib/matching/saving.ts";
import type { Delta, Page } from "../../lib/state/entry.ts";
import { freezerOf } from "../../lib/state/freeze.ts";
import { valuesToBytes } from "../../lib/state/value-writer.ts";
import { type RowsOfState, readRows } from "../matching/read-rows.ts";
import { codeOf, delta, page, piecesOf } from "./kit.ts";

const it = suite("state, freezing");

type Order = { type: "order" | "paid" | "other"; id: number };
const unpaid = pattern<Order>("unpaid").begin("order").on("order").notFollowedBy("paid").on("paid").within("20ms");
const newMatcher = (): KeyedMatcher => createKeyedMatcher(compile(unpaid));
const pair = pattern<Order>("pair").begin("order").on("order").followedBy("paid").on("paid").within("20ms");
const newPair = (): KeyedMatcher => createKeyedMatcher(compile(pair));
/** Whose runs end by deadlines, by time alone, by what is skipped, and after a while in which nothing is said. */
const MATCHERS = [unpaid, pair, pair.skip("pastLast"), pair.oncePer("7ms")].map(
  (each) => (): KeyedMatcher => createKeyedMatcher(compile(each)),
);

const events = fc.array(
  fc.record({
    type: fc.constantFrom("order", "paid", "other"),
    key: fc.constantFrom("a", "b", "c", "d", "e"),
    gap: fc.nat(9),
    /** Frozen before it: with these pages whole. */
    freeze: fc.option(fc.oneof(fc.constant("all" as const), fc.array(fc.nat(255), { maxLength: 3 }))),
    /** And what was frozen so far is thawed. */
    isThawed: fc.boolean(),
  }),
  { maxLength: 60 },
);

it("frozen and thawed between any events, and with any pages rewritten, a matcher says the same", () => {
  fc.assert(
    fc.property(events, fc.constantFrom(...MATCHERS), (list, newOne) => {
      const said = (isFrozen: boolean): readonly string[] => {
        let matcher = newOne();
        let freezer = freezerOf(matcher);
        const log: (Page | Delta)[] = [];
        let at = 0;
        return list.flatMap(({ type, key, gap, freeze, isThawed }, index) => {
          if (isFrozen && freeze !== null) {
            log.push(...piecesOf(freezer.freeze(freeze)));
            if (isThawed) {
              const before = matcher.save();
              matcher = newOne();
              freezer = freezerOf(matcher);
              atOnce(freezer.thaw(log, "here"));
              assert.equal(inOrder(matcher.save()), inOrder(before));
            }
          }
          at += gap;
          const origin = { topic: "t", partition: 0, offset: BigInt(index) };
          return matcher
            .onEvent(key, { value: { type, id: index }, at, origin })
            .map((each) => JSON.stringify([each.kind, each.key, each.at, "id" in each && each.id]));
        });
      };
      assert.equal(said(true), said(false));
    }),
    { numRuns: 2_000 },
  );
});

/** Rows have no order of their own. */
function inOrder(state: MatcherState): unknown {
  const rows = (state["rows"] as readonly RowsOfState[]).flatMap(readRows);
  return { ...state, rows: rows.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

function send(matcher: KeyedMatcher, key: Key, at: number): void {
  matcher.onEvent(key, { value: { type: "order", id: 1 }, at, origin: { topic: "t", partition: 0, offset: 0n } });
}

it("writes a page whole when one of its keys is new, then what changes, and nothing if nothing does", () => {
  const matcher = newMatcher();
  const freezer = freezerOf(matcher);
  const frozen = (whole: readonly number[] | "all" = []): readonly [string, number] => {
    const { delta: change, pages } = atOnce(freezer.freeze(whole));
    return [change === null ? "" : "delta", pages.length];
  };
  assert.equal(
    [frozen(), frozen(), frozen([7]), frozen("all"), frozen()],
    [
      ["delta", 1],
      ["", 0],
      ["delta", 1],
      ["delta", 2],
      ["", 0],
    ],
  );
  send(matcher, "a", 5);
  assert.equal(
    [frozen(), frozen()],
    [
      ["delta", 1],
      ["", 0],
    ],
  );
  send(matcher, "a", 6);
  assert.equal(
    [frozen(), frozen()],
    [
      ["delta", 0],
      ["", 0],
    ],
  );
});

it("costs what changed, however many keys there are", () => {
  const matcher = newMatcher();
  const freezer = freezerOf(matcher);
  for (let key = 0; key < 20_000; key += 1) send(matcher, `k${key}`, 5);
  const all = piecesOf(freezer.freeze([])).reduce((sum, { bytes }) => sum + bytes.length, 0);
  send(matcher, "k77", 6);
  const change = piecesOf(freezer.freeze([])).reduce((sum, { bytes }) => sum + bytes.length, 0);
  assert.ok(change < all / 1_000, `${change} of ${all} bytes`);
});

it("names keys that an event has ended, not those that time has, which are over when they are read", () => {
  const matcher = newPair();
  const freezer = freezerOf(matcher);
  const pay = (key: string, at: number): void => {
    matcher.onEvent(key, { value: { type: "paid", id: 1 }, at, origin: { topic: "t", partition: 0, offset: 1n } });
  };
  const goneIn = (log: readonly (Page | Delta)[]): unknown => {
    const [bytes] = log.flatMap((each) => (each.kind === "delta" ? [Buffer.from(each.bytes)] : []));
    return bytes === undefined ? null : JSON.parse(bytes.subarray(4, 4 + bytes.readUInt32LE()).toString()).gone;
  };
  for (const key of ["a", "b", "c"]) send(matcher, key, 5);
  const log = [...piecesOf(freezer.freeze([]))];
  pay("a", 6);
  // Looks at others, and finds them over.
  for (const key of ["d", "e", "f", "g"]) send(matcher, key, 30);
  log.push(...piecesOf(freezer.freeze([])));
  assert.equal(goneIn(log.slice(-5)), ["s1:a"]);
  assert.is(matcher.counts().keys, 4);
  const again = newPair();
  atOnce(freezerOf(again).thaw(log, "here"));
  assert.equal(inOrder(again.save()), inOrder(matcher.save()));
});

it("takes its time for many keys, and whoever asks for counts meanwhile changes nothing", () => {
  const matcher = newPair();
  for (let key = 0; key < 3_000; key += 1) send(matcher, `k${key}`, key < 2_000 ? 5 : 100);
  const work = freezerOf(matcher).freeze("all");
  let slices = 0;
  for (let next = work.next(); ; next = work.next()) {
    matcher.counts();
    slices += 1;
    if (next.done !== true) continue;
    const { value } = next;
    const again = newPair();
    // biome-ignore lint/correctness/useYield: it is done already
    const done = (function* () {
      return value;
    })();
    atOnce(freezerOf(again).thaw(piecesOf(done), "here"));
    assert.is(again.counts().keys, 1_000);
    assert.equal(inOrder(again.save()), inOrder(matcher.save()));
    break;
  }
  assert.ok(slices > 100, `${slices} slices`);
});

/** What format 3 looks like: of a delta, or of a page with its number, the bytes in hex, a line each. Never changed; a new format gets its own file. */
const GOLDEN = readFileSync("spec/fixtures/state/frozen-3.txt", "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(" "));

/** What the golden file was written of: keys of all kinds; one of them is gone again. */
function goldenPieces(): { readonly matcher: KeyedMatcher; readonly log: readonly (Page | Delta)[] } {
  const matcher = newMatcher();
  const freezer = freezerOf(matcher);
  for (const [index, key] of ["a", "ä", 7, 12n, true, ["x", 1], "gone"].entries()) send(matcher, key as Key, 5 + index);
  const first = piecesOf(freezer.freeze("all"));
  send(matcher, 7, 15);
  const origin = { topic: "other", partition: 9, offset: 2n ** 53n + 1n };
  matcher.onEvent("gone", { value: { type: "paid", id: 1 }, at: 16, origin });
  return { matcher, log: [...first, ...piecesOf(freezer.freeze([]))] };
}

it("reads and writes the golden file of format 3", () => {
  const { matcher, log } = goldenPieces();
  const lines = log.map((each) => [
    each.kind === "page" ? `${each.page}` : "delta",
    Buffer.from(each.bytes).toString("hex"),
  ]);
  assert.equal(lines, GOLDEN);
  const read = GOLDEN.map(([kind = "", hex = ""]) =>
    kind === "delta"
      ? delta("", { bytes: Buffer.from(hex, "hex") })
      : page(Number(kind), "", { bytes: Buffer.from(hex, "hex") }),
  );
  const again = newMatcher();
  atOnce(freezerOf(again).thaw(read, "here"));
  assert.equal(inOrder(again.save()), inOrder(matcher.save()));
  assert.is(again.counts().keys, 6);
});

/** Each with its length before it. */
function parts(...all: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    all.map((each) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.from(each).length);
      return Buffer.concat([length, Buffer.from(each)]);
    }),
  );
}

it("refuses what it did not write, and starts empty where nothing was saved", () => {
  const thaw = (...log: readonly (Page | Delta)[]): string =>
    codeOf(() => atOnce(freezerOf(newMatcher()).thaw(log, "here")));
  const full = newMatcher();
  send(full, "a", 5);
  const { bytes, values } = full.saving.saveRows(full.saving.rowsOn(pageOf("a")), 0);
  const own = pageOf("a");
  const beside = valuesToBytes(values);
  const pageWith = (number: number, ...all: readonly (string | Uint8Array)[]): Page =>
    page(number, "", { bytes: parts(...all) });
  const deltaWith = (...all: readonly (string | Uint8Array)[]): Delta => delta("", { bytes: parts(...all) });
  const head = deltaWith(JSON.stringify({ state: full.saving.head(), gone: [] }));
  assert.equal([thaw(head, pageWith(own, "", bytes, beside)), thaw(head), thaw()], ["", "", ""]);
  assert.equal(
    [
      thaw(pageWith(own, "", bytes, beside)),
      thaw(head, page(own, "")),
      thaw(head, page(own, "abc")),
      thaw(head, page(own, "", { bytes: parts("", bytes, beside).subarray(0, -1) })),
      thaw(head, pageWith(own, "", bytes)),
      thaw(head, pageWith(own, "", bytes, valuesToBytes([{}]))),
      thaw(head, pageWith(own, "", bytes, beside.subarray(1))),
      thaw(head, pageWith(own, "", bytes, Uint8Array.of(0xff))),
      thaw(head, pageWith(own + 1, "", bytes, beside)),
      thaw(head, page(256, "", { bytes: parts("") })),
      thaw(deltaWith("null")),
      thaw(deltaWith("")),
      thaw(deltaWith('{"state":{},"gone":["x"]}')),
    ],
    Array(13).fill("DAMAGED_STATE"),
  );
  assert.is(thaw(deltaWith('{"state":{},"gone":[]}')), "UNKNOWN_FORMAT");
  const broken = [
    pageWith(own, "", bytes, ""),
    pageWith(own, "", bytes, valuesToBytes(["a", {}, {}])),
    pageWith(own, "", bytes.subarray(1), beside),
    pageWith(own, "", bytes, beside, bytes, beside),
  ];
  assert.equal(
    broken.map((each) => thaw(head, each)),
    Array(4).fill("DAMAGED_STATE"),
  );
});

it("a page or delta that was changed at any byte is refused, or thawed as it is", () => {
  const { log } = goldenPieces();
  const seen = { refused: 0, taken: 0 };
  for (const [index, piece] of log.entries()) {
    for (let at = 0; at < piece.bytes.length; at += 1) {
      const bytes = Uint8Array.from(piece.bytes);
      bytes[at] = (bytes[at] as number) ^ 0x55;
      const changed = log.map((each, place) => (place === index ? { ...each, bytes } : each));
      const code = codeOf(() => atOnce(freezerOf(newMatcher()).thaw(changed, "here")));
      assert.ok(["", "DAMAGED_STATE", "BROKEN_STATE", "UNKNOWN_FORMAT", "OTHER_PATTERN"].includes(code), code);
      seen[code === "" ? "taken" : "refused"] += 1;
    }
  }
  assert.ok(seen.refused > 100 && seen.taken > 100, JSON.stringify(seen));
});

it.run();
