// Which events a set of patterns looks at closely, as far as the tag of an event tells.

import type { PatternAst } from "../pattern/ast.ts";
import { fieldOf } from "../pattern/expression/evaluate.ts";
import { everyElement } from "../pattern/walk.ts";

/**
 * Whether some step or absence of `patterns` can accept an event, judging by its tag alone. A step without `on`, or a loop
 * with `until`, looks at every event. Cost per event: one look-up per tag field in use.
 */
export function createConcern(patterns: readonly PatternAst[]): (event: object) => boolean {
  const tags = new Map<string, Set<unknown>>();
  for (const pattern of patterns) {
    const values = tags.get(pattern.tag) ?? new Set();
    tags.set(pattern.tag, values);
    for (const { element } of everyElement(pattern.elements)) {
      if (element.kind !== "absence" && element.quantifier.until !== null) return () => true;
      if (element.kind === "group") continue;
      if (element.on === null) return () => true;
      for (const value of element.on) values.add(value);
    }
  }
  const wanted = [...tags];
  return (event) => wanted.some(([tag, values]) => values.has(fieldOf(event, [tag])));
}
