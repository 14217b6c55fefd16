// Every way in which a case is run. All must say the same.

import type { Automaton } from "../../lib/automaton/automaton.ts";
import { LimitError } from "../../lib/core/errors.ts";
import { createMatcher } from "../../lib/matching/create-matcher.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcher, MatcherLimits, MatcherStats, Outcome } from "../../lib/matching/matcher.ts";
import type { Notice } from "../../lib/matching/process.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import { enumerate, type OracleMatch } from "../oracle/enumerate.ts";
import { type Case, type CaseEvent, type Row, type Stream, showRow } from "./case.ts";

/** What is found in a stream; each as text, in the order in which it is told. */
export type Answer = {
  /** `a1 b3@5`: steps with the numbers of their events from 1, and when they are reported. */
  readonly matches: readonly string[];
  readonly timedOut: readonly string[];
  readonly notices: readonly string[];
  readonly ids: readonly string[];
  readonly stats: MatcherStats;
};

/** What is expected of a matcher, as it would tell it. */
export function expected({ matches, timedOut, notices }: Stream): Pick<Answer, "matches" | "timedOut" | "notices"> {
  const show = (row: Row): string => showRow(row).replace(/ (at|by) /, "@");
  return { matches: matches.map(show), timedOut: (timedOut ?? []).map(show), notices };
}

type Arrived = { readonly value: CaseEvent; readonly index: number };

/** The events that are matched, in order of time. */
function inTime({ events, late, keyless }: Stream): readonly Arrived[] {
  const arrived = events.map((value, index) => ({ value, index }));
  return arrived
    .filter(({ index }) => !late.has(index) && !keyless.has(index))
    .sort((one, other) => one.value.at - other.value.at || one.index - other.index);
}

/** By one matcher; `isRestored`: before every event by a new one, from what the one before has saved as JSON. */
export function byMatcher(automaton: Automaton, each: Case, stream: Stream, isRestored: boolean): Answer {
  const open = (): KeyedMatcher =>
    createKeyedMatcher(automaton, { timedOut: each.options.timedOut, limits: limitsOf(each) });
  let matcher = open();
  const outcomes: Outcome[] = [];
  const stopped: string[] = [];
  const restore = (): void => {
    const state = JSON.stringify(matcher.save());
    matcher = open();
    matcher.restore(JSON.parse(state));
  };
  for (const { value, index } of inTime(stream)) {
    if (isRestored) restore();
    const origin = { topic: "", partition: 0, offset: BigInt(index) };
    stopped.push(
      ...unlessStopped(value, () => {
        outcomes.push(...matcher.onEvent(value.key ?? "", { value, at: value.at, origin }));
      }),
    );
    if (stopped.length > 0) break;
  }
  if (stopped.length === 0) {
    if (isRestored) restore();
    outcomes.push(...matcher.advanceTo(stream.until));
  }
  return { ...told(outcomes, stopped), stats: matcher.stats() };
}

/** In process, from the events as they arrive. Whoever is turned away must be whom the case says. */
export function inProcess(pattern: Pattern, each: Case, stream: Stream): Answer {
  const outcomes: Outcome[] = [];
  const turnedAway = { late: new Set<number>(), noKey: new Set<number>(), noTime: new Set<number>() };
  const onNotice = (notice: Notice<CaseEvent>): void => {
    if (notice.kind === "late" || notice.kind === "noKey" || notice.kind === "noTime") {
      turnedAway[notice.kind].add(stream.events.indexOf(notice.event));
    } else outcomes.push(notice as Outcome);
  };
  const matcher = createMatcher(pattern as Pattern<CaseEvent, unknown, unknown, true>, {
    keyOf: ({ key }) => key,
    timeOf: ({ at }) => at,
    outOfOrderness: each.options.outOfOrdernessMs,
    timedOut: each.options.timedOut,
    limits: limitsOf(each),
    onNotice,
  });
  const stopped: string[] = [];
  for (const event of stream.events) {
    stopped.push(...unlessStopped(event, () => outcomes.push(...matcher.push(event))));
    if (stopped.length > 0) break;
  }
  if (stopped.length === 0) {
    outcomes.push(...(stream.until === Number.POSITIVE_INFINITY ? matcher.finish() : matcher.advanceTo(stream.until)));
  }
  const shown = (of: ReadonlySet<number>): string => [...of].sort().join();
  if (shown(turnedAway.late) !== shown(stream.late) || shown(turnedAway.noKey) !== shown(stream.keyless)) {
    throw new Error(`late: events ${shown(turnedAway.late)}; without key: events ${shown(turnedAway.noKey)}`);
  }
  return { ...told(outcomes, stopped), stats: matcher.stats() };
}

