// The matcher is what the definition says, for every pattern of a few operators on every stream of a few events; and
// what makes that quick is proved: one pattern stands for those with other letters, one word for all streams that end
// in it. Those of three operators: three-operators.spec.ts. Larger searches: npm run exhaustive -- --help.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Automaton } from "../../lib/automaton/automaton.ts";
import { compile } from "../../lib/automaton/compile.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import { shapeOf } from "../../lib/pattern/shape.ts";
import { END_OF_TIME } from "../../lib/time/instant.ts";
import { feed, matcherOf, matchesOf, timedOutOf } from "../matching/drive.ts";
import { enumerate, report } from "../oracle/enumerate.ts";
import { formatMatch, formatPattern } from "../oracle/format.ts";
import { parsePattern } from "../oracle/notation.ts";
import { Dice, isAccepted } from "../oracle/random.ts";
import { allowMs } from "../run/ask.ts";
import { agreesOn, SIX_EVENTS } from "./agrees.ts";
import { showDisagreement } from "./disagreement.ts";
import { allLetterings, fill, letterings, orbitOf, placesOf, rename } from "./letters.ts";
import { search, UNLIMITED } from "./search.ts";
import { shapes } from "./shapes.ts";
import { eventsOf, shareOracle } from "./shared-oracle.ts";
import { type Subject, sampleSubjects, subjects } from "./subjects.ts";
import { skips } from "./variants.ts";

const it = suite("exhaustive search");

allowMs(600_000);

it("agrees on patterns of up to two operators, in every window, with every skip strategy, eager and ordered", () => {
  for (const operators of [0, 1, 2]) {
    agreesOn(`${operators} operators, skips`, subjects({ operators, rare: true }), { ...SIX_EVENTS, skips: true });
  }
});

it("agrees on a sample of patterns of four operators, in every window", () => {
  agreesOn("4 operators, sampled", sampleSubjects({ operators: 4, rare: true }, 150, 4), SIX_EVENTS);
});

/** Every stream of exactly so many letters. */
function streamsOf(alphabet: readonly string[], length: number): readonly string[] {
  if (length === 0) return [""];
  return streamsOf(alphabet, length - 1).flatMap((stream) => alphabet.map((letter) => stream + letter));
}

it("says of streams that share their work what it says of each alone, and so does the enumerator", () => {
  let count = 0;
  for (const { windows, alphabet } of sampleSubjects({ operators: 2, rare: true }, 100, 2)) {
    for (const pattern of windows) {
      const oracle = shareOracle(pattern, 4);
      const variants = skips(pattern);
      // Every pattern with one of its skip strategies, every strategy with some of the patterns.
      const variant = variants[count++ % variants.length] ?? pattern;
      for (const stream of streamsOf(alphabet, 4)) {
        const alone = enumerate(variant, eventsOf(stream), { until: END_OF_TIME });
        assert.equal(report(variant, oracle.survey(stream)), alone, `${formatPattern(variant)} on ${stream}`);
      }
      assert.is(search(variant, oracle, { alphabet, length: 4, everyStream: true }).differsOn, null);
      const automaton = compile(variant);
      for (const stream of streamsOf(alphabet, 4)) assert.ok(isSaidAlone(automaton, stream), formatPattern(variant));
    }
  }
});

/** Whether a matcher that sees one stream only says what the enumerator says of it. */
function isSaidAlone(automaton: Automaton, stream: string): boolean {
  const said = feed(createKeyedMatcher(automaton, { timedOut: "all", limits: UNLIMITED }), eventsOf(stream));
  const { matches, timedOut } = enumerate(automaton.pattern, eventsOf(stream), { until: END_OF_TIME });
  const show = (found: (typeof matches)[number]): string => formatMatch(found).replace(/ (at|by) /, "@");
  return `${matchesOf(said)} ${timedOutOf(said)}` === `${matches.map(show)} ${timedOut.map(show)}`;
}

it("has one shape for each operator, and no shape twice", () => {
  const said = "_ , _ | _ ; _ | _ ~ _ | _ !_ | _ !_.. | _? | _+ | _{2} | _{1,2} | _{2,} | __";
  assert.equal([...shapes(1, { rare: true })], said.split(" | "));
  for (const operators of [2, 3]) {
    const all = [...shapes(operators, { rare: true })];
    assert.is(new Set(all).size, all.length);
  }
  const core = [...shapes(3, { rare: false })];
  for (const shape of ["_ , _+;", "(_ ~ _)+;", "_+?^", "_+ !_.. ; _", "((_ , _)+){2}"])
    assert.ok(core.includes(shape), shape);
  for (const shape of ["_ , __+", "_ ; _?<2", "_ , _ !_..2"]) {
    assert.not.ok(core.includes(shape), shape);
    assert.ok([...shapes(3, { rare: true })].includes(shape), shape);
  }
});

