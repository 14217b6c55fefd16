// The files of a run must not get into each other's way.

import { fstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ConfigError } from "../core/errors.ts";

export type RunFiles = {
  /** `[topic=]path`, each. */
  readonly inputs: readonly string[];
  /** JSON lines of alerts; `-`: standard output; `null`: text for people on standard output. */
  readonly output: string | null;
  /** Events that came too late; `null`: they are only counted. */
  readonly late: string | null;
  readonly deadLetters: string | null;
};

/**
 * Refuses a run that would write over what it reads, over its own code, or twice to one place.
 *
 * @param code paths of the user's files that make the service.
 * @throws {ConfigError} `OUTPUT_IS_INPUT`, `OUTPUT_IS_CODE`, `OUTPUT_TWICE`
 */
export function refuseSameFile({ inputs, output, late, deadLetters }: RunFiles, code: readonly string[]): void {
  const read = inputs.flatMap((input) => [input, input.slice(input.indexOf("=") + 1)]).map(inputIdentity);
  const made = code.map((path) => identityOf(statOf(path)));
  const written = [output ?? "-", late, deadLetters].filter((path) => path !== null);
  for (const path of written) {
    const identity = path === "-" ? identityOf(statOfOpen(1)) : identityOf(statOf(path));
    if (identity === null) continue;
    const name = path === "-" ? "standard output" : path;
    if (read.includes(identity)) {
      throw new ConfigError(
        "OUTPUT_IS_INPUT",
        `${name} is read and would be overwritten: give another file to write to.`,
      );
    }
    if (made.includes(identity)) {
      throw new ConfigError(
        "OUTPUT_IS_CODE",
        `${name} is a part of the service and would be overwritten: give another file to write to.`,
      );
    }
  }
  const places = written.filter((path) => statOf(path)?.isCharacterDevice() !== true).map(placeOf); // /dev/null has room for all
  if (new Set(places).size === places.length) return;
  throw new ConfigError(
    "OUTPUT_TWICE",
    "alerts, late events and dead letters cannot share a file or standard output: give each its own place.",
  );
}

function inputIdentity(path: string): string | null {
  return identityOf(path === "-" ? statOfOpen(0) : statOf(path));
}

/** Tells files apart even where they have several names; `null`: there is no such file. */
function identityOf(stat: Stats | undefined): string | null {
  return stat?.isFile() ? `${stat.dev}:${stat.ino}` : null;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined; // whoever opens it says why
  }
}

function statOfOpen(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined; // closed
  }
}

/** Where a path leads, whether anything is there yet or not. */
function placeOf(path: string): string {
  if (path === "-") return path;
  const full = resolve(path);
  return realPathOf(full) ?? join(realPathOf(dirname(full)) ?? dirname(full), basename(full));
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
