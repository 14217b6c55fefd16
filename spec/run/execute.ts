// Runs a program as a process of its own, from its start to its end.

import { type ChildProcess, spawn } from "node:child_process";

/** The words that start a file of the project with node. */
export const FROM_SOURCE: readonly string[] = ["--conditions=sequitur-source", "--import", import.meta.resolve("tsx")];

export type Result = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

type Printed = Pick<Result, "stdout" | "stderr">;

export type ExecuteOptions = {
  /** Where it runs; left out: here. */
  readonly cwd?: string;
  /** Beside the variables that there are; `undefined` takes one away. */
  readonly env?: NodeJS.ProcessEnv;
  /** Given on standard input, which ends then. */
  readonly stdin?: string | Uint8Array;
  /** When it is killed. Default a minute. */
  readonly withinMs?: number;
  /** Once this was printed, it and all that it has started is interrupted, as somebody at the keyboard does it. */
  readonly interruptAt?: RegExp;
  readonly onStart?: (child: ChildProcess) => void;
  /** Called with all that was printed so far, whenever something was. */
  readonly onOutput?: (printed: Printed, child: ChildProcess) => void;
};

/** Runs a program to its end. */
export function execute(program: string, words: readonly string[], options: ExecuteOptions = {}): Promise<Result> {
  const { cwd = process.cwd(), env, stdin, withinMs = 60_000, interruptAt, onStart, onOutput } = options;
  const child = spawn(program, words, {
    cwd,
    stdio: ["pipe", "pipe", "pipe"],
    timeout: withinMs,
    env: { ...process.env, NODE_OPTIONS: "", COLUMNS: "200", ...env },
    detached: interruptAt !== undefined, // A process group of its own.
  });
  onStart?.(child);
  const printed = { stdout: "", stderr: "" };
  let isInterrupted = interruptAt === undefined;
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
      onOutput?.(printed, child);
      if (isInterrupted || !interruptAt?.test(printed[name])) return;
      isInterrupted = true;
      process.kill(-(child.pid as number), "SIGINT");
    });
  }
  child.stdin.on("error", () => {}); // It may have ended before it read anything.
  if (stdin === undefined) child.stdin.destroy();
  else child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...printed }));
  });
}
