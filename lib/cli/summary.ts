// What is said when a run is over: what became of every record, what was reported, and where the rest went.

import { ConfigError } from "../core/errors.ts";
import type { Metrics, TopicMetrics } from "../runtime/metrics.ts";
import { count, counted, elapsed, oneLine, sentence } from "./figures.ts";
import type { Example, Passed } from "./passed.ts";

/** Why a run is over. */
export type Ending = "ended" | "stopped" | "outputClosed" | "failed";

export type RunReport = {
  readonly ending: Ending;
  readonly metrics: Metrics;
  readonly elapsedMs: number;
  /** Blank lines in the input; they are no records. */
  readonly blankLines: number;
  /** How often a process was started again; 0 where one process did all. */
  readonly restarts: number;
  readonly late: Passed;
  readonly deadLetters: Passed;
  /** The files that late events and dead letters went to; `null`: they were not kept. */
  readonly lateFile: string | null;
  readonly deadLetterFile: string | null;
  /** Where a record stands, for people. */
  readonly placeOf: (topic: string, partition: string, offset: string) => string;
};

/** The report as text for people, without the last line break. */
export function summaryText(report: RunReport): string {
  const { metrics } = report;
  return [
    ...metrics.topics.map(accountOf),
    ...(report.blankLines > 0 ? [`${counted(report.blankLines, "blank line")} skipped`] : []),
    alertsOf(metrics),
    ...passedText("late event", "late", report.late, report.lateFile, report.placeOf),
    ...passedText("dead letter", "dead-letters", report.deadLetters, report.deadLetterFile, report.placeOf),
    ...restartsText(report),
    endingOf(report),
  ].join("\n");
}

/** The report as data that survives JSON. */
export function summaryJson(report: RunReport): object {
  const { ending, elapsedMs, blankLines, restarts, late, deadLetters } = report;
  // The service failed to write, but a reader that has seen enough is no failure of the run.
  const metrics = ending === "outputClosed" ? { ...report.metrics, state: "stopped" as const } : report.metrics;
  const passed = ({ byCode, examples }: Passed): object => ({ byCode: Object.fromEntries(byCode), examples });
  return {
    summary: { ending, elapsedMs, blankLines, restarts, late: passed(late), deadLetters: passed(deadLetters), metrics },
  };
}

/** The error for topics that had records of which every single one became a dead letter; `null` if there are none. */
export function nothingUsable(
  topics: readonly TopicMetrics[],
  { examples }: Passed,
  placeOf: RunReport["placeOf"],
): ConfigError | null {
  const broken = topics.filter(({ records, deadLettered }) => records > 0 && deadLettered === records);
  if (broken.length === 0) return null;
  const list = broken
    .map(({ topic, records }) => `${count(records)} of ${counted(records, "record")} of "${topic}"`)
    .join(", ");
  const [example] = examples.filter(({ topic }) => broken.some((each) => each.topic === topic));
  const first = example ? ` The first: ${sentence(exampleText(example, placeOf))}` : "";
  const remedy = "Mend the records, or how the service reads them: key, time, schema and decode of the topic.";
  return new ConfigError("NOTHING_USABLE", `nothing could be used: ${list} became dead letters.${first} ${remedy}`);
}

/** `27,004 records of "flights" = 26,481 on time + 0 late + 523 dead letters`. */
function accountOf(topic: Metrics["topics"][number]): string {
  const rest = [
    ...(topic.skipped > 0 ? [`${count(topic.skipped)} skipped`] : []),
    ...(topic.waiting > 0 ? [`${count(topic.waiting)} not finished`] : []),
  ];
  const parts = [
    `${count(topic.onTime)} on time`,
    `${count(topic.late)} late`,
    counted(topic.deadLettered, "dead letter"),
    ...rest,
  ];
  return `${counted(topic.records, "record")} of "${topic.topic}" = ${parts.join(" + ")}`;
}

function alertsOf({ sent, patterns }: Metrics): string {
  const each = patterns.filter(({ alerts }) => alerts > 0).map(({ pattern, alerts }) => `${pattern} ${count(alerts)}`);
  const sum = (of: (pattern: Metrics["patterns"][number]) => number): number =>
    patterns.reduce((total, pattern) => total + of(pattern), 0);
  const open = sum(({ openRuns }) => openRuns);
  const more: readonly (readonly [number, string])[] = [
    [sent.timedOut, "timed out"],
    [sum(({ suppressed }) => suppressed), "suppressed by oncePer"],
    [sum(({ dropped }) => dropped), "dropped by limits"],
    [open, open === 1 ? "run still open" : "runs still open"],
  ];
  const rest = more.filter(([number]) => number > 0).map(([number, what]) => `${count(number)} ${what}`);
  const named = patterns.length > 1 && each.length > 0 ? `: ${each.join(", ")}` : "";
  return `${counted(sent.alerts, "alert")}${named}${rest.length > 0 ? `; ${rest.join(", ")}` : ""}`;
}

function passedText(
  what: string,
  option: string,
  { byCode, examples }: Passed,
  file: string | null,
  placeOf: RunReport["placeOf"],
): readonly string[] {
  const total = [...byCode.values()].reduce((sum, number) => sum + number, 0);
  if (total === 0) return [];
  const codes = [...byCode].map(([code, number]) => `${code} ${count(number)}`).join(", ");
  const why = byCode.size > 1 || !byCode.has("LATE") ? ` (${codes})` : "";
  if (file !== null) return [`${counted(total, what)}${why}: see ${file}`];
  const shown = examples.map((example) => `    ${exampleText(example, placeOf)}`);
  return [`${counted(total, what)}${why}, not kept: --${option} <path> writes them to a file. The first:`, ...shown];
}

function exampleText({ topic, partition, offset, code, message }: Example, placeOf: RunReport["placeOf"]): string {
  const place = topic === "" ? "" : `${placeOf(topic, partition, offset)} `;
  return oneLine(`${place}${code === "LATE" ? "" : `${code}: `}${message}`, 240);
}

function restartsText({ restarts }: RunReport): readonly string[] {
  if (restarts === 0) return [];
  return [
    `processes were started again ${counted(restarts, "time")}: what one that died had read and not finished was read again by others`,
  ];
}

const ENDINGS: Readonly<Record<Ending, string>> = {
  ended: "the input ended",
  stopped: "stopped",
  outputClosed: "stopped, because standard output was closed by its reader",
  failed: "failed",
};

function endingOf({ ending, metrics, elapsedMs }: RunReport): string {
  const records = metrics.topics.reduce((sum, topic) => sum + topic.records, 0);
  const rate = elapsedMs > 0 ? `, ${counted(Math.round((records / elapsedMs) * 1_000), "record")}/s` : "";
  return `${ENDINGS[ending]} after ${elapsed(elapsedMs)}${rate}`;
}
