// From a pattern to its places and waits. The construction walks the pattern from each place to everything that can
// come next, and collects on the way what is owed: absences that were met, greedy loops that were left.
//
//     after a step    the same step again ── if its maximum is not reached
//                     what follows        ── if its minimum is reached: walk
//     walk            an absence: owe it, go on
//                     an optional element: also go on without it
//                     a step: that is a wait
//                     a group: walk its body
//                     the end of a body: leave the group, or start another iteration
//                     the end of the pattern: the wait that has no step

import type { Contiguity } from "../pattern/ast.ts";
import type { Automaton, Guard, Place, PlaceId, TestId, Wait, WaitId } from "./automaton.ts";
import type { AbsencePart, GroupPart, Part, StepPart } from "./parts.ts";

/** Builds places and waits from `parts`, counts unrolled; `null` if that takes more than `maxPlaces`. */
export function construct(
  parts: readonly Part[],
  maxPlaces: number,
): Pick<Automaton, "places" | "waits" | "start"> | null {
  const construction = new Construction();
  const start = construction.startOf(parts);
  for (let id = 0; id < construction.drafts.length; id++) {
    if (construction.drafts.length > maxPlaces) return null;
    const draft = construction.drafts[id] as Draft;
    draft.follow = construction.followOf(draft);
  }
  return { places: construction.drafts.map(toPlace), waits: construction.waits, start };
}

/** A group on the way to a step: which iteration, and what comes after it. */
type Frame = {
  readonly group: GroupPart;
  readonly count: number;
  /** Whether this iteration has taken an event. */
  readonly took: boolean;
  readonly outer: Site;
};

/** A spot in the text of the pattern: part `index` of `parts`, inside `frame`. */
type Site = { readonly parts: readonly Part[]; readonly index: number; readonly frame: Frame | null };

