// Comparisons whose conditions are nearly all about earlier events: equal to one value on many steps, in order, of several events,
// of sums and counts; and streams in which values are missing, are no numbers, or are of another type.

import type { Contiguity, Element, PatternAst, Quantifier } from "../../lib/pattern/ast.ts";
import type { CompareOp, Condition, EventRef, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { type Arity, shapeOf } from "../../lib/pattern/shape.ts";
import { Dice, isAccepted } from "../oracle/random.ts";
import type { Comparison } from "./compare.ts";

type Draft = {
  readonly dice: Dice;
  readonly shape: ReadonlyMap<string, Arity>;
  /** Steps that stand before, and the one whose condition it is, if it repeats. */
  readonly before: string[];
};

/** The comparison of a seed with other conditions, links and values. Its pattern is one that `checkPattern` accepts. */
export function lookingBack(comparison: Comparison, seed: number): Comparison {
  const dice = new Dice(Math.imul(seed, 69_069) + 5);
  const acts = comparison.acts.map((act) => {
    if (act.kind !== "event" || !dice.chance(0.1)) return act;
    const v = dice.one<unknown>([undefined, null, "1", true, 1.5]);
    return { ...act, event: { ...act.event, value: { ...(act.event.value as object), v } } };
  });
  const pattern = rewritten(comparison.pattern, dice);
  return isAccepted(pattern) ? { ...comparison, acts, pattern } : { ...comparison, acts };
}

function rewritten(pattern: PatternAst, dice: Dice): PatternAst {
  const draft: Draft = { dice, shape: shapeOf(pattern), before: [] };
  return { ...pattern, elements: elementsOf(pattern.elements, draft) };
}

function elementsOf(elements: readonly Element[], draft: Draft): readonly Element[] {
  const { dice, before } = draft;
  return elements.map((element, index): Element => {
    const link: Contiguity | null =
      element.kind !== "absence" && index > 0 && dice.chance(0.5)
        ? "followedByAny"
        : (element.link as Contiguity | null);
    if (element.kind === "group") return { ...element, link, elements: elementsOf(element.elements, draft) };
    if (element.kind === "step" && element.quantifier.counted) before.push(element.name);
    const condition = dice.chance(0.75) ? conditionOf(draft) : element.condition;
    if (element.kind === "absence") return { ...element, condition };
    if (!element.quantifier.counted) before.push(element.name);
    return { ...element, link, condition, quantifier: quantifierOf(element.quantifier, dice) };
  });
}

function quantifierOf(quantifier: Quantifier, dice: Dice): Quantifier {
  const isLoop = quantifier.counted && !quantifier.greedy && quantifier.until === null;
  return isLoop && dice.chance(0.5) ? { ...quantifier, inner: "followedByAny" } : quantifier;
}

function conditionOf(draft: Draft): Condition | null {
  const { dice } = draft;
  if (draft.before.length === 0) return null;
  const parts = Array.from({ length: dice.one([1, 1, 2, 2, 3]) }, () => partOf(draft));
  return parts.length === 1 ? (parts[0] as Condition) : { kind: "and", parts };
}

function partOf(draft: Draft): Condition {
  const { dice } = draft;
  if (dice.chance(0.5)) return compare("eq", V, fieldOf(draft));
  const part = dice.one<() => Condition>([
    () => compare(dice.one<CompareOp>(["lt", "lte", "gt", "gte", "ne"]), V, fieldOf(draft)),
    () => ({ kind: "not", part: compare(dice.one<CompareOp>(["eq", "lt", "gte"]), fieldOf(draft), V) }),
    () => compare("gt", plus(V, fieldOf(draft)), { kind: "literal", value: dice.between(1, 4) }),
    () => compare("lte", V, plus(fieldOf(draft), fieldOf(draft))),
    () => ({ kind: "between", value: V, low: fieldOf(draft), high: fieldOf(draft) }),
    () => ({ kind: "or", parts: [compare("eq", V, fieldOf(draft)), compare("lt", fieldOf(draft), fieldOf(draft))] }),
    () => compare("gte", V, { kind: "count", step: stepOf(draft) }),
    () =>
      compare("lt", V, { kind: "aggregate", op: dice.one(["sum", "max", "avg"]), step: manyOf(draft), value: ITEM }),
    () => compare("gt", V, { kind: "literal", value: dice.between(0, 2) }),
  ]);
  return part();
}

const V: ValueExpr = { kind: "field", of: { kind: "candidate" }, path: ["v"] };
const ITEM: ValueExpr = { kind: "field", of: { kind: "item" }, path: ["v"] };

function stepOf({ dice, before }: Draft): string {
  return dice.one(before);
}

/** One that is counted, if there is one. */
function manyOf(draft: Draft): string {
  const many = draft.before.filter((step) => draft.shape.get(step) === "many");
  return many.length > 0 ? draft.dice.one(many) : stepOf(draft);
}

function fieldOf(draft: Draft): ValueExpr {
  const step = stepOf(draft);
  const isMany = draft.shape.get(step) === "many";
  const at: Extract<EventRef, { kind: "taken" }>["at"] = isMany
    ? draft.dice.one(["first", "last", "last", 0, -2])
    : "only";
  return { kind: "field", of: { kind: "taken", step, at }, path: ["v"] };
}

function compare(op: CompareOp, left: ValueExpr, right: ValueExpr): Condition {
  return { kind: "compare", op, left, right };
}

function plus(left: ValueExpr, right: ValueExpr): ValueExpr {
  return { kind: "arithmetic", op: "plus", left, right };
}
