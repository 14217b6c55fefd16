// What a matcher promises beside the matches themselves (agreement.spec.ts): limits, failing functions, time-outs,
// identity, what it tells of itself.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LimitError } from "../../lib/core/errors.ts";
import type { FunctionFailed, KeyedMatcherOptions, LimitReached, Match, Outcome } from "../../lib/matching/matcher.ts";
import { extend, inOrder, type PlacedEvent, type Tail } from "../../lib/matching/run.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { feed, matcherOf, matchesOf, throughJson, timedOutOf } from "./drive.ts";

const it = suite("grouped matcher");

const limits = (outcomes: readonly Outcome[]): readonly LimitReached[] =>
  outcomes.filter((outcome) => outcome.kind === "limitReached");
const failures = (outcomes: readonly Outcome[]): readonly FunctionFailed[] =>
  outcomes.filter((outcome) => outcome.kind === "functionFailed");
const matches = (outcomes: readonly Outcome[]): readonly Match[] =>
  outcomes.filter((outcome) => outcome.kind === "match");

it("gives a match its events by step, its times and where they came from", () => {
  const [match] = matches(feed(matcherOf("a b+ c? | within 10 skip pastLast"), "a=1 b=2 b=3"));
  assert.equal(match?.events, { a: { type: "a", v: 1 }, b: [{ type: "b", v: 2 }], c: undefined });
  assert.equal(match?.value, match?.events);
  assert.equal([match?.at, match?.firstAt, match?.lastAt, match?.key], [2, 1, 2, "k"]);
  assert.equal(
    match?.taken.map(({ step, index, at, origin }) => [step, index, at, origin.offset]),
    [
      ["a", 0, 1, 1n],
      ["b", 0, 2, 2n],
    ],
  );
});

it("numbers the events of a step", () => {
  const found = matches(feed(matcherOf("a{2} b"), "a a b"));
  assert.equal(
    found[0]?.taken.map(({ step, index }) => `${step}${index}`),
    ["a0", "a1", "b0"],
  );
});

it("gives the value that select made", () => {
  const selector = (m: { readonly a: { readonly v: number } }) => m.a.v * 10;
  assert.equal(matches(feed(matcherOf("a", { selector }), "a=4"))[0]?.value, 40);
});

it("identifies a match by application, pattern, kind, key, roles and origins", () => {
  const idOf = (pattern: string, stream: string, app = "app") =>
    matches(feed(matcherOf(pattern, { app }), stream))[0]?.id;
  const id = idOf("a b", "a b");
  assert.match(id ?? "", /^[0-9a-f]{32}$/);
  assert.is(idOf("a b", "a b c"), id);
  assert.is(idOf("a b", "a=7 b"), id, "what is in the events is not part of it");
  assert.is.not(idOf("a b", "a b", "other"), id);
  assert.is.not(idOf("a x:b", "a b"), id, "another step");
  assert.is.not(idOf("a b", "c a b"), id, "other offsets");
  const [timedOut] = feed(matcherOf("a b | within 5", { timedOut: "all" }), "a");
  const [match] = feed(matcherOf("a !b.. | within 5"), "a");
  assert.is.not((timedOut as Match).id, (match as Match).id, "another kind");
});

it("keeps keys apart", () => {
  const matcher = matcherOf("a b");
  const origin = { topic: "t", partition: 0, offset: 0n };
  const send = (key: string | number, type: string, at: number) =>
    matcher.onEvent(key, { value: { type }, at, origin });
  assert.equal(send(1, "a", 1), []);
  assert.equal(send("1", "b", 2), []);
  assert.is(matches(send(1, "b", 3)).length, 1);
  assert.is(matcher.stats().keys, 0, "a key without open runs is forgotten");
});

it("fires the deadlines of all keys in order of time", () => {
  const matcher = matcherOf("a !b.. | within 10");
  const origin = { topic: "t", partition: 0, offset: 0n };
  for (const [key, at] of [
    ["y", 1],
    ["z", 2],
    ["x", 3],
  ] as const)
    matcher.onEvent(key, { value: { type: "a" }, at, origin });
  assert.equal(
    matches(matcher.advanceTo(12)).map(({ key, at }) => [key, at]),
    [
      ["y", 11],
      ["z", 12],
    ],
  );
  assert.equal(
    matches(matcher.onEvent("q", { value: { type: "c" }, at: 13, origin })).map(({ key }) => key),
    ["x"],
  );
});

