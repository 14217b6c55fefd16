// A test of a pattern as a value: the command finds it among the exports of a file, and can try it on changed patterns.

import type { Pattern } from "../pattern/pattern.ts";

/** Recognises tests even if two copies of this package are loaded. */
export const PATTERN_TEST: unique symbol = Symbol.for("sequitur.patternTest") as typeof PATTERN_TEST;

/**
 * A pattern with a test of it. Made by `patternTest`.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { type PatternTest, patternTest } from "sequitur/testing";
 *
 * const tested: PatternTest = patternTest(pattern<{ n: number }>("any").begin("it"), () => {});
 * tested.pattern.name; // => "any"
 */
export interface PatternTest {
  readonly [PATTERN_TEST]: true;
  /** The name of the function; `""` if it has none. */
  readonly name: string;
  readonly pattern: Pattern<never>;
  /** Throws, or rejects, if it finds fault with a pattern that stands in for the real one. */
  readonly test: (pattern: Pattern<never>) => unknown;
  /** Runs the test with the real pattern, as a test of any test runner. */
  run(): unknown;
}

/**
 * Says what has to be so of a pattern: `test` gets a pattern and throws, or rejects, if it finds fault with it. Export what it
 * gives, and `sequitur test` runs it, and says which small changes of the pattern it would not notice, nor any other test of
 * that pattern. In a test runner, call `run`.
 *
 * @example
 * import { matchAll, pattern } from "sequitur";
 * import { patternTest } from "sequitur/testing";
 *
 * type Reading = { celsius: number };
 * const hot = pattern<Reading>("hot").begin("it").where((e) => e.celsius.gt(90));
 *
 * export const hotTest = patternTest(hot, (each) => {
 *   const found = [...matchAll(each, [{ celsius: 90 }, { celsius: 91 }], {})];
 *   if (found.length !== 1) throw new Error(`found ${found.length}`);
 * });
 * // test("hot readings", () => hotTest.run());
 * hotTest.run(); // => undefined
 */
export function patternTest<E, M, R, Timed extends boolean>(
  pattern: Pattern<E, M, R, Timed>,
  test: (pattern: Pattern<E, M, R, Timed>) => unknown,
): PatternTest {
  return Object.freeze({
    [PATTERN_TEST]: true as const,
    name: test.name,
    pattern,
    test: test as PatternTest["test"],
    run: () => test(pattern),
  });
}

/** Whether a value is a test, of this copy of the package or another. */
export function isPatternTest(value: unknown): value is PatternTest {
  return typeof value === "object" && value !== null && PATTERN_TEST in value;
}
