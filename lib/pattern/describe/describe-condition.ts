// Conditions in English. What is denied is said so that it is also true of a missing value, as it is when evaluated:
// `ne` "is other than", which needs a value; `not(eq)` "is not", which does not.

import { unreachable } from "../../core/errors.ts";
import type {
  AggregateOp,
  ArithmeticOp,
  CompareOp,
  Condition,
  EventRef,
  Literal,
  TextOp,
  ValueExpr,
} from "../expression/expression.ts";

/**
 * What must hold of an event, such as `amount is above 500 and country is other than country of the last "probe"`.
 * Fields without an owner are of the event itself. Cost: one visit per part.
 */
export function describeCondition(condition: Condition): string {
  return say(condition, true);
}

/** What a value is called, such as `the country of the last "probe"`. */
export function describeValue(expr: ValueExpr): string {
  return value(expr);
}

/** Texts joined as in "a, b or c". */
export function enumerate(texts: readonly string[], word: "and" | "or"): string {
  const last = texts.length - 1;
  return last < 1 ? texts.join("") : `${texts.slice(0, last).join(", ")} ${word} ${texts[last]}`;
}

function say(condition: Condition, isSo: boolean): string {
  switch (condition.kind) {
    case "compare": {
      const { op, left, right } = condition;
      return `${value(left)} ${compareWords(op, left, right, isSo)} ${value(right)}`;
    }
    case "between":
      return `${value(condition.value)} ${is(isSo)} from ${value(condition.low)} to ${value(condition.high)}`;
    case "oneOf":
      return `${value(condition.value)} ${isSo ? "is" : "is none of"} ${list(condition.options, isSo)}`;
    case "text":
      return `${value(condition.value)} ${TEXT_WORDS[condition.op][isSo ? 0 : 1]} ${value(condition.text)}`;
    case "exists":
      return `${value(condition.value)} is ${isSo ? "there" : "missing"}`;
    case "isTrue":
      return `${value(condition.value)} ${is(isSo)} true`;
    case "and":
    case "or":
      return isSo ? join(condition.kind, condition.parts) : `it is not so that ${inner(condition)}`;
    case "not":
      return say(condition.part, !isSo);
    case "opaque":
      return `a function (version ${condition.version}) ${isSo ? "accepts" : "does not accept"} it`;
    default:
      return unreachable(condition);
  }
}

function is(isSo: boolean): string {
  return isSo ? "is" : "is not";
}

function join(kind: "and" | "or", parts: readonly Condition[]): string {
  if (parts.length === 0) return kind === "and" ? "anything goes" : "nothing will do";
  return parts.length === 1 ? parts.map((part) => say(part, true)).join("") : parts.map(inner).join(` ${kind} `);
}

/** In brackets if it could be misread: "a and b or c". */
function inner(condition: Condition): string {
  const text = say(condition, true);
  return countOfParts(condition) > 1 ? `(${text})` : text;
}

function countOfParts(condition: Condition): number {
  if (condition.kind === "oneOf") return condition.options.length;
  return condition.kind === "and" || condition.kind === "or" ? condition.parts.length : 1;
}

const COMPARE_WORDS: Readonly<Record<CompareOp, string>> = {
  eq: "",
  ne: "other than",
  lt: "below",
  lte: "at most",
  gt: "above",
  gte: "at least",
};

/** Texts have no above and below. */
const ORDER_WORDS: Readonly<Partial<Record<CompareOp, string>>> = {
  lt: "before",
  lte: "at or before",
  gt: "after",
  gte: "at or after",
};

function compareWords(op: CompareOp, left: ValueExpr, right: ValueExpr, isSo: boolean): string {
  const isText = [left, right].some((side) => side.kind === "literal" && typeof side.value === "string");
  const word = (isText ? ORDER_WORDS[op] : undefined) ?? COMPARE_WORDS[op];
  return word === "" ? is(isSo) : `${is(isSo)} ${word}`;
}

const TEXT_WORDS: Readonly<Record<TextOp, readonly [string, string]>> = {
  startsWith: ["begins with", "does not begin with"],
  endsWith: ["ends with", "does not end with"],
  includes: ["contains", "does not contain"],
};

/** More than this many constants are counted, not listed. */
const MAX_LISTED = 12;

function list(options: readonly Literal[], isSo: boolean): string {
  if (options.length === 0) return isSo ? "one of no values" : "no values";
  const texts = options.map(literal);
  const listed =
    texts.length > MAX_LISTED ? [...texts.slice(0, MAX_LISTED - 1), `${texts.length - MAX_LISTED + 1} others`] : texts;
  return enumerate(listed, isSo ? "or" : "and");
}

function literal(constant: Literal): string {
  return typeof constant === "string" ? JSON.stringify(constant) : Object.is(constant, -0) ? "-0" : String(constant);
}

const ARITHMETIC_WORDS: Readonly<Record<ArithmeticOp, string>> = {
  plus: "+",
  minus: "-",
  times: "×",
  dividedBy: "÷",
  modulo: "modulo",
};

const AGGREGATE_WORDS: Readonly<Record<AggregateOp, string>> = {
  sum: "the sum of",
  avg: "the average of",
  min: "the least",
  max: "the greatest",
};

function value(expr: ValueExpr): string {
  switch (expr.kind) {
    case "literal":
      return literal(expr.value);
    case "field":
      return field(expr.path, event(expr.of));
    case "count":
      return `the number of "${expr.step}"`;
    case "aggregate":
      return `${AGGREGATE_WORDS[expr.op]} ${operand(expr.value)} over all "${expr.step}"`;
    case "arithmetic":
      return `${operand(expr.left)} ${ARITHMETIC_WORDS[expr.op]} ${operand(expr.right)}`;
    default:
      return `whether (${say(expr, true)})`;
  }
}

function operand(expr: ValueExpr): string {
  return expr.kind === "arithmetic" ? `(${value(expr)})` : value(expr);
}

/** `owner` is `null` for the event that is looked at. */
function field(path: readonly string[], owner: string | null): string {
  if (path.length === 0) return owner ?? "the event";
  const name = path.map((part, index) => fieldPart(part, index)).join("");
  return owner === null ? name : `the ${name} of ${owner}`;
}

function fieldPart(part: string, index: number): string {
  if (!/^[\p{L}\p{N}_$-]+$/u.test(part)) return `[${JSON.stringify(part)}]`;
  return index === 0 ? part : `.${part}`;
}

function event(ref: EventRef): string | null {
  if (ref.kind !== "taken") return null;
  switch (ref.at) {
    case "only":
      return `"${ref.step}"`;
    case "first":
    case "last":
      return `the ${ref.at} "${ref.step}"`;
    default:
      return ref.at < 0
        ? `the ${ordinal(-ref.at)} "${ref.step}" from the end`
        : `the ${ordinal(ref.at + 1)} "${ref.step}"`;
  }
}

function ordinal(count: number): string {
  const teens = count % 100 > 10 && count % 100 < 20;
  const ending = teens ? undefined : ["th", "st", "nd", "rd"][count % 10];
  return `${count}${ending ?? "th"}`;
}
