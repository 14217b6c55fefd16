// Tests that compare a value of the event at hand with a value of the events taken before:
//
//     e.order = m.placed.order            e.price > m.start.price + 10 and e.currency = "EUR"
//     ── of event   ─── of run            ─── of event  ─── of run        ─── rest
//
// Runs that wait for such a test can be kept by their value, so that an event finds those for which it holds without asking each.

import { unreachable } from "../core/errors.ts";
import { OBJECTS } from "../pattern/expression/event-reader.ts";
import type { CompareOp, Condition, ValueExpr } from "../pattern/expression/expression.ts";
import { callsFunctions, dependsOnTaken } from "../pattern/expression/looks-at.ts";
import { type Prepared, type PreparedValue, prepareValue } from "../pattern/expression/prepare.ts";
import { everyPart } from "../pattern/walk.ts";
import type { Test, TestId } from "./automaton.ts";
import { type FixedValue, type FixedValues, NOTHING_FIXED, partsOfAll } from "./fixed-value.ts";
import { prepareTest } from "./test.ts";

/** The test holds if `rest` does and the value of the event is `op` that of the run; `negated`: and it is not. */
export type Split = {
  readonly test: TestId;
  readonly op: Exclude<CompareOp, "ne">;
  readonly negated: boolean;
  readonly ofEvent: PreparedValue;
  readonly ofRun: PreparedValue;
  readonly rest: Prepared;
  /** The name of the value of the run, which it has for good; `null`: it may be another one when more is taken. */
  readonly value: string | null;
  /** If the value is a field of an event: of which. */
  readonly holder: Holder | null;
};

export type Holder = { readonly step: string; readonly at: "only" | "first" | "last" };

/** One comparison of a value of the event with one of the run. */
type Comparison = {
  readonly op: Split["op"];
  readonly negated: boolean;
  readonly event: ValueExpr;
  readonly run: ValueExpr;
  readonly fixed: FixedValue | null;
};

/** How `test` splits runs; `null`: it does not. Several comparisons do if all say that values are what is one value of the run. */
export function splitOf(test: Test, tag: string, fixedValues: FixedValues = NOTHING_FIXED): Split | null {
  const parts = partsOfAll(test.condition);
  const back = parts.filter(dependsOnTaken);
  const found = back.map((part) => comparisonOf(part, test, fixedValues));
  const comparisons = found.filter((each) => each !== null);
  const [first, ...others] = comparisons;
  if (first === undefined || comparisons.length < found.length || parts.some(callsFunctions)) return null;
  if (others.length > 0 && !areOneEquality(comparisons.map(({ op, fixed }) => ({ op, value: fixed?.name ?? null }))))
    return null;
  const beside = parts.filter((part) => !back.includes(part));
  const equal = others.map(({ event }): Condition => ({ kind: "compare", op: "eq", left: first.event, right: event }));
  const run = first.fixed?.read ?? first.run;
  return {
    test: test.id,
    op: first.op,
    negated: first.negated,
    ofEvent: prepareValue(first.event, OBJECTS),
    ofRun: prepareValue(run, OBJECTS),
    rest: prepareTest({ ...test, condition: { kind: "and", parts: [...beside, ...equal] } }, tag),
    value: first.fixed?.name ?? null,
    holder: holderOf(run),
  };
}

/** Whether all of these say that something equals the same value of the run. */
export function areOneEquality(several: readonly Pick<Split, "op" | "value">[]): boolean {
  const { value } = several[0] as Pick<Split, "value">;
  return value !== null && several.every((each) => each.op === "eq" && each.value === value);
}

function comparisonOf(part: Condition, { of }: Test, fixedValues: FixedValues): Comparison | null {
  const negated = part.kind === "not";
  const comparison = part.kind === "not" ? part.part : part;
  if (comparison.kind !== "compare" || comparison.op === "ne" || (negated && comparison.op === "eq")) return null;
  const { left, right, op } = comparison;
  const isTurned = looksAtEvent(right);
  const [event, run] = isTurned ? [right, left] : [left, right];
  if (looksAtEvent(run) || looksAtRun(event)) return null;
  return { op: isTurned ? turned(op) : op, negated, event, run, fixed: fixedValues(of, run) };
}

function holderOf(run: ValueExpr): Holder | null {
  if (run.kind !== "field" || run.of.kind !== "taken" || typeof run.of.at === "number") return null;
  return { step: run.of.step, at: run.of.at };
}

function turned(op: Split["op"]): Split["op"] {
  switch (op) {
    case "eq":
      return "eq";
    case "lt":
      return "gt";
    case "lte":
      return "gte";
    case "gt":
      return "lt";
    case "gte":
      return "lte";
    default:
      return unreachable(op);
  }
}

function looksAtEvent(expr: ValueExpr): boolean {
  return [...everyPart(expr)].some(({ part }) => part.kind === "field" && part.of.kind === "candidate");
}

function looksAtRun(expr: ValueExpr): boolean {
  return [...everyPart(expr)].some(
    ({ part }) =>
      part.kind === "count" || part.kind === "aggregate" || (part.kind === "field" && part.of.kind === "taken"),
  );
}
