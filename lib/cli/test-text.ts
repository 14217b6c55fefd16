// What people and scripts are told by sequitur test.
//
//     failed-logins
//       ✓ can match: 6 events are enough
//       ! its test notices 8 of 11 small changes; it does not notice
//           success: next became followedBy

import type { CheckResult } from "../testing/check-result.ts";
import { count, counted, elapsed } from "./figures.ts";

/** A pattern or a service with what came of its checks. */
export type Tested = {
  readonly kind: "pattern" | "service";
  readonly name: string;
  readonly results: readonly CheckResult[];
  readonly hasTests: boolean;
};

export type TestReport = {
  readonly file: string;
  readonly runs: number;
  readonly seed: number;
  readonly tested: readonly Tested[];
  /** How many patterns were to be tested. */
  readonly asked: number;
  /** Whether what is missed or not known counts as failed. */
  readonly isStrict: boolean;
  readonly isStopped: boolean;
  readonly elapsedMs: number;
  /** The command that does the same again. */
  readonly again: string;
};

const MARKS: Readonly<Record<CheckResult["verdict"], string>> = { passed: "✓", failed: "✗", unknown: "?", missed: "!" };

/** A line for each check, below it what there is to show. */
export function testedText({ kind, name, results, hasTests }: Tested): string {
  const lines = results.flatMap(({ verdict, text, details }) => [
    `  ${MARKS[verdict]} ${text}${details.length > 0 ? ":" : ""}`,
    ...details.map((line) => `      ${line}`.trimEnd()),
  ]);
  const hint = hasTests || kind === "service" ? [] : ["  · has no test of its own: see sequitur test --help"];
  return [kind === "service" ? `service ${name}` : name, ...lines, ...hint].join("\n");
}

const LENIENT = "none of this counts as failed; with --strict, what nobody notices and what is not known do";

/** The last lines: how many checks of how many patterns, and how to do the same again. */
export function summaryText(report: TestReport): string {
  const { file, runs, seed, tested, asked, isStrict, isStopped, elapsedMs } = report;
  const { passed, failed, missed, unknown } = countsOf(tested);
  const patterns = tested.filter(({ kind }) => kind === "pattern");
  const subjects = `${counted(patterns.length, "pattern")}${patterns.length < tested.length ? " and the service" : ""}`;
  const parts = [
    `${counted(passed, "check")} passed`,
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(missed > 0 ? [`${count(missed)} with changes that nobody notices`] : []),
    ...(unknown > 0 ? [`${count(unknown)} not known`] : []),
    ...(isStopped ? [`stopped after ${count(patterns.length)} of ${counted(asked, "pattern")}`] : []),
  ];
  const lenient = failed === 0 && missed + unknown > 0 && !isStrict ? `\n${LENIENT}` : "";
  const again = failed > 0 ? `\nthe same again: ${report.again}` : "";
  return `${file}: ${subjects}, ${parts.join(", ")} (${counted(runs, "stream")} each, seed ${seed}) after ${elapsed(elapsedMs)}${lenient}${again}`;
}

/** The same for scripts. */
export function reportJson(report: TestReport): string {
  const { file, runs, seed, tested, asked, isStopped, again } = report;
  const counts = countsOf(tested);
  const patterns = tested.flatMap(({ kind, name, results, hasTests }) =>
    kind === "pattern" ? [{ pattern: name, hasTests, checks: results }] : [],
  );
  const service = tested.find(({ kind }) => kind === "service");
  const ofService = service === undefined ? null : { app: service.name, checks: service.results };
  return JSON.stringify(
    {
      file,
      ok: counts.failed === 0,
      runs,
      seed,
      asked,
      stopped: isStopped,
      again,
      ...counts,
      patterns,
      service: ofService,
    },
    null,
    2,
  );
}

function countsOf(tested: readonly Tested[]): Readonly<Record<CheckResult["verdict"], number>> {
  const verdicts = tested.flatMap(({ results }) => results.map(({ verdict }) => verdict));
  const of = (wanted: CheckResult["verdict"]): number => verdicts.filter((verdict) => verdict === wanted).length;
  return { passed: of("passed"), failed: of("failed"), missed: of("missed"), unknown: of("unknown") };
}

export type TestProgress = {
  /** What is tried: a pattern, or the service. */
  readonly title: string;
  readonly what: string;
  readonly tried: number;
  readonly all: number;
};

/** The line that says how far it is. */
export function progressText({ title, what, tried, all }: TestProgress): string {
  return `${title} · ${what} · ${count(tried)} of ${count(all)}`;
}
