// The words that a value can be asked: what may be called after `e.amount.`, and which tree it makes.

import type { ArithmeticOp, CompareOp, Condition, TextOp, ValueExpr } from "../expression/expression.ts";
import { isCondition } from "../walk.ts";
import { conditionOf, literal, operandOf, refuse, show, type Writing, type Written } from "./writing.ts";

/** Makes the tree for a word that is called with `args` on `on`. */
export type Word = (writing: Writing, on: Extract<Written, { kind: "value" }>, args: readonly unknown[]) => ValueExpr;

/** By name. */
export const VALUE_WORDS: ReadonlyMap<string, Word> = new Map<string, Word>([
  ...(["eq", "ne", "lt", "lte", "gt", "gte"] as const).map((op) => [op, comparison(op)] as const),
  ["between", between],
  ["oneOf", oneOf],
  ...(["startsWith", "endsWith", "includes"] as const).map((op) => [op, text(op)] as const),
  ["exists", (writing, on) => Object.freeze({ kind: "exists", value: used(writing, on.expr) })],
  ...(["plus", "minus", "times", "dividedBy", "modulo"] as const).map((op) => [op, arithmetic(op)] as const),
  ["and", joined("and")],
  ["or", joined("or")],
  ["not", (writing, on) => Object.freeze({ kind: "not", part: receiver(writing, on) })],
  ["at", at],
]);

function comparison(op: CompareOp): Word {
  return (writing, on, [other]) =>
    Object.freeze({ kind: "compare", op, left: used(writing, on.expr), right: operandOf(writing, other) });
}

function between(...[writing, on, [low, high]]: Parameters<Word>): ValueExpr {
  return Object.freeze({
    kind: "between",
    value: used(writing, on.expr),
    low: operandOf(writing, low),
    high: operandOf(writing, high),
  });
}

function oneOf(...[writing, on, [given, ...more]]: Parameters<Word>): ValueExpr {
  if (!Array.isArray(given) || more.length > 0) {
    return refuse(writing, {
      code: "BAD_OPERAND",
      message: `oneOf was given ${show(given)}.`,
      remedy: "Give it one array of constants: oneOf([1, 2]).",
    });
  }
  const options = given.map((option) => literal(writing, option).value);
  return Object.freeze({ kind: "oneOf", value: used(writing, on.expr), options: Object.freeze(options) });
}

function text(op: TextOp): Word {
  return (writing, on, [other]) =>
    Object.freeze({ kind: "text", op, value: used(writing, on.expr), text: operandOf(writing, other) });
}

function arithmetic(op: ArithmeticOp): Word {
  return (writing, on, [other]) =>
    Object.freeze({ kind: "arithmetic", op, left: used(writing, on.expr), right: operandOf(writing, other) });
}

/** `a.and(b).and(c)` has three parts, not two of which one is `a and b`. */
function joined(kind: "and" | "or"): Word {
  return (writing, on, others) =>
    joinConditions(kind, [receiver(writing, on), ...others.map((other) => conditionOf(writing, other))]);
}

/** Joins conditions to one, without nesting `and` in `and` or `or` in `or`; a single one is itself. */
export function joinConditions(kind: "and" | "or", conditions: readonly Condition[]): Condition {
  const parts = conditions.flatMap((condition) => (condition.kind === kind ? condition.parts : [condition]));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Object.freeze({ kind, parts: Object.freeze(parts) });
}

/** One of a field that holds an array. */
function at(...[writing, on, [index]]: Parameters<Word>): ValueExpr {
  if (on.expr.kind === "field" && Number.isSafeInteger(index) && (index as number) >= 0) {
    return Object.freeze({ ...on.expr, path: Object.freeze([...on.expr.path, String(index)]) });
  }
  return refuse(writing, {
    code: "BAD_OPERAND",
    message: `${on.text}.at was given ${show(index)}.`,
    remedy: "Of a field that holds an array, at takes a whole number from 0.",
  });
}

/** The condition that `and`, `or` and `not` are called on. */
function receiver(writing: Writing, on: Extract<Written, { kind: "value" }>): Condition {
  const expr = used(writing, on.expr);
  if (isCondition(expr)) return expr;
  if (expr.kind === "field") return Object.freeze({ kind: "isTrue", value: expr });
  return refuse(writing, {
    code: "CONDITION_NOT_EXPRESSION",
    message: `${on.text} has a value, but says nothing that holds or does not.`,
    remedy: `Compare it: ${on.text}.gt(0).`,
  });
}

function used(writing: Writing, expr: ValueExpr): ValueExpr {
  writing.loose.delete(expr as Condition);
  return expr;
}
