// One recorded case, whichever of the two formats it came in.

import type { PatternAst } from "../../lib/pattern/ast.ts";
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
  /** All limits to the time between two events. */
  readonly gapsMs: ReadonlySet<number>;
  /** Those that stand on a `notNext`, by its name: they have no place in our patterns. */
  readonly gapsOnNotNext: ReadonlyMap<string, number>;
  /** In the order Flink got them; times never go back. */
  readonly events: readonly CaseEvent[];
  /** Time was advanced to this at the end. */
  readonly until: Instant;
  readonly answer: FlinkAnswer;
};

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
  return roles.split(" ").flatMap((role) => role.slice(role.lastIndexOf(":") + 1).split(",").map(Number));
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
