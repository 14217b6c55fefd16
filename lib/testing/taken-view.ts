// What conditions see of the events that a tail has taken.

import type { Automaton, Step } from "../automaton/automaton.ts";
import type { Tail } from "../matching/run.ts";
import type { Taken } from "../pattern/expression/evaluate.ts";
import { type Arity, toMatchObject } from "../pattern/shape.ts";

/** The events of one tail after another, as conditions see them. What is asked often makes no list. */
export class TakenView implements Taken {
  readonly #automaton: Automaton;
  readonly #shape: ReadonlyMap<string, Arity>;
  #tail: Tail | null = null;

  constructor(automaton: Automaton, shape: ReadonlyMap<string, Arity>) {
    this.#automaton = automaton;
    this.#shape = shape;
  }

  /** Makes it show `tail`. */
  about(tail: Tail | null): this {
    this.#tail = tail;
    return this;
  }

  of(step: string): readonly unknown[] {
    const events: unknown[] = [];
    for (let each = this.#tail; each !== null; each = each.previous)
      if (this.#isOf(each, step)) events.push(each.event.value);
    return events.reverse();
  }

  at(step: string, index: number): unknown {
    if (index > 0) return this.of(step)[index];
    let found: unknown;
    let left = index;
    for (let each = this.#tail; each !== null; each = each.previous) {
      if (!this.#isOf(each, step)) continue;
      if (index === 0) found = each.event.value;
      else if (++left === 0) return each.event.value;
    }
    return found;
  }

  get match(): object {
    return toMatchObject(this.#shape, (step) => this.of(step));
  }

  #isOf({ step }: Tail, name: string): boolean {
    return (this.#automaton.steps[step] as Step).name === name;
  }
}
