// Reasons that lie in what is reported when, and how often.

import type { Contiguity, Element, GroupNode, StepNode } from "../../lib/pattern/ast.ts";
import type { Instant } from "../../lib/time/instant.ts";
import type { Finding, Findings } from "./answers.ts";
import { endsOf, fits, matchesByTime, type Pair, pairsOfMatches } from "./asking.ts";
import type { CaseEvent, FlinkCase } from "./case.ts";
import { definitionOf, reportedOf, rolesOf } from "./definition.ts";
import { READINGS, READINGS_WITHOUT_GAPS, readBy, WAYS_TO_READ } from "./readings.ts";
import { losesLastInLoop } from "./readings-of-absences.ts";
import { keptGaps } from "./readings-of-gaps.ts";
import { endsInLoop } from "./reasons-absence.ts";
import {
  canGrow,
  edgeSteps,
  groupsEndingWith,
  isGroup,
  isStep,
  mayTakeNothing,
  repeats,
  type Site,
  sitesOf,
  stepsAfter,
  stepsBefore,
  stepsIn,
  trailingAbsences,
  whatFollows,
} from "./structure.ts";

// tie: of several matches that begin with the same event and wait together, the one that comes first drops others.

export function hasTie(asked: FlinkCase): boolean {
  if (!asked.hasSkip) return false;
  const heldUntil = holdingRuns(asked, definitionOf(asked).open);
  const waiting = definitionOf(asked).matches.map((match) => ({
    first: endsOf(asked, match).first,
    at: match.at,
    isHeld: isHeld(asked, match, heldUntil),
    isReported: reportedOf(asked).has(rolesOf(match)),
    drops: drops(asked, match),
  }));
  return waiting.some((one, index) => {
    for (let next = index + 1; next < waiting.length; next++) {
      const other = waiting[next] as (typeof waiting)[number];
      if (one.first !== other.first || !(one.isReported || other.isReported) || !(one.drops || other.drops)) continue;
      if (one.at === other.at || (one.at < other.at ? one : other).isHeld) return true;
    }
    return false;
  });
}

/** Until when a run that began with an event is open, by the number of that event. */
type HoldingRuns = ReadonlyMap<number, Instant>;

function holdingRuns(asked: FlinkCase, open: Findings["open"]): HoldingRuns {
  const until = new Map<number, Instant>();
  for (const run of open) {
    const { number } = endsOf(asked, run).first;
    until.set(number, Math.max(run.at, until.get(number) ?? run.at));
  }
  return until;
}

/** Whether a match is complete while a run is open that began earlier. */
function isHeld(asked: FlinkCase, match: Finding, runs: HoldingRuns): boolean {
  const { first } = endsOf(asked, match);
  return [...runs].some(([number, until]) => number < first.number && until >= match.at);
}

/** Whether a match drops others that begin with its first event. */
function drops({ pattern: { skip } }: FlinkCase, { taken }: Finding): boolean {
  if (skip.to !== "first" && skip.to !== "last") return skip.to !== "none";
  const targets = taken.filter(({ step }) => step === skip.step);
  const target = skip.to === "first" ? targets.at(0) : targets.at(-1);
  return target !== undefined && target !== taken[0];
}

// timeout-of-match: a run that was reported but could have grown is reported as timed out, too.

export function growsAfterMatch(asked: FlinkCase): boolean {
  if (!canGrow(asked.pattern.elements)) return false;
  return WAYS_TO_READ.some((readings) => {
    const { matches, open } = definitionOf(asked, readBy(readings, asked));
    const runs = holdingRuns(asked, open);
    const isKept = (match: Finding) => !drops(asked, match) || isHeld(asked, match, runs);
    return matches.some(
      (match) => isKept(match) && endsOfLife(asked, match).some((end) => isOpenUntil(asked, open, match, end)),
    );
  });
}

