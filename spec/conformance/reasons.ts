// Why Flink's answer may differ from ours, by name: README.md has the table. A reason is a set of predicates on the case, one
// for each way in which it can make the answers differ. They look at the pattern, some at the events too; at answers never.

import { type Answer, ASPECTS, type Aspect } from "./answers.ts";
import type { FlinkCase } from "./case.ts";
import { type Changed, changedBy } from "./definition.ts";
import type { Reading } from "./readings.ts";
import { withoutLostAbsences } from "./readings-of-absences.ts";
import { withoutMisplacedGaps } from "./readings-of-gaps.ts";
import { withoutLastGreed, withoutLostGreed } from "./readings-of-greed.ts";
import {
  withEmptyIterations,
  withOpenExits,
  withOverwrittenHeads,
  withoutOuterUntils,
  withoutUntilsBehindExits,
} from "./readings-of-groups.ts";
import {
  bitesInRange,
  endsBeforeNotNext,
  fallsSilent,
  hasAbsenceAfterNothing,
  killsTaker,
  losesAbsence,
} from "./reasons-absence.ts";
import { failsOnMiss, hasIdleGap, hasNoDuration, skipsNowhere } from "./reasons-call.ts";
import { endsAtWindow, hasGapOnNotNext, letsMatchesPass, letsRunsPass, overstaysGap } from "./reasons-gap.ts";
import { endsGreedily, isGreedyAndLoose, leaksGuard, looksUpInVain } from "./reasons-greedy.ts";
import { bitesGroup, endsInsideGroup } from "./reasons-group.ts";
import {
  growsAfterMatch,
  hasTie,
  isAmbiguous,
  isReleasedByClock,
  outlivesGap,
  waitsInLoop,
  waitsInSeveralStates,
} from "./reasons-report.ts";

export type ReasonName =
  | "refused"
  | "crash"
  | "skip-nowhere"
  | "absence-and-take"
  | "late-absence"
  | "silent-absence"
  | "group-exit"
  | "group-until"
  | "group-head"
  | "empty-iteration"
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
  /** It can make the number of matches that are withheld another, and nothing else with that. */
  readonly holds?: Predicate;
  /** The codes with which patterns are refused for it, and which patterns. */
  readonly refusals?: Readonly<Record<string, Predicate>>;
};

/** The narrower first: a difference belongs to the first that can be its cause. */
export const REASONS: readonly Reason[] = [
  {
    name: "refused",
    causes: {},
    refusals: {
      ABSENCE_AFTER_NOTHING: hasAbsenceAfterNothing,
      BAD_DURATION: hasNoDuration,
      GAP_BEYOND_WITHIN: hasIdleGap,
      GREEDY_WITH_COMBINATIONS: isGreedyAndLoose,
      SKIP_TARGET_MAY_BE_MISSING: failsOnMiss,
    },
  },
  { name: "crash", causes: { failed: looksUpInVain } },
  { name: "skip-nowhere", causes: { failed: skipsNowhere } },
  { name: "absence-and-take", causes: { matchesHere: killsTaker, timeOutsHere: killsTaker } },
  { name: "late-absence", causes: { matchesHere: bitesInRange, timeOutsHere: bitesInRange } },
  {
    name: "silent-absence",
    causes: { matchesHere: fallsSilent, timeOutsThere: fallsSilent, timeOutsOfMatches: waitsInLoop },
  },
  { name: "group-exit", causes: anyOf(readAs(withOpenExits), readAs(withoutUntilsBehindExits)) },
  {
    name: "group-until",
    causes: anyOf(readAs(withoutOuterUntils), { matchesHere: endsInsideGroup, timeOutsHere: endsInsideGroup }),
  },
  { name: "group-head", causes: readAs(withOverwrittenHeads) },
  { name: "empty-iteration", causes: readAs(withEmptyIterations) },
  { name: "group-absence", causes: { matchesHere: bitesGroup, timeOutsHere: bitesGroup } },
  {
    name: "lost-absence",
    causes: anyOf(readAs(withoutLostAbsences), { matchesHere: endsBeforeNotNext, timeOutsThere: endsBeforeNotNext }),
    refusals: {
      ABSENCE_WITHOUT_DEADLINE: losesAbsence,
      ABSENCE_LAST_IN_GROUP: losesAbsence,
      DIFFERENT_FOR: losesAbsence,
    },
  },
  {
    name: "greedy-leak",
    causes: {
      matchesHere: leaksGuard,
      timeOutsHere: leaksGuard,
      timeOutsThere: leaksGuard,
    },
  },
  { name: "greedy-lost", causes: readAs(withoutLostGreed) },
  {
    name: "greedy-last",
    causes: readAs(withoutLastGreed),
    refusals: { GREEDY_NEVER_CLOSES: endsGreedily },
  },
  {
    name: "gap-on-absence",
    causes: { matchesHere: hasGapOnNotNext, timeOutsHere: hasGapOnNotNext, timeOutsThere: hasGapOnNotNext },
  },
  {
    name: "gap-on-quantified",
    causes: {
      ...anyOf(readAs(withoutMisplacedGaps), { matchesHere: overstaysGap, timeOutsHere: overstaysGap }),
      matchesThere: letsMatchesPass,
      timeOutsThere: (asked) => letsRunsPass(asked) || overstaysGap(asked),
    },
  },
  { name: "short-absence", causes: anySet(endsAtWindow) },
  { name: "tie", causes: { ...anySet(hasTie), held: hasTie, reportTimes: hasTie } },
  { name: "gap-timeout", causes: { timeOutsByGap: outlivesGap } },
  { name: "timeout-of-match", causes: { timeOutsOfMatches: growsAfterMatch } },
  { name: "deadline-time", causes: { reportTimes: isReleasedByClock } },
  {
    name: "duplicate",
    causes: { repeatedMatches: isAmbiguous, repeatedTimeOuts: waitsInSeveralStates },
    holds: isAmbiguous,
  },
];

