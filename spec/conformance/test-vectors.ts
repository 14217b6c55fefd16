// The file of Flink's own tests. Conditions are labels on events; those that look at earlier events are written out in
// iterative.ts.

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
  type Report,
  toAbsence,
  toRoles,
  windowOf,
  withGaps,
  withoutIdleGreed,
} from "./case.ts";
import { iterativeCondition } from "./iterative.ts";

export type TestVector = {
  readonly test: string;
  readonly skip: string;
  readonly pattern: readonly TestElement[];
  readonly events: readonly TestEvent[];
  readonly iterative?: readonly string[];
  readonly steps: readonly TestStep[];
};

type Strategy = "STRICT" | "SKIP_TILL_NEXT" | "SKIP_TILL_ANY";

type TestElement = {
  readonly contiguity: "begin" | Strategy | "NOT_NEXT" | "NOT_FOLLOW";
  readonly name?: string;
  readonly group?: readonly TestElement[];
  readonly where?: string;
  readonly until?: string;
  readonly times?: readonly [number, number];
  readonly timesOrMore?: number;
  readonly optional?: boolean;
  readonly greedy?: boolean;
  readonly inner?: Strategy;
  readonly withinMs?: number;
  readonly withinPrevMs?: number;
  readonly timesWindowMs?: number;
};

type TestEvent = {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly labels: readonly string[];
};
type Taken = Readonly<Record<string, readonly number[]>>;
type TestStep =
  | readonly ["time", number, readonly Taken[], readonly (readonly [number, Taken])[]]
  | readonly ["ev", number, number, readonly Taken[]]
  | readonly ["error", number, number, string];

export function toTestCase(vector: TestVector): CaseOfLine {
  const gaps: Gap[] = [];
  const pattern = toPattern(vector, gaps);
  return {
    title: vector.test,
    pattern,
    windowOnLast: vector.pattern.at(-1)?.withinMs !== undefined,
    hasSkip: pattern.skip.to !== "none",
    gaps,
    events: toEvents(vector, pattern.withinMs === null),
    until: Math.max(...vector.steps.map((step) => (step[0] === "time" ? step[1] : step[2]))),
    answer: toAnswer(vector.steps),
  };
}

/**
 * The events as they were fed. One test goes back in time, which Flink's matcher lets pass; without a window only the order
 * matters, so there the times are held where they were.
 */
function toEvents({ events, steps }: TestVector, isTimeless: boolean): readonly CaseEvent[] {
  let latest = 0;
  return steps.flatMap((step) => {
    if (step[0] === "time") return [];
    const event = events[step[1]];
    if (event === undefined) throw new Error(`A vector feeds event ${step[1]}, which it does not have.`);
    latest = isTimeless ? Math.max(latest, step[2]) : step[2];
    const labels = Object.fromEntries(event.labels.map((label) => [label, true]));
    const value = { id: event.id, name: event.name, price: event.price, at: latest, labels };
    return [{ number: step[1] + 1, at: latest, value }];
  });
}

function toPattern({ test, skip, pattern, iterative }: TestVector, gaps: Gap[]): PatternAst {
  const strategy = toSkip(skip);
  const toCondition = (label: string | undefined): Condition | null => {
    if (label === undefined) return null;
    if (iterative?.includes(label)) return iterativeCondition(test, label);
    return { kind: "isTrue", value: { kind: "field", of: { kind: "candidate" }, path: ["labels", label] } };
  };
  return {
    kind: "pattern",
    name: "vector",
    version: 1,
    tag: "type",
    elements: pattern.map((element, index) =>
      toElement(element, { toCondition, isLast: index === pattern.length - 1, gaps }),
    ),
    withinMs: windowOf(pattern.map(toWindowed)),
    skip: strategy,
    emit: strategy.to === "none" ? "eager" : "ordered",
    oncePerMs: null,
  };
}

