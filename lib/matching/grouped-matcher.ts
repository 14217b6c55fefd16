// The matcher. Runs that wait for the same are one group, and an event moves groups, not runs: its cost is the number of groups
// of its key, however many runs are open (forest.ts). What an event does to a group is looked up (automaton/decide.ts).
//
//     event ──▶ due deadlines fire ──▶ each group of the key moves ──▶ complete matches ──▶ skip, limits, oncePer ──▶ outcomes
//                                      a new run may begin
//
//     group { b }        a1 a3 a7  ── b9: take ──▶ group { c }     a1 b9, a3 b9, a7 b9: one record
//                                  └─ x8: stay ──▶ the same group, untouched
//
// Runs for which a condition on earlier events holds are found by a value of theirs (buckets.ts) or by what they share
// (choosing.ts). Some are seen one by one, in a list instead of a forest (keeping.ts).

import { analysisOf } from "../automaton/analysis.ts";
import type { Automaton } from "../automaton/automaton.ts";
import { createStates, type State, type States } from "../automaton/decide.ts";
import type { Split } from "../automaton/split.ts";
import { invariant } from "../core/errors.ts";
import type { Key } from "../event/key.ts";
import { BEGINNING, END_OF_TIME, type Instant } from "../time/instant.ts";
import { Asking } from "./asking.ts";
import { Census } from "./census.ts";
import { Compactor, renumber } from "./compact.ts";
import { dueAt } from "./due.ts";
import { Forest, type Ref } from "./forest.ts";
import { countRuns, dropDead, type Keeping } from "./group.ts";
import { keepingIn } from "./keeping.ts";
import { lapse } from "./lapse.ts";
import { cutWithin } from "./limits.ts";
import type {
  KeyedMatcher,
  KeyedMatcherOptions,
  LimitReached,
  MatcherCounters,
  MatcherCounts,
  MatcherState,
  MatcherStats,
  Outcome,
  RunView,
  TimedEvent,
  Tuning,
} from "./matcher.ts";
import { type Keeper, Moving } from "./moving.ts";
import { Passing } from "./passing.ts";
import { openRuns, tailsOf } from "./paths.ts";
import { Releasing } from "./releasing.ts";
import { toView } from "./report.ts";
import { Rows } from "./rows.ts";
import type { Tail } from "./run.ts";
import { SavingAtWork } from "./saving.ts";
import { type Address, Slab } from "./slab.ts";
import { Sweep } from "./sweep.ts";
import { Teller } from "./teller.ts";
import { Weight } from "./weight.ts";

const NOTHING: readonly never[] = Object.freeze([]);

const DEFAULT_TUNING: Required<Tuning> = {
  maxStates: 10_000,
  trimFrom: Number.POSITIVE_INFINITY,
  lastNumber: 2 ** 30,
  mostAlike: 100,
};

/**
 * A matcher that walks `automaton` group by group.
 *
 * Cost per event: the groups of its key; where runs are seen one by one, those. Space: the events held by open runs.
 */
export function createKeyedMatcher(
  automaton: Automaton,
  options: KeyedMatcherOptions = {},
  tuning: Tuning = {},
): KeyedMatcher {
  return new GroupedMatcher(automaton, options, tuning);
}

class GroupedMatcher implements KeyedMatcher, Keeper {
  readonly #automaton: Automaton;
  readonly #withinMs: number;
  readonly #tuning: Required<Tuning>;
  readonly #teller: Teller;
  readonly #states: States;
  readonly #forest: Forest;
  readonly #asking: Asking;
  readonly #rows: Rows;
  readonly #moving: Moving;
  readonly #passing: Passing;
  readonly #releasing: Releasing;
  readonly #compactor: Compactor;
  readonly #census: Census;
  readonly #sweep: Sweep;
  readonly #weight = new Weight();
  readonly saving: SavingAtWork;
  /** How the runs of a state are kept, by its number. */
  #keepings: Keeping[] = [];
  /** When so many states are known, all are forgotten. */
  #mostStates: number;
  #now: Instant = BEGINNING;