it("does nothing when it is told an earlier time", () => {
  const matcher = matcherOf("a !b.. | within 10");
  feed(matcher, "a", 5);
  assert.equal(matcher.advanceTo(4), []);
  assert.equal(matchesOf(matcher.advanceTo(11)), ["a1@11"]);
});

it("refuses events that go back in time: a mistake of its caller", () => {
  const matcher = matcherOf("a");
  feed(matcher, "a@5", 5);
  assert.throws(() => feed(matcher, "a@4", 5), /bug in sequitur: that events come in order of time/);
});

it("reports timed-out runs as it was asked to", () => {
  const stream = "a b@2 a@4";
  const pattern = "a b? c | within 10";
  const timedOut = (report: "none" | "count" | "longest" | "all") => {
    const matcher = matcherOf(pattern, { timedOut: report });
    return [timedOutOf(feed(matcher, stream)), matcher.stats().timedOut];
  };
  assert.equal(timedOut("none"), [[], 0]);
  assert.equal(timedOut("count"), [[], 3]);
  assert.equal(timedOut("longest"), [["a1 b2@11", "a3@14"], 2]);
  assert.equal(timedOut("all"), [["a1@11", "a1 b2@11", "a3@14"], 3]);
});

it("suppresses what follows a match too soon, and counts it", () => {
  const matcher = matcherOf("a | oncePer 5");
  assert.equal(matchesOf(feed(matcher, "a@1 a@3 a@5 a@6 a@10")), ["a1@1", "a4@6"]);
  assert.is(matcher.stats().suppressed, 3);
});

it("remembers what is suppressed across a restore, and forgets the key when it is over", () => {
  const matcher = matcherOf("a | oncePer 5");
  feed(matcher, "a@1", 2);
  const next = matcherOf("a | oncePer 5");
  next.restore(throughJson(matcher.save()));
  assert.is(next.stats().keys, 1);
  assert.equal(matchesOf(feed(next, "a@3", 5)), []);
  next.advanceTo(6);
  assert.is(next.stats().keys, 0);
});

it("quarantines a key that passes maxRunsPerKey: its runs are dropped, it is said, the key starts afresh", () => {
  const matcher = matcherOf("a b", { limits: { maxRunsPerKey: 2 } });
  const outcomes = feed(matcher, "a a a a b a b");
  assert.equal(
    limits(outcomes).map(({ limit, max, action, count, at, key }) => ({ limit, max, action, count, at, key })),
    [{ limit: "maxRunsPerKey", max: 2, action: "quarantined", count: 3, at: 3, key: "k" }],
  );
  assert.is(matcher.stats().dropped, 3);
  assert.equal(matchesOf(outcomes), ["a4 b5@5", "a6 b7@7"]);
});

it("drops the oldest if told so", () => {
  const matcher = matcherOf("a b", { limits: { maxRunsPerKey: 2, onLimit: "dropOldest" } });
  const outcomes = feed(matcher, "a a a b");
  assert.equal(
    limits(outcomes).map(({ action, count }) => [action, count]),
    [["droppedOldest", 1]],
  );
  assert.equal(matchesOf(outcomes), ["a2 b4@4", "a3 b4@4"]);
});

it("fails if told so, naming limit, key and remedy", () => {
  const matcher = matcherOf("a b", { limits: { maxRunsPerKey: 2, onLimit: "fail" } });
  try {
    feed(matcher, "a a a b");
    assert.unreachable("it did not fail");
  } catch (error) {
    assert.instance(error, LimitError);
    assert.match((error as Error).message, /"p" passed maxRunsPerKey = 2 for key k\. Bound it with within/);
  }
});

it("goes on when it has failed, without the runs of that key, and no other key's", () => {
  const matcher = matcherOf("a b", { limits: { maxRunsPerKey: 2, onLimit: "fail" } });
  const failed: unknown[] = [];
  const say = (key: string, types: string) =>
    types.split(" ").flatMap((type) => {
      at += 1;
      try {
        return matcher.onEvent(key, { value: { type }, at, origin: { topic: "", partition: 0, offset: BigInt(at) } });
      } catch (error) {
        failed.push((error as LimitError).code);
        return [];
      }
    });
  let at = 0;
  say("x", "a a");
  for (let round = 0; round < 20; round += 1) {
    say("y", "a a a a");
    const open = [1, 2, 0][round % 3] as number; // the third is one too many
    assert.equal([matcher.inspect("x").length, matcher.inspect("y").length], [2, open]);
  }
  assert.ok(failed.length > 20 && failed.every((code) => code === "LIMIT_REACHED"));
  assert.equal(matchesOf(say("x", "b")), [`a1 b${at}@${at}`, `a2 b${at}@${at}`]);
});

