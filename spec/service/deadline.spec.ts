// Whether a pattern needs the clock when all is silent: if it is said not to, then no match may wait for time alone.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { reportsAtDeadline } from "../../lib/service/deadline.ts";
import type { PatternDefinition } from "../../lib/service/definition.ts";
import { END_OF_TIME } from "../../lib/time/instant.ts";
import { feed, matchesOf } from "../matching/drive.ts";
import { parsePattern } from "../oracle/notation.ts";
import { formatCase, randomCase } from "../oracle/random.ts";

const it = suite("deadlines");

const needsClock = (ast: PatternAst, report: "none" | "all" = "none"): boolean =>
  reportsAtDeadline({ pattern: { ast }, timedOut: { report } } as PatternDefinition);

it("never leave a match waiting for a clock that does not run", () => {
  let without = 0;
  for (let seed = 1; seed <= 1_000; seed++) {
    const each = randomCase(seed);
    if (needsClock(each.pattern)) continue;
    without += 1;
    const matcher = createKeyedMatcher(compile(each.pattern));
    feed(matcher, each.events, each.events.at(-1)?.at);
    assert.equal(matchesOf(matcher.advanceTo(END_OF_TIME)), [], `seed ${seed}: ${formatCase(each)}`);
  }
  assert.ok(without > 300, `only ${without} of 1,000 patterns were said to need no clock`);
});

for (const [pattern, needs] of [
  ["a b", false],
  ["a b | within 5", false],
  ["a b? | within 5", false],
  ["a !n.. b | within 5", false],
  ["a b | within 5 ordered", true],
  ["a !n.. | within 5", true],
  ["a !n..5", true],
  ["a !n.. b? | within 5", true],
  ["a b+^ | within 5", true],
  ["a b+^ c | within 5", false],
  ["a b+^ c? | within 5", true],
  ["a b+^<5", true],
  ["a (c? b+^)<5", true],
  ["a (c b+^) | within 5", true],
  ["a b+;^", false],
] as const) {
  it(`${needs ? "need" : "do not need"} a clock in ${pattern}`, () =>
    assert.is(needsClock(parsePattern(pattern)), needs));
}

it("need a clock for time-outs that are asked for, if there can be any", () => {
  assert.ok(needsClock(parsePattern("a b | within 5"), "all"));
  assert.not(needsClock(parsePattern("a b"), "all"));
});

it.run();
