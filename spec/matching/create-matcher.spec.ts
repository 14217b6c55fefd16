// Matching in process: keys, order, lateness, notices, saving.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createMatcher, matchAll } from "../../lib/matching/create-matcher.ts";
import type { Notice } from "../../lib/matching/process.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";

const it = suite("createMatcher");

type Event = { readonly type: string; readonly user?: string | null; readonly at?: number | string };

const pair = pattern<Event>("pair").begin("a").on("a").followedBy("b").on("b").within(10).skip("toNext");
const untimed = pattern<Event>("untimed").begin("a").on("a").next("b").on("b");
const silence = pattern<Event>("silence").begin("a").on("a").notFollowedBy("b").on("b").within(10);

const a = (at: number, user = "u"): Event => ({ type: "a", user, at });
const b = (at: number, user = "u"): Event => ({ type: "b", user, at });
const code = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return "nothing was thrown";
};

it("keeps sequences apart by key", () => {
  const matcher = createMatcher(pair, { key: (e) => e.user, time: (e) => e.at });
  assert.is(matcher.push(a(1, "u")).length, 0);
  assert.is(matcher.push(b(2, "v")).length, 0);
  const [match] = matcher.push(b(3, "u"));
  assert.equal([match?.key, match?.events], ["u", { a: a(1), b: b(3) }]);
});

it("takes all events as one sequence without a key", () => {
  const [match] = matchAll(pair, [a(1, "u"), b(2, "v")], { time: (e) => e.at });
  assert.is(match?.key, "");
});

it("takes keys and times from plain functions, tuples, and texts with a zone", () => {
  const events = [
    { type: "a", user: "u", at: "2026-01-01T00:00:00Z" },
    { type: "b", user: "u", at: "2026-01-01T01:00:00.005+01:00" },
  ];
  const [match] = matchAll(pair, events, { key: (e) => [e.user, "x"], time: (e) => e.at });
  assert.equal([match?.key, match?.at], [["u", "x"], Date.UTC(2026, 0, 1, 0, 0, 0, 5)]);
  const [other] = matchAll(pair, [a(1), b(2)], { keyOf: (e) => e.user ?? null, timeOf: (e) => Number(e.at) });
  assert.is(other?.key, "u");
});

it("counts events as time if the pattern needs none", () => {
  assert.equal(
    [...matchAll(untimed, [{ type: "x" }, { type: "a" }, { type: "b" }], {})].map(({ at }) => at),
    [3],
  );
});

it("refuses a time-bound pattern without time, whatever bounds it", () => {
  const bounded = [
    pattern<Event>("p").begin("a").next("b").within(1),
    pattern<Event>("p").begin("a").next("b").maxGap(1),
    pattern<Event>("p").begin("a").notFollowedBy("b").for(1),
    pattern<Event>("p").begin("a").oncePer(1),
  ];
  for (const each of bounded)
    assert.is(
      code(() => createMatcher(each, {} as never)),
      "TIME_NOT_GIVEN",
    );
});

it("refuses a pattern with all its problems", () => {
  const wrong = pattern<Event>("wrong").begin("a").times(0).next("b").maxGap(0);
  assert.is(
    code(() => createMatcher(wrong, { time: (e) => e.at })),
    "BAD_DURATION",
  );
});

it("checks as strictly as it is told to", () => {
  assert.is(
    code(() => createMatcher(untimed, { compile: { requireBound: true } })),
    "NO_TIME_BOUND",
  );
});

it("puts events in order within the bound, whatever the order of arrival", () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 20 }), fc.infiniteStream(fc.nat(20)), (ats, bound, shuffle) => {
      const inOrder = [...ats].sort((x, y) => x - y).map((at) => (at % 2 === 0 ? a(at) : b(at)));
      // An event moves behind those that are at most `bound` newer, so it is never late.
      const delayed = inOrder.map((event) => ({
        event,
        turn: Number(event.at) + Math.min(shuffle.next().value ?? 0, bound),
      }));
      const arrivals = delayed.sort((x, y) => x.turn - y.turn).map(({ event }) => event);
      const options = { time: (e: { at: never }) => e.at, outOfOrderness: bound } as never;
      const found = (events: readonly Event[]) =>
        [...matchAll(pair, events, options)].map(({ events: taken, at }) => [taken, at]);
      assert.equal(found(arrivals), found(inOrder));
    }),
    { numRuns: 1_000 },
  );
});

it("waits for what may still come earlier", () => {
  const matcher = createMatcher(pair, { time: (e) => e.at, outOfOrderness: 5 });
  assert.equal([matcher.push(a(1)).length, matcher.push(b(4)).length, matcher.stats().buffered], [0, 0, 2]);
  assert.is(matcher.push(a(9)).length, 0, "the watermark is 3");
  assert.is(matcher.push(a(10)).length, 1, "the watermark is 4");
});

it("tells of late events and those without key or time, and counts them", () => {
  const notices: Notice<Event>[] = [];
  const matcher = createMatcher(pair, {
    key: (e) => e.user,
    time: (e) => e.at,
    onNotice: (notice) => notices.push(notice),
  });
  for (const event of [
    a(5),
    a(4),
    { type: "a", user: null, at: 6 },
    { type: "a", user: "u" },
    { type: "a", user: "u", at: "soon" },
  ]) {
    matcher.push(event);
  }
  assert.equal(
    notices.map((notice) => ("event" in notice ? [notice.kind, notice.at, notice.watermark] : notice.kind)),
    [
      ["late", 4, 4],
      ["noKey", 6, 4],
      ["noTime", null, 4],
      ["noTime", null, 4],
    ],
  );
  const { late, withoutKey, withoutTime, events } = matcher.stats();
  assert.equal({ late, withoutKey, withoutTime, events }, { late: 1, withoutKey: 1, withoutTime: 2, events: 1 });
});

