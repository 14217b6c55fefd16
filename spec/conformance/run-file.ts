// One file of vectors against the engine: every case ends as one that agrees, or as one that differs for a named reason.

import { type Answer, type Aspect, askEngine, askEnumerator, compareWithFlink, sameAnswer } from "./answers.ts";
import type { FlinkCase } from "./case.ts";
import { covers, REASONS, type ReasonName, reasonFor } from "./reasons.ts";
import { showCase } from "./show.ts";
import { readCases } from "./vectors.ts";

export type FileTable = {
  readonly file: string;
  readonly cases: number;
  /** Equal in every way: matches, report times, time-outs, how often each is reported, and how many are withheld. */
  readonly agree: number;
  /** Cases that agree and for which no reason could have excused a difference. */
  readonly inexcusable: number;
  /** Equal as sets of matches. */
  readonly sameMatches: number;
  /** Too long for the enumerator, so that the engine alone answered. */
  readonly tooLong: number;
  /** Of each reason the cases that differ for it, and those that agree although it applies to them. One that differs in several ways counts for the weightiest. */
  readonly reasons: ReadonlyMap<ReasonName, { readonly differ: number; readonly agree: number }>;
  /** Patterns refused, by code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Differences without reason, in readable form. */
  readonly unexplained: readonly string[];
  /** Cases where engine and enumerator differ, in readable form. */
  readonly disputed: readonly string[];
};

/** Cost: that of the engine, in each way in which Flink may read a pattern, and of the enumerator; some milliseconds a case. */
export function runFile(path: string, ask: (asked: FlinkCase) => Answer = askEngine): FileTable {
  const cases = readCases(path);
  // A copy each, so that what was found out about a case goes with it.
  const verdicts = cases.map((asked) => judge({ ...asked }, ask));
  const agreeing = verdicts.filter(({ aspects }) => aspects.length === 0);
  const isDiffering = verdicts.flatMap(({ reason }) => reason ?? []);
  const isCovered = agreeing.flatMap(({ covered }) => covered);
  const timesIn = (names: readonly string[], name: string) => names.filter((each) => each === name).length;
  const codes = verdicts.flatMap(({ codes }) => codes);
  return {
    file: cases[0]?.file ?? path,
    cases: cases.length,
    agree: agreeing.length,
    inexcusable: agreeing.filter(({ covered }) => covered.length === 0).length,
    sameMatches: verdicts.filter(({ aspects }) => !aspects.some(concernsMatches)).length,
    tooLong: verdicts.filter(({ isTooLong }) => isTooLong).length,
    reasons: new Map(
      REASONS.map(({ name }) => [name, { differ: timesIn(isDiffering, name), agree: timesIn(isCovered, name) }]),
    ),
    refused: new Map([...new Set(codes)].sort().map((code) => [code, timesIn(codes, code)])),
    unexplained: verdicts.flatMap(({ unexplained }) => unexplained ?? []),
    disputed: verdicts.flatMap(({ disputed }) => disputed ?? []),
  };
}

type Verdict = {
  readonly aspects: readonly Aspect[];
  /** Of the weightiest difference. */
  readonly reason: ReasonName | null;
  /** Of a case that agrees: the reasons that could have excused it. */
  readonly covered: readonly ReasonName[];
  readonly codes: readonly string[];
  readonly isTooLong: boolean;
  /** In readable form, if there is a difference without reason. */
  readonly unexplained: string | null;
  /** The same, if the enumerator says something else. */
  readonly disputed: string | null;
};

/** The enumerator tries out everything. */
const MOST_EVENTS = 12;

function judge(asked: FlinkCase, ask: (asked: FlinkCase) => Answer): Verdict {
  const ours = ask(asked);
  const aspects = compareWithFlink(asked, ours);
  const reasons = aspects.map((aspect) => reasonFor(aspect, asked, ours));
  const unexplained = aspects.filter((_, index) => reasons[index] === null);
  // Of a pattern that is refused nothing is said that the definition could judge.
  const isTooLong = ours.kind === "answer" && asked.events.length > MOST_EVENTS;
  const oracle = ours.kind === "refused" || isTooLong ? ours : askEnumerator(asked);
  return {
    aspects,
    reason: unexplained.length === 0 ? (reasons[0] ?? null) : null,
    covered: aspects.length > 0 ? [] : REASONS.filter((each) => covers(each, asked)).map(({ name }) => name),
    codes: ours.kind === "refused" ? ours.codes : [],
    isTooLong,
    unexplained: unexplained.length > 0 ? `${unexplained.join(", ")} in ${showCase(asked, ours, null)}` : null,
    disputed: sameAnswer(ours, oracle) ? null : showCase(asked, ours, oracle),
  };
}

function concernsMatches(aspect: Aspect): boolean {
  return aspect === "failed" || aspect === "refused" || aspect === "matchesThere" || aspect === "matchesHere";
}

/** The figures of a table as text; the differences are not in it. */
export function showTable(table: FileTable): string {
  const { file, cases, agree, inexcusable, sameMatches, tooLong, reasons, refused, unexplained, disputed } = table;
  const differ = [...reasons.values()].reduce((sum, each) => sum + each.differ, 0);
  const codes = [...refused].map(([code, times]) => `${code} ${times}`);
  const applying = [...reasons].filter(([, each]) => each.differ + each.agree > 0);
  const lines = [
    `${file}: ${cases} cases; ${agree} agree, ${inexcusable} of them where no reason applies; ${differ} differ for a reason; ${unexplained.length} unexplained`,
    `the sets of matches are the same in ${sameMatches}; refused: ${codes.join(", ") || "none"}`,
    row("reason", "differ", "agree though it applies"),
    ...applying.map(([name, each]) => row(name, each.differ, each.agree)),
  ];
  if (tooLong > 0)
    lines.push(`${tooLong} cases have more than ${MOST_EVENTS} events and were not put to the enumerator`);
  if (disputed.length > 0) lines.push(`in ${disputed.length} cases engine and enumerator differ`);
  return lines.join("\n");
}

function row(name: string, differing: unknown, agreeing: unknown): string {
  return `${name.padEnd(18)}${String(differing).padStart(6)}${String(agreeing).padStart(24)}`;
}
