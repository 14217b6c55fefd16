// Writes patterns, streams and answers in the notation of notation.ts.

import type {
  AbsenceNode,
  Contiguity,
  Element,
  PatternAst,
  Quantifier,
  Skip,
  StepNode,
} from "../../lib/pattern/ast.ts";
import type { CompareOp, Condition, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import type { OracleMatch } from "./enumerate.ts";
import type { Letter } from "./notation.ts";
import type { OracleEvent } from "./world.ts";

/** @throws {Error} if the pattern says something that the notation cannot. */
export function formatPattern(pattern: PatternAst): string {
  const { withinMs, skip, emit, oncePerMs } = pattern;
  const options = [
    withinMs === null ? "" : `within ${withinMs}`,
    formatSkip(skip),
    emit === "ordered" ? "ordered" : "",
    oncePerMs === null ? "" : `oncePer ${oncePerMs}`,
  ].filter((option) => option !== "");
  return [formatElements(pattern.elements), ...(options.length > 0 ? ["|", ...options] : [])].join(" ");
}

export function formatEvents(events: readonly OracleEvent[]): string {
  return events
    .map(({ value, at }) => {
      const { type, v, boom } = value as Letter;
      return `${type}${v === undefined ? "" : `=${v}`}${boom === true ? "!" : ""}@${at}`;
    })
    .join(" ");
}

/** The events of a match with their steps, such as `a1 b3`. */
export function formatRoles({ taken }: Pick<OracleMatch, "taken">): string {
  return taken.map(({ step, position }) => `${step}${position}`).join(" ");
}

/** A match and when it was reported: `a1 b3 at 3` by an event whose time is 3, `a1 b3 by 11` by a deadline. */
export function formatMatch(match: OracleMatch): string {
  return `${formatRoles(match)} ${Number.isInteger(match.position) ? "at" : "by"} ${match.at}`;
}

const LINKS: Readonly<Record<Contiguity, string>> = { next: ";", followedBy: ",", followedByAny: "~" };

function formatElements(elements: readonly Element[]): string {
  return elements
    .map((element) => {
      const link = element.kind === "absence" || element.link === null ? "" : `${LINKS[element.link]} `;
      return link + formatElement(element);
    })
    .join(" ");
}

function formatElement(element: Element): string {
  switch (element.kind) {
    case "absence": {
      const dots = element.link === "notNext" ? "" : `..${element.forMs ?? ""}`;
      return `!${formatWho(element, "no ")}${dots}`;
    }
    case "step":
      return formatWho(element, "") + formatQuantifier(element.quantifier, element.maxGapMs);
    case "group":
      return `(${formatElements(element.elements)})${formatQuantifier(element.quantifier, element.maxGapMs)}`;
  }
}

function formatWho({ name, on, condition }: StepNode | AbsenceNode, prefix: string): string {
  const terms = condition === null ? [] : condition.kind === "and" ? [...condition.parts] : [condition];
  const [first] = terms;
  const isOther = first?.kind === "not" && first.part.kind === "oneOf" ? first.part.options : null;
  if (isOther !== null) terms.shift();
  const what = on !== null ? on.join("") : isOther !== null ? `^${isOther.join("")}` : ".";
  return (name === prefix + what ? "" : `${name}:`) + what + formatBrackets(terms);
}

function formatBrackets(terms: readonly Condition[]): string {
  return terms.length === 0 ? "" : `[${terms.map(formatCondition).join("&")}]`;
}

function formatQuantifier(quantifier: Quantifier, maxGapMs: number | null): string {
  const { min, max, optional, inner, greedy, until, counted } = quantifier;
  const braces = max === null ? `{${min},}` : min === max ? `{${min}}` : `{${min},${max}}`;
  const isStar = min === 1 && max === null;
  return [
    !counted ? (optional ? "?" : "") : isStar ? (optional ? "*" : "+") : braces + (optional ? "?" : ""),
    inner === "followedBy" ? "" : LINKS[inner],
    greedy ? "^" : "",
    until === null ? "" : `/${formatUntil(until)}`,
    maxGapMs === null ? "" : `<${maxGapMs}`,
  ].join("");
}

function formatUntil(until: Condition): string {
  const isType = until.kind === "compare" && until.op === "eq" && until.right.kind === "literal";
  if (isType && typeof until.right.value === "string") return until.right.value;
  return formatBrackets(until.kind === "and" ? until.parts : [until]);
}

const COMPARISONS: Readonly<Record<CompareOp, string>> = { eq: "=", ne: "!=", lt: "<", lte: "<=", gt: ">", gte: ">=" };

function formatCondition(condition: Condition): string {
  switch (condition.kind) {
    case "compare":
      return formatValue(condition.left) + COMPARISONS[condition.op] + formatValue(condition.right);
    case "not":
      return `not(${formatCondition(condition.part)})`;
    case "opaque":
      return "boom";
    default:
      throw new Error(`The notation has no "${condition.kind}".`);
  }
}

function formatValue(value: ValueExpr): string {
  switch (value.kind) {
    case "literal":
      return String(value.value);
    case "count":
      return `#${value.step}`;
    case "aggregate":
      return `${value.op}(${value.step}.${value.value.kind === "field" ? value.value.path.join(".") : "?"})`;
    case "field": {
      if (value.of.kind !== "taken") return value.path.join(".");
      const { step, at } = value.of;
      const which = at === "only" ? "" : typeof at === "number" ? `at(${at}).` : `${at}.`;
      return `${step}.${which}${value.path.join(".")}`;
    }
    default:
      throw new Error(`The notation has no "${value.kind}".`);
  }
}

function formatSkip(skip: Skip): string {
  switch (skip.to) {
    case "none":
      return "";
    case "next":
      return "skip toNext";
    case "pastLast":
      return "skip pastLast";
    default: {
      const orElse = skip.orElse === null ? "" : ` orElse ${skip.orElse === "next" ? "toNext" : "none"}`;
      return `skip ${skip.to === "first" ? "toFirst" : "toLast"} ${skip.step}${orElse}`;
    }
  }
}
