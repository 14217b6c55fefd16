// How the runs of a state are found for which its tests hold. That it is right is the law of reference/looking-back.spec.ts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { analysisOf } from "../../lib/automaton/analysis.ts";
import { compile } from "../../lib/automaton/compile.ts";
import { createStates, type State } from "../../lib/automaton/decide.ts";
import { enter } from "../../lib/automaton/waiting.ts";
import { parsePattern } from "../oracle/notation.ts";

const it = suite("how runs are found");

/** The state of runs that have just taken an event of `step`. */
function after(step: string, pattern: string): State {
  const automaton = compile(parsePattern(pattern));
  const places = automaton.places.filter((place) => automaton.steps[place.step]?.name === step);
  const { waiting } = enter(automaton, [places.at(-1)?.id as number]);
  return createStates(automaton, analysisOf(automaton)).stateOf(waiting, false);
}
const findingIn = (step: string, pattern: string): string => after(step, pattern).finding.kind;

it("all alike, where no test looks at earlier events", () => {
  assert.is(findingIn("a", "a b[v=2]"), "alike");
});

it("by one value, if one comparison or several with the same value look at it", () => {
  assert.is(findingIn("a", "a b[v=a.v]"), "byValue");
  assert.is(findingIn("a", "a b[v>a.v]"), "byValue");
  assert.is(findingIn("b", "a b[v=a.v]+ c[v=a.v]"), "byValue");
  assert.is(findingIn("a", "a !n[v=a.v].. b[v=a.v]"), "byValue");
  assert.is(findingIn("b", "a b[v=a.v] c[v=b.v&v=a.v]"), "byValue");
});

it("by what they share, where only taking depends on it", () => {
  assert.is(findingIn("a", "a ~ b[v!=a.v]"), "chosen");
  assert.is(findingIn("a", "a ; b[v!=a.v]"), "chosen");
  assert.is(findingIn("b", "a ~ b[v<a.v]+~ ~ c[v!=b.last.v]"), "chosen");
  assert.is(findingIn("b", "a b ~ c[v>a.v&v<b.v]"), "chosen");
});

it("one by one elsewhere", () => {
  assert.is(findingIn("a", "a , b[v!=a.v]"), "asked", "what is not taken may pass");
  assert.is(findingIn("a", "a !n[v!=a.v].. b"), "asked", "an absence ends runs");
  assert.is(findingIn("a", "a ~ b[v!=a.v&boom]"), "asked", "a function");
  assert.is(findingIn("b", "a ~ b[v!=a.v] ~ c[boom]"), "alike");
});

it("knows where nobody sees which tests are asked", () => {
  assert.equal([after("a", "a b[v=a.v]").isTame, after("a", "a !n[boom].. b[v=a.v]").isTame], [true, false]);
});

it.run();
