// What the operators of conditions make of values. Values of any type come in, since an event may hold anything: a
// missing one, `null`, NaN and values of another type compare with nothing, and nothing but numbers is calculated with.

import { unreachable } from "../../core/errors.ts";
import { isPromise } from "../../core/promise.ts";
import type { AggregateOp, ArithmeticOp, CompareOp, Literal, TextOp } from "./expression.ts";

/** Whether a comparison holds. Strings compare by code unit; booleans are equal or not, but in no order. */
export function compare(op: CompareOp, left: unknown, right: unknown): boolean {
  if (!isComparable(left) || !isComparable(right) || typeof left !== typeof right) return false;
  if (op === "eq") return left === right;
  if (op === "ne") return left !== right;
  if (typeof left === "boolean") return false;
  switch (op) {
    case "lt":
      return left < right;
    case "lte":
      return left <= right;
    case "gt":
      return left > right;
    case "gte":
      return left >= right;
    default:
      return unreachable(op);
  }
}

/** Whether a value can be compared with anything: a string, a boolean, a bigint, or a number that is one. */
export function isComparable(value: unknown): value is Literal {
  const type = typeof value;
  return type === "string" || type === "boolean" || type === "bigint" || (type === "number" && !Number.isNaN(value));
}

/** Whether a test of a text holds. */
export function textHolds(op: TextOp, value: unknown, text: unknown): boolean {
  if (typeof value !== "string" || typeof text !== "string") return false;
  return value[op](text);
}

/** The result of a calculation; missing unless both are numbers. */
export function calculate(op: ArithmeticOp, left: unknown, right: unknown): number | undefined {
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  switch (op) {
    case "plus":
      return left + right;
    case "minus":
      return left - right;
    case "times":
      return left * right;
    case "dividedBy":
      return left / right;
    case "modulo":
      return left % right;
    default:
      return unreachable(op);
  }
}

/** Sum and the like of those values that are numbers; of none, a sum is 0 and the others are missing. */
export function aggregate(op: AggregateOp, values: readonly unknown[]): number | undefined {
  const numbers = values.filter((value) => typeof value === "number" && !Number.isNaN(value)) as number[];
  const sum = numbers.reduce((total, value) => total + value, 0);
  if (op === "sum") return sum;
  if (numbers.length === 0) return undefined;
  switch (op) {
    case "avg":
      return sum / numbers.length;
    case "min":
      return numbers.reduce((least, value) => Math.min(least, value));
    case "max":
      return numbers.reduce((most, value) => Math.max(most, value));
    default:
      return unreachable(op);
  }
}

/**
 * What a function given to `filter` answered. Anything but a verdict is a mistake that would else go unseen: a promise, or no `return`.
 *
 * @throws TypeError if it is not true or false.
 */
export function verdictOf(answer: unknown): boolean {
  if (typeof answer === "boolean") return answer;
  if (isPromise(answer))
    throw new TypeError("It answered with a promise, not with true or false. Take async out of it.");
  const said = typeof answer === "object" && answer !== null ? "an object" : saidOf(answer);
  throw new TypeError(`It answered with ${said}, not with true or false.`);
}

function saidOf(answer: unknown): string {
  return typeof answer === "string" ? JSON.stringify(answer.slice(0, 40)) : String(answer).slice(0, 40);
}