  constructor(automaton: Automaton, options: KeyedMatcherOptions, tuning: Tuning) {
    this.#automaton = automaton;
    this.#withinMs = automaton.pattern.withinMs ?? Number.POSITIVE_INFINITY;
    this.#tuning = { ...DEFAULT_TUNING, ...tuning };
    this.#teller = new Teller(automaton, options);
    this.#forest = new Forest(new Slab());
    const analysis = analysisOf(automaton);
    this.#asking = new Asking(automaton, analysis, this.#forest);
    this.#states = createStates(automaton, analysis);
    this.#rows = new Rows(this.#states, this.#forest);
    this.#moving = new Moving(this.#forest, this);
    this.#passing = new Passing(automaton, this.#states, this.#asking, this.#rows, this.#moving);
    const { maxMatchesPerEvent } = this.#teller.limits;
    this.#releasing = new Releasing(automaton, this.#rows, this.keepingOf, maxMatchesPerEvent, this.#tuning.mostAlike);
    this.#compactor = new Compactor(this.keepingOf);
    this.#census = new Census(this.#rows, this.keepingOf, this.#compactor);
    this.#sweep = new Sweep(this.#rows, this.keepingOf, this.#census);
    this.#mostStates = this.#tuning.maxStates;
    this.saving = new SavingAtWork({
      automaton,
      states: this.#states,
      rows: this.#rows,
      moving: this.#moving,
      compactor: this.#compactor,
      census: this.#census,
      weight: this.#weight,
      teller: this.#teller,
      keepingOf: this.keepingOf,
      now: () => this.#now,
      setTime: (now) => this.#setTime(now),
      store: (key) => this.#store(key),
    });
  }

