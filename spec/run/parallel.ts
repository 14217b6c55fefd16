import { type ChildProcess, spawn } from "node:child_process";
import { resolve as resolvePath } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChildReport, Failure, Message } from "./log.ts";
import { startOrder } from "./order.ts";

export type RunOptions = {
  /** How many files run at the same time, each in its own process. */
  readonly jobs: number;
  /** Limit of a single test, hook or import, unless the file asks for more. */
  readonly limitMs: number;
  /** In CI a leftover `.only` and a skip without a reason are failures. */
  readonly ci: boolean;
  /** Where the processes count which code they run; without it they do not count. */
  readonly countsFolder?: string;
};

/** How one spec file ended. */
export type FileReport = {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
  /** Lines to show although nothing failed. */
  readonly notes: readonly string[];
  readonly output: string;
  readonly elapsedMs: number;
};

/** How the process of one file ended, with or without a report. */
type Ending = {
  readonly report: ChildReport | undefined;
  readonly where: string;
  readonly how: string;
  readonly output: string;
};

/** Past its limit a test that yields has been failed by its own process; one that blocks is killed after this. */
const BLOCKED_GRACE_MS = 3000;
const OUTPUT_LIMIT_CHARS = 200_000;

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));
const CHILD_CONFIG = fileURLToPath(new URL("tsconfig.json", import.meta.url));
const NODE_ARGS = ["--conditions=sequitur-source", "--import", import.meta.resolve("tsx")];

const running = new Set<ChildProcess>();

/**
 * Runs `files`, `options.jobs` at a time, the slowest first. `done` sees the reports in the order of `files`, each as
 * early as possible.
 */
export async function runFiles(
  files: readonly string[],
  options: RunOptions,
  done: (report: FileReport) => void = () => {},
): Promise<readonly FileReport[]> {
  const reports: (FileReport | undefined)[] = files.map(() => undefined);
  const waiting = startOrder(files).values();
  let shown = 0;
  const worker = async (): Promise<void> => {
    for (const index of waiting) {
      reports[index] = await runFile(files[index] ?? "", options);
      for (let report = reports[shown]; report !== undefined; report = reports[++shown]) done(report);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  return reports.filter((report) => report !== undefined);
}

/** Kills what still runs, with everything it has started. */
export function killAll(): void {
  for (const child of running) killGroup(child);
}

async function runFile(file: string, options: RunOptions): Promise<FileReport> {
  const start = performance.now();
  let ending = await runChild(file, options, false);
  if (ending.report !== undefined && ending.report.leaks.length > 0) {
    const again = await runChild(file, options, true);
    if (again.report !== undefined && again.report.leaks.length > 0) ending = again;
  }
  return judge(file, ending, options.ci, performance.now() - start);
}

function runChild(file: string, options: RunOptions, trace: boolean): Promise<Ending> {
  const args = [...NODE_ARGS, CHILD, file, String(options.limitMs), trace ? "trace" : ""];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, TSX_TSCONFIG_PATH: CHILD_CONFIG, ...counting(options) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true, // Its own process group, so that killing it takes along whatever the spec has started.
  });
  running.add(child);
  let output = "";
  let report: ChildReport | undefined;
  let where = "starting";
  let how = "";
  let watchdog: NodeJS.Timeout | undefined;
  const watch = (limitMs: number): void => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      how = `blocked its process for longer than ${limitMs} ms and was killed`;
      killGroup(child);
    }, limitMs + BLOCKED_GRACE_MS);
  };
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_LIMIT_CHARS);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  child.on("message", (message: Message) => {
    if (message.kind === "report") report = message.report;
    else {
      where = message.where;
      watch(message.limitMs);
    }
  });
  watch(options.limitMs);

  return new Promise((resolve) => {
    child.on("exit", (code, signal) => {
      clearTimeout(watchdog);
      killGroup(child);
      running.delete(child);
      if (how === "") how = `ended the process (${signal ?? `exit code ${code}`}) before the file was done`;
    });
    child.on("close", () => resolve({ report, where, how, output }));
    child.on("error", (error) => resolve({ report, where, how: String(error), output }));
  });
}

/** Node's switch; programs that a spec starts inherit it. */
function counting({ countsFolder }: RunOptions): NodeJS.ProcessEnv {
  return countsFolder === undefined ? {} : { NODE_V8_COVERAGE: resolvePath(countsFolder) };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing of the group is left, which is the usual case.
  }
}

function judge(file: string, ending: Ending, ci: boolean, elapsedMs: number): FileReport {
  const { report, output } = ending;
  if (report === undefined) {
    const failures = [{ where: ending.where, what: ending.how }];
    return { file, passed: 0, failed: 1, skipped: 0, failures, notes: [], output, elapsedMs };
  }
  const extra: Failure[] = [];
  const notes = [...report.notes, ...report.skipReasons.map((reason) => `skipped: ${reason}`)];
  if (report.leaks.length > 0) {
    extra.push({ where: "after the last test", what: `still open: ${report.leaks.join("; ")}` });
  }
  if (report.only.length > 0) {
    const what = `.only is left in: ${report.only.join(", ")}`;
    if (ci) extra.push({ where: "file", what });
    else notes.push(`${what}; CI refuses that`);
  }
  if (report.skipped > 0 && report.skipReasons.length === 0 && report.only.length === 0) {
    const what = `${report.skipped} skipped without a reason: call skipBecause(…) of spec/run/ask.ts`;
    if (ci) extra.push({ where: "file", what });
    else notes.push(`${what}; CI refuses that`);
  }
  const { passed, skipped } = report;
  const failures = [...report.failures, ...extra];
  return { file, passed, failed: report.failed + extra.length, skipped, failures, notes, output, elapsedMs };
}
