// Small changes of a condition, such as a person might make by mistake.
//
//     amount above 500     ─▶ at least 500, at most 500, above 501, above 499
//     a and b              ─▶ a, b, a or b, and the changes of each
//     sum, first           ─▶ avg, last

import { unreachable } from "../core/errors.ts";
import { describeCondition } from "../pattern/describe/describe-condition.ts";
import type {
  AggregateOp,
  ArithmeticOp,
  CompareOp,
  Condition,
  TextOp,
  ValueExpr,
} from "../pattern/expression/expression.ts";
import { type Change, inside } from "./change.ts";

/** Everything that can be changed in a condition; `null`: nothing is asked any more. Functions are left as they are. */
export function changesOfCondition(condition: Condition): readonly Change<Condition | null>[] {
  const changes = changesIn(condition);
  if (condition.kind === "and") return changes;
  return [...changes, { value: null, change: `"${describeCondition(condition)}" is no longer asked` }];
}

type Joined = Extract<Condition, { kind: "and" | "or" }>;

function changesIn(condition: Condition): readonly Change<Condition>[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return changesOfJoined(condition);
    case "not":
      return [
        ...inside(changesIn(condition.part), (part) => ({ ...condition, part })),
        became(condition, condition.part),
      ];
    case "opaque":
      return [];
    default:
      return variantsOf(condition).map((each) => became(condition, each));
  }
}

function changesOfJoined(condition: Joined): readonly Change<Condition>[] {
  const { kind, parts } = condition;
  const left = (index: number): Condition => {
    const rest = parts.toSpliced(index, 1);
    return rest.length === 1 ? (rest[0] as Condition) : { kind, parts: rest };
  };
  const other = kind === "and" ? "or" : "and";
  return [
    ...parts.flatMap((part, index) => inside(changesIn(part), (value) => ({ kind, parts: parts.with(index, value) }))),
    ...parts.map((part, index) => ({ value: left(index), change: `"${describeCondition(part)}" is no longer asked` })),
    { value: { kind: other, parts }, change: `"${kind}" became "${other}" in "${describeCondition(condition)}"` },
  ];
}

function became(before: Condition, value: Condition): Change<Condition> {
  return { value, change: `"${describeCondition(before)}" became "${describeCondition(value)}"` };
}

type Leaf = Exclude<Condition, { kind: "and" | "or" | "not" | "opaque" }>;

function variantsOf(leaf: Leaf): readonly Condition[] {
  switch (leaf.kind) {
    case "compare":
      return [
        ...OTHER_OPS[leaf.op].map((op) => ({ ...leaf, op })),
        ...valuesNear(leaf.left).map((left) => ({ ...leaf, left })),
        ...valuesNear(leaf.right).map((right) => ({ ...leaf, right })),
      ];
    case "between":
      return variantsOfRange(leaf);
    case "oneOf":
      return leaf.options.length < 2
        ? []
        : leaf.options.map((_, index) => ({ ...leaf, options: leaf.options.toSpliced(index, 1) }));
    case "text":
      return OTHER_TEXT_OPS[leaf.op].map((op) => ({ ...leaf, op }));
    case "exists":
    case "isTrue":
      return [{ kind: "not", part: leaf }, ...valuesNear(leaf.value).map((value) => ({ ...leaf, value }))];
    default:
      return unreachable(leaf);
  }
}

/** Ends that are out, ends that are gone, ends that are moved. */
function variantsOfRange(range: Extract<Condition, { kind: "between" }>): readonly Condition[] {
  const { value, low, high } = range;
  const above = (op: CompareOp): Condition => ({ kind: "compare", op, left: value, right: low });
  const below = (op: CompareOp): Condition => ({ kind: "compare", op, left: value, right: high });
  return [
    { kind: "and", parts: [above("gt"), below("lte")] },
    { kind: "and", parts: [above("gte"), below("lt")] },
    above("gte"),
    below("lte"),
    ...valuesNear(low).map((each) => ({ ...range, low: each })),
    ...valuesNear(high).map((each) => ({ ...range, high: each })),
  ];
}

/** The bound in or out, and the opposite. */
const OTHER_OPS: Readonly<Record<CompareOp, readonly CompareOp[]>> = {
  eq: ["ne"],
  ne: ["eq"],
  lt: ["lte", "gte"],
  lte: ["lt", "gt"],
  gt: ["gte", "lte"],
  gte: ["gt", "lt"],
};

const OTHER_TEXT_OPS: Readonly<Record<TextOp, readonly TextOp[]>> = {
  startsWith: ["includes"],
  endsWith: ["includes"],
  includes: ["startsWith", "endsWith"],
};

const OTHER_ARITHMETIC: Readonly<Record<ArithmeticOp, ArithmeticOp>> = {
  plus: "minus",
  minus: "plus",
  times: "dividedBy",
  dividedBy: "times",
  modulo: "dividedBy",
};

const OTHER_AGGREGATE: Readonly<Record<AggregateOp, AggregateOp>> = { sum: "avg", avg: "sum", min: "max", max: "min" };

/** Other constants, other events, other ways to calculate. A text is left as it is: another would never be met. */
function valuesNear(expr: ValueExpr): readonly ValueExpr[] {
  switch (expr.kind) {
    case "literal":
      if (typeof expr.value === "number") return [expr.value + 1, expr.value - 1].map((value) => ({ ...expr, value }));
      if (typeof expr.value === "bigint")
        return [expr.value + 1n, expr.value - 1n].map((value) => ({ ...expr, value }));
      return typeof expr.value === "boolean" ? [{ ...expr, value: !expr.value }] : [];
    case "field":
      if (expr.of.kind !== "taken" || (expr.of.at !== "first" && expr.of.at !== "last")) return [];
      return [{ ...expr, of: { ...expr.of, at: expr.of.at === "first" ? "last" : "first" } }];
    case "aggregate":
      return [{ ...expr, op: OTHER_AGGREGATE[expr.op] }];
    case "arithmetic":
      return [
        { ...expr, op: OTHER_ARITHMETIC[expr.op] },
        ...valuesNear(expr.left).map((left) => ({ ...expr, left })),
        ...valuesNear(expr.right).map((right) => ({ ...expr, right })),
      ];
    default:
      return [];
  }
}