/** When a run may time out in Flink: at the end of the window, or of a gap. */
function endsOfLife(asked: FlinkCase, finding: Finding): readonly Instant[] {
  const { first, last } = endsOf(asked, finding);
  const { withinMs } = asked.pattern;
  const before = finding.taken.at(-1)?.step ?? "";
  const gaps = keptGaps(asked).filter(({ site }) =>
    [...stepsIn(site.element), ...stepsBefore(site)].some(({ name }) => name === before),
  );
  const gapEnds = gaps.map(({ ms }) => last.at + ms);
  return withinMs === null ? gapEnds : [first.at + withinMs, ...gapEnds];
}

/** Whether a run is still open after the last event before `end`. */
function isOpenUntil(asked: FlinkCase, open: Findings["open"], run: Finding, end: Instant): boolean {
  const { last } = endsOf(asked, run);
  const before = asked.events.findLast(({ at, number }) => at < end && number >= last.number);
  return before !== undefined && open.some((each) => each.at === before.at && rolesOf(each) === rolesOf(run));
}

// gap-timeout: a run that a gap ends is reported as timed out.

export function outlivesGap(asked: FlinkCase): boolean {
  if (asked.gaps.length === 0) return false;
  const { open } = definitionOf(asked, readBy(READINGS_WITHOUT_GAPS, asked));
  return open.some((run) => endsOfLife(asked, run).some((end) => isOpenUntil(asked, open, run, end)));
}

// deadline-time: a match released by the clock carries the clock's time.

export function isReleasedByClock(asked: FlinkCase): boolean {
  if (matchesByTime(asked).length > 0) return true;
  if (!asked.hasSkip || (asked.pattern.withinMs === null && asked.gaps.length === 0)) return false;
  const { matches, open } = definitionOf(asked);
  const runs = holdingRuns(asked, open);
  return matches.some((match) => isHeld(asked, match, runs));
}

// silent-absence: beside the match that time completes, what waits in the loop before the absence times out.

export function waitsInLoop(asked: FlinkCase): boolean {
  if (!endsInLoop(asked)) return false;
  if (WAYS_TO_READ.some((readings) => matchesByTime(asked, readBy(readings, asked)).length > 0)) return true;
  const complete = losesLastInLoop(asked) ? definitionOf(asked, readBy(READINGS, asked)).matches : [];
  return complete.some((match) => staysQuiet(asked, match));
}

/** Whether nothing that the last absence forbids comes after the last event of a match, and its deadline does. */
function staysQuiet(asked: FlinkCase, match: Finding): boolean {
  const { withinMs, elements } = asked.pattern;
  const [absence] = trailingAbsences(elements).slice(-1);
  const { first, last } = endsOf(asked, match);
  const deadline = first.at + (withinMs ?? Number.POSITIVE_INFINITY);
  const later = asked.events.filter(({ number, at }) => number > last.number && at < deadline);
  return absence !== undefined && deadline <= asked.until && !later.some((event) => fits(absence, event));
}

// duplicate: the same events in the same roles are reported once for each way in which they arise, or wait.

export function isAmbiguous(asked: FlinkCase): boolean {
  if (waitsInLoop(asked)) return true;
  const groups = sitesOf(asked.pattern.elements).filter(isGroup);
  const isLoose = looseGroupsOf(asked).length > 0;
  return WAYS_TO_READ.some((readings) => {
    const pairs = pairsOfMatches(asked, readBy(readings, asked));
    return (isLoose && pairs.length > 0) || groups.some((group) => isLeftTwice(group, pairs));
  });
}

/** A run may leave the head of the next iteration at an event that it had also waited for behind the group. */
function isLeftTwice(group: Site<GroupNode>, pairs: readonly Pair[]): boolean {
  const isAtEnd = whatFollows(group).sites.some(({ element }) => element.link === "notNext");
  const { min, max } = group.element.quantifier;
  const lasts = edgeSteps([group.element], "last").map(({ name }) => name);
  const after = stepsAfter(group).map(({ name }) => name);
  const isLeft = ({ from, to, passed }: Pair) =>
    lasts.includes(from) && (to === null ? isAtEnd : after.includes(to) && passed.length > 1);
  return min !== max && pairs.some(isLeft);
}