it("counts shared events once against maxNodesPerKey", () => {
  // Open after a1 b2 b3 b4: a1 b2, a1 b2 b3, a1 b2 b3 b4, a1 b2 b4. The last two share b4, as all share a1: four events are held.
  const over = (maxNodesPerKey: number) =>
    limits(feed(matcherOf("a b+~ c", { limits: { maxNodesPerKey } }), "a b b b"));
  assert.equal(over(4), []);
  assert.equal(
    over(3).map(({ limit, max, at }) => [limit, max, at]),
    [["maxNodesPerKey", 3, 4]],
  );
});

it("builds the matches with the latest first events when there are too many, in order, and says how many are missing", () => {
  const matcher = matcherOf("a b", { limits: { maxMatchesPerEvent: 2 } });
  const outcomes = feed(matcher, "a a a a b");
  assert.equal(matchesOf(outcomes), ["a3 b5@5", "a4 b5@5"]);
  assert.equal(
    limits(outcomes).map(({ limit, action, count }) => [limit, action, count]),
    [["maxMatchesPerEvent", "matchesNotBuilt", 2]],
  );
  assert.equal([matcher.stats().matches, matcher.stats().dropped], [2, 2]);
});

it("counts a filter that throws as false in a step, and reports it once per event with the step", () => {
  const matcher = matcherOf("a b[boom] c");
  const outcomes = feed(matcher, "a a b! b c");
  assert.equal(matchesOf(outcomes), ["a1 b4 c5@5", "a2 b4 c5@5"]);
  const [failure, ...others] = failures(outcomes);
  assert.equal(others, []);
  assert.equal(
    [failure?.where, failure?.step, failure?.message, failure?.at, failure?.origin.offset],
    ["filter", "b", "boom", 3, 3n],
  );
  assert.match(failure?.stack ?? "", /boom/);
  assert.is(matcher.stats().failures, 1);
});

it("reports of several filters that throw at an event the first in the pattern, whichever was asked first", () => {
  const matcher = matcherOf("a x:b[boom] y:b[boom]");
  const [failure, ...others] = failures(feed(matcher, "a b a b!"));
  assert.equal([failure?.step, failure?.at, others.length], ["x", 4, 0]);
});

it("counts a filter that throws as true in an absence", () => {
  assert.equal(matchesOf(feed(matcherOf("a !n[boom].. b"), "a n! b a n b")), []);
  assert.equal(matchesOf(feed(matcherOf("a !x:n[boom].. b"), "a m! b")), ["a1 b3@3"], "but only where the tag fits");
});

it("leaves out a match whose select throws, and goes on", () => {
  const selector = (m: { readonly a: { readonly v: number } }) => {
    if (m.a.v === 1) throw new Error("no ones");
    return m.a.v;
  };
  const matcher = matcherOf("a", { selector });
  const outcomes = feed(matcher, "a=1 a=2");
  assert.equal(matchesOf(outcomes), ["a2@2"]);
  assert.equal(
    failures(outcomes).map(({ where, step, message }) => [where, step, message]),
    [["select", "", "no ones"]],
  );
  assert.equal([matcher.stats().matches, matcher.stats().failures], [1, 1]);
});

it("reports whatever a function throws, an Error or not", () => {
  const messageOf = (thrown: unknown) => {
    const selector = () => {
      throw thrown;
    };
    const [failure] = failures(feed(matcherOf("a", { selector }), "a"));
    return [failure?.message, failure?.stack];
  };
  assert.equal(messageOf("no luck"), ["no luck", ""]);
  assert.equal(messageOf(undefined), ["undefined", ""]);
  assert.equal(messageOf(Object.create(null)), ["something that has no text", ""]);
  assert.equal(messageOf(Object.assign(new Error("short"), { stack: undefined })), ["short", ""]);
});

it("shows the open runs of a key", () => {
  const matcher = matcherOf("a b? c | within 10");
  feed(matcher, "a b", 2);
  assert.equal(
    matcher
      .inspect("k")
      .map(({ firstAt, deadline, taken, waitsFor }) => [firstAt, deadline, taken.map(({ step }) => step), waitsFor]),
    [
      [1, 11, ["a"], ["c"]],
      [1, 11, ["a", "b"], ["c"]],
    ],
  );
  assert.equal(matcher.inspect("unknown"), []);
});

