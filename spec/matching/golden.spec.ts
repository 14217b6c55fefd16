// What an earlier version saved is read by this one, which then says what that one would have said.
// `fixtures/matching/rows-2.txt` was written when the format was new, and stays as it is: another format gets another file.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { MatcherState } from "../../lib/matching/matcher.ts";
import { parseEvents } from "../oracle/notation.ts";
import { feed, matcherOf, matchesOf, timedOutOf } from "./drive.ts";
import { GOLDEN_CASES, type GoldenCase } from "./golden-cases.ts";
import { type RowsOfState, readRows } from "./read-rows.ts";

const it = suite("saved by an earlier version");

type Golden = GoldenCase & {
  readonly state: MatcherState;
  readonly matches: readonly string[];
  readonly timedOut: readonly string[];
};

const GOLDEN: readonly Golden[] = JSON.parse(
  readFileSync(new URL("../fixtures/matching/rows-2.txt", import.meta.url), "utf8"),
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

it("says what the drawing of its bytes says", () => {
  const { state } = GOLDEN[0] as Golden;
  assert.equal((state["rows"] as readonly RowsOfState[]).flatMap(readRows), [
    {
      key: "k",
      quietUntil: null,
      cut: 0,
      number: 4,
      records: [
        "taken 0 after 0: event 1",
        "taken 0 after 0: event 2",
        "taken 1 after 1: event 3",
        "taken 1 after 2: event 3",
        "taken 1 after 3: event 4",
        "taken 1 after 4: event 4",
      ],
      events: [
        '1 at 1 from t/0/1 {"type":"a"}',
        '2 at 2 from t/0/2 {"type":"a"}',
        '3 at 3 from t/0/3 {"type":"b"}',
        '4 at 5 from t/0/5 {"type":"b"}',
      ],
      groups: ["5, 3, 6, 4 listed wait for 2, 3"],
      held: [],
    },
  ]);
});

it.run();
