// sequitur test: what can be tried of the patterns of a service, with the tests that their author gives, and without.
//
//     load ─▶ plan ─▶ for each pattern, then the service: checks ─▶ text ─▶ summary

import { compile } from "../automaton/compile.ts";
import { ConfigError } from "../core/errors.ts";
import type { Pattern } from "../pattern/pattern.ts";
import type { checkupOfService } from "../service/checkup.ts";
import type { CheckResult, CheckupOptions } from "../testing/check-result.ts";
import type { checkup } from "../testing/checkup.ts";
import type { PatternTest } from "../testing/pattern-test.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { EXIT } from "./failure.ts";
import { oneLine } from "./figures.ts";
import { shortPath } from "./place.ts";
import { createScreen, type Screen } from "./screen.ts";
import { listenForSignals } from "./signals.ts";
import { print } from "./stdout.ts";
import { chosenPatterns, loadSubject, type Subject } from "./subject.ts";
import { planOf, type TestPlan, type TestPlanOptions } from "./test-plan.ts";
import { progressText, reportJson, summaryText, type Tested, type TestReport, testedText } from "./test-text.ts";

export type TestCommand = TestPlanOptions & {
  readonly json: boolean;
  readonly strict: boolean;
};

const STOPPING = "stopping: what has been tested is told; Ctrl-C again leaves at once";

/** Tests the patterns in `file`, or the one called `name`. Resolves with the exit code. */
export async function test(
  file: string,
  name: string | undefined,
  command: TestCommand,
  clock: Clock = systemClock,
): Promise<number> {
  const subject = await loadSubject(file);
  const patterns = chosenPatterns(subject, name);
  const plan = await planOf(subject, patterns, command);
  for (const pattern of patterns) compile(pattern); // a pattern that is refused is not tested, nor are the others
  const kit = await loadKit();
  const screen = createScreen(process.stderr, process.stdout);
  const signals = listenForSignals(
    () => screen.note(STOPPING),
    () => screen.clear(),
  );
  try {
    const startedAt = clock.now();
    const work: Work = { plan, screen, clock, signal: signals.signal, json: command.json };
    const tested = await testAll(tryingsOf(subject, patterns, name === undefined, plan, kit), work);
    const report: TestReport = {
      file: shortPath(subject.path),
      ...plan,
      tested,
      asked: patterns.length,
      isStrict: command.strict,
      isStopped: signals.signal.aborted,
      elapsedMs: clock.now() - startedAt,
      again: againWith(file, name, command, plan),
    };
    screen.clear();
    await print(`${command.json ? reportJson(report) : summaryText(report)}\n`);
    return exitCode(report);
  } finally {
    signals.release();
  }
}

/** With seed and size, so that it does the same if another version has other defaults. */
function againWith(
  file: string,
  name: string | undefined,
  { tests, events }: TestPlanOptions,
  { seed, runs }: TestPlan,
): string {
  const words = [
    file,
    ...(name === undefined ? [] : [name]),
    ...tests.flatMap((each) => ["--tests", each]),
    ...(events === null ? [] : ["--events", events]),
  ];
  return `sequitur test ${words.join(" ")} --seed ${seed} --runs ${runs}`;
}

type Kit = { readonly checkup: typeof checkup; readonly checkupOfService: typeof checkupOfService };

/** Streams are made with fast-check, which is the user's own, and loaded by nobody else. @throws {ConfigError} `FAST_CHECK_MISSING` */
async function loadKit(): Promise<Kit> {
  try {
    return { ...(await import("../testing/checkup.ts")), ...(await import("../service/checkup.ts")) };
  } catch (error) {
    if (!String((error as Error).message).includes("'fast-check'")) throw error;
    throw new ConfigError(
      "FAST_CHECK_MISSING",
      'streams are made with the package fast-check, which is not installed. Run "npm install --save-dev fast-check" in the project.',
      { cause: error },
    );
  }
}

/** Something to be tried, and how it is called while it is. */
type Trying = Omit<Tested, "results"> & {
  readonly title: string;
  readonly check: (options: CheckupOptions) => AsyncIterable<CheckResult>;
  readonly tests: readonly PatternTest[];
};

/** The patterns one after the other; then the service, if all of it is to be tested. */
function tryingsOf(
  { service }: Subject,
  patterns: readonly Pattern[],
  isAll: boolean,
  plan: TestPlan,
  kit: Kit,
): readonly Trying[] {
  const tryings: Trying[] = patterns.map((pattern, index) => {
    const tests = plan.tests.filter((each) => each.pattern.name === pattern.name);
    return {
      kind: "pattern",
      name: pattern.name,
      title: `pattern ${index + 1} of ${patterns.length}: ${pattern.name}`,
      hasTests: tests.length > 0,
      tests,
      check: (options) => kit.checkup(pattern, options),
    };
  });
  if (service === null || !isAll) return tryings;
  const title = `service ${service.app}`;
  const check: Trying["check"] = (options) => kit.checkupOfService(service, options);
  return [...tryings, { kind: "service", name: service.app, title, hasTests: false, tests: [], check }];
}

type Work = {
  readonly plan: TestPlan;
  readonly screen: Screen;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly json: boolean;
};

/** Tests one after the other, and shows each when it is done. */
async function testAll(tryings: readonly Trying[], work: Work): Promise<readonly Tested[]> {
  const { plan, screen, signal, json } = work;
  const all: Tested[] = [];
  for (const { kind, name, title, hasTests, tests, check } of tryings) {
    const results: CheckResult[] = [];
    for await (const result of check({ ...plan, tests, signal, ...pacing(title, work) })) results.push(result);
    if (signal.aborted && results.length === 0) break;
    const tested = { kind, name, results, hasTests };
    all.push(tested);
    if (!json) await screen.above(() => print(`${testedText(tested)}\n`));
    if (signal.aborted) break;
  }
  return all;
}

/** How often the line that says how far it is is written: on a terminal, and elsewhere. */
const LIVE_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5_000;

/** Progress, now and then; a breath for signals. */
function pacing(title: string, { clock, screen }: Work): Pick<CheckupOptions, "onProgress" | "breathe"> {
  const everyMs = screen.live ? LIVE_EVERY_MS : PLAIN_EVERY_MS;
  let toldAt = clock.now();
  return {
    onProgress: (what, tried, all) => {
      if (clock.now() - toldAt < everyMs) return;
      toldAt = clock.now();
      const line = progressText({ title, what, tried, all });
      // A line that is too long for the terminal could not be taken away again.
      screen.status(screen.live ? oneLine(line, screen.columns() - 1) : line);
    },
    breathe: clock.breathe,
  };
}

function exitCode({ tested, isStrict, isStopped }: TestReport): number {
  const verdicts = tested.flatMap(({ results }) => results.map(({ verdict }) => verdict));
  const counts = isStrict ? ["failed", "missed", "unknown"] : ["failed"];
  if (verdicts.some((verdict) => counts.includes(verdict))) return EXIT.failed;
  return isStopped ? EXIT.killed : EXIT.fine;
}