function anySet(predicate: Predicate): Reason["causes"] {
  return { matchesThere: predicate, matchesHere: predicate, timeOutsThere: predicate, timeOutsHere: predicate };
}

/** Flink reads the pattern in another way: what that adds, it has alone; what that takes away, it lacks. */
function readAs(reading: Reading): Reason["causes"] {
  const when = (says: (changed: Changed) => boolean) => (asked: FlinkCase) => says(changedBy(reading, asked));
  return {
    matchesThere: when(({ moreMatches }) => moreMatches.length > 0),
    matchesHere: when(({ fewerMatches }) => fewerMatches),
    timeOutsThere: when(({ moreTimeOuts, moreMatches }) => moreTimeOuts.length + moreMatches.length > 0),
    timeOutsHere: when(({ fewerTimeOuts }) => fewerTimeOuts),
    reportTimes: when(({ otherTimes }) => otherTimes),
    held: (asked) => asked.hasSkip && changedBy(reading, asked).otherRuns,
  };
}

function anyOf(one: Reason["causes"], other: Reason["causes"]): Reason["causes"] {
  const aspects = [...Object.keys(one), ...Object.keys(other)] as Aspect[];
  return Object.fromEntries(
    aspects.map((aspect) => [aspect, (asked: FlinkCase) => [one, other].some((each) => each[aspect]?.(asked))]),
  );
}

/** Why Flink's answer and `ours` differ in this way; `null`: nobody knows. */
export function reasonFor(aspect: Aspect, asked: FlinkCase, ours: Answer): ReasonName | null {
  const codes = ours.kind === "refused" ? ours.codes : [];
  // Where Flink fails, too, there is nothing to agree with.
  if (aspect === "failed" && codes.length > 0) return "refused";
  const isRefused = ({ refusals }: Reason) => codes.some((code) => refusals?.[code]?.(asked));
  const reason = REASONS.find((each) => (aspect === "refused" ? isRefused(each) : isCause(each, aspect, asked)));
  return reason?.name ?? null;
}

/**
 * Under a skip strategy a match that is missing drops nothing, and a run that lives too long holds others back: whatever
 * makes the answers differ in one way makes them differ in others.
 */
function isCause({ causes, holds }: Reason, aspect: Aspect, asked: FlinkCase): boolean {
  if (causes[aspect]?.(asked)) return true;
  if (aspect === "held" && asked.hasSkip && holds?.(asked)) return true;
  if (!asked.hasSkip || !SPREADING.includes(aspect)) return false;
  return SPREADING.some((each) => causes[each]?.(asked));
}

const SPREADING: readonly Aspect[] = [
  "matchesThere",
  "matchesHere",
  "timeOutsThere",
  "timeOutsHere",
  "reportTimes",
  "held",
];

/** Whether a reason could make the answers to a case differ, if its pattern is not refused. */
export function covers(reason: Reason, asked: FlinkCase): boolean {
  return ASPECTS.some((aspect) => isCause(reason, aspect, asked));
}
