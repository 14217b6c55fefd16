// The run-by-run matcher: keeps every partial match of every key as a run of its own, and moves each over each event.
// Its cost per event grows with the open runs of the key. It is meant to be obviously right.
//
//     event ──▶ due deadlines fire ──▶ each run of the key moves ──▶ complete matches ──▶ skip, limits, oncePer ──▶ outcomes
//                                      a new run may begin

import type { Automaton, Step, Test, TestId } from "../automaton/automaton.ts";
import { testHolds } from "../automaton/test.ts";
import { type Ask, startOf, type Waiting } from "../automaton/waiting.ts";
import { invariant, LimitError } from "../core/errors.ts";
import { type EncodedKey, encodeKey, type Key } from "../event/key.ts";
import { type Arity, shapeOf } from "../pattern/shape.ts";
import { createDeadlineQueue, type DeadlineQueue } from "../time/deadline-queue.ts";
import { BEGINNING, type Instant } from "../time/instant.ts";
import { advance, takeUp } from "./advance.ts";
import { deadlineOf, expire } from "./deadline.ts";
import { countNodes, keepWithin, latestFirst } from "./limits.ts";
import type {
  KeyedMatcher,
  LimitReached,
  MatcherCounts,
  MatcherLimits,
  MatcherState,
  MatcherStats,
  Outcome,
  RunView,
  TimedEvent,
  TimedOutReport,
} from "./matcher.ts";
import { type Failure, type Reporter, toFailure, toMatch, toTaken, toTimedOut } from "./report.ts";
import { type Complete, compareTails, longestOfEach, type PlacedEvent, type Run, type Tail, takenOf } from "./run.ts";
import { type Counters, emptyCounters, type Row, restoreState, saveState } from "./saved.ts";
import { release } from "./skip.ts";

export type RunMatcherOptions = {
  /** Part of the identity of every match, so that two services never share one. Default "". */
  readonly app?: string;
  /** The function given to `select`; `null`: a match's value is its events. Default `null`. */
  readonly selector?: ((match: never) => unknown) | null;
  readonly limits?: Partial<MatcherLimits>;
  /** Which timed-out runs are reported. Default `none`. */
  readonly timedOut?: TimedOutReport;
};

export const DEFAULT_LIMITS: MatcherLimits = {
  maxRunsPerKey: 10_000,
  maxNodesPerKey: 100_000,
  maxMatchesPerEvent: 1_000,
  onLimit: "quarantine",
};

/**
 * A matcher that walks `automaton` run by run.
 *
 * Cost per event: the open runs of its key times the waits of each. Space: the events held by open runs.
 */
export function createRunMatcher(automaton: Automaton, options: RunMatcherOptions = {}): KeyedMatcher {
  return new RunMatcher(automaton, options);
}

/** What one event or deadline did to a key, before skip, limits and reports. */
type Moved = {
  readonly runs: readonly Run[];
  readonly complete: readonly Complete[];
  readonly timedOut: readonly Tail[];
};

class RunMatcher implements KeyedMatcher {
  readonly #automaton: Automaton;
  readonly #limits: MatcherLimits;
  readonly #timedOut: TimedOutReport;
  readonly #reporter: Reporter;
  readonly #shape: ReadonlyMap<string, Arity>;
  readonly #start: readonly Waiting[];
  readonly #rows = new Map<EncodedKey, Row>();
  readonly #deadlines: DeadlineQueue = createDeadlineQueue();
  #now: Instant = BEGINNING;
  #counters: Counters = emptyCounters();

  constructor(automaton: Automaton, options: RunMatcherOptions) {
    this.#automaton = automaton;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#timedOut = options.timedOut ?? "none";
    this.#shape = shapeOf(automaton.pattern);
    this.#reporter = { app: options.app ?? "", automaton, shape: this.#shape, selector: options.selector ?? null };
    this.#start = startOf(automaton);
  }

