// A pattern as a value. What users hold, pass around, print and compare; the builder makes it (builder.ts), and
// every stage of the builder at which a pattern may end is one.

import type { Problem } from "../core/errors.ts";
import type { PatternAst } from "./ast.ts";
import type { PatternJson } from "./json/json.ts";

/** Carries types that exist only for the compiler. */
export declare const TYPES: unique symbol;

/** Recognises patterns even if two copies of this package are loaded. */
export const PATTERN: unique symbol = Symbol.for("sequitur.pattern") as typeof PATTERN;

/**
 * A pattern of events of type `E`: its matches hold events as `M`, and `select` makes `R` of them. `Timed` is `true` if
 * a time bound was set, so that matching it needs to know the time of events.
 *
 * @example
 * import { type Pattern, pattern } from "sequitur";
 *
 * type Order = { type: "order" | "payment"; id: string };
 * const paid: Pattern<Order> = pattern<Order>("paid", { version: 2 })
 *   .begin("order").on("order")
 *   .followedBy("payment").on("payment").where((e, m) => e.id.eq(m.order.id));
 *
 * paid.name; // => "paid"
 * paid.version; // => 2
 * paid.fingerprint.length; // => 32
 */
export interface Pattern<E = never, M = unknown, R = unknown, Timed extends boolean = boolean> {
  readonly [TYPES]?: {
    readonly event: (event: E) => void;
    readonly match: M;
    readonly result: R;
    readonly timed: Timed;
  };
  readonly [PATTERN]: true;
  readonly name: string;
  readonly version: number;
  /** What the pattern says, as plain frozen data. */
  readonly ast: PatternAst;
  /** Mistakes that only the builder could see, such as a second quantifier; `compile` throws them together with those of the checks. */
  readonly problems: readonly Problem[];
  /** The function given to `select`, or `null`: then an alert carries the events. */
  readonly selector: ((match: never) => unknown) | null;
  /** Identifies what the pattern means: equal for equal patterns in any process, different if anything but `select` changed. 32 hex digits. */
  readonly fingerprint: string;
  /** The pattern as JSON data. @throws {PatternError} `OPAQUE_CONDITION` if it has a `filter`. */
  toJSON(): PatternJson;
  /** The pattern in English, a few lines. */
  describe(): string;
}

/** Whether `value` is a pattern, of this copy of the package or another. */
export function isPattern(value: unknown): value is Pattern {
  return typeof value === "object" && value !== null && (value as { readonly [PATTERN]?: unknown })[PATTERN] === true;
}
