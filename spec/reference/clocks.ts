// Comparisons in which the end of each run is seen: steps have to follow within a gap, an absence at the end has a time of its own or is
// kept up to the window, time-outs are told, matches come in order; and many conditions ask for a value of an earlier event.

import { type AbsenceNode, type Element, ONCE, type PatternAst } from "../../lib/pattern/ast.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import { shapeOf } from "../../lib/pattern/shape.ts";
import { Dice, isAccepted } from "../oracle/random.ts";
import type { Comparison } from "./compare.ts";
import { lookingBack } from "./looking-back.ts";

/** The comparison of a seed with clocks. Its pattern is one that `checkPattern` accepts. */
export function withClocks(comparison: Comparison, seed: number): Comparison {
  const dice = new Dice(Math.imul(seed, 48_271) + 11);
  const { pattern } = comparison;
  const withinMs = dice.chance(0.75) ? dice.between(3, 14) : pattern.withinMs;
  const ended = { ...pattern, withinMs, elements: [...pattern.elements, ...trailing(pattern, dice)] };
  const timed: PatternAst = {
    ...ended,
    elements: ended.elements.map((element) => withGap(element, dice, withinMs)),
    emit: withinMs !== null && dice.chance(0.3) ? "ordered" : "eager",
  };
  const turned = lookingBack({ ...comparison, pattern: isAccepted(timed) ? timed : pattern }, seed);
  const equal = { ...turned.pattern, elements: withEqualities(turned.pattern, dice) };
  const timedOut = dice.one(["none", "none", "count", "longest", "all", "all"] as const);
  const options = { ...turned.options, timedOut };
  return { ...turned, options, pattern: isAccepted(equal) ? equal : turned.pattern };
}

/** An absence more, where none ends the pattern. */
function trailing({ elements }: PatternAst, dice: Dice): readonly Element[] {
  if (elements.at(-1)?.kind === "absence" || dice.chance(0.5)) return [];
  const forMs = dice.chance(0.5) ? dice.between(1, 6) : null;
  const on = [dice.one(["a", "b", "c"])];
  const absence: AbsenceNode = { kind: "absence", name: "none", link: "notFollowedBy", on, condition: null, forMs };
  return [absence];
}

function withGap(element: Element, dice: Dice, withinMs: number | null): Element {
  if (element.kind === "absence") return element;
  const maxGapMs = dice.chance(0.3) ? dice.between(1, Math.min(6, withinMs ?? 6)) : null;
  if (element.kind === "step") return { ...element, maxGapMs };
  return { ...element, maxGapMs, elements: element.elements.map((each) => withGap(each, dice, withinMs)) };
}

/** Some conditions, and what they follow, are a plain equality with the value of the first step, if that takes one event. */
function withEqualities({ elements }: PatternAst, dice: Dice): readonly Element[] {
  const [first, ...others] = elements;
  if (first?.kind !== "step" || first.quantifier.optional || dice.chance(0.3)) return elements;
  const start = dice.chance(0.5) ? { ...first, quantifier: ONCE } : first;
  const at = shapeOf({ elements: [start] } as unknown as PatternAst).get(first.name) === "many" ? "first" : "only";
  const equal: Condition = {
    kind: "compare",
    op: "eq",
    left: { kind: "field", of: { kind: "candidate" }, path: ["v"] },
    right: { kind: "field", of: { kind: "taken", step: first.name, at }, path: ["v"] },
  };
  const rewritten = (element: Element): Element => {
    if (element.kind === "group") return { ...element, elements: element.elements.map(rewritten) };
    return dice.chance(0.6) ? { ...element, condition: equal } : element;
  };
  return [start, ...others.map(rewritten)];
}
