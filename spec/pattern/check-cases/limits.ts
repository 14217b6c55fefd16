// Too large.

import type { Element } from "../../../lib/pattern/ast.ts";
import type { Condition } from "../../../lib/pattern/expression/expression.ts";
import { begin, field, group, next, not, oneOrMore, opaque, or, pattern, times } from "../ast-builders.ts";
import type { Case } from "./case.ts";

const a = begin("a");
const until = (condition: Condition) => ({ quantifier: oneOrMore({ until: condition }) });
const many = (count: number): readonly Element[] => [
  a,
  ...Array.from({ length: count - 1 }, (_, index) => next(`s${index}`)),
];
const nested = (depth: number): Element => (depth === 0 ? a : group(null, [nested(depth - 1)]));
const notNot = (depth: number): Condition => (depth === 1 ? opaque() : not(notNot(depth - 1)));

export const LIMITS_CASES: readonly Case[] = [
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
];
