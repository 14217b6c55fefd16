// Runs the command from source, as a process of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../lib/cli/main.ts", import.meta.url));
const TSX = import.meta.resolve("tsx");

/** The words that start the command with node. */
export const FROM_SOURCE: readonly string[] = ["--conditions=sequitur-source", "--import", TSX, MAIN];

export type Result = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type CommandOptions = {
  readonly cwd: string;
  /** Given on standard input, which ends then. */
  readonly stdin?: string | Uint8Array;
  /** When it is killed. */
  readonly withinMs?: number;
  readonly onStart?: (child: ChildProcess) => void;
  /** Called with all that was printed so far, whenever something was. */
  readonly onOutput?: (printed: { readonly stdout: string; readonly stderr: string }, child: ChildProcess) => void;
};

/** Runs `sequitur` with `words` to its end. */
export function sequitur(words: readonly string[], options: CommandOptions): Promise<Result> {
  return execute(process.execPath, [...FROM_SOURCE, ...words], options);
}

/** Runs a program to its end. A program that does not end within a minute, or the time for it, is killed. */
export function execute(
  program: string,
  words: readonly string[],
  { cwd, stdin, withinMs = 60_000, onStart, onOutput }: CommandOptions,
): Promise<Result> {
  const child = spawn(program, words, {
    cwd,
    stdio: ["pipe", "pipe", "pipe"],
    timeout: withinMs,
    env: { ...process.env, NODE_OPTIONS: "", COLUMNS: "200" },
  });
  onStart?.(child);
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
      onOutput?.(printed, child);
    });
  }
  child.stdin.on("error", () => {}); // the command may have ended before it read anything
  if (stdin === undefined) child.stdin.destroy();
  else child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...printed }));
  });
}
