// What ours says to a case, and how that differs from what Flink said.

import { compile } from "../../lib/automaton/compile.ts";
import { PatternError } from "../../lib/core/errors.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcher, Outcome, TakenEvent } from "../../lib/matching/matcher.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import type { Instant } from "../../lib/time/instant.ts";
import { type RowsOfState, readRows } from "../matching/read-rows.ts";
import { enumerate } from "../oracle/enumerate.ts";
import { type FlinkCase, numbersOf, type Report, toRoles } from "./case.ts";

/** The answer to a case, or the codes for which its pattern is refused. */
export type Answer =
  | { readonly kind: "refused"; readonly codes: readonly string[] }
  | {
      readonly kind: "answer";
      readonly matches: readonly Report[];
      readonly timedOut: readonly Report[];
      /** Matches still withheld at the end; `null`: not told. */
      readonly held: number | null;
    };

/**
 * One way in which an answer differs from Flink's, the weightier first.
 *
 * - `failed`: Flink failed. `refused`: the pattern is refused here.
 * - `matchesThere`, `timeOutsThere`: Flink has some that are none here. `matchesHere`, `timeOutsHere`: the other way round.
 * - `timeOutsOfMatches`: time-outs that Flink alone has, of what it has reported as matches.
 * - `timeOutsByGap`: others that Flink alone has, at the end of a gap; also where ours come at the end of the window.
 * - `held`: another number of matches is withheld at the end.
 * - `reportTimes`: a match is reported at another time.
 * - `repeatedMatches`, `repeatedTimeOuts`: Flink reports the same more than once.
 */
export const ASPECTS = [
  "failed",
  "refused",
  "matchesThere",
  "matchesHere",
  "held",
  "timeOutsThere",
  "timeOutsHere",
  "timeOutsOfMatches",
  "timeOutsByGap",
  "reportTimes",
  "repeatedMatches",
  "repeatedTimeOuts",
] as const;

export type Aspect = (typeof ASPECTS)[number];

const KEY = "key";
const NO_LIMITS = { maxRunsPerKey: 1e6, maxNodesPerKey: 1e6, maxMatchesPerEvent: 1e6, onLimit: "fail" } as const;

/** One report: which step took which event, by index, and when it was made. */
export type Finding = {
  readonly taken: readonly { readonly step: string; readonly index: number }[];
  readonly at: Instant;
  /** The event at which it was made, or before which its deadline passed; the number of events: after all of them. */
  readonly madeAt: number;
};

export type Findings = {
  readonly matches: readonly Finding[];
  readonly timedOut: readonly Finding[];
  /** The runs that were open after each event; `at` is its time. The enumerator does not tell. */
  readonly open: readonly Finding[];
};

/** What the engine says: compiled, and matched run by run. */
export function askEngine(asked: FlinkCase): Answer {
  const codes = refusalOf(asked.pattern);
  if (codes.length > 0) return { kind: "refused", codes };
  const findings = findByEngine(asked);
  return toAnswer(asked, findings, findings.held);
}

/** What the definition says, tried out on every assignment. It judges any pattern, refused or not. */
export function askEnumerator(asked: FlinkCase): Answer {
  return toAnswer(asked, findByEnumerator(asked), null);
}

export function findByEngine(asked: FlinkCase): Findings & { readonly held: number } {
  const matcher = createKeyedMatcher(compile(bounded(asked)), { timedOut: "all", limits: NO_LIMITS });
  const open: Finding[] = [];
  const outcomes = asked.events.flatMap(({ value, at }, index) => {
    const said = matcher.onEvent(KEY, { value, at, origin: { topic: "", partition: 0, offset: BigInt(index) } });
    open.push(...matcher.inspect(KEY).map(({ taken }) => ({ taken: taken.map(toIndex), at, madeAt: index })));
    return said.map((outcome) => ({ outcome, madeAt: index }));
  });
  const atEnd = matcher.advanceTo(asked.until).map((outcome) => ({ outcome, madeAt: asked.events.length }));
  outcomes.push(...atEnd);
  return { ...toFindings(asked, outcomes), open, held: heldBy(matcher) };
}

function toIndex({ step, origin }: TakenEvent): Finding["taken"][number] {
  return { step, index: Number(origin.offset) };
}

export function findByEnumerator({ pattern, events, until }: FlinkCase): Findings {
  const answer = enumerate(pattern, events, { until });
  const toList = (found: typeof answer.matches): readonly Finding[] =>
    found.map(({ taken, at, position }) => ({
      taken: taken.map((each) => ({ step: each.step, index: each.position - 1 })),
      at,
      madeAt: Math.ceil(position) - 1,
    }));
  return { matches: toList(answer.matches), timedOut: toList(answer.timedOut), open: [] };
}

/** The codes for which the pattern is refused. That ordered emission asks for a window is left aside: see `bounded`. */
export function refusalOf(pattern: PatternAst): readonly string[] {
  try {
    compile({ ...pattern, emit: "eager" });
    return [];
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const errors = error.problems.filter(({ severity }) => severity === "error");
    return [...new Set(errors.map(({ code }) => code))];
  }
}

/**
 * Flink lets a match wait for a run that may live for ever; here ordered emission needs a window. One that ends after the
 * last event of the case, and after the time it is advanced to, bounds nothing of it.
 */
