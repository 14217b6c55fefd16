// From a pattern to its automaton: check, number, construct, freeze.

import { PatternError } from "../core/errors.ts";
import type { PatternAst } from "../pattern/ast.ts";
import { type CheckOptions, checkPattern } from "../pattern/checks/checks.ts";
import { fingerprintOf } from "../pattern/fingerprint.ts";
import type { Pattern } from "../pattern/pattern.ts";
import type { Automaton } from "./automaton.ts";
import { construct } from "./construct.ts";
import { toParts } from "./parts.ts";

/**
 * How to compile; the checks take the same options.
 *
 * @example
 * import { type CompileOptions, compile, PatternError, pattern } from "sequitur";
 *
 * const strict: CompileOptions = { requireBound: true };
 * let code = "";
 * try {
 *   compile(pattern<{ id: string }>("pair").begin("one").followedBy("two"), strict);
 * } catch (error) {
 *   code = error instanceof PatternError ? error.code : "";
 * }
 * code; // => "NO_TIME_BOUND"
 */
export type CompileOptions = CheckOptions & {
  /** Most places a pattern may have. Counts are unrolled, so `times(1000)` costs 1,000. Default 10,000. */
  readonly maxPlaces?: number;
};

const MAX_PLACES = 10_000;

/**
 * Compiles a pattern. Cost: places times what can follow each; counts are unrolled. The result is frozen.
 *
 * @throws {PatternError} with every problem of the pattern at once; `TOO_MANY_PLACES` if it needs more than `maxPlaces`.
 *
 * @example
 * import { compile, pattern, toText } from "sequitur";
 *
 * const pair = pattern<{ id: string }>("pair").begin("one").next("two");
 * toText(compile(pair)).split("\n").slice(2, 4); // => ["one", "  two, at once ──▶ two"]
 */
export function compile(pattern: Pattern<never> | PatternAst, options: CompileOptions = {}): Automaton {
  const { ast, problems: built } = "ast" in pattern ? pattern : { ast: pattern, problems: [] };
  const problems = [...built, ...checkPattern(ast, options)];
  if (problems.some(({ severity }) => severity === "error")) throw new PatternError(ast.name, problems);
  const { parts, steps, tests } = toParts(ast);
  const maxPlaces = options.maxPlaces ?? MAX_PLACES;
  const construction = construct(parts, maxPlaces);
  if (construction === null) throw tooManyPlaces(ast.name, maxPlaces);
  return freeze({ pattern: ast, steps, tests, ...construction, fingerprint: fingerprintOf(ast) });
}

function tooManyPlaces(pattern: string, maxPlaces: number): PatternError {
  return new PatternError(pattern, [
    {
      code: "TOO_MANY_PLACES",
      severity: "error",
      path: [],
      message: `It needs more than ${maxPlaces} places, the limit maxPlaces; counts are unrolled.`,
      remedy: "Lower the counts, above all those of nested groups, or raise maxPlaces where the pattern is compiled.",
    },
  ]);
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const field of Object.values(value)) freeze(field);
  }
  return value;
}
