// Makes a function of a condition, once, so that nothing is looked up in its tree for each event.
//
//     and ─┬─ amount > rate * 2      (row) => left(row) && right(row)
//          └─ country = "de"                     │            └─ reader.equals(["country"], "de")
//                                                └─ (row) => compare("gt", amount(row), product(row))
//                                                                          └─ reader.field(["amount"])
//
// Fields are read by a reader, so the same operators work on events held in different ways. The functions say what `holds`
// says, ask the same fields in the same order, and throw the same. No code is made from text.

import { unreachable } from "../../core/errors.ts";
import { NOTHING_TAKEN, type Taken } from "./evaluate.ts";
import { type EventReader, OBJECTS } from "./event-reader.ts";
import type { CompareOp, Condition, EventRef, Literal, ValueExpr } from "./expression.ts";
import { rangeOf } from "./number-range.ts";
import { aggregate, calculate, compare, isComparable, textHolds, verdictOf } from "./operators.ts";

/**
 * A condition, ready to be asked of an event, given what its match took before; without `taken`, that is nothing.
 *
 * @throws as `holds` does.
 */
export type Prepared<Row = unknown> = (row: Row, taken?: Taken) => boolean;

/** What is prepared of a part: `item` is the event an aggregate looks at. */
type Asks<Row> = (row: Row, taken?: Taken, item?: unknown) => boolean;
type Reads<Row> = (row: Row, taken?: Taken, item?: unknown) => unknown;

type Between = Extract<Condition, { kind: "between" }>;

/** A value, ready to be read of an event, as a condition is. */
export type PreparedValue<Row = unknown> = (row: Row, taken?: Taken) => unknown;

/** Prepares a condition for events read by `reader`. Cost: one function per node of the condition. */
export function prepare<Row>(condition: Condition, reader: EventReader<Row>): Prepared<Row> {
  return asks(condition, reader);
}

/** Prepares a value for events read by `reader`: gives what `evaluate` gives. */
export function prepareValue<Row>(expr: ValueExpr, reader: EventReader<Row>): PreparedValue<Row> {
  return reads(expr, reader);
}

function asks<Row>(condition: Condition, reader: EventReader<Row>): Asks<Row> {
  switch (condition.kind) {
    case "compare":
      return comparison(condition.op, condition.left, condition.right, reader);
    case "between":
      return range(condition, reader);
    case "oneOf":
      return membership(reads(condition.value, reader), condition.options);
    case "text": {
      const { op } = condition;
      const [value, text] = [reads(condition.value, reader), reads(condition.text, reader)];
      return (row, taken, item) => textHolds(op, value(row, taken, item), text(row, taken, item));
    }
    case "exists": {
      const value = reads(condition.value, reader);
      return (row, taken, item) => (value(row, taken, item) ?? null) !== null;
    }
    case "isTrue": {
      const value = reads(condition.value, reader);
      return (row, taken, item) => value(row, taken, item) === true;
    }
    case "and":
      return all(condition.parts.map((part) => asks(part, reader)));
    case "or":
      return some(condition.parts.map((part) => asks(part, reader)));
    case "not": {
      const part = asks(condition.part, reader);
      return (row, taken, item) => !part(row, taken, item);
    }
    case "opaque":
      return (row, taken = NOTHING_TAKEN) =>
        verdictOf(condition.call(reader.event(row) as never, taken.match as never));
    default:
      return unreachable(condition);
  }
}

/** In halves: two calls of known functions are quicker than a list gone through. */
function all<Row>(parts: readonly Asks<Row>[]): Asks<Row> {
  const [first] = parts;
  if (first === undefined) return () => true;
  if (parts.length === 1) return first;
  const [left, right] = [all(parts.slice(0, parts.length >> 1)), all(parts.slice(parts.length >> 1))];
  return (row, taken, item) => left(row, taken, item) && right(row, taken, item);
}

