// What becomes of an assignment: rules 4 and 6, which look ahead, and "When". Each absence and each greedy loop is
// a promise about events that are not taken; it is broken, or kept as of some moment, or still open.

import type { AbsenceNode } from "../../lib/pattern/ast.ts";
import type { Instant } from "../../lib/time/instant.ts";
import { type Assignment, mayTake, type Part, type StepPart, span } from "./assignments.ts";
import { endsLoop, isImagined, satisfies, timeAt, type World } from "./world.ts";

/**
 * A point in what happens to a key. At event `position`; or, if `position` is k + ½, at a deadline that passes after
 * event k and before event k + 1. Ordered by position, then `at`.
 */
export type Moment = { readonly at: Instant; readonly position: number };

/** `broken`: never a match. `open`: it may still become one. A moment: it is a match as of then. */
export type Verdict = "broken" | "open" | Moment;

export function compareMoments(one: Moment, other: Moment): number {
  return one.position - other.position || one.at - other.at;
}

export function atEvent(world: World, position: number): Moment {
  return { at: timeAt(world, position), position };
}

/** "Deadlines that are due come before the event that made them due": after every event that is earlier. */
export function atDeadline(world: World, at: Instant): Moment {
  return { at, position: world.events.filter((event) => event.at < at).length + 0.5 };
}

/** When: at the event that completes it, and not before every promise is kept. */
export function verdict(world: World, { parts, takes }: Assignment): Verdict {
  const last = takes.at(-1)?.position ?? 0;
  const all = [...promises(parts)];
  const claim: Claim = { world, takes, deadline: deadlineOf(world, takes, all) };
  const verdicts = all.map((promise) =>
    promise.kind === "absence" ? absenceVerdict(claim, promise) : greedyVerdict(claim, promise.loop),
  );
  if (verdicts.includes("broken")) return "broken";
  if (verdicts.includes("open") || isImagined(world, last)) return "open";
  return verdicts.reduce<Moment>(later, atEvent(world, last));
}

function later(one: Moment, other: Verdict): Moment {
  return typeof other === "object" && compareMoments(other, one) > 0 ? other : one;
}

type Claim = {
  readonly world: World;
  readonly takes: Assignment["takes"];
  /** Until when the promises at its end must hold: rule 7. */
  readonly deadline: Instant;
};

type AbsencePromise = {
  readonly kind: "absence";
  readonly node: AbsenceNode;
  readonly place: number;
  readonly after: Part;
};
type GreedyPromise = { readonly kind: "greedy"; readonly loop: StepPart };

/** `after` is P of rule 4: the element before an absence, other absences left out. */
function* promises(parts: readonly Part[]): Generator<AbsencePromise | GreedyPromise> {
  let after: Part | undefined;
  for (const part of parts) {
    if (part.kind === "absence") {
      if (after !== undefined) yield { kind: "absence", node: part.node, place: part.place, after };
      continue;
    }
    if (part.kind === "group") for (const iteration of part.iterations) yield* promises(iteration);
    else if (part.node.quantifier.greedy) yield { kind: "greedy", loop: part };
    after = part;
  }
}

/** First + W, or its own: last + D. An absence is at the end if nothing after it takes anything. */
function deadlineOf(world: World, takes: Claim["takes"], all: readonly (AbsencePromise | GreedyPromise)[]): Instant {
  const first = timeAt(world, takes[0]?.position ?? 0);
  const last = timeAt(world, takes.at(-1)?.position ?? 0);
  const own = all.flatMap((each) =>
    each.kind === "absence" && each.place === takes.length ? (each.node.forMs ?? []) : [],
  );
  if (own.length > 0) return last + Math.max(...own);
  return first + (world.pattern.withinMs ?? Number.POSITIVE_INFINITY);
}

function keptUntil({ world }: Claim, deadline: Instant): Verdict {
  return Number.isFinite(deadline) && deadline <= world.now ? atDeadline(world, deadline) : "open";
}

