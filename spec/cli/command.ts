// Runs the command from source, as a process of its own.

import { fileURLToPath } from "node:url";
import { type ExecuteOptions, execute, FROM_SOURCE, type Result } from "../run/execute.ts";

/** The words that start the command with node. */
export const SEQUITUR: readonly string[] = [
  ...FROM_SOURCE,
  fileURLToPath(new URL("../../lib/cli/main.ts", import.meta.url)),
];

/** Runs `sequitur` with `words` to its end. */
export function sequitur(words: readonly string[], options: ExecuteOptions): Promise<Result> {
  return execute(process.execPath, [...SEQUITUR, ...words], options);
}
