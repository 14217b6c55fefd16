// What the reasons ask of events, and of what the definition finds among them.

import type { Element } from "../../lib/pattern/ast.ts";
import { fieldOf, holds } from "../../lib/pattern/expression/evaluate.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import { everyPart } from "../../lib/pattern/walk.ts";
import type { Instant } from "../../lib/time/instant.ts";
import type { Finding } from "./answers.ts";
import type { CaseEvent, FlinkCase } from "./case.ts";
import { definitionOf } from "./definition.ts";
import { trailingAbsences } from "./structure.ts";

/** What is asked of an event. */
export type Asking = { readonly on: readonly string[] | null; readonly condition: Condition | null };

/** Whether an event satisfies what is asked of it. A condition that looks at earlier events may hold of any. */
export function fits({ on, condition }: Asking, { value }: CaseEvent): boolean {
  if (on !== null && !on.includes(fieldOf(value, ["type"]) as string)) return false;
  if (condition === null || looksBack(condition)) return true;
  return holds(condition, value, { of: () => [], match: {} });
}

function looksBack(condition: Condition): boolean {
  return [...everyPart(condition)].some(({ part }) => {
    if (part.kind === "count" || part.kind === "aggregate") return true;
    return part.kind === "field" && part.of.kind === "taken";
  });
}

/** Two events that were taken one after the other; or the last one, and what came until the report. */
export type Pair = {
  readonly before: CaseEvent;
  /** The step that took it. */
  readonly from: string;
  /** `null`: nothing more was taken. */
  readonly after: CaseEvent | null;
  readonly to: string | null;
  /** The events after `before`, up to and with `after`; or those until the report. */
  readonly passed: readonly CaseEvent[];
  /** The event at which the report was made, if that came after the last that was taken; also one at the time of a deadline. */
  readonly decided: readonly CaseEvent[];
  /** The time of `after`, or of the report. */
  readonly until: Instant;
};

/** Every pair in the matches that the definition finds. */
export function pairsOfMatches(asked: FlinkCase, elements?: readonly Element[]): readonly Pair[] {
  return definitionOf(asked, elements).matches.flatMap((each) => pairsOf(asked, each));
}

/** Every pair in the matches, in the time-outs, and in the runs that hold back others. */
export function pairsOfRuns(asked: FlinkCase): readonly Pair[] {
  return runsOf(asked).flatMap((each) => pairsOf(asked, each));
}

function runsOf(asked: FlinkCase): readonly Finding[] {
  const { matches, timedOut, open } = definitionOf(asked);
  return [...matches, ...timedOut, ...(asked.hasSkip ? open : [])];
}

/** The first events of the same. */
export function firstsOf(asked: FlinkCase): readonly { readonly step: string; readonly event: CaseEvent }[] {
  return runsOf(asked).flatMap(({ taken: [first] }) =>
    first === undefined ? [] : [{ step: first.step, event: asked.events[first.index] as CaseEvent }],
  );
}

export function pairsOf({ events }: FlinkCase, { taken, at, madeAt }: Finding): readonly Pair[] {
  return taken.map(({ step, index }, place): Pair => {
    const before = events[index] as CaseEvent;
    const next = taken[place + 1];
    if (next === undefined) {
      const passed = events.slice(index + 1, madeAt);
      const decided = events.slice(Math.max(index + 1, madeAt), madeAt + 1).filter((event) => event.at === at);
      return { before, from: step, after: null, to: null, passed, decided, until: at };
    }
    const after = events[next.index] as CaseEvent;
    const passed = events.slice(index + 1, next.index + 1);
    return { before, from: step, after, to: next.step, passed, decided: [], until: after.at };
  });
}

/** The first event of a finding, and the last. */
export function endsOf(
  { events }: FlinkCase,
  { taken }: Finding,
): { readonly first: CaseEvent; readonly last: CaseEvent } {
  return { first: events[taken[0]?.index ?? 0] as CaseEvent, last: events[taken.at(-1)?.index ?? 0] as CaseEvent };
}

/** Matches that time alone completes: at the end of the window, of a gap, or of the time an absence lasts. */
export function matchesByTime(asked: FlinkCase, elements?: readonly Element[]): readonly Finding[] {
  const { withinMs } = asked.pattern;
  const delaysMs = [
    ...asked.gaps.map(({ ms }) => ms),
    ...trailingAbsences(asked.pattern.elements).flatMap(({ forMs }) => forMs ?? []),
  ];
  return definitionOf(asked, elements).matches.filter((each) => {
    const { first, last } = endsOf(asked, each);
    if (each.at === last.at) return false;
    return each.at - first.at === withinMs || delaysMs.includes(each.at - last.at);
  });
}
