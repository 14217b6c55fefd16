// Going through a pattern in the order in which it is written, knowing at each element where it stands.

import { unreachable } from "../core/errors.ts";
import type { AbsenceNode, Element, GroupNode } from "./ast.ts";
import type { Condition, ValueExpr } from "./expression/expression.ts";

/** An element and where it stands. */
export type Placed<Node extends Element = Element> = {
  readonly element: Node;
  /** Names from the outside in, the element's own last; a group goes by those of its elements, such as `(probe, blocked)`. */
  readonly path: readonly string[];
  /** The group it stands in, or `null`. */
  readonly outer: Placed<GroupNode> | null;
  /** The pattern's elements, or those of the group it stands in. */
  readonly siblings: readonly Element[];
  /** Its place among them, from 0. */
  readonly index: number;
};

/** Every element, each group before what it holds. Cost: one visit per element. */
export function* everyElement(
  elements: readonly Element[],
  outer: Placed<GroupNode> | null = null,
): Generator<Placed, void, undefined> {
  for (const [index, element] of elements.entries()) {
    const path = [...(outer?.path ?? []), nameOf(element)];
    const placed = { element, path, outer, siblings: elements, index };
    yield placed;
    if (element.kind === "group") yield* everyElement(element.elements, { ...placed, element });
  }
}

/** The element and the groups around it, from the inside out. */
export function* outwards<Node extends Element>(
  placed: Placed<Node>,
): Generator<Placed<Node | GroupNode>, void, undefined> {
  for (let each: Placed<Node | GroupNode> | null = placed; each !== null; each = each.outer) yield each;
}

/** What an element is called in messages. Groups have no name of their own. */
export function nameOf(element: Element): string {
  if (element.kind !== "group") return element.name;
  const names = element.elements.map((each) => (each.kind === "group" ? "(…)" : each.name));
  return `(${names.length > 3 ? [...names.slice(0, 3), "…"].join(", ") : names.join(", ")})`;
}

/** The condition and the `until` of an element, as far as it has them. */
export function conditionsOf({ element }: Placed): readonly Condition[] {
  const condition = element.kind === "group" ? null : element.condition;
  const until = element.kind === "absence" ? null : element.quantifier.until;
  return [condition, until].filter((each) => each !== null);
}

/** Whether a match may hold no event of `element`. An absence never takes one. */
export function mayTakeNothing(element: Element): boolean {
  switch (element.kind) {
    case "absence":
      return true;
    case "step":
      return element.quantifier.optional;
    case "group":
      return element.quantifier.optional || element.elements.every(mayTakeNothing);
    default:
      return unreachable(element);
  }
}

/** Whether a match may be complete with nothing taken after `placed`. */
export function mayBeLast(placed: Placed): boolean {
  return [...outwards(placed)].every(({ siblings, index }) => siblings.slice(index + 1).every(mayTakeNothing));
}

/** Whether a match may have taken nothing when it comes to `placed`. */
export function mayBeFirst(placed: Placed): boolean {
  return [...outwards(placed)].every(({ siblings, index }) => siblings.slice(0, index).every(mayTakeNothing));
}

/** The absences after which there are only absences. */
export function trailingAbsences(elements: readonly Element[]): readonly AbsenceNode[] {
  const lastTaking = elements.findLastIndex(({ kind }) => kind !== "absence");
  return elements.slice(lastTaking + 1).filter((element) => element.kind === "absence");
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

/** A condition and everything inside it, from the outside in, each with its depth from 1; safe at any depth. */
export function* everyPart(expr: ValueExpr): Generator<{ readonly part: ValueExpr; readonly depth: number }> {
  const waiting = [{ part: expr, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    const depth = next.depth + 1;
    for (const part of [...partsOf(next.part)].reverse()) waiting.push({ part, depth });
  }
}
