// Loads a user's TypeScript or JavaScript. What is wrong in it is said with the place in the user's own file.

import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError, SequiturError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { saidBy } from "../event/bad-record.ts";
import { systemClock } from "../time/clock.ts";
import { type Bundle, type BundleFailure, bundle, ownSpecifier } from "./bundle.ts";
import { oneLine, sentence } from "./figures.ts";
import { provideModule } from "./in-memory.ts";
import { placeInStack, placeOfQuoted, shortPath, showPlace } from "./place.ts";

/** A module of a user, loaded. */
export type LoadedModule = {
  /** Absolute path. */
  readonly path: string;
  readonly exports: ReadonlyMap<string, unknown>;
  /** Absolute paths of the user's files that it consists of. */
  readonly files: readonly string[];
};

/** File name endings that can be loaded. */
export const LOADABLE: readonly string[] = [".ts", ".mts", ".js", ".mjs"];

let loaded = 0;

/** Loading takes that long only if something in the file waits. */
const SLOW_MS = 5_000;

/**
 * Loads the module in the file `given`. Imports of packages resolve as they do for the file itself. Says on standard error
 * if it takes long.
 *
 * @throws {ConfigError} `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `NOT_A_MODULE`, `SYNTAX`, `MODULE_NOT_FOUND`, `IMPORT_FAILED`
 * @throws {SequiturError} what the module itself threw, if it was one of ours, with the place in the user's file.
 */
export async function loadModule(given: string): Promise<LoadedModule> {
  const path = findFile(given, LOADABLE);
  process.setSourceMapsEnabled(true);
  loaded += 1;
  const target = join(dirname(path), `.sequitur-${loaded}.mjs`); // where the module seems to lie
  const bundled = await bundle(path, target);
  if ("message" in bundled) throw notBundled(path, bundled);
  const url = pathToFileURL(target).href;
  provideModule(url, bundled.code);
  const stopWaiting = systemClock.after(SLOW_MS, () => process.stderr.write(slowly(path)));
  try {
    const exports = (await import(url)) as Readonly<Record<string, unknown>>;
    return { path, exports: new Map(Object.entries(exports)), files: bundled.files };
  } catch (error) {
    throw notImported(path, bundled, error);
  } finally {
    stopWaiting();
  }
}

function slowly(path: string): string {
  return `still loading ${shortPath(path)}: an await at the top level of a file has not settled yet; Ctrl-C gives up\n`;
}

/**
 * The absolute path of a file that a user named.
 *
 * @throws {ConfigError} `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `NOT_A_MODULE`
 */
export function findFile(given: string, endings: readonly string[]): string {
  const path = resolve(given);
  if (!existsSync(path)) throw notFound(given, path);
  if (statSync(path).isDirectory()) {
    const inside = entriesOf(path).find((name) => /^service\.m?[tj]s$/.test(name));
    const remedy = inside
      ? `Give the file: ${join(given, inside)}.`
      : `Give a file that ends in ${endings.join(", ")}.`;
    throw new ConfigError("NOT_A_MODULE", `${given} is a folder. ${remedy}`);
  }
  if (!endings.includes(extname(path)))
    throw new ConfigError("NOT_A_MODULE", `${given} cannot be loaded: give a file that ends in ${endings.join(", ")}.`);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const message = `${given} cannot be read: ${(error as Error).message}. Give a file that this user may read.`;
    throw new ConfigError("FILE_NOT_READABLE", message, { cause: error });
  }
  return path;
}

function notFound(given: string, path: string): ConfigError {
  const entries = entriesOf(dirname(path));
  if (entries.includes(basename(path)))
    return new ConfigError(
      "FILE_NOT_FOUND",
      `${given} is a link that leads nowhere: mend it, or give the file itself.`,
    );
  const near = nearest(basename(path), entries);
  const remedy = near ? `Did you mean ${join(dirname(given), near)}?` : `Relative paths start at ${process.cwd()}.`;
  return new ConfigError("FILE_NOT_FOUND", `there is no file ${given}. ${remedy}`);
}

/** The names in a folder; none if it is no folder, or may not be listed. */
function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What to tell of a file that cannot be bundled. */
export function notBundled(path: string, { place, lineText, message }: BundleFailure): ConfigError {
  const where = place ? showPlace(place) : shortPath(path);
  const shown = place && isShowable(lineText) ? `\n    ${lineText}\n    ${" ".repeat(place.column - 1)}^` : "";
  const [, missing] = /^Could not resolve "(.+)"$/.exec(message) ?? [];
  if (missing !== undefined) {
    return new ConfigError(
      "MODULE_NOT_FOUND",
      `${where}: there is no file for "${missing}". Mind the path and its ending, such as "./pattern.ts".${shown}`,
    );
  }
  return new ConfigError("SYNTAX", `${where}: ${oneLine(message, 400)}. Mend the line and run again.${shown}`);
}

/** Lines without end, and those of files that are no text, would not help. */
function isShowable(line: string): boolean {
  return line.trim() !== "" && line.length <= 200 && !/[^\P{C}\t]|\uFFFD/u.test(line);
}

function notImported(path: string, { files }: Bundle, error: unknown): Error {
  const message = saidBy(error);
  const [, name] = /^Cannot find (?:package|module) '(.+?)'/.exec(message) ?? [];
  if (name !== undefined) {
    const where = placeOf(name, path, files);
    return new ConfigError(
      "MODULE_NOT_FOUND",
      `${where}: package "${name}" is not installed. Run "npm install ${name}" in the project.`,
      { cause: error },
    );
  }
  const [, importedFrom, wanted] =
    /^The requested module '(.+?)' does not provide an export named '(.+?)'/.exec(message) ?? [];
  if (importedFrom !== undefined) {
    const from = ownSpecifier(importedFrom) ?? importedFrom;
    const where = placeOf(from, path, files);
    return new ConfigError(
      "IMPORT_FAILED",
      `${where}: "${from}" exports nothing named "${wanted}". Mend the import; if it is a type, write "import type".`,
      {
        cause: error,
      },
    );
  }
  const place = placeInStack(error, files);
  const where = place ? showPlace(place) : shortPath(path);
  const [, required] = /^Dynamic require of "(.+)" is not supported/.exec(message) ?? [];
  if (required !== undefined) {
    return new ConfigError(
      "IMPORT_FAILED",
      `${where}: "${ownSpecifier(required) ?? required}" is loaded with require, but the file is loaded as an ES module. Write import … from, and export instead of module.exports.`,
      { cause: error },
    );
  }
  if (error instanceof SequiturError || isForeignSequiturError(error)) return located(error, where);
  return new ConfigError(
    "IMPORT_FAILED",
    `${where}: loading the file ended in ${nameOf(error)}: ${sentence(message)} Mend the line; nothing was run yet.`,
    { cause: error },
  );
}

function placeOf(specifier: string, path: string, files: readonly string[]): string {
  const place = placeOfQuoted(specifier, files, (file) => readFileSync(file, "utf8"));
  return place ? showPlace(place) : shortPath(path);
}

/** An error of another copy of this package. */
function isForeignSequiturError(error: unknown): error is SequiturError {
  return error instanceof Error && (error.name === "PatternError" || error.name === "ConfigError") && "code" in error;
}

function located(error: SequiturError, where: string): SequiturError {
  error.message = `${where}: ${error.message}`;
  return error;
}

function nameOf(error: unknown): string {
  return error instanceof Error && typeof error.name === "string" ? error.name : "an exception that is no Error";
}
