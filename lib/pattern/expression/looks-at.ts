// What a condition looks at, as far as that can be told without asking it.

import { everyPart } from "../walk.ts";
import type { Condition, OpaqueCall } from "./expression.ts";

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

const NAME = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;

/** `e =>`, `(e) =>`, `() =>` or `({ a, b: c }) =>`: no second parameter, no rest, no default that would hide one from `length`. */
const ARROW_OF_ONE = new RegExp(String.raw`^(?:${NAME}|\(\s*(?:${NAME}|\{[^{}=]*\})?\s*,?\s*\))\s*=>`, "u");

/**
 * Whether a function given to `filter` can get at its second argument. `length` does not tell: it leaves out parameters with
 * a default and the rest, and any `function` or method can read `arguments`. An arrow function has no `arguments` of its own,
 * so that one written with a single plain parameter certainly cannot. All else may, such as what `bind` makes, whose text is
 * hidden. The text decides how a condition is evaluated, never what it says.
 */
function maySeeTaken(call: OpaqueCall): boolean {
  return !ARROW_OF_ONE.test(Function.prototype.toString.call(call));
}
