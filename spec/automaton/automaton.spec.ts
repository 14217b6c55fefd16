// What patterns compile to, drawn. The meaning of it is proved by the matcher (spec/matching); here stand the shape, the
// numbers and the refusals.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Automaton } from "../../lib/automaton/automaton.ts";
import { compile } from "../../lib/automaton/compile.ts";
import { toDot, toText } from "../../lib/automaton/draw.ts";
import { statesOf } from "../../lib/automaton/states.ts";
import { type Ask, enter, passOver, startOf, takes, type Waiting } from "../../lib/automaton/waiting.ts";
import { PatternError } from "../../lib/core/errors.ts";
import { groupBy } from "../../lib/core/group-by.ts";
import { parsePattern } from "../oracle/notation.ts";
import { randomCase } from "../oracle/random.ts";

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

it("tells the places of one step apart by their counts and rounds, and says what ends a wait", () => {
  drawn("a{2}<3 (b c){2}", [
    "start",
    "  a, others may pass, less than 3 ms later ──▶ a 1",
    "a 1",
    "  a, others may pass, less than 3 ms later ──▶ a 2",
    "a 2",
    "  b, others may pass ──▶ b 1 in round 1",
    "b 1 in round 1",
    "  c, others may pass ──▶ c 1 in round 1",
    "c 1 in round 1",
    "  b, others may pass ──▶ b 1 in round 2",
    "b 1 in round 2",
    "  c, others may pass ──▶ c 1 in round 2",
    "c 1 in round 2",
    "  end ──▶ match",
  ]);
  const inGroups = automatonOf("((a b){2} c){2}");
  const rounds = toText(inGroups)
    .split("\n")
    .filter((line) => line.startsWith("a 1 "));
  assert.equal(
    rounds.map((line) => line.slice(4)),
    ["in round 1.1", "in round 1.2", "in round 2.1", "in round 2.2"],
  );
  drawn("a+^/u b", [
    "start",
    "  a, others may pass ──▶ a",
    "a",
    "  a, others may pass, unless the until of a ──▶ a",
    "  b, others may pass, once a can take no more ──▶ b",
    "b",
    "  end ──▶ match",
  ]);
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

it("knows the states of a run by what it waits for", () => {
  const { states, complete } = statesOf(automatonOf("a b? c"));
  assert.ok(complete);
  const waited = states.map(({ waiting }) => waiting.map(({ wait }) => wait.step).join());
  assert.equal(waited.sort(), ["1", "2", "2,1"]);
});

it("lists every state that a run comes to, whatever the answers of the tests", () => {
  let walks = 0;
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 8 }), (seed, choices) => {
      const automaton = compile(randomCase(seed).pattern);
      const { states, complete } = statesOf(automaton, { maxTests: 8, maxStates: 300 });
      if (!complete) return;
      walks += 1;
      const listed = new Set(states.map(({ waiting }) => shown(waiting)));
      let run: readonly Waiting[] = [];
      for (const [answers, choice] of choices) {
        const ask: Ask = (test) => ((answers >> test) & 1) === 1;
        const next = onward(automaton, run, ask);
        run = next[choice % next.length] ?? [];
        if (run.length > 0) assert.ok(listed.has(shown(run)));
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(walks > 500, `only ${walks} patterns had few enough states to be listed`);
});

/** What may become of a run by one event; one that waits for nothing is yet to begin. */
function onward(automaton: Automaton, run: readonly Waiting[], ask: Ask): readonly (readonly Waiting[])[] {
  const taking = (run.length > 0 ? run : startOf(automaton)).filter((each) => takes(each, ask));
  const taken = [...groupBy(taking, ({ wait }) => wait.step).values()].map((together) =>
    enter(
      automaton,
      together.flatMap(({ wait }) => wait.target ?? []),
    ),
  );
  return [...taken, passOver(run, ask)].map(({ waiting }) => waiting);
}

/** What a state is, apart from its number. */
function shown(waiting: readonly Waiting[]): string {
  const each = waiting.map(({ wait, fresh, open }) => `${wait.id} ${fresh} ${JSON.stringify(open)}`);
  return each.sort().join(", ");
}

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
