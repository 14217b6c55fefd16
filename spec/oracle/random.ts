// Random patterns with random streams, for comparing any engine with the oracle: all operators, groups in groups,
// conditions on earlier events, small alphabets so that things collide. The same seed gives the same case everywhere.

import {
  type AbsenceNode,
  type Contiguity,
  type Element,
  ONCE,
  type PatternAst,
  type Quantifier,
  type Skip,
} from "../../lib/pattern/ast.ts";
import { checkPattern } from "../../lib/pattern/checks/checks.ts";
import type { CompareOp, Condition, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { shapeOf } from "../../lib/pattern/shape.ts";
import type { Instant } from "../../lib/time/instant.ts";
import { formatEvents, formatPattern } from "./format.ts";
import { type Letter, throwsOnBoom } from "./notation.ts";
import type { OracleEvent } from "./world.ts";

/** A pattern, the events of one key, and up to when deadlines pass after the last of them. */
export type Case = { readonly pattern: PatternAst; readonly events: readonly OracleEvent[]; readonly until: Instant };

/** The case of a seed (any whole number). Its pattern is one that `checkPattern` accepts. */
export function randomCase(seed: number): Case {
  for (let attempt = 0; ; attempt += 1) {
    const dice = new Dice(Math.imul(seed, 2_654_435_761) + attempt);
    const types = dice.one(ALPHABETS);
    const pattern = randomPattern(dice, types);
    if (isAccepted(pattern)) return { pattern, ...randomEvents(dice, types) };
  }
}

export function isAccepted(pattern: PatternAst): boolean {
  return checkPattern(pattern).every((problem) => problem.severity === "warning");
}

/** A case in one line, to be read by people and, piece by piece, by `parsePattern` and `parseEvents`. */
export function formatCase({ pattern, events, until }: Case): string {
  return `${formatPattern(pattern)}   on   ${formatEvents(events)}   until ${until}`;
}

/** Small, seedable, the same everywhere: mulberry32. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** One of the options; those written more often come more often. */
  one<T>(options: readonly T[]): T {
    return options[this.between(0, options.length - 1)] as T;
  }
}

type Types = readonly [string, ...string[]];

const ALPHABETS: readonly Types[] = [
  ["a", "b"],
  ["a", "b", "c"],
  ["a", "b", "c"],
  ["a", "b", "c", "d"],
];

function randomEvents(dice: Dice, types: Types): { readonly events: readonly OracleEvent[]; readonly until: Instant } {
  let at = dice.between(0, 3);
  const events = Array.from({ length: dice.between(3, 10) }, (): OracleEvent => {
    at += dice.one([0, 0, 1, 1, 1, 2, 3]);
    const value: Letter = {
      type: dice.one(types),
      ...(dice.chance(0.75) ? { v: dice.between(0, 3) } : {}),
      ...(dice.chance(0.03) ? { boom: true } : {}),
    };
    return { value, at };
  });
  return { events, until: dice.chance(0.7) ? Number.POSITIVE_INFINITY : at + dice.between(0, 8) };
}

/** What is known while a pattern is written from left to right. */
type Draft = {
  readonly dice: Dice;
  readonly types: Types;
  /** How earlier steps are read in conditions: one event, or many. */
  readonly steps: { readonly name: string; readonly isMany: boolean }[];
  named: number;
};

function randomPattern(dice: Dice, types: Types): PatternAst {
  const draft: Draft = { dice, types, steps: [], named: 0 };
  const body = randomBody(draft, { depth: 0, isAfterSomething: false, length: dice.one([1, 2, 2, 2, 3, 3, 4]) });
  const trailing = dice.chance(0.2) ? randomTrailing(draft) : [];
  const elements = body.every(mayTakeNothing) ? body : [...body, ...trailing];
  const withinMs = dice.chance(0.6) ? dice.between(2, 12) : null;
  const bare: PatternAst = {
    kind: "pattern",
    name: "p",
    version: 1,
    tag: "type",
    elements: withinMs === null ? elements : elements.map((element) => limitGap(element, withinMs)),
    withinMs,
    skip: { to: "none" },
    emit: withinMs !== null && dice.chance(0.25) ? "ordered" : "eager",
    oncePerMs: dice.chance(0.1) ? dice.between(1, 4) : null,
  };
  return dice.chance(0.4) ? { ...bare, skip: randomSkip(dice, bare) } : bare;
}

