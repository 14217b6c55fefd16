// What happens after a match, and how long a run may live.

import type { GroupNode, PatternAst, Skip, StepNode } from "../ast.ts";
import { everyElement, outwards, type Placed, trailingAbsences } from "../walk.ts";
import { listNames } from "./names.ts";
import type { Findings } from "./problem-codes.ts";

export function checkReport(ast: PatternAst, requireBound: boolean, findings: Findings): void {
  if (ast.emit === "ordered" && ast.withinMs === null) {
    const message = 'With emit "ordered" a match waits for all runs that began before it, and these have no deadline.';
    findings.error("ORDERED_WITHOUT_WITHIN", [], message, "Add within to the pattern, or leave emit out.");
  }
  checkSkip(ast, ast.skip, findings);
  if (ast.withinMs === null) checkTimeBound(ast, requireBound ? findings.error : findings.warning);
}

function checkSkip(ast: PatternAst, skip: Skip, { error }: Findings): void {
  if (skip.to !== "first" && skip.to !== "last") return;
  const call = skip.to === "first" ? "toFirst" : "toLast";
  const placed = [...everyElement(ast.elements)].find(
    ({ element }) => element.kind !== "group" && element.name === skip.step,
  );
  if (placed === undefined) {
    const message = `skip ${call} names "${skip.step}", which is no step of the pattern.`;
    error("UNKNOWN_SKIP_TARGET", [], message, `Its steps are ${stepNames(ast)}.`);
  } else if (placed.element.kind === "absence") {
    const message = `skip ${call} names the absence "${skip.step}", which never takes an event.`;
    error("ABSENT_SKIP_TARGET", placed.path, message, `Name a step: ${stepNames(ast)}.`);
  } else if (skip.orElse === null && [...outwards(placed)].some(isOptional)) {
    const message = `skip ${call} names "${skip.step}", which a match need not have.`;
    const remedy = `Say what to do then: skip({ ${call}: "${skip.step}", orElse: "toNext" }), or orElse "none".`;
    error("SKIP_TARGET_MAY_BE_MISSING", placed.path, message, remedy);
  }
}

function isOptional({ element }: Placed): boolean {
  return element.kind !== "absence" && element.quantifier.optional;
}

function stepNames(ast: PatternAst): string {
  return listNames(
    [...everyElement(ast.elements)].flatMap(({ element }) => (element.kind === "step" ? [element.name] : [])),
  );
}

/** How long a run may wait for a step or, at the end, on an absence, if its key goes silent or brings other events. */
type Patience = "bounded" | "untilNextEvent" | "forEver";

/** One problem, for the step at which most runs gather: rather one that waits for ever than one that waits for the next event. */
function checkTimeBound(ast: PatternAst, say: Findings["error"]): void {
  const waits = [...everyElement(ast.elements)].map((placed) => ({ placed, patience: patienceAt(placed) }));
  const endless = waits.filter(({ patience }) => patience === "forEver");
  const [worst] = endless.length > 0 ? endless : waits.filter(({ patience }) => patience === "untilNextEvent");
  if (worst === undefined) return;
  const { path } = worst.placed;
  const waiting = `A run that has come to "${path.at(-1)}"`;
  const message =
    worst.patience === "forEver"
      ? `${waiting} waits for an event for ever, since nothing bounds its time: such runs never die and pile up.`
      : `${waiting} waits for the next event of its key, and for ever if there is none: memory grows with every key that falls silent.`;
  say(
    "NO_TIME_BOUND",
    path,
    message,
    'Add .within("10m") to the pattern, or .maxGap("10m") to each step that is waited for.',
  );
}

function patienceAt(placed: Placed): Patience {
  const { element, siblings, index } = placed;
  if (element.kind === "group") return "bounded";
  if (element.kind === "absence") {
    // Between steps it is the step after it that is waited for. One that ends in `for` has a deadline.
    const isLast = index === siblings.length - 1;
    const hasFor = trailingAbsences(siblings).some(({ forMs }) => forMs !== null);
    return isLast && element.link === "notNext" && !hasFor ? "untilNextEvent" : "bounded";
  }
  const around = [...outwards({ ...placed, element })];
  if (around.some((each) => each.element.maxGapMs !== null)) return "bounded";
  const links = linksInto(around);
  if (links.length === 0) return "bounded";
  return links.every((link) => link === "next") ? "untilNextEvent" : "forEver";
}

/** The links over which a run may wait for a step, given with the groups around it; none if it can only be the first of a match. */
function linksInto(around: readonly Placed<StepNode | GroupNode>[]): readonly string[] {
  const links: string[] = [];
  for (const { element, index } of around) {
    // The step again, or the head of the next iteration.
    if (element.quantifier.max !== 1) links.push(element.quantifier.inner);
    if (index > 0 && element.link !== null) links.push(element.link);
    // Only the head of a group is waited for over the links of the group.
    if (index > 0) break;
  }
  return links;
}
