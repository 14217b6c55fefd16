// What conditions mention.

import type { PatternAst } from "../../../lib/pattern/ast.ts";
import type { Condition } from "../../../lib/pattern/expression/expression.ts";
import { begin, field, group, is, item, literal, next, notNext, oneOrMore, pattern, taken } from "../ast-builders.ts";
import type { Case } from "./case.ts";

const a = begin("a");
const b = next("b");
const conditioned = (condition: Condition): PatternAst => pattern([a, next("b", { condition })]);
const until = (condition: Condition) => ({ quantifier: oneOrMore({ until: condition }) });
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

export const CONDITIONS_CASES: readonly Case[] = [
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
];
