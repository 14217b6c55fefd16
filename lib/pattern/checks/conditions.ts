// What conditions may mention, and whether they can hold.
//
// A condition is evaluated with the events that the match has taken before. So it sees
//
//     of a step or absence   every step written before it, whatever groups these stand in; and its own step, if that is
//                            counted or in a group, so that it may have taken events already (never the candidate)
//     of `until`             the same; of a group's also the steps in the group
//
// A step in a group gives the events of all iterations so far, not only of this one. Steps that are written later are
// not seen, not even what an earlier iteration of the same group took for them.

import { nearest } from "../../core/nearest.ts";
import type { PatternAst } from "../ast.ts";
import type { Condition, ValueExpr } from "../expression/expression.ts";
import type { PatternLimits } from "../limits.ts";
import { type Arity, shapeOf } from "../shape.ts";
import { conditionsOf, everyElement, isCondition, type Placed, partsOf } from "../walk.ts";
import { hasWalkableCondition } from "./limits.ts";
import { listNames } from "./names.ts";
import type { Findings, Say } from "./problem-codes.ts";

/** Leaves alone what is refused for its size. */
export function checkConditions(ast: PatternAst, limits: PatternLimits, findings: Findings): void {
  const elements = [...everyElement(ast.elements)];
  const scope = { elements, indexes: indexesOf(elements), shape: shapeOf(ast) };
  for (const [index, placed] of elements.entries()) {
    const { element } = placed;
    for (const condition of conditionsOf(placed)) {
      if (!hasWalkableCondition(condition, limits)) continue;
      const isUntil = element.kind !== "absence" && condition === element.quantifier.until;
      const mention: Mention = { at: placed, index, seesInside: isUntil, what: isUntil ? "until" : "condition" };
      checkMentions(condition, mention, scope, sayOnce(findings));
    }
  }
}

type Scope = {
  /** In the order in which they are written. */
  readonly elements: readonly Placed[];
  /** Of the first step or absence of each name. */
  readonly indexes: ReadonlyMap<string, number>;
  readonly shape: ReadonlyMap<string, Arity>;
};

function indexesOf(elements: readonly Placed[]): ReadonlyMap<string, number> {
  const named = elements.flatMap(({ element }, index) =>
    element.kind === "group" ? [] : [[element.name, index] as const],
  );
  return new Map(named.reverse());
}

/** Which condition it is that mentions. */
type Mention = {
  readonly at: Placed;
  /** Of the element in the order in which they are written. */
  readonly index: number;
  /** Whether it is looked at when the elements of its group may have taken events. */
  readonly seesInside: boolean;
  readonly what: "condition" | "until";
};

/** Whoever mentions a step twice reads once what is wrong with that. */
function sayOnce({ problems, error, warning }: Findings): Findings {
  const said = new Set<string>();
  const once =
    (say: Say): Say =>
    (code, path, message, remedy) => {
      if (!said.has(message)) say(code, path, message, remedy);
      said.add(message);
    };
  return { problems, error: once(error), warning: once(warning) };
}

function checkMentions(condition: Condition, mention: Mention, scope: Scope, { error, warning }: Findings): void {
  const { path } = mention.at;
  const here = `The ${mention.what} of "${path.at(-1)}"`;
  visit(condition, false);

  function visit(expr: ValueExpr, inAggregate: boolean): void {
    if (expr.kind === "field" && expr.of.kind === "taken") {
      if (checkStep(expr.of.step)) checkAt(expr.of.step, expr.of.at);
    } else if (expr.kind === "field" && expr.of.kind === "item" && !inAggregate) {
      const remedy = "Mention it inside sum, avg, min or max only.";
      error("ITEM_OUTSIDE_AGGREGATE", path, `${here} mentions an event of a sum outside of any sum.`, remedy);
    } else if (expr.kind === "count" || expr.kind === "aggregate") {
      checkStep(expr.step);
    }
    if (expr.kind === "arithmetic") for (const part of partsOf(expr)) checkNumber(part);
    if (expr.kind === "aggregate") checkNumber(expr.value);
    for (const part of partsOf(expr)) visit(part, inAggregate || expr.kind === "aggregate");
  }

  /** Whether the step may be mentioned. */
  function checkStep(step: string): boolean {
    const index = scope.indexes.get(step);
    const target = index === undefined ? undefined : scope.elements[index];
    if (index === undefined || target === undefined) {
      const meant = nearest(step, scope.shape.keys());
      const remedy =
        meant === undefined
          ? `The steps of the pattern are ${listNames(scope.shape.keys())}.`
          : `Did you mean "${meant}"?`;
      error("UNKNOWN_STEP", path, `${here} mentions "${step}", which is no step of the pattern.`, remedy);
    } else if (target.element.kind === "absence") {
      const message = `${here} mentions the absence "${step}", which never takes an event.`;
      error("ABSENT_STEP", path, message, "Mention a step.");
    } else if (index === mention.index && scope.shape.get(step) === "one") {
      const message = `${here} mentions "${step}" itself, which takes one event: while that is looked at, none is taken yet.`;
      error("OWN_STEP", path, message, "Mention the event with e, or a step before it with m.");
    } else if (index > lastSeen(mention)) {
      const message = `${here} mentions "${step}", which is written later and so has taken nothing yet.`;
      error("LATER_STEP", path, message, `Say it in the condition of "${step}", which sees both.`);
    } else return true;
    return false;
  }

  function checkAt(step: string, which: "only" | "first" | "last" | number): void {
    const isMany = scope.shape.get(step) === "many";
    if (isMany && which === "only") {
      const message = `${here} mentions the only event of "${step}", which may take several.`;
      error("ONE_OF_MANY", path, message, `Say which: m.${step}.first(), .last() or .at(i).`);
    } else if (!isMany && which !== "only") {
      const message = `${here} mentions one of the events of "${step}", which takes a single one.`;
      error("INDEX_OF_ONE", path, message, `Mention the event itself: m.${step}.`);
    }
  }

  function checkNumber(expr: ValueExpr): void {
    const what = notNumber(expr);
    if (what === null) return;
    const message = `${here} calculates with ${what}, which is no number: the result is always missing.`;
    warning("NOT_A_NUMBER", path, message, "Calculate with numbers and fields that are numbers.");
  }
}

/** What a value is that can be no number; `null` if it may be one. */
function notNumber(expr: ValueExpr): string | null {
  if (isCondition(expr)) return "a condition";
  return expr.kind === "literal" && typeof expr.value !== "number"
    ? `the ${typeof expr.value} ${String(expr.value)}`
    : null;
}

/** The last element, in the order in which they are written, that may have taken an event when the condition is looked at. */
function lastSeen({ at, index, seesInside }: Mention): number {
  return at.element.kind === "group" && seesInside ? index + [...everyElement(at.element.elements)].length : index;
}
