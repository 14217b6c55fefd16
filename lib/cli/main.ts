#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";
import { runToEnd } from "./to-end.ts";

await runToEnd(runCommandLine);
