import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { describeProblems } from "../../lib/core/errors.ts";
import type { Element, PatternAst } from "../../lib/pattern/ast.ts";
import { type CheckOptions, checkPattern } from "../../lib/pattern/checks.ts";
import type { Condition } from "../../lib/pattern/expression.ts";
import { DEFAULT_PATTERN_LIMITS } from "../../lib/pattern/limits.ts";
import { PROBLEM_CODES, type ProblemCode } from "../../lib/pattern/problem-codes.ts";
import { astArbitrary } from "./arbitraries.ts";
import {
  and,
  begin,
  field,
  followedBy,
  group,
  is,
  item,
  literal,
  next,
  not,
  notFollowedBy,
  notNext,
  OPTIONAL,
  oneOrMore,
  opaque,
  or,
  pattern,
  step,
  taken,
  times,
} from "./ast-builders.ts";

const it = suite("pattern/checks");

/** A wrong pattern as small as it can be, what is said about it, and the pattern beside it that is right. */
type Case = {
  readonly code: ProblemCode;
  readonly what: string;
  readonly wrong: PatternAst;
  readonly path?: readonly string[];
  readonly message: RegExp;
  readonly right: PatternAst | null;
  readonly options?: CheckOptions;
};

const a = begin("a");
const b = next("b");
const within = { withinMs: 600_000 };
const conditioned = (condition: Condition): PatternAst => pattern([a, next("b", { condition })]);
const until = (condition: Condition) => ({ quantifier: oneOrMore({ until: condition }) });
const many = (count: number): readonly Element[] => [
  a,
  ...Array.from({ length: count - 1 }, (_, index) => next(`s${index}`)),
];
const nested = (depth: number): Element => (depth === 0 ? a : group(null, [nested(depth - 1)]));
const notNot = (depth: number): Condition => (depth === 1 ? opaque() : not(notNot(depth - 1)));
const counts = (op: "lt" | "gt"): Condition => ({
  kind: "compare",
  op,
  left: { kind: "count", step: "a" },
  right: literal(5),
});
const sum = (step: string, of = item("v")): Condition => ({
  kind: "compare",
  op: "gt",
  left: { kind: "aggregate", op: "sum", step, value: of },
  right: literal(5),
});

