import { inspect } from "node:util";

/** Something that must not happen in a spec file; `where` is "suite › test", or a phase of the file. */
export type Failure = { readonly where: string; readonly what: string };

/** A test is `waiting` until uvu has called it; one that still waits at the end was swallowed by a hook. */
export type TestLog = { readonly name: string; readonly only: boolean; state: "waiting" | "passed" | "failed" };

/** What one `suite(…)` of the file has registered and done. */
export type SuiteLog = {
  readonly title: string;
  /** Registered since the last `.run()`; nobody will call these unless `.run()` follows. */
  pending: TestLog[];
  readonly queued: TestLog[];
  skipped: number;
  current: TestLog | undefined;
};

/** Everything a child process knows about its one spec file, told to the parent at the end. */
export type ChildReport = {
  readonly passed: number;
  /** Tests that did not pass, plus everything else that went wrong, one each. */
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
  readonly only: readonly string[];
  readonly skipReasons: readonly string[];
  readonly notes: readonly string[];
  readonly leaks: readonly string[];
};

/** What a child tells its parent on the way: where it is (for the watchdog), its time limit, the report. */
export type Message =
  | { readonly kind: "at"; readonly where: string; readonly limitMs: number }
  | { readonly kind: "report"; readonly report: ChildReport };

/** The log of the one spec file that this process runs. Outside a child process nothing reads it. */
export const log = {
  suites: [] as SuiteLog[],
  /** Failures that belong to a test, which is counted as failed already. */
  testFailures: [] as Failure[],
  /** Failures of the file itself, each counted once. */
  fileFailures: [] as Failure[],
  skipReasons: [] as string[],
  notes: [] as string[],
  limitMs: 60_000,
  where: "",
};

/** Notes where the file is and tells the parent, which names it if the process hangs or dies there. */
export function at(where: string): void {
  log.where = where;
  tell({ kind: "at", where, limitMs: log.limitMs });
}

export function tell(message: Message, sent: () => void = () => {}): void {
  if (process.send === undefined) sent();
  else process.send(message, undefined, {}, sent);
}

/** The thrown value as an Error: uvu's own report breaks, silently, on anything else. */
export function toError(thrown: unknown): Error {
  const error = thrown instanceof Error ? thrown : new Error(`threw ${inspect(thrown)}, which is no Error`);
  // uvu prints the message, then the stack without its first line.
  error.stack = [firstLine(error), ...placesOf(error)].join("\n");
  return error;
}

/** The message and the places in the project that led there. */
export function describe(error: Error): string {
  return [`${error.name}: ${error.message}`, ...placesOf(error)].join("\n");
}

/** The message in one line, for a failure whose whole text uvu has printed. */
export function firstLine(error: Error): string {
  return error.message.split("\n").find((line) => line.trim() !== "") ?? error.name;
}

function placesOf(error: Error): string[] {
  const noise = /\bnode:|node_modules|\/spec\/run\/[\w-]+\.ts|new Promise \(<anonymous>\)/;
  return (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line) && !noise.test(line));
}

/** Closes the books: every registered test is passed, skipped or failed, and nothing is dropped silently. */
export function toReport(leaks: readonly string[]): ChildReport {
  const only = log.suites.flatMap((suite) => chosen(suite).map((test) => `${suite.title} › ${test.name}`));
  let passed = 0;
  let failedTests = 0;
  let skipped = 0;
  for (const suite of log.suites) {
    const run = chosen(suite).length > 0 ? chosen(suite) : suite.queued;
    const good = run.filter((test) => test.state === "passed").length;
    passed += good;
    failedTests += run.length - good;
    skipped += suite.skipped + (suite.queued.length - run.length);
    const swallowed = run.filter((test) => test.state === "waiting").map((test) => `"${test.name}"`);
    if (swallowed.length > 0) {
      log.testFailures.push({ where: suite.title, what: `did not run: ${swallowed.join(", ")}` });
    }
    if (suite.pending.length > 0) log.fileFailures.push({ where: suite.title, what: neverRun(suite) });
    // The nameless suite exists in every file, used or not.
    const isEmpty = suite.queued.length + suite.pending.length + suite.skipped === 0;
    if (isEmpty && suite.title !== "") log.fileFailures.push({ where: suite.title, what: "has no test." });
  }
  if (passed + failedTests + skipped === 0 && log.fileFailures.length === 0) {
    log.fileFailures.push({ where: "file", what: 'runs no test. A spec ends each suite with ".run()".' });
  }
  return {
    passed,
    failed: failedTests + log.fileFailures.length,
    skipped,
    // uvu calls an after.each hook that threw a second time.
    failures: [...log.fileFailures, ...unique(log.testFailures)],
    only,
    skipReasons: log.skipReasons,
    notes: log.notes,
    leaks,
  };
}

function chosen(suite: SuiteLog): TestLog[] {
  return suite.queued.filter((test) => test.only);
}

function unique(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [`${failure.where} ${failure.what}`, failure])).values()];
}

function neverRun(suite: SuiteLog): string {
  const names = suite.pending.map((test) => `"${test.name}"`).join(", ");
  return `no ".run()" follows ${names}: without it uvu runs nothing and reports success.`;
}
