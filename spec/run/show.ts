import type { FileReport } from "./parallel.ts";

export const USAGE = `npm run spec -- [--jobs 2] [--timeout 60000] [--coverage] [file, folder or part of a path]…

  --jobs      files to run at the same time
  --timeout   limit of a single test in milliseconds
  --coverage  says what the specs do not run of lib; fails if that is too much, unless only some specs run`;

/** One line for a file in which all is well; for any other its output, what failed, and how to run it again. */
export function showFile(report: FileReport): string {
  const counts = showCounts(report.passed, report.failed, report.skipped);
  const lines = [`${report.failed === 0 ? "✔" : "✘"} ${report.file}  ${counts}  ${seconds(report.elapsedMs)}`];
  lines.push(...report.notes.map((note) => indent(note, 4)));
  if (report.failed === 0) return lines.join("\n");
  if (report.output.trim() !== "") lines.push(indent(report.output.trimEnd(), 2));
  lines.push(...report.failures.map(({ where, what }) => indent(`✘ ${where === "" ? "" : `${where}: `}${what}`, 4)));
  lines.push(`    again: npm run spec -- ${report.file}`, "");
  return lines.join("\n");
}

/** Where the time goes: the slowest five of several files. */
export function showSlowest(reports: readonly FileReport[]): string {
  if (reports.length < 2) return "";
  const slowest = [...reports].sort((a, b) => b.elapsedMs - a.elapsedMs).slice(0, 5);
  return `\nslowest: ${slowest.map((report) => `${report.file} ${seconds(report.elapsedMs)}`).join(", ")}`;
}

/** The last line, plain, for people and for CI. `misses` are failures that belong to no file. */
export function showTotal(reports: readonly FileReport[], misses: number): string {
  const sum = (of: (report: FileReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  return showCounts(
    sum((report) => report.passed),
    sum((report) => report.failed) + misses,
    sum((report) => report.skipped),
  );
}

function showCounts(passed: number, failed: number, skipped: number): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function indent(text: string, by: number): string {
  return text.replace(/^/gm, " ".repeat(by));
}