const CASES: readonly Case[] = [
  // ---- limits
  {
    code: "TOO_MANY_ELEMENTS",
    what: "more than 1,000 elements",
    wrong: pattern(many(1_001)),
    message: /more than 1,000 steps, absences and groups, the limit maxElements\. .*limits: \{ maxElements: 2000 \}/,
    right: pattern(many(1_000)),
  },
  {
    code: "TOO_DEEP",
    what: "groups nine deep",
    wrong: pattern([nested(9)]),
    message: /more than 8 deep in each other, the limit maxDepth\. .*limits: \{ maxDepth: 16 \}/,
    right: pattern([nested(8)]),
  },
  {
    code: "TOO_DEEP",
    what: "groups very deep",
    wrong: pattern([Array.from({ length: 200_000 }).reduce<Element>((inner) => group(null, [inner]), a)]),
    message: /maxDepth/,
    right: null,
  },
  {
    code: "COUNT_TOO_LARGE",
    what: "a count of 1,001",
    wrong: pattern([begin("a", { quantifier: times(1_001) })]),
    path: ["a"],
    message: /"a" is to be taken 1,001 times, more than 1,000, the limit maxCount\. .*limits: \{ maxCount: 2000 \}/,
    right: pattern([begin("a", { quantifier: times(1_000) })]),
  },
  {
    code: "COUNT_TOO_LARGE",
    what: "a large count without upper bound",
    wrong: pattern([begin("a", { quantifier: times(1_001, null) })]),
    path: ["a"],
    message: /1,001 times/,
    right: pattern([begin("a", { quantifier: times(1_000, null) })]),
  },
  {
    code: "NAME_TOO_LONG",
    what: "a name of 201 characters",
    wrong: pattern([begin("x".repeat(201))]),
    path: ["x".repeat(201)],
    message: /The name "x{40}…" has 201 characters, more than 200, the limit maxNameLength/,
    right: pattern([begin("x".repeat(200))]),
  },
  {
    code: "NAME_TOO_LONG",
    what: "a long name of a pattern",
    wrong: pattern([a], { name: "x".repeat(201) }),
    message: /maxNameLength/,
    right: pattern([a], { name: "x".repeat(200) }),
  },
  {
    code: "CONDITION_TOO_LARGE",
    what: "a condition of 1,001 parts",
    wrong: pattern([begin("a", { condition: or(...Array.from({ length: 1_000 }, () => opaque())) })]),
    path: ["a"],
    message:
      /condition of "a" has more than 1,000 parts, the limit maxConditionParts\. .*oneOf.*maxConditionParts: 2000/,
    right: pattern([begin("a", { condition: or(...Array.from({ length: 999 }, () => opaque())) })]),
  },
  {
    code: "CONDITION_TOO_DEEP",
    what: "a condition 101 deep",
    wrong: pattern([begin("a", { condition: notNot(101) })]),
    path: ["a"],
    message: /more than 100 deep in each other, the limit maxConditionDepth/,
    right: pattern([begin("a", { condition: notNot(100) })]),
  },
  {
    code: "CONDITION_TOO_DEEP",
    what: "an until 101 deep",
    wrong: pattern([begin("a", until(notNot(101)))]),
    path: ["a"],
    message: /maxConditionDepth/,
    right: pattern([begin("a", until(notNot(100)))]),
  },
  {
    code: "TOO_MANY_OPTIONS",
    what: "10,001 constants in oneOf",
    wrong: pattern([
      begin("a", { condition: { kind: "oneOf", value: field("v"), options: new Array(10_001).fill(1) } }),
    ]),
    path: ["a"],
    message: /oneOf of "a" lists 10,001 constants, more than 10,000, the limit maxOptions/,
    right: pattern([
      begin("a", { condition: { kind: "oneOf", value: field("v"), options: new Array(10_000).fill(1) } }),
    ]),
  },
  {
    code: "TOO_MANY_OPTIONS",
    what: "10,001 tags",
    wrong: pattern([begin("a", { on: new Array(10_001).fill("x") })]),
    path: ["a"],
    message: /on of "a" lists 10,001 constants/,
    right: pattern([begin("a", { on: ["x"] })]),
  },

  // ---- names, tags, versions, durations
  {
    code: "EMPTY_NAME",
    what: "a step without a name",
    wrong: pattern([begin("")]),
    path: [""],
    message: /The name of a step is empty/,
    right: pattern([begin(" ")]),
  },
  {
    code: "EMPTY_NAME",
    what: "an absence without a name",
    wrong: pattern([a, notNext("")]),
    path: [""],
    message: /The name of an absence is empty/,
    right: pattern([a, notNext("n")]),
  },
  {
    code: "EMPTY_NAME",
    what: "a pattern without a name",
    wrong: pattern([a], { name: "" }),
    message: /The name of a pattern is empty/,
    right: pattern([a], { name: "p" }),
  },
  {
    code: "COLON_IN_NAME",
    what: "a colon",
    wrong: pattern([begin("a:b")]),
    path: ["a:b"],
    message: /"a:b" contains a colon\. Write it without, such as "a-b"/,
    right: pattern([begin("a-b")]),
  },
  {
    code: "RESERVED_NAME",
    what: "the prototype",
    wrong: pattern([begin("__proto__")]),
    path: ["__proto__"],
    message: /"__proto__" is reserved/,
    right: pattern([begin("constructor"), next("toString"), next("hasOwnProperty"), next("then")]),
  },
  {
    code: "UNPRINTABLE_NAME",
    what: "a line break",
    wrong: pattern([begin("a\nb")]),
    path: ["a\nb"],
    message: /The name "a\\nb" has characters that cannot be seen/,
    right: pattern([begin("a b ü 😀 価")]),
  },
  {
    code: "UNPRINTABLE_NAME",
    what: "half a character",
    wrong: pattern([begin("\ud83d")]),
    path: ["\ud83d"],
    message: /The name "\\ud83d"/,
    right: pattern([begin("\ud83d\ude00")]),
  },
  {
    code: "DUPLICATE_STEP",
    what: "two steps of one name",
    wrong: pattern([a, next("a")]),
    path: ["a"],
    message: /The name "a" is used twice/,
    right: pattern([a, next("A")]),
  },
  {
    code: "DUPLICATE_STEP",
    what: "a step and an absence in a group",
    wrong: pattern([group(null, [a, notNext("n"), b]), next("n")]),
    path: ["n"],
    message: /"n" is used twice/,
    right: pattern([group(null, [a, notNext("n"), b]), next("m")]),
  },
  {
    code: "EMPTY_TAG",
    what: "a field without a name",
    wrong: pattern([a], { tag: "" }),
    message: /"on" looks at has the name ""/,
    right: pattern([a], { tag: "kind" }),
  },
  {
    code: "EMPTY_ON",
    what: "no tag accepted",
    wrong: pattern([begin("a", { on: [] })]),
    path: ["a"],
    message: /"a" has an "on" without values/,
    right: pattern([begin("a", { on: [""] })]),
  },
  ...[0, -1, 1.5, Number.NaN, 2 ** 53].map(
    (version): Case => ({
      code: "BAD_VERSION",
      what: `version ${version}`,
      wrong: pattern([a], { version }),
      message: new RegExp(`The version of the pattern is ${version}, which is no whole number from 1`),
      right: pattern([a], { version: 2 }),
    }),
  ),
  {
    code: "BAD_VERSION",
    what: "a version of a function",
    wrong: pattern([begin("a", { condition: opaque(() => true, 0) })]),
    path: ["a"],
    message: /The version of a function of "a" is 0/,
    right: pattern([begin("a", { condition: opaque(() => true, 1) })]),
  },
  ...[0, -5, 0.5, Number.POSITIVE_INFINITY, Number.NaN].map(
    (ms): Case => ({
      code: "BAD_DURATION",
      what: `within ${ms}`,
      wrong: pattern([a], { withinMs: ms }),
      message: new RegExp(`within is ${ms} ms, which is no whole number of milliseconds above 0`),
      right: pattern([a], { withinMs: 1 }),
    }),
  ),
  {
    code: "BAD_DURATION",
    what: "maxGap 0",
    wrong: pattern([a, next("b", { maxGapMs: 0 })]),
    path: ["b"],
    message: /maxGap is 0 ms/,
    right: pattern([a, next("b", { maxGapMs: 1 })]),
  },
  {
    code: "BAD_DURATION",
    what: "maxGap of a group",
    wrong: pattern([group(null, [a, b], { maxGapMs: -1 })]),
    path: ["(a, b)"],
    message: /maxGap is -1 ms/,
    right: pattern([group(null, [a, b], { maxGapMs: 1 })]),
  },
  {
    code: "BAD_DURATION",
    what: "for 0",
    wrong: pattern([a, notFollowedBy("n", { forMs: 0 })]),
    path: ["n"],
    message: /for is 0 ms/,
    right: pattern([a, notFollowedBy("n", { forMs: 1 })]),
  },
  {
    code: "BAD_DURATION",
    what: "oncePer 0",
    wrong: pattern([a], { oncePerMs: 0 }),
    message: /oncePer is 0 ms/,
    right: pattern([a], { oncePerMs: 1 }),
  },
  {
    code: "GAP_BEYOND_WITHIN",
    what: "a gap longer than the window",
    wrong: pattern([a, next("b", { maxGapMs: 601_000 })], within),
    path: ["b"],
    message: /The maxGap of "b" is 10m1s, longer than the whole match may last: within is 10m/,
    right: pattern([a, next("b", { maxGapMs: 600_000 })], within),
  },

  // ---- elements
  {
    code: "EMPTY_PATTERN",
    what: "no element",
    wrong: pattern([]),
    message: /It has no steps/,
    right: pattern([a]),
  },
  {
    code: "EMPTY_GROUP",
    what: "a group of nothing",
    wrong: pattern([a, group("next", [])]),
    path: ["()"],
    message: /A group has no steps/,
    right: pattern([
      a,
      group(
        "next",
        [next("b")].map((each) => ({ ...each, link: null })),
      ),
    ]),
  },
  {
    code: "BAD_LINK",
    what: "a link before the first step",
    wrong: pattern([next("a")]),
    path: ["a"],
    message: /"a" is the first of the pattern and has the link next/,
    right: pattern([begin("a")]),
  },
  {
    code: "BAD_LINK",
    what: "a link before the first step of a group",
    wrong: pattern([group(null, [next("a")])]),
    path: ["(a)", "a"],
    message: /"a" is the first of its group/,
    right: pattern([group(null, [begin("a")])]),
  },
  {
    code: "BAD_LINK",
    what: "no link before the second step",
    wrong: pattern([a, begin("b")]),
    path: ["b"],
    message: /"b" has no link to what comes before it/,
    right: pattern([a, next("b")]),
  },
  {
    code: "ABSENCE_FIRST",
    what: "an absence before everything",
    wrong: pattern([notNext("n"), next("b")]),
    path: ["n"],
    message: /The absence "n" stands at the beginning of the pattern/,
    right: pattern([a, notNext("n"), next("b")]),
  },
  {
    code: "ABSENCE_FIRST",
    what: "an absence at the beginning of a group",
    wrong: pattern([a, group("next", [notNext("n"), next("b")])]),
    path: ["(n, b)", "n"],
    message: /at the beginning of its group/,
    right: pattern([a, group("next", [begin("b"), notNext("n"), next("c")])]),
  },
  {
    code: "ABSENCE_FIRST",
    what: "only absences",
    wrong: pattern([notNext("n")]),
    path: ["n"],
    message: /at the beginning of the pattern/,
    right: pattern([a, notNext("n")]),
  },
  {
    code: "ABSENCE_AFTER_NOTHING",
    what: "an absence after an optional step",
    wrong: pattern([begin("a", { quantifier: OPTIONAL }), notFollowedBy("n"), next("b")]),
    path: ["n"],
    message: /Nothing need be taken before the absence "n"/,
    right: pattern([begin("x"), next("a", { quantifier: OPTIONAL }), notFollowedBy("n"), next("b")]),
  },
  {
    code: "ABSENCE_AFTER_NOTHING",
    what: "an absence in a group at the beginning, after an optional step",
    wrong: pattern([group(null, [begin("a", { quantifier: OPTIONAL }), notNext("n"), next("b")])]),
    path: ["(a, n, b)", "n"],
    message: /Nothing need be taken before the absence "n"/,
    // A step before the group is enough: since it, the absence holds.
    right: pattern([begin("x"), group("next", [begin("a", { quantifier: OPTIONAL }), notNext("n"), next("b")])]),
  },
  {
    code: "ABSENCE_AFTER_NOTHING",
    what: "an absence after a group of optional steps",
    wrong: pattern([group(null, [begin("a", { quantifier: OPTIONAL })]), notNext("n"), next("b")]),
    path: ["n"],
    message: /Nothing need be taken/,
    right: pattern([group(null, [begin("a")]), notNext("n"), next("b")]),
  },
  {
    code: "ABSENCE_LAST_IN_GROUP",
    what: "an absence at the end of a group",
    wrong: pattern([group(null, [a, notNext("n")]), next("b")]),
    path: ["(a, n)", "n"],
    message: /"n" stands at the end of its group/,
    right: pattern([group(null, [a]), notNext("n"), next("b")]),
  },
  {
    code: "ABSENCE_WITHOUT_DEADLINE",
    what: "an absence at the end",
    wrong: pattern([a, notFollowedBy("n")]),
    path: ["n"],
    message: /Nothing need be taken after the absence "n", so only a deadline can tell that it held/,
    right: pattern([a, notFollowedBy("n")], within),
  },
  {
    code: "ABSENCE_WITHOUT_DEADLINE",
    what: "an absence before optional steps",
    wrong: pattern([a, notFollowedBy("n"), next("b", { quantifier: OPTIONAL })]),
    path: ["n"],
    message: /only a deadline/,
    right: pattern([a, notFollowedBy("n"), next("b")]),
  },
  {
    code: "ABSENCE_WITHOUT_DEADLINE",
    what: "an absence in a group before optional steps",
    wrong: pattern([group(null, [a, notFollowedBy("n"), next("b", { quantifier: OPTIONAL })])]),
    path: ["(a, n, b)", "n"],
    message: /only a deadline/,
    right: pattern([group(null, [a, notFollowedBy("n"), next("b", { quantifier: OPTIONAL })]), next("c")]),
  },
  {
    code: "MISPLACED_FOR",
    what: "for before a step",
    wrong: pattern([a, notFollowedBy("n", { forMs: 5 }), next("b")]),
    path: ["n"],
    message: /"n" has a "for" and is not the end of the pattern/,
    right: pattern([a, notFollowedBy("n", { forMs: 5 }), notNext("m")]),
  },
  {
    code: "MISPLACED_FOR",
    what: "for of notNext",
    wrong: pattern([a, notNext("n", { forMs: 5 })]),
    path: ["n"],
    message: /"n" is notNext, which looks at one event only/,
    right: pattern([a, notFollowedBy("n", { forMs: 5 })]),
  },
  {
    code: "DIFFERENT_FOR",
    what: "two times",
    wrong: pattern([a, notFollowedBy("n", { forMs: 5 }), notFollowedBy("m", { forMs: 60_000 })]),
    path: ["m"],
    message: /differ in "for": "n" has 5ms, "m" has 1m; but a match ends once/,
    right: pattern([a, notFollowedBy("n", { forMs: 5 }), notFollowedBy("m", { forMs: 5 })]),
  },
  {
    code: "DIFFERENT_FOR",
    what: "a time and the window",
    wrong: pattern([a, notFollowedBy("n"), notFollowedBy("m", { forMs: 5 })], within),
    path: ["m"],
    message: /"n" has none, "m" has 5ms/,
    right: pattern([a, notFollowedBy("n"), notFollowedBy("m")], within),
  },

  // ---- quantifiers
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

  // ---- reports, and the life of runs
  {
    code: "ORDERED_WITHOUT_WITHIN",
    what: "ordered without a window",
    wrong: pattern([a], { emit: "ordered" }),
    message: /With emit "ordered" a match waits/,
    right: pattern([a], { emit: "ordered", ...within }),
  },
  {
    code: "UNKNOWN_SKIP_TARGET",
    what: "an unknown step",
    wrong: pattern([a, b], { skip: { to: "first", step: "c", orElse: null } }),
    message: /skip toFirst names "c", which is no step of the pattern\. Its steps are "a", "b"\./,
    right: pattern([a, b], { skip: { to: "first", step: "b", orElse: null } }),
  },
  {
    code: "ABSENT_SKIP_TARGET",
    what: "an absence",
    wrong: pattern([a, notNext("n"), b], { skip: { to: "last", step: "n", orElse: null } }),
    path: ["n"],
    message: /skip toLast names the absence "n", which never takes an event\. Name a step: "a", "b"\./,
    right: pattern([a, notNext("n"), b], { skip: { to: "last", step: "a", orElse: null } }),
  },
  {
    code: "SKIP_TARGET_MAY_BE_MISSING",
    what: "an optional step",
    wrong: pattern([a, next("b", { quantifier: OPTIONAL })], { skip: { to: "first", step: "b", orElse: null } }),
    path: ["b"],
    message: /names "b", which a match need not have\. .*orElse: "toNext"/,
    right: pattern([a, next("b", { quantifier: OPTIONAL })], { skip: { to: "first", step: "b", orElse: "next" } }),
  },
  {
    code: "SKIP_TARGET_MAY_BE_MISSING",
    what: "a step in an optional group",
    wrong: pattern([a, group("next", [begin("b")], { quantifier: OPTIONAL })], {
      skip: { to: "last", step: "b", orElse: null },
    }),
    path: ["(b)", "b"],
    message: /need not have/,
    right: pattern([a, group("next", [begin("b")])], { skip: { to: "last", step: "b", orElse: null } }),
  },
  ...(
    [
      ["b", pattern([a, followedBy("b")]), /A run that has come to "b" waits for an event for ever/],
      ["b", pattern([a, step("followedByAny", "b")]), /for ever, since nothing bounds its time/],
      [
        "b",
        pattern([a, next("b")]),
        /waits for the next event of its key, and for ever if there is none: memory grows/,
      ],
      ["a", pattern([begin("a", { quantifier: times(2) })]), /come to "a" waits for an event for ever/],
      ["c", pattern([a, next("b"), followedBy("c")]), /come to "c" waits for an event for ever/],
      [
        "b",
        pattern([group(null, [a, b], { quantifier: times(2, 2, { inner: "next" }) })]),
        /come to "a" waits for the next/,
      ],
      ["n", pattern([a, notNext("n")]), /come to "n" waits for the next event/],
    ] as const
  ).map(
    ([, wrong, message]): Case => ({
      code: "NO_TIME_BOUND",
      what: message.source,
      wrong,
      message,
      right: { ...wrong, ...within },
    }),
  ),
  ...[
    pattern([a]),
    pattern([a, followedBy("b", { maxGapMs: 5 })]),
    pattern([group(null, [a, followedBy("b")], { maxGapMs: 5 })]),
    pattern([a, notFollowedBy("n", { forMs: 5 })]),
    pattern([group(null, [a])]),
  ].map(
    (right): Case => ({
      code: "NO_TIME_BOUND",
      what: `a pattern where it is needed, but not ${JSON.stringify(right.elements.length)} elements that are bounded`,
      wrong: pattern([a, followedBy("b")]),
      path: ["b"],
      message: /\.within\("10m"\)/,
      right,
    }),
  ),

  // ---- conditions
  {
    code: "UNKNOWN_STEP",
    what: "a step that is not there",
    wrong: conditioned(is("v", "eq", taken("xyz", "v"))),
    path: ["b"],
    message:
      /The condition of "b" mentions "xyz", which is no step of the pattern\. The steps of the pattern are "a", "b"\./,
    right: conditioned(is("v", "eq", taken("a", "v"))),
  },
  {
    code: "UNKNOWN_STEP",
    what: "a misspelt step",
    wrong: pattern([begin("probe"), next("b", { condition: is("v", "eq", taken("prob", "v")) })]),
    path: ["b"],
    message: /Did you mean "probe"\?/,
    right: pattern([begin("probe"), next("b", { condition: is("v", "eq", taken("probe", "v")) })]),
  },
  {
    code: "UNKNOWN_STEP",
    what: "a count of a step that is not there, in until",
    wrong: pattern([
      begin("a", until({ kind: "compare", op: "gt", left: { kind: "count", step: "xyz" }, right: literal(1) })),
    ]),
    path: ["a"],
    message: /The until of "a" mentions "xyz"/,
    right: pattern([begin("a", until(counts("gt")))]),
  },
  {
    code: "UNKNOWN_STEP",
    what: "a sum over a step that is not there",
    wrong: conditioned(sum("xyz")),
    path: ["b"],
    message: /mentions "xyz"/,
    right: conditioned(sum("a")),
  },
  {
    code: "ABSENT_STEP",
    what: "an absence",
    wrong: pattern([a, notNext("n"), next("b", { condition: is("v", "eq", taken("n", "v")) })]),
    path: ["b"],
    message: /mentions the absence "n", which never takes an event/,
    right: pattern([a, notNext("n", { condition: is("v", "eq", taken("a", "v")) }), b]),
  },
  {
    code: "LATER_STEP",
    what: "a step written later",
    wrong: pattern([begin("a", { condition: is("v", "eq", taken("b", "v")) }), b]),
    path: ["a"],
    message:
      /The condition of "a" mentions "b", which is written later and so has taken nothing yet\. Say it in the condition of "b"/,
    right: pattern([a, next("b", { condition: is("v", "eq", taken("a", "v")) })]),
  },
  {
    code: "LATER_STEP",
    what: "a step written later in a group that repeats",
    wrong: pattern([
      group(null, [begin("a", { condition: is("v", "eq", taken("b", "v", "last")) }), b], { quantifier: oneOrMore() }),
    ]),
    path: ["(a, b)", "a"],
    message: /"b", which is written later/,
    right: pattern([
      group(null, [a, next("b", { condition: is("v", "eq", taken("a", "v", "last")) })], { quantifier: oneOrMore() }),
    ]),
  },
  {
    code: "LATER_STEP",
    what: "a step behind the group in its until",
    wrong: pattern([group(null, [a], until(is("v", "eq", taken("b", "v")))), b]),
    path: ["(a)"],
    message: /The until of "\(a\)" mentions "b", which is written later/,
    right: pattern([group(null, [a], until(is("v", "eq", taken("a", "v", "last")))), b]),
  },
  {
    code: "OWN_STEP",
    what: "a single step that mentions itself",
    wrong: pattern([begin("a", { condition: is("v", "eq", taken("a", "v")) })]),
    path: ["a"],
    message: /mentions "a" itself, which takes one event/,
    right: pattern([begin("a", { quantifier: oneOrMore(), condition: is("v", "gt", taken("a", "v", "last")) })]),
  },
  {
    code: "ONE_OF_MANY",
    what: "the event of a loop",
    wrong: pattern([begin("a", { quantifier: oneOrMore() }), next("b", { condition: is("v", "eq", taken("a", "v")) })]),
    path: ["b"],
    message: /mentions the only event of "a", which may take several\. Say which: m\.a\.first\(\)/,
    right: pattern([
      begin("a", { quantifier: oneOrMore() }),
      next("b", { condition: is("v", "eq", taken("a", "v", "first")) }),
    ]),
  },
  {
    code: "ONE_OF_MANY",
    what: "the event of a step in a group",
    wrong: pattern([group(null, [a]), next("b", { condition: is("v", "eq", taken("a", "v")) })]),
    path: ["b"],
    message: /which may take several/,
    right: pattern([group(null, [a]), next("b", { condition: is("v", "eq", taken("a", "v", -1)) })]),
  },
  {
    code: "INDEX_OF_ONE",
    what: "the last event of a single step",
    wrong: conditioned(is("v", "eq", taken("a", "v", "last"))),
    path: ["b"],
    message: /mentions one of the events of "a", which takes a single one\. Mention the event itself: m\.a\./,
    right: conditioned(is("v", "eq", taken("a", "v", "only"))),
  },
  {
    code: "BAD_INDEX",
    what: "half an index",
    wrong: pattern([
      begin("a", { quantifier: times(2) }),
      next("b", { condition: is("v", "eq", taken("a", "v", 0.5)) }),
    ]),
    path: ["b"],
    message: /mentions event 0\.5 of "a", which is no whole number/,
    right: pattern([begin("a", { quantifier: times(2) }), next("b", { condition: is("v", "eq", taken("a", "v", 0)) })]),
  },
  {
    code: "ITEM_OUTSIDE_AGGREGATE",
    what: "an event of no sum",
    wrong: conditioned(is("v", "eq", item("v"))),
    path: ["b"],
    message: /mentions an event of a sum outside of any sum/,
    right: conditioned(sum("a")),
  },
  {
    code: "NOT_A_NUMBER",
    what: "a text in a calculation",
    wrong: conditioned(is("v", "eq", { kind: "arithmetic", op: "plus", left: field("w"), right: literal("1") })),
    path: ["b"],
    message: /calculates with the string 1, which is no number/,
    right: conditioned(is("v", "eq", { kind: "arithmetic", op: "plus", left: field("w"), right: literal(1) })),
  },
  {
    code: "NOT_A_NUMBER",
    what: "a condition in a sum",
    wrong: conditioned(sum("a", { kind: "exists", value: item("v") })),
    path: ["b"],
    message: /calculates with a condition/,
    right: conditioned(sum("a", item("v"))),
  },
  {
    code: "NEVER_HOLDS",
    what: "a contradiction",
    wrong: pattern([begin("a", { condition: and(is("v", "gt", 5), is("v", "lt", 3)) })]),
    path: ["a"],
    message: /No event can satisfy "a": v is above 5 and v is below 3\./,
    right: pattern([begin("a", { condition: and(is("v", "gt", 3), is("v", "lt", 5)) })]),
  },
  {
    code: "NEVER_HOLDS",
    what: "a contradiction with the tag",
    wrong: pattern([begin("a", { on: ["charge"], condition: is("type", "eq", "refund") })]),
    path: ["a"],
    message: /type is "charge" and type is "refund"/,
    right: pattern([begin("a", { on: ["charge", "refund"], condition: is("type", "eq", "refund") })]),
  },
  {
    code: "NEVER_HOLDS",
    what: "an absence that forbids nothing",
    wrong: pattern([a, notNext("n", { condition: and(is("v", "eq", 1), is("v", "eq", 2)) })]),
    path: ["n"],
    message: /No event can satisfy "n"/,
    right: pattern([a, notNext("n", { condition: or(is("v", "eq", 1), is("v", "eq", 2)) })]),
  },
  {
    code: "NEVER_HOLDS",
    what: "a dead part of an or",
    wrong: pattern([begin("a", { condition: or(is("v", "eq", 1), and(is("v", "gt", 5), is("v", "lt", 3))) })]),
    path: ["a"],
    message: /A part of the condition of "a" can never hold: v is above 5 and v is below 3\./,
    right: pattern([begin("a", { condition: or(is("v", "eq", 1), and(is("v", "gt", 5), is("v", "lt", 9))) })]),
  },
  {
    code: "NEVER_HOLDS",
    what: "an until that never comes",
    wrong: pattern([begin("a", until(is("v", "lt", false)))]),
    path: ["a"],
    message: /No event can satisfy the until of "a": v is below false\./,
    right: pattern([begin("a", until(is("v", "eq", false)))]),
  },
  {
    code: "ABSENCE_OF_OWN_LOOP",
    what: "a+ notFollowedBy a",
    wrong: pattern([begin("a", { on: ["x"], quantifier: oneOrMore() }), notFollowedBy("n", { on: ["x"] }), b]),
    path: ["n"],
    message:
      /"n" holds from the first event of the loop "a" on, and every event of the loop satisfies it, so the loop can never take a second event/,
    right: pattern([begin("a", { on: ["x"], quantifier: oneOrMore() }), notFollowedBy("n", { on: ["y"] }), b]),
  },
  {
    code: "ABSENCE_OF_OWN_LOOP",
    what: "a{2} notFollowedBy anything",
    wrong: pattern([begin("a", { quantifier: times(2) }), notFollowedBy("n"), b]),
    path: ["n"],
    message: /so the pattern can never be completed/,
    right: pattern([begin("a", { quantifier: times(2) }), notNext("n"), b]),
  },
  {
    code: "ABSENCE_OF_OWN_LOOP",
    what: "a weaker absence behind another",
    wrong: pattern([
      begin("a", { condition: is("v", "gt", 5), quantifier: oneOrMore() }),
      notFollowedBy("m", { condition: is("v", "lt", 0) }),
      notFollowedBy("n", { condition: is("v", "gt", 3) }),
      b,
    ]),
    path: ["n"],
    message: /every event of the loop satisfies it/,
    right: pattern([
      begin("a", { condition: is("v", "gt", 3), quantifier: oneOrMore() }),
      notFollowedBy("m", { condition: is("v", "lt", 0) }),
      notFollowedBy("n", { condition: is("v", "gt", 5) }),
      b,
    ]),
  },
];