  onEvent(key: Key, timed: TimedEvent): readonly Outcome[] {
    invariant(timed.at >= this.#now, "that events come in order of time");
    const before = this.#fireDeadlines(timed.at);
    this.#teller.counters.events += 1;
    if (this.#states.size() > this.#mostStates) this.#forgetStates();
    if (!this.#passing.about(timed.value)) return before;
    const row = this.#rows.of(key);
    const begin = this.#passing.begin();
    if (row === 0 && begin.isIdle && this.#asking.failure === null) return before;
    const outcomes = [...before];
    this.#show(row);
    if (this.#passing.plan() || !begin.isIdle) {
      this.#forest.about(timed);
      this.#passing.pass(begin);
      this.#settle(key, outcomes);
      if (this.#forest.wasTaken) this.#weight.took(timed.value);
      if (this.#limitPassed() !== null) this.#makeRoom(key, outcomes);
    } else if (row !== 0) {
      this.#census.keepsOpen(this.#now);
    }
    if (this.#asking.failure !== null) outcomes.push(this.#teller.sayFailure(key, timed, this.#asking.failure));
    return outcomes;
  }

  advanceTo(watermark: Instant): readonly Outcome[] {
    return watermark > this.#now ? this.#fireDeadlines(watermark) : [];
  }

  save(): MatcherState {
    return this.saving.save();
  }

  restore(state: MatcherState): void {
    this.saving.restore(state);
  }

  inspect(key: Key): readonly RunView[] {
    const row = this.#rows.of(key);
    if (row === 0) return [];
    this.#show(row);
    this.#compact();
    this.#rows.rewrite();
    return openRuns(this.#rows, this.keepingOf).map((run) => toView(this.#automaton, run));
  }

  stats(): MatcherStats {
    let nodes = 0;
    for (const row of this.#rows.all()) {
      this.#show(row);
      nodes += this.#compact();
      this.#rows.rewrite();
    }
    return { ...this.counts(), nodes, stateBytes: Math.round(this.#weight.of(this.#rows)) };
  }

  counts(): MatcherCounts {
    const { runs, oldestAt } = this.#census.take(this.#now);
    return { ...this.#teller.counters, keys: this.#rows.size, runs, oldestFirstAt: runs > 0 ? oldestAt : null };
  }

  get counters(): MatcherCounters {
    return this.#teller.counters;
  }

  nextDue(): Instant {
    return this.#rows.deadlines.peek() ?? END_OF_TIME;
  }

  mayHaveRuns(at: Instant): boolean {
    const isBounded = this.#withinMs < Number.POSITIVE_INFINITY && this.nextDue() === END_OF_TIME;
    return this.#rows.size > 0 && !(isBounded && at >= this.#now + this.#withinMs);
  }

  holds(key: Key): boolean {
    return this.#rows.of(key) !== 0;
  }

  *keys(): Iterable<Key> {
    for (const row of this.#rows.all()) yield this.#rows.keyOf(row);
  }

  skip(events: number, at: Instant): readonly Outcome[] {
    this.#teller.counters.events += events;
    return this.advanceTo(at);
  }

  #setTime(now: Instant): void {
    this.#now = now;
    this.#forest.after = this.#withinMs === Number.POSITIVE_INFINITY ? BEGINNING : now - this.#withinMs;
  }

  /** Makes a row the one at hand, without what is dead; 0: an empty one. */
  #show(row: Address): void {
    this.#rows.show(row);
    dropDead(this.#rows, this.keepingOf);
  }

  /** Time goes to `until`: fires every deadline at or before it, in order of time; at one time, key by key. */
  #fireDeadlines(until: Instant): readonly Outcome[] {
    const { deadlines } = this.#rows;
    let outcomes: Outcome[] | null = null;
    for (let at = deadlines.peek(); at !== null && at <= until; at = deadlines.peek()) {
      outcomes ??= [];
      this.#setTime(at);
      for (const row of this.#rows.due(at)) {
        this.#rows.show(row);
        this.#lapse(at);
        this.#settle(this.#rows.keyOf(row), outcomes);
      }
    }
    this.#setTime(until);
    return outcomes ?? NOTHING;
  }

  /** What time does to the groups at hand, at their deadline. */
  #lapse(at: Instant): void {
    const { states, roots } = this.#rows;
    const { pattern } = this.#automaton;
    this.#moving.start();
    for (let index = 0; index < states.length; index += 1) {
      const state = states[index] as State;
      const root = roots[index] as Ref;
      if (this.keepingOf(state) === "listed")
        lapse(pattern, this.#states, this.#forest, [state, root], at, this.#moving);
      else this.#moving.keep(state, root);
    }
  }

  /** Applies skip strategy, limits and `oncePer` to what happened to a key, stores what is left, and says the rest. */
  #settle(key: Key, outcomes: Outcome[]): void {
    const { complete, timedOut } = this.#moving;
    this.#moving.settle(this.#rows);
    const reported = this.#releasing.release(complete);
    const lapsed = this.#teller.timedOut === "none" ? NOTHING : tailsOf(this.#forest, timedOut);
    const notice = this.#keepWithin(key);
    if (lapsed.length > 0) for (const each of this.#teller.sayTimedOut(key, lapsed, this.#now)) outcomes.push(each);
    const said = notice === null ? reported : [...reported, ...this.#releasing.release(NOTHING)];
    if (said.length > 0) for (const each of this.#say(key, said)) outcomes.push(each);
    if (notice !== null) outcomes.push(notice);
    this.#keep(key);
  }

  #say(key: Key, reported: readonly Tail[]): readonly Outcome[] {
    const { oncePerMs } = this.#automaton.pattern;
    const loud = this.#teller.quieten(this.#rows.quietUntil, reported, this.#now);
    if (loud.length > 0 && oncePerMs !== null) this.#rows.quietUntil = this.#now + oncePerMs;
    const { unbuilt } = this.#releasing;
    this.#releasing.unbuilt = 0;
    return this.#teller.sayMatches(key, loud, this.#now, unbuilt);
  }

  /** Gives up what is over the limits, and says so; `null`: nothing is. Lets go of what is dead once the block is full. */
  #keepWithin(key: Key): LimitReached | null {
    const rows = this.#rows;
    const { maxRunsPerKey, maxNodesPerKey, onLimit } = this.#teller.limits;
    if (countRuns(rows, this.keepingOf) <= maxRunsPerKey && rows.mostEvents <= maxNodesPerKey) {
      if (rows.hasGrown && (this.#forest.used >= this.#tuning.trimFrom || this.#compactor.pays(rows))) {
        this.#compact();
        this.#forest.spread();
      }
      return null;
    }
    const events = this.#compact();
    const before = countRuns(rows, this.keepingOf);
    if (before <= maxRunsPerKey && events <= maxNodesPerKey) return null;
    if (onLimit === "dropOldest") this.#releasing.cut(cutWithin(this.#teller.limits, rows, this.keepingOf));
    else rows.dropGroups();
    this.#compact();
    if (onLimit === "fail") this.#keep(key); // It throws: what is left of the key has to stand by then.
    const limit = before > maxRunsPerKey ? "maxRunsPerKey" : "maxNodesPerKey";
    return this.#teller.limitReached(key, this.#now, limit, before - countRuns(rows, this.keepingOf));
  }

  /** The limit on all keys together that is passed, as far as is known; `null`: none. */
  #limitPassed(): "maxKeys" | "maxStateBytes" | null {
    const { maxKeys, maxStateBytes } = this.#teller.limits;
    if (this.#rows.size > maxKeys) return "maxKeys";
    return this.#weight.of(this.#rows) > maxStateBytes ? "maxStateBytes" : null;
  }

  /** Drops whole keys until no limit on all of them is passed, or the one at hand, and says so. What is dead goes first. */
  #makeRoom(key: Key, outcomes: Outcome[]): void {
    const rows = this.#rows;
    this.#census.take(this.#now);
    for (let limit = this.#limitPassed(); limit !== null; limit = this.#limitPassed()) {
      const oldest = this.#teller.limits.onLimit === "dropOldest" ? this.#census.oldest() : 0;
      const row = oldest === 0 ? rows.of(key) : oldest;
      if (row === 0) return;
      const victim = rows.keyOf(row);
      this.#show(row);
      const runs = countRuns(rows, this.keepingOf);
      rows.dropGroups();
      for (const each of this.#say(victim, this.#releasing.release(NOTHING))) outcomes.push(each);
      rows.forget();
      outcomes.push(this.#teller.limitReached(victim, this.#now, limit, runs));
    }
  }

  /** Lets go of what is dead or was left behind. Returns how many taken events the open runs at hand hold. */
  #compact(): number {
    return this.#compactor.compact(this.#rows);
  }

  /** Stores the row at hand; for those that are new others are looked at. */
  #keep(key: Key): void {
    const isNew = this.#rows.at === 0;
    this.#store(key);
    if (isNew && this.#rows.at !== 0) this.#sweep.added(this.#now);
  }

  /** Stores the row at hand and its next deadline; a row with nothing in it goes. */
  #store(key: Key): void {
    const rows = this.#rows;
    const due = dueAt(rows, this.#now, this.keepingOf);
    if (rows.isEmpty && due === END_OF_TIME) {
      rows.forget();
      return;
    }
    if (rows.isEmpty) this.#compact();
    if (this.#forest.number >= this.#tuning.lastNumber) renumber(this.#forest);
    rows.store(key);
    this.#sweep.stored();
    // A look that comes too early does no harm, and spares a change of the queue at every event.
    const before = rows.deadlines.of(rows.at);
    if (before === null || before > due) rows.deadlines.set(rows.at, due === END_OF_TIME ? null : due);
  }

  /** States that no row needs are gone; the others have new numbers. */
  #forgetStates(): void {
    const known = this.#states.forget();
    this.#keepings = [];
    this.#passing.forget();
    this.#rows.relabel((id) => {
      const { waiting, reported } = known[id] as State;
      return this.#states.stateOf(waiting, reported).id;
    });
    this.#mostStates = Math.max(this.#tuning.maxStates, 2 * this.#states.size());
  }

  readonly keepingOf = (state: State): Keeping => {
    const known = this.#keepings[state.id];
    if (known !== undefined) return known;
    const keeping = keepingIn(state, this.#automaton.pattern, this.#teller.timedOut);
    this.#keepings[state.id] = keeping;
    return keeping;
  };

  valueOf(split: Split, root: Ref): unknown {
    return this.#asking.valueOf(split, root);
  }

  isShared(split: Split, root: Ref): boolean {
    return this.#asking.isShared(split, root);
  }
}