function looseGroupsOf({ pattern }: FlinkCase): readonly Site<GroupNode>[] {
  return sitesOf(pattern.elements)
    .filter(isGroup)
    .filter(({ element }) => isAmbiguousGroup(element));
}

/** Whether the same events in the same roles may be iterations of a group in several ways. */
function isAmbiguousGroup(group: GroupNode): boolean {
  if (!repeats(group)) return group.quantifier.optional && group.elements.every(mayTakeNothing);
  if (group.elements.every(mayTakeNothing)) return true;
  const firsts = edgeSteps(group.elements, "first");
  return sitesOf(group.elements).some((site) => {
    if (!isStep(site) || !edgeSteps(group.elements, "last").includes(site.element)) return false;
    const next = [...stepsAfter(site), ...(repeats(site.element) ? [site.element] : [])];
    return next.some((step) => firsts.includes(step));
  });
}

function stepsBeside(site: Site): readonly StepNode[] {
  return [...stepsBefore(site), ...stepsAfter(site)];
}

/** Before an optional element and behind it, in a loop and behind it: once an event was passed over. */
export function waitsInSeveralStates(asked: FlinkCase): boolean {
  const loose = looseGroupsOf(asked)
    .flatMap((group) => [...stepsIn(group.element), ...(mayTakeNothing(group.element) ? stepsBeside(group) : [])])
    .map(({ name }) => name);
  return WAYS_TO_READ.some((readings) => {
    const elements = readBy(readings, asked);
    const sites = new Map(sitesOf(elements).map((site) => [isStep(site) ? site.element.name : "", site]));
    const { matches, timedOut, open } = definitionOf(asked, elements);
    return [...matches, ...timedOut, ...(asked.gaps.length > 0 ? open : [])].some((run) => {
      if (run.taken.some(({ step }) => loose.includes(step))) return true;
      const site = sites.get(run.taken.at(-1)?.step ?? "");
      const next = asked.events[asked.events.indexOf(endsOf(asked, run).last) + 1];
      return site !== undefined && next !== undefined && isAliveAt(asked, run, next) && waysPast(site, next).length > 1;
    });
  });
}

/** A run that has passed a limit on the time between events is only ended once it waits where Flink keeps the limit. */
function isAliveAt(asked: FlinkCase, run: Finding, { at }: CaseEvent): boolean {
  const { withinMs } = asked.pattern;
  return withinMs === null ? asked.gaps.length > 0 : at < endsOf(asked, run).first.at + withinMs;
}

function waysPast(site: Site, event: CaseEvent): readonly Way[] {
  return waysOn(site).filter(
    ({ link, step }) => link === "followedByAny" || (link === "followedBy" && !fits(step, event)),
  );
}

type Way = { readonly step: StepNode; readonly link: Contiguity | null };

/** What a run may wait for that has taken an event of a step, and over which link. */
function waysOn(site: Site): readonly Way[] {
  const again =
    isStep(site) && repeats(site.element) ? [{ step: site.element, link: site.element.quantifier.inner }] : [];
  const after = whatFollows(site).sites.flatMap(({ element }) => ways(element, element.link));
  const around = groupsEndingWith(site)
    .filter(({ element }) => repeats(element))
    .flatMap(({ element }) => ways(element, element.quantifier.inner));
  return [...again, ...after, ...around];
}

/** The steps that may take the first event of an element, each with its link. */
function ways(element: Element, link: Element["link"]): readonly Way[] {
  if (element.kind === "absence" || link === "notNext" || link === "notFollowedBy") return [];
  if (element.kind === "step") return [{ step: element, link }];
  const end = element.elements.findIndex((each) => !mayTakeNothing(each));
  const heads = element.elements.slice(0, end < 0 ? undefined : end + 1);
  return heads.flatMap((each, index) => ways(each, index === 0 ? link : each.link));
}
