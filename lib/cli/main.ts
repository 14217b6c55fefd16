#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";
import { complain, EXIT, endedEarly } from "./failure.ts";

const words = process.argv.slice(2);
let isOver = false;

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
end(await runCommandLine(words));

function breakOff(error: unknown): never {
  complain(error, words);
  end(EXIT.failed);
}

function end(code: number): never {
  isOver = true;
  process.exit(code);
}
