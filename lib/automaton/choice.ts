// Tests cut in two: what they ask of the event at hand alone, and what they ask of the events taken before.
//
//     e.price > 10 and e.city != m.b.city and e.price > sum of m.a.price
//     ── fits                └─ asked on the way down, at b               └─ asked at the end of the way
//
// An event that does not fit is no concern of any run. If it fits, runs that share what they took last are asked together for as
// much as is known of all of them.

import type { PatternAst } from "../pattern/ast.ts";
import { OBJECTS } from "../pattern/expression/event-reader.ts";
import type { Condition, ValueExpr } from "../pattern/expression/expression.ts";
import { callsFunctions, dependsOnTaken } from "../pattern/expression/looks-at.ts";
import { type Prepared, prepare } from "../pattern/expression/prepare.ts";
import { everyPart } from "../pattern/walk.ts";
import type { Step, Test } from "./automaton.ts";
import { partsOfAll } from "./fixed-value.ts";
import { prepareTest } from "./test.ts";

/** One thing that a test asks of a run. */
export type RunPart = {
  readonly holds: Prepared;
  /** On the way from the last event to the first: it is decided at the first event whose `levelOf` is not above. */
  readonly level: number;
};

/** At the end of the way. */
const AT_THE_END = -1;

/** How far down an event of a step stands, between what is decided at it and what is decided when it is passed. */
export function levelOf(step: number): number {
  return 2 * step;
}

/** What a test asks of the event alone. No function is called that the whole test would not call. */
export function fitsOf(test: Test, tag: string): Prepared {
  const parts = partsOfAll(test.condition);
  const sure = parts.some(callsFunctions) ? beforeUnsure(parts) : parts.filter((part) => !dependsOnTaken(part));
  return prepareTest({ ...test, condition: { kind: "and", parts: sure } }, tag);
}

/** What a test asks of a run; `null`: it calls functions, which must be called for the same runs as ever. */
export function runPartsOf(
  { condition }: Test,
  pattern: PatternAst,
  steps: readonly Step[],
): readonly RunPart[] | null {
  const parts = partsOfAll(condition);
  if (parts.some(callsFunctions)) return null;
  const levelOfPart = levels(pattern, steps);
  return parts
    .filter(dependsOnTaken)
    .map((part) => ({ holds: prepare(part, OBJECTS), level: levelOfPart(part) }))
    .sort((left, right) => right.level - left.level);
}

function beforeUnsure(parts: readonly Condition[]): readonly Condition[] {
  return parts.slice(
    0,
    parts.findIndex((part) => dependsOnTaken(part) || callsFunctions(part)),
  );
}

/** Steps that stand in no group take their events in the order in which they are written; of the others nothing is known before the end. */
function levels({ elements }: PatternAst, steps: readonly Step[]): (part: Condition) => number {
  const inOrder = new Set(elements.flatMap((element) => (element.kind === "step" ? [element.name] : [])));
  return (condition) => {
    let level = Number.POSITIVE_INFINITY;
    for (const { part } of everyPart(condition)) {
      const of = stepOf(part);
      if (of === null) continue;
      if (!inOrder.has(of.step)) return AT_THE_END;
      const at = levelOf(steps.findIndex(({ name }) => name === of.step));
      level = Math.min(level, of.isLatest ? at : at - 1);
    }
    return level;
  };
}

/** Of which step an expression asks; `isLatest`: for nothing but its last event. */
function stepOf(part: ValueExpr): { readonly step: string; readonly isLatest: boolean } | null {
  if (part.kind === "count" || part.kind === "aggregate") return { step: part.step, isLatest: false };
  if (part.kind !== "field" || part.of.kind !== "taken") return null;
  return { step: part.of.step, isLatest: part.of.at === "only" || part.of.at === "last" };
}
