// What a condition says of one event, given the events its match has taken before. A plain walk over the tree:
// no code is made from text, only own properties are read, nothing is remembered.

import { unreachable } from "../../core/errors.ts";
import { isPromise } from "../../core/promise.ts";
import type {
  AggregateOp,
  ArithmeticOp,
  CompareOp,
  Condition,
  EventRef,
  Literal,
  TextOp,
  ValueExpr,
} from "./expression.ts";

/** The events a match has taken so far. */
export interface Taken {
  /** Those of one step, in order; empty where it took none. */
  of(step: string): readonly unknown[];
  /** All of them in the shape that `m` has in `filter((e, m) => …)`. */
  readonly match: object;
}

/** What a match has taken that has not begun. */
export const NOTHING_TAKEN: Taken = Object.freeze({ of: () => [], match: Object.freeze({}) });

/**
 * Whether `condition` holds for `event`. Cost: one visit per node of the condition, and of an aggregate one per event taken.
 *
 * @throws whatever a function given to `filter` throws; TypeError if it answers with anything but true or false.
 */
export function holds(condition: Condition, event: unknown, taken: Taken, item?: unknown): boolean {
  switch (condition.kind) {
    case "compare":
      return compare(
        condition.op,
        evaluate(condition.left, event, taken, item),
        evaluate(condition.right, event, taken, item),
      );
    case "between": {
      const value = evaluate(condition.value, event, taken, item);
      return (
        compare("gte", value, evaluate(condition.low, event, taken, item)) &&
        compare("lte", value, evaluate(condition.high, event, taken, item))
      );
    }
    case "oneOf": {
      const value = evaluate(condition.value, event, taken, item);
      return condition.options.some((option) => compare("eq", value, option));
    }
    case "text":
      return textHolds(
        condition.op,
        evaluate(condition.value, event, taken, item),
        evaluate(condition.text, event, taken, item),
      );
    case "exists": {
      const value = evaluate(condition.value, event, taken, item);
      return value !== undefined && value !== null;
    }
    case "isTrue":
      return evaluate(condition.value, event, taken, item) === true;
    case "and":
      return condition.parts.every((part) => holds(part, event, taken, item));
    case "or":
      return condition.parts.some((part) => holds(part, event, taken, item));
    case "not":
      return !holds(condition.part, event, taken, item);
    case "opaque":
      return verdictOf(condition.call(event as never, taken.match as never));
    default:
      return unreachable(condition);
  }
}

/** What a function given to `filter` answered. Anything but a verdict is a mistake that would else go unseen: a promise, or no `return`. */
function verdictOf(answer: unknown): boolean {
  if (typeof answer === "boolean") return answer;
  if (isPromise(answer))
    throw new TypeError("It answered with a promise, not with true or false. Take async out of it.");
  const said = typeof answer === "object" && answer !== null ? "an object" : saidOf(answer);
  throw new TypeError(`It answered with ${said}, not with true or false.`);
}

function saidOf(answer: unknown): string {
  return typeof answer === "string" ? JSON.stringify(answer.slice(0, 40)) : String(answer).slice(0, 40);
}

/** The value of `expr` for `event`, or `undefined` where there is none. Cost and errors as for `holds`. */
export function evaluate(expr: ValueExpr, event: unknown, taken: Taken, item?: unknown): unknown {
  switch (expr.kind) {
    case "literal":
      return expr.value;
    case "field":
      return fieldOf(eventOf(expr.of, event, taken, item), expr.path);
    case "count":
      return taken.of(expr.step).length;
    case "aggregate":
      return aggregate(
        expr.op,
        taken.of(expr.step).map((each) => evaluate(expr.value, event, taken, each)),
      );
    case "arithmetic":
      return calculate(expr.op, evaluate(expr.left, event, taken, item), evaluate(expr.right, event, taken, item));
    default:
      return holds(expr, event, taken, item);
  }
}

/** Own properties only: a field called `constructor` is a field, an inherited one is missing. */
export function fieldOf(event: unknown, path: readonly string[]): unknown {
  let value = event;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function eventOf(ref: EventRef, event: unknown, taken: Taken, item: unknown): unknown {
  switch (ref.kind) {
    case "candidate":
      return event;
    case "item":
      return item;
    case "taken": {
      const events = taken.of(ref.step);
      if (ref.at === "only" || ref.at === "first") return events[0];
      return ref.at === "last" ? events.at(-1) : events.at(ref.at);
    }
    default:
      return unreachable(ref);
  }
}

function compare(op: CompareOp, left: unknown, right: unknown): boolean {
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

function isComparable(value: unknown): value is Literal {
  const type = typeof value;
  return type === "string" || type === "boolean" || type === "bigint" || (type === "number" && !Number.isNaN(value));
}

function textHolds(op: TextOp, value: unknown, text: unknown): boolean {
  if (typeof value !== "string" || typeof text !== "string") return false;
  return value[op](text);
}

function calculate(op: ArithmeticOp, left: unknown, right: unknown): number | undefined {
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

function aggregate(op: AggregateOp, values: readonly unknown[]): number | undefined {
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
