// The matcher where there is very much of something, and where events cannot be read. Times are generous: what is meant is
// the difference between seconds and hours.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { KeyedMatcher, Outcome } from "../../lib/matching/matcher.ts";
import { feed, matcherOf, matchesOf, throughJson } from "./drive.ts";
import { type HandRecord, WAITS_FOR_B, writeRow } from "./write-rows.ts";

const it = suite("matcher, at the extremes");

const UNLIMITED = { maxMatchesPerEvent: 1e9, maxRunsPerKey: 1e9, maxNodesPerKey: 1e9 };

function send(matcher: KeyedMatcher, value: object, offset: number, at: number): readonly Outcome[] {
  return matcher.onEvent("k", { value, at, origin: { topic: "t", partition: 0, offset: BigInt(offset) } });
}

/** Sends the types in turn, times and offsets from `from`. */
function sendAll(matcher: KeyedMatcher, types: readonly string[], from = 1): readonly Outcome[] {
  return types.flatMap((type, index) => send(matcher, { type, v: from + index }, from + index, from + index));
}

function secondsOf(act: () => void): number {
  const from = performance.now();
  act();
  return (performance.now() - from) / 1_000;
}

it("saves a run of very many events at the cost of each once", () => {
  const matcher = matcherOf("a b+^ c", { limits: UNLIMITED });
  sendAll(matcher, ["a", ...Array<string>(60_000).fill("b")]);
  const next = matcherOf("a b+^ c", { limits: UNLIMITED });
  assert.ok(secondsOf(() => next.restore(throughJson(matcher.save()))) < 10);
  assert.is(sendAll(next, ["c"], 60_002).length, 1);
});

it("orders matches that share nearly all of what they took at the cost of what they do not share", () => {
  const matcher = matcherOf("a b+ c", { limits: { maxMatchesPerEvent: 1 } });
  sendAll(matcher, ["a", ...Array<string>(8_000).fill("b")]);
  let said: readonly Outcome[] = [];
  assert.ok(secondsOf(() => (said = sendAll(matcher, ["c"], 8_002))) < 10);
  assert.equal(
    said.map((outcome) => (outcome.kind === "match" ? outcome.taken.length : outcome.kind)),
    [8_002, "limitReached"],
  );
});

it("drops very many of the oldest at once", () => {
  const matcher = matcherOf("a ~ b ~ c", { limits: { maxRunsPerKey: 9_000, onLimit: "dropOldest" } });
  sendAll(matcher, Array<string>(9_000).fill("a"));
  assert.ok(secondsOf(() => void sendAll(matcher, ["b"], 9_001)) < 10);
  assert.equal([matcher.counts().runs, matcher.counts().oldestFirstAt], [9_000, 4_501]);
});

it("drops the oldest at the cost of the records, even if someone made up a state with more runs than could ever be counted", () => {
  const limits = { maxRunsPerKey: 100, onLimit: "dropOldest" } as const;
  const matcher = matcherOf("a b", { limits });
  sendAll(matcher, ["a", "a"]);
  const records: HandRecord[] = [
    [0, 0, 0],
    [0, 0, 1],
  ];
  while (records.length < 300) records.push([records.length, records.length - 1]);
  const events = [1, 2].map((at) => ({ at, offset: BigInt(at), value: { type: "a" } }));
  const groups = [{ state: WAITS_FOR_B, runs: [records.length] }];
  matcher.restore({ ...matcher.save(), rows: [writeRow({ key: "k", records, events, groups })] });
  assert.ok(matcher.counts().runs > 1e60);
  assert.equal(
    sendAll(matcher, ["a"], 3).map((outcome) => outcome.kind === "limitReached" && outcome.action),
    ["droppedOldest"],
  );
  assert.equal([matcher.counts().runs, matcher.counts().oldestFirstAt], [1, 3]);
});

it("counts those that outlive the window when it drops the oldest", () => {
  const matcher = matcherOf("a !n..9 | within 2", { limits: { maxRunsPerKey: 2, onLimit: "dropOldest" } });
  const said = sendAll(matcher, ["a", "x", "a", "x", "a"]);
  assert.equal(
    said.map((outcome) => outcome.kind === "limitReached" && outcome.count),
    [1],
  );
  assert.is(matcher.counts().oldestFirstAt, 3);
});

