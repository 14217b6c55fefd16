// A pattern in English, for people who have never seen it: explain, documents, reviews.
//
//     a heading             what is found
//     1. "probe" is …       a line per element; those of a group stand below it, as 2.1, 2.2, …
//     sentences             time, and what happens after a match

import { unreachable } from "../../core/errors.ts";
import type { AbsenceNode, Contiguity, Element, GroupNode, PatternAst, Quantifier, Skip, StepNode } from "../ast.ts";
import type { Condition, ValueExpr } from "../expression/expression.ts";
import { everyElement, mayBeLast, mayTakeNothing, type Placed } from "../walk.ts";
import { describeCondition, enumerate } from "./describe-condition.ts";

/**
 * What a pattern says, in English: the same text for equal patterns. Functions given to `filter` and `select` are only mentioned.
 * Cost: one visit per node.
 */
export function describePattern(ast: PatternAst): string {
  const version = ast.version === 1 ? "" : `, version ${ast.version}`;
  const lines = Array.from(everyElement(ast.elements), (placed) => describeElement(placed, ast));
  return [
    `Pattern "${ast.name}"${version} finds, among the events of one key in the order of their times:`,
    ...lines,
    ...describeReport(ast),
  ].join("\n");
}

function describeElement(placed: Placed, ast: PatternAst): string {
  const numbers = numbersOf(placed);
  const indent = "   ".repeat(numbers.length - 1);
  return `${indent}${numbers.join(".")}. ${sentencesOf(placed, ast).join(" ")}`;
}

function numbersOf({ outer, index }: Placed): readonly number[] {
  return [...(outer === null ? [] : numbersOf(outer)), index + 1];
}

function sentencesOf(placed: Placed, ast: PatternAst): readonly string[] {
  const { element } = placed;
  switch (element.kind) {
    case "step":
      return element.quantifier.max === 1 ? singleStep(element, ast.tag) : loop(element, ast.tag);
    case "absence":
      return [absence({ ...placed, element }, ast)];
    case "group":
      return group(element);
    default:
      return unreachable(element);
  }
}

// ---- steps

function singleStep(step: StepNode, tag: string): readonly string[] {
  const { one, isAny } = nounOf(step, tag);
  const how = (): string => {
    switch (step.link) {
      case null:
        return isAny ? "is any event" : `is ${article(one)}`;
      case "next":
        return `is the event directly after, ${isAny ? "whatever it is" : `which must be ${article(one)}`}`;
      case "followedBy":
        return isAny ? "is the next event, whatever it is" : `is the next ${one}`;
      case "followedByAny":
        return `is any later ${one}`;
      default:
        return unreachable(step.link);
    }
  };
  return [`${nameAndWhether(step)} ${how()}.`, ...gap(step.maxGapMs, "It")];
}

function loop(step: StepNode, tag: string): readonly string[] {
  const { quantifier, link, maxGapMs } = step;
  const beginnings: Readonly<Record<Contiguity, string>> = {
    next: "The first comes directly after.",
    followedBy: "The first is the next there is.",
    followedByAny: "The first may be any later one.",
  };
  return [
    `${nameAndWhether(step)} is ${count(quantifier)} ${nounOf(step, tag).many}, ${LOOP_WORDS[quantifier.inner]}.`,
    ...(link === null ? [] : [beginnings[link]]),
    ...(quantifier.greedy ? ["It takes as many as it can."] : []),
    ...ending(quantifier),
    ...gap(maxGapMs, "Each"),
  ];
}

const LOOP_WORDS: Readonly<Record<Contiguity, string>> = {
  next: "one directly after the other",
  followedBy: "with other events allowed in between",
  followedByAny: "any selection of them in their order",
};

function nameAndWhether({ name, quantifier }: StepNode): string {
  return quantifier.optional ? `"${name}", which may be missing,` : `"${name}"`;
}

function count({ min, max }: Quantifier): string {
  if (max === null) return min === 1 ? "one or more" : `${min} or more`;
  return min === max ? `${min}` : `${min} to ${max}`;
}

function ending({ until }: Quantifier): readonly string[] {
  return until === null ? [] : [`It ends before the first event where ${describeCondition(until)}.`];
}

function gap(maxGapMs: number | null, which: string): readonly string[] {
  return maxGapMs === null ? [] : [`${which} comes less than ${duration(maxGapMs)} after the event taken before.`];
}

// ---- what events

type Noun = { readonly one: string; readonly many: string; readonly isAny: boolean };

/** The events of a step or absence: `"charge" event where amount is below 2`. */
function nounOf({ on, condition }: StepNode | AbsenceNode, tag: string): Noun {
  const isKind = on !== null && tag === "type";
  const before = isKind
    ? `${enumerate(
        on.map((each) => JSON.stringify(each)),
        "or",
      )} `
    : "";
  const tagged: Condition[] = on === null || isKind ? [] : [{ kind: "oneOf", value: fieldOf(tag), options: on }];
  const conditions = condition?.kind === "and" ? condition.parts : condition === null ? [] : [condition];
  const parts = [...tagged, ...conditions];
  const where = parts.length === 0 ? "" : ` where ${describeCondition({ kind: "and", parts })}`;
  return { one: `${before}event${where}`, many: `${before}events${where}`, isAny: on === null && condition === null };
}

