// Fields that throw when they are read, of the event at hand or of one that was taken, are told as if each run had been asked.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { FunctionFailed, Outcome } from "../../lib/matching/matcher.ts";
import { feed, matcherOf, matchesOf } from "./drive.ts";

const it = suite("fields that throw");

const failures = (outcomes: readonly Outcome[]): readonly FunctionFailed[] =>
  outcomes.filter((outcome) => outcome.kind === "functionFailed");

it("reports a field that throws when it is read, where runs are found without asking each", () => {
  const touchy = {
    type: "b",
    get v(): number {
      throw new Error("do not touch");
    },
  };
  const said = (pattern: string) => {
    const matcher = matcherOf(pattern);
    feed(matcher, "a=1 a=2", 2);
    const origin = { topic: "t", partition: 0, offset: 9n };
    const [failure] = failures(matcher.onEvent("k", { value: touchy, at: 3, origin }));
    return [failure?.step, failure?.message, matcher.stats().runs];
  };
  assert.equal(said("a b[v=a.v]"), ["b", "do not touch", 2]);
  assert.equal(said("a ~ b[v!=a.v]"), ["b", "do not touch", 2], "where runs are chosen");
  assert.equal(said("a ~ b[v!=a.v&v>0]"), ["b", "do not touch", 2]);
  assert.equal(said("a !n[v=a.v].. b[v=a.v]"), ["b", "do not touch", 2], "where two tests look for one value");
  assert.equal(said("a !b[v=a.v].. c"), ["no b", "do not touch", 0], "what may not be counts as there");
  assert.equal(said("a b[v=a.v]<9"), ["b", "do not touch", 2], "where each run has a clock of its own");
  assert.equal(said("a !b[v=a.v].. | within 9"), ["no b", "do not touch", 0]);
});

it("reports a field that throws when it is read of an event that was taken", () => {
  const touchy = Object.defineProperty({ type: "a" }, "v", {
    get() {
      throw new Error("do not touch");
    },
  });
  const said = (pattern: string, next: string) => {
    const matcher = matcherOf(pattern);
    matcher.onEvent("k", { value: touchy, at: 1, origin: { topic: "t", partition: 0, offset: 1n } });
    feed(matcher, "a=1@2 a=2@3", 3);
    const outcomes = feed(matcher, next, 4);
    return [failures(outcomes)[0]?.step, failures(outcomes).length, matchesOf(outcomes).length, matcher.stats().runs];
  };
  assert.equal(said("a ~ b[v!=a.v]", "b=3@4"), ["b", 1, 2, 3], "where runs are chosen");
  assert.equal(said("a b[v=a.v]", "b=1@4"), ["b", 1, 1, 2], "where they are found by value");
  assert.equal(said("a !n[v=a.v].. b[v=a.v]", "n=2@4"), ["no n", 1, 0, 1], "what may not be counts as there");
  assert.equal(said("a b[v=a.v]<9", "b=1@4"), ["b", 1, 1, 2], "where each run has a clock of its own");
});

it.run();
