// What a matcher makes of rows that cannot be, of very many kinds of events, and of more matches than it may build.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import type { Outcome } from "../../lib/matching/matcher.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { createRunMatcher } from "../../lib/testing/run-matcher.ts";
import { parsePattern } from "../oracle/notation.ts";
import { feed, matcherOf, matchesOf, throughJson } from "./drive.ts";
import type { RowsOfState } from "./read-rows.ts";
import { type HandRow, WAITS_FOR_B, writeRow } from "./write-rows.ts";

const it = suite("rows and classes");

/** How many matches were not built, each time. */
const unbuilt = (outcomes: readonly Outcome[]): readonly number[] =>
  outcomes.flatMap((outcome) => (outcome.kind === "limitReached" ? outcome.count : []));

/** Where matches come in order, runs are listed. */
const LISTED = [4, ...WAITS_FOR_B.slice(1)];

it("refuses saved rows that cannot be", () => {
  const pattern = "a b | within 10 ordered";
  const matcher = matcherOf(pattern);
  feed(matcher, "a a", 2);
  const state = matcher.save();
  const [saved] = state["rows"] as readonly [RowsOfState];
  const refusalOf = (...rows: readonly RowsOfState[]) => {
    try {
      matcherOf(pattern).restore({ ...state, rows });
      return null;
    } catch (error) {
      const { code, message } = error as { readonly code: string; readonly message: string };
      return [code, /damaged: (.*)\. Restore/.exec(message)?.[1]];
    }
  };
  assert.is(refusalOf(saved), null);
  const twice = ["BROKEN_STATE", "$.rows[1] is not a list in which each key is there once"];
  assert.equal(refusalOf(saved, saved), twice);
  const [one, other] = [1, 2].map((at) => ({ at, offset: BigInt(at), value: { type: "a" } }));
  const row: HandRow = {
    key: "k",
    records: [
      [0, 0, 0],
      [0, 0, 1],
    ],
    events: [one, other] as HandRow["events"],
    groups: [{ state: LISTED, runs: [1, 2] }],
  };
  const broken = (more: Partial<HandRow>): unknown => {
    const refusal = refusalOf(writeRow({ ...row, ...more }));
    assert.ok(refusal === null || refusal[0] === "BROKEN_STATE");
    return refusal?.[1]?.replace(/^\$\.rows\[0\], at byte \d+, is not /, "") ?? null;
  };
  assert.is(broken({}), null);
  assert.is(broken({ held: [1] }), null);
  const union: Partial<HandRow> = { records: [...row.records, [2, 1]], groups: [] };
  assert.is(broken({ ...union, held: [3] }), "runs of one path");
  assert.is(broken({ ...union, held: [4] }), "a run");
  assert.is(broken({ ...union, held: [0] }), "a run");
  assert.is(broken({ records: [...row.records, [2, 2]] }), "two records");
  assert.is(broken({ records: [...row.records, [2, 0]] }), "two records");
  assert.is(broken({ records: [[1, 0, 0]] }), "a record");
  assert.is(broken({ records: [[0, 2, 0]] }), "a record");
  assert.is(broken({ groups: [{ state: LISTED, runs: [1, 1] }] }), "runs that differ");
  const group = { state: LISTED, runs: [1] };
  assert.is(broken({ groups: [group, group] }), "another state", "the same twice");
  assert.is(broken({ groups: [group, { state: [2, ...LISTED.slice(1)], runs: [2] }] }), "another state");
  assert.is(broken({ groups: [{ state: [6, 0], runs: [] }] }), "a state");
  assert.is(broken({ groups: [{ state: [0, 1, 2 ** 20, 0], runs: [] }] }), "a wait");
  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, 0.5, 1e300])
    assert.is(broken({ events: [{ at, offset: 1n, value: null }] }), "an instant");
});

it("refuses a key that is none once it has something to remember of it", () => {
  const matcher = matcherOf("a b");
  const send = (type: string) =>
    matcher.onEvent(Number.NaN, { value: { type }, at: 1, origin: { topic: "t", partition: 0, offset: 1n } });
  assert.equal(send("x"), []);
  assert.throws(
    () => send("a"),
    (error: { code: string }) => error.code === "BAD_KEY",
  );
});

it("goes on rightly after very many kinds of events", () => {
  const flags = ["p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z"];
  const plain = parsePattern(flags.join(" "));
  const elements = plain.elements.map((element, index) => {
    const value = { kind: "field", of: { kind: "candidate" }, path: [flags[index] as string] } as const;
    return { ...element, on: null, condition: { kind: "isTrue", value } } as const;
  });
  const matcher = matcherOf({ ...plain, elements } as PatternAst);
  const reference = createRunMatcher(compile({ ...plain, elements } as PatternAst));
  for (let offset = 1; offset <= 3_000; offset += 1) {
    const bits = Math.imul(offset, 0x9e3779b1) >>> 13;
    const value = Object.fromEntries(flags.map((flag, index) => [flag, ((bits >> index) & 1) === 1]));
    const event = { value, at: offset, origin: { topic: "t", partition: 0, offset: BigInt(offset) } };
    const key = offset % 7;
    assert.equal(matchesOf(matcher.onEvent(key, event)), matchesOf(reference.onEvent(key, event)));
  }
  assert.ok(matcher.counts().matches > 0);
});

it("says those of too many matches that begin last, and of many that begin alike some", () => {
  const options = { limits: { maxMatchesPerEvent: 2, maxRunsPerKey: 1e9, maxNodesPerKey: 1e9 } };
  const twelve = Array.from({ length: 12 }, () => "b").join(" ");
  const matcher = matcherOf("a b+~ c", options);
  const before = feed(matcher, `a ${twelve} a b b c`, 20);
  assert.equal(matchesOf(before), ["a14 b15 b16 c17@17", "a14 b15 c17@17"]);
  assert.equal(unbuilt(before), [2 ** 13 + 2 - 2]);
  const alike = () => matcherOf("a b+~ c", options);
  const [one, other] = [alike(), alike()];
  feed(one, `a ${twelve}`, 13);
  other.restore(throughJson(one.save()));
  const ends = [one, other].map((each) =>
    each.onEvent("k", { value: { type: "c" }, at: 14, origin: { topic: "t", partition: 0, offset: 14n } }),
  );
  assert.equal(matchesOf(ends[0] ?? []), matchesOf(ends[1] ?? []));
  assert.is(matchesOf(ends[0] ?? []).length, 2);
  assert.equal(unbuilt(ends[0] ?? []), [2 ** 11 - 2]);
});

it("fires what is due at one instant for all keys, though a limit fails one of them", () => {
  const pattern = "a !n.. | within 5";
  const before = matcherOf(pattern);
  const send = (key: string, at: number, offset: number) =>
    before.onEvent(key, { value: { type: "a" }, at, origin: { topic: "t", partition: 0, offset: BigInt(offset) } });
  send("x", 1, 1);
  send("y", 1, 2);
  for (let offset = 3; offset <= 6; offset += 1) send("x", 2, offset);
  const after = matcherOf(pattern, { limits: { maxRunsPerKey: 2, onLimit: "fail" } });
  after.restore(throughJson(before.save()));
  assert.throws(() => after.advanceTo(6));
  assert.equal(matchesOf(after.advanceTo(7)), ["a2@6"]);
});

it.run();