/** What is said apart from the life of runs, of which most small patterns say something. */
const codesOf = (ast: PatternAst, code: ProblemCode, options?: CheckOptions): readonly string[] => [
  ...new Set(
    checkPattern(ast, options)
      .map((problem) => problem.code)
      .filter((each) => each === code || each !== "NO_TIME_BOUND"),
  ),
];

for (const { code, what, wrong, path = null, message, right, options } of CASES) {
  it(`${code}: ${what}`, () => {
    const problems = checkPattern(wrong, options).filter((problem) => problem.code === code);
    assert.equal(codesOf(wrong, code, options), [code]);
    const [problem] = problems;
    if (path !== null) assert.equal(problem?.path, path);
    assert.match(describeProblems("p", problems), message);
    for (const each of problems) {
      assert.match(each.message, /^[^ ].*[^.]\.$/s);
      assert.match(each.remedy, /^[A-Z].*[.?]$/s);
    }
    if (right !== null) assert.equal(codesOf(right, code, options), [], describeProblems("p", checkPattern(right)));
  });
}

it("provokes every code there is", () => {
  assert.equal([...new Set(CASES.map(({ code }) => code))].sort(), [...PROBLEM_CODES].sort());
});

const WARNINGS: readonly ProblemCode[] = ["NO_TIME_BOUND", "NOT_A_NUMBER", "NEVER_HOLDS", "ABSENCE_OF_OWN_LOOP"];

