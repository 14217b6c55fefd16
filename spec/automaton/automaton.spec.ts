// What patterns compile to, drawn. The meaning of it is proved by the matcher (spec/matching); here stand the shape, the
// numbers and the refusals.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Automaton } from "../../lib/automaton/automaton.ts";
import { compile } from "../../lib/automaton/compile.ts";
import { toDot, toText } from "../../lib/automaton/draw.ts";
import { statesOf } from "../../lib/automaton/states.ts";
import { PatternError } from "../../lib/core/errors.ts";
import { parsePattern } from "../oracle/notation.ts";

const it = suite("automaton");

const automatonOf = (pattern: string): Automaton => compile(parsePattern(pattern));
const drawn = (pattern: string, lines: readonly string[]): void =>
  assert.equal(toText(automatonOf(pattern)).split("\n"), lines);

it("has a place per step and a wait per way to go on", () => {
  drawn("a b", ["start", "  a, others may pass ──▶ a", "a", "  b, others may pass ──▶ b", "b", "  end ──▶ match"]);
});

it("unrolls counts, and folds what is above the minimum of a loop", () => {
  const counts = (pattern: string) => automatonOf(pattern).places.map(({ count }) => count);
  assert.equal(counts("a{3}"), [1, 2, 3]);
  assert.equal(counts("a{2,4}"), [1, 2, 3, 4]);
  assert.equal(counts("a{3,}"), [1, 2, 3]);
  assert.equal(counts("a+"), [1]);
});

it("says how near an event must be", () => {
  drawn("a ; b ~ c", [
    "start",
    "  a, others may pass ──▶ a",
    "a",
    "  b, at once ──▶ b",
    "b",
    "  c, any may pass ──▶ c",
    "c",
    "  end ──▶ match",
  ]);
});

it("owes absences: the very next event, all up to what comes next, or all up to the deadline", () => {
  drawn("a !n b !m.. | within 5", [
    "start",
    "  a, others may pass ──▶ a",
    "a",
    "  b, others may pass, next event not no n ──▶ b",
    "b",
    "  end, unless no m, at the deadline ──▶ match",
  ]);
  drawn("a !m..7", ["start", "  a, others may pass ──▶ a", "a", "  end, unless no m, 7 ms later ──▶ match"]);
});

it("guards what follows a greedy loop, and what follows if it is skipped", () => {
  const [a] = automatonOf("a b*^ c").places;
  const { waits } = automatonOf("a b*^ c");
  const guarded = (a?.follow ?? []).map((id) => waits[id]?.guards.length);
  assert.equal(guarded, [1, 0], "c waits behind the loop that was skipped, b does not");
});

it("counts the iterations of groups, capped alike", () => {
  const iterations = (pattern: string) => automatonOf(pattern).places.map((place) => place.iterations);
  assert.equal(iterations("(a b){2}"), [[1], [1], [2], [2]]);
  assert.equal(iterations("((a){2} b)+"), [[1, 1], [2, 1], [1]]);
});

it("gives gaps of groups to the steps inside, the smallest first", () => {
  const { waits, steps } = automatonOf("a (b<3 c)<5");
  const gaps = waits.map(({ step, gapMs }) => `${step === null ? "end" : steps[step]?.name} ${gapMs}`);
  assert.equal(gaps, ["a null", "b 3", "c 5", "end null"]);
});

it("is frozen to the ground", () => {
  const isFrozen = (value: unknown): boolean =>
    typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
  assert.ok(isFrozen(automatonOf("(a !n b*^/u<5)+ c | within 10")));
});

it("is the same for the same pattern", () => {
  assert.equal(automatonOf("(a b){2} c"), automatonOf("(a b){2} c"));
  assert.is.not(automatonOf("a b").fingerprint, automatonOf("a c").fingerprint);
});

it("costs what its counts cost: places are linear in an unrolled step", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), (count) => {
      const { places, waits } = automatonOf(`a{${count}} b`);
      assert.is(places.length, count + 1);
      assert.ok(waits.length <= 2 * count + 2);
    }),
  );
});

it("refuses what needs too many places, naming the limit", () => {
  const pattern = parsePattern("((a{50}){50}){50}");
  assert.throws(
    () => compile(pattern, { maxPlaces: 1_000 }),
    (error: unknown) =>
      error instanceof PatternError && error.code === "TOO_MANY_PLACES" && error.message.includes("1000 places"),
  );
  assert.is(compile(parsePattern("(a{50}){20}"), { maxPlaces: 1_000 }).places.length, 1_000);
});

it("refuses a pattern with all its problems at once", () => {
  const wrong = parsePattern("a a:b{2}^ !n..");
  assert.throws(
    () => compile(wrong),
    (error: unknown) => error instanceof PatternError && error.problems.length >= 3,
  );
});

it("joins the waits of one step that a run may hold together into one state", () => {
  const { states, start, complete } = statesOf(automatonOf("(a b?)+ c"));
  assert.ok(complete);
  assert.equal(start.length > 0, true);
  for (const state of states) {
    assert.is(new Set(state.waiting.map(({ wait }) => wait.step)).size, 1);
    for (const next of state.next) assert.ok(next < states.length);
  }
});

it("lists few states, and says when it stops listing", () => {
  assert.is(statesOf(automatonOf("a b c")).states.length, 2);
  assert.is(statesOf(automatonOf("a{40}"), { maxStates: 10 }).complete, false);
  assert.is(statesOf(automatonOf("a b"), { maxTests: 0 }).complete, false);
});

it("draws DOT with every place and wait, names escaped", () => {
  const ast = parsePattern("a b*^ c");
  const dot = toDot(compile({ ...ast, name: 'say "hi"\\' }));
  const { places, waits, start } = compile(ast);
  assert.match(dot, /^digraph "say \\"hi\\"\\\\" \{\n {2}rankdir=LR;/);
  assert.is(dot.match(/^ {2}p\d+ \[/gm)?.length, places.length);
  assert.is(dot.match(/ -> /g)?.length, start.length + places.flatMap(({ follow }) => follow).length);
  assert.ok(waits.length > 0);
});

it.run();
