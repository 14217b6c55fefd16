// Is there a constant that a value could be, so that all of these hold of it? Sound, not complete: "none" is certain,
// "some" is not, since between two numbers there is taken to be another, and between two texts as well.
//
//     finite     eq, oneOf, a boolean     each option is tried
//     ordered    lt … gte, startsWith     the lowest and the highest are compared; if they are equal, it is tried
//     text       endsWith, includes       compared with each other

import { unreachable } from "../../core/errors.ts";
import { holds, NOTHING_TAKEN } from "./evaluate.ts";
import type { CompareOp, Literal, TextOp, ValueExpr } from "./expression.ts";

/** Something said of one value. `isSo` is `false` where the opposite was said: then also a missing value or one of another type would do. */
export type Said = (
  | { readonly kind: "compare"; readonly op: CompareOp; readonly to: Literal }
  | { readonly kind: "oneOf"; readonly options: readonly Literal[] }
  | { readonly kind: "text"; readonly op: TextOp; readonly text: string }
  | { readonly kind: "exists" }
) & { readonly isSo: boolean };

type Type = "string" | "number" | "boolean" | "bigint";

/** Whether certainly no value satisfies everything in `said`. Cost: options times things said, and things said squared for texts. */
export function leavesNoValue(everything: readonly Said[]): boolean {
  // Nothing compares with NaN: what wants that fails, what denies it says nothing.
  if (everything.some((each) => each.isSo && isAboutNaN(each))) return true;
  const said = everything.filter((each) => !isAboutNaN(each));
  const wanted = said.filter(({ isSo }) => isSo);
  // A missing value satisfies every denial.
  if (wanted.length === 0) return false;
  if (said.some(({ kind, isSo }) => kind === "exists" && !isSo)) return true;
  const options = optionsIn(wanted);
  if (options !== null) return options.every((option) => !said.every((each) => isTrueOf(each, option)));
  const types = new Set(wanted.flatMap((each) => typeIn(each) ?? []));
  const [type] = types;
  if (type === undefined) return false;
  if (types.size > 1) return true;
  if (type === "boolean") return [true, false].every((option) => !said.every((each) => isTrueOf(each, option)));
  return hasNoRoom(rangeOf(said, type), said) || (type === "string" && textsClash(said));
}

function isAboutNaN(said: Said): boolean {
  return said.kind === "compare" && Number.isNaN(said.to);
}

/** The only values that can do, if they can be counted. */
function optionsIn(wanted: readonly Said[]): readonly Literal[] | null {
  for (const each of wanted) {
    if (each.kind === "oneOf") return each.options;
    if (each.kind === "compare" && each.op === "eq") return [each.to];
  }
  return null;
}

function typeIn(said: Said): Type | null {
  if (said.kind === "compare") return typeof said.to as Type;
  return said.kind === "text" ? "string" : null;
}

/** Whether what was said is true of `value`. */
function isTrueOf(said: Said, value: Literal): boolean {
  return nowHolds(said, value) === said.isSo;
}

function nowHolds(said: Said, value: Literal): boolean {
  const of: ValueExpr = { kind: "literal", value };
  switch (said.kind) {
    case "compare":
      return compares(value, said.op, said.to);
    case "oneOf":
      return said.options.some((option) => compares(value, "eq", option));
    case "text":
      return holds(
        { kind: "text", op: said.op, value: of, text: { kind: "literal", value: said.text } },
        null,
        NOTHING_TAKEN,
      );
    case "exists":
      return true;
    default:
      return unreachable(said);
  }
}

/** Whether a comparison of two constants holds. */
export function compares(left: Literal, op: CompareOp, right: Literal): boolean {
  const expr = (value: Literal): ValueExpr => ({ kind: "literal", value });
  return holds({ kind: "compare", op, left: expr(left), right: expr(right) }, null, NOTHING_TAKEN);
}

type End = { readonly value: Literal; readonly isIn: boolean };
type Range = { readonly low: End | null; readonly high: End | null };

const OPPOSITE: Readonly<Record<CompareOp, CompareOp>> = {
  eq: "ne",
  ne: "eq",
  lt: "gte",
  gte: "lt",
  gt: "lte",
  lte: "gt",
};

/** The range that comparisons with constants of `type` leave. The value is known to be of that type, so the opposite of less is not less. */
function rangeOf(said: readonly Said[], type: Type): Range {
  let low: End | null = null;
  let high: End | null = null;
  for (const each of said) {
    for (const { op, to } of boundsIn(each, type)) {
      const end = { value: to, isIn: op === "gte" || op === "lte" };
      if (op === "gt" || op === "gte") low = tighter(low, end, "gt");
      if (op === "lt" || op === "lte") high = tighter(high, end, "lt");
    }
  }
  return { low, high };
}

type Bound = { readonly op: CompareOp; readonly to: Literal };

function boundsIn(said: Said, type: Type): readonly Bound[] {
  if (said.kind === "text" && said.op === "startsWith" && said.isSo) return prefixBounds(said.text);
  if (said.kind !== "compare" || typeof said.to !== type) return [];
  return [{ op: said.isSo ? said.op : OPPOSITE[said.op], to: said.to }];
}

/** The texts that begin with `prefix` are in one piece: from it up to where its last unit is one more. */
function prefixBounds(prefix: string): readonly Bound[] {
  const last = prefix.charCodeAt(prefix.length - 1);
  if (prefix === "" || last === 0xffff) return [{ op: "gte", to: prefix }];
  const next = prefix.slice(0, -1) + String.fromCharCode(last + 1);
  return [
    { op: "gte", to: prefix },
    { op: "lt", to: next },
  ];
}

function tighter(known: End | null, end: End, op: "lt" | "gt"): End {
  if (known === null || compares(end.value, op, known.value)) return end;
  return end.value === known.value && !end.isIn ? end : known;
}

function hasNoRoom({ low: lowest, high: highest }: Range, said: readonly Said[]): boolean {
  const [low, high] = [closed(lowest, 1n), closed(highest, -1n)];
  // Nothing is above infinity.
  if (low !== null && !low.isIn && low.value === Number.POSITIVE_INFINITY) return true;
  if (high !== null && !high.isIn && high.value === Number.NEGATIVE_INFINITY) return true;
  if (low === null || high === null) return false;
  if (compares(low.value, "gt", high.value)) return true;
  if (low.value !== high.value) return false;
  return !low.isIn || !high.isIn || !said.every((each) => isTrueOf(each, low.value));
}

/** Between two whole numbers there is none, so that an end that is out can be moved in by one. */
function closed(end: End | null, step: bigint): End | null {
  return typeof end?.value === "bigint" && !end.isIn ? { value: end.value + step, isIn: true } : end;
}

/** Beginnings are compared as ranges; here what must and must not be in a text. */
function textsClash(said: readonly Said[]): boolean {
  const texts = said.filter((each) => each.kind === "text");
  const wanted = texts.filter(({ isSo }) => isSo);
  const denied = texts.filter(({ isSo }) => !isSo);
  const ends = wanted.filter(({ op }) => op === "endsWith");
  const endsClash = ends.some((one) =>
    ends.some((other) => !one.text.endsWith(other.text) && !other.text.endsWith(one.text)),
  );
  return endsClash || denied.some((not) => wanted.some((is) => contains(is, not)));
}

/** Whether every text of which `is` is true also has what `not` denies. */
function contains(
  is: { readonly op: TextOp; readonly text: string },
  not: { readonly op: TextOp; readonly text: string },
): boolean {
  if (not.op === "includes") return is.text.includes(not.text);
  return is.op === not.op && is.text[not.op](not.text);
}
