// Which patterns have something to say when time passes without events.

import { everyElement, mayBeLast, outwards, type Placed } from "../pattern/walk.ts";
import type { PatternDefinition } from "./definition.ts";

/**
 * Whether a deadline makes the pattern report something: a trailing absence that held, a trailing greedy loop that is
 * closed, a match that `ordered` held back, a time-out that was asked for.
 */
export function reportsAtDeadline({ pattern: { ast }, timedOut }: PatternDefinition): boolean {
  const isBounded = ast.withinMs !== null;
  if (isBounded && (timedOut.report !== "none" || ast.emit === "ordered")) return true;
  return [...everyElement(ast.elements)].some((placed) => mayBeLast(placed) && mayEndByTime(placed, isBounded));
}

/** Whether a match that ends with an absence or loop may have to wait for a deadline of it, or for that of the pattern. */
function mayEndByTime(placed: Placed, isBounded: boolean): boolean {
  const { element } = placed;
  if (element.kind === "absence") return isBounded || element.forMs !== null;
  if (!element.quantifier.greedy) return false;
  return isBounded || [...outwards({ ...placed, element })].some((around) => around.element.maxGapMs !== null);
}
