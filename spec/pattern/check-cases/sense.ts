// Conditions that never hold, absences that undo what is before them.

import type { Condition } from "../../../lib/pattern/expression/expression.ts";
import { and, begin, is, next, notFollowedBy, notNext, oneOrMore, or, pattern, times } from "../ast-builders.ts";
import type { Case } from "./case.ts";

const a = begin("a");
const b = next("b");
const until = (condition: Condition) => ({ quantifier: oneOrMore({ until: condition }) });

export const SENSE_CASES: readonly Case[] = [
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
