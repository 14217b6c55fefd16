// The oracle: the definition of the language (patterns/README.md), tried out on every assignment. For at most a dozen events
// of one key; slow, and as near to the text as code can be. It shares nothing with the engine but the pattern as data
// and `holds`.
//
//     assignments.ts   rules 1, 2, 3, 5, 7     which events an assignment may take
//     verdict.ts       rules 4, 6, "When"      what it promises of the others, and when it is a match
//     here             "The set", "Skip strategies", time-outs, ordered emission, oncePer

import type { Element, PatternAst, Skip } from "../../lib/pattern/ast.ts";
import { shapeOf } from "../../lib/pattern/shape.ts";
import type { Instant } from "../../lib/time/instant.ts";
import { assignments, span } from "./assignments.ts";
import { atDeadline, atEvent, compareMoments, type Moment, verdict } from "./verdict.ts";
import { isImagined, type OracleEvent, type Take, timeAt, type World } from "./world.ts";

export type { OracleEvent } from "./world.ts";

/** A match or a timed-out partial match: events with their steps, and when it was reported (see `Moment`). */
export type OracleMatch = Moment & { readonly taken: readonly { readonly step: string; readonly position: number }[] };

export type OracleAnswer = {
  /** In report order, after skip and `oncePer`. */
  readonly matches: readonly OracleMatch[];
  /** All partial matches whose `within` deadline passed, in order. */
  readonly timedOut: readonly OracleMatch[];
};

/**
 * Everything that a pattern reports on the events of one key, given in order of (time, arrival). Deadlines up to
 * `until` pass after the last event; `Infinity` is the end of time.
 */
export function enumerate(
  pattern: PatternAst,
  events: readonly OracleEvent[],
  { until }: { readonly until: Instant },
): OracleAnswer {
  return report(pattern, survey(pattern, events, { until }));
}

/** A match, or a run that timed out, and when. */
export type Match = { readonly takes: readonly Take[]; readonly moment: Moment };

/** What a stream holds for a pattern, whatever becomes of it by its skip strategy, `emit` and `oncePer`. */
export type Survey = {
  /** Every moment at which something may be reported, in order. */
  readonly moments: readonly Moment[];
  /** All matches, in order. */
  readonly matches: readonly Match[];
  /** All partial matches whose `within` deadline passed, in order. */
  readonly timedOut: readonly Match[];
  /** Whether a run that begins with event `first` can still become a match at a moment. */
  readonly isOpenAt: (first: number, moment: Moment) => boolean;
};

/** Looks at what begins with one of the events at `firsts`, by default with any. What begins with one never depends on the others. */
export function survey(
  pattern: PatternAst,
  events: readonly OracleEvent[],
  { until, firsts = span(1, events.length) }: { readonly until: Instant; readonly firsts?: readonly number[] },
): Survey {
  const now = Math.max(until, events.at(-1)?.at ?? until);
  const world: World = { pattern, events, now, future: false };
  const moments = momentsOf(world);
  const complete = completeMatches(world, firsts);
  const inOrder = (one: Match, other: Match): number =>
    compareMoments(one.moment, other.moment) || compareRoles(pattern, one, other);
  return {
    moments,
    matches: [...complete.values()].sort(inOrder),
    timedOut: firsts.flatMap((first) => timeOuts(world, first, moments, complete)).sort(inOrder),
    isOpenAt: (first, moment) => hasOpenRun(worldAt(world, moment), first),
  };
}

/** What is reported of what a stream holds. The pattern may differ in skip, `emit` and `oncePer` from the one that was surveyed. */
export function report(pattern: PatternAst, { moments, matches, timedOut, isOpenAt }: Survey): OracleAnswer {
  const desk: Desk = { pattern, reported: [], quietUntil: Number.NEGATIVE_INFINITY, prunedUpTo: 0 };
  const lapsed: OracleMatch[] = [];
  const nextMatch = queueOf(matches);
  const nextTimeOut = queueOf(timedOut);
  let held: readonly Match[] = [];
  for (const moment of moments) {
    // What ends at an instant has ended before anything is reported at it.
    for (const run of nextTimeOut(moment)) {
      if (firstOf(run) > desk.prunedUpTo) lapsed.push(asReported(run.takes, moment));
    }
    const ready = nextMatch(moment);
    if (pattern.emit === "eager") for (const match of ready) put(desk, match, moment);
    else held = release(desk, [...held, ...ready], moment, isOpenAt);
  }
  return { matches: desk.reported, timedOut: lapsed };
}