it("shows what a run waits for in the order of the pattern, each step once, its end last", () => {
  const waitsFor = (pattern: string, stream: string) => {
    const matcher = matcherOf(pattern);
    feed(matcher, stream, 3);
    return matcher.inspect("k").map((run) => run.waitsFor);
  };
  assert.equal(waitsFor("a b? c", "a"), [["b", "c"]]);
  assert.equal(waitsFor("a (b c?)+ d", "a b"), [["b", "c", "d"]]);
  assert.equal(waitsFor("a b? !n.. | within 10", "a"), [["b", ""]]);
});

it("orders tails by their events, a prefix before what it begins, then by their steps", () => {
  const event = (position: number): PlacedEvent => ({
    value: {},
    at: position,
    origin: { topic: "t", partition: 0, offset: 0n },
    position,
  });
  const tailOf = (...taken: readonly (readonly [position: number, step: number])[]): Tail =>
    taken.reduce<Tail | null>((tail, [position, step]) => extend(tail, step, event(position)), null) as Tail;
  const ordered = [
    tailOf([1, 0]),
    tailOf([1, 1]),
    tailOf([1, 0], [2, 1]),
    tailOf([1, 1], [2, 0]),
    tailOf([1, 0], [2, 1], [3, 2]),
    tailOf([1, 0], [3, 0]),
    tailOf([2, 0]),
  ];
  for (const [place, one] of ordered.entries())
    for (const [other, another] of ordered.entries())
      assert.equal(
        inOrder([one, another], (tail) => tail),
        place <= other ? [one, another] : [another, one],
      );
});

it("says what it holds", () => {
  const matcher = matcherOf("a b c");
  assert.is(matcher.stats().oldestFirstAt, null);
  feed(matcher, "x a b a", 4);
  const { events, keys, runs, nodes, oldestFirstAt } = matcher.stats();
  assert.equal(
    { events, keys, runs, nodes, oldestFirstAt },
    { events: 4, keys: 1, runs: 2, nodes: 3, oldestFirstAt: 2 },
  );
});

it("knows without a look at its keys when no run can be open any more", () => {
  const may = (text: string, stream: string, at: number, options: KeyedMatcherOptions = {}): boolean => {
    const matcher = matcherOf(text, options);
    feed(matcher, stream, 1);
    return matcher.mayHaveRuns(at);
  };
  assert.equal([may("a b | within 10", "", 1), may("a b | within 10", "b x", 2)], [false, false]);
  assert.equal([may("a b | within 10", "a", 10), may("a b | within 10", "a", 11)], [true, false]);
  assert.equal([may("a b", "a", 1e9), may("a b", "a b", 2)], [true, false]);
  assert.is(may("a b | within 10", "a", 11, { timedOut: "all" }), true); // nobody was told of its end yet
});

it("holds nothing at the end of time if the pattern has a time bound", () => {
  const matcher = matcherOf("a b+ !c.. | within 10 skip toNext ordered oncePer 3");
  feed(matcher, "a a b b c a b");
  const { keys, runs, nodes } = matcher.stats();
  assert.equal([keys, runs, nodes], [0, 0, 0]);
});

it("restores what was saved when functions were written otherwise", () => {
  type Event = { readonly type: string };
  const plain = pattern<Event>("p")
    .begin("a")
    .filter((e) => e.type === "a");
  const arrow = plain.followedBy("b").filter((e) => e.type === "b");
  const other = plain.followedBy("b").filter(function isB(e) {
    return e.type === "b";
  });
  for (const [before, after] of [
    [arrow, other],
    [other, arrow],
  ] as const) {
    const matcher = matcherOf(before.ast);
    feed(matcher, "a a", 2);
    const next = matcherOf(after.ast);
    next.restore(throughJson(matcher.save()));
    assert.equal(matchesOf(feed(next, "a@3 b@4")), ["a1 b2@4", "a2 b2@4", "a1 b2@4"]);
  }
});

it("refuses the state of another pattern, and of another format", () => {
  const state = matcherOf("a b").save();
  assert.throws(
    () => matcherOf("a c").restore(state),
    (error: { code: string }) => error.code === "OTHER_PATTERN",
  );
  assert.throws(
    () => matcherOf("a b").restore({ ...state, format: "x" }),
    (error: { code: string }) => error.code === "UNKNOWN_FORMAT",
  );
});

it("is replaced by what it restores", () => {
  const saved = matcherOf("a b | within 10").save();
  const matcher = matcherOf("a b | within 10");
  feed(matcher, "a@5", 5);
  matcher.restore(throughJson(saved));
  assert.equal(matchesOf(feed(matcher, "b@1 a@2 b@3")), ["a2 b3@3"]);
});

it.run();
