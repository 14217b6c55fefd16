// A matcher in unlucky hands: wrong options, changed settings, damaged state, functions that do what they must not.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createMatcher } from "../../lib/matching/create-matcher.ts";
import type { MatcherState } from "../../lib/matching/matcher.ts";
import type { Notice } from "../../lib/matching/process.ts";
import { checkLimits } from "../../lib/matching/process-options.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { type HandRecord, WAITS_FOR_B, writeRow } from "./write-rows.ts";

const it = suite("createMatcher, misused");

type Event = { readonly type: string; readonly user?: string; readonly at: number };

const pair = pattern<Event>("pair").begin("a").on("a").followedBy("b").on("b").within("1m").skip("toNext");
const a = (at: number, user = "u"): Event => ({ type: "a", user, at });
const b = (at: number, user = "u"): Event => ({ type: "b", user, at });
const timed = { time: (e: { readonly at: unknown }) => e.at } as const;

// biome-ignore lint/suspicious/noExplicitAny: what the types would refuse
type Loose = any;
const make = (options: unknown, of: unknown = pair): Loose => createMatcher(of as Loose, options as Loose);
const throughJson = (state: unknown): Loose => JSON.parse(JSON.stringify(state));

function failure(act: () => unknown): { readonly code: string; readonly message: string } {
  try {
    act();
  } catch (error) {
    const { code = "", message } = error as { code?: string; message: string };
    return { code, message };
  }
  return { code: "nothing was thrown", message: "" };
}

const MISTAKES: readonly (readonly [options: unknown, code: string, sentence: string])[] = [
  [undefined, "BAD_OPTION", "the options of a matcher is undefined: give an object"],
  [null, "BAD_OPTION", "is null"],
  [[], "BAD_OPTION", "is a list"],
  [{ ...timed, kye: (e: Event) => e.user }, "UNKNOWN_OPTION", 'has no "kye". Did you mean "key"?'],
  [{ ...timed, tolerance: 1 }, "UNKNOWN_OPTION", "There are app, compile, limits"],
  [{ ...timed, app: 5 }, "BAD_OPTION", "app is 5: give a text"],
  [{ ...timed, compile: true }, "BAD_OPTION", "compile is true"],
  [{ ...timed, timedOut: "some" }, "BAD_OPTION", 'timedOut is "some": give "none", "count", "longest" or "all"'],
  [{ ...timed, onNotice: {} }, "BAD_OPTION", "onNotice is an object: give a function"],
  [{ ...timed, timeOf: () => 1 }, "BAD_OPTION", "time and timeOf were both given"],
  [{ ...timed, key: (e: Event) => e.user, keyOf: () => 1 }, "BAD_OPTION", "key and keyOf were both given"],
  [{ ...timed, limits: 5 }, "BAD_OPTION", "limits is 5: give an object"],
  [{ ...timed, limits: { maxRuns: 5 } }, "UNKNOWN_OPTION", 'limits has no "maxRuns"'],
  [
    { ...timed, limits: { maxRunsPerKey: "5" } },
    "BAD_OPTION",
    'limits.maxRunsPerKey is "5": give a whole number from 1',
  ],
  [{ ...timed, limits: { maxNodesPerKey: 0 } }, "BAD_OPTION", "limits.maxNodesPerKey is 0"],
  [{ ...timed, limits: { onLimit: () => 1 } }, "BAD_OPTION", "limits.onLimit is a function"],
  [{ ...timed, outOfOrderness: -1 }, "BAD_DURATION", "outOfOrderness is -1"],
];

for (const [options, code, sentence] of MISTAKES) {
  it(`refuses ${JSON.stringify(options) ?? "nothing"}: ${code}`, () => {
    const { code: found, message } = failure(() => make(options));
    assert.is(found, code);
    assert.ok(message.includes(sentence), message);
  });
}

