// Going through a pattern in the order in which it is written, knowing at each element where it stands.

import { unreachable } from "../core/errors.ts";
import type { Element, GroupNode } from "./ast.ts";
import type { Condition, ValueExpr } from "./expression.ts";

/** An element and where it stands. */
export type Placed<Node extends Element = Element> = {
  readonly element: Node;
  /** Names from the outside in, the element's own last; a group goes by those of its elements, such as `(probe, blocked)`. */
  readonly path: readonly string[];
  /** The groups around it, from the outside in. */
  readonly groups: readonly GroupNode[];
  /** The pattern's elements, or those of the group it stands in. */
  readonly siblings: readonly Element[];
  /** Its place among them, from 0. */
  readonly index: number;
};

/** Every element, each group before what it holds. Cost: one visit per element. */
export function* everyElement(elements: readonly Element[], groups: readonly GroupNode[] = []): Generator<Placed> {
  const around = groups.map(nameOf);
  for (const [index, element] of elements.entries()) {
    yield { element, path: [...around, nameOf(element)], groups, siblings: elements, index };
    if (element.kind === "group") yield* everyElement(element.elements, [...groups, element]);
  }
}

/** What an element is called in messages. Groups have no name of their own. */
export function nameOf(element: Element): string {
  if (element.kind !== "group") return element.name;
  const names = element.elements.map((each) => (each.kind === "group" ? "(…)" : each.name));
  return `(${names.length > 3 ? [...names.slice(0, 3), "…"].join(", ") : names.join(", ")})`;
}

/** Whether a value is a condition used as one. */
export function isCondition(expr: ValueExpr): expr is Condition {
  switch (expr.kind) {
    case "literal":
    case "field":
    case "count":
    case "aggregate":
    case "arithmetic":
      return false;
    default:
      return true;
  }
}

/** The parts that a condition or value is made of, in the order in which they are written. */
export function partsOf(expr: ValueExpr): readonly ValueExpr[] {
  switch (expr.kind) {
    case "literal":
    case "field":
    case "count":
    case "opaque":
      return [];
    case "aggregate":
    case "oneOf":
    case "exists":
    case "isTrue":
      return [expr.value];
    case "arithmetic":
    case "compare":
      return [expr.left, expr.right];
    case "between":
      return [expr.value, expr.low, expr.high];
    case "text":
      return [expr.value, expr.text];
    case "and":
    case "or":
      return expr.parts;
    case "not":
      return [expr.part];
    default:
      return unreachable(expr);
  }
}

/** A condition and everything inside it, from the outside in; safe at any depth. */
export function* everyPart(expr: ValueExpr): Generator<ValueExpr> {
  const waiting: ValueExpr[] = [expr];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    waiting.push(...[...partsOf(next)].reverse());
  }
}
