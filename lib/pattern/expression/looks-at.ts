// What a condition looks at, as far as that can be told without asking it.

import type { PatternAst } from "../ast.ts";
import { conditionsOf, everyElement, everyPart } from "../walk.ts";
import type { Condition, OpaqueCall, ValueExpr } from "./expression.ts";

/**
 * Whether the answer may depend on the events that the match took before, and not only on the event at hand. `false` is
 * certain. Cost: one visit per node of the condition.
 */
export function dependsOnTaken(condition: Condition): boolean {
  for (const { part } of everyPart(condition)) {
    if (part.kind === "count" || part.kind === "aggregate") return true;
    if (part.kind === "field" && part.of.kind === "taken") return true;
    if (part.kind === "opaque" && maySeeTaken(part.call)) return true;
  }
  return false;
}

/** Whether a function that a user wrote is called. */
export function callsFunctions(condition: Condition): boolean {
  for (const { part } of everyPart(condition)) if (part.kind === "opaque") return true;
  return false;
}

const NAME = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;

/** `e =>`, `(e) =>`, `() =>` or `({ a, b: c }) =>`: no second parameter, no rest, no default that would hide one from `length`. */
const ARROW_OF_ONE = new RegExp(String.raw`^(?:${NAME}|\(\s*(?:(?:${NAME}|\{[^{}=]*\})\s*(?:,\s*)?)?\))\s*=>`, "u");

/**
 * Whether a function given to `filter` can get at its second argument. `length` does not tell: it leaves out parameters with
 * a default and the rest, and any `function` or method can read `arguments`. An arrow function has no `arguments` of its own,
 * so that one written with a single plain parameter certainly cannot. All else may, such as what `bind` makes, whose text is
 * hidden. The text decides how a condition is evaluated, never what it says.
 */
function maySeeTaken(call: OpaqueCall): boolean {
  return !ARROW_OF_ONE.test(Function.prototype.toString.call(call));
}

/** What is needed of events. */
export type Fields = {
  /** Fields, each once, in no particular order. */
  readonly paths: readonly (readonly string[])[];
  /** Whether some need an event as a whole: a function, or an empty path. */
  readonly whole: boolean;
};

/** What values and conditions need, of the event at hand and of those taken before, which were at hand once. Cost: a visit per node. */
export function fieldsOf(exprs: Iterable<ValueExpr>): Fields {
  const found: Fields[] = [];
  for (const expr of exprs) {
    for (const { part } of everyPart(expr)) {
      if (part.kind === "opaque") found.push({ paths: [], whole: true });
      if (part.kind === "field") found.push({ paths: [part.path], whole: part.path.length === 0 });
    }
  }
  return joinFields(found);
}

/** What the conditions of a pattern need, and `on`. What `select` needs it gets from events that were taken. */
export function fieldsOfPattern({ elements, tag }: PatternAst): Fields {
  const placed = [...everyElement(elements)];
  const tagged = placed.some(({ element }) => element.kind !== "group" && element.on !== null);
  return joinFields([{ paths: tagged ? [[tag]] : [], whole: false }, fieldsOf(placed.flatMap(conditionsOf))]);
}

/** What several need together. */
export function joinFields(several: readonly Fields[]): Fields {
  const paths = new Map(several.flatMap((each) => each.paths.map((path) => [JSON.stringify(path), path])));
  paths.delete("[]");
  return { paths: [...paths.values()], whole: several.some(({ whole }) => whole) };
}
