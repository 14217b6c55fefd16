// The ladder of conditions in words: what it costs to find the runs that a condition is about, and what would make it cheaper.

import type { Rung, StepRung, WhyNoBetter } from "../matching/rungs.ts";

const COSTS: Readonly<Record<Rung, string>> = {
  0: "the event alone decides, for all runs at once.",
  1: "all steps so far have the same value, which is part of the key: one look into a table.",
  2: "runs are found by the value that an event equals: one look into a table.",
  3: "runs are found by the value that an event is compared with: a search.",
  4: "runs stay together; if an event fits, those are looked for that take it, and what they share is asked once.",
  5: "each run that waits for it is asked, if the event alone does not rule it out.",
};

/** Why it is no better, and what to do about it. */
const REASONS: Readonly<Record<WhyNoBetter, string>> = {
  order: "An order cannot be looked up; eq(…) can.",
  notOfAll:
    "The steps before do not all equal that value. If they are meant to, say so in each, or make the field part of the key.",
  notForGood:
    "The value may be another one later: it is calculated, of a loop, a group, or a step that may be skipped. A field of a step that takes one event would move runs of one value together.",
  notOneComparison:
    "It is not one comparison (=, <, ≤, >, ≥) of a value of the event with one value of the run; beside conditions on the event alone, such a one would be looked up.",
  decidesWhoStays:
    "It is not one comparison (=, <, ≤, >, ≥) of a value of the event with one value of the run, and runs for which it does not hold go on in another way than the others. Write it as such a comparison, or, for a step, behind followedByAny.",
  callsFunction: "It calls a function, of which nothing is known. Write it with where(…) instead of filter(…).",
  besideAnother:
    "Runs wait for OTHER at the same time, which compares with something else. With eq(…) and the same value in both, they would be looked up.",
  ownDeadline: "Each run has a deadline of its own (maxGap, for), so each is kept by itself. within has one for all.",
  absenceAtDeadline:
    "The absence at the end is kept up to a deadline, so each run is kept by itself. A key of the same value would leave few of them side by side.",
  timeOutsReported:
    'Time-outs are reported, so each run is kept by itself. timedOut: "none" would let them go together.',
  ordered: 'emit: "ordered" looks at the oldest run, so each is kept by itself. emit: "eager" does not.',
};

/** One line for each step, absence and until. */
export function describeRungs(rungs: readonly StepRung[]): readonly string[] {
  return rungs.map((each) => `${nameOf(each)}: rung ${each.rung}, ${COSTS[each.rung]}${reasonOf(each)}`);
}

function nameOf({ of, kind }: StepRung): string {
  return kind === "until" ? `the until of "${of}"` : `"${of}"`;
}

function reasonOf({ of, kind, why, beside }: StepRung): string {
  const other = beside !== of ? `"${beside}"` : kind === "until" ? "the loop" : "its until";
  return why === null ? "" : ` ${REASONS[why].replace("OTHER", other)}`;
}
