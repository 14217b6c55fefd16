// Makes patterns out of what they say. The builder and `fromJSON` both end here.

import { PatternError, type Problem } from "../core/errors.ts";
import { freezeDeep } from "../core/freeze.ts";
import type { PatternAst } from "./ast.ts";
import { describePattern } from "./describe/describe.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { fromJson, type JsonLimits, toJson } from "./json/json.ts";
import { PATTERN, type Pattern } from "./pattern.ts";

/**
 * The pattern that `ast` says, frozen, and `ast` with it. The fingerprint is computed when it is first asked for; the
 * rest costs one visit per node.
 *
 * @param problems what the builder found wrong and the AST cannot show.
 * @param selector the function given to `select`, or `null`.
 */
export function patternFrom<E, M, R, Timed extends boolean = boolean>(
  ast: PatternAst,
  problems: readonly Problem[] = [],
  selector: ((match: never) => unknown) | null = null,
): Pattern<E, M, R, Timed> {
  let fingerprint: string | undefined;
  freezeDeep(ast);
  return Object.freeze({
    [PATTERN]: true as const,
    name: ast.name,
    version: ast.version,
    ast,
    problems: freezeDeep([...problems]),
    selector,
    get fingerprint(): string {
      fingerprint ??= fingerprintOf(ast);
      return fingerprint;
    },
    toJSON: () => {
      // The JSON form has no place for them: what is refused here would come back as accepted.
      if (problems.some(({ severity }) => severity === "error")) throw new PatternError(ast.name, problems);
      return toJson(ast);
    },
    describe: () => describePattern(ast),
  });
}

/** What a match of a pattern that came as JSON holds: events by step, as nobody has told the compiler more. */
export type UnknownMatch = Readonly<Record<string, unknown>>;

/**
 * The pattern that `toJSON()` made `json` of. Safe for data that a stranger wrote: it is read within limits, and
 * nothing in it is run. Says only what is wrong with the JSON; what is wrong with the pattern is said when it is compiled.
 *
 * Cost: one visit per value.
 *
 * @param json the data, not its text: use `JSON.parse` first.
 * @throws {PatternError} with every problem at once, each with its place in the JSON: `JSON_VERSION`, `JSON_SHAPE`,
 *   `JSON_UNKNOWN_FIELD` or `JSON_TOO_LARGE`.
 * @example
 * import { fromJSON } from "sequitur";
 *
 * const text = `{
 *   "sequitur": 1,
 *   "name": "paid",
 *   "elements": [{ "kind": "step", "name": "payment", "on": ["payment"] }]
 * }`;
 * const paid = fromJSON(JSON.parse(text));
 * paid.name // => "paid"
 * paid.toJSON().elements.length // => 1
 */
export function fromJSON<E = unknown>(
  json: unknown,
  options: { readonly limits?: Partial<JsonLimits> } = {},
): Pattern<E, UnknownMatch, UnknownMatch> {
  return patternFrom(fromJson(json, options.limits));
}
