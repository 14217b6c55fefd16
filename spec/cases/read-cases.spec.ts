// The driver of the case files: what is not understood is refused with its line, and a case that is wrong fails.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Case } from "./case.ts";
import { checkCase } from "./check-case.ts";
import { quotesOf, sentencesOf } from "./definition.ts";
import { readCases } from "./read-cases.ts";

const it = suite("case files");

const read = (...lines: readonly string[]) => readCases("x.case", lines.join("\n"));

/** A case with one stream; `wrong` replaces its lines. */
const PAIR = ["# a pair", "pattern   begin(a) next(b)", "events    a1  b2", "match     a   b"] as const;

it("reads a case", () => {
  const [pair, ...others] = read("// a comment", "", ...PAIR, "", "events    a1  x2  …9", "match     none");
  assert.equal(others, []);
  assert.is(pair?.place, "x.case:3");
  assert.is(pair?.title, "a pair");
  assert.equal(
    pair?.streams.map(({ matches }) => matches.length),
    [1, 0],
  );
  assert.is(pair?.streams[1]?.until, 9);
});

const REFUSED: readonly (readonly [lines: readonly string[], why: string])[] = [
  [[], "x.case: no case"],
  [["// nothing"], "x.case: no case"],
  [PAIR.slice(1), "x.case:1: a case begins with a title"],
  [["#", ...PAIR.slice(1)], "x.case:1: the title is empty"],
  [["# no pattern", ...PAIR.slice(2)], "x.case:1: a case has one pattern, not 0"],
  [[...PAIR.slice(0, 2), PAIR[1], ...PAIR.slice(2)], "x.case:1: a case has one pattern, not 2"],
  [PAIR.slice(0, 2), "x.case:1: nothing is expected"],
  [PAIR.slice(0, 3), "x.case:3: nothing is expected"],
  [[...PAIR.slice(0, 2), PAIR[3]], "x.case:3: no events come before this"],
  [[...PAIR, "refused   BAD_LINK a"], "x.case:1: a pattern that is refused finds nothing"],
  [[...PAIR, "matches   a   b"], `x.case:5: "matches" is no word of case files`],
  [[...PAIR.slice(0, 3), "match     a"], "x.case:4: nothing stands under b2"],
  [[...PAIR.slice(0, 3), "match     a  b"], `x.case:4: "b" does not stand under b2`],
  [[...PAIR.slice(0, 3), "match     .   ."], "x.case:4: no event is named"],
  [[...PAIR.slice(0, 3), "match     a   b   at 2"], `x.case:4: leave "at 2" out`],
  [[...PAIR.slice(0, 3), "match     a   b   on 2"], `x.case:4: "on 2" stands under no event`],
  [[...PAIR.slice(0, 2), "events    a1  b", PAIR[3]], `x.case:3: "b" is no event`],
  [[PAIR[0], "pattern   begin(a) then(b)"], `x.case:2: "then(b)" is unknown`],
  [[PAIR[0], "pattern   begin(a) where(e.v >= 3)"], `x.case:2: ">= 3" is no part of a condition`],
  [[PAIR[0], "pattern   begin(a) tag(kind)"], `x.case:2: "tag(kind)" does not stand first`],
  [[PAIR[0], "pattern   begin(a"], "x.case:2: "],
  [[PAIR[0], "pattern   begin(a) skip(toEnd)"], `x.case:2: "skip(toEnd)" is unknown`],
  [[PAIR[0], "json      {"], "x.case:2: "],
  [[PAIR[0], "pattern   begin(a)", "refused   nothing"], `x.case:3: "refused nothing" cannot be read`],
  [[PAIR[0], "pattern   begin(a)", "limit     maxCount"], `x.case:3: "limit maxCount" cannot be read`],
  [[PAIR[0], "timedOut  some", ...PAIR.slice(1)], "x.case:2: timedOut is all or longest"],
  [["  # a pair", ...PAIR.slice(1)], "x.case:1: nothing comes before this"],
];

for (const [lines, why] of REFUSED) {
  it(`says ${why}`, () => {
    try {
      read(...lines);
    } catch (error) {
      const { message } = error as Error;
      assert.ok(message.includes(why), message);
      return;
    }
    assert.unreachable("it was read");
  });
}

const WRONG: readonly (readonly string[])[] = [
  [...PAIR.slice(0, 3), "match     none"],
  [...PAIR.slice(0, 3), "match     a   ."],
  [...PAIR.slice(0, 3), "match     a   b   by 2"],
  [...PAIR.slice(0, 3), "match     a   b   at 3"],
  [...PAIR, "match     a   b"],
  [...PAIR, "notice    maxRunsPerKey quarantined 3 at 3"],
  [...PAIR, "counts    matches 2"],
  [...PAIR, "late      .   x"],
  [...PAIR, "timeout   a   .   by 5"],
  [...PAIR.slice(0, 2), "warned    NO_TIME_BOUND the pattern", ...PAIR.slice(2)],
  [...PAIR.slice(0, 2), "refused   BAD_LINK a"],
  ["# refused", "pattern   begin(a) next(a)", "events    a1", "match     none"],
  ["# refused for another reason", "pattern   begin(a) next(a)", "refused   DUPLICATE_STEP b"],
  ["# no time-out", "pattern   begin(a) next(b) within(5)", "events    a1", "match     none", "timeout   none"],
  ["# by an event", "pattern   begin(a) notNext(n) within(5)", "events    a1", "match     a   at 6"],
];

it("a case that says what is right passes", () => {
  for (const each of read(...PAIR, "timeout   none", "counts    matches 1")) checkCase(each);
});

for (const lines of WRONG) {
  it(`a wrong case fails: ${lines.slice(1).join(" / ")}`, () => {
    assert.ok(read(...lines).some(fails));
  });
}

function fails(each: Case): boolean {
  try {
    checkCase(each);
  } catch {
    return true;
  }
  return false;
}

it("finds what a title quotes, and the sentences of a definition", () => {
  assert.equal(quotesOf('"Strict: *j* = i + 1" and "no `until` … of the step": more'), [
    "Strict: j = i + 1",
    "no until",
    "of the step",
  ]);
  const text = "# A\n## The definition\n\nFirst of all.\n\n1. *Counts*. Each one takes\n   [some](x).\n\n## More\n";
  assert.equal(sentencesOf(text), ["First of all.", "Each one takes some."]);
});

it.run();
