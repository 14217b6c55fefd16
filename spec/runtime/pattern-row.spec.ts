// The row of a lane: frozen and thawed anywhere, its patterns go on as if nothing had happened, though none is given what does
// not concern it.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { interestOf } from "../../lib/automaton/interest.ts";
import { atOnce } from "../../lib/core/slices.ts";
import { compile, pattern } from "../../lib/index.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { Emission } from "../../lib/runtime/alert.ts";
import { createPatternRow, type LanePattern, type PatternRow } from "../../lib/runtime/pattern-row.ts";
import type { Freezer } from "../../lib/state/freeze.ts";
import type { Instant } from "../../lib/time/instant.ts";
import { piecesOf } from "../state/kit.ts";
import { echo, json } from "./kit.ts";

const it = suite("pattern row");

type Step = { type: "a" | "b" | "c"; n: number };

function patternOf(name: string): LanePattern {
  const [first, second = "b", link = "followedBy"] = name.split(" ");
  const begun = pattern<Step>(name)
    .begin("one")
    .on(first as Step["type"]);
  const linked =
    link === "next" ? begun.next("two") : link === "not" ? begun.notFollowedBy("two") : begun.followedBy("two");
  const automaton = compile(linked.on(second as Step["type"]).within("9ms"));
  return { ...echo(name), interest: interestOf(automaton), createMatcher: () => createKeyedMatcher(automaton) };
}

const PATTERNS = ["a b", "a b next", "b c not", "c a", "b b next", "c b not"].map(patternOf);

function thawed(row: PatternRow, at: Instant): PatternRow {
  const again = createPatternRow(PATTERNS);
  again.restore({ alerts: row.alerts, missed: row.missed, released: at });
  for (const [index, freezer] of row.freezers.entries()) {
    atOnce((again.freezers[index] as Freezer).thaw(piecesOf(freezer.freeze("all")), "here"));
  }
  return again;
}

const steps = fc.array(
  fc.record({ type: fc.constantFrom("a", "b", "c"), key: fc.constantFrom("k", "l"), gap: fc.nat(5) }),
  {
    maxLength: 30,
  },
);

it("goes on as if nothing had happened, wherever it was frozen", () => {
  let alerts = 0;
  const property = fc.property(steps, fc.nat(30), (all, cut) => {
    const live = (cutAt: number): readonly unknown[] => {
      let row = createPatternRow(PATTERNS);
      const out: Emission[] = [];
      let at = 0;
      for (const [n, { type, key, gap }] of all.entries()) {
        if (n === cutAt) row = thawed(row, at);
        at += gap;
        row.onEvent(key, { value: { type, n }, at, origin: { topic: "t", partition: 0, offset: BigInt(n) } }, at, out);
        if (gap === 0) row.advanceTo(at, at, out);
      }
      row.advanceTo(at + 4, at + 4, out);
      alerts += out.length;
      return [out.map(({ record }) => json(record)), row.counts()];
    };
    const [whole, broken] = [live(-1), live(cut)];
    assert.equal(broken, whole);
    const events = (whole[1] as ReturnType<PatternRow["counts"]>).map(({ stats }) => stats.events);
    assert.equal(events, Array(PATTERNS.length).fill(all.length), "every pattern counts every event");
  });
  fc.assert(property, { numRuns: 500 });
  assert.ok(alerts > 1_000, `${alerts} alerts`);
});

it("freezes only those that something concerned", () => {
  const row = createPatternRow(PATTERNS);
  const written = (): readonly string[] =>
    row.freezers.flatMap((freezer, index) => {
      const { delta, pages } = atOnce(freezer.freeze([]));
      return delta === null && pages.length === 0 ? [] : (PATTERNS[index]?.name ?? "");
    });
  const send = (type: string, at: number): void =>
    row.onEvent("k", { value: { type }, at, origin: { topic: "t", partition: 0, offset: BigInt(at) } }, at, []);
  written();
  const frozen: unknown[] = [];
  for (const [type, at] of [
    ["x", 1],
    ["a", 2],
    ["x", 3],
    ["b", 4],
    ["x", 50],
    ["x", 60],
  ] as const) {
    send(type, at);
    row.advanceTo(at, at, []);
    frozen.push(written());
  }
  assert.equal(frozen, [
    [],
    ["a b", "a b next"],
    ["a b next"],
    ["a b", "b c not", "b b next"],
    ["b c not", "b b next"],
    [],
  ]);
  row.counts();
  assert.is(written().length, PATTERNS.length, "whoever asks for counts tells all of them");
});

it("tells what it has counted without a look at what it holds: from the first such look on, each stored key costs more", () => {
  let looks = 0;
  const watched = PATTERNS.map((entry) => ({
    ...entry,
    createMatcher: () => {
      const matcher = entry.createMatcher();
      const counts = matcher.counts.bind(matcher);
      return Object.assign(matcher, {
        counts: () => {
          looks += 1;
          return counts();
        },
      });
    },
  }));
  const row = createPatternRow(watched);
  const out: Emission[] = [];
  for (let n = 0; n < 60; n += 1) {
    const value = { type: ["a", "b", "c"][n % 3], n };
    row.onEvent("k", { value, at: n, origin: { topic: "t", partition: 0, offset: BigInt(n) } }, n, out);
  }
  const told = row.counters();
  assert.is(looks, 0);
  const counted = (all: typeof told) =>
    all.map(({ pattern: name, alerts, stats: { matches, timedOut, suppressed, dropped, failures } }) => [
      ...[name, alerts, matches, timedOut, suppressed, dropped, failures],
    ]);
  assert.equal(counted(told), counted(row.counts()));
  assert.is(looks, PATTERNS.length);
  assert.ok(told.some(({ alerts }) => alerts > 0) && told.every(({ stats }) => stats.runs === 0));
});

it.run();
