// From a pattern to its automaton. The construction walks the pattern from each place to everything that can come
// next, and collects on the way what is owed: absences that were met, greedy loops that were left.
//
//     after(step)   the same step again ── if its maximum is not reached
//                   what follows        ── if its minimum is reached ── walk(…)
//     walk          an absence: owe it, go on
//                   an optional element: also go on without it
//                   a step: that is a wait
//                   a group: walk its body
//                   the end of a body: leave the group, or start another iteration
//                   the end of the pattern: the wait that has no step

import { PatternError } from "../core/errors.ts";
import type { Contiguity, PatternAst } from "../pattern/ast.ts";
import { type CheckOptions, checkPattern } from "../pattern/checks.ts";
import { fingerprintOf } from "../pattern/fingerprint.ts";
import { isPattern, type Pattern } from "../pattern/pattern.ts";
import type { Automaton, Guard, Place, PlaceId, TestId, Wait, WaitId } from "./automaton.ts";
import { type AbsencePart, type GroupPart, mayTakeNothing, type Part, type StepPart, toParts } from "./parts.ts";

/** How to compile; the checks take the same options. */
export type CompileOptions = CheckOptions & {
  /** Most places a pattern may have. Counts are unrolled, so `times(1000)` costs 1,000. Default 10,000. */
  readonly maxPlaces?: number;
};

const MAX_PLACES = 10_000;

/**
 * Compiles a pattern. Cost: places times what can follow each; counts are unrolled.
 *
 * @throws {PatternError} with every problem of the pattern at once; `TOO_MANY_PLACES` if it passes `maxPlaces`.
 */
export function compile(pattern: Pattern | PatternAst, options: CompileOptions = {}): Automaton {
  const ast = isPattern(pattern) ? pattern.ast : pattern;
  const built = isPattern(pattern) ? pattern.problems : [];
  const problems = [...built, ...checkPattern(ast, options)];
  if (problems.some(({ severity }) => severity === "error")) throw new PatternError(ast.name, problems);
  const { parts, steps, tests } = toParts(ast);
  const construction = construct(ast, parts, options.maxPlaces ?? MAX_PLACES);
  return freeze({ pattern: ast, steps, tests, ...construction, fingerprint: fingerprintOf(ast) });
}

/** A group on the way to a step: which iteration, and what comes after it. */
type Frame = {
  readonly group: GroupPart;
  readonly count: number;
  /** Whether this iteration has taken an event. */
  readonly took: boolean;
  readonly outer: Site;
};

/** A place in the text of the pattern: part `index` of `parts`, inside `frame`. */
type Site = { readonly parts: readonly Part[]; readonly index: number; readonly frame: Frame | null };

/** What a walk has met so far. */
type Owed = {
  /** Nothing was taken yet: the first event of a match is free of contiguity and absences. */
  readonly start: boolean;
  /** Must not happen before the next event taken: `notFollowedBy`. */
  readonly between: readonly AbsencePart[];
  /** Must not be the very next event: `notNext`. */
  readonly first: readonly TestId[];
  readonly guards: readonly Guard[];
};

const NOTHING: Owed = { start: false, between: [], first: [], guards: [] };

/** A place while the automaton is under construction. */
type Draft = { readonly part: StepPart; readonly count: number; readonly site: Site; follow: readonly WaitId[] };

