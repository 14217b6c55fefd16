// What check and explain look at: the patterns of a module, with its service if it has one, or one pattern in a JSON file.

import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { ConfigError } from "../core/errors.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { fromJSON } from "../pattern/pattern-value.ts";
import type { ServiceDefinition } from "../service/definition.ts";
import { patternsOf, serviceOf } from "./exports.ts";
import { findFile, LOADABLE, loadModule } from "./load.ts";
import { shortPath, showPlace } from "./place.ts";

export type Subject = {
  /** Absolute path. */
  readonly path: string;
  readonly patterns: readonly Pattern[];
  readonly service: ServiceDefinition | null;
};

/**
 * Loads what is to be looked at.
 *
 * @throws {ConfigError} `BROKEN_JSON`, `NOTHING_TO_SEE`, and whatever loading a module throws
 * @throws {PatternError} if a JSON file holds something else than a pattern
 */
export async function loadSubject(given: string): Promise<Subject> {
  const path = findFile(given, [...LOADABLE, ".json"]);
  if (extname(path) === ".json") return { path, patterns: [fromJSON(parseJson(path))], service: null };
  const module = await loadModule(given);
  const subject = { path, patterns: patternsOf(module), service: serviceOf(module) };
  if (subject.patterns.length > 0 || subject.service) return subject;
  const names = [...module.exports.keys()].join(", ") || "nothing";
  throw new ConfigError(
    "NOTHING_TO_SEE",
    `${shortPath(path)} exports neither a pattern nor a service (it exports ${names}). Write "export const myRule = pattern(…)" or "export default service(…)".`,
  );
}

function parseJson(path: string): unknown {
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const position = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
    const before = text.slice(0, position).split("\n");
    const place = { file: path, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    const said = message
      .replace(/ \(line \d+ column \d+\)/, "")
      .replace(/ in JSON at position \d+|, ".*" is not valid JSON$/s, "");
    throw new ConfigError(
      "BROKEN_JSON",
      `${showPlace(place)}: this is no JSON: ${said}. Mend the line and run again.`,
      { cause: error },
    );
  }
}