function bounded({ pattern, until }: FlinkCase): PatternAst {
  if (pattern.emit === "eager" || pattern.withinMs !== null) return pattern;
  return { ...pattern, withinMs: Math.max(1, 2 * until) };
}

/** How many matches a matcher withholds, as its saved rows tell. */
function heldBy(matcher: KeyedMatcher): number {
  const { rows } = matcher.save() as unknown as { readonly rows: readonly RowsOfState[] };
  return rows.flatMap(readRows).reduce((sum, { held }) => sum + held.length, 0);
}

function toFindings(
  { title }: FlinkCase,
  outcomes: readonly { readonly outcome: Outcome; readonly madeAt: number }[],
): { readonly matches: readonly Finding[]; readonly timedOut: readonly Finding[] } {
  const matches: Finding[] = [];
  const timedOut: Finding[] = [];
  for (const { outcome, madeAt } of outcomes) {
    if (outcome.kind !== "match" && outcome.kind !== "timedOut") {
      throw new Error(`The matcher said "${outcome.kind}" to ${title}.`);
    }
    (outcome.kind === "match" ? matches : timedOut).push({
      taken: outcome.taken.map(toIndex),
      at: outcome.at,
      madeAt,
    });
  }
  return { matches, timedOut };
}

function toAnswer(asked: FlinkCase, { matches, timedOut }: Omit<Findings, "open">, held: number | null): Answer {
  const toReports = (found: readonly Finding[]) => found.map((each) => toReport(asked, each));
  return { kind: "answer", matches: toReports(matches), timedOut: toReports(timedOut), held };
}

function toReport({ title, events }: FlinkCase, { taken, at }: Finding): Report {
  const steps = new Map<string, number[]>();
  for (const { step, index } of taken) {
    const event = events[index];
    if (event === undefined) throw new Error(`A match of ${title} has event ${index}, which was never given.`);
    steps.set(step, [...(steps.get(step) ?? []), event.number]);
  }
  return { roles: toRoles(steps), at };
}

/** How `ours` differs from what Flink said; empty: not at all. All are sets; times are looked at where the matches agree. */
export function compareWithFlink(asked: FlinkCase, ours: Answer): readonly Aspect[] {
  const found = findAspects(asked, ours);
  return ASPECTS.filter((aspect) => found[aspect] === true);
}

function findAspects(asked: FlinkCase, ours: Answer): Partial<Record<Aspect, boolean>> {
  const flink = asked.answer;
  if (flink.error !== null || ours.kind === "refused") {
    return { failed: flink.error !== null, refused: ours.kind === "refused" };
  }
  const timedOut = flink.timedOut ?? [];
  const matches = compareSets(flink.matches.map(rolesOf), ours.matches.map(rolesOf));
  const timeOuts = compareSets(timedOut.map(withTime), flink.timedOut === null ? [] : ours.timedOut.map(withTime));
  const sameMatches = matches.there.length + matches.here.length === 0;
  return {
    matchesThere: matches.there.length > 0,
    matchesHere: matches.here.length > 0,
    held: flink.held !== null && ours.held !== null && flink.held !== ours.held,
    ...timeOutAspects(asked, timedOut, timeOuts),
    reportTimes: sameMatches && differInTime(flink.matches, ours.matches),
    repeatedMatches: repeats(flink.matches.map(rolesOf)),
    repeatedTimeOuts: repeats(timedOut.map(withTime)),
  };
}

function timeOutAspects(
  asked: FlinkCase,
  timedOut: readonly Report[],
  { there, here }: ReturnType<typeof compareSets>,
): Partial<Record<Aspect, boolean>> {
  const matched = new Set(asked.answer.matches.map(rolesOf));
  const ofMatches = new Set(timedOut.filter(({ roles }) => matched.has(roles)).map(withTime));
  const byGap = timedOut.filter((each) => endsAtGap(asked, each));
  const gapTimes = new Set(byGap.map(withTime));
  const gapRoles = byGap.map(({ roles }) => `${roles} @`);
  const isThere = (each: string) => !ofMatches.has(each) && !gapTimes.has(each);
  const isHere = (each: string) => !gapRoles.some((roles) => each.startsWith(roles));
  return {
    timeOutsThere: there.some(isThere),
    timeOutsHere: here.some(isHere),
    timeOutsOfMatches: there.some((each) => ofMatches.has(each)),
    timeOutsByGap: there.some((each) => !ofMatches.has(each) && gapTimes.has(each)),
  };
}

/** Whether a time-out comes at the end of a gap after its last event, and not at that of the window. */
function endsAtGap({ pattern, events, gaps }: FlinkCase, { roles, at }: Report): boolean {
  const numbers = numbersOf(roles);
  const timeOf = (number: number) => events.find((event) => event.number === number)?.at ?? Number.NaN;
  const { withinMs } = pattern;
  if (withinMs !== null && timeOf(Math.min(...numbers)) + withinMs === at) return false;
  const afterLastMs = at - timeOf(Math.max(...numbers));
  return gaps.some(({ ms }) => ms === afterLastMs);
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

/** Whether Flink reports a match of both never at the time at which it is reported here. */
function differInTime(flink: readonly Report[], ours: readonly Report[]): boolean {
  const theirs = new Set(flink.map(withTime));
  return ours.some((each) => !theirs.has(withTime(each)));
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