it("refuses for all codes but the warnings", () => {
  for (const { code, wrong, options } of CASES) {
    const problem = checkPattern(wrong, options).find((each) => each.code === code);
    assert.is(problem?.severity, WARNINGS.includes(code) ? "warning" : "error", code);
  }
});

it("refuses a pattern without time bound where one is required", () => {
  const severity = (options: CheckOptions) =>
    checkPattern(pattern([a, followedBy("b")]), options).map((each) => each.severity);
  assert.equal(severity({}), ["warning"]);
  assert.equal(severity({ requireBound: false }), ["warning"]);
  assert.equal(severity({ requireBound: true }), ["error"]);
  assert.equal(checkPattern(pattern([a, followedBy("b")], within), { requireBound: true }), []);
});

it("finds all problems at once", () => {
  const problems = checkPattern(
    pattern(
      [
        begin("", { quantifier: times(3, 2) }),
        notFollowedBy("n", { condition: is("v", "eq", taken("later", "v")) }),
        next("n", { maxGapMs: -1, quantifier: times(2, 2, { greedy: true }) }),
        next("later"),
      ],
      { version: 0, skip: { to: "first", step: "nobody", orElse: null } },
    ),
  );
  assert.equal(problems.map(({ code }) => code).sort(), [
    "BAD_COUNT",
    "BAD_DURATION",
    "BAD_VERSION",
    "DUPLICATE_STEP",
    "EMPTY_NAME",
    "GREEDY_FIXED_COUNT",
    "LATER_STEP",
    "NO_TIME_BOUND",
    "UNKNOWN_SKIP_TARGET",
  ]);
});