type Place = {
  readonly toCondition: (label: string | undefined) => Condition | null;
  readonly isLast: boolean;
  readonly gaps: Gap[];
};

function toElement(element: TestElement, { toCondition, isLast, gaps }: Place): Element {
  const { contiguity, name = "", group, withinPrevMs: within = null, timesWindowMs: times = null } = element;
  const condition = { on: null, condition: toCondition(element.where) };
  if (contiguity === "NOT_NEXT" || contiguity === "NOT_FOLLOW") {
    const link = contiguity === "NOT_NEXT" ? "notNext" : "notFollowedBy";
    return toAbsence({ name, link, ...condition }, within, isLast, gaps);
  }
  const link = contiguity === "begin" ? null : toContiguity(contiguity);
  const quantifier = toQuantifier(element, toCondition(element.until));
  const elements = group?.map((each) => toElement(each, { toCondition, isLast: false, gaps }));
  return withGaps({ within, times }, gaps, (maxGapMs) =>
    elements
      ? { kind: "group", link, elements, quantifier, maxGapMs }
      : { kind: "step", name, link, ...condition, quantifier, maxGapMs },
  );
}

function toQuantifier(
  { times, timesOrMore, optional, greedy, inner }: TestElement,
  until: Condition | null,
): Quantifier {
  const [min, max] = times ?? [timesOrMore ?? 1, timesOrMore === undefined ? 1 : null];
  return withoutIdleGreed({
    ...ONCE,
    min,
    max,
    optional: optional ?? false,
    greedy: greedy ?? false,
    inner: inner ? toContiguity(inner) : ONCE.inner,
    until,
    counted: times !== undefined || timesOrMore !== undefined,
  });
}

function toContiguity(strategy: Strategy): Contiguity {
  switch (strategy) {
    case "STRICT":
      return "next";
    case "SKIP_TILL_NEXT":
      return "followedBy";
    default:
      return "followedByAny";
  }
}

/** Such as `SkipToFirstStrategy{patternName='b'}+throwExceptionOnMiss`. */
function toSkip(text: string): Skip {
  const [, kind, step = ""] = /^(\w+)Strategy\{(?:patternName='(.*)')?\}/.exec(text) ?? [];
  const orElse = text.endsWith("+throwExceptionOnMiss") ? null : "none";
  switch (kind) {
    case "NoSkip":
      return { to: "none" };
    case "SkipToNext":
      return { to: "next" };
    case "SkipPastLast":
      return { to: "pastLast" };
    case "SkipToFirst":
      return { to: "first", step, orElse };
    case "SkipToLast":
      return { to: "last", step, orElse };
    default:
      throw new Error(`The vectors have a skip strategy "${text}" that this reader does not know.`);
  }
}

function toWindowed({ withinMs, group }: TestElement): Parameters<typeof windowOf>[0][number] {
  return { withinMs: withinMs ?? null, body: (group ?? []).map(toWindowed) };
}

function toAnswer(steps: readonly TestStep[]): FlinkAnswer {
  const timedOut = steps.flatMap((step) =>
    step[0] === "time" ? step[3].map(([at, taken]): Report => ({ roles: rolesOf(taken), at })) : [],
  );
  const error = steps.find((step) => step[0] === "error");
  return {
    matches: steps.flatMap(matchesAt),
    timedOut: timedOut.length > 0 ? timedOut : null,
    held: null,
    error: error ? (error[3] as string) : null,
  };
}

function matchesAt(step: TestStep): readonly Report[] {
  switch (step[0]) {
    case "time":
      return step[2].map((taken) => ({ roles: rolesOf(taken), at: step[1] }));
    case "ev":
      return step[3].map((taken) => ({ roles: rolesOf(taken), at: step[2] }));
    default:
      return [];
  }
}

/** Flink's tests count events from 0. */
function rolesOf(taken: Taken): string {
  return toRoles(Object.entries(taken).map(([step, indexes]) => [step, indexes.map((index) => index + 1)] as const));
}
