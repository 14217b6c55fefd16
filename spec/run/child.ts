// The program of a child process: runs the one spec file that it is given and reports to its parent.
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { describeLeaks, traceHandles } from "./leaks.ts";
import { at, describe, log, tell, toError, toReport } from "./log.ts";
import { drained, settle } from "./settle.ts";

/** How long sockets and timers may take to close after the last test. */
const GRACE_MS = 1000;

// uvu's contract with a runner: it queues suites instead of running them, and a suite's run gives its failures as text.
type UvuSuite = () => Promise<readonly [errors: string | true, ...unknown[]]>;
const queue: UvuSuite[] = [];
Object.assign(globalThis, { UVU_DEFER: 1, UVU_QUEUE: [queue] });

const [file = "", limitMs = "60000", trace = ""] = process.argv.slice(2);
log.limitMs = Number(limitMs);
// Only this process maps "uvu" to our observer; programs started by a spec get the real one.
delete process.env["TSX_TSCONFIG_PATH"];

// In CI laws draw the same cases every time, so that a red build is the change's doing; elsewhere they draw new ones.
if (process.env["CI"] === "true") fc.configureGlobal({ seed: 20_260_101 });

const exit = process.exit.bind(process);
process.exit = (code) => {
  const error = new Error(`process.exit(${code ?? ""}) was called inside a spec`);
  failFile(error);
  throw error;
};
process.on("disconnect", () => exit(1)); // The parent was killed.
process.channel?.unref();
process.on("unhandledRejection", (reason) => failFile(reason, "a rejection that nobody handles: "));
process.on("uncaughtException", (error) => failFile(error, "an exception that nobody catches: "));

if (trace === "trace") traceHandles();
void main();

async function main(): Promise<void> {
  at("loading the file");
  try {
    await settle(
      () => import(pathToFileURL(file).href),
      () => log.limitMs,
    );
    for (const run of queue) await runSuite(run);
  } catch (error) {
    failFile(error);
  }
  at("after the last test");
  const leaks = (await drained(GRACE_MS)) ? [] : describeLeaks();
  tell({ kind: "report", report: toReport(leaks) }, () => exit(0));
}

async function runSuite(run: UvuSuite): Promise<void> {
  try {
    const [errors] = await run();
    process.stdout.write(errors === true ? "" : `\n${errors}\n`);
  } catch {
    // Only an `after` hook escapes from uvu, and the observer has noted it.
  }
}

function failFile(thrown: unknown, prefix = ""): void {
  log.fileFailures.push({ where: log.where, what: `${prefix}${describe(toError(thrown))}` });
}