type Place = { readonly depth: number; readonly isAfterSomething: boolean; readonly length: number };

function randomBody(draft: Draft, { depth, isAfterSomething, length }: Place): readonly Element[] {
  const { dice } = draft;
  const elements: Element[] = [];
  let isSafe = isAfterSomething; // Whether something must have been taken before: else no absence may stand here.
  for (let index = 0; index < length; index += 1) {
    while (index > 0 && isSafe && dice.chance(0.2)) elements.push(randomAbsence(draft, null));
    const link = index === 0 ? null : dice.one<Contiguity>(["next", "followedBy", "followedBy", "followedByAny"]);
    const isGroup = depth < 2 && dice.chance(depth === 0 ? 0.25 : 0.15);
    const element = isGroup
      ? randomGroup(draft, link, { depth: depth + 1, isAfterSomething: isSafe })
      : randomStep(draft, link, depth);
    elements.push(element);
    isSafe ||= !mayTakeNothing(element);
  }
  return elements;
}

function randomStep(draft: Draft, link: Contiguity | null, depth: number): Element {
  const { dice } = draft;
  const name = `s${++draft.named}`;
  const quantifier = randomQuantifier(draft, true);
  const isMany = quantifier.counted || depth > 0;
  const who = randomWho(draft, quantifier.counted ? name : null);
  draft.steps.push({ name, isMany });
  return { kind: "step", name, link, ...who, quantifier, maxGapMs: randomGap(dice) };
}

function randomGroup(draft: Draft, link: Contiguity | null, place: Omit<Place, "length">): Element {
  const { dice } = draft;
  const elements = randomBody(draft, { ...place, length: dice.one([1, 2, 2, 3]) });
  const quantifier = randomQuantifier(draft, false);
  const isEndless = quantifier.max === null && elements.every(mayTakeNothing);
  const bounded = isEndless ? { ...quantifier, max: quantifier.min + 1, until: null } : quantifier;
  return { kind: "group", link, elements, quantifier: bounded, maxGapMs: randomGap(dice) };
}

function randomGap(dice: Dice): number | null {
  return dice.chance(0.08) ? dice.between(1, 5) : null;
}

function limitGap(element: Element, withinMs: number): Element {
  if (element.kind === "absence") return element;
  const maxGapMs = element.maxGapMs === null ? null : Math.min(element.maxGapMs, withinMs);
  if (element.kind === "step") return { ...element, maxGapMs };
  return { ...element, maxGapMs, elements: element.elements.map((part) => limitGap(part, withinMs)) };
}

function randomAbsence(draft: Draft, forMs: number | null): AbsenceNode {
  const link = draft.dice.one(["notNext", "notFollowedBy"] as const);
  const own = link === "notNext" ? null : forMs;
  return { kind: "absence", name: `n${++draft.named}`, link, ...randomWho(draft, null), forMs: own };
}

/** One or two absences at the end of a pattern; if they have deadlines of their own, the same one. */
function randomTrailing(draft: Draft): readonly Element[] {
  const forMs = draft.dice.chance(0.3) ? draft.dice.between(1, 9) : null;
  return Array.from({ length: draft.dice.one([1, 1, 2]) }, () => randomAbsence(draft, forMs));
}

/** Fewest, most, optional. */
type Count = readonly [number, number | null, boolean];

const COUNTS: readonly Count[] = [
  [1, null, false],
  [1, null, false],
  [1, null, true],
  [1, null, true],
  [2, 2, false],
  [1, 2, false],
  [1, 2, true],
  [1, 3, false],
  [2, 3, false],
  [2, 3, true],
  [2, null, false],
];

