// One recorded case, whichever of the two formats it came in.

import type { AbsenceNode, Element, PatternAst, Quantifier } from "../../lib/pattern/ast.ts";
import type { Instant } from "../../lib/time/instant.ts";

export type FlinkCase = {
  /** Such as `random-mix`. */
  readonly file: string;
  /** Line of the file, from 1. */
  readonly line: number;
  /** The name of Flink's test, or of the file and line. */
  readonly title: string;
  readonly pattern: PatternAst;
  /** Whether `within` stood on the last element: Flink forgets a trailing absence otherwise. */
  readonly windowOnLast: boolean;
  readonly hasSkip: boolean;
  /** The limits on the time between two events, as Flink was told them. */
  readonly gaps: readonly Gap[];
  /** In the order Flink got them; times never go back. */
  readonly events: readonly CaseEvent[];
  /** Time was advanced to this at the end. */
  readonly until: Instant;
  readonly answer: FlinkAnswer;
};

/**
 * A limit on the time between two events: `within` a call of its own (PREVIOUS_AND_CURRENT), `times` in that of the
 * quantifier. One that stands on a `notNext` has no place in our patterns.
 */
export type Gap = { readonly on: Element; readonly ms: number; readonly call: "within" | "times" };

/** An event; `number` is what answers call it, from 1. Flink's tests feed some events twice under one number. */
export type CaseEvent = {
  readonly number: number;
  readonly at: Instant;
  readonly value: Readonly<Record<string, unknown>>;
};

/** Which step took which events, steps in order of name: `p1:1,3 p2:4`. */
export type Roles = string;

export type Report = { readonly roles: Roles; readonly at: Instant };

export type FlinkAnswer = {
  readonly matches: readonly Report[];
  /** `null`: not recorded. */
  readonly timedOut: readonly Report[] | null;
  /** Matches it still withholds at the end, for runs that began earlier; `null`: not recorded. */
  readonly held: number | null;
  /** What Flink failed with; `null`: it did not. */
  readonly error: string | null;
};

/** What a reader of one format makes of a line. */
export type CaseOfLine = Omit<FlinkCase, "file" | "line" | "title"> & { readonly title: string | null };

/** Roles as text, so that equal ones are equal. Steps that took nothing are left out. */
export function toRoles(taken: Iterable<readonly [step: string, numbers: readonly number[]]>): Roles {
  const steps = [...taken].filter(([, numbers]) => numbers.length > 0);
  return steps
    .map(([step, numbers]) => `${step}:${numbers.join(",")}`)
    .sort()
    .join(" ");
}

/** The numbers of the events in it. */
export function numbersOf(roles: Roles): readonly number[] {
  return roles.split(" ").flatMap((role) =>
    role
      .slice(role.lastIndexOf(":") + 1)
      .split(",")
      .map(Number),
  );
}

/** Flink ignores `greedy` where the count is fixed, and so where it is one or none. */
export function withoutIdleGreed(quantifier: Quantifier): Quantifier {
  return quantifier.min === quantifier.max ? { ...quantifier, greedy: false } : quantifier;
}

/** An element of either format, as far as the window goes. */
type Windowed = { readonly withinMs: number | null; readonly body: readonly Windowed[] };

/**
 * The window Flink goes by: the smallest that stands on any element, wherever that is, but for the last one of a group's
 * body, which is never read.
 */
export function windowOf(elements: readonly Windowed[], inBody = false): number | null {
  const windows = elements.flatMap(({ withinMs, body }, index) => {
    const isRead = !(inBody && index === elements.length - 1);
    return [isRead ? withinMs : null, windowOf(body, true)].filter((each) => each !== null);
  });
  return windows.length > 0 ? Math.min(...windows) : null;
}

/** The shorter of the limits on one element; `null`: none. Each is noted with the element `make` makes of it. */
export function withGaps<Made extends Element>(
  limits: Readonly<Partial<Record<Gap["call"], number | null>>>,
  gaps: Gap[],
  make: (maxGapMs: number | null) => Made,
): Made {
  const { within = null, times = null } = limits;
  const ms = [within, times].filter((each) => each !== null);
  const on = make(ms.length > 0 ? Math.min(...ms) : null);
  if (within !== null) gaps.push({ on, ms: within, call: "within" });
  if (times !== null) gaps.push({ on, ms: times, call: "times" });
  return on;
}

/**
 * An absence. A limit on the time between events is, at the end of the pattern, how long a `notFollowedBy` lasts; Flink
 * ignores it on one that stands elsewhere.
 */
export function toAbsence(
  absence: Pick<AbsenceNode, "name" | "link" | "on" | "condition">,
  withinMs: number | null,
  isLast: boolean,
  gaps: Gap[],
): AbsenceNode {
  const lasts = isLast && absence.link === "notFollowedBy";
  const on: AbsenceNode = { kind: "absence", ...absence, forMs: lasts ? withinMs : null };
  if (withinMs !== null && absence.link === "notNext") gaps.push({ on, ms: withinMs, call: "within" });
  return on;
}
