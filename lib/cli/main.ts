#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";

const code = await runCommandLine(process.argv.slice(2));
// A user's module may have left timers or sockets open: do not wait for them.
process.exit(code);
