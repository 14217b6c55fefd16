// Which patterns have something to say when time passes without events.

import type { Element } from "../pattern/ast.ts";
import type { PatternDefinition } from "./definition.ts";

/**
 * Whether a deadline makes the pattern report something: a trailing absence that held, a trailing greedy loop that is
 * closed, a match that `ordered` held back, a time-out that was asked for.
 */
export function reportsAtDeadline({ pattern: { ast }, timedOut }: PatternDefinition): boolean {
  const { elements, withinMs } = ast;
  if (withinMs !== null && (timedOut.report !== "none" || ast.emit === "ordered")) return true;
  // From the end to the last element that must be taken: what stands there may be what a match ends with.
  for (const element of [...elements].reverse()) {
    if (element.kind === "absence") return withinMs !== null || element.forMs !== null;
    if (element.quantifier.greedy && withinMs !== null) return true;
    if (!mayTakeNothing(element)) return false;
  }
  return false;
}

function mayTakeNothing(element: Element): boolean {
  if (element.kind === "absence" || element.quantifier.optional) return true;
  return element.kind === "group" && element.elements.every(mayTakeNothing);
}