/** Gives, moment by moment, those of `sorted` whose moment it is. */
function queueOf(sorted: readonly Match[]): (moment: Moment) => readonly Match[] {
  let next = 0;
  return (moment) => {
    const start = next;
    while (next < sorted.length && compareMoments((sorted[next] as Match).moment, moment) <= 0) next += 1;
    return sorted.slice(start, next);
  };
}

/** What has been reported, and what follows from it. */
type Desk = {
  readonly pattern: PatternAst;
  readonly reported: OracleMatch[];
  /** `oncePer`: matches before this instant are suppressed. */
  quietUntil: Instant;
  /** Skip strategies: runs and unreported matches whose first position is not greater are dropped. */
  prunedUpTo: number;
};

/** "Matches are a set"; "a match that arises in several ways is reported at the earliest". */
function completeMatches(world: World, firsts: readonly number[]): ReadonlyMap<string, Match> {
  const matches = new Map<string, Match>();
  for (const assignment of firsts.flatMap((first) => [...assignments(world, first)])) {
    const moment = verdict(world, assignment);
    if (typeof moment !== "object") continue;
    const roles = rolesOf(assignment.takes);
    const known = matches.get(roles);
    if (known === undefined || compareMoments(moment, known.moment) < 0) {
      matches.set(roles, { takes: assignment.takes, moment });
    }
  }
  return matches;
}

/** Every moment at which something may be reported: events, and whatever may be a deadline of an event. */
function momentsOf(world: World): readonly Moment[] {
  const { pattern, events, now } = world;
  const delays = [pattern.withinMs, ...pattern.elements.flatMap(delaysOf)].filter((each) => each !== null);
  const deadlines = new Set(events.flatMap((event) => delays.map((delay) => event.at + delay)));
  return [
    ...events.map((_, index) => atEvent(world, index + 1)),
    ...[...deadlines].filter((deadline) => deadline <= now).map((deadline) => atDeadline(world, deadline)),
  ].sort(compareMoments);
}

function delaysOf(element: Element): readonly (number | null)[] {
  switch (element.kind) {
    case "step":
      return [element.maxGapMs];
    case "absence":
      return [element.forMs];
    case "group":
      return [element.maxGapMs, ...element.elements.flatMap(delaysOf)];
  }
}

// Order: by report time, then positions compared left to right, then step order.

type Roles = { readonly takes: readonly Take[] };

/** Earlier positions first, a prefix before what it begins; then the order in which the pattern names the steps. */
function compareRoles(pattern: PatternAst, one: Roles, other: Roles): number {
  const steps = [...shapeOf(pattern).keys()];
  return (
    compareLists(positionsOf(one), positionsOf(other)) ||
    compareLists(
      one.takes.map(({ step }) => steps.indexOf(step.name)),
      other.takes.map(({ step }) => steps.indexOf(step.name)),
    )
  );
}

function compareLists(one: readonly number[], other: readonly number[]): number {
  const differing = one.findIndex((each, index) => each !== other[index]);
  if (differing < 0) return one.length - other.length;
  return (one[differing] ?? 0) - (other[differing] ?? Number.NEGATIVE_INFINITY);
}

function positionsOf({ takes }: Roles): readonly number[] {
  return takes.map((take) => take.position);
}

function rolesOf(takes: readonly Take[]): string {
  return takes.map(({ step, position }) => `${step.name}@${position}`).join(" ");
}

function firstOf({ takes }: Roles): number {
  return takes[0]?.position ?? 0;
}

// Skip strategies, ordered emission, oncePer.