  onEvent(key: Key, timed: TimedEvent): readonly Outcome[] {
    invariant(timed.at >= this.#now, "that events come in order of time");
    const outcomes = this.#fireDeadlines(timed.at);
    this.#now = timed.at;
    const position = this.#count("events", 1);
    const event: PlacedEvent = { ...timed, position };
    const id = encodeKey(key);
    const row: Row = this.#rows.get(id) ?? { key, runs: [], held: [], quietUntil: null };
    const failures: Failure[] = [];
    outcomes.push(...this.#settle(id, row, this.#move(row.runs, event, failures), event.at));
    const [failure] = failures;
    if (failure) {
      this.#count("failures", 1);
      outcomes.push(toFailure(this.#reporter, key, event, failure, event.at));
    }
    return outcomes;
  }

  advanceTo(watermark: Instant): readonly Outcome[] {
    if (watermark <= this.#now) return [];
    const outcomes = this.#fireDeadlines(watermark);
    this.#now = watermark;
    return outcomes;
  }

  save(): MatcherState {
    return saveState(this.#automaton, { rows: this.#rows, now: this.#now, counters: { ...this.#counters } });
  }

  restore(state: MatcherState): void {
    const restored = restoreState(this.#automaton, state);
    for (const [id] of this.#rows) this.#deadlines.set(id, null);
    this.#rows.clear();
    this.#now = restored.now;
    this.#counters = { ...restored.counters };
    for (const [id, row] of restored.rows) this.#keep(id, row);
  }

  inspect(key: Key): readonly RunView[] {
    const runs = [...(this.#rows.get(encodeKey(key))?.runs ?? [])];
    return runs.sort((left, right) => compareTails(left.tail, right.tail)).map((run) => this.#toView(run));
  }

  stats(): MatcherStats {
    const tails = [...this.#rows.values()].flatMap((row) => row.runs.map(({ tail }) => tail));
    return { ...this.counts(), nodes: countNodes(tails) };
  }

  counts(): MatcherCounts {
    let [runs, oldest] = [0, Number.POSITIVE_INFINITY];
    for (const row of this.#rows.values()) {
      runs += row.runs.length;
      for (const { tail } of row.runs) oldest = Math.min(oldest, tail.first.at);
    }
    return { ...this.#counters, keys: this.#rows.size, runs, oldestFirstAt: runs > 0 ? oldest : null };
  }

  #move(runs: readonly Run[], event: PlacedEvent, failures: Failure[]): Moved {
    const automaton = this.#automaton;
    const advanced = runs.flatMap((run) => advance(automaton, run, event, this.#askOf(event, run.tail, failures)));
    advanced.push(...takeUp(automaton, null, this.#start, event, this.#askOf(event, null, failures)));
    return {
      runs: advanced.flatMap(({ run }) => run ?? []),
      complete: advanced.filter(({ complete }) => complete),
      timedOut: [],
    };
  }

  /** Tests of one event for one run, each evaluated once. */
  #askOf(event: PlacedEvent, tail: Tail | null, failures: Failure[]): Ask {
    const taken = takenOf(this.#automaton, this.#shape, tail);
    const answers = new Map<TestId, boolean>();
    return (id) => {
      let answer = answers.get(id);
      if (answer === undefined) {
        const test = this.#automaton.tests[id] as Test;
        try {
          answer = testHolds(test, this.#automaton.pattern.tag, event.value, taken);
        } catch (error) {
          failures.push({ where: "filter", step: test.of, error });
          answer = test.kind !== "step";
        }
        answers.set(id, answer);
      }
      return answer;
    };
  }

  /** Fires every deadline at or before `until`, in order of time; at one time, key by key. */
  #fireDeadlines(until: Instant): Outcome[] {
    const outcomes: Outcome[] = [];
    for (let at = this.#deadlines.peek(); at !== null && at <= until; at = this.#deadlines.peek()) {
      const id = this.#deadlines.popDue(at) as EncodedKey;
      const row = this.#rows.get(id);
      invariant(row !== undefined, "that a key with a deadline has a row");
      this.#now = at;
      outcomes.push(...this.#settle(id, row, this.#lapse(row.runs, at), at));
    }
    return outcomes;
  }

  #lapse(runs: readonly Run[], at: Instant): Moved {
    const lapsed = runs.map((run) => ({ tail: run.tail, ...expire(this.#automaton.pattern, run, at) }));
    return {
      runs: lapsed.flatMap(({ run }) => run ?? []),
      complete: lapsed.filter(({ complete }) => complete),
      timedOut: lapsed.filter(({ timedOut }) => timedOut).map(({ tail }) => tail),
    };
  }

  /** Applies skip strategy, limits and `oncePer` to what happened to a key, stores what is left, and says the rest. */
  #settle(id: EncodedKey, row: Row, moved: Moved, at: Instant): Outcome[] {
    const { pattern, steps } = this.#automaton;
    const stepOf = ({ step }: Tail): string => (steps[step] as Step).name;
    let released = release(pattern, moved.runs, row.held, moved.complete, stepOf);
    const kept = keepWithin(this.#limits, released.runs);
    const notices: Outcome[] = [];
    if (kept.limit !== null) {
      notices.push(this.#limitReached(row.key, at, kept.limit, kept.dropped));
      const again = release(pattern, kept.runs, released.held, [], stepOf);
      released = { ...again, reported: [...released.reported, ...again.reported] };
    }
    const loud = this.#quieten(row.quietUntil, released.reported, at);
    const quietUntil = loud.length > 0 && pattern.oncePerMs !== null ? at + pattern.oncePerMs : row.quietUntil;
    this.#keep(id, { key: row.key, runs: released.runs, held: released.held, quietUntil });
    return [...this.#sayTimedOut(row.key, moved.timedOut, at), ...this.#sayMatches(row.key, loud, at), ...notices];
  }

  /** Leaves out what `oncePer` suppresses. */
  #quieten(quietUntil: Instant | null, reported: readonly Complete[], at: Instant): readonly Complete[] {
    if (this.#automaton.pattern.oncePerMs === null) return reported;
    const loud = quietUntil !== null && at < quietUntil ? [] : reported.slice(0, 1);
    this.#count("suppressed", reported.length - loud.length);
    return loud;
  }

  #sayMatches(key: Key, complete: readonly Complete[], at: Instant): readonly Outcome[] {
    const built = latestFirst(complete, this.#limits.maxMatchesPerEvent);
    const said = built.map(({ tail }) => toMatch(this.#reporter, key, tail, at));
    const failures = said.filter(({ kind }) => kind === "functionFailed").length;
    this.#count("matches", said.length - failures);
    this.#count("failures", failures);
    const missing = complete.length - built.length;
    if (missing === 0) return said;
    return [...said, this.#limitReached(key, at, "maxMatchesPerEvent", missing)];
  }

  #sayTimedOut(key: Key, tails: readonly Tail[], at: Instant): readonly Outcome[] {
    if (this.#timedOut === "none") return [];
    const ordered = [...tails].sort(compareTails);
    const chosen = this.#timedOut === "longest" ? longestOfEach(ordered) : ordered;
    this.#count("timedOut", chosen.length);
    if (this.#timedOut === "count") return [];
    return chosen.map((tail) => toTimedOut(this.#reporter, key, tail, at));
  }

  #limitReached(key: Key, at: Instant, limit: LimitReached["limit"], count: number): LimitReached {
    const { name } = this.#automaton.pattern;
    const max = this.#limits[limit];
    const { onLimit } = this.#limits;
    if (limit !== "maxMatchesPerEvent" && onLimit === "fail") {
      throw new LimitError(
        "LIMIT_REACHED",
        `Pattern "${name}" passed ${limit} = ${max} for key ${String(key)}. Bound it with within, a skip strategy or ` +
          `stricter conditions, raise the limit, or choose onLimit "quarantine" or "dropOldest".`,
      );
    }
    this.#count("dropped", count);
    const perKey = onLimit === "dropOldest" ? "droppedOldest" : "quarantined";
    const action = limit === "maxMatchesPerEvent" ? "matchesNotBuilt" : perKey;
    return { kind: "limitReached", pattern: name, key, at, limit, max, action, count };
  }

  /** Stores a row and its next deadline; a row with nothing in it goes. */
  #keep(id: EncodedKey, row: Row): void {
    const ends = row.runs.map((run) => deadlineOf(this.#automaton.pattern, run)).filter((at) => at !== null);
    if (row.quietUntil !== null && row.quietUntil > this.#now) ends.push(row.quietUntil);
    const isEmpty = row.runs.length === 0 && row.held.length === 0 && ends.length === 0;
    if (isEmpty) this.#rows.delete(id);
    else this.#rows.set(id, row);
    this.#deadlines.set(id, ends.length > 0 ? ends.reduce((least, at) => Math.min(least, at)) : null);
  }

  #toView(run: Run): RunView {
    const { pattern, steps } = this.#automaton;
    const waits = new Set(run.waiting.map(({ wait }) => wait.step ?? steps.length)); // The end comes last.
    const waitsFor = [...waits].sort((left, right) => left - right).map((step) => steps[step]?.name ?? "");
    const taken = toTaken(this.#automaton, run.tail);
    return { firstAt: run.tail.first.at, deadline: deadlineOf(pattern, run), taken, waitsFor };
  }

  /** Adds to a counter, and gives its new value. */
  #count(counter: keyof Counters, by: number): number {
    this.#counters[counter] += by;
    return this.#counters[counter];
  }
}