function randomQuantifier(draft: Draft, isStep: boolean): Quantifier {
  const { dice } = draft;
  const once: Count = [1, 1, dice.chance(isStep ? 0.2 : 0.35)];
  const [min, max, optional] = dice.chance(isStep ? 0.5 : 0.3) ? once : dice.one(COUNTS);
  if (min === 1 && max === 1) return { ...ONCE, optional };
  const inner = dice.one<Contiguity>(["followedBy", "followedBy", "followedBy", "next", "followedByAny"]);
  const greedy = isStep && min !== max && inner !== "followedByAny" && dice.chance(0.25);
  const until = max === null && dice.chance(0.25) ? randomUntil(draft) : null;
  return { min, max, optional, greedy, inner, until, counted: true };
}

function randomUntil({ dice, types, steps }: Draft): Condition {
  if (dice.chance(0.7)) return compare("eq", field("type"), { kind: "literal", value: dice.one(types) });
  return randomTerm(dice, steps, null);
}

type Who = { readonly on: readonly string[] | null; readonly condition: Condition | null };

function randomWho({ dice, types, steps }: Draft, self: string | null): Who {
  const first = dice.one(types);
  const second = dice.one(types);
  const term = dice.chance(0.2) ? randomTerm(dice, steps, self) : null;
  if (dice.chance(0.05)) return { on: null, condition: term };
  if (dice.chance(0.1)) {
    const other: Condition = { kind: "not", part: { kind: "oneOf", value: field("type"), options: [first] } };
    return { on: null, condition: term === null ? other : { kind: "and", parts: [other, term] } };
  }
  return { on: first !== second && dice.chance(0.3) ? [first, second] : [first], condition: term };
}

/** Mostly about the field v and events taken before. `self`: the step whose condition it is, if it repeats. */
function randomTerm(dice: Dice, steps: Draft["steps"], self: string | null): Condition {
  if (dice.chance(0.05)) return { kind: "opaque", call: throwsOnBoom, version: 1 };
  if (self !== null && dice.chance(0.4)) {
    // Rising, or not falling: the first event of the loop has nothing to be compared with.
    const op = dice.one<CompareOp>(["lt", "lte"]);
    return { kind: "not", part: compare(op, field("v"), taken(self, "last")) };
  }
  const step = steps[dice.between(0, steps.length - 1)];
  const op = dice.one<CompareOp>(["eq", "eq", "ne", "gt", "gte", "lt"]);
  if (step === undefined || dice.chance(0.2))
    return compare(op, field("v"), { kind: "literal", value: dice.between(0, 3) });
  if (!step.isMany) return compare(op, field("v"), taken(step.name, "only"));
  const value = dice.one<ValueExpr>([
    taken(step.name, "first"),
    taken(step.name, "last"),
    taken(step.name, dice.between(-2, 1)),
    { kind: "count", step: step.name },
    {
      kind: "aggregate",
      op: dice.one(["sum", "avg", "min", "max"]),
      step: step.name,
      value: { kind: "field", of: { kind: "item" }, path: ["v"] },
    },
  ]);
  return compare(op, field("v"), value);
}

function compare(op: CompareOp, left: ValueExpr, right: ValueExpr): Condition {
  return { kind: "compare", op, left, right };
}

function field(name: string): ValueExpr {
  return { kind: "field", of: { kind: "candidate" }, path: [name] };
}

function taken(step: string, at: "only" | "first" | "last" | number): ValueExpr {
  return { kind: "field", of: { kind: "taken", step, at }, path: ["v"] };
}

function randomSkip(dice: Dice, pattern: PatternAst): Skip {
  const to = dice.one(["next", "pastLast", "first", "last"] as const);
  if (to === "next" || to === "pastLast") return { to };
  const step = [...shapeOf(pattern).keys()][dice.between(0, shapeOf(pattern).size - 1)] ?? "s1";
  const isSure = pattern.elements.some(
    (element) => element.kind === "step" && element.name === step && !mayTakeNothing(element),
  );
  return { to, step, orElse: isSure && dice.chance(0.5) ? null : dice.one(["none", "next"] as const) };
}

function mayTakeNothing(element: Element): boolean {
  if (element.kind === "absence" || element.quantifier.optional) return true;
  return element.kind === "group" && element.elements.every(mayTakeNothing);
}
