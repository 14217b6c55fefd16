// Freezing a matcher: frozen and thawed anywhere, it goes on as if nothing had happened.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, pattern } from "../../lib/index.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcher } from "../../lib/matching/matcher.ts";
import { freezeWhole } from "../../lib/state/freeze.ts";
import { codeOf, delta, page } from "./kit.ts";

const it = suite("state, freezing");

type Order = { type: "order" | "paid" | "other"; id: number };
const unpaid = pattern<Order>("unpaid").begin("order").on("order").notFollowedBy("paid").on("paid").within("20ms");
const newMatcher = (): KeyedMatcher => createKeyedMatcher(compile(unpaid));

const events = fc.array(
  fc.record({ type: fc.constantFrom("order", "paid", "other"), key: fc.constantFrom("a", "b"), gap: fc.nat(15) }),
  { maxLength: 30 },
);

it("frozen and thawed between any two events, a matcher says the same", () => {
  fc.assert(
    fc.property(events, fc.nat(30), (list, cut) => {
      const said = (cutAt: number): readonly string[] => {
        let matcher = newMatcher();
        let at = 0;
        return list.flatMap(({ type, key, gap }, index) => {
          if (index === cutAt) {
            const { pages } = freezeWhole(matcher).freeze("all");
            matcher = newMatcher();
            freezeWhole(matcher).thaw(
              pages.map(({ page: number, bytes }) => page(number, "", { bytes })),
              "here",
            );
          }
          at += gap;
          const origin = { topic: "t", partition: 0, offset: BigInt(index) };
          return matcher
            .onEvent(key, { value: { type, id: index }, at, origin })
            .map((each) => JSON.stringify([each.kind, each.key, each.at, "id" in each && each.id]));
        });
      };
      assert.equal(said(cut), said(-1));
    }),
    { numRuns: 500 },
  );
});

it("writes a page only if it is another one, or wanted whole", () => {
  const matcher = newMatcher();
  const freezer = freezeWhole(matcher);
  const event = { value: { type: "order", id: 1 }, at: 5, origin: { topic: "t", partition: 0, offset: 0n } };
  const frozen = (whole: readonly number[] | "all" = []): number => freezer.freeze(whole).pages.length;
  assert.equal([frozen(), frozen(), frozen([0]), frozen("all"), frozen()], [1, 0, 1, 1, 0]);
  matcher.onEvent("a", event);
  const { pages, delta: change } = freezer.freeze([]);
  assert.equal([pages.length, change, frozen()], [1, null, 0]);
  const other = freezeWhole(newMatcher());
  other.thaw([page(0, "", { bytes: pages[0]?.bytes ?? Buffer.from("") })], "here");
  assert.is(other.freeze([]).pages.length, 0);
});

it("refuses what it did not write, and starts empty where nothing was saved", () => {
  const thaw = (...pieces: Parameters<ReturnType<typeof freezeWhole>["thaw"]>[0]): string =>
    codeOf(() => freezeWhole(newMatcher()).thaw(pieces, "here"));
  assert.equal(
    [thaw(delta("x")), thaw(page(1, "{}")), thaw(page(0, "{}"), page(0, "{}"))],
    Array(3).fill("DAMAGED_STATE"),
  );
  assert.is(thaw(page(0, "{")), "DAMAGED_STATE");
  assert.is(thaw(page(0, "", { bytes: Uint8Array.of(0xff) })), "DAMAGED_STATE");
  assert.is(thaw(page(0, "{}")), "UNKNOWN_FORMAT");
  assert.is(thaw(), "");
});

it.run();
