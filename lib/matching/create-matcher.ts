// The two ways to match in process.

import type { Pattern } from "../pattern/pattern.ts";
import type { Match } from "./matcher.ts";
import type { Matcher, MatcherOptions } from "./process.ts";
import { type AnyOptions, ProcessMatcher } from "./process-matcher.ts";

/**
 * A matcher for one pattern, in process. Cost per event: what the open runs of its key wait for, and, where a condition looks at
 * earlier events, the runs that wait for that; space: the events they hold, and those that wait for `outOfOrderness` to pass.
 *
 * @throws {PatternError} with all problems of the pattern.
 * @throws {ConfigError} `NOT_A_PATTERN`, `UNKNOWN_OPTION`, `BAD_OPTION`, `TIME_NOT_GIVEN`, `KEY_NOT_GIVEN`, `BAD_DURATION`.
 *
 * @example
 * import { createMatcher, pattern } from "sequitur";
 *
 * type Login = { type: "failed" | "ok"; user: string; at: number };
 * const guessed = pattern<Login>("guessed")
 *   .begin("tries").on("failed").times(2)
 *   .followedBy("success").on("ok")
 *   .within("1m")
 *   .select((m) => m.success.user);
 *
 * const matcher = createMatcher(guessed, { key: (e) => e.user, time: (e) => e.at });
 * matcher.push({ type: "failed", user: "ann", at: 0 });
 * matcher.push({ type: "failed", user: "ann", at: 1_000 });
 * matcher.push({ type: "ok", user: "bob", at: 2_000 }).length; // => 0
 * matcher.push({ type: "ok", user: "ann", at: 3_000 }).map(({ value }) => value); // => ["ann"]
 */
export function createMatcher<E, M, R, Timed extends boolean>(
  pattern: Pattern<E, M, R, Timed>,
  options: MatcherOptions<E, M, Timed>,
): Matcher<E, M, R> {
  return new ProcessMatcher<E, M, R>(pattern, options as AnyOptions<E, M>);
}

/**
 * Finds a pattern in events that are all there, or come one by one: a generator that gives each match as soon as it is
 * certain, and the rest when the events end.
 *
 * @throws as `createMatcher`, and what `push` throws.
 *
 * @example
 * import { matchAll, pattern } from "sequitur";
 *
 * const drop = pattern<{ value: number }>("drop")
 *   .begin("high")
 *   .next("low").where((e, m) => e.value.lt(m.high.value))
 *   .select((m) => m.high.value - m.low.value);
 * const events = [{ value: 3 }, { value: 1 }, { value: 5 }, { value: 4 }];
 * [...matchAll(drop, events, {})].map(({ value }) => value); // => [2, 1]
 */
export function* matchAll<E, M, R, Timed extends boolean>(
  pattern: Pattern<E, M, R, Timed>,
  events: Iterable<E>,
  options: MatcherOptions<E, M, Timed>,
): Generator<Match<M, R>, void, undefined> {
  const matcher = createMatcher(pattern, options);
  for (const event of events) yield* matcher.push(event);
  yield* matcher.finish();
}
