// Examples and near misses of a pattern as users hold it.

import { compile } from "../automaton/compile.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { type ExampleEvent, exampleOf } from "./example.ts";
import { type NearMiss, nearMissesOf } from "./near-miss.ts";

/**
 * The shortest stream that was found to match, with an event for `step` if one is named; `null`: none was found, as where functions
 * given to `filter` decide. Events have the fields that conditions look at, and no others.
 *
 * Cost: some hundred ways through the pattern at most, some thousand events tried for each step.
 *
 * @throws {PatternError} with all problems of the pattern.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { example } from "sequitur/testing";
 *
 * type Payment = { type: "order" | "payment"; order: string; amount: number };
 * const paid = pattern<Payment>("paid")
 *   .begin("order").on("order")
 *   .followedBy("payment").on("payment").where((e, m) => e.amount.gte(m.order.amount))
 *   .within("1h");
 * example(paid)?.map(({ step, at, value }) => [step, at, value]);
 * // => [["order", 0, { amount: 1, type: "order" }], ["payment", 1000, { amount: 1, type: "payment" }]]
 */
export function example(pattern: Pattern, step: string | null = null): readonly ExampleEvent[] | null {
  return exampleOf(compile(pattern), step);
}

/**
 * A near miss for each step and absence, in the order of the pattern, and one that is too slow. Left out where none was found,
 * as for a step that a match can do without. Cost: an example for each, and some dozen runs of a matcher.
 *
 * @throws {PatternError} with all problems of the pattern.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { nearMisses } from "sequitur/testing";
 *
 * type Login = { type: "failed" | "ok"; user: string };
 * const guessed = pattern<Login>("guessed").begin("tries").on("failed").times(2).followedBy("success").on("ok").within("1m");
 * nearMisses(guessed).map(({ of, change }) => `${of}: ${change}`);
 * // => [
 * //   'tries: type is "other" instead of "failed"',
 * //   'success: type is "other" instead of "ok"',
 * //   "within: the last event comes 1m after the first",
 * // ]
 */
export function nearMisses(pattern: Pattern): readonly NearMiss[] {
  return nearMissesOf(compile(pattern));
}

/**
 * The near miss of one step or absence, or of `"within"`; `null`: none was found.
 *
 * @throws {PatternError} with all problems of the pattern.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { nearMiss } from "sequitur/testing";
 *
 * const high = pattern<{ value: number }>("high").begin("peak").where((e) => e.value.gt(90));
 * nearMiss(high, "peak")?.change; // => "value is 90 instead of 91"
 */
export function nearMiss(pattern: Pattern, of: string): NearMiss | null {
  return nearMisses(pattern).find((miss) => miss.of === of) ?? null;
}
