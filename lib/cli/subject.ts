// What check and explain look at: the patterns of a module, with its service if it has one, or one pattern in a JSON file.

import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { type TransformFailure, transformSync } from "esbuild";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { saidBy } from "../event/bad-record.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { fromJSON } from "../pattern/pattern-value.ts";
import type { ServiceDefinition } from "../service/definition.ts";
import type { PatternTest } from "../testing/pattern-test.ts";
import { patternsOf, patternTestsOf, serviceOf } from "./exports.ts";
import { oneLine } from "./figures.ts";
import { findFile, LOADABLE, loadModule } from "./load.ts";
import { shortPath, showPlace } from "./place.ts";

export type Subject = {
  /** Absolute path. */
  readonly path: string;
  readonly patterns: readonly Pattern[];
  readonly service: ServiceDefinition | null;
  /** The tests that the module exports. */
  readonly tests: readonly PatternTest[];
};

/**
 * Loads what is to be looked at.
 *
 * @throws {ConfigError} `BROKEN_JSON`, `NOTHING_TO_SEE`, and whatever loading a module throws
 * @throws {PatternError} if a JSON file holds something else than a pattern
 */
export async function loadSubject(given: string): Promise<Subject> {
  const path = findFile(given, [...LOADABLE, ".json"]);
  if (extname(path) === ".json") return { path, patterns: [fromJSON(parseJson(path))], service: null, tests: [] };
  const module = await loadModule(given);
  const subject = { path, patterns: patternsOf(module), service: serviceOf(module), tests: patternTestsOf(module) };
  if (subject.patterns.length > 0 || subject.service) return subject;
  const names = [...module.exports.keys()].join(", ") || "nothing";
  throw new ConfigError(
    "NOTHING_TO_SEE",
    `${shortPath(path)} exports neither a pattern nor a service (it exports ${names}). Write "export const myRule = pattern(…)" or "export default service(…)".`,
  );
}

/** The patterns of a subject, or the one called `name`. @throws {ConfigError} `NOTHING_TO_SEE`, `UNKNOWN_PATTERN` */
export function chosenPatterns({ path, patterns }: Subject, name: string | undefined): readonly Pattern[] {
  if (name === undefined) {
    if (patterns.length > 0) return patterns;
    throw new ConfigError(
      "NOTHING_TO_SEE",
      `${shortPath(path)} has a service without patterns: give it some, or name another file.`,
    );
  }
  const found = patterns.filter((pattern) => pattern.name === name);
  if (found.length > 0) return found;
  const names = patterns.map((pattern) => pattern.name);
  const near = nearest(name, names);
  const remedy = near ? `Did you mean "${near}"?` : `It has ${names.map((one) => `"${one}"`).join(", ")}.`;
  throw new ConfigError("UNKNOWN_PATTERN", `${shortPath(path)} has no pattern "${name}". ${remedy}`);
}

function parseJson(path: string): unknown {
  const text = utf8Of(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    const { where, message } = mistakeIn(path, text) ?? {
      where: shortPath(path),
      message: oneLine(saidBy(error), 200),
    };
    throw new ConfigError("BROKEN_JSON", `${where}: this is no JSON: ${message}. Mend the line and run again.`, {
      cause: error,
    });
  }
}

/** Where the mistake is: what `JSON.parse` says of it has no place in it, more often than not. */
function mistakeIn(path: string, text: string): { readonly where: string; readonly message: string } | null {
  try {
    transformSync(text, { loader: "json", logLevel: "silent" });
    return null;
  } catch (error) {
    const [first] = (error as TransformFailure).errors ?? [];
    if (!first?.location) return null;
    const { line, column } = first.location;
    return { where: showPlace({ file: path, line, column: column + 1 }), message: oneLine(first.text, 200) };
  }
}

function utf8Of(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError("BROKEN_JSON", `${shortPath(path)} is no text in UTF-8: save it as such, and run again.`, {
      cause: error,
    });
  }
}
