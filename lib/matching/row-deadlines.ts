// Which row's deadline comes next: a heap over (time, row) in typed arrays. What was changed or taken away stays in the heap until
// it comes to the top, or most of the heap is stale.

import type { Instant } from "../time/instant.ts";
import { Column } from "./column.ts";
import type { Address } from "./slab.ts";

/** Below this many entries a heap is not worth sweeping. */
const SWEEP_FROM = 64;

export class RowDeadlines {
  /** Rows that have a deadline. */
  #live = 0;
  #length = 0;
  #times = new Float64Array(16);
  #rows = new Int32Array(16);
  readonly #deadlines = new Column();

  /** When a row is due; `null`: it is not. */
  of(row: Address): Instant | null {
    const at = this.#deadlines.get(row);
    return Number.isNaN(at) ? null : at;
  }

  /** Gives a row the deadline `at` instead of the one it had; `null` takes it away. Cost: O(log n). */
  set(row: Address, at: Instant | null): void {
    const before = this.of(row);
    if (before === at) return;
    if (before === null) this.#live += 1;
    if (at === null) this.#live -= 1;
    this.#deadlines.set(row, at ?? Number.NaN);
    if (at !== null) this.#push(at, row);
    if (this.#length > SWEEP_FROM && this.#length > 2 * this.#live) this.#sweep();
  }

  /** The soonest deadline; `null`: there is none. */
  peek(): Instant | null {
    while (this.#length > 0 && this.#deadlines.get(this.#rows[0] as Address) !== this.#times[0]) this.#pop();
    return this.#length > 0 ? (this.#times[0] as Instant) : null;
  }

  /** A row with the soonest deadline, which `peek` has just told. */
  get first(): Address {
    return this.#rows[0] as Address;
  }

  /** Takes away all deadlines that are at `at`, the soonest, and returns their rows, each once. */
  popAt(at: Instant): Address[] {
    const rows: Address[] = [];
    for (; this.peek() === at; this.#pop()) {
      const row = this.#rows[0] as Address;
      this.#deadlines.set(row, Number.NaN);
      this.#live -= 1;
      rows.push(row);
    }
    return rows;
  }

  #push(at: Instant, row: Address): void {
    if (this.#length === this.#rows.length) {
      const [times, rows] = [new Float64Array(2 * this.#length), new Int32Array(2 * this.#length)];
      times.set(this.#times);
      rows.set(this.#rows);
      this.#times = times;
      this.#rows = rows;
    }
    let hole = this.#length;
    this.#length += 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if ((this.#times[parent] as number) <= at) break;
      this.#copy(parent, hole);
      hole = parent;
    }
    this.#put(hole, at, row);
  }

  #pop(): void {
    this.#length -= 1;
    if (this.#length > 0) this.#sink(0, this.#times[this.#length] as Instant, this.#rows[this.#length] as Address);
  }

  /** Puts an entry into `hole` or below, where it belongs. */
  #sink(from: number, at: Instant, row: Address): void {
    let hole = from;
    for (let child = 2 * hole + 1; child < this.#length; child = 2 * hole + 1) {
      if (child + 1 < this.#length && (this.#times[child + 1] as number) < (this.#times[child] as number)) child += 1;
      if (at <= (this.#times[child] as number)) break;
      this.#copy(child, hole);
      hole = child;
    }
    this.#put(hole, at, row);
  }

  /** Drops what is stale. An entry may be there twice, which does no harm. */
  #sweep(): void {
    const length = this.#length;
    this.#length = 0;
    for (let index = 0; index < length; index += 1) {
      if (this.#deadlines.get(this.#rows[index] as Address) !== this.#times[index]) continue;
      this.#copy(index, this.#length);
      this.#length += 1;
    }
    for (let index = (this.#length >> 1) - 1; index >= 0; index -= 1)
      this.#sink(index, this.#times[index] as Instant, this.#rows[index] as Address);
  }

  #copy(from: number, to: number): void {
    this.#put(to, this.#times[from] as Instant, this.#rows[from] as Address);
  }

  #put(index: number, at: Instant, row: Address): void {
    this.#times[index] = at;
    this.#rows[index] = row;
  }
}
