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
 * - `refused`: the pattern is refused here. `failed`: Flink failed.
 * - `matchesThere`, `timeOutsThere`: Flink has some that are none here; `…Here`: the other way round.
 * - `reportTimes`: a match is reported at another time.
 * - `repeatedMatches`, `repeatedTimeOuts`: Flink reports the same more than once.
 */
export const ASPECTS = [
  "refused",
  "failed",
  "matchesThere",
  "matchesHere",
  "timeOutsThere",
  "timeOutsHere",
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

/** How `ours` differs from what Flink said; empty: not at all. Matches and time-outs are sets; times are looked at where these agree. */
export function compareWithFlink(flink: FlinkAnswer, ours: Answer): readonly Aspect[] {
  if (ours.kind === "refused") return ["refused"];
  if (flink.error !== null) return ["failed"];
  const found = new Set<Aspect>();
  const matches = compareSets(rolesOf(flink.matches), rolesOf(ours.matches));
  if (matches.there.length > 0) found.add("matchesThere");
  if (matches.here.length > 0) found.add("matchesHere");
  if (flink.timedOut !== null) {
    const timeOuts = compareSets(timedRolesOf(flink.timedOut), timedRolesOf(ours.timedOut));
    if (timeOuts.there.length > 0) found.add("timeOutsThere");
    if (timeOuts.here.length > 0) found.add("timeOutsHere");
    if (repeats(flink.timedOut)) found.add("repeatedTimeOuts");
  }
  const sameMatches = matches.there.length + matches.here.length === 0;
  if (sameMatches && differInTime(flink.matches, ours.matches)) found.add("reportTimes");
  if (repeats(flink.matches)) found.add("repeatedMatches");
  return ASPECTS.filter((aspect) => found.has(aspect));
}

/** Whether two answers of ours are the same, as sets with their times. */
export function sameAnswer(one: Answer, other: Answer): boolean {
  if (one.kind === "refused" || other.kind === "refused") return one.kind === other.kind;
  const differences = [
    compareSets(timedRolesOf(one.matches), timedRolesOf(other.matches)),
    compareSets(timedRolesOf(one.timedOut), timedRolesOf(other.timedOut)),
  ];
  return differences.every(({ there, here }) => there.length + here.length === 0);
}

function differInTime(flink: readonly Report[], ours: readonly Report[]): boolean {
  const times = new Map(ours.map(({ roles, at }) => [roles, at]));
  return flink.some(({ roles, at }) => times.get(roles) !== at);
}

function repeats(reports: readonly Report[]): boolean {
  return new Set(timedRolesOf(reports)).size < reports.length;
}

function rolesOf(reports: readonly Report[]): readonly string[] {
  return reports.map(({ roles }) => roles);
}

export function timedRolesOf(reports: readonly Report[]): readonly string[] {
  return reports.map(({ roles, at }) => `${roles} @${at}`);
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
