// Tests that compare a value of the event at hand with a value of the events taken before:
//
//     e.order = m.placed.order            e.price > m.start.price + 10 and e.currency = "EUR"
//     ── of event   ─── of run            ─── of event  ─── of run        ─── rest
//
// Runs that wait for such a test can be kept by their value, so that an event finds those for which it holds without asking each.

import { unreachable } from "../core/errors.ts";
import { OBJECTS } from "../pattern/expression/event-reader.ts";
import type { CompareOp, Condition, ValueExpr } from "../pattern/expression/expression.ts";
import { dependsOnTaken } from "../pattern/expression/looks-at.ts";
import { type Prepared, type PreparedValue, prepareValue } from "../pattern/expression/prepare.ts";
import { everyPart } from "../pattern/walk.ts";
import type { Test, TestId } from "./automaton.ts";
import { prepareTest } from "./test.ts";

/** The test holds if `rest` does and the value of the event is `op` that of the run; `negated`: and it is not. */
export type Split = {
  readonly test: TestId;
  readonly op: Exclude<CompareOp, "ne">;
  readonly negated: boolean;
  readonly ofEvent: PreparedValue;
  readonly ofRun: PreparedValue;
  readonly rest: Prepared;
};

/** How `test` splits runs; `null`: it does not. */
export function splitOf(test: Test, tag: string): Split | null {
  const { condition } = test;
  if (condition === null) return null;
  const parts = condition.kind === "and" ? condition.parts : [condition];
  const back = parts.filter(dependsOnTaken);
  const [only] = back;
  if (only === undefined || back.length > 1 || parts.some(callsFunctions)) return null;
  const negated = only.kind === "not";
  const comparison = only.kind === "not" ? only.part : only;
  if (comparison.kind !== "compare" || comparison.op === "ne" || (negated && comparison.op === "eq")) return null;
  const { left, right, op } = comparison;
  const isTurned = looksAtEvent(right);
  const [event, run] = isTurned ? [right, left] : [left, right];
  if (looksAtEvent(run) || looksAtRun(event)) return null;
  const rest = prepareTest({ ...test, condition: { kind: "and", parts: parts.filter((part) => part !== only) } }, tag);
  return {
    test: test.id,
    op: isTurned ? turned(op) : op,
    negated,
    ofEvent: prepareValue(event, OBJECTS),
    ofRun: prepareValue(run, OBJECTS),
    rest,
  };
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

/** Whether a function that a user wrote is called. */
export function callsFunctions(condition: Condition): boolean {
  return [...everyPart(condition)].some(({ part }) => part.kind === "opaque");
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
