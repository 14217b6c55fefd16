// What a contender says of itself, and how it is told.

export const COMMIT_EVERY_MS = 100;

/** Of one contender that has read the topic once, or of one of its processes. */
export type Figures = {
  readonly events: number;
  /** By the clock of the machine. */
  readonly startedAt: number;
  readonly seconds: number;
  /** In all threads. */
  readonly cpuSeconds: number;
  /** Longest time that the event loop did not turn. */
  readonly longestPauseMs: number;
  /** From one commit of a shard to the next of the same, in milliseconds, behind the first tenth of the events; none of who commits nothing. */
  readonly commits: readonly number[];
  readonly alerts: number;
};

/** Processes that began and ended on their own, as one contender. */
export function together(processes: readonly Figures[]): Figures {
  const sum = (of: (each: Figures) => number): number => processes.reduce((total, each) => total + of(each), 0);
  const startedAt = Math.min(...processes.map((each) => each.startedAt));
  return {
    events: sum(({ events }) => events),
    startedAt,
    seconds: (Math.max(...processes.map((each) => each.startedAt + 1_000 * each.seconds)) - startedAt) / 1_000,
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    longestPauseMs: Math.max(...processes.map(({ longestPauseMs }) => longestPauseMs)),
    commits: processes.flatMap(({ commits }) => commits),
    alerts: sum(({ alerts }) => alerts),
  };
}

/** A line of the table. */
export type Row = {
  readonly bytes: number;
  readonly contender: string;
  readonly perSecond: number;
  /** Of what stock kafkajs reads and drops in the same run. */
  readonly ratio: number;
  readonly cpuMicrosPerEvent: number;
  /** Between commits of a shard, 99 in 100 are shorter. `null`: there were none. */
  readonly commitP99Ms: number | null;
  readonly longestPauseMs: number;
  readonly alerts: number;
};

export function rowOf(bytes: number, contender: string, rounds: readonly Figures[], dropped: readonly Figures[]): Row {
  const commits = rounds.flatMap((each) => each.commits);
  return {
    bytes,
    contender,
    perSecond: Math.round(median(rounds.map(rateOf))),
    ratio: rounded(median(rounds.map(rateOf)) / median(dropped.map(rateOf)), 3),
    cpuMicrosPerEvent: rounded(median(rounds.map(({ cpuSeconds, events }) => (cpuSeconds * 1e6) / events)), 2),
    commitP99Ms: commits.length === 0 ? null : Math.round(ofHundred(commits, 99)),
    longestPauseMs: Math.round(Math.max(...rounds.map(({ longestPauseMs }) => longestPauseMs))),
    alerts: rounds[0]?.alerts ?? 0,
  };
}

function rateOf({ events, seconds }: Figures): number {
  return events / seconds;
}

/** What `share` in a hundred of them do not exceed; NaN: there are none. */
export function ofHundred(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.ceil((numbers.length * share) / 100) - 1] ?? Number.NaN;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function rounded(number: number, digits: number): number {
  return Number(number.toFixed(digits));
}

/** As a table in Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ bytes, contender, perSecond, ratio, cpuMicrosPerEvent, commitP99Ms, longestPauseMs, alerts }) =>
      `| ${bytes} B | ${contender} | ${perSecond.toLocaleString("en")} | ${ratio} | ${cpuMicrosPerEvent} | ${commitP99Ms ?? ""} | ${longestPauseMs} | ${alerts.toLocaleString("en")} |`,
  );
  return [
    "| record | contender | events/s | of kafkajs, dropping | CPU µs/event | commits, p99 ms | longest pause, ms | alerts |",
    "|---|---|--:|--:|--:|--:|--:|--:|",
    ...lines,
  ].join("\n");
}

/** What one layer more costs. */
export type Layer = { readonly name: string; readonly nanosPerEvent: number };

/** The same. */
export function layersTable(bytes: number, layers: readonly Layer[]): string {
  const sum = layers.reduce((total, { nanosPerEvent }) => total + nanosPerEvent, 0);
  const lines = [...layers, { name: "all", nanosPerEvent: sum }].map(
    ({ name, nanosPerEvent }) => `| ${name} | ${nanosPerEvent} |`,
  );
  return [`| ${bytes} B | ns/event |`, "|---|--:|", ...lines].join("\n");
}
