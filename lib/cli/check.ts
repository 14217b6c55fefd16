// sequitur check: everything that is wrong with a service and its patterns, at once.

import { compile } from "../automaton/compile.ts";
import { describeProblems, PatternError, type Problem } from "../core/errors.ts";
import { checkPattern } from "../pattern/checks/checks.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { checkService } from "../service/check.ts";
import { EXIT } from "./failure.ts";
import { counted } from "./figures.ts";
import { shortPath } from "./place.ts";
import { print } from "./stdout.ts";
import { loadSubject, type Subject } from "./subject.ts";

export type CheckCommand = { readonly json: boolean; readonly strict: boolean };

/** What was found about a pattern or a service. */
type Finding = { readonly what: "pattern" | "service"; readonly name: string; readonly problems: readonly Problem[] };

/** Checks what is in `file` and prints what it found. Resolves with the exit code: 2 if anything is an error, or with `strict` a warning. */
export async function check(file: string, { json, strict }: CheckCommand): Promise<number> {
  const subject = await loadSubject(file);
  const findings = findingsOf(subject).map((finding) =>
    strict ? { ...finding, problems: finding.problems.map(asError) } : finding,
  );
  const problems = findings.flatMap((finding) => finding.problems);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const path = shortPath(subject.path);
  if (json)
    await print(
      `${JSON.stringify({ file: path, ok: errors === 0, errors, warnings: problems.length - errors, findings }, null, 2)}\n`,
    );
  else await print(`${toText(path, findings, errors, problems.length - errors)}\n`);
  return errors > 0 ? EXIT.refused : EXIT.fine;
}

function findingsOf({ patterns, service }: Subject): readonly Finding[] {
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

function toText(path: string, findings: readonly Finding[], errors: number, warnings: number): string {
  const broken = findings.filter(({ problems }) => problems.length > 0);
  const looked = findings.map(({ what, name }) => `${what} "${name}"`).join(", ");
  const result =
    errors + warnings === 0 ? "nothing wrong" : `${counted(errors, "error")}, ${counted(warnings, "warning")}`;
  return [
    ...broken.map(({ what, name, problems }) => describe(path, what, name, problems)),
    `${path}: ${looked}: ${result}`,
  ].join("\n");
}

function describe(path: string, what: Finding["what"], name: string, problems: readonly Problem[]): string {
  const text = describeProblems(name, problems);
  return `${path}: ${what === "service" ? text.replace(/^pattern/, "service") : text}`;
}
