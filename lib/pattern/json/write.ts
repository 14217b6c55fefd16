// The AST as JSON data, always in the same order of fields and without those that have their default, so that equal
// patterns give equal texts and a field added to the AST later leaves the texts of older patterns as they are.

import { PatternError, type Problem, unreachable } from "../../core/errors.ts";
import type { Element, GroupNode, PatternAst, Quantifier, Skip, StepNode } from "../ast.ts";
import type { Condition, EventRef, Literal, OpaqueCall, ValueExpr } from "../expression/expression.ts";
import { everyElement, everyPart } from "../walk.ts";
import {
  type ConditionJson,
  type ElementJson,
  JSON_VERSION,
  type LiteralJson,
  type PatternJson,
  type QuantifierJson,
  type SkipJson,
  type ValueJson,
} from "./form.ts";

/**
 * The JSON form of a pattern. `fromJson` gives the same AST again; what `select` makes of matches is no part of it.
 * Cost: one visit per node.
 *
 * @throws {PatternError} `OPAQUE_CONDITION`, one for each function given to `filter`: functions have no JSON form.
 */
export function toJson(ast: PatternAst): PatternJson {
  return writePattern(ast, () => {
    throw new PatternError(ast.name, opaqueConditions(ast));
  });
}

type OpaqueCondition = Extract<Condition, { kind: "opaque" }>;

/** Gives what stands in the place of a function. */
export type WriteOpaque = (condition: OpaqueCondition) => ConditionJson;

/** `toJson` with `opaque` in the place of functions. */
export function writePattern(ast: PatternAst, opaque: WriteOpaque): PatternJson {
  return {
    sequitur: JSON_VERSION,
    name: ast.name,
    ...(ast.version !== 1 && { version: ast.version }),
    ...(ast.tag !== "type" && { tag: ast.tag }),
    elements: ast.elements.map((element) => writeElement(element, opaque)),
    ...(ast.withinMs !== null && { withinMs: ast.withinMs }),
    ...writeSkip(ast.skip),
    ...(ast.emit !== "eager" && { emit: ast.emit }),
    ...(ast.oncePerMs !== null && { oncePerMs: ast.oncePerMs }),
  };
}

function opaqueConditions(ast: PatternAst): readonly Problem[] {
  const problems: Problem[] = [];
  const look = (condition: Condition | null, path: readonly string[], where: string): void => {
    for (const { part } of condition === null ? [] : everyPart(condition)) {
      if (part.kind === "opaque") problems.push(opaqueProblem(path, where));
    }
  };
  for (const { element, path } of everyElement(ast.elements)) {
    if (element.kind !== "group") look(element.condition, path, "the condition");
    if (element.kind !== "absence") look(element.quantifier.until, path, "until");
  }
  return problems;
}

function opaqueProblem(path: readonly string[], where: string): Problem {
  return {
    code: "OPAQUE_CONDITION",
    severity: "error",
    path,
    message: `There is a function in ${where} of "${path.at(-1)}", and functions have no JSON form.`,
    remedy: "Write it as data with where instead of filter, or keep this pattern in code.",
  };
}

function writeElement(element: Element, opaque: WriteOpaque): ElementJson {
  switch (element.kind) {
    case "step":
      return {
        kind: "step",
        name: element.name,
        ...(element.link !== null && { link: element.link }),
        ...writeConditions(element, opaque),
        ...writeRepetition(element, opaque),
      };
    case "absence":
      return {
        kind: "absence",
        name: element.name,
        link: element.link,
        ...writeConditions(element, opaque),
        ...(element.forMs !== null && { forMs: element.forMs }),
      };
    case "group":
      return {
        kind: "group",
        ...(element.link !== null && { link: element.link }),
        elements: element.elements.map((each) => writeElement(each, opaque)),
        ...writeRepetition(element, opaque),
      };
    default:
      return unreachable(element);
  }
}

type Conditions = Pick<StepNode, "on" | "condition">;

function writeConditions(
  { on, condition }: Conditions,
  opaque: WriteOpaque,
): { on?: readonly string[]; condition?: ConditionJson } {
  return {
    ...(on !== null && { on: [...on] }),
    ...(condition !== null && { condition: writeCondition(condition, opaque) }),
  };
}

