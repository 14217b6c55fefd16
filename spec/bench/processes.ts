// The processes of contenders, seen from the command: each workload of each contender has one of its own, so that neither
// heaps nor what a compiler has learnt mix. A line is asked, a line of JSON is the answer; they run only while they are asked.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { bundle } from "../run/bundle.ts";

/** A contender at work on a workload. */
export type Bench = {
  /** The first line it said. */
  readonly ready: unknown;
  /** @throws {Error} if it ends instead of answering, or does not answer within `withinMs`. */
  readonly ask: (line: string, withinMs: number) => Promise<unknown>;
  readonly stop: () => void;
};

export type Program = { readonly path: string; readonly words: readonly string[] };

const READY_WITHIN_MS = 300_000;

/** Starts a program that works as `contender-process.ts` says. It is killed when `signal` is aborted. */
export async function startBench(program: Program, signal: AbortSignal): Promise<Bench> {
  const { NODE_V8_COVERAGE: _counts, NODE_OPTIONS: _options, ...env } = process.env;
  const child = spawn(program.path, program.words, {
    stdio: ["pipe", "pipe", "pipe"],
    env,
    signal,
    killSignal: "SIGKILL",
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4_000);
  });
  child.stdin.on("error", () => {}); // It ended: the answer that does not come says so.
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code, killedBy) => reject(new Error(`It ended with ${killedBy ?? code}. ${lastLines(said)}`)));
  });
  ended.catch(() => {});
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (withinMs: number): Promise<unknown> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`It gave no answer within ${withinMs / 1_000} s.`)), withinMs);
    });
    try {
      const line = await Promise.race([lines.next(), late]);
      return line.done === true ? await ended : JSON.parse(line.value);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    ready: await next(READY_WITHIN_MS),
    ask(line, withinMs) {
      child.stdin.write(`${line}\n`);
      return next(withinMs);
    },
    stop: () => void child.kill("SIGKILL"),
  };
}

/** The last of what a program said before it ended. */
function lastLines(said: string): string {
  const lines = said.split("\n").filter((line) => /[a-z]{3}/i.test(line));
  return lines.slice(0, 3).join(" ").slice(0, 300);
}

export type Bundle = { readonly program: (words: readonly string[]) => Program; readonly remove: () => void };

/**
 * The contenders of this language as one file of plain JavaScript, as a package would hold them: nothing is compiled while
 * they run, and names of functions are not kept at the cost of speed.
 */
export async function bundleContenders(): Promise<Bundle> {
  const { path, remove } = await bundle("bench", new URL("contender-process.ts", import.meta.url));
  return {
    program: (words) => ({
      path: process.execPath,
      words: ["--max-old-space-size=6144", path, ...words],
    }),
    remove,
  };
}