/** What a walk has met so far. */
type Owed = {
  /** Nothing was taken yet. Checks refuse absences that are met then (`ABSENCE_FIRST`, `ABSENCE_AFTER_NOTHING`). */
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

/** How a step is reached: for the first time or `again` in its own loop. */
type Arrival = { readonly count: number; readonly link: Contiguity; readonly again: boolean };

class Construction {
  readonly drafts: Draft[] = [];
  readonly waits: Wait[] = [];
  readonly #draftIds = new Map<string, PlaceId>();
  readonly #waitIds = new Map<string, WaitId>();
  #out = new Set<WaitId>();

  startOf(parts: readonly Part[]): readonly WaitId[] {
    return this.#collect(() => this.#walk({ parts, index: 0, frame: null }, { ...NOTHING, start: true }, null));
  }

  followOf({ part, count, site }: Draft): readonly WaitId[] {
    return this.#collect(() => {
      if (count < part.max) {
        const first = count >= part.min ? testsOf(part.absences, "notNext") : [];
        this.#addStep(part, site, { count: count + 1, link: part.inner, again: true }, { ...NOTHING, first });
      }
      if (count >= part.min) {
        const guards = part.greedy && count < part.max ? [guardOf(part, site.frame, null)] : [];
        this.#walk({ ...site, index: site.index + 1 }, { ...NOTHING, guards }, null);
      }
    });
  }

  #collect(fill: () => void): readonly WaitId[] {
    this.#out = new Set();
    fill();
    return [...this.#out];
  }

  /** `headLink`: the link that replaces the one of the first part of a group's body. */
  #walk(site: Site, owed: Owed, headLink: Contiguity | null): void {
    const part = site.parts[site.index];
    const onward: Site = { ...site, index: site.index + 1 };
    if (part === undefined) {
      if (site.frame === null) this.#addEnd(owed);
      else this.#leave(site.frame, owed);
    } else if (part.kind === "absence") {
      this.#walk(onward, owe(owed, part), null);
    } else {
      const link = site.index === 0 && headLink !== null ? headLink : (part.link ?? "followedBy");
      if (part.mayBeSkipped) {
        const guards =
          part.kind === "step" && part.greedy ? [...owed.guards, guardOf(part, site.frame, link)] : owed.guards;
        this.#walk(onward, { ...owed, guards }, null);
      }
      if (part.kind === "step") this.#addStep(part, site, { count: 1, link, again: false }, owed);
      else
        this.#walk(
          { parts: part.body, index: 0, frame: { group: part, count: 1, took: false, outer: site } },
          owed,
          link,
        );
    }
  }

  /** At the end of an iteration. One that took nothing is never ended: it counts nothing and owes nothing. */
  #leave(frame: Frame, owed: Owed): void {
    if (!frame.took) return;
    const { group, count, outer } = frame;
    if (count >= (group.nullable ? 1 : group.min)) this.#walk({ ...outer, index: outer.index + 1 }, owed, null);
    if (count < group.max) {
      const again: Frame = { ...frame, count: capped(group, count + 1), took: false };
      this.#walk({ parts: group.body, index: 0, frame: again }, owed, group.inner);
    }
  }

  #addStep(part: StepPart, site: Site, { count, link, again }: Arrival, owed: Owed): void {
    const untils = framesOf(site.frame).flatMap(({ group }) => group.until);
    const forbidden = again ? testsOf(part.absences, "notFollowedBy") : [];
    const stayUnless = [...owed.between.map(({ test }) => test), ...(again ? part.until : []), ...untils, ...forbidden];
    this.#add({
      step: part.step,
      target: this.#placeOf(part, capped(part, count), { ...site, frame: taking(site.frame) }),
      take: part.take,
      takeUnless: [...part.until, ...untils, ...forbidden],
      stayUnless: link === "next" ? null : link === "followedBy" ? [part.take, ...stayUnless] : stayUnless,
      first: owed.first,
      guards: owed.guards,
      gapMs: gapOf(part, site.frame),
      owesAbsence: false,
      forMs: null,
    });
  }

  #addEnd(owed: Owed): void {
    if (owed.start) return;
    this.#add({
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
    });
  }

  #add(wait: Omit<Wait, "id">): void {
    const key = JSON.stringify(wait);
    const id = this.#waitIds.get(key) ?? this.waits.push({ id: this.waits.length, ...wait }) - 1;
    this.#waitIds.set(key, id);
    this.#out.add(id);
  }

  #placeOf(part: StepPart, count: number, site: Site): PlaceId {
    const frames = framesOf(site.frame).map((frame) => `${frame.group.id}:${frame.count}`);
    const key = `${part.id}#${count}|${frames.join("/")}`;
    const id = this.#draftIds.get(key) ?? this.drafts.push({ part, count, site, follow: [] }) - 1;
    this.#draftIds.set(key, id);
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

function gapOf(part: StepPart, frame: Frame | null): number | null {
  const gapsMs = [part.gapMs, ...framesOf(frame).map(({ group }) => group.gapMs)].filter((gapMs) => gapMs !== null);
  return gapsMs.length === 0 ? null : Math.min(...gapsMs);
}

/** What a greedy loop could still take: as its first event if it was skipped, else as its next one. */
function guardOf(part: StepPart, frame: Frame | null, skipped: Contiguity | null): Guard {
  const untils = framesOf(frame).flatMap(({ group }) => group.until);
  const takeUnless = [...part.until, ...untils];
  // A loop that took nothing is not over at its own `until`; but behind a relaxed link no event it wants may pass by.
  const until = skipped === null ? takeUnless : [...untils, ...(skipped === "followedBy" ? [part.take] : [])];
  const consecutive = (skipped ?? part.inner) === "next";
  return { take: part.take, takeUnless, until, consecutive, gapMs: gapOf(part, frame) };
}

function owe(owed: Owed, absence: AbsencePart): Owed {
  return absence.link === "notNext"
    ? { ...owed, first: [...owed.first, absence.test] }
    : { ...owed, between: [...owed.between, absence] };
}

function testsOf(absences: readonly AbsencePart[], link: AbsencePart["link"]): readonly TestId[] {
  return absences.filter((absence) => absence.link === link).map(({ test }) => test);
}