function writeRepetition(
  { quantifier, maxGapMs }: StepNode | GroupNode,
  opaque: WriteOpaque,
): { quantifier?: QuantifierJson; maxGapMs?: number } {
  const json = writeQuantifier(quantifier, opaque);
  return {
    ...(Object.keys(json).length > 0 && { quantifier: json }),
    ...(maxGapMs !== null && { maxGapMs }),
  };
}

function writeQuantifier(quantifier: Quantifier, opaque: WriteOpaque): QuantifierJson {
  const { min, max, optional, greedy, inner, until, counted } = quantifier;
  const hasCounts = counted || min !== 1 || max !== 1;
  return {
    ...(hasCounts && { min, max }),
    ...(optional && { optional }),
    ...(greedy && { greedy }),
    ...(inner !== "followedBy" && { inner }),
    ...(until !== null && { until: writeCondition(until, opaque) }),
    ...(hasCounts !== counted && { counted }),
  };
}

function writeSkip(skip: Skip): { skip?: SkipJson } {
  switch (skip.to) {
    case "none":
      return {};
    case "next":
    case "pastLast":
      return { skip: { to: skip.to } };
    default:
      return { skip: { to: skip.to, step: skip.step, ...(skip.orElse !== null && { orElse: skip.orElse }) } };
  }
}

function writeCondition(condition: Condition, opaque: WriteOpaque): ConditionJson {
  const value = (expr: ValueExpr): ValueJson => writeValue(expr, opaque);
  switch (condition.kind) {
    case "compare":
      return { kind: "compare", op: condition.op, left: value(condition.left), right: value(condition.right) };
    case "between": {
      const { low, high } = condition;
      return { kind: "between", value: value(condition.value), low: value(low), high: value(high) };
    }
    case "oneOf":
      return { kind: "oneOf", value: value(condition.value), options: condition.options.map(writeLiteral) };
    case "text":
      return { kind: "text", op: condition.op, value: value(condition.value), text: value(condition.text) };
    case "exists":
    case "isTrue":
      return { kind: condition.kind, value: value(condition.value) };
    case "and":
    case "or":
      return { kind: condition.kind, parts: condition.parts.map((part) => writeCondition(part, opaque)) };
    case "not":
      return { kind: "not", part: writeCondition(condition.part, opaque) };
    case "opaque":
      return opaque(condition);
    default:
      return unreachable(condition);
  }
}

function writeValue(expr: ValueExpr, opaque: WriteOpaque): ValueJson {
  switch (expr.kind) {
    case "literal":
      return { kind: "literal", value: writeLiteral(expr.value) };
    case "field":
      return {
        kind: "field",
        ...(expr.of.kind !== "candidate" && { of: writeRef(expr.of) }),
        path: [...expr.path],
      };
    case "count":
      return { kind: "count", step: expr.step };
    case "aggregate":
      return { kind: "aggregate", op: expr.op, step: expr.step, value: writeValue(expr.value, opaque) };
    case "arithmetic": {
      const { op, left, right } = expr;
      return { kind: "arithmetic", op, left: writeValue(left, opaque), right: writeValue(right, opaque) };
    }
    default:
      return writeCondition(expr, opaque);
  }
}

function writeRef(ref: EventRef): EventRef {
  return ref.kind === "taken" ? { kind: "taken", step: ref.step, at: ref.at } : { kind: ref.kind };
}

function writeLiteral(value: Literal): LiteralJson {
  if (typeof value === "bigint") return { bigint: value.toString() };
  if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { number: Object.is(value, -0) ? "-0" : (String(value) as "NaN" | "Infinity" | "-Infinity") };
}

const OPAQUE_NUMBERS = new WeakMap<OpaqueCall, number>();
let opaqueCount = 0;

/** A text that is equal for equal values and conditions, and only for them; functions are equal if they are the same. Not for storing: their numbers are of this process. */
export function valueKey(expr: ValueExpr): string {
  const key = writeValue(expr, ({ call }) => {
    const number = OPAQUE_NUMBERS.get(call) ?? ++opaqueCount;
    OPAQUE_NUMBERS.set(call, number);
    return { kind: "opaque", number } as unknown as ConditionJson;
  });
  return JSON.stringify(key);
}