/** Nothing, unless a limit stops the matcher at an event: then what it says. Nothing can be matched after that. */
function unlessStopped(event: CaseEvent, match: () => void): readonly string[] {
  try {
    match();
    return [];
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return [`${error.code} stopped at ${event.at}`];
  }
}

function limitsOf({ options }: Case): Partial<MatcherLimits> {
  return Object.fromEntries([...options.limits].filter(([name]) => name in MATCHER_LIMITS));
}

const MATCHER_LIMITS: Readonly<Record<keyof MatcherLimits, true>> = {
  maxRunsPerKey: true,
  maxNodesPerKey: true,
  maxMatchesPerEvent: true,
  maxKeys: true,
  maxStateBytes: true,
  onLimit: true,
};

function told(outcomes: readonly Outcome[], stopped: readonly string[]): Omit<Answer, "stats"> {
  const of = (kind: "match" | "timedOut") => outcomes.filter((each) => each.kind === kind);
  return {
    matches: of("match").map(show),
    timedOut: of("timedOut").map(show),
    notices: [...outcomes.flatMap((each) => notice(each) ?? []), ...stopped],
    ids: outcomes.flatMap((each) => ("id" in each ? [each.id] : [])),
  };
}

function show(outcome: Outcome): string {
  if (!("taken" in outcome)) return outcome.kind;
  return `${outcome.taken.map(({ step, origin }) => `${step}${origin.offset + 1n}`).join(" ")}@${outcome.at}`;
}

function notice(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case "limitReached":
      return `${outcome.limit} ${outcome.action} ${outcome.count} at ${outcome.at}`;
    case "functionFailed":
      return `${outcome.where} of ${outcome.step} failed at ${outcome.at}`;
    default:
      return null;
  }
}

/** By the definition: what the enumerator finds for one key, as rows of a case. Limits are no part of it. */
export function byDefinition(
  pattern: PatternAst,
  each: Case,
  stream: Stream,
  key: string,
): { readonly matches: readonly string[]; readonly timedOut: readonly string[] } {
  const events = inTime(stream).filter(({ value }) => value.key === key);
  const { matches, timedOut } = enumerate(
    pattern,
    events.map(({ value }) => ({ value, at: value.at })),
    { until: stream.until },
  );
  const toRow = ({ taken, at, position }: OracleMatch): Row => ({
    taken: taken.map((take) => ({ step: take.step, index: events[take.position - 1]?.index ?? -1 })),
    at,
    by: Number.isInteger(position) ? "event" : "deadline",
  });
  const chosen = each.options.timedOut === "longest" ? longestOfEach(timedOut) : timedOut;
  return { matches: matches.map(toRow).map(showRow), timedOut: chosen.map(toRow).map(showRow) };
}

/** "Of each first event the run with the most events, the first in order among equals." */
function longestOfEach(runs: readonly OracleMatch[]): readonly OracleMatch[] {
  const firstOf = ({ taken }: OracleMatch): number => taken[0]?.position ?? 0;
  return runs.filter((run) => {
    const rivals = runs.filter((other) => firstOf(other) === firstOf(run));
    const most = Math.max(...rivals.map(({ taken }) => taken.length));
    return run === rivals.find(({ taken }) => taken.length === most);
  });
}

/** The rows of one key. */
export function rowsOf(rows: readonly Row[], { events }: Stream, key: string): readonly string[] {
  return rows.filter(({ taken }) => events[taken[0]?.index ?? 0]?.key === key).map(showRow);
}