/** Reports a match unless an earlier one has dropped it. Pruning comes first; `oncePer` filters what is left. */
function put(desk: Desk, { takes }: Match, moment: Moment): void {
  if (firstOf({ takes }) <= desk.prunedUpTo) return;
  desk.prunedUpTo = Math.max(desk.prunedUpTo, prunedBy(desk.pattern.skip, takes));
  if (moment.at < desk.quietUntil) return;
  desk.quietUntil = moment.at + (desk.pattern.oncePerMs ?? 0);
  desk.reported.push(asReported(takes, moment));
}

/** The last first position that a reported match drops: c, or c − 1 where "< c" is written. */
function prunedBy(skip: Skip, takes: readonly Take[]): number {
  const first = takes[0]?.position ?? 0;
  switch (skip.to) {
    case "none":
      return 0;
    case "next":
      return first;
    case "pastLast":
      return takes.at(-1)?.position ?? 0;
    default: {
      const ofStep = takes.filter((take) => take.step.name === skip.step);
      const target = skip.to === "first" ? ofStep.at(0) : ofStep.at(-1);
      if (target !== undefined) return target.position - 1;
      return skip.orElse === "next" ? first : 0;
    }
  }
}

/**
 * Ordered emission: of the matches held, those go out, in order of (first position, completion, positions, steps),
 * before whose first position no open run begins. Each one prunes before the next is looked at.
 */
function release(desk: Desk, held: readonly Match[], moment: Moment, isOpenAt: Survey["isOpenAt"]): readonly Match[] {
  const waiting = [...held].sort(
    (one, other) =>
      firstOf(one) - firstOf(other) ||
      compareMoments(one.moment, other.moment) ||
      compareRoles(desk.pattern, one, other),
  );
  for (let match = waiting[0]; match !== undefined; match = waiting[0]) {
    const starts = span(desk.prunedUpTo + 1, firstOf(match) - 1);
    if (starts.some((first) => isOpenAt(first, moment))) break;
    waiting.shift();
    put(desk, match, moment);
  }
  return waiting;
}

// Partial matches.

/** What is known at a moment, with the future still to come. */
function worldAt(world: World, moment: Moment): World {
  return { ...world, events: world.events.slice(0, Math.floor(moment.position)), now: moment.at, future: true };
}

/** Whether an assignment that begins with this event can still become a match that it is not yet. */
function hasOpenRun(world: World, first: number): boolean {
  return some(assignments(world, first), (assignment) => verdict(world, assignment) === "open");
}

/** The assignments to known events that begin with `first` and can still become a match, or another one, by role. */
function openRuns(world: World, first: number): ReadonlyMap<string, readonly Take[]> {
  const runs = new Map<string, readonly Take[]>();
  for (const assignment of assignments(world, first)) {
    if (verdict(world, assignment) !== "open") continue;
    const takes = assignment.takes.filter((take) => !isImagined(world, take.position));
    runs.set(rolesOf(takes), takes);
  }
  return runs;
}

/** The partial matches of a first event whose `within` deadline passed: alive before that moment, dead after it, and not a match. */
function timeOuts(
  world: World,
  first: number,
  moments: readonly Moment[],
  complete: ReadonlyMap<string, Match>,
): readonly Match[] {
  const { withinMs } = world.pattern;
  const index = moments.findIndex(
    (moment) => moment.position % 1 !== 0 && withinMs !== null && timeAt(world, first) + withinMs === moment.at,
  );
  const moment = moments[index];
  const before = moments[index - 1];
  if (moment === undefined || before === undefined) return [];
  const after = openRuns(worldAt(world, moment), first);
  return [...openRuns(worldAt(world, before), first)]
    .filter(([roles]) => !after.has(roles) && !isMatch(complete.get(roles), moment))
    .map(([, takes]) => ({ takes, moment }));
}

function isMatch(match: Match | undefined, moment: Moment): boolean {
  return match !== undefined && compareMoments(match.moment, moment) <= 0;
}

function asReported(takes: readonly Take[], { at, position }: Moment): OracleMatch {
  return { taken: takes.map((take) => ({ step: take.step.name, position: take.position })), at, position };
}

function some<T>(items: Iterable<T>, test: (item: T) => boolean): boolean {
  for (const item of items) if (test(item)) return true;
  return false;
}
