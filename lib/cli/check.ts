// sequitur check: everything that is wrong with a service and its patterns, at once; with --brokers also with the cluster that
// it is to run on.

import { compile } from "../automaton/compile.ts";
import { ConfigError, describeProblems, PatternError, type Problem } from "../core/errors.ts";
import { checkPattern } from "../pattern/checks/checks.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { checkService } from "../service/check.ts";
import { kafkaOf } from "../service/kafka-of.ts";
import type { PreflightReport } from "../service/preflight.ts";
import { systemClock } from "../time/clock.ts";
import { clusterText } from "./check-text.ts";
import { EXIT } from "./failure.ts";
import { counted } from "./figures.ts";
import { shortPath } from "./place.ts";
import { print } from "./stdout.ts";
import type { Subject } from "./subject.ts";

export type CheckCommand = {
  readonly json: boolean;
  readonly strict: boolean;
  /** Of the cluster to test, too. */
  readonly brokers: string | null;
};

/** What was found about a pattern, a service, or the cluster for it. */
export type Finding = {
  readonly what: "pattern" | "service" | "cluster";
  readonly name: string;
  readonly problems: readonly Problem[];
};

/** Checks `subject` and prints what it found. Resolves with the exit code: 2 if anything is an error, or with `strict` a warning. */
export async function check(subject: Subject, { json, strict, brokers }: CheckCommand): Promise<number> {
  const cluster = brokers === null ? null : await testCluster(subject, brokers);
  const found: readonly Finding[] = [
    ...findingsOf(subject),
    ...(cluster === null ? [] : [{ what: "cluster" as const, name: cluster.brokers, problems: cluster.problems }]),
  ];
  const findings = found.map((each) => (strict ? { ...each, problems: each.problems.map(asError) } : each));
  const problems = findings.flatMap((finding) => finding.problems);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const path = shortPath(subject.path);
  if (json) {
    const counts = { file: path, ok: errors === 0, errors, warnings: problems.length - errors };
    await print(`${JSON.stringify({ ...counts, findings, ...seen(cluster) }, null, 2)}\n`);
  } else await print(`${toText(path, findings, cluster, errors, problems.length - errors)}\n`);
  return errors > 0 ? EXIT.refused : EXIT.fine;
}

/** What a script gets beside the problems, which are among the findings. */
function seen(report: PreflightReport | null): { readonly cluster?: Omit<PreflightReport, "problems"> } {
  if (report === null) return {};
  const { problems: _, ...cluster } = report;
  return { cluster };
}

async function testCluster({ path, service }: Subject, brokers: string): Promise<PreflightReport> {
  if (service === null)
    throw new ConfigError(
      "NO_SERVICE",
      `${shortPath(path)} exports no service, so there is nothing to test with --brokers. Name the file of the service.`,
    );
  const kafka = kafkaOf(service, { brokers });
  // A check without brokers does not wait for the client of Kafka to be loaded.
  const { preflight } = await import("../service/preflight.ts");
  return preflight(service, kafka, { log: () => {}, clock: systemClock });
}

/** What was found of each pattern and of the service, without a cluster; those without problems, too. */
export function findingsOf({ patterns, service }: Subject): readonly Finding[] {
  const found = patterns.map(
    (pattern): Finding => ({ what: "pattern", name: pattern.name, problems: problemsOf(pattern) }),
  );
  return service ? [...found, { what: "service", name: service.app, problems: checkService(service) }] : found;
}

/** The problems of a pattern, with those that show only when it is compiled. */
function problemsOf(pattern: Pattern): readonly Problem[] {
  try {
    compile(pattern);
    return [...pattern.problems, ...checkPattern(pattern.ast)];
  } catch (error) {
    if (error instanceof PatternError) return error.problems;
    throw error;
  }
}

function asError(problem: Problem): Problem {
  return { ...problem, severity: "error" };
}

function toText(
  path: string,
  findings: readonly Finding[],
  cluster: PreflightReport | null,
  errors: number,
  warnings: number,
): string {
  const broken = findings.filter(({ problems }) => problems.length > 0);
  const looked = findings.map(({ what, name }) => `${what} "${name}"`).join(", ");
  const result =
    errors + warnings === 0 ? "nothing wrong" : `${counted(errors, "error")}, ${counted(warnings, "warning")}`;
  return [
    ...broken.map(({ what, name, problems }) => describe(path, what, name, problems)),
    ...(cluster === null ? [] : clusterText(cluster)),
    `${path}: ${looked}: ${result}`,
  ].join("\n");
}

function describe(path: string, what: Finding["what"], name: string, problems: readonly Problem[]): string {
  return `${path}: ${describeProblems(name, problems).replace(/^pattern/, what)}`;
}
