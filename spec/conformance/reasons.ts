// Why Flink's answer may differ from ours, by name: README.md has the table. A reason is a set of predicates on the case, one
// for each way in which it can make the answers differ. They look at the pattern, some at the events too; at answers never.

import type { Answer, Aspect } from "./answers.ts";
import type { FlinkCase } from "./case.ts";
import { fallsSilent, hasAbsenceAfterNothing, killsTaker, losesAbsence, waitsInLoop } from "./reasons-absence.ts";
import { endsAtWindow, endsByGap, hasGapOnNotNext, missesGap } from "./reasons-gap.ts";
import { endsGreedily, leaksGuard, losesGuard } from "./reasons-greedy.ts";
import { bitesGroup, endsInsideGroup, hasOpenExit, overwritesHead } from "./reasons-group.ts";
import { growsAfterMatch, isAmbiguous, isReleasedByClock, waitsInSeveralStates } from "./reasons-report.ts";
import { hasTie } from "./reasons-skip.ts";

export type ReasonName =
  | "refused"
  | "absence-and-take"
  | "silent-absence"
  | "group-exit"
  | "group-until"
  | "group-head"
  | "group-absence"
  | "lost-absence"
  | "greedy-leak"
  | "greedy-lost"
  | "greedy-last"
  | "gap-on-quantified"
  | "gap-on-absence"
  | "gap-timeout"
  | "short-absence"
  | "tie"
  | "timeout-of-match"
  | "deadline-time"
  | "duplicate";

type Predicate = (asked: FlinkCase) => boolean;

export type Reason = {
  readonly name: ReasonName;
  /** In which ways it can make answers differ, and on which cases. */
  readonly causes: Readonly<Partial<Record<Aspect, Predicate>>>;
  /** The codes with which a pattern is refused for it. */
  readonly codes?: readonly string[];
};

/** The narrower first: a difference belongs to the first that can be its cause. */
export const REASONS: readonly Reason[] = [
  { name: "refused", causes: { refused: hasAbsenceAfterNothing }, codes: ["ABSENCE_AFTER_NOTHING"] },
  { name: "absence-and-take", causes: { matchesHere: killsTaker, timeOutsHere: killsTaker } },
  {
    name: "silent-absence",
    causes: { matchesHere: fallsSilent, timeOutsThere: fallsSilent, timeOutsOfMatches: waitsInLoop },
  },
  { name: "group-exit", causes: { matchesThere: hasOpenExit, timeOutsThere: hasOpenExit } },
  { name: "group-until", causes: { matchesHere: endsInsideGroup, timeOutsHere: endsInsideGroup } },
  { name: "group-head", causes: anySet(overwritesHead) },
  { name: "group-absence", causes: { matchesHere: bitesGroup, timeOutsHere: bitesGroup } },
  {
    name: "lost-absence",
    causes: { ...anySet(losesAbsence), reportTimes: losesAbsence, refused: losesAbsence },
    codes: ["ABSENCE_WITHOUT_DEADLINE", "ABSENCE_LAST_IN_GROUP", "DIFFERENT_FOR"],
  },
  { name: "greedy-leak", causes: { matchesHere: leaksGuard, timeOutsHere: leaksGuard, timeOutsThere: leaksGuard } },
  { name: "greedy-lost", causes: { matchesThere: losesGuard, timeOutsThere: losesGuard } },
  {
    name: "greedy-last",
    causes: { matchesThere: endsGreedily, matchesHere: endsGreedily, reportTimes: endsGreedily, refused: endsGreedily },
    codes: ["GREEDY_NEVER_CLOSES"],
  },
  {
    name: "gap-on-absence",
    causes: { matchesHere: hasGapOnNotNext, timeOutsHere: hasGapOnNotNext, timeOutsThere: hasGapOnNotNext },
  },
  { name: "gap-on-quantified", causes: { ...anySet(missesGap), timeOutsOfMatches: missesGap } },
  { name: "short-absence", causes: anySet(endsAtWindow) },
  { name: "tie", causes: { ...anySet(hasTie), held: hasTie, reportTimes: hasTie } },
  { name: "gap-timeout", causes: { timeOutsThere: endsByGap, timeOutsHere: endsByGap, timeOutsOfMatches: endsByGap } },
  { name: "timeout-of-match", causes: { timeOutsOfMatches: growsAfterMatch } },
  { name: "deadline-time", causes: { reportTimes: isReleasedByClock } },
  { name: "duplicate", causes: { repeatedMatches: isAmbiguous, repeatedTimeOuts: waitsInSeveralStates } },
];

function anySet(predicate: Predicate): Reason["causes"] {
  return { matchesThere: predicate, matchesHere: predicate, timeOutsThere: predicate, timeOutsHere: predicate };
}

/** Why Flink's answer and `ours` differ in this way; `null`: nobody knows. */
export function reasonFor(aspect: Aspect, asked: FlinkCase, ours: Answer): ReasonName | null {
  const codes = ours.kind === "refused" ? ours.codes : [];
  // Where Flink fails there is nothing to agree with, so ours must be to refuse.
  if (aspect === "failed") return codes.length > 0 ? "refused" : null;
  const reason = REASONS.find((each) => {
    const isForCode = aspect !== "refused" || codes.some((code) => each.codes?.includes(code));
    return isForCode && isCause(each, aspect, asked);
  });
  return reason?.name ?? null;
}

/**
 * Under a skip strategy a match that is missing drops nothing, and a run that lives too long holds others back: whatever
 * makes the answers differ in one way makes them differ in others.
 */
function isCause({ causes }: Reason, aspect: Aspect, asked: FlinkCase): boolean {
  if (causes[aspect]?.(asked)) return true;
  if (!asked.hasSkip || !LED_TO.has(aspect)) return false;
  return SPREADING.some((each) => causes[each]?.(asked));
}

const SPREADING: readonly Aspect[] = ["matchesThere", "matchesHere", "timeOutsThere", "timeOutsHere"];
const LED_TO: ReadonlySet<Aspect> = new Set<Aspect>([...SPREADING, "held", "reportTimes"]);

/** Whether a reason could make the answers to a case differ in some way. */
export function covers({ causes }: Reason, asked: FlinkCase): boolean {
  return Object.values(causes).some((predicate) => predicate(asked));
}