it("refuses what is no pattern", () => {
  for (const [given, what] of [
    [5, "a number"],
    [null, "null"],
    ["pair", "a string"],
    [() => pair, "a function"],
    [pair.toJSON(), "an object"],
  ] as const) {
    const { code, message } = failure(() => make(timed, given));
    assert.is(code, "NOT_A_PATTERN");
    assert.match(message, `A matcher was to be made of ${what}: `);
  }
});

it("has its limits where one was given as undefined", () => {
  assert.equal(checkLimits({ maxRunsPerKey: undefined, maxNodesPerKey: 5, onLimit: undefined }), { maxNodesPerKey: 5 });
});

it("cuts off fractions of a millisecond, and takes no instant that a date cannot hold", () => {
  const matcher = make(timed);
  assert.is(matcher.push(a(1.9)).length, 0);
  assert.equal(
    matcher.push(b(1.2)).map(({ at }: { at: number }) => at),
    [1],
  );
  for (const at of [8.64e15 + 1, -1e300, 1e300, Infinity, NaN, "5", new Date(5), 5n]) matcher.push({ type: "a", at });
  assert.is(matcher.stats().withoutTime, 8);
});

it("goes on with another outOfOrderness than it was saved with, and takes as late what was late before", () => {
  const disorders = fc.constantFrom(0, 1, 5, 20);
  const times = fc.array(fc.record({ type: fc.constantFrom("a", "b"), at: fc.integer({ min: 0, max: 40 }) }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(times, disorders, disorders, fc.nat(20), (events, from, to, cut) => {
      const before = make({ ...timed, outOfOrderness: from });
      for (const event of events.slice(0, cut)) before.push(event);
      const after = make({ ...timed, outOfOrderness: to });
      after.restore(throughJson(before.save()));
      for (const event of events.slice(cut)) after.push(event);
      after.finish();
      const { events: matched, late, buffered } = after.stats();
      assert.equal([matched + late, buffered], [events.length, 0]);
    }),
  );
});

it("has no watermark that is no instant", () => {
  const matcher = make(timed);
  for (const given of [NaN, "5", undefined, null, 5n]) {
    assert.is(failure(() => matcher.advanceTo(given)).code, "BAD_INSTANT");
  }
  matcher.push(a(10));
  assert.is(matcher.push(b(11)).length, 1);
});

it("refuses to be used by the functions of its own pattern", () => {
  const notices: Notice[] = [];
  for (const method of ["push", "advanceTo", "finish", "save", "restore", "inspect", "stats"]) {
    const used = pattern<Event>("used")
      .begin("a")
      .select(() => matcher[method](a(5)));
    const matcher = make({ ...timed, onNotice: (notice: Notice) => notices.push(notice) }, used);
    assert.is(matcher.push(a(1)).length, 0);
    const [notice] = notices.splice(0);
    assert.ok(notice?.kind === "functionFailed" && notice.message.includes("by a function of the pattern"), method);
  }
});

it("refuses to be used by the functions that read key and time", () => {
  for (const method of ["push", "advanceTo", "finish", "save", "restore", "inspect", "stats"]) {
    for (const reads of ["keyOf", "timeOf"]) {
      let isTried = false;
      const use = (each: Event) => {
        if (!isTried) {
          isTried = true;
          matcher[method](a(5));
        }
        return reads === "keyOf" ? each.user : each.at;
      };
      const matcher = make({ timeOf: (each: Event) => each.at, [reads]: use });
      assert.is(failure(() => matcher.push(a(1))).code, "CALLED_WHILE_MATCHING", `${method} in ${reads}`);
      matcher.push(a(1));
      assert.is(matcher.push(b(2)).length, 1, "and goes on");
    }
  }
});

it("keeps keys as they were when they were read, whoever changes the list", () => {
  const list: unknown[] = ["", 7];
  const byList = (each: Event) => {
    list[0] = each.user;
    return list;
  };
  const matcher = make({ ...timed, keyOf: byList, outOfOrderness: 10 });
  const users = Array.from({ length: 300 }, (_, index) => `u${index}`);
  for (const user of users) matcher.push(a(1, user));
  const found = users.map((user) => matcher.push(b(2, user)));
  const ofAll = [...found.flat(), ...matcher.finish()];
  assert.equal(ofAll.map(({ key }) => key).sort(), users.map((user) => [user, 7]).sort());
  assert.ok(ofAll.every(({ key, events }) => events.a.user === key[0] && events.b.user === key[0]));
});

it("keeps its keys when what it tells of them is changed", () => {
  const changed = ({ key }: Loose): boolean => Reflect.set(key, 0, "other");
  const told: Loose[] = [];
  const onNotice = (notice: Notice) => told.push(notice);
  const matcher = make({ ...timed, keyOf: (e: Event) => [e.user], timedOut: "all", onNotice });
  const users = ["x", "y", "z"];
  for (const at of [1, 2]) for (const user of users) matcher.push(a(at, user));
  for (const user of users) for (const match of matcher.push(b(3, user))) changed(match);
  for (const user of users) matcher.push(a(4, user));
  matcher.advanceTo(70_000);
  assert.is(told.length, 3);
  for (const notice of told) assert.is(changed(notice), false);
  for (const user of users) matcher.push(a(70_001, user));
  for (const user of users) assert.is(matcher.inspect([user]).length, 1);
  matcher.finish();
  assert.equal([told.map(({ key }) => key[0]), matcher.stats().keys], [[...users, ...users], 0]);
});

it("may be used where a notice is told", () => {
  const matcher = make({ ...timed, onNotice: (notice: Notice) => notice.kind === "late" && matcher.push(b(6)) });
  matcher.push(a(5));
  matcher.push(a(1));
  assert.is(matcher.stats().matches, 1);
});

it("leaves out a match whose select answers with a promise, whatever becomes of it", async () => {
  const notices: Notice[] = [];
  const late = pattern<Event>("late")
    .begin("a")
    .select(async () => {
      throw new Error("nobody waits");
    });
  const matcher = make({ onNotice: (notice: Notice) => notices.push(notice) }, late);
  assert.is(matcher.push(a(1)).length, 0);
  const [notice] = notices;
  assert.ok(notice?.kind === "functionFailed" && notice.where === "select" && notice.message.includes("a promise"));
  await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would end the process here
});

it("tells of a function that threw, whatever it threw", () => {
  const strange = new Error("seen");
  Object.assign(strange, { stack: 5 });
  for (const [thrown, said] of [
    [null, "null"],
    [Object.create(null), "something that has no text"],
    [strange, "seen"],
    [new Proxy({}, { get: () => assert.unreachable() as never }), "something that has no text"],
  ] as const) {
    const notices: Notice[] = [];
    const throwing = pattern<Event>("throwing")
      .begin("a")
      .filter(() => {
        throw thrown;
      });
    make({ onNotice: (notice: Notice) => notices.push(notice) }, throwing).push(a(1));
    const [notice] = notices;
    assert.ok(notice?.kind === "functionFailed");
    assert.equal([notice.message, typeof notice.stack], [said, "string"]);
  }
});

// ---------------------------------------------------------------- damaged state

function saved(): Loose {
  const matcher = make({ ...timed, key: (e: Event) => e.user, outOfOrderness: "5s" });
  matcher.push(a(1_000, "x"));
  matcher.push(a(9_000, "y"));
  return throughJson(matcher.save());
}

it("restores what it saved", () => {
  const matcher = make({ ...timed, key: (e: Event) => e.user, outOfOrderness: "5s" });
  matcher.restore(saved());
  matcher.push(b(10_000, "x"));
  matcher.push(b(10_000, "y"));
  assert.is(matcher.finish().length, 2);
});

/** Everything in a value but what users put there: their events, and what stands for other values. */
function* placesIn(value: Loose, path: readonly (string | number)[]): Generator<readonly (string | number)[]> {
  yield path;
  if (typeof value !== "object" || value === null || Object.hasOwn(value, "user")) return;
  for (const name of Object.keys(value))
    yield* placesIn(value[name], [...path, Array.isArray(value) ? Number(name) : name]);
}

function replace(value: Loose, path: readonly (string | number)[], by: unknown): Loose {
  const [name, ...rest] = path;
  if (name === undefined) return by;
  value[name] = replace(value[name], rest, by);
  return value;
}

it("refuses damaged state with its place, and has then not changed", () => {
  const places = [...placesIn(saved(), [])].filter((path) => !isEvent(path));
  assert.ok(places.length > 30);
  const damages = fc.constantFrom<unknown>(
    undefined,
    null,
    {},
    [],
    "x",
    -7,
    1.5,
    1e9,
    Number.MAX_VALUE,
    "s9:x",
    "__proto__",
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), damages, (path, damage) => {
      const matcher = make({ ...timed, key: (e: Event) => e.user, outOfOrderness: "5s" });
      matcher.push(a(5, "old"));
      const before = throughJson(matcher.save());
      const state = throughJson(replace(saved(), path, damage) ?? null);
      const refused = refusalOf(() => matcher.restore(state));
      if (refused === null) return; // another number, text or key may be as good as the one that was there
      assert.is(refused.name, "CheckpointError", `${path.join(".")} = ${String(damage)}: ${refused.stack}`);
      assert.equal(throughJson(matcher.save()), before);
    }),
    { numRuns: 2_000 },
  );
});

