// Freezing a matcher: frozen and thawed anywhere, it goes on as if nothing had happened.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, pattern } from "../../lib/index.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcher, MatcherState } from "../../lib/matching/matcher.ts";
import { pageOf } from "../../lib/matching/saved.ts";
import type { Delta, Page } from "../../lib/state/entry.ts";
import { freezerOf } from "../../lib/state/freeze.ts";
import { codeOf, delta, page, piecesOf } from "./kit.ts";

const it = suite("state, freezing");

type Order = { type: "order" | "paid" | "other"; id: number };
const unpaid = pattern<Order>("unpaid").begin("order").on("order").notFollowedBy("paid").on("paid").within("20ms");
const newMatcher = (): KeyedMatcher => createKeyedMatcher(compile(unpaid));

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
    fc.property(events, (list) => {
      const said = (isFrozen: boolean): readonly string[] => {
        let matcher = newMatcher();
        let freezer = freezerOf(matcher);
        const log: (Page | Delta)[] = [];
        let at = 0;
        return list.flatMap(({ type, key, gap, freeze, isThawed }, index) => {
          if (isFrozen && freeze !== null) {
            log.push(...piecesOf(freezer.freeze(freeze)));
            if (isThawed) {
              const before = matcher.save();
              matcher = newMatcher();
              freezer = freezerOf(matcher);
              freezer.thaw(log, "here");
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
    { numRuns: 1_000 },
  );
});

/** Rows have no order of their own. */
function inOrder(state: MatcherState): unknown {
  const rows = state["rows"] as readonly { readonly key: string }[];
  return { ...state, rows: [...rows].sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

function send(matcher: KeyedMatcher, key: string, at: number): void {
  matcher.onEvent(key, { value: { type: "order", id: 1 }, at, origin: { topic: "t", partition: 0, offset: 0n } });
}

it("writes a page whole when one of its keys is new, then what changes, and nothing if nothing does", () => {
  const matcher = newMatcher();
  const freezer = freezerOf(matcher);
  const frozen = (whole: readonly number[] | "all" = []): readonly [string, number] => {
    const { delta: change, pages } = freezer.freeze(whole);
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

it("refuses what it did not write, and starts empty where nothing was saved", () => {
  const thaw = (...log: readonly (Page | Delta)[]): string => codeOf(() => freezerOf(newMatcher()).thaw(log, "here"));
  const head = delta(JSON.stringify({ state: { ...newMatcher().save(), rows: [] }, gone: [] }));
  const row = { key: "s1:a" };
  const own = pageOf(row.key);
  assert.equal(
    [
      thaw(page(0, "[]")),
      thaw(page(0, "{}"), head),
      thaw(page(0, "["), head),
      thaw(page(0, "[null]"), head),
      thaw(page(own + 1, JSON.stringify([row])), head),
      thaw(page(0, "", { bytes: Uint8Array.of(0xff) }), head),
      thaw(delta("null")),
      thaw(delta('{"state":{"rows":[]},"gone":["x"]}')),
    ],
    Array(8).fill("DAMAGED_STATE"),
  );
  assert.is(thaw(delta('{"state":{"rows":[]},"gone":[]}')), "UNKNOWN_FORMAT");
  assert.is(thaw(page(own, JSON.stringify([row])), head), "BROKEN_STATE");
  assert.equal([thaw(head), thaw()], ["", ""]);
});

it.run();
