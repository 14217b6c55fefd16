// Makes a function of a condition, once, so that nothing is looked up in its tree for each event.
//
//     and ─┬─ amount > 500        (row) => left(row) && right(row)
//          └─ country = "de"                  │            └─ (row) => read(row) === "de"
//                                             └─ (row) => { value = read(row); typeof value === "number" && value > 500 }
//
// `read` comes from a reader, so the same operators work on events held in different ways. The functions say what
// `holds` says, ask the same fields in the same order, and throw the same. No code is made from text.

import { unreachable } from "../../core/errors.ts";
import { NOTHING_TAKEN, type Taken } from "./evaluate.ts";
import { type EventReader, OBJECTS } from "./event-reader.ts";
import type { CompareOp, Condition, EventRef, Literal, ValueExpr } from "./expression.ts";
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

/** Prepares a condition for events read by `reader`. Cost: one function per node of the condition. */
export function prepare<Row>(condition: Condition, reader: EventReader<Row>): Prepared<Row> {
  return asks(condition, reader);
}

function asks<Row>(condition: Condition, reader: EventReader<Row>): Asks<Row> {
  switch (condition.kind) {
    case "compare":
      return comparison(condition.op, condition.left, condition.right, reader);
    case "between":
      return range(reads(condition.value, reader), reads(condition.low, reader), reads(condition.high, reader));
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

function range<Row>(value: Reads<Row>, low: Reads<Row>, high: Reads<Row>): Asks<Row> {
  return (row, taken, item) => {
    const read = value(row, taken, item);
    return compare("gte", read, low(row, taken, item)) && compare("lte", read, high(row, taken, item));
  };
}

function membership<Row>(value: Reads<Row>, options: readonly Literal[]): Asks<Row> {
  // A Set tells types apart as `eq` does; NaN alone it would find.
  const set = new Set<unknown>(options.filter(isComparable));
  return (row, taken, item) => set.has(value(row, taken, item));
}

function comparison<Row>(op: CompareOp, left: ValueExpr, right: ValueExpr, reader: EventReader<Row>): Asks<Row> {
  const value = reads(left, reader);
  if (right.kind === "literal" && isComparable(right.value)) return withLiteral(op, value, right.value);
  const other = reads(right, reader);
  return (row, taken, item) => compare(op, value(row, taken, item), other(row, taken, item));
}

function withLiteral<Row>(op: CompareOp, value: Reads<Row>, literal: Literal): Asks<Row> {
  if (op === "eq") return (row, taken, item) => value(row, taken, item) === literal;
  if (op === "ne" || typeof literal !== "number") {
    return (row, taken, item) => compare(op, value(row, taken, item), literal);
  }
  switch (op) {
    case "lt":
      return (row, taken, item) => {
        const read = value(row, taken, item);
        return typeof read === "number" && read < literal;
      };
    case "lte":
      return (row, taken, item) => {
        const read = value(row, taken, item);
        return typeof read === "number" && read <= literal;
      };
    case "gt":
      return (row, taken, item) => {
        const read = value(row, taken, item);
        return typeof read === "number" && read > literal;
      };
    case "gte":
      return (row, taken, item) => {
        const read = value(row, taken, item);
        return typeof read === "number" && read >= literal;
      };
    default:
      return unreachable(op);
  }
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
  return (_, taken = NOTHING_TAKEN) => read(taken.of(step).at(at));
}
