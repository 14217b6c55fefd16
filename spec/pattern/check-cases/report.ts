// Skip strategies, and how long runs live.

import {
  begin,
  followedBy,
  group,
  next,
  notFollowedBy,
  notNext,
  OPTIONAL,
  pattern,
  step,
  times,
} from "../ast-builders.ts";
import type { Case } from "./case.ts";

const a = begin("a");
const within = { withinMs: 600_000 };
const b = next("b");

export const REPORT_CASES: readonly Case[] = [
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
    code: "UNKNOWN_SKIP_TARGET",
    what: "an unknown step among many",
    wrong: pattern([a, ...Array.from({ length: 20 }, (_, index) => next(`s${index}`))], {
      skip: { to: "first", step: "c", orElse: null },
    }),
    message: /Its steps are "a", "s0", .*, "s18", …\./,
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
];