it("keeps one lettering of each orbit: renaming the letters of those that are kept gives all, each once", () => {
  const signatures = new Map(
    [...shapes(3, { rare: true })].map((shape) => [placesOf(shape).join(""), placesOf(shape)]),
  );
  for (const places of signatures.values()) {
    const covered = letterings(places)
      .flatMap(orbitOf)
      .map((lettering) => lettering.join(" "));
    const all = allLetterings(places).map((lettering) => lettering.join(" "));
    assert.equal(covered.sort(), all.sort());
    // The letters of those that are kept are the first ones, so that the next one is free.
    for (const lettering of letterings(places)) {
      const letters = [...new Set(lettering.join(""))].sort().join("");
      assert.ok("abc".startsWith(letters), lettering.join(" "));
    }
  }
});

/** What matcher and enumerator find, with the steps by their number in the pattern. */
function foundIn(pattern: string, stream: string): readonly [unknown, unknown] {
  const ast = parsePattern(pattern);
  const steps = [...shapeOf(ast).keys()];
  const byMatcher = feed(matcherOf(ast), eventsOf(stream)).map((outcome) =>
    outcome.kind === "match"
      ? [outcome.at, outcome.taken.map(({ step, origin }) => [steps.indexOf(step), Number(origin.offset)])]
      : outcome,
  );
  const { matches } = enumerate(ast, eventsOf(stream), { until: END_OF_TIME });
  const byDefinition = matches.map(({ at, taken }) => [
    at,
    taken.map(({ step, position }) => [steps.indexOf(step), position]),
  ]);
  return [byMatcher, byDefinition];
}

it("finds the same if letters are renamed in pattern and stream alike", () => {
  const dice = new Dice(7);
  const all = [...shapes(2, { rare: true }), ...shapes(3, { rare: true })];
  for (let round = 0; round < 400; round += 1) {
    const shape = dice.one(all);
    const lettering = dice.one(letterings(placesOf(shape)));
    const [pattern, names] = [fill(shape, lettering), dice.one(["acb", "bac", "bca", "cab", "cba"])];
    if (!isAccepted(parsePattern(pattern))) continue;
    const stream = Array.from({ length: 6 }, () => dice.one(["a", "b", "c"])).join("");
    const renamed = fill(
      shape,
      lettering.map((letters) => rename(letters, names)),
    );
    const renamedStream = [...stream].map((letter) => rename(letter, names)).join("");
    assert.equal(foundIn(renamed, renamedStream), foundIn(pattern, stream), `${pattern} on ${stream}, ${names}`);
  }
});

it("finds the same if letters that the pattern does not have are exchanged", () => {
  for (const { windows, alphabet } of subjects({ operators: 1, rare: true })) {
    if (alphabet.length === 3) continue;
    assert.equal(alphabet, ["a", "b"]);
    for (const pattern of windows) {
      for (const stream of streamsOf(["a", "b", "c"], 5)) {
        const text = formatPattern(pattern);
        assert.equal(foundIn(text, stream), foundIn(text, stream.replaceAll("c", "b")), `${text} on ${stream}`);
      }
    }
  }
});

it("samples the patterns that there are, the same ones for the same seed", () => {
  const textOf = ({ windows }: Subject): string => windows.slice(0, 1).map(formatPattern).join();
  const range = { operators: 2, rare: true };
  const all = [...subjects(range)].map(textOf);
  const sample = [...sampleSubjects(range, 50, 1)].map(textOf);
  assert.is(new Set(sample).size, 50);
  assert.ok(sample.every((pattern) => all.includes(pattern)));
  assert.equal([...sampleSubjects(range, 50, 1)].map(textOf), sample);
  assert.not.equal([...sampleSubjects(range, 50, 2)].map(textOf), sample);
  assert.equal([...sampleSubjects(range, 1e9, 1)].map(textOf).sort(), all.sort());
});

it("finds a difference where there is one, and shows the smallest case", () => {
  const [asked, answered] = [parsePattern("a ; b"), parsePattern("a , b")];
  const streams = { alphabet: ["a", "b", "c"], length: 4, everyStream: false };
  assert.is(search(asked, shareOracle(answered, 4), streams).differsOn, "aaab");
  assert.is(search(asked, shareOracle(asked, 4), streams).differsOn, null);
  assert.match(showDisagreement(asked, "aaab"), "only if streams share their work");
});

it.run();
