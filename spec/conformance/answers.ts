// What ours says to a case, and how that differs from what Flink said.

import { compile } from "../../lib/automaton/compile.ts";
import { PatternError } from "../../lib/core/errors.ts";
import type { Outcome } from "../../lib/matching/matcher.ts";
import { createRunMatcher } from "../../lib/matching/run-matcher.ts";
import type { Instant } from "../../lib/time/instant.ts";
import { enumerate } from "../oracle/enumerate.ts";
import { type FlinkAnswer, type FlinkCase, type Report, toRoles } from "./case.ts";

/** The answer to a case, or the codes for which its pattern is refused. */
export type Answer =
  | { readonly kind: "refused"; readonly codes: readonly string[] }
  | { readonly kind: "answer"; readonly matches: readonly Report[]; readonly timedOut: readonly Report[] };

/**
 * One way in which an answer differs from Flink's, the weightier first.
 *
 * - `failed`: Flink failed. `refused`: the pattern is refused here.
 * - `matchesThere`, `timeOutsThere`: Flink has some that are none here. `matchesHere`, `timeOutsHere`: the other way round.
 * - `timeOutsOfMatches`: time-outs that Flink alone has, of what it has reported as matches; others are `timeOutsThere`.
 * - `reportTimes`: a match is reported at another time.
 * - `repeatedMatches`, `repeatedTimeOuts`: Flink reports the same more than once.
 */
export const ASPECTS = [
  "failed",
  "refused",
  "matchesThere",
  "matchesHere",
  "timeOutsThere",
  "timeOutsHere",
  "timeOutsOfMatches",
  "reportTimes",
  "repeatedMatches",
  "repeatedTimeOuts",
] as const;

export type Aspect = (typeof ASPECTS)[number];

const KEY = "key";
const NO_LIMITS = { maxRunsPerKey: 1e6, maxNodesPerKey: 1e6, maxMatchesPerEvent: 1e6, onLimit: "fail" } as const;

/** What the engine says: compiled, and matched run by run. */
export function askEngine(asked: FlinkCase): Answer {
  try {
    const matcher = createRunMatcher(compile(asked.pattern), { timedOut: "all", limits: NO_LIMITS });
    const outcomes = asked.events.flatMap(({ value, at }, index) =>
      matcher.onEvent(KEY, { value, at, origin: { topic: "", partition: 0, offset: BigInt(index) } }),
    );
    return toAnswer(asked, [...outcomes, ...matcher.advanceTo(asked.until)]);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const errors = error.problems.filter(({ severity }) => severity === "error");
    return { kind: "refused", codes: [...new Set(errors.map(({ code }) => code))] };
  }
}

/** What the definition says, tried out on every assignment. It judges any pattern, refused or not. */
export function askEnumerator(asked: FlinkCase): Answer {
  const { matches, timedOut } = enumerate(asked.pattern, asked.events, { until: asked.until });
  const toReports = (found: typeof matches) =>
    found.map(({ taken, at }) =>
      toReport(
        asked,
        taken.map(({ step, position }) => ({ step, index: position - 1 })),
        at,
      ),
    );
  return { kind: "answer", matches: toReports(matches), timedOut: toReports(timedOut) };
}

function toAnswer(asked: FlinkCase, outcomes: readonly Outcome[]): Answer {
  const matches: Report[] = [];
  const timedOut: Report[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind !== "match" && outcome.kind !== "timedOut") {
      throw new Error(`The matcher said "${outcome.kind}" to ${asked.title}.`);
    }
    const taken = outcome.taken.map(({ step, origin }) => ({ step, index: Number(origin.offset) }));
    (outcome.kind === "match" ? matches : timedOut).push(toReport(asked, taken, outcome.at));
  }
  return { kind: "answer", matches, timedOut };
}

type TakenAt = { readonly step: string; readonly index: number };

function toReport({ title, events }: FlinkCase, taken: readonly TakenAt[], at: Instant): Report {
  const steps = new Map<string, number[]>();
  for (const { step, index } of taken) {
    const event = events[index];
    if (event === undefined) throw new Error(`A match of ${title} has event ${index}, which was never given.`);
    steps.set(step, [...(steps.get(step) ?? []), event.number]);
  }
  return { roles: toRoles(steps), at };
}

/** How `ours` differs from what Flink said; empty: not at all. All are sets; times are looked at where the matches agree. */
export function compareWithFlink(flink: FlinkAnswer, ours: Answer): readonly Aspect[] {
  const found = findAspects(flink, ours);
  return ASPECTS.filter((aspect) => found[aspect] === true);
}

function findAspects(flink: FlinkAnswer, ours: Answer): Partial<Record<Aspect, boolean>> {
  if (flink.error !== null || ours.kind === "refused") {
    return { failed: flink.error !== null, refused: ours.kind === "refused" };
  }
  const timedOut = flink.timedOut ?? [];
  const matches = compareSets(flink.matches.map(rolesOf), ours.matches.map(rolesOf));
  const timeOuts = compareSets(timedOut.map(withTime), flink.timedOut === null ? [] : ours.timedOut.map(withTime));
  const matched = new Set(flink.matches.map(rolesOf));
  const ofMatches = new Set(timedOut.filter(({ roles }) => matched.has(roles)).map(withTime));
  const sameMatches = matches.there.length + matches.here.length === 0;
  return {
    matchesThere: matches.there.length > 0,
    matchesHere: matches.here.length > 0,
    timeOutsThere: timeOuts.there.some((each) => !ofMatches.has(each)),
    timeOutsHere: timeOuts.here.length > 0,
    timeOutsOfMatches: timeOuts.there.some((each) => ofMatches.has(each)),
    reportTimes: sameMatches && differInTime(flink.matches, ours.matches),
    repeatedMatches: repeats(flink.matches.map(rolesOf)),
    repeatedTimeOuts: repeats(timedOut.map(withTime)),
  };
}

/** Whether two answers of ours are the same, as sets with their times. */
export function sameAnswer(one: Answer, other: Answer): boolean {
  if (one.kind === "refused" || other.kind === "refused") return one.kind === other.kind;
  const differences = [
    compareSets(one.matches.map(withTime), other.matches.map(withTime)),
    compareSets(one.timedOut.map(withTime), other.timedOut.map(withTime)),
  ];
  return differences.every(({ there, here }) => there.length + here.length === 0);
}

function differInTime(flink: readonly Report[], ours: readonly Report[]): boolean {
  const times = new Map(ours.map(({ roles, at }) => [roles, at]));
  return flink.some(({ roles, at }) => times.get(roles) !== at);
}

function repeats(reports: readonly string[]): boolean {
  return new Set(reports).size < reports.length;
}

function rolesOf({ roles }: Report): string {
  return roles;
}

/** A report in which its time counts, too. */
export function withTime({ roles, at }: Report): string {
  return `${roles} @${at}`;
}

export function compareSets(
  there: readonly string[],
  here: readonly string[],
): { readonly there: readonly string[]; readonly here: readonly string[] } {
  const theirs = new Set(there);
  const ours = new Set(here);
  return {
    there: [...theirs].filter((each) => !ours.has(each)),
    here: [...ours].filter((each) => !theirs.has(each)),
  };
}
