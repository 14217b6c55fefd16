// What a condition of a case means, as the tree that it stands for.

import type {
  AggregateOp,
  ArithmeticOp,
  CompareOp,
  Condition,
  EventRef,
  TextOp,
  ValueExpr,
} from "../../lib/pattern/expression/expression.ts";
import type { Link, Written } from "./expressions.ts";

/** @throws {Error} if it says nothing that holds or does not. */
export function toCondition(written: Written): Condition {
  const value = toValue(written);
  if (value.kind === "field") return { kind: "isTrue", value };
  if (value.kind === "literal" || value.kind === "count" || value.kind === "aggregate" || value.kind === "arithmetic") {
    throw new Error(`a ${value.kind} is no condition`);
  }
  return value;
}

function toValue(written: Written): ValueExpr {
  switch (written.kind) {
    case "literal":
      return { kind: "literal", value: written.value };
    case "chain":
      return written.root === "m" ? ofTaken(written.links) : ofEvent(written.root, written.links);
    default:
      throw new Error(`a ${written.kind} is no value`);
  }
}

function ofEvent(root: "e" | "each", links: readonly Link[]): ValueExpr {
  return fieldsOf({ kind: root === "e" ? "candidate" : "item" }, links);
}

/** `m.step…`: its only event, one of its events, how many, or a sum over them. */
function ofTaken([stepLink, which, ...others]: readonly Link[]): ValueExpr {
  const step = stepLink?.name ?? "";
  if (which === undefined) throw new Error(`m.${step} is no value`);
  const { name, given } = which;
  if (given === null) {
    if (name === "length") return wordsOf({ kind: "count", step }, others);
    return fieldsOf({ kind: "taken", step, at: "only" }, [which, ...others]);
  }
  if (name === "first" || name === "last") return fieldsOf({ kind: "taken", step, at: name }, others);
  const [argument] = given;
  if (name === "at" && argument?.kind === "literal") {
    return fieldsOf({ kind: "taken", step, at: argument.value as number }, others);
  }
  if (argument?.kind !== "lambda") throw new Error(`m.${step}.${name}(…) is unknown`);
  return wordsOf({ kind: "aggregate", op: name as AggregateOp, step, value: toValue(argument.body) }, others);
}

/** Fields up to the first word. */
function fieldsOf(of: EventRef, links: readonly Link[]): ValueExpr {
  const firstWord = links.findIndex(({ given }) => given !== null);
  const end = firstWord < 0 ? links.length : firstWord;
  const path = links.slice(0, end).map(({ name }) => name);
  return wordsOf({ kind: "field", of, path }, links.slice(end));
}

function wordsOf(value: ValueExpr, words: readonly Link[]): ValueExpr {
  return words.reduce(wordOf, value);
}

const COMPARISONS: ReadonlySet<string> = new Set(["eq", "ne", "lt", "lte", "gt", "gte"]);
const ARITHMETIC: ReadonlySet<string> = new Set(["plus", "minus", "times", "dividedBy", "modulo"]);
const TEXT: ReadonlySet<string> = new Set(["startsWith", "endsWith", "includes"]);

function wordOf(value: ValueExpr, { name, given }: Link): ValueExpr {
  const [first, second] = given ?? [];
  if (name === "exists") return { kind: "exists", value };
  if (name === "not") return { kind: "not", part: asCondition(value) };
  if (first === undefined) throw new Error(`${name} is given nothing`);
  if (name === "and" || name === "or") {
    const parts = [asCondition(value), toCondition(first)];
    return { kind: name, parts: parts.flatMap((part) => (part.kind === name ? part.parts : [part])) };
  }
  if (name === "oneOf" && first.kind === "list") return { kind: "oneOf", value, options: first.items.map(literalOf) };
  const right = toValue(first);
  if (name === "between" && second !== undefined) return { kind: "between", value, low: right, high: toValue(second) };
  if (COMPARISONS.has(name)) return { kind: "compare", op: name as CompareOp, left: value, right };
  if (ARITHMETIC.has(name)) return { kind: "arithmetic", op: name as ArithmeticOp, left: value, right };
  if (TEXT.has(name)) return { kind: "text", op: name as TextOp, value, text: right };
  throw new Error(`"${name}" is no word of a value`);
}

function asCondition(value: ValueExpr): Condition {
  return value.kind === "field" ? { kind: "isTrue", value } : (value as Condition);
}

function literalOf(written: Written): string | number | boolean {
  if (written.kind !== "literal") throw new Error("oneOf is given what is no constant");
  return written.value;
}
