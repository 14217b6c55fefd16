// What events are asked by the reasons: whether there are some that could play a part, in order.

import { fieldOf, holds } from "../../lib/pattern/expression/evaluate.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import { everyPart } from "../../lib/pattern/walk.ts";
import type { CaseEvent } from "./case.ts";

/** What is asked of an event. */
export type Asking = { readonly on: readonly string[] | null; readonly condition: Condition | null };

/** Whether there are events, one after the other, of which each satisfies one of these. */
export function occurInTurn(events: readonly CaseEvent[], turns: readonly (readonly Asking[])[]): boolean {
  let from = 0;
  return turns.every((askings) => {
    const index = events.findIndex((event, at) => at >= from && askings.some((asking) => fits(asking, event)));
    from = index + 1;
    return index >= 0;
  });
}

/** Whether an event satisfies what is asked of it. A condition that looks at earlier events may hold of any. */
export function fits({ on, condition }: Asking, { value }: CaseEvent): boolean {
  if (on !== null && !on.includes(fieldOf(value, ["type"]) as string)) return false;
  if (condition === null || looksBack(condition)) return true;
  return holds(condition, value, { of: () => [], match: {} });
}

function looksBack(condition: Condition): boolean {
  return [...everyPart(condition)].some(({ part }) => {
    if (part.kind === "count" || part.kind === "aggregate") return true;
    return part.kind === "field" && part.of.kind === "taken";
  });
}
