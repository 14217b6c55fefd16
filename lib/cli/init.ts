// sequitur init: a new project that passes its own test and runs.

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { ConfigError, invariant } from "../core/errors.ts";
import { EXIT } from "./failure.ts";
import { counted } from "./figures.ts";
import { print } from "./stdout.ts";
import { templateFiles } from "./template.ts";

export type InitCommand = {
  readonly force: boolean;
  /** A packed tarball or a folder to depend on instead of the registry. */
  readonly from: string | null;
};

/**
 * Makes a project in `folder` and prints what to do next. Resolves with the exit code.
 *
 * @throws {ConfigError} `FOLDER_NOT_EMPTY`, `NOT_A_FOLDER`, `FOLDER_NOT_WRITABLE`, `NO_SUCH_PACKAGE`
 */
export async function init(folder: string, { force, from }: InitCommand): Promise<number> {
  const own = ownPackage();
  const target = resolve(folder);
  const sequitur = from === null ? own.version : `file:${packagePath(from, target)}`;
  const files = templateFiles({
    name: projectName(target),
    sequitur,
    versionOf: (name) => exactVersion(own, name),
  });
  const inTheWay = entriesIn(folder, target);
  if (inTheWay.length > 0 && !force) throw notEmpty(folder, inTheWay);
  const replaced = files.filter(({ path }) => inTheWay.includes(path)).map(({ path }) => path);
  try {
    mkdirSync(target, { recursive: true });
    for (const { path, content } of files) writeFileSync(join(target, path), content);
  } catch (error) {
    throw notWritable(folder, error);
  }
  const overwritten = replaced.length > 0 ? `Overwrote ${replaced.join(", ")}.\n` : "";
  await print(`${overwritten}${nextSteps(shellWord(folder), files.length, from === null ? own.version : null)}`);
  return EXIT.fine;
}

type OwnPackage = { readonly version: string; readonly devDependencies: Readonly<Record<string, string>> };

function ownPackage(): OwnPackage {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as OwnPackage;
}

function projectName(target: string): string {
  const name = basename(target)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[._-]+|-+$/g, "");
  return name === "" || name === "sequitur" ? "my-rules" : name;
}

/** What is in the folder already, but for version control. */
function entriesIn(folder: string, target: string): readonly string[] {
  if (!existsSync(target)) return [];
  if (!statSync(target).isDirectory())
    throw new ConfigError("NOT_A_FOLDER", `${folder} is a file: give a folder that is empty or does not exist.`);
  try {
    return readdirSync(target)
      .filter((name) => name !== ".git")
      .sort();
  } catch (error) {
    throw notWritable(folder, error);
  }
}

function notWritable(folder: string, error: unknown): ConfigError {
  const message = `${folder} cannot be written: ${(error as Error).message}. Choose a folder of yours.`;
  return new ConfigError("FOLDER_NOT_WRITABLE", message, { cause: error });
}

function notEmpty(folder: string, entries: readonly string[]): ConfigError {
  const shown = entries.length > 10 ? [...entries.slice(0, 10), `and ${entries.length - 10} more`] : entries;
  const message = `${folder} is not empty: there are ${shown.join(", ")}. Choose another folder, or write into this one with --force, over files of the same name.`;
  return new ConfigError("FOLDER_NOT_EMPTY", message);
}

/** The path to depend on, as seen from the project. */
function packagePath(from: string, target: string): string {
  const path = resolve(from);
  if (!existsSync(path))
    throw new ConfigError(
      "NO_SUCH_PACKAGE",
      `--from ${from}: there is no such file or folder. Make a tarball with "npm pack" in a checkout of sequitur.`,
    );
  if (statSync(path).isDirectory() && !existsSync(join(path, "dist", "index.js"))) {
    throw new ConfigError(
      "NO_SUCH_PACKAGE",
      `--from ${from}: this folder holds no built package. Run "npm run build" in it, or give a tarball made with "npm pack".`,
    );
  }
  return relative(target, path).replaceAll("\\", "/");
}

/** A path as a shell takes it: in quotes where it would fall apart otherwise. */
function shellWord(path: string): string {
  const plain = path.startsWith("-") ? `./${path}` : path;
  return /^[\p{L}\p{N}_./:@%+,~\\-]+$/u.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}

/** `folder` as a shell takes it. */
function nextSteps(folder: string, files: number, registryVersion: string | null): string {
  const published =
    registryVersion === null
      ? ""
      : `
sequitur ${registryVersion} is not published to the npm registry yet, so "npm install" will not find it there. Until it is, make a
tarball with "npm pack" in a checkout and begin again with "sequitur init ${folder} --force --from <path>/sequitur-${registryVersion}.tgz".
`;
  return `${folder} is ready: ${counted(files, "file")}. Next:

  cd ${folder}
  npm install
  npm test       # types, examples and laws of the pattern
  npm start      # alerts on made-up events, until Ctrl-C
${published}`;
}

/** The version this package itself is tested with. */
function exactVersion({ devDependencies }: OwnPackage, name: string): string {
  const version = devDependencies[name];
  invariant(version !== undefined, `that package.json names ${name} among its devDependencies`);
  return version;
}