function fieldOf(tag: string): ValueExpr {
  return { kind: "field", of: { kind: "candidate" }, path: [tag] };
}

function article(noun: string): string {
  return /^"?[aeiou]/i.test(noun) ? `an ${noun}` : `a ${noun}`;
}

// ---- absences

function absence(placed: Placed<AbsenceNode>, ast: PatternAst): string {
  const { element } = placed;
  const { one, isAny } = nounOf(element, ast.tag);
  const what = isAny ? "event at all" : one;
  if (element.link === "notNext") {
    return isAny
      ? `"${element.name}": no event comes directly after.`
      : `"${element.name}": the event directly after is not ${article(one)}.`;
  }
  const since = placed.siblings.slice(0, placed.index).findLast(({ kind }) => kind !== "absence");
  return `"${element.name}": no ${what} comes ${sinceWhen(since)} ${untilWhen(placed, ast)}.`;
}

function sinceWhen(element: Element | undefined): string {
  if (element === undefined) return "from the beginning";
  if (element.kind === "group") return "after the last event of the group";
  if (mayTakeNothing(element)) return "after the event taken before";
  return element.kind === "step" && element.quantifier.max !== 1
    ? `after the first "${element.name}"`
    : `after "${element.name}"`;
}

function untilWhen(placed: Placed<AbsenceNode>, { withinMs }: PatternAst): string {
  const { element, siblings, index } = placed;
  const next = siblings.slice(index + 1).find(({ kind }) => kind !== "absence");
  const before =
    next?.kind === "step" && !mayTakeNothing(next) ? `and before "${next.name}"` : "and before the next event taken";
  if (!mayBeLast(placed)) return before;
  const end =
    element.forMs === null
      ? `until ${withinMs === null ? "the end" : `${duration(withinMs)} after the first event of the match`}`
      : `until ${duration(element.forMs)} after the last event taken`;
  return next === undefined ? end : `${before} or, if there is none, ${end}`;
}

// ---- groups

function group({ quantifier, link, maxGapMs }: GroupNode): readonly string[] {
  const { max, optional, inner } = quantifier;
  const times = max === 1 ? "once" : `${count(quantifier)} times`;
  const beginnings: Readonly<Record<Contiguity, string>> = {
    next: "directly after",
    followedBy: "with the next event that fits",
    followedByAny: "with any later event that fits",
  };
  const links = [
    ...(link === null ? [] : [`it begins ${beginnings[link]}`]),
    ...(max === 1 ? [] : [`each further time begins ${beginnings[inner]}`]),
  ];
  const notes = [
    ...links.map(capitalize).map((text) => `${text}.`),
    ...ending(quantifier),
    ...gap(maxGapMs, "Each event of it"),
  ];
  const whether = optional ? ", which may be missing" : "";
  return [`A group${whether}, ${times}, of what follows.`, ...notes];
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// ---- the pattern as a whole

function describeReport({ withinMs, skip, emit, oncePerMs }: PatternAst): readonly string[] {
  return [
    ...(withinMs === null ? [] : [`The last event comes less than ${duration(withinMs)} after the first.`]),
    describeSkip(skip),
    ...(emit === "ordered" ? ["A match waits until nothing that began before it can become one."] : []),
    ...(oncePerMs === null
      ? []
      : [`For ${duration(oncePerMs)} after a match, further ones of the same key are left out and counted.`]),
  ];
}

function describeSkip(skip: Skip): string {
  const dropped = "After a match, others are dropped that begin";
  switch (skip.to) {
    case "none":
      return "Every such choice of events is a match of its own; matches may share events.";
    case "next":
      return `${dropped} with its first event or before.`;
    case "pastLast":
      return `${dropped} with its last event or before, so that matches share no events.`;
    case "first":
    case "last": {
      const otherwise: string = skip.orElse === "next" ? "those that begin with its first event or before" : "none";
      const missing = skip.orElse === null ? "" : `; if it has none, ${otherwise} are dropped`;
      return `${dropped} before its ${skip.to} "${skip.step}"${missing}.`;
    }
    default:
      return unreachable(skip);
  }
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
  ["millisecond", 1],
] as const;

/** A duration in words: `1 hour and 30 minutes`. */
function duration(ms: number): string {
  let rest = ms;
  const parts = UNITS.flatMap(([unit, unitMs]) => {
    const amount = Math.floor(rest / unitMs);
    rest -= amount * unitMs;
    return amount === 0 ? [] : [`${amount} ${unit}${amount === 1 ? "" : "s"}`];
  });
  return parts.length === 0 ? `${ms} milliseconds` : enumerate(parts, "and");
}
