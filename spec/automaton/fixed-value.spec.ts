// Which values of runs are the same for good. That they are is the law of reference/looking-back.spec.ts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fixedValuesOf } from "../../lib/automaton/fixed-value.ts";
import type { ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { parsePattern } from "../oracle/notation.ts";

const it = suite("values that a run has for good");

/** The name of the field v of a step, where the step or absence `of` asks for it; `null`: it may be another one later. */
function nameIn(
  pattern: string,
  of: string,
  step: string,
  at: "only" | "first" | "last" | number = "only",
): string | null {
  const value: ValueExpr = { kind: "field", of: { kind: "taken", step, at }, path: ["v"] };
  return fixedValuesOf(parsePattern(pattern))(of, value)?.name ?? null;
}

it("are those of steps that cannot be skipped, once they are passed", () => {
  assert.is(nameIn("a b", "b", "a"), '["a","v"]');
  assert.is(nameIn("a !n.. b", "no n", "a"), '["a","v"]');
  assert.is(nameIn("a? b c", "c", "a"), null, "it may be skipped");
  assert.is(nameIn("a+ b", "b", "a", "first"), '["a","v"]');
  assert.is(nameIn("a+ b", "b", "a", "last"), null, "there may be another one");
  assert.is(nameIn("a+ b", "b", "a", 0), null, "not looked into");
  assert.is(nameIn("a b+", "b", "b", "first"), null, "it is not there before it is taken");
  assert.is(nameIn("(a b)+ c", "c", "a", "first"), null, "in a group");
  assert.is(nameIn("a (b c)+ d", "c", "a"), '["a","v"]', "before the group");
});

it("are called alike if steps only take events with that value", () => {
  assert.is(nameIn("a b[v=a.v] c", "c", "b"), '["a","v"]');
  assert.is(nameIn("a b[v=a.v] c[v=b.v] d", "d", "c"), '["a","v"]');
  assert.is(nameIn("a b[v=a.v]+ c", "c", "b", "last"), '["a","v"]', "each of a loop");
  assert.is(nameIn("a b[v=a.v]? c", "c", "b"), null, "of what may be skipped");
  assert.is(nameIn("a b[v>a.v] c", "c", "b"), '["b","v"]', "another value");
});

it("are nothing but fields of events that were taken", () => {
  const fixed = fixedValuesOf(parsePattern("a b"));
  assert.is(fixed("b", { kind: "count", step: "a" }), null);
  assert.is(fixed("b", { kind: "field", of: { kind: "candidate" }, path: ["v"] }), null);
});

it.run();
