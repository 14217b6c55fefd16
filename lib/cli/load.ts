// Loads a user's TypeScript or JavaScript. What is wrong in it is said with the place in the user's own file.

import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError, SequiturError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { type Bundle, type BundleFailure, bundle } from "./bundle.ts";
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

/**
 * Loads the module in the file `given`. Writes one file beside it and removes it again: there, imports of packages resolve
 * as they do for the file itself.
 *
 * @throws {ConfigError} `FILE_NOT_FOUND`, `NOT_A_MODULE`, `SYNTAX`, `MODULE_NOT_FOUND`, `IMPORT_FAILED`, `FOLDER_NOT_WRITABLE`
 * @throws {SequiturError} what the module itself threw, if it was one of ours, with the place in the user's file.
 */
export async function loadModule(given: string): Promise<LoadedModule> {
  const path = findFile(given, LOADABLE);
  process.setSourceMapsEnabled(true);
  loaded += 1;
  sweep(dirname(path));
  const target = join(dirname(path), `.sequitur-${process.pid}-${loaded}.mjs`);
  const bundled = await bundle(path, target);
  if ("message" in bundled) throw notBundled(path, bundled);
  try {
    write(target, bundled.code);
    const exports = (await import(pathToFileURL(target).href)) as Readonly<Record<string, unknown>>;
    return { path, exports: new Map(Object.entries(exports)), files: bundled.files };
  } catch (error) {
    throw notImported(path, bundled, error);
  } finally {
    rmSync(target, { force: true });
  }
}

/** Removes what processes that were killed while they loaded a file left beside it. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /^\.sequitur-(\d+)-\d+\.mjs$/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * The absolute path of a file that a user named.
 *
 * @throws {ConfigError} `FILE_NOT_FOUND`, `NOT_A_MODULE`
 */
export function findFile(given: string, endings: readonly string[]): string {
  const path = resolve(given);
  if (!existsSync(path)) {
    const near = nearest(basename(path), existsSync(dirname(path)) ? readdirSync(dirname(path)) : []);
    const remedy = near ? `Did you mean ${join(dirname(given), near)}?` : `Relative paths start at ${process.cwd()}.`;
    throw new ConfigError("FILE_NOT_FOUND", `there is no file ${given}. ${remedy}`);
  }
  if (statSync(path).isDirectory()) {
    const inside = readdirSync(path).find((name) => /^service\.m?[tj]s$/.test(name));
    const remedy = inside
      ? `Give the file: ${join(given, inside)}.`
      : `Give a file that ends in ${endings.join(", ")}.`;
    throw new ConfigError("NOT_A_MODULE", `${given} is a folder. ${remedy}`);
  }
  if (endings.includes(extname(path))) return path;
  throw new ConfigError("NOT_A_MODULE", `${given} cannot be loaded: give a file that ends in ${endings.join(", ")}.`);
}

function write(target: string, code: string): void {
  try {
    writeFileSync(target, code);
  } catch (error) {
    const message = `${shortPath(dirname(target))} cannot be written, and loading a file puts a temporary one beside it: ${(error as Error).message}. Copy the project to a folder of yours.`;
    throw new ConfigError("FOLDER_NOT_WRITABLE", message, { cause: error });
  }
}

function notBundled(path: string, { place, lineText, message }: BundleFailure): ConfigError {
  const where = place ? showPlace(place) : shortPath(path);
  const shown = place && lineText.length <= 200 ? `\n    ${lineText}\n    ${" ".repeat(place.column - 1)}^` : "";
  const [, missing] = /^Could not resolve "(.+)"$/.exec(message) ?? [];
  if (missing !== undefined) {
    return new ConfigError(
      "MODULE_NOT_FOUND",
      `${where}: there is no file for "${missing}". Mind the path and its ending, such as "./pattern.ts".${shown}`,
    );
  }
  return new ConfigError("SYNTAX", `${where}: ${message}. Mend the line and run again.${shown}`);
}

function notImported(path: string, { files }: Bundle, error: unknown): Error {
  if (error instanceof ConfigError && error.code === "FOLDER_NOT_WRITABLE") return error;
  const message = error instanceof Error ? error.message : String(error);
  const [, name] = /^Cannot find (?:package|module) '(.+?)'/.exec(message) ?? [];
  if (name !== undefined) {
    const where = placeOf(name, path, files);
    return new ConfigError(
      "MODULE_NOT_FOUND",
      `${where}: package "${name}" is not installed. Run "npm install ${name}" in the project.`,
      { cause: error },
    );
  }
  const [, from, wanted] = /^The requested module '(.+?)' does not provide an export named '(.+?)'/.exec(message) ?? [];
  if (from !== undefined) {
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
  if (error instanceof SequiturError || isForeignSequiturError(error)) return located(error, where);
  return new ConfigError(
    "IMPORT_FAILED",
    `${where}: loading the file ended in ${nameOf(error)}: ${message}. Mend the line; nothing was run yet.`,
    { cause: error },
  );
}

function placeOf(specifier: string, path: string, files: readonly string[]): string {
  const place = placeOfQuoted(specifier, files, (file) => readFileSync(file, "utf8"));
  return place ? showPlace(place) : shortPath(path);
}

/** An error of another copy of this package. */
function isForeignSequiturError(error: unknown): error is SequiturError {
  return error instanceof Error && /^(Pattern|Config)Error$/.test(error.name) && "code" in error;
}

function located(error: SequiturError, where: string): SequiturError {
  error.message = `${where}: ${error.message}`;
  return error;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "an exception that is no Error";
}
