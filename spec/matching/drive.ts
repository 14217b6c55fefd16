// Patterns in one line against streams in one line (oracle/notation.ts), for the specs of matchers.

import { compile } from "../../lib/automaton/compile.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type {
  KeyedMatcher,
  KeyedMatcherOptions,
  MatcherState,
  Outcome,
  TakenEvent,
} from "../../lib/matching/matcher.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { END_OF_TIME, type Instant } from "../../lib/time/instant.ts";
import { parseEvents, parsePattern } from "../oracle/notation.ts";
import type { OracleEvent } from "../oracle/world.ts";

export function matcherOf(pattern: string | PatternAst, options: KeyedMatcherOptions = {}): KeyedMatcher {
  return createKeyedMatcher(compile(typeof pattern === "string" ? parsePattern(pattern) : pattern), options);
}

/** Feeds a stream for one key and gives all outcomes up to `until`. */
export function feed(
  matcher: KeyedMatcher,
  stream: string | readonly OracleEvent[],
  until: Instant = END_OF_TIME,
  between: (index: number) => void = () => {},
): readonly Outcome[] {
  const events = typeof stream === "string" ? parseEvents(stream) : stream;
  const outcomes = events.flatMap(({ value, at }, index) => {
    between(index);
    return matcher.onEvent("k", { value, at, origin: { topic: "t", partition: 0, offset: BigInt(index + 1) } });
  });
  return [...outcomes, ...matcher.advanceTo(until)];
}

/** Matches as `a1 b3@5`: steps with the numbers of their events from 1, and when they were reported. */
export function matchesOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap((outcome) => (outcome.kind === "match" ? show(outcome) : []));
}

export function timedOutOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap((outcome) => (outcome.kind === "timedOut" ? show(outcome) : []));
}

/** What is left of a state that was written to a file and read back. */
export function throughJson(state: MatcherState): MatcherState {
  return JSON.parse(JSON.stringify(state)) as MatcherState;
}

function show({ taken, at }: { readonly taken: readonly TakenEvent[]; readonly at: Instant }): string {
  return `${taken.map(({ step, origin }) => `${step}${origin.offset}`).join(" ")}@${at}`;
}
