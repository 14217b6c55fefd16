// What the kit has to know to make events: where key and time stand, and what events look like beside what conditions want.

import type fc from "fast-check";
import type { Key } from "../event/key.ts";
import type { StandardSchema } from "../event/schema.ts";
import type { MatcherOptions } from "../matching/process.ts";
import { checkOptions } from "../matching/process-options.ts";
import type { Instant } from "../time/instant.ts";

/**
 * The options of a matcher, and what events are made of. Conditions say which values their fields want; all other fields come from
 * `event` or `schema`. With neither, events have the fields that conditions look at, key and time, and no others.
 *
 * @example
 * import fc from "fast-check";
 * import type { KitOptions } from "sequitur/testing";
 *
 * type Charge = { card: string; amount: number; shop: string; at: number };
 * const options: KitOptions<Charge> = {
 *   key: (e) => e.card,
 *   time: (e) => e.at,
 *   event: fc.record({ card: fc.constantFrom("a", "b"), amount: fc.nat(900), shop: fc.string(), at: fc.constant(0) }),
 * };
 * Object.keys(options); // => ["key", "time", "event"]
 */
export type KitOptions<E, M = unknown, Timed extends boolean = true> = MatcherOptions<E, M, Timed> & Making<E>;

/** What events are made of. */
export type Making<E> = {
  /** Whole events to begin with: their fields are changed as conditions want, and key and time are written into them. */
  readonly event?: fc.Arbitrary<E> | readonly E[];
  /** Events are made from its JSON schema, if the validator tells one and `event` is not given (zod does). Every event has to pass it unchanged. */
  readonly schema?: StandardSchema<E>;
  /** Writes key and time into an event. Needed with `keyOf` and `timeOf`, and where `key` or `time` are more than fields. */
  readonly place?: (event: E, key: Key, at: Instant) => E;
  /** The keys that events have. Default: those of events that were made, or "a", "b" and "c". */
  readonly keys?: readonly Key[];
  /** The time of the first event. Default 0, which is 1970. */
  readonly startAt?: Instant;
};

/** Options as the kit sees them, once the types have done their work. */
export type AnyKitOptions = Making<object> & {
  readonly key?: (e: never) => unknown;
  readonly keyOf?: (event: never) => unknown;
  readonly time?: (e: never) => unknown;
  readonly timeOf?: (event: never) => unknown;
  readonly [more: string]: unknown;
};

/** The options that a matcher takes. @throws {ConfigError} `UNKNOWN_OPTION`, `BAD_OPTION` */
export function matcherOptions(options: AnyKitOptions): Readonly<Record<string, unknown>> {
  const { event: _event, schema: _schema, place: _place, keys: _keys, startAt: _startAt, ...rest } = options;
  checkOptions(rest);
  return rest;
}
