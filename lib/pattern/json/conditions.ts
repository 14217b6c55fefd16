// Conditions out of JSON data, as read.ts reads elements.

import { unreachable } from "../../core/errors.ts";
import type { Condition, EventRef, Literal, ValueExpr } from "../expression/expression.ts";
import type { Fields, JsonReading } from "./reading.ts";

const COMPARE_OPS = ["eq", "ne", "lt", "lte", "gt", "gte"] as const;
const ARITHMETIC_OPS = ["plus", "minus", "times", "dividedBy", "modulo"] as const;
const TEXT_OPS = ["startsWith", "endsWith", "includes"] as const;
const AGGREGATE_OPS = ["sum", "avg", "min", "max"] as const;

const CONDITION_KINDS = ["compare", "between", "oneOf", "text", "exists", "isTrue", "and", "or", "not"] as const;
const VALUE_KINDS = ["literal", "field", "count", "aggregate", "arithmetic", ...CONDITION_KINDS] as const;

type ConditionKind = (typeof CONDITION_KINDS)[number];

/** Stands for what could not be read; never leaves the reading. */
const NOTHING: Condition = { kind: "and", parts: [] };

/** The condition in `name` of an object, or `null` where there is none. */
export function readConditionOrNull(fields: Fields, name: string, reading: JsonReading): Condition | null {
  const value = fields.take(name) ?? null;
  return value === null ? null : readCondition(value, fields.placeOf(name), reading);
}

function readCondition(value: unknown, place: string, reading: JsonReading): Condition {
  const fields = reading.object(value, place, "a condition");
  const kind = fields.word("kind", CONDITION_KINDS);
  if (kind === undefined) return NOTHING;
  const condition = readConditionOf(kind, fields, reading);
  fields.end();
  return condition;
}

function readConditionOf(kind: ConditionKind, fields: Fields, reading: JsonReading): Condition {
  const part = (name: string): ValueExpr => readValue(fields.take(name), fields.placeOf(name), reading);
  switch (kind) {
    case "compare":
      return { kind, op: fields.word("op", COMPARE_OPS) ?? "eq", left: part("left"), right: part("right") };
    case "between":
      return { kind, value: part("value"), low: part("low"), high: part("high") };
    case "oneOf":
      return {
        kind,
        value: part("value"),
        options: fields.list("options", "constants").map((each) => readLiteral(each.value, each.place, reading)),
      };
    case "text":
      return { kind, op: fields.word("op", TEXT_OPS) ?? "includes", value: part("value"), text: part("text") };
    case "exists":
    case "isTrue":
      return { kind, value: part("value") };
    case "and":
    case "or":
      return {
        kind,
        parts: fields.list("parts", "conditions").map((each) => readCondition(each.value, each.place, reading)),
      };
    case "not":
      return { kind, part: readCondition(fields.take("part"), fields.placeOf("part"), reading) };
    default:
      return unreachable(kind);
  }
}

function readValue(value: unknown, place: string, reading: JsonReading): ValueExpr {
  const fields = reading.object(value, place, "a value");
  const kind = fields.word("kind", VALUE_KINDS);
  if (kind === undefined) return NOTHING;
  const expr = readValueOf(kind, fields, reading);
  fields.end();
  return expr;
}

function readValueOf(kind: (typeof VALUE_KINDS)[number], fields: Fields, reading: JsonReading): ValueExpr {
  const part = (name: string): ValueExpr => readValue(fields.take(name), fields.placeOf(name), reading);
  switch (kind) {
    case "literal":
      return { kind, value: readLiteral(fields.take("value"), fields.placeOf("value"), reading) };
    case "field":
      return { kind, of: readRef(fields, reading), path: fields.texts("path") };
    case "count":
      return { kind, step: fields.text("step") };
    case "aggregate":
      return { kind, op: fields.word("op", AGGREGATE_OPS) ?? "sum", step: fields.text("step"), value: part("value") };
    case "arithmetic":
      return { kind, op: fields.word("op", ARITHMETIC_OPS) ?? "plus", left: part("left"), right: part("right") };
    default:
      return readConditionOf(kind, fields, reading);
  }
}

function readRef(outer: Fields, reading: JsonReading): EventRef {
  const fields = outer.object("of", "a reference to an event", { kind: "candidate" });
  const kind = fields.word("kind", ["candidate", "taken", "item"]);
  const ref: EventRef =
    kind === "taken" ? { kind, step: fields.text("step"), at: readAt(fields, reading) } : { kind: kind ?? "candidate" };
  if (kind !== undefined) fields.end();
  return ref;
}

function readAt(fields: Fields, reading: JsonReading): "only" | "first" | "last" | number {
  const at = fields.take("at");
  if (at === "only" || at === "first" || at === "last" || Number.isSafeInteger(at)) return at as number;
  reading.unexpected(fields.placeOf("at"), '"only", "first", "last" or an index from 0', at);
  return "only";
}

const LITERALS = 'a constant (a text, a number, true, false or { "bigint": "123" })';

function readLiteral(value: unknown, place: string, reading: JsonReading): Literal {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const fields = reading.object(value, place, LITERALS);
  const literal = fields.has("number") ? readNumber(fields) : readBigint(fields, reading);
  fields.end();
  return literal;
}

/** Numbers that JSON cannot write. */
function readNumber(fields: Fields): number {
  return Number(fields.word("number", ["NaN", "Infinity", "-Infinity", "-0"]));
}

function readBigint(fields: Fields, reading: JsonReading): bigint {
  const digits = fields.take("bigint");
  if (typeof digits === "string" && /^-?\d+$/.test(digits)) return BigInt(digits);
  if (!fields.isBroken) reading.unexpected(fields.placeOf("bigint"), "the digits of a whole number as a text", digits);
  return 0n;
}
