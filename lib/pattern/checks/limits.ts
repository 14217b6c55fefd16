// Is the pattern of a size that the other checks, and all that comes after them, can be let loose on?

import type { PatternAst, Quantifier } from "../ast.ts";
import type { Condition } from "../expression/expression.ts";
import type { PatternLimits } from "../limits.ts";
import { conditionsOf, everyElement, everyPart } from "../walk.ts";
import type { Findings } from "./problem-codes.ts";

/** Whether the pattern can be walked at all: not too many elements, and not too deep. Counts without calling itself. */
export function hasWalkableSize(ast: PatternAst, limits: PatternLimits, { error }: Findings): boolean {
  const { maxElements, maxDepth } = limits;
  let count = 0;
  const waiting = [{ elements: ast.elements, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.depth > maxDepth) {
      const message = `Groups stand more than ${show(maxDepth)} deep in each other, the limit maxDepth.`;
      error("TOO_DEEP", [], message, `Join some of them, or ${raise("maxDepth", maxDepth)}`);
      return false;
    }
    count += next.elements.length;
    if (count > maxElements) {
      const message = `It has more than ${show(maxElements)} steps, absences and groups, the limit maxElements.`;
      error(
        "TOO_MANY_ELEMENTS",
        [],
        message,
        `Split it into several patterns, or ${raise("maxElements", maxElements)}`,
      );
      return false;
    }
    for (const element of next.elements) {
      if (element.kind === "group") waiting.push({ elements: element.elements, depth: next.depth + 1 });
    }
  }
  return true;
}

/** Counts, lengths of names, and sizes of conditions. */
export function checkLimits(ast: PatternAst, limits: PatternLimits, findings: Findings): void {
  checkName(ast.name, [], limits, findings);
  for (const placed of everyElement(ast.elements)) {
    const { element, path } = placed;
    if (element.kind !== "group") {
      checkName(element.name, path, limits, findings);
      checkOptions(element.on?.length ?? 0, "on", path, limits, findings);
    }
    if (element.kind !== "absence") checkCount(element.quantifier, path, limits, findings);
    for (const condition of conditionsOf(placed)) checkSize(condition, path, limits, findings);
  }
}

/** Whether a condition is small enough to be looked into. */
export function hasWalkableCondition(condition: Condition, limits: PatternLimits): boolean {
  let count = 0;
  for (const { depth } of everyPart(condition)) {
    count += 1;
    if (count > limits.maxConditionParts || depth > limits.maxConditionDepth) return false;
  }
  return true;
}

function checkName(name: string, path: readonly string[], { maxNameLength }: PatternLimits, { error }: Findings): void {
  if (name.length <= maxNameLength) return;
  const message = `The name "${name.slice(0, 40)}…" has ${show(name.length)} characters, more than ${show(maxNameLength)}, the limit maxNameLength.`;
  error("NAME_TOO_LONG", path, message, `Shorten it, or ${raise("maxNameLength", maxNameLength)}`);
}

function checkCount(
  { min, max }: Quantifier,
  path: readonly string[],
  { maxCount }: PatternLimits,
  { error }: Findings,
): void {
  const count = Math.max(min, max ?? 0);
  // What is no whole number is refused for that.
  if (!Number.isSafeInteger(count) || count <= maxCount) return;
  const message = `"${path.at(-1)}" is to be taken ${show(count)} times, more than ${show(maxCount)}, the limit maxCount.`;
  error("COUNT_TOO_LARGE", path, message, `Lower the count, or ${raise("maxCount", maxCount)}`);
}

function checkSize(condition: Condition, path: readonly string[], limits: PatternLimits, findings: Findings): void {
  const { maxConditionParts, maxConditionDepth } = limits;
  const here = `A condition of "${path.at(-1)}"`;
  let count = 0;
  for (const { part, depth } of everyPart(condition)) {
    count += 1;
    if (count > maxConditionParts) {
      const message = `${here} has more than ${show(maxConditionParts)} parts, the limit maxConditionParts.`;
      const remedy = `Use oneOf for long lists of constants, or ${raise("maxConditionParts", maxConditionParts)}`;
      findings.error("CONDITION_TOO_LARGE", path, message, remedy);
      return;
    }
    if (depth > maxConditionDepth) {
      const message = `${here} has parts more than ${show(maxConditionDepth)} deep in each other, the limit maxConditionDepth.`;
      const remedy = `Use oneOf for long chains of or, or ${raise("maxConditionDepth", maxConditionDepth)}`;
      findings.error("CONDITION_TOO_DEEP", path, message, remedy);
      return;
    }
    if (part.kind === "oneOf") checkOptions(part.options.length, "oneOf", path, limits, findings);
  }
}

function checkOptions(
  count: number,
  word: "on" | "oneOf",
  path: readonly string[],
  { maxOptions }: PatternLimits,
  { error }: Findings,
): void {
  if (count <= maxOptions) return;
  const message = `${word} of "${path.at(-1)}" lists ${show(count)} constants, more than ${show(maxOptions)}, the limit maxOptions.`;
  error("TOO_MANY_OPTIONS", path, message, `List fewer, or ${raise("maxOptions", maxOptions)}`);
}

function raise(limit: keyof PatternLimits, max: number): string {
  return `raise the limit: compile(pattern, { limits: { ${limit}: ${max * 2} } }).`;
}

function show(count: number): string {
  return count.toLocaleString("en-US");
}