function some<Row>(parts: readonly Asks<Row>[]): Asks<Row> {
  const [first] = parts;
  if (first === undefined) return () => false;
  if (parts.length === 1) return first;
  const [left, right] = [some(parts.slice(0, parts.length >> 1)), some(parts.slice(parts.length >> 1))];
  return (row, taken, item) => left(row, taken, item) || right(row, taken, item);
}

function range<Row>({ value, low, high }: Between, reader: EventReader<Row>): Asks<Row> {
  if (isOfCandidate(value) && isNumber(low) && isNumber(high)) return reader.inRange(value.path, low.value, high.value);
  const [read, least, most] = [reads(value, reader), reads(low, reader), reads(high, reader)];
  return (row, taken, item) => {
    const found = read(row, taken, item);
    return compare("gte", found, least(row, taken, item)) && compare("lte", found, most(row, taken, item));
  };
}

function isNumber(expr: ValueExpr): expr is { readonly kind: "literal"; readonly value: number } {
  return expr.kind === "literal" && typeof expr.value === "number";
}

function membership<Row>(value: Reads<Row>, options: readonly Literal[]): Asks<Row> {
  // A Set tells types apart as `eq` does; NaN alone it would find.
  const set = new Set<unknown>(options.filter(isComparable));
  return (row, taken, item) => set.has(value(row, taken, item));
}

function comparison<Row>(op: CompareOp, left: ValueExpr, right: ValueExpr, reader: EventReader<Row>): Asks<Row> {
  if (isOfCandidate(left) && right.kind === "literal") return withLiteral(left.path, op, right.value, reader);
  const [value, other] = [reads(left, reader), reads(right, reader)];
  return (row, taken, item) => compare(op, value(row, taken, item), other(row, taken, item));
}

function withLiteral<Row>(
  path: readonly string[],
  op: CompareOp,
  literal: Literal,
  reader: EventReader<Row>,
): Asks<Row> {
  if (op === "eq") return reader.equals(path, literal);
  if (op !== "ne" && typeof literal === "number") {
    const { low, high } = rangeOf(op, literal);
    return reader.inRange(path, low, high);
  }
  const value = reader.field(path);
  if (op === "ne" && isComparable(literal)) {
    const type = typeof literal;
    return (row) => {
      const found = value(row);
      return typeof found === type && found !== literal && !Number.isNaN(found);
    };
  }
  return (row) => compare(op, value(row), literal);
}

function isOfCandidate(expr: ValueExpr): expr is Extract<ValueExpr, { kind: "field" }> {
  return expr.kind === "field" && expr.of.kind === "candidate";
}

function reads<Row>(expr: ValueExpr, reader: EventReader<Row>): Reads<Row> {
  switch (expr.kind) {
    case "literal": {
      const { value } = expr;
      return () => value;
    }
    case "field":
      return field(expr.of, expr.path, reader);
    case "count":
      return (_, taken = NOTHING_TAKEN) => taken.of(expr.step).length;
    case "aggregate": {
      const { op, step } = expr;
      const value = reads(expr.value, reader);
      return (row, taken = NOTHING_TAKEN) =>
        aggregate(
          op,
          taken.of(step).map((each) => value(row, taken, each)),
        );
    }
    case "arithmetic": {
      const { op } = expr;
      const [left, right] = [reads(expr.left, reader), reads(expr.right, reader)];
      return (row, taken, item) => calculate(op, left(row, taken, item), right(row, taken, item));
    }
    default:
      return asks(expr, reader);
  }
}

/** Events taken before are JavaScript values, however the one at hand is held. */
function field<Row>(of: EventRef, path: readonly string[], reader: EventReader<Row>): Reads<Row> {
  if (of.kind === "candidate") return reader.field(path);
  const read = OBJECTS.field(path);
  if (of.kind === "item") return (_row, _taken, item) => read(item);
  const { step } = of;
  const at = of.at === "only" || of.at === "first" ? 0 : of.at === "last" ? -1 : of.at;
  return (_, taken = NOTHING_TAKEN) => read(taken.at === undefined ? taken.of(step).at(at) : taken.at(step, at));
}
