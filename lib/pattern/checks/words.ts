// Names, tags, versions and durations: what can be judged one by one.

import { formatDuration } from "../../time/duration.ts";
import type { Element, PatternAst } from "../ast.ts";
import type { Condition } from "../expression/expression.ts";
import { conditionsOf, everyElement, everyPart, type Placed } from "../walk.ts";
import type { Findings } from "./problem-codes.ts";

export function checkWords(ast: PatternAst, findings: Findings): void {
  checkName(ast.name, "pattern", [], findings);
  checkVersion(ast.version, "the pattern", [], findings);
  checkDuration(ast.withinMs, "within", [], findings);
  checkDuration(ast.oncePerMs, "oncePer", [], findings);
  if (ast.tag === "") {
    const message = 'The field that "on" looks at has the name "".';
    findings.error("EMPTY_TAG", [], message, 'Name the field that tells events apart, such as { tag: "type" }.');
  }
  const seen = new Set<string>();
  for (const placed of everyElement(ast.elements)) {
    checkDurations(placed, ast.withinMs, findings);
    for (const condition of conditionsOf(placed)) checkFunctions(condition, placed.path, findings);
    if (placed.element.kind === "group") continue;
    const { name, kind } = placed.element;
    checkName(name, kind, placed.path, findings);
    checkTags(placed.element, placed.path, findings);
    if (seen.has(name)) {
      const message = `The name "${name}" is used twice.`;
      findings.error("DUPLICATE_STEP", placed.path, message, "Give each step and absence a name of its own.");
    }
    seen.add(name);
  }
}

/**
 * Names become fields of matches, parts of ids and lines of text. `__proto__` as a field is the prototype wherever
 * objects are copied with Object.assign; the colon separates names in ids and exports; "" stands for the end of the pattern.
 */
function checkName(
  name: string,
  what: Element["kind"] | "pattern",
  path: readonly string[],
  { error }: Findings,
): void {
  if (name === "") {
    error("EMPTY_NAME", path, `The name of ${article(what)} is empty.`, "Give it a name that says what it stands for.");
  }
  if (name.includes(":")) {
    error(
      "COLON_IN_NAME",
      path,
      `The name "${name}" contains a colon.`,
      `Write it without, such as "${name.replaceAll(":", "-")}".`,
    );
  }
  if (name === "__proto__") {
    error("RESERVED_NAME", path, `The name "${name}" is reserved by JavaScript.`, "Give it another name.");
  }
  if (/\p{C}/u.test(name)) {
    const message = `The name ${JSON.stringify(name)} has characters that cannot be seen, or no characters at all.`;
    error("UNPRINTABLE_NAME", path, message, "Use letters, digits, blanks and signs.");
  }
}

function article(what: Element["kind"] | "pattern"): string {
  return what === "absence" ? "an absence" : `a ${what}`;
}

function checkTags(element: Element, path: readonly string[], { error }: Findings): void {
  if (element.kind === "group" || element.on === null || element.on.length > 0) return;
  const message = `"${element.name}" has an "on" without values, and so no event can satisfy it.`;
  error("EMPTY_ON", path, message, "Say which events it is on, or leave it out to accept any.");
}

function checkVersion(version: number, what: string, path: readonly string[], { error }: Findings): void {
  if (Number.isSafeInteger(version) && version >= 1) return;
  const message = `The version of ${what} is ${version}, which is no whole number from 1.`;
  error("BAD_VERSION", path, message, "Count versions 1, 2, 3, one more at each change.");
}

function checkFunctions(condition: Condition, path: readonly string[], findings: Findings): void {
  for (const { part } of everyPart(condition)) {
    if (part.kind === "opaque") checkVersion(part.version, `a function of "${path.at(-1)}"`, path, findings);
  }
}

function checkDurations({ element, path }: Placed, withinMs: number | null, findings: Findings): void {
  if (element.kind === "absence") {
    checkDuration(element.forMs, "for", path, findings);
    return;
  }
  const { maxGapMs } = element;
  checkDuration(maxGapMs, "maxGap", path, findings);
  if (maxGapMs === null || withinMs === null || !(maxGapMs > withinMs)) return;
  const message = `The maxGap of "${path.at(-1)}" is ${formatDuration(maxGapMs)}, longer than the whole match may last: within is ${formatDuration(withinMs)}.`;
  findings.error("GAP_BEYOND_WITHIN", path, message, "Shorten maxGap or leave it out, or lengthen within.");
}

function checkDuration(ms: number | null, word: string, path: readonly string[], { error }: Findings): void {
  if (ms === null || (Number.isSafeInteger(ms) && ms > 0)) return;
  const message = `${word} is ${ms} ms, which is no whole number of milliseconds above 0.`;
  const remedy = 'Give a duration such as "10m" or 600_000 (milliseconds), or leave it out for no bound.';
  error("BAD_DURATION", path, message, remedy);
}
