// Many patterns over one stream. Only those that an event concerns are given it; the others would say the same with it as without
// (automaton/interest.ts), and are told later how many they missed.
//
//     event ──▶ due deadlines fire ──▶ whom does it concern? ─┬─ it may begin a run: looked up by its fields ──────┐
//                                                             └─ its key has open runs: do they wait for it? ──────┴─▶ their matchers
//
// What all say together has one order: by time, then as the patterns stand in the list, whenever time was moved; so it does not
// depend on how the input was cut into batches.

import type { Interest } from "../automaton/interest.ts";
import { empty } from "../core/empty.ts";
import { invariant } from "../core/errors.ts";
import { atOnce, type Sliced } from "../core/slices.ts";
import type { Key } from "../event/key.ts";
import { Deadlines } from "../time/deadlines.ts";
import { BEGINNING, END_OF_TIME, type Instant } from "../time/instant.ts";
import { Concerned } from "./concerned.ts";
import type { KeyedMatcher, MatcherCounts, Outcome, TimedEvent } from "./matcher.ts";

/** A pattern among others. `interest`: that of the automaton that the matcher walks. */
export type Sharing = { readonly matcher: KeyedMatcher; readonly interest: Interest };

/** What a pattern said, and which it was: its place in the list, from 0. */
export type Said = { readonly index: number; readonly outcome: Outcome };

/** The matchers of many patterns, as one. */
export interface ManyMatchers {
  /** Events come in order of time over all keys. Cost: the fields that the patterns look at, and whom it concerns. @throws {LimitError} */
  onEvent(key: Key, event: TimedEvent): readonly Said[];
  /** An event that concerns none of the patterns was there, at whatever time. */
  pass(): void;
  /** Fires deadlines at or before `until`. Cost: those. @throws {LimitError} */
  advanceTo(until: Instant): readonly Said[];
  /** Makes a matcher what it would be if it had been given every event. */
  settle(index: number): void;
  /** By pattern: events that its matcher was not told of. A matcher that is saved without being settled is whole only with this. */
  readonly missed: readonly number[];
  /** To be called when a matcher was restored that had `missed` so many events when it was saved; default 0: none. Cost: its keys. */
  resume(index: number, missed?: number): Sliced<void>;
  /** Time went to `until` before anything was restored: what was due by then was said. */
  goOnFrom(until: Instant): void;
  /** One per pattern, in their order. Cost: that of `counts` of each. */
  counts(): readonly MatcherCounts[];
}

export function createMany(patterns: readonly Sharing[]): ManyMatchers {
  return new ManyAtWork(patterns);
}

const NOTHING: readonly Said[] = [];

class ManyAtWork implements ManyMatchers {
  readonly #matchers: readonly KeyedMatcher[];
  readonly #concerned: Concerned;
  readonly #deadlines: Deadlines;
  /** Whose turn it is: all that the event at hand concerns, and those that have a deadline at its instant. */
  readonly #turns: number[] = [];
  readonly #hasTurn: Uint8Array;
  readonly #isGiven: Uint8Array;
  /** By pattern: of all events, how many it was given or told of. */
  readonly #known: Float64Array;
  #events = 0;
  /** Time of the event at hand, or of the last one. */
  #at: Instant = BEGINNING;
  /** Up to where no event will come. */
  #firedTo: Instant = BEGINNING;

  constructor(patterns: readonly Sharing[]) {
    const { length } = patterns;
    this.#matchers = patterns.map(({ matcher }) => matcher);
    this.#concerned = new Concerned(
      patterns.map(({ interest }) => interest),
      (index, key) => (this.#matchers[index] as KeyedMatcher).holds(key),
      (index) => {
        this.#isGiven[index] = 1;
        this.#turn(index);
      },
    );
    this.#deadlines = new Deadlines(length);
    this.#hasTurn = new Uint8Array(length);
    this.#isGiven = new Uint8Array(length);
    this.#known = new Float64Array(length);
    for (const index of patterns.keys()) atOnce(this.resume(index));
  }

