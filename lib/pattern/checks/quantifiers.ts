// How often elements repeat, and when their loops end.

import type { GroupNode, PatternAst, Quantifier, StepNode } from "../ast.ts";
import { everyElement, mayBeLast, mayTakeNothing, outwards, type Placed, trailingAbsences } from "../walk.ts";
import type { Findings } from "./problem-codes.ts";

export function checkQuantifiers(ast: PatternAst, findings: Findings): void {
  const hasDeadline = ast.withinMs !== null || trailingAbsences(ast.elements).some(({ forMs }) => forMs !== null);
  for (const placed of everyElement(ast.elements)) {
    const { element } = placed;
    if (element.kind === "absence") continue;
    const repeated = { ...placed, element };
    checkCounts(repeated, findings);
    checkLoopWords(repeated, findings);
    if (element.quantifier.greedy) checkGreedy(repeated, hasDeadline, findings);
    if (element.kind === "group") checkEmptyLoop({ ...placed, element }, findings);
  }
}

type Repeated = Placed<StepNode | GroupNode>;

function checkCounts({ element, path }: Repeated, { error }: Findings): void {
  const problem = badCount(element.quantifier);
  if (problem !== null) error("BAD_COUNT", path, `"${path.at(-1)}" ${problem.what}.`, problem.remedy);
}

function badCount({ min, max, counted }: Quantifier): { readonly what: string; readonly remedy: string } | null {
  const count = max === null ? `times ${min} or more` : min === max ? `times ${min}` : `times ${min} to ${max}`;
  if (!Number.isSafeInteger(min) || (max !== null && !Number.isSafeInteger(max))) {
    return { what: `is to be taken ${count}, which is no whole number of times`, remedy: "Give whole numbers." };
  }
  if (max !== null && max < min) {
    return { what: `is to be taken ${count}, but the larger count comes last`, remedy: `Write times(${max}, ${min}).` };
  }
  if (min < 1) {
    const remedy = "Count from 1, and add optional() if it may be missing; or leave it out.";
    return { what: `is to be taken ${count}, which takes nothing`, remedy };
  }
  if (!counted && (min !== 1 || max !== 1)) {
    const remedy = 'Set "counted" to true: a step that repeats gives an array.';
    return { what: `is to be taken ${count}, but says it is not counted`, remedy };
  }
  return null;
}

function checkLoopWords({ element, path }: Repeated, { error }: Findings): void {
  const { max, until, inner, counted } = element.quantifier;
  const name = `"${path.at(-1)}"`;
  if (until !== null && max !== null) {
    const message = `${name} has an "until" but no loop without end that it could end.`;
    error("UNTIL_WITHOUT_LOOP", path, message, "Use it after oneOrMore() or timesOrMore(n), or leave it out.");
  }
  if (inner !== "followedBy" && !counted) {
    const word = inner === "next" ? "consecutive" : "allowCombinations";
    const message = `${name} is ${word} but does not repeat.`;
    error(
      "CONTIGUITY_WITHOUT_LOOP",
      path,
      message,
      `Use ${word} after times(n), timesOrMore(n) or oneOrMore(), or leave it out.`,
    );
  }
}

function checkGreedy(placed: Repeated, hasDeadline: boolean, { error }: Findings): void {
  const { element, path } = placed;
  const { min, max, optional, inner, counted } = element.quantifier;
  const name = `"${path.at(-1)}"`;
  if (element.kind === "group") {
    const remedy = "Make the steps in it greedy, or leave greedy out.";
    error("GREEDY_GROUP", path, `The group ${path.at(-1)} is greedy, which only steps can be.`, remedy);
    return;
  }
  if (!counted) {
    const remedy = "Use greedy after oneOrMore(), timesOrMore(n) or times(m, n), or leave it out.";
    error("GREEDY_SINGLE_STEP", path, `${name} is greedy but takes a single event.`, remedy);
    return;
  }
  // An optional loop has a choice even if its count is fixed: all or none.
  if (min === max && !optional) {
    const message = `${name} is greedy but has no choice: it takes exactly ${min}.`;
    error("GREEDY_FIXED_COUNT", path, message, "Leave greedy out, or give two counts: times(m, n).");
  }
  if (inner === "followedByAny") {
    const message = `${name} is greedy, which leaves out nothing, and allows combinations, which leave out some.`;
    error("GREEDY_WITH_COMBINATIONS", path, message, "Leave one of the two out.");
  } else if (!hasDeadline && mayGrowForEver(placed)) {
    const message = `${name} is greedy and nothing need follow it, so there is no event at which it is known to have taken all it can.`;
    const remedy =
      "Add within to the pattern, until, maxGap or consecutive to the loop, or a largest count; or leave greedy out.";
    error("GREEDY_NEVER_CLOSES", path, message, remedy);
  }
}

/** Whether nothing ever closes the loop: no count, no `until` or gap of its own or of a group around it, no wrong event, nothing that follows. */
function mayGrowForEver(placed: Repeated): boolean {
  const { max, inner } = placed.element.quantifier;
  if (max !== null || inner === "next" || !mayBeLast(placed)) return false;
  return [...outwards(placed)].every(({ element }) => element.quantifier.until === null && element.maxGapMs === null);
}

function checkEmptyLoop({ element, path }: Placed<GroupNode>, { error }: Findings): void {
  const isEndless = element.quantifier.max === null;
  if (!isEndless || element.elements.length === 0 || !element.elements.every(mayTakeNothing)) return;
  const message = `The group ${path.at(-1)} repeats without bound, and all it holds may be left out, so it could repeat for ever over nothing.`;
  error("ENDLESS_EMPTY_LOOP", path, message, "Make one of its steps required, or give a largest count: times(m, n).");
}
