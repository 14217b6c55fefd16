// Values that a run has for good by the time it waits for a condition that compares with them, and which of them are the same:
//
//     a
//     b where e.order = m.a.order        m.b.order is m.a.order: no run takes another b
//     c where e.order = m.b.order        all of these ask for the order of a, so runs of one order stay together
//
// A step that may be skipped, and the last event of a loop, have no such value of their own: it may be another one later.

import type { PatternAst, StepNode } from "../pattern/ast.ts";
import type { Condition, ValueExpr } from "../pattern/expression/expression.ts";
import { everyElement } from "../pattern/walk.ts";

type Field = Extract<ValueExpr, { kind: "field" }>;

/** What has the same name is the same for all time. `read`: where it is read. */
export type FixedValue = { readonly name: string; readonly read: Field };

/** What `value` is for a condition of the step or absence `of`; `null`: something that may be another one later. */
export type FixedValues = (of: string, value: ValueExpr) => FixedValue | null;

export const NOTHING_FIXED: FixedValues = () => null;

/** Cost: one visit per element, and per part of the conditions of its steps. */
export function fixedValuesOf({ elements }: PatternAst): FixedValues {
  const places = new Map<string, number>();
  const sure = new Map<string, number>();
  const equal = new Map<string, FixedValue>();
  const fixed: FixedValues = (of, value) => {
    if (value.kind !== "field" || value.of.kind !== "taken" || typeof value.of.at === "number") return null;
    const taken = sure.get(value.of.step);
    if (taken === undefined || taken >= (places.get(of) as number)) return null;
    const name = nameOf(value.of.step, value.path);
    return equal.get(name) ?? (value.of.at === "last" ? null : { name, read: value });
  };
  for (const [index, element] of elements.entries()) {
    for (const { element: each } of everyElement([element])) if (each.kind !== "group") places.set(each.name, index);
    if (element.kind !== "step" || element.quantifier.optional) continue;
    for (const [path, value] of equalitiesOf(element, fixed)) equal.set(nameOf(element.name, path), value);
    sure.set(element.name, index);
  }
  return fixed;
}

/** Fields of which every event of the step has the value that its run has. */
function equalitiesOf(
  { name, condition }: StepNode,
  fixed: FixedValues,
): readonly (readonly [Field["path"], FixedValue])[] {
  return partsOfAll(condition).flatMap((part) => {
    if (part.kind !== "compare" || part.op !== "eq") return [];
    const sides = [
      [part.left, fixed(name, part.right)],
      [part.right, fixed(name, part.left)],
    ] as const;
    return sides.flatMap(([of, value]) =>
      value !== null && of.kind === "field" && of.of.kind === "candidate" ? [[of.path, value] as const] : [],
    );
  });
}

/** What has to hold all together. */
export function partsOfAll(condition: Condition | null): readonly Condition[] {
  return condition === null ? [] : condition.kind === "and" ? condition.parts : [condition];
}

function nameOf(step: string, path: readonly string[]): string {
  return JSON.stringify([step, ...path]);
}