it("goes on without a bug of its own after state that was damaged unseen", () => {
  const { code } = failure(() => make(timed).restore({ ...saved(), waiting: [[-5, "1", "s1:y", a(-5)]] }));
  assert.is(code, "BROKEN_STATE");
});

it("refuses unions that have runs twice, and offsets that no topic has", () => {
  const matcher = make({ ...timed, key: (e: Event) => e.user });
  const state = throughJson(matcher.save());
  const withRow = (union: HandRecord | null, offset: bigint): MatcherState => {
    const events = [1, 2].map((at) => ({ at, offset, value: a(at, "x") }));
    const records: HandRecord[] = [
      [0, 0, 0],
      [0, 0, 1],
    ];
    const groups = [{ state: WAITS_FOR_B, runs: union === null ? [2] : [3] }];
    const row = writeRow({ key: "x", records: union === null ? records : [...records, union], events, groups });
    return replace(structuredClone(state), ["matcher", "rows"], [row]);
  };
  for (const [union, offset] of [
    [[2, 2], 1n],
    [null, -1n],
    [null, -(2n ** 63n)],
  ] as const)
    assert.is(failure(() => matcher.restore(withRow(union, offset))).code, "BROKEN_STATE", `${union} ${offset}`);
  const waiting = (offset: string): unknown => ({ ...saved(), waiting: [[9_500, offset, "s1:x", b(9_500, "x")]] });
  const slow = make({ ...timed, key: (e: Event) => e.user, outOfOrderness: "5s" });
  for (const offset of ["", "-1", "1.5", "9223372036854775808", "10000000000000000000"])
    assert.is(failure(() => slow.restore(waiting(offset))).code, "BROKEN_STATE", offset);
  slow.restore(waiting("9223372036854775807"));
  assert.is(slow.finish()[0].taken[1].origin.offset, 2n ** 63n - 1n);
  matcher.restore(withRow([2, 1], 2n ** 63n - 1n));
  assert.is(matcher.push(b(3, "x"))[0].taken[0].origin.offset, 2n ** 63n - 1n);
});

function isEvent(path: readonly (string | number)[]): boolean {
  return (path[0] === "waiting" && path[2] === 3) || (path[3] === "values" && path[4] === 2);
}

function refusalOf(act: () => unknown): Error | null {
  try {
    act();
    return null;
  } catch (error) {
    return error as Error;
  }
}

it.run();
