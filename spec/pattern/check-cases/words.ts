// Names, tags, versions, durations.

import { begin, group, next, notFollowedBy, notNext, opaque, pattern } from "../ast-builders.ts";
import type { Case } from "./case.ts";

const a = begin("a");
const b = next("b");
const within = { withinMs: 600_000 };

export const WORDS_CASES: readonly Case[] = [
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
];
