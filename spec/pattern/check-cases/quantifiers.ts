// Counts, loops, greed.

import type { Condition } from "../../../lib/pattern/expression/expression.ts";
import {
  begin,
  group,
  next,
  notFollowedBy,
  notNext,
  OPTIONAL,
  oneOrMore,
  opaque,
  pattern,
  times,
} from "../ast-builders.ts";
import type { Case } from "./case.ts";

const a = begin("a");
const b = next("b");
const within = { withinMs: 600_000 };
const until = (condition: Condition) => ({ quantifier: oneOrMore({ until: condition }) });

export const QUANTIFIERS_CASES: readonly Case[] = [
  ...(
    [
      [times(0), /"a" is to be taken times 0, which takes nothing\. Count from 1, and add optional\(\)/],
      [times(0, 2), /which takes nothing/],
      [times(-1, null), /times -1 or more, which takes nothing/],
      [times(3, 2), /times 3 to 2, but the larger count comes last\. Write times\(2, 3\)/],
      [times(1.5), /times 1.5, which is no whole number of times/],
      [times(1, 2.5), /no whole number/],
      [times(Number.NaN), /no whole number/],
      [times(1, Number.POSITIVE_INFINITY), /no whole number/],
      [times(2, 2, { counted: false }), /says it is not counted/],
    ] as const
  ).map(
    ([quantifier, message]): Case => ({
      code: "BAD_COUNT",
      what: `${quantifier.min} to ${quantifier.max}${quantifier.counted ? "" : ", not counted"}`,
      wrong: pattern([begin("a", { quantifier })]),
      path: ["a"],
      message,
      right: pattern([begin("a", { quantifier: times(1, 2) })]),
    }),
  ),
  {
    code: "ENDLESS_EMPTY_LOOP",
    what: "a loop over nothing",
    wrong: pattern([group(null, [begin("a", { quantifier: OPTIONAL })], { quantifier: oneOrMore() })]),
    path: ["(a)"],
    message: /The group \(a\) repeats without bound, and all it holds may be left out/,
    right: pattern([group(null, [begin("a", { quantifier: OPTIONAL })], { quantifier: times(1, 5) })]),
  },
  {
    code: "ENDLESS_EMPTY_LOOP",
    what: "a loop over a group of nothing and an absence",
    wrong: pattern(
      [
        begin("x"),
        group("next", [begin("a", { quantifier: OPTIONAL }), notNext("n"), next("b", { quantifier: OPTIONAL })], {
          quantifier: oneOrMore(),
        }),
      ],
      within,
    ),
    path: ["(a, n, b)"],
    message: /repeats without bound/,
    right: pattern(
      [
        begin("x"),
        group("next", [begin("a"), notNext("n"), next("b", { quantifier: OPTIONAL })], { quantifier: oneOrMore() }),
      ],
      within,
    ),
  },
  {
    code: "UNTIL_WITHOUT_LOOP",
    what: "until of a single step",
    wrong: pattern([begin("a", { quantifier: { ...times(1), until: opaque() } })]),
    path: ["a"],
    message: /"a" has an "until" but no loop without end/,
    right: pattern([begin("a", until(opaque()))]),
  },
  {
    code: "UNTIL_WITHOUT_LOOP",
    what: "until of a bounded loop",
    wrong: pattern([begin("a", { quantifier: times(2, 5, { until: opaque() }) })]),
    path: ["a"],
    message: /oneOrMore\(\) or timesOrMore\(n\)/,
    right: pattern([begin("a", { quantifier: times(2, null, { until: opaque() }) })]),
  },
  {
    code: "CONTIGUITY_WITHOUT_LOOP",
    what: "consecutive of a single step",
    wrong: pattern([begin("a", { quantifier: { ...OPTIONAL, inner: "next" } })]),
    path: ["a"],
    message: /"a" is consecutive but does not repeat/,
    right: pattern([begin("a", { quantifier: times(1, 1, { inner: "next" }) })]),
  },
  {
    code: "CONTIGUITY_WITHOUT_LOOP",
    what: "allowCombinations of a group that does not repeat",
    wrong: pattern([group(null, [a, b], { quantifier: { ...OPTIONAL, inner: "followedByAny" } })]),
    path: ["(a, b)"],
    message: /is allowCombinations but does not repeat/,
    right: pattern([group(null, [a, b], { quantifier: times(2, 2, { inner: "followedByAny" }) })]),
  },
  {
    code: "GREEDY_SINGLE_STEP",
    what: "a greedy step",
    wrong: pattern([begin("a", { quantifier: { ...OPTIONAL, greedy: true } }), b]),
    path: ["a"],
    message: /"a" is greedy but takes a single event/,
    right: pattern([begin("a", { quantifier: times(1, 1, { greedy: true, optional: true }) }), b]),
  },
  {
    code: "GREEDY_GROUP",
    what: "a greedy group",
    wrong: pattern([group(null, [a], { quantifier: oneOrMore({ greedy: true }) }), b]),
    path: ["(a)"],
    message: /The group \(a\) is greedy, which only steps can be/,
    right: pattern([
      group(null, [begin("a", { quantifier: oneOrMore({ greedy: true }) })], { quantifier: oneOrMore() }),
      b,
    ]),
  },
  {
    code: "GREEDY_FIXED_COUNT",
    what: "a greedy step with one count",
    wrong: pattern([begin("a", { quantifier: times(2, 2, { greedy: true }) }), b]),
    path: ["a"],
    message: /"a" is greedy but has no choice: it takes exactly 2/,
    right: pattern([begin("a", { quantifier: times(2, 3, { greedy: true }) }), b]),
  },
  {
    code: "GREEDY_WITH_COMBINATIONS",
    what: "greedy and allowCombinations",
    wrong: pattern([begin("a", { quantifier: oneOrMore({ greedy: true, inner: "followedByAny" }) }), b]),
    path: ["a"],
    message: /"a" is greedy, which leaves out nothing, and allows combinations/,
    right: pattern([begin("a", { quantifier: oneOrMore({ greedy: true, inner: "next" }) }), b]),
  },
  ...(
    [
      ["that is followed", pattern([begin("a", { quantifier: oneOrMore({ greedy: true }) }), b])],
      ["with a deadline", pattern([begin("a", { quantifier: oneOrMore({ greedy: true }) })], within)],
      ["with a maximum", pattern([begin("a", { quantifier: times(1, 5, { greedy: true }) })])],
      ["with until", pattern([begin("a", { quantifier: oneOrMore({ greedy: true, until: opaque() }) })])],
      ["that is consecutive", pattern([begin("a", { quantifier: oneOrMore({ greedy: true, inner: "next" }) })])],
      ["with a gap", pattern([begin("a", { quantifier: oneOrMore({ greedy: true }), maxGapMs: 5 })])],
      [
        "before a timed absence",
        pattern([begin("a", { quantifier: oneOrMore({ greedy: true }) }), notFollowedBy("n", { on: ["n"], forMs: 5 })]),
      ],
      [
        "in a group with until",
        pattern([
          group(null, [begin("a", { quantifier: oneOrMore({ greedy: true }) })], {
            quantifier: oneOrMore({ until: opaque() }),
          }),
        ]),
      ],
    ] as const
  ).map(
    ([what, right]): Case => ({
      code: "GREEDY_NEVER_CLOSES",
      what: `a greedy loop at the end, not ${what}`,
      wrong: pattern([begin("a", { quantifier: oneOrMore({ greedy: true }) })]),
      path: ["a"],
      message: /"a" is greedy and nothing need follow it/,
      right,
    }),
  ),
  {
    code: "GREEDY_NEVER_CLOSES",
    what: "a greedy loop in a group before optional steps",
    wrong: pattern([
      group(null, [begin("a", { quantifier: oneOrMore({ greedy: true }) })]),
      next("b", { quantifier: OPTIONAL }),
    ]),
    path: ["(a)", "a"],
    message: /nothing need follow it/,
    right: pattern([group(null, [begin("a", { quantifier: oneOrMore({ greedy: true }) })]), next("b")]),
  },
];
