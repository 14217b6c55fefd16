// The run-by-run matcher: keeps every partial match of every key as a run of its own, and moves each over each event.
// Its cost per event grows with the open runs of the key. It is meant to be obviously right: the reference that the grouped
// matcher is held against.
//
//     event ──▶ due deadlines fire ──▶ each run of the key moves ──▶ complete matches ──▶ skip, limits, oncePer ──▶ outcomes
//                                      a new run may begin

import type { Automaton, Step, Test, TestId } from "../automaton/automaton.ts";
import { testHolds } from "../automaton/test.ts";
import { type Ask, startOf, type Waiting } from "../automaton/waiting.ts";
import { invariant } from "../core/errors.ts";
import { type EncodedKey, encodeKey, type Key } from "../event/key.ts";
import { deadlineOf, expire } from "../matching/deadline.ts";
import type {
  KeyedMatcher,
  KeyedMatcherOptions,
  MatcherCounts,
  MatcherStats,
  Outcome,
  RunView,
  TimedEvent,
} from "../matching/matcher.ts";
import { type Failure, toView } from "../matching/report.ts";
import { type Complete, inOrder, type PlacedEvent, type Run, type Tail, tailOf, timedOf } from "../matching/run.ts";
import { cutOf, release } from "../matching/skip.ts";
import { Teller } from "../matching/teller.ts";
import { type Arity, shapeOf } from "../pattern/shape.ts";
import { createDeadlineQueue, type DeadlineQueue } from "../time/deadline-queue.ts";
import { BEGINNING, type Instant } from "../time/instant.ts";
import { advance, takeUp } from "./advance.ts";
import { countNodes, keepWithin } from "./run-limits.ts";
import { TakenView } from "./taken-view.ts";

/** A matcher that cannot be saved, and is given every event. */
export type ReferenceMatcher = Omit<
  KeyedMatcher,
  "save" | "restore" | "saving" | "stats" | "counters" | "nextDue" | "mayHaveRuns" | "holds" | "keys" | "skip"
> & {
  /** It does not know what it takes in bytes, so `maxStateBytes` is nothing to it. */
  stats(): Omit<MatcherStats, "stateBytes">;
  /** Whether an event may begin a run from here on; until it is told otherwise, one may. */
  mayBegin(isAllowed: boolean): void;
};

/**
 * A matcher that walks `automaton` run by run.
 *
 * Cost per event: the open runs of its key times the waits of each. Space: the events held by open runs.
 */
export function createRunMatcher(automaton: Automaton, options: KeyedMatcherOptions = {}): ReferenceMatcher {
  return new RunMatcher(automaton, options);
}

/** All that is known of one key. */
type Row = {
  readonly key: Key;
  readonly runs: readonly Run[];
  readonly held: readonly Complete[];
  readonly quietUntil: Instant | null;
};

/** What one event or deadline did to a key, before skip, limits and reports. */
type Moved = {
  readonly runs: readonly Run[];
  readonly complete: readonly Complete[];
  readonly timedOut: readonly Tail[];
};

class RunMatcher implements ReferenceMatcher {
  readonly #automaton: Automaton;
  readonly #teller: Teller;
  readonly #shape: ReadonlyMap<string, Arity>;
  #start: readonly Waiting[];
  readonly #rows = new Map<EncodedKey, Row>();
  readonly #deadlines: DeadlineQueue = createDeadlineQueue();
  #now: Instant = BEGINNING;

  constructor(automaton: Automaton, options: KeyedMatcherOptions) {
    this.#automaton = automaton;
    this.#shape = shapeOf(automaton.pattern);
    this.#teller = new Teller(automaton, options);
    this.#start = startOf(automaton);
  }

  mayBegin(isAllowed: boolean): void {
    this.#start = isAllowed ? startOf(this.#automaton) : [];
  }