it("counts them just so if nobody listens", () => {
  const matcher = createMatcher(pair, { time: (e) => e.at });
  for (const event of [a(5), a(4)]) matcher.push(event);
  assert.is(matcher.stats().late, 1);
});

it("gives what waits for silence when it is told that time has passed, and takes what comes then as late", () => {
  const matcher = createMatcher(silence, { time: (e) => e.at });
  matcher.push(a(1));
  assert.is(matcher.advanceTo(10).length, 0);
  assert.equal(
    matcher.advanceTo(11).map(({ at }) => at),
    [11],
  );
  matcher.push(b(11));
  assert.is(matcher.stats().late, 1);
});

it("gives the rest at the end", () => {
  const matcher = createMatcher(silence, { time: (e) => e.at, outOfOrderness: 100 });
  matcher.push(a(1));
  assert.equal(
    matcher.finish().map(({ at }) => at),
    [11],
  );
  assert.is(matcher.push(a(20)).length, 0);
  assert.is(matcher.stats().late, 1);
});

it("gives a filter what the match has taken so far: one event, several, none of a step that was left out", () => {
  const seen = new Set<string>(); // How often it is asked is nobody's business.
  const asked = pattern<Event>("asked")
    .begin("one")
    .on("a")
    .followedBy("none")
    .on("z")
    .optional()
    .followedBy("many")
    .on("b")
    .times(2)
    .filter((e, m) => {
      seen.add(`${m.one.at} ${m.none} [${m.many.map(({ at }) => at)}] ${e.at}`);
      return Number(e.at) > Number(m.one.at) + 2 * m.many.length;
    });
  const found = [...matchAll(asked, [a(1), b(2), b(3), b(4)], {})];
  assert.equal(
    found.map(({ events }) => events.many.map(({ at }) => at)),
    [[2, 4]],
  );
  assert.equal([...seen], ["1 undefined [] 2", "1 undefined [2] 3", "1 undefined [2] 4"]);
});

it("throws what nobody listens to: a function that failed, a limit that was passed", () => {
  const failing = pattern<Event>("failing")
    .begin("a")
    .filter((e) => (e.user as string).length > 0);
  assert.is(
    code(() => createMatcher(failing, {}).push({ type: "a" })),
    "FILTER_FAILED",
  );
  const selecting = pattern<Event>("selecting")
    .begin("a")
    .select((m) => (m.a.user as string).length);
  assert.is(
    code(() => createMatcher(selecting, {}).push({ type: "a" })),
    "SELECT_FAILED",
  );
  const crowded = createMatcher(pair, { time: (e) => e.at, limits: { maxRunsPerKey: 1 } });
  crowded.push(a(1));
  assert.is(
    code(() => crowded.push(a(2))),
    "LIMIT_REACHED",
  );
  const dropping = createMatcher(pair, { time: (e) => e.at, limits: { maxRunsPerKey: 1, onLimit: "dropOldest" } });
  dropping.push(a(1));
  assert.is(
    code(() => dropping.push(a(2))),
    "LIMIT_REACHED",
  );
  const many = createMatcher(pattern<Event>("many").begin("x").followedBy("y"), { limits: { maxMatchesPerEvent: 1 } });
  many.push(a(1));
  many.push(a(2));
  assert.is(
    code(() => many.push(a(3))),
    "nothing was thrown",
    "relaxed: one match an event",
  );
});

it("goes on if somebody listens", () => {
  const notices: Notice[] = [];
  const failing = pattern<Event>("failing")
    .begin("a")
    .filter((e) => (e.user as string).length > 0);
  const matcher = createMatcher(failing, { onNotice: (notice) => notices.push(notice) });
  assert.is(matcher.push({ type: "a" }).length, 0);
  assert.is(matcher.push(a(1)).length, 1);
  assert.equal(
    notices.map(({ kind }) => kind),
    ["functionFailed"],
  );
});

it("does not throw for runs that time out: they are asked for with onNotice", () => {
  assert.equal([...matchAll(pair, [a(1), a(30)], { time: (e) => e.at, timedOut: "all" })], []);
});

it("goes on from what it saved, waiting events and lateness included", () => {
  const options = {
    key: (e: never) => (e as { user: never }).user,
    time: (e: never) => (e as { at: never }).at,
    outOfOrderness: 5,
  };
  const open = () => createMatcher(silence, options as never);
  const before = open();
  for (const event of [a(1), a(3), b(4, "v"), { type: "a", user: null, at: 4 } as Event]) before.push(event);
  const after = open();
  after.restore(JSON.parse(JSON.stringify(before.save())));
  assert.equal(after.stats(), before.stats());
  for (const event of [a(20), a(8, "w"), b(9)]) assert.equal(after.push(event), before.push(event));
  assert.equal(after.inspect("u"), before.inspect("u"));
  assert.equal(after.finish(), before.finish());
  assert.equal(after.stats(), before.stats());
});

it("refuses what another kind of matcher saved", () => {
  const matcher = createMatcher(untimed, {});
  assert.is(
    code(() => matcher.restore({ format: "sequitur-runs-1", fingerprint: "" })),
    "UNKNOWN_FORMAT",
  );
});

it.run();
