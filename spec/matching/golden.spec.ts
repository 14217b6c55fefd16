// What an earlier version saved is read by this one, which then says what that one would have said.
// `fixtures/matching/rows-1.txt` was written when the format was new, and stays as it is: another format gets another file.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { MatcherState } from "../../lib/matching/matcher.ts";
import { parseEvents } from "../oracle/notation.ts";
import { feed, matcherOf, matchesOf, timedOutOf } from "./drive.ts";
import { GOLDEN_CASES, type GoldenCase } from "./golden-cases.ts";

const it = suite("saved by an earlier version");

type Golden = GoldenCase & {
  readonly state: MatcherState;
  readonly matches: readonly string[];
  readonly timedOut: readonly string[];
};

const GOLDEN: readonly Golden[] = JSON.parse(
  readFileSync(new URL("../fixtures/matching/rows-1.txt", import.meta.url), "utf8"),
);

it("is restored, and goes on as it would have", () => {
  assert.is(GOLDEN.length, GOLDEN_CASES.length);
  for (const { pattern, before, after, state, matches, timedOut } of GOLDEN) {
    const matcher = matcherOf(pattern, { timedOut: "all" });
    matcher.restore(state);
    const said = feed(matcher, parseEvents(`${before} ${after}`).slice(parseEvents(before).length));
    assert.equal(matchesOf(said), matches, pattern);
    assert.equal(timedOutOf(said), timedOut, pattern);
  }
});

it.run();
