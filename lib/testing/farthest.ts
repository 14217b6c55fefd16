// The run that came farthest and did not become a match: for those who ask why nothing was found. Events of one key are
// walked run by run, as the reference matcher does, and what becomes of each run is written down.

import type { Automaton, Step, StepId, TestId } from "../automaton/automaton.ts";
import { type Ask, startOf, type Waiting } from "../automaton/waiting.ts";
import { deadlineOf, expire } from "../matching/deadline.ts";
import { type PlacedEvent, type Run, type Tail, timedOf, toList } from "../matching/run.ts";
import { shapeOf } from "../pattern/shape.ts";
import type { Instant } from "../time/instant.ts";
import { advance, takeUp } from "./advance.ts";
import { asked } from "./example.ts";
import { TakenView } from "./taken-view.ts";

/** An event of the key, and its index among all events. */
export type WalkedEvent = { readonly value: object; readonly at: Instant; readonly index: number };

/** What became of a run: events ended it, time did, or nothing did before there were no more events. */
export type Ending =
  | { readonly by: "event"; readonly index: number }
  | { readonly by: "time"; readonly at: Instant }
  | { readonly by: "nothing" };

/** A run that is no match. */
export type Farthest = {
  /** The events that it took, as indexes among all events, and their steps. */
  readonly taken: readonly { readonly index: number; readonly step: string }[];
  /** What it waited for when it had taken the last of them, and then when it ended. */
  readonly waited: readonly Waiting[];
  readonly tail: Tail | null;
  readonly ending: Ending;
};

/** Most runs that are followed at a time; those that came farthest stay. */
const MAX_RUNS = 500;

/** `null`: every run that began became a match. A run with nothing taken stands for: none began. Cost: that of a matcher without sharing. */
export function farthestOf(automaton: Automaton, events: readonly WalkedEvent[]): Farthest | null {
  const walk = new Walk(automaton);
  for (const event of events) walk.take(event);
  return walk.end();
}

class Walk {
  readonly #automaton: Automaton;
  readonly #taken: TakenView;
  readonly #matched = new Set<Tail>();
  #runs: readonly Run[] = [];
  #best: { readonly run: Run; readonly ending: Ending } | null = null;
  #hasMatched = false;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
    this.#taken = new TakenView(automaton, shapeOf(automaton.pattern));
  }

  take({ value, at, index }: WalkedEvent): void {
    this.#passTime(at);
    const event: PlacedEvent = {
      value,
      at,
      position: index,
      origin: { topic: "", partition: 0, offset: BigInt(index) },
    };
    const next: Run[] = [];
    for (const run of this.#runs) {
      const moved = advance(this.#automaton, run, event, this.#ask(value, run.tail));
      const onward = moved.flatMap(({ run: each }) => each ?? []);
      for (const { tail, complete } of moved) if (complete) this.#match(tail);
      if (onward.length === 0 && !moved.some(({ complete }) => complete)) this.#ended(run, { by: "event", index });
      next.push(...onward);
    }
    for (const { run, tail, complete } of takeUp(
      this.#automaton,
      null,
      startOf(this.#automaton),
      event,
      this.#ask(value, null),
    )) {
      if (complete) this.#match(tail);
      if (run !== null) next.push(run);
    }
    this.#runs = next.length > MAX_RUNS ? [...next].sort(fartherFirst).slice(0, MAX_RUNS) : next;
  }

  end(): Farthest | null {
    this.#passTime(Number.MAX_VALUE);
    for (const run of this.#runs) this.#ended(run, { by: "nothing" });
    if (this.#best === null)
      return this.#hasMatched
        ? null
        : { taken: [], waited: startOf(this.#automaton), tail: null, ending: { by: "nothing" } };
    const { run, ending } = this.#best;
    const taken = toList(run.tail).map(({ event, step }) => ({ index: event.position, step: this.#nameOf(step) }));
    return { taken, waited: run.waiting, tail: run.tail, ending };
  }

  #passTime(at: Instant): void {
    this.#runs = this.#runs.flatMap((run) => {
      const { pattern } = this.#automaton;
      const { waiting, reported, complete } = expire(pattern, timedOf(run), at);
      if (complete) this.#match(run.tail);
      else if (waiting.length === 0) this.#ended(run, { by: "time", at: deadlineOf(pattern, timedOf(run)) ?? at });
      return waiting.length === 0 ? [] : { ...run, waiting, reported };
    });
  }

  #match(tail: Tail): void {
    this.#matched.add(tail);
    this.#hasMatched = true;
  }

  /** Of runs that came equally far the first stays: it had the most time. */
  #ended(run: Run, ending: Ending): void {
    if (run.reported || this.#matched.has(run.tail)) return;
    if (this.#best === null || fartherFirst(run, this.#best.run) < 0) this.#best = { run, ending };
  }

  #ask(value: object, tail: Tail | null): Ask {
    const taken = this.#taken.about(tail);
    return (test: TestId) => asked(this.#automaton, test, value, taken);
  }

  #nameOf(step: StepId): string {
    return (this.#automaton.steps[step] as Step).name;
  }
}

function fartherFirst(left: Run, right: Run): number {
  return right.tail.step - left.tail.step || right.tail.length - left.tail.length;
}