/** Rule 4. */
function absenceVerdict(claim: Claim, { node, place, after }: AbsencePromise): Verdict {
  const { world, takes, deadline } = claim;
  const q = takes[place]?.position; // Taken by the first element after N that takes anything.
  const lastTaken = takes[place - 1]?.position ?? 0;
  const ofP = positionsOf(after);
  const isForbidden = (position: number): boolean => satisfies(world, node, position, takes);

  if (node.link === "notFollowedBy") {
    // p: the first event taken by P if P is a step, its last if P is a group; the last one taken if P took nothing.
    const p = after.kind === "step" ? (ofP[0] ?? lastTaken) : lastTaken;
    const isBetween = (position: number): boolean => q !== undefined || timeAt(world, position) < deadline;
    const between = span(p + 1, Math.min(q ?? Number.POSITIVE_INFINITY, world.events.length + 1) - 1).filter(isBetween);
    if (between.some(isForbidden)) return "broken";
    return q === undefined ? keptUntil(claim, deadline) : atEvent(world, q);
  }

  // Every position at which P could have ended: for a step that loops also the earlier ones that satisfied its minimum.
  const ends = after.kind === "step" && ofP.length > 0 ? ofP.slice(after.node.quantifier.min - 1) : [lastTaken];
  // At the end the next event of the key decides about the last of them, unless it comes at or after the deadline.
  const next = lastTaken + 1;
  const isUndecided = q === undefined && (isImagined(world, next) || timeAt(world, next) >= deadline);
  if ((isUndecided ? ends.slice(0, -1) : ends).some((end) => isForbidden(end + 1))) return "broken";
  return isUndecided ? keptUntil(claim, deadline) : atEvent(world, q ?? next);
}

/** Rule 6, and "a trailing greedy loop is reported once, when it can grow no more". */
function greedyVerdict(claim: Claim, loop: StepPart): Verdict {
  const { world, takes } = claim;
  const count = loop.positions.length;
  const before = takes.slice(0, loop.place + count);
  const i = before.at(-1)?.position; // After its last event; if it took none, after the last one taken before it.
  const q = takes[before.length]?.position; // The one taken by what follows.
  if (count === loop.node.quantifier.max) return atEvent(world, i ?? 0);

  const link = count === 0 ? loop.link : loop.node.quantifier.inner;
  const offer = { node: loop.node, link, count, around: loop.around };
  const couldExtend = (position: number): boolean =>
    !isImagined(world, position) && mayTake(world, { ...offer, position }, before);
  if (q !== undefined) {
    return span((i ?? q - 1) + 1, q).some(couldExtend) ? "broken" : atEvent(world, q);
  }
  if (i === undefined) return "broken";

  const closesLoop = (position: number): boolean =>
    (link === "next" && position === i + 1) ||
    // Its condition holds, its until left aside, and it could not take it: a relaxed link is broken (rule 3).
    (link === "followedBy" && satisfies(world, loop.node, position, before)) ||
    (count > 0 && endsLoop(world, loop.node.quantifier.until, position, before)) ||
    loop.around.some((group) => endsLoop(world, group.quantifier.until, position, before));
  const limit = Math.min(claim.deadline, growsBefore(claim, loop, i));
  for (const position of span(i + 1, world.events.length)) {
    if (timeAt(world, position) >= limit) break;
    if (couldExtend(position)) return "broken";
    if (closesLoop(position)) return atEvent(world, position);
  }
  return keptUntil(claim, limit);
}

/** Rule 7: the instant from which a loop can take nothing more. */
function growsBefore({ world, takes }: Claim, loop: StepPart, last: number): Instant {
  const { withinMs } = world.pattern;
  const byWindow = timeAt(world, takes[0]?.position ?? 0) + (withinMs ?? Number.POSITIVE_INFINITY);
  const byGap = [loop.node, ...loop.around].map(
    ({ maxGapMs }) => timeAt(world, last) + (maxGapMs ?? Number.POSITIVE_INFINITY),
  );
  return Math.min(byWindow, ...byGap);
}

function positionsOf(part: Part): readonly number[] {
  switch (part.kind) {
    case "step":
      return part.positions;
    case "absence":
      return [];
    case "group":
      return part.iterations.flat().flatMap(positionsOf);
  }
}
