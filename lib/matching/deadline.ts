// What time alone does to a run. Three clocks run: from the first event (`within`), from the last one (`maxGap`), and
// from the last one for a trailing absence that has its own time (`for`). All are half-open: at its deadline a wait is over.

import type { Waiting } from "../automaton/waiting.ts";
import type { PatternAst } from "../pattern/ast.ts";
import type { Instant } from "../time/instant.ts";
import type { Run } from "./run.ts";

/** When the first of the run's waits is over; `null`: never. */
export function deadlineOf(pattern: PatternAst, run: Run): Instant | null {
  const deadlines = run.waiting.map((waiting) => waitDeadline(pattern, run, waiting)).filter((at) => at !== null);
  return deadlines.length > 0 ? deadlines.reduce((least, at) => Math.min(least, at)) : null;
}

/** What is left of a run at `at`: whether it became a match by time alone, or lapsed. */
export type Lapsed = { readonly run: Run | null; readonly complete: boolean; readonly timedOut: boolean };

/** Ends the waits of `run` whose deadline is at or before `at`. A wait at the end of the pattern has then kept all it owed. */
export function expire(pattern: PatternAst, run: Run, at: Instant): Lapsed {
  const over = run.waiting.filter((waiting) => (waitDeadline(pattern, run, waiting) ?? Number.POSITIVE_INFINITY) <= at);
  if (over.length === 0) return { run, complete: false, timedOut: false };
  const left = run.waiting.filter((waiting) => !over.includes(waiting));
  const complete = over.some(({ wait }) => wait.step === null);
  const lapsed = over.some((waiting) => endsBy(pattern, run, waiting) === "within");
  return {
    run: left.length > 0 ? { ...run, waiting: left, reported: run.reported || complete } : null,
    complete,
    timedOut: lapsed && !complete && !run.reported && left.length === 0,
  };
}

function waitDeadline(pattern: PatternAst, run: Run, waiting: Waiting): Instant | null {
  const lastAt = run.tail.event.at;
  switch (endsBy(pattern, run, waiting)) {
    case "for":
      return lastAt + (waiting.wait.forMs ?? 0);
    case "maxGap":
      return lastAt + (waiting.wait.gapMs ?? 0);
    case "within":
      return run.tail.first.at + (pattern.withinMs ?? 0);
    default:
      return null;
  }
}

/** Which clock ends a wait first. A gap that ends together with the window counts as the gap. */
function endsBy(pattern: PatternAst, run: Run, { wait }: Waiting): "for" | "maxGap" | "within" | "nothing" {
  if (wait.forMs !== null) return "for";
  if (wait.gapMs === null) return pattern.withinMs === null ? "nothing" : "within";
  if (pattern.withinMs === null) return "maxGap";
  return run.tail.event.at + wait.gapMs <= run.tail.first.at + pattern.withinMs ? "maxGap" : "within";
}
