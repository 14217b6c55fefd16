// Whether conditions can hold, and whether absences let what stands before them happen. Warnings only: a pattern that
// never matches is no danger, and a condition may be made that way on purpose.

import type { AbsenceNode, PatternAst, StepNode } from "../ast.ts";
import { describeCondition } from "../describe/describe-condition.ts";
import { deadParts, implies, neverHolds } from "../expression/contradiction.ts";
import type { Condition } from "../expression/expression.ts";
import type { PatternLimits } from "../limits.ts";
import { everyElement, type Placed } from "../walk.ts";
import { hasWalkableCondition } from "./limits.ts";
import type { Findings } from "./problem-codes.ts";

/** Leaves alone what is refused for its size. */
export function checkSense(ast: PatternAst, limits: PatternLimits, findings: Findings): void {
  const isSmall = (condition: Condition | null): boolean =>
    condition === null || hasWalkableCondition(condition, limits);
  for (const placed of everyElement(ast.elements)) {
    const { element, path, siblings, index } = placed;
    if (element.kind !== "group" && isSmall(element.condition)) checkCondition(element, path, ast.tag, findings);
    if (element.kind === "absence") {
      const loop = siblings.slice(0, index).findLast(({ kind }) => kind !== "absence");
      if (loop?.kind !== "step" || !isSmall(loop.condition) || !isSmall(element.condition)) continue;
      checkOwnLoop(element, loop, path, ast.tag, findings);
    } else if (isSmall(element.quantifier.until)) checkUntil(element.quantifier.until, placed, findings);
  }
}

type Taking = StepNode | AbsenceNode;

/** Everything that an event must satisfy: the tags and the condition. */
function fullCondition({ on, condition }: Taking, tag: string): Condition {
  const tagged: Condition[] =
    on === null
      ? []
      : [{ kind: "oneOf", value: { kind: "field", of: { kind: "candidate" }, path: [tag] }, options: on }];
  const said = condition?.kind === "and" ? condition.parts : condition === null ? [] : [condition];
  return { kind: "and", parts: [...tagged, ...said] };
}

function checkCondition(element: Taking, path: readonly string[], tag: string, { warning }: Findings): void {
  // An empty `on` is reported as such.
  if (element.on?.length === 0) return;
  const full = fullCondition(element, tag);
  if (neverHolds(full)) {
    const message = `No event can satisfy "${element.name}": ${describeCondition(full)}.`;
    const remedy = "Look for comparisons of the same field that exclude each other, or join them with or.";
    warning("NEVER_HOLDS", path, message, remedy);
    return;
  }
  for (const part of deadParts(full)) {
    const message = `A part of the condition of "${element.name}" can never hold: ${describeCondition(part)}.`;
    warning("NEVER_HOLDS", path, message, "Mend it, or leave it out.");
  }
}

function checkUntil(until: Condition | null, { path }: Placed, { warning }: Findings): void {
  if (until === null || !neverHolds(until)) return;
  const message = `No event can satisfy the until of "${path.at(-1)}": ${describeCondition(until)}.`;
  warning(
    "NEVER_HOLDS",
    path,
    message,
    "Look for comparisons of the same field that exclude each other, or leave until out.",
  );
}

/** `a+ notFollowedBy a`: the absence counts from the first event of the loop, so the second breaks it. */
function checkOwnLoop(
  element: AbsenceNode,
  loop: StepNode,
  path: readonly string[],
  tag: string,
  { warning }: Findings,
): void {
  if (element.link !== "notFollowedBy" || loop.quantifier.max === 1) return;
  if (!implies(fullCondition(loop, tag), fullCondition(element, tag))) return;
  const effect =
    loop.quantifier.min > 1 ? "so the pattern can never be completed" : "so the loop can never take a second event";
  const message = `The absence "${element.name}" holds from the first event of the loop "${loop.name}" on, and every event of the loop satisfies it, ${effect}.`;
  warning("ABSENCE_OF_OWN_LOOP", path, message, "Say in its condition what sets it apart from the events of the loop.");
}
