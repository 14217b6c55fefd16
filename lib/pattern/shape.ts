// The shape of a match as users see it: what `m` is in `filter` and `select`, and `events` in a match.
//
//     step without count          the event               optional: the event or undefined
//     step with count             an array, maybe empty
//     step inside a group         an array, maybe empty
//     absence                     nothing

import type { Element, PatternAst } from "./ast.ts";

/** Whether a step gives one event or an array of them. */
export type Arity = "one" | "many";

/** The steps of a pattern in the order they are written, each with its arity. Absences are left out. */
export function shapeOf(pattern: PatternAst): ReadonlyMap<string, Arity> {
  const shape = new Map<string, Arity>();
  const visit = (elements: readonly Element[], inGroup: boolean): void => {
    for (const element of elements) {
      if (element.kind === "group") visit(element.elements, true);
      else if (element.kind === "step") shape.set(element.name, inGroup || element.quantifier.counted ? "many" : "one");
    }
  };
  visit(pattern.elements, false);
  return shape;
}

/** Builds the object that `filter` and `select` see. `eventsOf` gives the events of a step in order, none as an empty array. */
export function toMatchObject(
  shape: ReadonlyMap<string, Arity>,
  eventsOf: (step: string) => readonly unknown[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...shape].map(([step, arity]) => [step, arity === "many" ? eventsOf(step) : eventsOf(step)[0]]),
  );
}
