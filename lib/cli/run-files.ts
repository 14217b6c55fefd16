// The files of a run must not get into each other's way.

import { statSync } from "node:fs";
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

/** @throws {ConfigError} `OUTPUT_IS_INPUT`, `OUTPUT_TWICE` */
export function refuseSameFile({ inputs, output, late, deadLetters }: RunFiles): void {
  const read = inputs.flatMap((input) => [input, input.slice(input.indexOf("=") + 1)]).map(identityOf);
  const written = [output, late, deadLetters].filter((path) => path !== null && path !== "-");
  for (const path of written) {
    const identity = identityOf(path ?? "");
    if (identity === null || !read.includes(identity)) continue;
    throw new ConfigError(
      "OUTPUT_IS_INPUT",
      `${path} is read and would be overwritten: give another file to write to.`,
    );
  }
  if (new Set(written).size === written.length) return;
  throw new ConfigError("OUTPUT_TWICE", `alerts, late events and dead letters cannot share a file: give each its own.`);
}

/** Tells files apart even where they have several names; `null`: there is no such file. */
function identityOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.dev}:${stat.ino}` : null;
}
