// sequitur build: one file of a service, tried before it is put where it is to be.
//
//     load and check the service ─▶ bundle ─▶ try the file, under another name ─▶ rename

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { ConfigError } from "../core/errors.ts";
import type { BundleFailure } from "./bundle.ts";
import { findingsOf } from "./check.ts";
import { patternsOf, requireService } from "./exports.ts";
import { EXIT } from "./failure.ts";
import { counted, oneLine, sentence } from "./figures.ts";
import { findFile, LOADABLE, loadModule, notBundled } from "./load.ts";
import { shortPath, showPlace } from "./place.ts";
import { type SingleFile, singleFile } from "./single-file.ts";
import { print } from "./stdout.ts";

export type BuildCommand = {
  /** The file to write; `null`: `dist/<name>.mjs`. */
  readonly out: string | null;
  readonly external: readonly string[];
  readonly minify: boolean;
  /** Whether the service is loaded, and the file tried. */
  readonly check: boolean;
  readonly json: boolean;
};

/**
 * Makes the file, and prints what it is. Resolves with the exit code.
 *
 * @throws {ConfigError} `BAD_OUT`, `SAME_FILE`, `BAD_SERVICE`, `NOT_BUNDLED`, `BUILT_FILE_FAILED`, `OUT_NOT_WRITABLE`, and whatever
 *   loading a module throws. Nothing was written then.
 */
export async function build(given: string, { check, json, ...command }: BuildCommand): Promise<number> {
  const file = findFile(given, LOADABLE);
  const out = outOf(file, command.out);
  if (check) await requireSound(given);
  const made = await singleFile({ ...command, file, out });
  if ("message" in made) throw notMade(file, made);
  if (made.files.includes(out)) throw sameFile(out);
  const picture = pictureOf(out, made);
  write(out, made, check);
  await print(json ? `${JSON.stringify(picture, null, 2)}\n` : describe(picture));
  return EXIT.fine;
}

function outOf(file: string, given: string | null): string {
  const out = given ?? join("dist", `${basename(file, extname(file))}.mjs`);
  if (extname(out) === ".mjs") return resolve(out);
  throw new ConfigError("BAD_OUT", `--out ${out}: the file is an ES module, so its name has to end in .mjs.`);
}

/** @throws {ConfigError} `NO_SERVICE`, `BAD_SERVICE`, and whatever loading a module throws. */
async function requireSound(given: string): Promise<void> {
  const module = await loadModule(given);
  const service = requireService(module);
  const found = findingsOf({ path: module.path, patterns: patternsOf(module), service, tests: [] });
  const errors = found.flatMap(({ problems }) => problems).filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return;
  const path = shortPath(module.path);
  const message = `${path} has ${counted(errors.length, "error")}: ${sentence(first.message)} See "sequitur check ${path}".`;
  throw new ConfigError("BAD_SERVICE", message);
}

/** Under its name there is only ever a whole file that was tried. */
function write(out: string, { code, map }: SingleFile, check: boolean): void {
  const folder = dirname(out);
  const unproven = join(folder, `.${basename(out, ".mjs")}.unproven.mjs`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(unproven, code);
    if (check) tryOut(unproven);
    writeFileSync(`${out}.map`, map);
    renameSync(unproven, out);
  } catch (error) {
    if (existsSync(unproven)) rmSync(unproven);
    if (error instanceof ConfigError) throw error;
    const message = `${shortPath(out)} cannot be written: ${(error as Error).message}. Choose another path with --out.`;
    throw new ConfigError("OUT_NOT_WRITABLE", message, { cause: error });
  }
}

const TRY_WITHIN_MS = 60_000;

/** Has the file load itself, and test its kafkajs. @throws {ConfigError} `BUILT_FILE_FAILED` */
function tryOut(file: string): void {
  const options = { encoding: "utf8", timeout: TRY_WITHIN_MS } as const;
  const { status, stderr, error } = spawnSync(process.execPath, [file, "check", "--json"], options);
  if (status === EXIT.fine) return;
  const said = error?.message ?? messageIn(stderr);
  throw new ConfigError(
    "BUILT_FILE_FAILED",
    `the service runs as it is, but not in one file: ${sentence(oneLine(said, 600))} If a package looks for files of its own, leave it out with --external <package>, and install it where the file runs.`,
  );
}

/** What the file said: a line of JSON with an error, or what Node says before that. */
function messageIn(stderr: string): string {
  try {
    return String((JSON.parse(stderr) as { error: { message: unknown } }).error.message);
  } catch {
    return /^\w*Error\b.*$/m.exec(stderr)?.[0] ?? stderr;
  }
}

function notMade(file: string, failure: BundleFailure): ConfigError {
  const [, name] = /^Could not resolve "([^./][^"]*)"/.exec(failure.message) ?? [];
  const where = failure.place ? `${showPlace(failure.place)}: ` : "";
  if (name !== undefined) {
    const remedy = `Run "npm install ${name}" in the project, or leave it out with --external ${name}.`;
    return new ConfigError("NOT_BUNDLED", `${where}package "${name}" is not installed. ${remedy}`);
  }
  if (failure.message.startsWith("No loader is configured")) {
    const message = `${where}a package has parts that are no JavaScript: ${sentence(oneLine(failure.message, 300))} Leave it out with --external <package>, and install it where the file runs.`;
    return new ConfigError("NOT_BUNDLED", message);
  }
  return notBundled(file, failure);
}

function sameFile(out: string): ConfigError {
  const path = shortPath(out);
  return new ConfigError("SAME_FILE", `--out ${path}: the service itself uses this file. Choose another path.`);
}

type Picture = {
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  readonly map: string;
  readonly mapBytes: number;
  /** Packages that have to be installed where it runs. */
  readonly outside: readonly string[];
  /** Files of the user that ask where they are. */
  readonly placed: readonly string[];
};

function pictureOf(out: string, { code, map, outside, files }: SingleFile): Picture {
  return {
    file: shortPath(out),
    bytes: Buffer.byteLength(code),
    gzipBytes: gzipSync(code).length,
    map: shortPath(`${out}.map`),
    mapBytes: Buffer.byteLength(map),
    outside,
    placed: files.filter((file) => readFileSync(file, "utf8").includes("import.meta")).map(shortPath),
  };
}

function describe({ file, bytes, gzipBytes, map, mapBytes, outside, placed }: Picture): string {
  return [
    `${file}: ${megabytes(bytes)}, ${megabytes(gzipBytes)} compressed`,
    `${map}: ${megabytes(mapBytes)}, for places in error messages`,
    ...outside.map((name) => `It needs the package "${name}" to be installed where it runs.`),
    ...placed.map(
      (path) =>
        `${path} uses import.meta, which is the place of the built file there: what is read by it has to lie beside that.`,
    ),
    `It runs where Node 20.19 or newer is: node --enable-source-maps ${file}`,
    "",
  ].join("\n");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
