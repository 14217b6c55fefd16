// One file of vectors against the engine: every case ends as one that agrees, or as one that differs for a named reason.

import { type Answer, type Aspect, askEngine, askEnumerator, compareWithFlink, sameAnswer } from "./answers.ts";
import type { FlinkCase } from "./case.ts";
import { covers, REASONS, type ReasonName, reasonFor } from "./reasons.ts";
import { showCase } from "./show.ts";
import { readCases } from "./vectors.ts";

export type RunOptions = {
  /** Which cases are run. */
  readonly choose: (asked: FlinkCase) => boolean;
  /** Who answers. Default: the engine. */
  readonly ask?: (asked: FlinkCase) => Answer;
};

export type FileTable = {
  readonly file: string;
  readonly cases: number;
  /** Equal in every way: matches, report times, time-outs, and how often each is reported. */
  readonly agree: number;
  /** Equal as sets of matches. */
  readonly sameMatches: number;
  /** Cases that differ, by reason. One that differs in several ways counts for the weightiest. */
  readonly differ: ReadonlyMap<ReasonName, number>;
  /** Cases that agree and for which no reason could have excused a difference. */
  readonly inexcusable: number;
  /** How many of the cases that agree the predicate of a reason covers, too. */
  readonly covered: ReadonlyMap<ReasonName, number>;
  /** Patterns refused, by code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Differences without reason, in readable form. */
  readonly unexplained: readonly string[];
  /** Cases where answer and enumerator differ, in readable form. */
  readonly disputed: readonly string[];
};

/** Cost: that of the engine and of the enumerator on each case; some milliseconds a case at most. */
export function runFile(path: string, { choose, ask = askEngine }: RunOptions): FileTable {
  const cases = readCases(path).filter(choose);
  const verdicts = cases.map((asked) => judge(asked, ask(asked)));
  const agreeing = verdicts.filter(({ aspects }) => aspects.length === 0);
  return {
    file: cases[0]?.file ?? path,
    cases: cases.length,
    agree: agreeing.length,
    sameMatches: verdicts.filter(({ aspects }) => !aspects.some(concernsMatches)).length,
    differ: count(verdicts.flatMap(({ reason }) => reason ?? [])),
    inexcusable: agreeing.filter(({ asked }) => !REASONS.some((each) => covers(each, asked))).length,
    covered: count(
      agreeing.flatMap(({ asked }) => REASONS.filter((each) => covers(each, asked)).map(({ name }) => name)),
    ),
    refused: count(verdicts.flatMap(({ ours }) => (ours.kind === "refused" ? ours.codes : []))),
    unexplained: verdicts.flatMap(({ asked, ours, unexplained }) =>
      unexplained.length > 0 ? [`${unexplained.join(", ")} in ${showCase(asked, ours, null)}`] : [],
    ),
    disputed: verdicts.flatMap(({ asked, ours, oracle }) => (oracle ? [showCase(asked, ours, oracle)] : [])),
  };
}

type Verdict = {
  readonly asked: FlinkCase;
  readonly ours: Answer;
  readonly aspects: readonly Aspect[];
  /** Of the weightiest difference. */
  readonly reason: ReasonName | null;
  /** Differences without reason. */
  readonly unexplained: readonly Aspect[];
  /** What the enumerator says, where that differs from ours. */
  readonly oracle: Answer | null;
};

function judge(asked: FlinkCase, ours: Answer): Verdict {
  const aspects = compareWithFlink(asked, ours);
  const reasons = aspects.map((aspect) => reasonFor(aspect, asked, ours));
  // Of a pattern that is refused nothing is said that the definition could judge.
  const oracle = ours.kind === "refused" ? ours : askEnumerator(asked);
  return {
    asked,
    ours,
    aspects,
    reason: reasons[0] ?? null,
    unexplained: aspects.filter((_, index) => reasons[index] === null),
    oracle: sameAnswer(ours, oracle) ? null : oracle,
  };
}

function concernsMatches(aspect: Aspect): boolean {
  return aspect === "failed" || aspect === "refused" || aspect === "matchesThere" || aspect === "matchesHere";
}

function count<T extends string>(names: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The figures of a table as text; the differences are not in it. */
export function showTable({
  file,
  cases,
  agree,
  inexcusable,
  sameMatches,
  differ,
  covered,
  refused,
}: FileTable): string {
  const row = (name: string, differing: unknown, agreeing: unknown) =>
    `${name.padEnd(18)}${String(differing).padStart(6)}${String(agreeing).padStart(24)}`;
  const codes = [...refused].sort().map(([code, times]) => `${code} ${times}`);
  return [
    `${file}: ${cases} cases; ${agree} agree, ${inexcusable} of them where no reason applies; ${cases - agree} differ for a reason`,
    `the sets of matches are the same in ${sameMatches}; refused: ${codes.join(", ") || "none"}`,
    row("reason", "differ", "agree though it applies"),
    ...REASONS.map(({ name }) => row(name, differ.get(name) ?? 0, covered.get(name) ?? 0)),
  ].join("\n");
}
