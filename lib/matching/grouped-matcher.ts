// The matcher. Runs that wait for the same are one group, and an event moves groups, not runs: its cost is the number of groups
// of its key, however many runs are open (forest.ts). What an event does to a group is looked up (automaton/decide.ts).
//
//     event ──▶ due deadlines fire ──▶ each group of the key moves ──▶ complete matches ──▶ skip, limits, oncePer ──▶ outcomes
//                                      a new run may begin
//
//     group { b }        a1 a3 a7  ── b9: take ──▶ group { c }     a1 b9, a3 b9, a7 b9: one node
//                                  └─ x8: stay ──▶ the same group, untouched
//
// Two things make runs be seen one by one, in a list instead of a forest: a condition that looks at earlier events, and an end
// that somebody sees (an absence kept to the deadline, a time-out that is reported, a maxGap, `emit: "ordered"`).

import type { Automaton, Step } from "../automaton/automaton.ts";
import { createStates, type Plan, type State, type States } from "../automaton/decide.ts";
import type { Split } from "../automaton/split.ts";
import { invariant } from "../core/errors.ts";
import { decodeKey, type EncodedKey, type Key } from "../event/key.ts";
import { createDeadlineQueue, type DeadlineQueue } from "../time/deadline-queue.ts";
import { BEGINNING, END_OF_TIME, type Instant } from "../time/instant.ts";
import { Asking } from "./asking.ts";
import type { Buckets } from "./buckets.ts";
import { dueAt } from "./due.ts";
import { eventsHeld, type Horizon, isAlive } from "./forest.ts";
import {
  dropDead,
  emptyRow,
  type Group,
  letGoOf,
  livesIn,
  nodesOf,
  oldestAtIn,
  oldestFrom,
  type Row,
  runsIn,
  tailsOf,
} from "./group.ts";
import { KeyTable } from "./key-table.ts";
import { lapse } from "./lapse.ts";
import { cutWithin } from "./limits.ts";
import type {
  KeyedMatcher,
  KeyedMatcherOptions,
  LimitReached,
  MatcherCounts,
  MatcherState,
  MatcherStats,
  Outcome,
  RunView,
  TimedEvent,
  Tuning,
} from "./matcher.ts";
import { type Keeper, type Keeping, Moving } from "./moving.ts";
import { toView } from "./report.ts";
import { type Complete, inOrder, type PlacedEvent, type Tail, tailOf } from "./run.ts";
import { restoreState, saveState } from "./saved.ts";
import { release } from "./skip.ts";
import { Teller } from "./teller.ts";

