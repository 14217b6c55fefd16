// Short words for ASTs, so that specs of what comes after the builder do not depend on it.

import {
  type AbsenceNode,
  type Contiguity,
  type Element,
  type GroupNode,
  ONCE,
  type PatternAst,
  type Quantifier,
  type StepNode,
} from "../../lib/pattern/ast.ts";
import type { CompareOp, Condition, EventRef, Literal, ValueExpr } from "../../lib/pattern/expression/expression.ts";

type StepFields = Partial<Omit<StepNode, "kind" | "name" | "link">>;
type GroupFields = Partial<Omit<GroupNode, "kind" | "elements" | "link">>;
type AbsenceFields = Partial<Omit<AbsenceNode, "kind" | "name" | "link">>;

/** A pattern called "p". */
export function pattern(elements: readonly Element[], fields: Partial<Omit<PatternAst, "elements">> = {}): PatternAst {
  return {
    kind: "pattern",
    name: "p",
    version: 1,
    tag: "type",
    elements,
    withinMs: null,
    skip: { to: "none" },
    emit: "eager",
    oncePerMs: null,
    ...fields,
  };
}

/** The first step of a pattern or group. */
export function begin(name: string, fields: StepFields = {}): StepNode {
  return { kind: "step", name, link: null, on: null, condition: null, quantifier: ONCE, maxGapMs: null, ...fields };
}

export function step(link: Contiguity, name: string, fields: StepFields = {}): StepNode {
  return { ...begin(name, fields), link };
}

export function next(name: string, fields: StepFields = {}): StepNode {
  return step("next", name, fields);
}

export function followedBy(name: string, fields: StepFields = {}): StepNode {
  return step("followedBy", name, fields);
}

export function absence(link: AbsenceNode["link"], name: string, fields: AbsenceFields = {}): AbsenceNode {
  return { kind: "absence", name, link, on: null, condition: null, forMs: null, ...fields };
}

export function notNext(name: string, fields: AbsenceFields = {}): AbsenceNode {
  return absence("notNext", name, fields);
}

export function notFollowedBy(name: string, fields: AbsenceFields = {}): AbsenceNode {
  return absence("notFollowedBy", name, fields);
}

export function group(link: Contiguity | null, elements: readonly Element[], fields: GroupFields = {}): GroupNode {
  return { kind: "group", link, elements, quantifier: ONCE, maxGapMs: null, ...fields };
}

// ---- quantifiers

export function times(min: number, max: number | null = min, fields: Partial<Quantifier> = {}): Quantifier {
  return { ...ONCE, min, max, counted: true, ...fields };
}

export function oneOrMore(fields: Partial<Quantifier> = {}): Quantifier {
  return times(1, null, fields);
}

export const OPTIONAL: Quantifier = { ...ONCE, optional: true };

// ---- conditions

export function literal(value: Literal): ValueExpr {
  return { kind: "literal", value };
}

/** A field of the candidate, its path written with dots. */
export function field(path: string): ValueExpr {
  return { kind: "field", of: { kind: "candidate" }, path: path.split(".") };
}

/** A field of an event that was taken. */
export function taken(name: string, path: string, at: Extract<EventRef, { kind: "taken" }>["at"] = "only"): ValueExpr {
  return { kind: "field", of: { kind: "taken", step: name, at }, path: path.split(".") };
}

/** A field of each event that is summed up. */
export function item(path: string): ValueExpr {
  return { kind: "field", of: { kind: "item" }, path: path.split(".") };
}

/** Compares a field of the candidate with a constant or a value. */
export function is(path: string, op: CompareOp, right: Literal | ValueExpr): Condition {
  return { kind: "compare", op, left: field(path), right: typeof right === "object" ? right : literal(right) };
}

export function and(...parts: readonly Condition[]): Condition {
  return { kind: "and", parts };
}

export function or(...parts: readonly Condition[]): Condition {
  return { kind: "or", parts };
}

export function not(part: Condition): Condition {
  return { kind: "not", part };
}

export function opaque(call: (event: never, taken: never) => boolean = () => true, version = 1): Condition {
  return { kind: "opaque", call, version };
}
