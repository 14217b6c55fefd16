// The random files: builder calls as data over events of five types.

import {
  type Contiguity,
  type Element,
  ONCE,
  type PatternAst,
  type Quantifier,
  type Skip,
} from "../../lib/pattern/ast.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import {
  type CaseEvent,
  type CaseOfLine,
  type FlinkAnswer,
  type Gap,
  toAbsence,
  toRoles,
  windowOf,
  withGaps,
  withoutIdleGreed,
} from "./case.ts";

export type RandomVector = {
  readonly seq: readonly RandomElement[];
  readonly skip?: { readonly type: string; readonly name?: string };
  /** Type and time; type "@" only advances time. */
  readonly ev: readonly (readonly [string, number])[];
  readonly res: {
    readonly out?: readonly (readonly ["M" | "A" | "T", number, Readonly<Record<string, readonly number[]>>])[];
    readonly held?: number;
    readonly error?: string;
  };
};

type RandomElement = {
  readonly n?: string;
  readonly c?: Contiguity | "notNext" | "notFollowedBy";
  readonly w?: RandomCondition;
  readonly group?: readonly RandomElement[];
  readonly q?: readonly Call[];
  readonly within?: number;
  readonly withinPrev?: number;
};

type RandomCondition = string | { readonly or: readonly string[] } | { readonly not: string };
type Call = string | readonly [string, ...(number | RandomCondition)[]];

export function toRandomCase({ seq, skip, ev, res }: RandomVector): CaseOfLine {
  const events = ev.filter(([type]) => type !== "@");
  const gaps: Gap[] = [];
  return {
    title: null,
    pattern: toPattern(seq, skip, gaps),
    windowOnLast: seq.at(-1)?.within !== undefined,
    hasSkip: skip !== undefined,
    gaps,
    events: events.map(([type, at], index): CaseEvent => ({ number: index + 1, at, value: { type } })),
    until: ev.at(-1)?.[1] ?? 0,
    answer: toAnswer(res),
  };
}

function toPattern(seq: readonly RandomElement[], skip: RandomVector["skip"], gaps: Gap[]): PatternAst {
  return {
    kind: "pattern",
    name: "vector",
    version: 1,
    tag: "type",
    elements: seq.map((element, index) => toElement(element, index === seq.length - 1, gaps)),
    withinMs: windowOf(seq.map(toWindowed)),
    skip: toSkip(skip),
    emit: skip === undefined ? "eager" : "ordered",
    oncePerMs: null,
  };
}

function toElement(element: RandomElement, isLast: boolean, gaps: Gap[]): Element {
  const { n: name = "", c, w, group, q = [], withinPrev: within = null } = element;
  if (c === "notNext" || c === "notFollowedBy")
    return toAbsence({ name, link: c, ...toCondition(w) }, within, isLast, gaps);
  const link = c ?? null;
  const quantifier = toQuantifier(q);
  const elements = group?.map((each) => toElement(each, false, gaps));
  return withGaps({ within, times: gapOf(q) }, gaps, (maxGapMs) =>
    elements
      ? { kind: "group", link, elements, quantifier, maxGapMs }
      : { kind: "step", name, link, ...toCondition(w), quantifier, maxGapMs },
  );
}

/** A condition on the type alone goes into `on` where it can. */
function toCondition(w: RandomCondition | undefined): { on: readonly string[] | null; condition: Condition | null } {
  if (w === undefined) return { on: null, condition: null };
  if (typeof w === "string") return { on: [w], condition: null };
  return "or" in w ? { on: w.or, condition: null } : { on: null, condition: toExpression(w) };
}

function toExpression(w: RandomCondition): Condition {
  if (typeof w === "string") {
    const type = { kind: "field", of: { kind: "candidate" }, path: ["type"] } as const;
    return { kind: "compare", op: "eq", left: type, right: { kind: "literal", value: w } };
  }
  return "or" in w ? { kind: "or", parts: w.or.map(toExpression) } : { kind: "not", part: toExpression(w.not) };
}

function toQuantifier(calls: readonly Call[]): Quantifier {
  let quantifier = ONCE;
  for (const call of calls) quantifier = { ...quantifier, ...whatCallSays(call) };
  return withoutIdleGreed(quantifier);
}

function whatCallSays(call: Call): Partial<Quantifier> {
  const [name, ...args] = typeof call === "string" ? [call] : call;
  const [first, second] = args as unknown as readonly [number, number];
  switch (name) {
    case "times":
      return args.length === 1 ? counted(first, first) : counted(first, second);
    case "timesW":
      return counted(first, first);
    case "timesOrMore":
      return counted(first, null);
    case "oneOrMore":
      return counted(1, null);
    case "optional":
      return { optional: true };
    case "greedy":
      return { greedy: true };
    case "consecutive":
      return { inner: "next" };
    case "allowCombinations":
      return { inner: "followedByAny" };
    case "until":
      return { until: toExpression(args[0] as RandomCondition) };
    default:
      throw new Error(`The vectors have a builder call "${name}" that this reader does not know.`);
  }
}

function counted(min: number, max: number | null): Partial<Quantifier> {
  return { min: Math.max(min, 1), max, optional: min === 0, counted: true };
}

/** The window in `timesW` and `oneOrMore`. */
function gapOf(calls: readonly Call[]): number | null {
  for (const call of calls) {
    if (call[0] === "timesW") return call[2] as number;
    if (call[0] === "oneOrMore") return call[1] as number;
  }
  return null;
}

function toWindowed({ within, group }: RandomElement): Parameters<typeof windowOf>[0][number] {
  return { withinMs: within ?? null, body: (group ?? []).map(toWindowed) };
}

function toSkip(skip: RandomVector["skip"]): Skip {
  switch (skip?.type) {
    case undefined:
      return { to: "none" };
    case "skipToNext":
      return { to: "next" };
    case "skipPastLast":
      return { to: "pastLast" };
    case "skipToFirst":
    case "skipToLast":
      return { to: skip.type === "skipToFirst" ? "first" : "last", step: skip.name ?? "", orElse: "none" };
    default:
      throw new Error(`The vectors have a skip strategy "${skip?.type}" that this reader does not know.`);
  }
}

function toAnswer({ out = [], held, error }: RandomVector["res"]): FlinkAnswer {
  const reports = (isWanted: (kind: string) => boolean) =>
    out.filter(([kind]) => isWanted(kind)).map(([, at, taken]) => ({ roles: toRoles(Object.entries(taken)), at }));
  return {
    matches: reports((kind) => kind !== "T"),
    timedOut: reports((kind) => kind === "T"),
    held: held ?? null,
    error: error ?? null,
  };
}
