// On which rung the conditions of a pattern stand, and why. That runs are found as it says is the law of reference/looking-back.spec.ts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import type { TimedOutReport } from "../../lib/matching/matcher.ts";
import { rungsOf } from "../../lib/matching/rungs.ts";
import { parsePattern } from "../oracle/notation.ts";

const it = suite("the ladder of conditions");

/** Name, rung and reason of each condition. */
function ladder(pattern: string, timedOut: TimedOutReport = "none"): readonly string[] {
  const rungs = rungsOf(compile(parsePattern(pattern)), timedOut);
  return rungs.map(({ of, kind, rung, why, beside }) =>
    [kind === "until" ? `until ${of}` : of, rung, ...[why ?? [], beside ?? []].flat()].join(" "),
  );
}

it("has conditions on the event alone at its foot", () => {
  assert.equal(ladder("a !n.. b[v>3] c+/u"), ["a 0", "no n 0", "b 0", "c 0", "until c 0"]);
});

it("tells a value that all steps have from one that only some have, or that may change", () => {
  assert.equal(ladder("a b[v=a.v] c[v=b.v]"), ["a 0", "b 1", "c 1"]);
  assert.equal(ladder("a b[v=a.v]+ !n[v=a.v].. c[v=b.last.v]"), ["a 0", "b 1", "no n 1", "c 1"]);
  assert.equal(ladder("a b c[v=a.v]"), ["a 0", "b 0", "c 2 notOfAll"]);
  assert.equal(ladder("a b c[v=b.v]"), ["a 0", "b 0", "c 2 notOfAll"], "not one of the first step");
  assert.equal(ladder("a{2} b[v=a.first.v]"), ["a 0", "b 2 notOfAll"], "the second a has another one");
  assert.equal(ladder("(a b)+ c[v=a.first.v]"), ["a 0", "b 0", "c 2 notForGood"]);
  assert.equal(ladder("a+ b[v=a.last.v]"), ["a 0", "b 2 notForGood"]);
});

it("puts an order above an equality", () => {
  assert.equal(ladder("a b[v>a.v]"), ["a 0", "b 3 order"]);
});

it("puts what only decides who takes above that, and the rest on top", () => {
  assert.equal(ladder("a ~ b[v!=a.v]"), ["a 0", "b 4 notOneComparison"]);
  assert.equal(ladder("a ~ b[v<a.v]+~ ~ c[v=a.v]"), ["a 0", "b 4 besideAnother c", "c 4 besideAnother b"]);
  assert.equal(ladder("a b[v!=a.v]"), ["a 0", "b 5 decidesWhoStays"]);
  assert.equal(ladder("a ~ b[v=a.v&boom]"), ["a 0", "b 5 callsFunction"]);
  assert.equal(ladder("a !n[v>a.v].. b[v=a.v]"), ["a 0", "no n 5 besideAnother b", "b 5 besideAnother no n"]);
});

it("says why runs are kept each by itself", () => {
  assert.equal(ladder("a b[v>a.v]<3 | within 9"), ["a 0", "b 5 ownDeadline"]);
  assert.equal(ladder("a !n[v>a.v].. | within 9"), ["a 0", "no n 5 absenceAtDeadline"]);
  assert.equal(ladder("a b[v>a.v] | within 9", "count"), ["a 0", "b 5 timeOutsReported"]);
  assert.equal(ladder("a b[v>a.v] | within 9 ordered"), ["a 0", "b 5 ordered"]);
});

it("knows that runs that are kept each by itself are found by value, too", () => {
  assert.equal(ladder("a b[v=a.v]<3 | within 9"), ["a 0", "b 2 ownDeadline"]);
  assert.equal(ladder("a !n[v=a.v].. | within 9"), ["a 0", "no n 2 absenceAtDeadline"]);
  assert.equal(ladder("a b[v=a.v] !n[v=a.v].. | within 9", "count"), [
    "a 0",
    "b 2 timeOutsReported",
    "no n 2 absenceAtDeadline",
  ]);
  assert.equal(ladder("a b[v=a.v&v>1] | within 9 ordered"), ["a 0", "b 2 ordered"]);
  assert.equal(ladder("a b[v=a.v&v!=a.v]<3"), ["a 0", "b 5 ownDeadline"]);
});

it("takes the worst of all states in which a condition is asked", () => {
  assert.equal(ladder("a b[v=a.v]? c[v>a.v]"), ["a 0", "b 5 besideAnother c", "c 5 besideAnother b"]);
});

it.run();
