// Rows that end by time alone: nobody is told when they do, so for each row that is new two others are looked at, and there are never
// many more than are open. A look is at a number, one after another in memory; only a row that is over is touched.
//
//     began   │ 3 │ 9 │ 7 │ 4 │ 8 │ …      by row: when the run began there that was the last to begin
//                       ▲ hand             up to the horizon: it goes

import type { State } from "../automaton/decide.ts";
import { BEGINNING, type Instant } from "../time/instant.ts";
import type { Census } from "./census.ts";
import { Column } from "./column.ts";
import type { Ref } from "./forest.ts";
import type { KeepingOf } from "./group.ts";
import type { Rows } from "./rows.ts";
import type { Address } from "./slab.ts";

/** New rows for which others are looked at together, so that what a look needs is at hand. */
const TOGETHER = 16;

export class Sweep {
  readonly #rows: Rows;
  readonly #keepingOf: KeepingOf;
  readonly #census: Census;
  /** By row; NaN: its runs are not kept together, so it has to be looked at itself. */
  readonly #began = new Column();
  #new = 0;
  /** The row that was looked at last. */
  #hand: Address = 0;

  constructor(rows: Rows, keepingOf: KeepingOf, census: Census) {
    this.#rows = rows;
    this.#keepingOf = keepingOf;
    this.#census = census;
  }

  /** The row at hand was stored. Cost: its groups. */
  stored(): void {
    const { at, forest, states, roots } = this.#rows;
    let last = BEGINNING;
    for (let index = 0; index < roots.length; index += 1) {
      const isKnown = this.#keepingOf(states[index] as State) === "together";
      last = isKnown ? Math.max(last, forest.timeOf(forest.newestOf(roots[index] as Ref))) : Number.NaN;
    }
    this.#began.set(at, last);
  }

  /** A row was added. Afterwards another may be at hand. */
  added(now: Instant): void {
    this.#new += 1;
    if (this.#new < TOGETHER) return;
    this.#new = 0;
    const { after } = this.#rows.forest;
    for (let looks = 2 * TOGETHER; looks > 0; looks -= 1) {
      this.#hand = this.#rows.behind(this.#hand) || this.#rows.behind(0);
      if (!(this.#began.get(this.#hand) > after)) this.#census.isOpen(this.#hand, now);
    }
  }
}