it("says once what a condition says twice", () => {
  const twice = and(is("v", "eq", taken("x", "v")), is("w", "eq", taken("x", "w")));
  assert.equal(codesOf(conditioned(twice), "UNKNOWN_STEP"), ["UNKNOWN_STEP"]);
  assert.is(checkPattern(conditioned(twice)).filter(({ code }) => code === "UNKNOWN_STEP").length, 1);
});

it("raises and lowers every limit by its name", () => {
  const provoking = CASES.filter(({ message }) => /limit max/.test(message.source));
  for (const limit of Object.keys(DEFAULT_PATTERN_LIMITS)) {
    const found = provoking.find(({ message }) => message.source.includes(limit));
    assert.ok(found, `no case provokes ${limit}`);
    const raised = checkPattern(found.wrong, { limits: { [limit]: 1_000_000 } });
    assert.not(
      raised.some(({ code }) => code === found.code),
      `${limit} cannot be raised`,
    );
    const lowered = checkPattern(found.right ?? found.wrong, { limits: { [limit]: 0 } });
    assert.ok(
      lowered.some(({ code }) => code === found.code),
      `${limit} cannot be lowered`,
    );
  }
});

it("lets a group see what is before it, and what is behind see the group", () => {
  const inGroup = group("next", [begin("b", { condition: is("v", "gt", taken("a", "v")) })], {
    quantifier: oneOrMore(),
  });
  const behind = next("c", { condition: and(is("v", "gt", taken("b", "v", "last")), is("w", "eq", taken("a", "w"))) });
  assert.equal(codesOf(pattern([a, inGroup, behind]), "LATER_STEP"), []);
});

it("lets a step in a group and an until see what it took itself", () => {
  const rising = begin("a", { condition: is("v", "gt", taken("a", "v", "last")) });
  assert.equal(codesOf(pattern([group(null, [rising], { quantifier: oneOrMore() })]), "OWN_STEP"), []);
  assert.equal(codesOf(pattern([begin("a", until(is("v", "lt", taken("a", "v", "last"))))]), "OWN_STEP"), []);
});

it("changes nothing, whatever it is given", () =>
  fc.assert(
    fc.property(astArbitrary(), (ast) => {
      const before = structuredClone(ast);
      checkPattern(ast, { requireBound: true });
      assert.equal(ast, before);
    }),
    { numRuns: 200 },
  ));

it.run();