  onEvent(key: Key, event: TimedEvent): readonly Said[] {
    const { at, value } = event;
    invariant(at >= this.#at && at >= this.#firedTo, "that events come in order of time");
    // Deadlines before this event come in order of time over all patterns; those at its very instant come with the event, pattern
    // by pattern, as no other event of that instant can be between.
    const said = this.#fire(at - 1);
    this.#at = at;
    this.#events += 1;
    this.#takeTurns(key, value);
    return this.#turns.length === 0 ? said : this.#inTurn(key, event, said);
  }

  pass(): void {
    this.#events += 1;
  }

  advanceTo(until: Instant): readonly Said[] {
    return this.#fire(until);
  }

  settle(index: number): void {
    const matcher = this.#matchers[index] as KeyedMatcher;
    const outcomes = [...this.#pass(index), ...matcher.advanceTo(this.#firedTo)];
    invariant(outcomes.length === 0, "that no deadline was missed");
    this.#deadlines.set(index, matcher.nextDue());
  }

  get missed(): readonly number[] {
    return Array.from(this.#known, (known) => this.#events - known);
  }

  goOnFrom(until: Instant): void {
    this.#firedTo = until;
  }

  *resume(index: number, missed: number = 0): Sliced<void> {
    const matcher = this.#matchers[index] as KeyedMatcher;
    this.#known[index] = this.#events - missed;
    this.#deadlines.set(index, matcher.nextDue());
    let looks = 0;
    for (const key of matcher.keys()) {
      this.#concerned.look(index, key);
      looks += 1;
      if (looks % 1_024 === 0) yield;
    }
  }

  counts(): readonly MatcherCounts[] {
    return this.#matchers.map((matcher, index) => {
      this.settle(index);
      return matcher.counts();
    });
  }

  /** Fires the deadlines at or before `until`. */
  #fire(until: Instant): readonly Said[] {
    if (until <= this.#firedTo) return NOTHING;
    this.#firedTo = until;
    const deadlines = this.#deadlines;
    if (deadlines.soonest > until) return NOTHING;
    const said: Said[] = [];
    while (deadlines.soonest <= until && deadlines.soonest < END_OF_TIME) {
      const index = deadlines.first;
      const matcher = this.#matchers[index] as KeyedMatcher;
      for (const outcome of matcher.advanceTo(until)) said.push({ index, outcome });
      this.#setDeadline(index, until);
    }
    return said.sort((one, other) => one.outcome.at - other.outcome.at || one.index - other.index);
  }

  /** Works out whose turn it is, in the order of the patterns. */
  #takeTurns(key: Key, value: unknown): void {
    for (const index of this.#turns) {
      this.#hasTurn[index] = 0;
      this.#isGiven[index] = 0;
    }
    empty(this.#turns);
    this.#concerned.find(key, value);
    const deadlines = this.#deadlines;
    while (deadlines.soonest <= this.#at) {
      this.#turn(deadlines.first);
      // It has its turn: what comes next is set then.
      deadlines.set(deadlines.first, END_OF_TIME);
    }
    if (this.#turns.length > 1) this.#turns.sort((one, other) => one - other);
  }

  #turn(index: number): void {
    if (this.#hasTurn[index] === 1) return;
    this.#hasTurn[index] = 1;
    this.#turns.push(index);
  }

  /** Lets all whose turn it is say what they have to. */
  #inTurn(key: Key, event: TimedEvent, before: readonly Said[]): readonly Said[] {
    let said = before as Said[];
    for (const index of this.#turns) {
      const outcomes = this.#isGiven[index] === 1 ? this.#onEvent(index, key, event) : this.#pass(index);
      this.#setDeadline(index, event.at);
      if (outcomes.length > 0 && said === NOTHING) said = [];
      for (const outcome of outcomes) said.push({ index, outcome });
    }
    return said;
  }

  #onEvent(index: number, key: Key, event: TimedEvent): readonly Outcome[] {
    const matcher = this.#matchers[index] as KeyedMatcher;
    const missed = this.#events - 1 - (this.#known[index] as number);
    if (missed > 0) matcher.skip(missed, BEGINNING);
    this.#known[index] = this.#events;
    const outcomes = matcher.onEvent(key, event);
    this.#concerned.look(index, key);
    return outcomes;
  }

  /** Tells a matcher of all events that it was not given. */
  #pass(index: number): readonly Outcome[] {
    const missed = this.#events - (this.#known[index] as number);
    this.#known[index] = this.#events;
    return (this.#matchers[index] as KeyedMatcher).skip(missed, this.#at);
  }

  #setDeadline(index: number, now: Instant): void {
    const due = (this.#matchers[index] as KeyedMatcher).nextDue();
    invariant(due > now || now === END_OF_TIME, "that deadlines that are due have fired");
    this.#deadlines.set(index, due);
  }
}
