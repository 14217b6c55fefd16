// What a pattern finds in a stream of one key, in a form that two patterns can be compared by.

import type { Automaton } from "../automaton/automaton.ts";
import { createKeyedMatcher } from "../matching/grouped-matcher.ts";
import type { KeyedMatcher, Outcome } from "../matching/matcher.ts";
import { everyElement } from "../pattern/walk.ts";
import type { Instant } from "../time/instant.ts";

/**
 * One event of a stream of one key; times begin at 0.
 *
 * @example
 * import type { StreamEvent } from "sequitur/testing";
 *
 * const event: StreamEvent = { value: { type: "charge", amount: 1 }, at: 0 };
 * event.at; // => 0
 */
export type StreamEvent = { readonly value: object; readonly at: Instant };

/**
 * A match in a stream: when it is reported, and which events its steps took, as indexes into the stream.
 *
 * @example
 * import type { Found } from "sequitur/testing";
 *
 * const found: Found = { at: 1_000, taken: [{ step: "probe", index: 0 }] };
 * found.taken.length; // => 1
 */
export type Found = {
  readonly at: Instant;
  readonly taken: readonly { readonly step: string; readonly index: number }[];
};

/** Finds the matches of streams, in the order of their reports; each stream is looked at for itself. */
export type Finder = (stream: readonly StreamEvent[]) => readonly Found[];

/** After so many streams, or so far on in time, a finder begins with a new matcher. */
const STREAMS_PER_MATCHER = 500;
const MAX_TIME_MS = 2 ** 50;

/**
 * A finder for one pattern. Streams are given to one matcher, each under a key of its own and after the one before, since what a
 * matcher has learned of a pattern is worth keeping; `create` says which. Time goes on after a stream until every deadline has passed.
 */
export function finderOf(
  automaton: Automaton,
  create: (automaton: Automaton) => Pick<KeyedMatcher, "onEvent" | "advanceTo"> = createKeyedMatcher,
): Finder {
  const patienceMs = patienceOf(automaton);
  let matcher = create(automaton);
  let [start, streams] = [0, 0];
  return (stream) => {
    if (streams >= STREAMS_PER_MATCHER || start > MAX_TIME_MS) {
      matcher = create(automaton);
      [start, streams] = [0, 0];
    }
    const from = start;
    const outcomes = stream.flatMap(({ value, at }, index) =>
      matcher.onEvent(streams, { value, at: from + at, origin: { topic: "", partition: 0, offset: BigInt(index) } }),
    );
    const end = from + (stream.at(-1)?.at ?? 0) + patienceMs;
    outcomes.push(...matcher.advanceTo(end));
    start = end + 1;
    streams += 1;
    return outcomes.flatMap((outcome) => foundIn(outcome, from));
  };
}

/** Two lists of matches are equal if these are. */
export function identityOf(found: readonly Found[]): string {
  return found.map(textOf).join("\n");
}

/** The matches of `some` that `others` has not. */
export function without(some: readonly Found[], others: readonly Found[]): readonly Found[] {
  const known = new Set(others.map(textOf));
  return some.filter((each) => !known.has(textOf(each)));
}

function textOf({ at, taken }: Found): string {
  return `${at} ${taken.map(({ step, index }) => `${step}:${index}`).join(" ")}`;
}

/** What one outcome says of a stream that began at `from`. */
function foundIn(outcome: Outcome, from: Instant): readonly Found[] {
  if (outcome.kind !== "match") return [];
  const taken = outcome.taken.map(({ step, origin }) => ({ step, index: Number(origin.offset) }));
  return [{ at: outcome.at - from, taken }];
}

/** How long after the last event something may still happen. */
function patienceOf({ pattern }: Automaton): number {
  const durations = [...everyElement(pattern.elements)].map(({ element }) =>
    element.kind === "absence" ? element.forMs : element.maxGapMs,
  );
  return Math.max(0, ...[pattern.withinMs, pattern.oncePerMs, ...durations].map((ms) => ms ?? 0)) + 1;
}
