#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";
import { complain, EXIT } from "./failure.ts";

const words = process.argv.slice(2);

// A user's code may throw where nobody waits for it, such as in a timer of a feed.
process.once("uncaughtException", (error) => {
  complain(error, words);
  process.exit(EXIT.failed);
});

const code = await runCommandLine(words);
// A user's module may have left timers or sockets open: do not wait for them.
process.exit(code);
