// One case through one matcher, with nothing held back by limits.

import type { KeyedMatcher, Outcome, TakenEvent } from "../../lib/matching/matcher.ts";
import type { Instant } from "../../lib/time/instant.ts";
import type { Case } from "../oracle/random.ts";
import { feed, matcherOf } from "./drive.ts";

export const UNLIMITED = { maxMatchesPerEvent: 1e6, maxRunsPerKey: 1e6, maxNodesPerKey: 1e6 };

/** A matcher for the pattern of a case. */
export function open({ pattern }: Pick<Case, "pattern">): KeyedMatcher {
  return matcherOf(pattern, { timedOut: "all", limits: UNLIMITED });
}

/** What a matcher said, as text such as `s1:1 s2:4@7`: steps with the numbers of their events, and when. Matches and time-outs, each in order. */
export function said(outcomes: readonly Outcome[]): {
  readonly matches: readonly string[];
  readonly timedOut: readonly string[];
} {
  const shown = (wanted: "match" | "timedOut"): readonly string[] =>
    outcomes.flatMap((outcome) => (outcome.kind === wanted ? showTaken(outcome.taken, outcome.at) : []));
  return { matches: shown("match"), timedOut: shown("timedOut") };
}

function showTaken(taken: readonly TakenEvent[], at: Instant): string {
  return `${taken.map(({ step, origin }) => `${step}:${origin.offset}`).join(" ")}@${at}`;
}

/** All that is said of a case. */
export function run(each: Case): ReturnType<typeof said> {
  return said(feed(open(each), each.events, each.until));
}
