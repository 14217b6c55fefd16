// What is said of matches and time-outs that are certain: `oncePer` leaves out, limits cut off, counters count.

import type { Automaton } from "../automaton/automaton.ts";
import { LimitError } from "../core/errors.ts";
import type { Key } from "../event/key.ts";
import { shapeOf, toMatchObject } from "../pattern/shape.ts";
import type { Instant } from "../time/instant.ts";
import { latestFirst } from "./limits.ts";
import type {
  KeyedMatcherOptions,
  LimitReached,
  MatcherLimits,
  Outcome,
  TimedEvent,
  TimedOutReport,
} from "./matcher.ts";
import { type Failure, lazyId, type Reporter, toFailure, toMatch, toTimedOut } from "./report.ts";
import { inOrder, longestOfEach, type Tail } from "./run.ts";
import { type Counters, emptyCounters } from "./saving.ts";

export const DEFAULT_LIMITS: MatcherLimits = {
  maxRunsPerKey: 10_000,
  maxNodesPerKey: 100_000,
  maxMatchesPerEvent: 1_000,
  maxKeys: 10_000_000,
  maxStateBytes: 2 ** 30,
  onLimit: "quarantine",
};

/** Says what happened, for all keys of a matcher. */
export class Teller {
  readonly limits: MatcherLimits;
  readonly timedOut: TimedOutReport;
  counters: Counters = emptyCounters();
  readonly #automaton: Automaton;
  readonly #reporter: Reporter;

  constructor(automaton: Automaton, options: KeyedMatcherOptions) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.timedOut = options.timedOut ?? "none";
    this.#automaton = automaton;
    const shape = shapeOf(automaton.pattern);
    const blank = toMatchObject(shape, () => []);
    const id = lazyId(options.app ?? "", automaton);
    const roles = automaton.steps.map(({ name }) => ({ name, isMany: shape.get(name) === "many" }));
    this.#reporter = { automaton, roles, blank, selector: options.selector ?? null, id };
  }

  /** Leaves out what `oncePer` suppresses: all, or all but the first. */
  quieten(quietUntil: Instant | null, reported: readonly Tail[], at: Instant): readonly Tail[] {
    if (this.#automaton.pattern.oncePerMs === null) return reported;
    const loud = quietUntil !== null && at < quietUntil ? [] : reported.slice(0, 1);
    this.counters.suppressed += reported.length - loud.length;
    return loud;
  }

  /** `unbuilt`: how many were found beside those. */
  sayMatches(key: Key, complete: readonly Tail[], at: Instant, unbuilt = 0): readonly Outcome[] {
    const built = latestFirst(complete, this.limits.maxMatchesPerEvent);
    const said: Outcome[] = [];
    for (const tail of built) {
      const each = toMatch(this.#reporter, key, tail, at);
      if (each.kind === "match") this.counters.matches += 1;
      else this.counters.failures += 1;
      said.push(each);
    }
    const missing = complete.length - built.length + unbuilt;
    if (missing > 0) said.push(this.limitReached(key, at, "maxMatchesPerEvent", missing));
    return said;
  }

  sayTimedOut(key: Key, tails: readonly Tail[], at: Instant): readonly Outcome[] {
    if (this.timedOut === "none") return [];
    const ordered = inOrder(tails, (tail) => tail);
    const chosen = this.timedOut === "longest" ? longestOfEach(ordered) : ordered;
    this.counters.timedOut += chosen.length;
    if (this.timedOut === "count") return [];
    return chosen.map((tail) => toTimedOut(this.#reporter, key, tail, at));
  }

  /** @throws {LimitError} under the policy `fail`. */
  limitReached(key: Key, at: Instant, limit: LimitReached["limit"], count: number): LimitReached {
    const { name } = this.#automaton.pattern;
    const max = this.limits[limit];
    const { onLimit } = this.limits;
    if (limit !== "maxMatchesPerEvent" && onLimit === "fail") {
      throw new LimitError(
        "LIMIT_REACHED",
        `Pattern "${name}" passed ${limit} = ${max} for key ${String(key)}. Bound it with within, a skip strategy or ` +
          `stricter conditions, raise the limit, or choose onLimit "quarantine" or "dropOldest".`,
      );
    }
    this.counters.dropped += count;
    const perKey = onLimit === "dropOldest" ? "droppedOldest" : "quarantined";
    const action = limit === "maxMatchesPerEvent" ? "matchesNotBuilt" : perKey;
    return { kind: "limitReached", pattern: name, key, at, limit, max, action, count };
  }

  /** A function given to `filter` threw while `event` was looked at. */
  sayFailure(key: Key, event: TimedEvent, failure: Failure): Outcome {
    this.counters.failures += 1;
    return toFailure(this.#reporter, key, event, failure, event.at);
  }
}