function construct(ast: PatternAst, parts: readonly Part[], maxPlaces: number): Pick<Automaton, "places" | "waits" | "start"> {
  const drafts: Draft[] = [];
  const draftIds = new Map<string, PlaceId>();
  const waits: Wait[] = [];
  const waitIds = new Map<string, WaitId>();

  const start = collect((out) => walk({ parts, index: 0, frame: null }, { ...NOTHING, start: true }, null, out));
  for (let id = 0; id < drafts.length; id++) {
    const draft = drafts[id] as Draft;
    draft.follow = collect((out) => after(draft, out));
  }
  return { places: drafts.map(toPlace), waits, start };

  function collect(fill: (out: Set<WaitId>) => void): readonly WaitId[] {
    const out = new Set<WaitId>();
    fill(out);
    return [...out];
  }

  function after({ part, count, site }: Draft, out: Set<WaitId>): void {
    if (count < part.max) {
      const first = count >= part.min ? part.absences.filter(isNotNext).map(({ test }) => test) : [];
      addStep(part, count + 1, site, part.inner, true, { ...NOTHING, first }, out);
    }
    if (count >= part.min) {
      const guards = part.greedy && count < part.max ? [guardOf(part, site.frame)] : [];
      walk({ ...site, index: site.index + 1 }, { ...NOTHING, guards }, null, out);
    }
  }

  /** `headLink`: the link that replaces the one of the first part of a group's body. */
  function walk(site: Site, owed: Owed, headLink: Contiguity | null, out: Set<WaitId>): void {
    const part = site.parts[site.index];
    if (part === undefined) return site.frame === null ? addEnd(owed, out) : leave(site.frame, owed, out);
    const onward: Site = { ...site, index: site.index + 1 };
    if (part.kind === "absence") return walk(onward, owed.start ? owed : owe(owed, part), null, out);
    if (mayTakeNothing(part)) {
      const guards = part.kind === "step" && part.greedy ? [...owed.guards, guardOf(part, site.frame)] : owed.guards;
      walk(onward, { ...owed, guards }, null, out);
    }
    const link = site.index === 0 && headLink !== null ? headLink : (part.link ?? "followedBy");
    if (part.kind === "step") return addStep(part, 1, site, link, false, owed, out);
    walk({ parts: part.body, index: 0, frame: { group: part, count: 1, took: false, outer: site } }, owed, link, out);
  }

  /** At the end of an iteration. One that took nothing is never ended: it counts nothing and owes nothing. */
  function leave(frame: Frame, owed: Owed, out: Set<WaitId>): void {
    if (!frame.took) return;
    const { group, count, outer } = frame;
    if (count >= (group.nullable ? 1 : group.min)) walk({ ...outer, index: outer.index + 1 }, owed, null, out);
    if (count < group.max) {
      const again: Frame = { ...frame, count: capped(group, count + 1), took: false };
      walk({ parts: group.body, index: 0, frame: again }, owed, group.inner, out);
    }
  }

  function addStep(part: StepPart, count: number, site: Site, link: Contiguity, again: boolean, owed: Owed, out: Set<WaitId>): void {
    const untils = untilsAround(site.frame);
    const forbidden = again ? part.absences.filter(isNotFollowedBy).map(({ test }) => test) : [];
    const stayUnless = [...owed.between.map(({ test }) => test), ...(again ? part.until : []), ...untils, ...forbidden];
    out.add(
      addWait({
        step: part.step,
        target: addPlace(part, capped(part, count), { ...site, frame: taking(site.frame) }),
        take: part.take,
        takeUnless: [...part.until, ...untils, ...forbidden],
        stayUnless: link === "next" ? null : link === "followedBy" ? [part.take, ...stayUnless] : stayUnless,
        first: owed.first,
        guards: owed.guards,
        gapMs: gapOf(part, site.frame),
        owesAbsence: false,
        forMs: null,
      }),
    );
  }

  function addEnd(owed: Owed, out: Set<WaitId>): void {
    if (owed.start) return;
    out.add(
      addWait({
        step: null,
        target: null,
        take: null,
        takeUnless: [],
        stayUnless: owed.between.map(({ test }) => test),
        first: owed.first,
        guards: owed.guards,
        gapMs: null,
        owesAbsence: owed.between.length > 0,
        forMs: owed.between.find(({ forMs }) => forMs !== null)?.forMs ?? null,
      }),
    );
  }

  function addWait(wait: Omit<Wait, "id">): WaitId {
    const key = JSON.stringify(wait);
    const known = waitIds.get(key);
    if (known !== undefined) return known;
    const id = waits.push({ id: waits.length, ...wait }) - 1;
    waitIds.set(key, id);
    return id;
  }

  function addPlace(part: StepPart, count: number, site: Site): PlaceId {
    const key = `${part.id}#${count}|${framesOf(site.frame).map(({ group, count: iteration }) => `${group.id}:${iteration}`)}`;
    const known = draftIds.get(key);
    if (known !== undefined) return known;
    if (drafts.length === maxPlaces) throw tooManyPlaces(ast.name, maxPlaces);
    const id = drafts.push({ part, count, site, follow: [] }) - 1;
    draftIds.set(key, id);
    return id;
  }
}

function toPlace({ part, count, site, follow }: Draft, id: PlaceId): Place {
  return { id, step: part.step, count, iterations: framesOf(site.frame).map((frame) => frame.count), follow };
}

/** Counts above the minimum are equal where there is no maximum. */
function capped(part: { readonly min: number; readonly max: number }, count: number): number {
  return part.max === Number.POSITIVE_INFINITY ? Math.min(count, part.min) : count;
}

/** The groups around a site, inside out. */
function framesOf(frame: Frame | null): readonly Frame[] {
  const frames: Frame[] = [];
  for (let at = frame; at !== null; at = at.outer.frame) frames.push(at);
  return frames;
}

/** The same groups, once an event was taken inside them. */
function taking(frame: Frame | null): Frame | null {
  return frame === null ? null : { ...frame, took: true, outer: { ...frame.outer, frame: taking(frame.outer.frame) } };
}

function untilsAround(frame: Frame | null): readonly TestId[] {
  return framesOf(frame).flatMap(({ group }) => group.until);
}

function gapOf(part: StepPart, frame: Frame | null): number | null {
  const gapsMs = [part.gapMs, ...framesOf(frame).map(({ group }) => group.gapMs)].filter((gapMs) => gapMs !== null);
  return gapsMs.length === 0 ? null : Math.min(...gapsMs);
}

function guardOf(part: StepPart, frame: Frame | null): Guard {
  return { take: part.take, until: [...part.until, ...untilsAround(frame)], consecutive: part.inner === "next" };
}

function owe(owed: Owed, absence: AbsencePart): Owed {
  return isNotNext(absence)
    ? { ...owed, first: [...owed.first, absence.test] }
    : { ...owed, between: [...owed.between, absence] };
}

function isNotNext({ link }: AbsencePart): boolean {
  return link === "notNext";
}

function isNotFollowedBy({ link }: AbsencePart): boolean {
  return link === "notFollowedBy";
}

function tooManyPlaces(pattern: string, maxPlaces: number): PatternError {
  return new PatternError(pattern, [
    {
      code: "TOO_MANY_PLACES",
      severity: "error",
      path: [],
      message: `It needs more than ${maxPlaces} places, the limit maxPlaces; counts are unrolled.`,
      remedy: "Lower the counts, above all those of nested groups, or raise maxPlaces where the pattern is compiled.",
    },
  ]);
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const field of Object.values(value)) freeze(field);
  }
  return value;
}
