// What has to hold of a pattern on every stream. Where one breaks, either the engine is wrong, or a function given to `filter`
// does not answer the same each time.

import type { Automaton } from "../automaton/automaton.ts";
import type { Key } from "../event/key.ts";
import { createKeyedMatcher } from "../matching/grouped-matcher.ts";
import type { KeyedMatcher, Outcome } from "../matching/matcher.ts";
import { type Finder, type Found, finderOf, foundIn, patienceOf, type StreamEvent } from "./finder.ts";
import { createRunMatcher } from "./run-matcher.ts";

/** Two ways to find the same. */
export type StreamLaw = {
  /** Names it for programs. */
  readonly name: "reference" | "restart" | "company";
  /** What is claimed, as in "finds …". */
  readonly claim: string;
  /** The other way; the first is to look at the stream alone and without a pause. */
  readonly find: Finder;
};

/** The laws of a pattern. */
export function streamLawsOf(automaton: Automaton): readonly StreamLaw[] {
  return [
    {
      name: "reference",
      claim: "finds what a second, plain matcher finds",
      find: finderOf(automaton, createRunMatcher),
    },
    {
      name: "restart",
      claim: "finds the same if it is saved and restored on the way",
      find: (stream) => restarted(automaton, stream),
    },
    {
      name: "company",
      claim: "finds the same beside events of another key",
      find: (stream) => inCompany(automaton, stream),
    },
  ];
}

/** Saved and restored in the middle and before the last event. */
function restarted(automaton: Automaton, stream: readonly StreamEvent[]): readonly Found[] {
  const pauses = new Set([stream.length >> 1, stream.length - 1]);
  let matcher = createKeyedMatcher(automaton);
  const outcomes: Outcome[] = [];
  for (const [index, event] of stream.entries()) {
    if (pauses.has(index)) {
      const state = structuredClone(matcher.save());
      matcher = createKeyedMatcher(automaton);
      matcher.restore(state);
    }
    outcomes.push(...give(matcher, "", event, index));
  }
  return end(automaton, matcher, stream, outcomes);
}

/** Each event comes under another key, too, directly before. */
function inCompany(automaton: Automaton, stream: readonly StreamEvent[]): readonly Found[] {
  const matcher = createKeyedMatcher(automaton);
  const outcomes = stream.flatMap((event, index) =>
    ["other", "own"].flatMap((key) => give(matcher, key, event, index)),
  );
  return end(automaton, matcher, stream, outcomes, "own");
}

function give(
  matcher: Pick<KeyedMatcher, "onEvent">,
  key: Key,
  { value, at }: StreamEvent,
  index: number,
): readonly Outcome[] {
  return matcher.onEvent(key, { value, at, origin: { topic: "", partition: 0, offset: BigInt(index) } });
}

function end(
  automaton: Automaton,
  matcher: Pick<KeyedMatcher, "advanceTo">,
  stream: readonly StreamEvent[],
  outcomes: readonly Outcome[],
  key: Key = "",
): readonly Found[] {
  const last = matcher.advanceTo((stream.at(-1)?.at ?? 0) + patienceOf(automaton));
  return [...outcomes, ...last].filter((outcome) => outcome.key === key).flatMap((outcome) => foundIn(outcome, 0));
}