  onEvent(key: Key, timed: TimedEvent): readonly Outcome[] {
    invariant(timed.at >= this.#now, "that events come in order of time");
    const outcomes = this.#fireDeadlines(timed.at);
    this.#now = timed.at;
    this.#teller.counters.events += 1;
    const event: PlacedEvent = { ...timed, position: this.#teller.counters.events };
    const id = encodeKey(key);
    const row: Row = this.#rows.get(id) ?? { key, runs: [], held: [], quietUntil: null };
    const failures: Failure[] = [];
    outcomes.push(...this.#settle(id, row, this.#move(row.runs, event, failures), event.at));
    while (this.#rows.size > this.#teller.limits.maxKeys) outcomes.push(...this.#dropKey(id, event.at));
    const [failure] = failures.sort((left, right) => (left.test?.id ?? 0) - (right.test?.id ?? 0));
    if (failure) outcomes.push(this.#teller.sayFailure(key, event, failure));
    return outcomes;
  }

  advanceTo(watermark: Instant): readonly Outcome[] {
    if (watermark <= this.#now) return [];
    const outcomes = this.#fireDeadlines(watermark);
    this.#now = watermark;
    return outcomes;
  }

  inspect(key: Key): readonly RunView[] {
    const runs = [...(this.#rows.get(encodeKey(key))?.runs ?? [])];
    return inOrder(runs, tailOf).map((run) => toView(this.#automaton, run));
  }

  stats(): Omit<MatcherStats, "stateBytes"> {
    const tails = [...this.#rows.values()].flatMap((row) => row.runs.map(({ tail }) => tail));
    return { ...this.counts(), nodes: countNodes(tails) };
  }

  counts(): MatcherCounts {
    let [runs, oldest] = [0, Number.POSITIVE_INFINITY];
    for (const row of this.#rows.values()) {
      runs += row.runs.length;
      for (const { tail } of row.runs) oldest = Math.min(oldest, tail.first.at);
    }
    return { ...this.#teller.counters, keys: this.#rows.size, runs, oldestFirstAt: runs > 0 ? oldest : null };
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
    const taken = new TakenView(this.#automaton, this.#shape).about(tail);
    const answers = new Map<TestId, boolean>();
    return (id) => {
      let answer = answers.get(id);
      if (answer === undefined) {
        const test = this.#automaton.tests[id] as Test;
        try {
          answer = testHolds(test, this.#automaton.pattern.tag, event.value, taken);
        } catch (error) {
          failures.push({ test, error });
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
    const lapsed = runs.map((run) => ({ tail: run.tail, ...expire(this.#automaton.pattern, timedOf(run), at) }));
    return {
      runs: lapsed.filter(({ waiting }) => waiting.length > 0),
      complete: lapsed.filter(({ complete }) => complete),
      timedOut: lapsed.filter(({ timedOut }) => timedOut).map(({ tail }) => tail),
    };
  }

  /** Applies skip strategy, limits and `oncePer` to what happened to a key, stores what is left, and says the rest. */
  #settle(id: EncodedKey, row: Row, moved: Moved, at: Instant): Outcome[] {
    const { pattern } = this.#automaton;
    const teller = this.#teller;
    let released = this.#release(moved.runs, row.held, moved.complete);
    const kept = keepWithin(teller.limits, released.runs);
    const notices: Outcome[] = [];
    if (kept.limit !== null) {
      notices.push(teller.limitReached(row.key, at, kept.limit, kept.dropped));
      const again = this.#release(kept.runs, released.held, []);
      released = { ...again, reported: [...released.reported, ...again.reported] };
    }
    const loud = teller.quieten(row.quietUntil, released.reported.map(tailOf), at);
    const quietUntil = loud.length > 0 && pattern.oncePerMs !== null ? at + pattern.oncePerMs : row.quietUntil;
    this.#keep(id, { key: row.key, runs: released.runs, held: released.held, quietUntil });
    return [...teller.sayTimedOut(row.key, moved.timedOut, at), ...teller.sayMatches(row.key, loud, at), ...notices];
  }

  #release(
    runs: readonly Run[],
    held: readonly Complete[],
    complete: readonly Complete[],
  ): { readonly runs: readonly Run[]; readonly held: readonly Complete[]; readonly reported: readonly Complete[] } {
    const stepOf = ({ step }: Tail): string => (this.#automaton.steps[step] as Step).name;
    const oldestFrom = (cut: number): number =>
      runs.reduce(
        (least, { tail: { first } }) => (first.position >= cut ? Math.min(least, first.position) : least),
        Number.POSITIVE_INFINITY,
      );
    const { pattern } = this.#automaton;
    const known = {
      firstOf: ({ tail }: Complete) => tail.first.position,
      cutAfter: ({ tail }: Complete) => cutOf(pattern.skip, tail, stepOf),
      oldestFrom: pattern.emit === "ordered" ? oldestFrom : null,
    };
    const released = release(pattern, known, held, inOrder(complete, tailOf));
    return { ...released, runs: runs.filter(({ tail }) => tail.first.position >= released.cut) };
  }

  /** Drops what is known of the key `id`, or under `dropOldest` of the one whose oldest run began first. */
  #dropKey(id: EncodedKey, at: Instant): readonly Outcome[] {
    const teller = this.#teller;
    const firstOf = ({ runs }: Row): number => Math.min(...runs.map(({ tail }) => tail.first.at));
    const [oldest] = [...this.#rows]
      .filter(([, { runs }]) => runs.length > 0)
      .sort(([one, left], [other, right]) => firstOf(left) - firstOf(right) || (one < other ? -1 : 1));
    const victim = teller.limits.onLimit === "dropOldest" && oldest !== undefined ? oldest[0] : id;
    const { key, runs, held, quietUntil } = this.#rows.get(victim) as Row;
    const { reported } = this.#release([], held, []);
    const loud = teller.quieten(quietUntil, reported.map(tailOf), at);
    this.#rows.delete(victim);
    this.#deadlines.set(victim, null);
    return [...teller.sayMatches(key, loud, at), teller.limitReached(key, at, "maxKeys", runs.length)];
  }

  /** Stores a row and its next deadline; a row with nothing in it goes. */
  #keep(id: EncodedKey, row: Row): void {
    const ends = row.runs.map((run) => deadlineOf(this.#automaton.pattern, timedOf(run))).filter((at) => at !== null);
    if (row.quietUntil !== null && row.quietUntil > this.#now) ends.push(row.quietUntil);
    const isEmpty = row.runs.length === 0 && row.held.length === 0 && ends.length === 0;
    if (isEmpty) this.#rows.delete(id);
    else this.#rows.set(id, row);
    this.#deadlines.set(id, ends.length > 0 ? ends.reduce((least, at) => Math.min(least, at)) : null);
  }
}