it("drops no more of the oldest than it must, for each way in which runs are kept", () => {
  for (const wait of ["b", "b[v=a.v]", "b[v>a.v & v>a.v]"]) {
    const limits = { maxNodesPerKey: 5, onLimit: "dropOldest" } as const;
    const matcher = matcherOf(`a x+ ; ${wait}`, { limits });
    // a1 x2 is two events, a3 one; then x4 makes it four for a1 and a3, x5 six.
    const said = sendAll(matcher, ["a", "a", "a", "a", "a", "a"]);
    assert.equal(
      said.map((outcome) => outcome.kind === "limitReached" && [outcome.limit, outcome.action, outcome.count]),
      [["maxNodesPerKey", "droppedOldest", 1]],
    );
    assert.is(matcher.stats().oldestFirstAt, 2);
  }
});

it("says very many time-outs, and very many matches, of one instant", () => {
  const many = 150_000;
  const lapsing = matcherOf("a b | within 10", { limits: UNLIMITED, timedOut: "all" });
  const matching = matcherOf("a b", { limits: UNLIMITED });
  for (let offset = 1; offset <= many; offset++)
    for (const matcher of [lapsing, matching]) send(matcher, { type: "a" }, offset, 1);
  assert.is(lapsing.advanceTo(11).length, many);
  assert.is(send(matching, { type: "b" }, many + 1, 1).length, many);
});

/** An event whose `v` throws when it is read. */
function unreadable(type: string): object {
  return Object.defineProperty({ type }, "v", {
    get: () => {
      throw new Error("not to be read");
    },
  });
}

it("asks runs whose value cannot be read, each time, and finds the others", () => {
  for (const test of ["v=a.v", "v>=a.v", "not(v<a.v)"]) {
    const matcher = matcherOf(`a b[${test}]`);
    send(matcher, unreadable("a"), 1, 1);
    send(matcher, { type: "a", v: 2 }, 2, 2);
    assert.equal(
      send(matcher, { type: "x", v: 2 }, 3, 3).map(({ kind }) => kind),
      [],
    );
    for (const offset of [4, 5]) {
      const said = send(matcher, { type: "b", v: offset === 4 ? 2 : 1 }, offset, offset);
      assert.equal(matchesOf(said), offset === 4 ? ["a2 b4@4"] : []);
      const failed = said.flatMap((each) => (each.kind === "functionFailed" ? [`${each.step}: ${each.message}`] : []));
      assert.equal(failed, ["b: not to be read"]);
    }
    assert.is(matcher.counts().runs, 1);
  }
});

it("takes a value that cannot be read for a broken absence, and does not ask runs that are over", () => {
  const absent = matcherOf("a !n:b[v=a.v].. c | within 5");
  send(absent, unreadable("a"), 1, 1);
  send(absent, { type: "a", v: 7 }, 2, 5);
  assert.equal(
    send(absent, { type: "b", v: 2 }, 3, 5).map(({ kind }) => kind),
    ["functionFailed"],
  );
  assert.equal(matchesOf(send(absent, { type: "c" }, 4, 5)), ["a2 c4@5"]);
  const over = matcherOf("a b[v=a.v] | within 5");
  send(over, unreadable("a"), 1, 1);
  send(over, { type: "a", v: 7 }, 2, 5);
  assert.equal(send(over, { type: "b", v: 2 }, 3, 6), []);
});

it("does not read the event for a test that is not asked", () => {
  const matcher = matcherOf("a !n:d.. b+/[v=a.v] c");
  send(matcher, { type: "a", v: 1 }, 1, 1);
  assert.equal(send(matcher, unreadable("d"), 2, 2), []);
});

it("says how many runs are open without walking over them", () => {
  const matcher = matcherOf("a c | within 1000000", { limits: UNLIMITED });
  sendAll(matcher, Array<string>(100_000).fill("a"));
  let runs = 0;
  for (let look = 0; look < 1_000; look++) runs = matcher.counts().runs;
  assert.is(runs, 100_000);
});

it("calls no function that no run asks, though runs are kept by value", () => {
  // What the absence forbids to all runs that live is not asked about the step behind it.
  const kinds = (options: string, stream: string) =>
    feed(matcherOf(`x:^ab !n:c[v<x.v] y:c[boom]${options}`), stream).map(({ kind }) => kind);
  assert.equal(kinds("", "d=1 c=0!"), []);
  assert.equal(kinds("", "d=1 d=2 c=0!"), ["functionFailed"], "the first has let an event pass");
  assert.equal(kinds("", "d=1@1 d=5@8 c=3!@15"), ["functionFailed"]);
  assert.equal(kinds(" | within 10", "d=1@1 d=5@8 c=3!@15"), [], "the first is over");
});

it.run();