const NOTHING: readonly Complete[] = [];

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
  readonly #trimFrom: number;
  readonly #teller: Teller;
  readonly #states: States;
  readonly #asking: Asking;
  readonly #rows = new KeyTable();
  readonly #deadlines: DeadlineQueue = createDeadlineQueue();
  #now: Instant = BEGINNING;

  constructor(automaton: Automaton, options: KeyedMatcherOptions, { maxStates, trimFrom = 64 }: Tuning) {
    this.#automaton = automaton;
    this.#withinMs = automaton.pattern.withinMs ?? Number.POSITIVE_INFINITY;
    this.#teller = new Teller(automaton, options);
    this.#asking = new Asking(automaton);
    this.#states = createStates(automaton, this.#asking, maxStates);
    this.#trimFrom = trimFrom;
  }

  onEvent(key: Key, timed: TimedEvent): readonly Outcome[] {
    const { value, at, origin } = timed;
    invariant(at >= this.#now, "that events come in order of time");
    const outcomes = this.#fireDeadlines(at);
    const position = ++this.#teller.counters.events;
    this.#asking.about(value);
    const row = this.#rows.get(key);
    const begin = this.#states.begin(this.#asking.ask);
    if (!begin.isIdle || (row !== undefined && !this.#isUntouched(row))) {
      const event: PlacedEvent = { value, at, origin, position };
      const touched = row ?? emptyRow(key, this.#trimFrom);
      this.#settle(touched, this.#move(touched, begin, event), outcomes);
    }
    if (this.#asking.failure !== null) outcomes.push(this.#teller.sayFailure(key, timed, this.#asking.failure));
    return outcomes;
  }

  advanceTo(watermark: Instant): readonly Outcome[] {
    return watermark > this.#now ? this.#fireDeadlines(watermark) : [];
  }

  save(): MatcherState {
    for (const row of this.#rows.values()) this.#tidy(row);
    const memory = { rows: [...this.#rows.values()], now: this.#now, counters: { ...this.#teller.counters } };
    return saveState(this.#automaton, memory);
  }

  restore(state: MatcherState): void {
    const restored = restoreState(this.#automaton, this.#states, state);
    for (const row of this.#rows.values()) this.#forget(row);
    this.#now = restored.now;
    this.#teller.counters = { ...restored.counters };
    for (const row of restored.rows) {
      const moving = new Moving(this.#horizonOf(row), this);
      for (const group of row.groups) {
        // Which way runs are kept may have changed: the text of a function decides it, and is no part of the pattern's identity.
        if (this.keepingOf(group.state) === (group.root === null ? "listed" : "together")) moving.keep(group);
        else moving.putRuns(tailsOf(group, moving.horizon), group.state, false);
      }
      row.groups = moving.settled();
      this.#trim(row);
      this.#keep(row);
    }
  }

  inspect(key: Key): readonly RunView[] {
    const row = this.#rows.get(key);
    if (row === undefined) return [];
    const runs = row.groups.flatMap((group) => this.#tailsOf(row, group).map((tail) => ({ tail, ...group.state })));
    return inOrder(runs, tailOf).map((run) => toView(this.#automaton, run));
  }

  stats(): MatcherStats {
    const counts = this.counts();
    let nodes = 0;
    for (const row of this.#rows.values()) {
      this.#trim(row);
      nodes += row.events;
    }
    return { ...counts, nodes };
  }

  counts(): MatcherCounts {
    let [runs, oldest] = [0, END_OF_TIME];
    for (const row of this.#rows.values()) {
      this.#tidy(row);
      oldest = Math.min(oldest, oldestAtIn(row.groups));
      runs += runsIn(row.groups);
    }
    return { ...this.#teller.counters, keys: this.#rows.size, runs, oldestFirstAt: runs > 0 ? oldest : null };
  }

  nextDue(): Instant {
    return this.#deadlines.peek() ?? END_OF_TIME;
  }

  holds(key: Key): boolean {
    return this.#rows.get(key) !== undefined;
  }

  *keys(): Iterable<Key> {
    for (const { key } of this.#rows.values()) yield key;
  }

  skip(events: number, at: Instant): readonly Outcome[] {
    this.#teller.counters.events += events;
    return this.advanceTo(at);
  }

  /** Whether the event at hand changes nothing of what is open. */
  #isUntouched({ groups }: Row): boolean {
    for (const { state } of groups)
      if (state.looksBack || !this.#states.decide(state, this.#asking.ask).isIdle) return false;
    return true;
  }

  /** Moves the groups of a key over `event`. */
  #move(row: Row, begin: Plan, event: PlacedEvent): Moving {
    const horizon = this.#horizonOf(row);
    const moving = new Moving(horizon, this);
    for (const group of row.groups) {
      dropDead(group, horizon);
      if (!livesIn(group, horizon)) continue;
      const { state, buckets } = group;
      if (buckets !== null) this.#moveByValue(group, buckets, event, moving);
      else if (state.looksBack)
        for (const tail of group.runs)
          moving.moveRuns(this.#states.decide(state, this.#asking.askFor(tail)), [tail], event);
      else moving.move(this.#states.decide(state, this.#asking.ask), group, event);
    }
    for (const take of begin.takes) moving.begin(take, event);
    return moving;
  }

  /** Moves runs that are kept by value: those for which the one test that looks back holds, and the others. */
  #moveByValue(group: Group, buckets: Buckets, event: PlacedEvent, moving: Moving): void {
    const { state } = group;
    const { horizon } = moving;
    const split = state.split as Split;
    const others = this.#states.decide(state, this.#asking.askIf(split.test, false));
    const keys = this.#asking.asked ? this.#asking.keysFor(split, buckets, horizon) : [];
    const plan = keys.length === 0 ? others : this.#states.decide(state, this.#asking.askIf(split.test, true));
    const chosen = plan.isIdle && others.isIdle ? [] : keys;
    const nodes = chosen.map((key) => buckets.get(key)).filter((node) => isAlive(node, horizon));
    if (plan.stay !== state) for (const key of chosen) buckets.delete(key);
    if (!others.isIdle) {
      const chosenNodes = new Set(nodes);
      for (const [, node] of buckets.entries()) if (!chosenNodes.has(node)) moving.moveNode(others, node, event);
      for (const node of nodes) moving.moveNode(plan, node, event);
      return;
    }
    const isStaying = plan.stay === state;
    for (const node of nodes) moving.moveNode(isStaying ? { ...plan, stay: null } : plan, node, event);
    if (buckets.count > 0) moving.keep(group);
  }

  /** Time goes to `until`: fires every deadline at or before it, in order of time; at one time, key by key. */
  #fireDeadlines(until: Instant): Outcome[] {
    const outcomes: Outcome[] = [];
    for (let at = this.#deadlines.peek(); at !== null && at <= until; at = this.#deadlines.peek()) {
      const id = this.#deadlines.popDue(at) as EncodedKey;
      const row = this.#rows.get(decodeKey(id));
      invariant(row !== undefined, "that a key with a deadline has a row");
      row.dueAt = null;
      this.#now = at;
      this.#settle(row, this.#lapse(row, at), outcomes);
    }
    this.#now = until;
    return outcomes;
  }

  /** What time does to the runs of a key, at its deadline. */
  #lapse(row: Row, at: Instant): Moving {
    const horizon = this.#horizonOf(row);
    const moving = new Moving(horizon, this);
    for (const group of row.groups) lapse(this.#automaton.pattern, this.#states, group, at, moving);
    return moving;
  }

  /** Applies skip strategy, limits and `oncePer` to what happened to a key, stores what is left, and says the rest. */
  #settle(row: Row, moved: Moving, outcomes: Outcome[]): void {
    row.groups = moved.settled();
    row.events += moved.events;
    const reported = this.#release(row, moved.complete);
    const notice = this.#keepWithin(row);
    const more = notice === null ? NOTHING : this.#release(row, NOTHING);
    if (moved.timedOut.length > 0)
      for (const each of this.#teller.sayTimedOut(row.key, moved.timedOut, this.#now)) outcomes.push(each);
    if (reported.length > 0 || more.length > 0)
      for (const each of this.#say(row, [...reported, ...more])) outcomes.push(each);
    if (notice !== null) outcomes.push(notice);
    this.#keep(row);
  }

  #say(row: Row, reported: readonly Complete[]): readonly Outcome[] {
    const { oncePerMs } = this.#automaton.pattern;
    const loud = this.#teller.quieten(row.quietUntil, reported, this.#now);
    if (loud.length > 0 && oncePerMs !== null) row.quietUntil = this.#now + oncePerMs;
    return this.#teller.sayMatches(row.key, loud, this.#now);
  }

  /** The matches that may be reported now; drops what their skip strategy drops. */
  #release(row: Row, complete: readonly Complete[]): readonly Complete[] {
    if (complete.length === 0 && row.held.length === 0) return NOTHING;
    const { pattern } = this.#automaton;
    const { reported, held, cut } = release(
      pattern,
      (from) => oldestFrom(row.groups, from),
      row.held,
      complete,
      this.#stepOf,
    );
    row.held = held;
    if (cut > row.cut) this.#cut(row, cut);
    return reported;
  }

  /** Drops all runs that began before `cut`. */
  #cut(row: Row, cut: number): void {
    row.cut = cut;
    const horizon = this.#horizonOf(row);
    for (const group of row.groups) dropDead(group, horizon);
    row.groups = row.groups.filter((group) => livesIn(group, horizon));
  }

  /** Gives up what is over the limits, and says so; `null`: nothing is. */
  #keepWithin(row: Row): LimitReached | null {
    if (!this.#isOver(row) && row.events <= row.trimAbove) return null;
    this.#trim(row);
    if (!this.#isOver(row)) return null;
    const { maxRunsPerKey, onLimit } = this.#teller.limits;
    const before = runsIn(row.groups);
    const limit = before > maxRunsPerKey ? "maxRunsPerKey" : "maxNodesPerKey";
    if (onLimit === "dropOldest") this.#cut(row, cutWithin(this.#teller.limits, row, this.#horizonOf(row)));
    else if (onLimit === "quarantine") row.groups = [];
    this.#trim(row);
    return this.#teller.limitReached(row.key, this.#now, limit, before - runsIn(row.groups));
  }

  #isOver({ groups, events }: Row): boolean {
    const { maxRunsPerKey, maxNodesPerKey } = this.#teller.limits;
    return events > maxNodesPerKey || runsIn(groups) > maxRunsPerKey;
  }

  /** Lets go of what is dead, and counts what is held. Cost: what the open runs hold. */
  #trim(row: Row): void {
    letGoOf(row, this.#horizonOf(row));
    row.events = eventsHeld(
      row.groups.flatMap(nodesOf),
      row.groups.flatMap(({ runs }) => runs),
    );
    row.trimAbove = Math.max(this.#trimFrom, 2 * row.events);
  }

  /** Stores a row and its next deadline; a row with nothing in it goes. */
  #keep(row: Row): void {
    const due = dueAt(this.#automaton.pattern, row, this.#now);
    if (row.groups.length === 0 && row.held.length === 0 && due === END_OF_TIME) {
      this.#forget(row);
      return;
    }
    if (!row.isKept) this.#rows.set(row);
    // A look that comes too early does no harm, and spares a change of the queue at every event.
    if (row.dueAt !== null && row.dueAt <= due) return;
    row.dueAt = due === END_OF_TIME ? null : due;
    this.#deadlines.set(row.id, row.dueAt);
  }

  /** Lets go of what is dead, of the whole row if that is all. */
  #tidy(row: Row): void {
    letGoOf(row, this.#horizonOf(row));
    this.#keep(row);
  }

  #forget(row: Row): void {
    if (!row.isKept) return;
    this.#rows.delete(row);
    this.#deadlines.set(row.id, null);
  }

  /** Runs whose end somebody sees are listed, so that the oldest is at hand; and so are those that each have to be asked. */
  keepingOf(state: State): Keeping {
    if (state.timed || this.#isSeenToEnd(state)) return "listed";
    if (!state.looksBack) return "together";
    return state.split === null ? "listed" : "byValue";
  }

  #isSeenToEnd(state: State): boolean {
    if (this.#withinMs === Number.POSITIVE_INFINITY) return false;
    const isTold = this.#teller.timedOut !== "none" && !state.reported;
    return state.endsByTime || isTold || this.#automaton.pattern.emit === "ordered";
  }

  valueOf(split: Split, run: Tail): unknown {
    return this.#asking.valueOf(split, run);
  }

  #horizonOf({ cut }: Row): Horizon {
    return {
      position: cut,
      after: this.#withinMs === Number.POSITIVE_INFINITY ? BEGINNING : this.#now - this.#withinMs,
    };
  }

  #tailsOf(row: Row, group: Group): readonly Tail[] {
    const horizon = this.#horizonOf(row);
    dropDead(group, horizon);
    return tailsOf(group, horizon);
  }

  readonly #stepOf = ({ step }: Tail): string => (this.#automaton.steps[step] as Step).name;
}
