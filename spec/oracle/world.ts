// What is known at one moment, and what conditions say of it. The only words shared with the engine are the pattern
// itself and `holds`.

import type { AbsenceNode, PatternAst, StepNode } from "../../lib/pattern/ast.ts";
import { holds } from "../../lib/pattern/expression/evaluate.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import { shapeOf, toMatchObject } from "../../lib/pattern/shape.ts";
import type { Instant } from "../../lib/time/instant.ts";

/** One event of the key. */
export type OracleEvent = { readonly value: unknown; readonly at: Instant };

/**
 * The events so far and how late it is. Position 1 is `events[0]`.
 *
 * With `future`, an assignment may go on with imagined events behind the known ones: they come at `now`, satisfy
 * whatever the step that takes them asks, and nothing else (no absence, no `until`, no greedy loop). So "can still be
 * completed by some continuation" is: some complete assignment begins with these events and ends with imagined ones.
 */
export type World = {
  readonly pattern: PatternAst;
  readonly events: readonly OracleEvent[];
  /** Deadlines up to and including this instant have passed; no later event is earlier. */
  readonly now: Instant;
  readonly future: boolean;
};

/** One event with its role. */
export type Take = { readonly step: StepNode; readonly position: number };

export function isImagined(world: World, position: number): boolean {
  return position > world.events.length;
}

export function timeAt(world: World, position: number): Instant {
  return world.events[position - 1]?.at ?? world.now;
}

/** Whether the event satisfies a step's or an absence's condition, given those of `taken` that come before it (rule 1). */
export function satisfies(
  world: World,
  node: StepNode | AbsenceNode,
  position: number,
  taken: readonly Take[],
): boolean {
  const event = world.events[position - 1];
  if (event === undefined) return false;
  if (node.on !== null && !hasTag(event.value, world.pattern.tag, node.on)) return false;
  return node.condition === null || conditionHolds(world, node.condition, position, taken, node.kind === "absence");
}

/** Whether the event ends a loop, given those of `taken` that come before it. */
export function endsLoop(world: World, until: Condition | null, position: number, taken: readonly Take[]): boolean {
  return until !== null && !isImagined(world, position) && conditionHolds(world, until, position, taken, true);
}

/** "A throwing `filter` counts as false in a step and as true in an absence"; as true in an `until`, too. */
function conditionHolds(
  world: World,
  condition: Condition,
  position: number,
  taken: readonly Take[],
  whenThrown: boolean,
): boolean {
  const of = (step: string): readonly unknown[] =>
    taken
      .filter((take) => take.position < position && take.step.name === step)
      .map((take) => world.events[take.position - 1]?.value);
  const before = {
    of,
    get match(): object {
      return toMatchObject(shapeOf(world.pattern), of);
    },
  };
  try {
    return holds(condition, world.events[position - 1]?.value, before);
  } catch {
    return whenThrown;
  }
}

function hasTag(value: unknown, tag: string, accepted: readonly string[]): boolean {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, tag)) return false;
  const found: unknown = (value as Record<string, unknown>)[tag];
  return accepted.some((each) => each === found);
}
