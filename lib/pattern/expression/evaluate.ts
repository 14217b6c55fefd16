// What a condition says of one event, given the events its match has taken before. A plain walk over the tree:
// no code is made from text, only own properties are read, nothing is remembered. It says what a condition means; what
// runs for every event is made by prepare.ts, and says the same.

import { unreachable } from "../../core/errors.ts";
import type { Condition, EventRef, ValueExpr } from "./expression.ts";
import { aggregate, calculate, compare, textHolds, verdictOf } from "./operators.ts";

/** The events a match has taken so far. */
export interface Taken {
  /** Those of one step, in order; empty where it took none. */
  of(step: string): readonly unknown[];
  /** `of(step).at(index)`, for those who know it without a list. */
  at?(step: string, index: number): unknown;
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
