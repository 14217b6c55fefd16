// A case as people read it: the pattern in one line, the events on a time line, the answers side by side.

import type { Element, PatternAst, Quantifier } from "../../lib/pattern/ast.ts";
import type { Condition, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { type Answer, compareSets, withTime } from "./answers.ts";
import type { CaseEvent, FlinkCase, Report } from "./case.ts";

const MOST_SHOWN = 6;

/** Such as `p1[a] followedBy (p2[b] next p3[c]){1,} within 10`. */
export function showPattern({ elements, withinMs, skip }: PatternAst): string {
  const window = withinMs === null ? "" : ` within ${withinMs}`;
  const skipping = skip.to === "none" ? "" : ` skip ${JSON.stringify(skip)}`;
  return `${showElements(elements)}${window}${skipping}`;
}

/** Such as `1a0  2b3  3c3`: number, what it is, time. */
export function showEvents(events: readonly CaseEvent[]): string {
  return events.map(({ number, at, value }) => `${number}${showEvent(value)}${at}`).join("  ");
}

/** Everything about a case that differs, in a few lines. */
export function showCase(asked: FlinkCase, ours: Answer, oracle: Answer | null): string {
  const { title, file, line, pattern, events, until, answer } = asked;
  return [
    `${title} (${file}, line ${line})`,
    `  pattern   ${showPattern(pattern)}`,
    `  events    ${showEvents(events)}  until ${until}`,
    ...(answer.error === null ? [] : [`  Flink     failed: ${answer.error}`]),
    ...showDifference(
      "Flink",
      { kind: "answer", matches: answer.matches, timedOut: answer.timedOut ?? [], held: answer.held },
      ours,
    ),
    ...(oracle === null ? [] : showDifference("oracle", oracle, ours)),
  ].join("\n");
}

function showDifference(who: string, theirs: Answer, ours: Answer): readonly string[] {
  if (ours.kind === "refused") return [`  here      refused: ${ours.codes.join(", ")}`];
  if (theirs.kind === "refused") return [`  ${who.padEnd(9)} refused: ${theirs.codes.join(", ")}`];
  return [
    ...showLists(who, "matches", theirs.matches, ours.matches),
    ...showLists(who, "time-outs", theirs.timedOut, ours.timedOut),
  ];
}

function showLists(who: string, what: string, theirs: readonly Report[], ours: readonly Report[]): readonly string[] {
  const { there, here } = compareSets(theirs.map(withTime), ours.map(withTime));
  const both = new Set(ours.map(withTime)).size - here.length;
  return [`  ${what}: ${both} in both; ${who} alone: ${showSome(there)}; here alone: ${showSome(here)}`];
}

function showSome(all: readonly string[]): string {
  if (all.length === 0) return "none";
  const rest = all.length > MOST_SHOWN ? ` and ${all.length - MOST_SHOWN} more` : "";
  return `${all
    .slice(0, MOST_SHOWN)
    .map((each) => `{${each}}`)
    .join(" ")}${rest}`;
}

function showEvent(value: CaseEvent["value"]): string {
  if (typeof value["type"] === "string") return value["type"];
  const labels = Object.keys((value["labels"] as object | undefined) ?? {});
  return `[${[value["name"], value["price"], ...labels].join(" ")}]@`;
}

function showElements(elements: readonly Element[]): string {
  return elements.map((each) => `${each.link === null ? "" : ` ${each.link} `}${showElement(each)}`).join("");
}

function showElement(element: Element): string {
  switch (element.kind) {
    case "absence":
      return `${element.name}[${showTest(element)}]${element.forMs === null ? "" : ` for ${element.forMs}`}`;
    case "step":
      return `${element.name}[${showTest(element)}]${showQuantifier(element.quantifier)}${showGap(element.maxGapMs)}`;
    default:
      return `(${showElements(element.elements)})${showQuantifier(element.quantifier)}${showGap(element.maxGapMs)}`;
  }
}

function showGap(maxGapMs: number | null): string {
  return maxGapMs === null ? "" : ` maxGap ${maxGapMs}`;
}

function showQuantifier({ min, max, optional, greedy, inner, until, counted }: Quantifier): string {
  const count = counted ? `{${min},${max ?? ""}}` : "";
  const words = [optional && "optional", greedy && "greedy", inner !== "followedBy" && inner].filter(Boolean);
  const end = until === null ? "" : ` until ${showCondition(until)}`;
  return `${count}${words.map((word) => ` ${word}`).join("")}${end}`;
}

function showTest({
  on,
  condition,
}: {
  readonly on: readonly string[] | null;
  readonly condition: Condition | null;
}): string {
  const parts = [on?.join(" or "), condition === null ? undefined : showCondition(condition)];
  return parts.filter((part) => part !== undefined).join(" and ");
}

function showCondition(condition: Condition): string {
  switch (condition.kind) {
    case "compare":
      return `${showValue(condition.left)} ${condition.op} ${showValue(condition.right)}`;
    case "not":
      return `not ${showCondition(condition.part)}`;
    case "and":
    case "or":
      return condition.parts.map(showCondition).join(` ${condition.kind} `);
    case "isTrue":
      return showValue(condition.value);
    default:
      return condition.kind;
  }
}

function showValue(value: ValueExpr): string {
  switch (value.kind) {
    case "literal":
      return String(value.value);
    case "field":
      return value.path.join(".");
    case "count":
      return `${value.step}.length`;
    case "aggregate":
      return `${value.step}.${value.op}(${showValue(value.value)})`;
    case "arithmetic":
      return `${showValue(value.left)} ${value.op} ${showValue(value.right)}`;
    default:
      return showCondition(value);
  }
}
