// One process, from its words to its exit code, whatever the code of a user does to it on the way.

import { complain, EXIT, endedEarly } from "./failure.ts";

/** Does `work` with the words of the command line, and ends the process with the code that it gives. */
export async function runToEnd(work: (words: readonly string[]) => Promise<number>): Promise<never> {
  const words = process.argv.slice(2);
  let isOver = false;
  const end = (code: number): never => {
    isOver = true;
    process.exit(code);
  };
  const breakOff = (error: unknown): never => {
    complain(error, words);
    return end(EXIT.failed);
  };
  // A user's code may throw where nobody waits for it, such as in a timer of a feed.
  process.once("uncaughtException", breakOff);
  process.once("unhandledRejection", breakOff);
  // It may also end the process, or wait for what never comes; then this is all that is left to do.
  process.once("exit", (code) => {
    if (isOver || code === EXIT.killed) return;
    complain(endedEarly(Number(process.exitCode ?? code)), words);
    process.exitCode = EXIT.failed;
  });
  // Progress and complaints that nobody reads are no reason to stop.
  process.stderr.on("error", () => {});
  // A user's module may have left timers or sockets open: do not wait for them.
  return end(await work(words));
}
