// Limits on all keys together: how many are held, and how many bytes they take.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LimitError } from "../../lib/core/errors.ts";
import type { KeyedMatcher, MatcherLimits, Outcome } from "../../lib/matching/matcher.ts";
import { bytesOf } from "../../lib/matching/weight.ts";
import { matcherOf, matchesOf } from "./drive.ts";

const it = suite("limits on all keys together");

function sendTo(matcher: KeyedMatcher): (key: string, type: string, more?: object, at?: number) => readonly Outcome[] {
  let offset = 0;
  return (key, type, more = {}, at = offset + 1) => {
    offset += 1;
    return matcher.onEvent(key, {
      value: { type, ...more },
      at,
      origin: { topic: "t", partition: 0, offset: BigInt(offset) },
    });
  };
}

const shown = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.map((each) =>
    each.kind === "limitReached" ? `${each.limit} ${each.action} ${each.key} ${each.count}` : each.kind,
  );

it("holds no more keys than maxKeys: the one too many is dropped, or the one whose oldest run began first", () => {
  const said = (limits: Partial<MatcherLimits>): readonly (readonly string[])[] => {
    const send = sendTo(matcherOf("a ~ b", { limits: { maxKeys: 2, ...limits } }));
    return [send("x", "a"), send("y", "a"), send("x", "a"), send("z", "a"), send("x", "b"), send("z", "b")].map(shown);
  };
  assert.equal(said({}), [[], [], [], ["maxKeys quarantined z 1"], ["match", "match"], []]);
  assert.equal(said({ onLimit: "dropOldest" }), [[], [], [], ["maxKeys droppedOldest x 2"], [], ["match"]]);
});

it("says so before it fails, names limit and key, and goes on without that key", () => {
  const matcher = matcherOf("a b", { limits: { maxKeys: 1, onLimit: "fail" } });
  const send = sendTo(matcher);
  send("x", "a");
  assert.throws(
    () => send("y", "a"),
    (error: Error) => error instanceof LimitError && /passed maxKeys = 1 for key y\. /.test(error.message),
  );
  assert.equal([matcher.counts().keys, matcher.counts().dropped], [1, 0]);
  assert.is(matchesOf(send("x", "b")).length, 1);
});

it("lets go of what is dead before anything is dropped", () => {
  const matcher = matcherOf("a b | within 5", { limits: { maxKeys: 2 } });
  const send = sendTo(matcher);
  assert.equal(
    [...Array(20).keys()].flatMap((index) => send(`k${index}`, "a", {}, 1 + 3 * index)),
    [],
  );
});

it("drops of keys that are as old the first in order, and one that is only quiet if there is no other", () => {
  const matcher = matcherOf("a b", { limits: { maxKeys: 3, onLimit: "dropOldest" } });
  const send = sendTo(matcher);
  for (const key of ["q", "p", "r"]) send(key, "a", {}, 1);
  assert.equal(shown(send("z", "a", {}, 1)), ["maxKeys droppedOldest p 1"]);
  const quiet = sendTo(matcherOf("a | oncePer 50", { limits: { maxKeys: 1, onLimit: "dropOldest" } }));
  assert.equal([shown(quiet("x", "a")), shown(quiet("y", "a"))], [["match"], ["match", "maxKeys droppedOldest y 0"]]);
  assert.equal([shown(quiet("x", "a")), shown(quiet("y", "a"))], [[], ["match", "maxKeys droppedOldest y 0"]]);
});

it("reports held matches of a key that is dropped", () => {
  const send = sendTo(
    matcherOf("a b+ | within 50 skip pastLast ordered", { limits: { maxKeys: 1, onLimit: "dropOldest" } }),
  );
  send("x", "a", {}, 1);
  send("x", "a", {}, 2);
  const dropped = send("y", "a", {}, 3);
  assert.equal(shown(dropped), ["maxKeys droppedOldest x 2"]);
});

it("takes no more memory than maxStateBytes allows", () => {
  const text = "long ".repeat(200);
  for (const onLimit of ["quarantine", "dropOldest"] as const) {
    const matcher = matcherOf("a b", { limits: { maxStateBytes: 100_000, onLimit } });
    const send = sendTo(matcher);
    let said: readonly Outcome[] = [];
    for (let key = 0; key < 300; key += 1) said = [...said, ...send(`k${key}`, "a", { text })];
    const { stateBytes, keys, dropped } = matcher.stats();
    assert.ok(stateBytes <= 100_000 && stateBytes > 80_000, `${stateBytes} bytes`);
    assert.ok(keys > 60 && keys < 100, `${keys} keys`);
    assert.equal([dropped, said.length, keys + dropped], [said.length, said.length, 300]);
    const action = onLimit === "quarantine" ? "quarantined" : "droppedOldest";
    assert.is(shown(said)[0], `maxStateBytes ${action} ${onLimit === "quarantine" ? `k${keys}` : "k0"} 1`);
    assert.is(send("k299", "b").length, onLimit === "quarantine" ? 0 : 1);
  }
});

it("weighs what was restored, and gives back what is dropped", () => {
  const text = "long ".repeat(200);
  const matcher = matcherOf("a b");
  const send = sendTo(matcher);
  for (let key = 0; key < 50; key += 1) send(`k${key}`, "a", { text });
  const full = matcher.stats().stateBytes;
  assert.ok(full > 50_000, `${full} bytes`);
  const tight = matcherOf("a b", { limits: { maxStateBytes: full / 2 } });
  tight.restore(matcher.save());
  assert.is(tight.stats().stateBytes, full);
  assert.match(shown(sendTo(tight)("k0", "a", {}, 60))[0] ?? "", /^maxStateBytes quarantined k0 2$/);
  for (let key = 0; key < 50; key += 1) send(`k${key}`, "b");
  assert.is(matcher.stats().stateBytes, 0);
});

it("says about what a value takes", () => {
  const boom = {
    get x(): never {
      throw new Error("boom");
    },
  };
  const ring: { self?: unknown } = {};
  ring.self = ring;
  assert.equal(
    [1, null, "four", 2n, { a: 1 }, [1, 2], new Map([["k", 1]]), new Set([1]), new Uint8Array(100), boom].map(bytesOf),
    [8, 8, 28, 32, 40, 48, 32 + 25 + 8, 40, 196, 32],
  );
  assert.is(bytesOf(ring), 32_000, "it looks at so many parts at most");
});

it.run();
