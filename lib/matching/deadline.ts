// What time alone does to a run. Three clocks run: from the first event (`within`), from the last one (`maxGap`), and
// from the last one for a trailing absence that has its own time (`for`). All are half-open: at its deadline a wait is over, and so is
// a guard of a greedy loop that can take nothing more.

import type { Guard } from "../automaton/automaton.ts";
import { type Waiting, withoutEnd } from "../automaton/waiting.ts";
import type { PatternAst } from "../pattern/ast.ts";
import { END_OF_TIME, type Instant } from "../time/instant.ts";

/** Of a run what time has to do with it. */
export type Timed = {
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly waiting: readonly Waiting[];
  /** It was reported as a match, and may yet grow into a longer one. */
  readonly reported: boolean;
};

/** When time next changes what the run waits for; `null`: never. */
export function deadlineOf(pattern: PatternAst, run: Timed): Instant | null {
  const ends = run.waiting.flatMap((waiting) => [
    waitDeadline(pattern, run, waiting),
    ...waiting.open.map((guard) => guardDeadline(pattern, run, guard)),
  ]);
  const least = ends.reduce((sooner, at) => Math.min(sooner, at), END_OF_TIME);
  return least === END_OF_TIME ? null : least;
}

/** What is left of a run at `at`: whether it became a match by time alone, or lapsed. */
export type Lapsed = {
  /** What it waits for now; nothing: it is over. */
  readonly waiting: readonly Waiting[];
  readonly reported: boolean;
  readonly complete: boolean;
  readonly timedOut: boolean;
};

/** Ends what is over at `at`: waits, and guards of greedy loops. A wait at the end of the pattern has then kept all it owed. */
export function expire(pattern: PatternAst, run: Timed, at: Instant): Lapsed {
  const isOver = (waiting: Waiting): boolean => waitDeadline(pattern, run, waiting) <= at;
  const over = run.waiting.filter(isOver);
  const left = withoutEnd(
    run.waiting.filter((waiting) => !isOver(waiting)).map((waiting) => lift(pattern, run, waiting, at)),
  );
  const complete = left.complete || over.some(({ wait }) => wait.step === null);
  const waiting = complete ? left.waiting.filter(({ wait }) => wait.step !== null) : left.waiting;
  const lapsed = over.some((each) => isEndedByWindow(pattern, run, each));
  return {
    waiting,
    reported: run.reported || complete,
    complete,
    timedOut: lapsed && !complete && !run.reported && waiting.length === 0,
  };
}

function lift(pattern: PatternAst, run: Timed, waiting: Waiting, at: Instant): Waiting {
  const open = waiting.open.filter((guard) => guardDeadline(pattern, run, guard) > at);
  return open.length === waiting.open.length ? waiting : { ...waiting, open };
}

/** When a greedy loop can take nothing more because of time. */
function guardDeadline(pattern: PatternAst, run: Timed, { gapMs }: Guard): Instant {
  return Math.min(windowEnd(pattern, run), gapEnd(run, gapMs));
}

function waitDeadline(pattern: PatternAst, run: Timed, { wait }: Waiting): Instant {
  if (wait.forMs !== null) return gapEnd(run, wait.forMs);
  return Math.min(windowEnd(pattern, run), gapEnd(run, wait.gapMs));
}

/** Whether it is the window that ends a wait. If gap and window end together, it is: the run was alive until then. */
function isEndedByWindow(pattern: PatternAst, run: Timed, { wait }: Waiting): boolean {
  const end = windowEnd(pattern, run);
  return wait.forMs === null && end < END_OF_TIME && end <= gapEnd(run, wait.gapMs);
}

function windowEnd({ withinMs }: PatternAst, { firstAt }: Timed): Instant {
  return withinMs === null ? END_OF_TIME : firstAt + withinMs;
}

function gapEnd({ lastAt }: Timed, gapMs: number | null): Instant {
  return gapMs === null ? END_OF_TIME : lastAt + gapMs;
}
