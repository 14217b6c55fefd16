// How many runs are open, and since when, without a look at every key. From the first question on, what a key has is noted whenever
// it is stored; when asked, only rows are looked at in which runs have died that nobody saw die.
//
//     stored ──▶ runs of each row ──▶ their sum
//            └─▶ the earliest first event of each row, or before it ──▶ the earliest of all
//                                                                   └─▶ windows that are over: rows to look at
//
// Where runs are listed, each is seen to die; where they are kept together or by value, time passes over them.

import type { State } from "../automaton/decide.ts";
import { encodeKey } from "../event/key.ts";
import { END_OF_TIME, type Instant } from "../time/instant.ts";
import type { Buckets } from "./buckets.ts";
import { Column } from "./column.ts";
import type { Compactor } from "./compact.ts";
import type { Forest, Ref } from "./forest.ts";
import { countRuns, dropDead, holdsDead, type KeepingOf } from "./group.ts";
import { oldestIn } from "./listed.ts";
import { RowDeadlines } from "./row-deadlines.ts";
import type { Rows, RowWatcher } from "./rows.ts";
import type { Address } from "./slab.ts";

/** Open runs of all keys, and the time of the earliest first event among them; `END_OF_TIME`: there is none. */
export type OpenRuns = { readonly runs: number; readonly oldestAt: Instant };

export class Census implements RowWatcher {
  readonly #rows: Rows;
  readonly #forest: Forest;
  readonly #keepingOf: KeepingOf;
  readonly #compactor: Compactor;
  /** By row: its runs when it was stored last. */
  readonly #counts = new Column();
  #runs = 0;
  /** Whether the sum of these was ever more than numbers tell exactly. */
  #isRounded = false;
  /** No first event is earlier, among the runs of a row that die unseen, and among the others. */
  readonly #unseen = new RowDeadlines();
  readonly #seen = new RowDeadlines();
  /** Rows of which a skip strategy may have dropped runs that still count. */
  readonly #unsure = new Set<Address>();

  constructor(rows: Rows, keepingOf: KeepingOf, compactor: Compactor) {
    this.#rows = rows;
    this.#forest = rows.forest;
    this.#keepingOf = keepingOf;
    this.#compactor = compactor;
  }

  /** What is open at `now`. Cost: rows of which runs have died unseen since it was asked last; the first time, all. */
  take(now: Instant): OpenRuns {
    if (this.#rows.watcher === null) {
      this.#rows.watcher = this;
      for (const row of this.#rows.all()) this.tidy(row, now);
    }
    for (const row of this.#unsure) this.tidy(row, now);
    this.#unsure.clear();
    for (let at = this.#unseen.peek(); at !== null && at <= this.#forest.after; at = this.#unseen.peek())
      this.tidy(this.#unseen.first, now);
    if (this.#isRounded) this.#countAnew();
    return { runs: this.#runs, oldestAt: Math.min(this.#earliest(this.#unseen), this.#earliest(this.#seen)) };
  }

  /** The row whose oldest run began first, of several the first in the order of their keys; 0: no run is open. After `take`. */
  oldest(): Address {
    const at = Math.min(this.#earliest(this.#unseen), this.#earliest(this.#seen));
    let [oldest, name] = [0, ""];
    for (const firsts of [this.#unseen, this.#seen]) {
      for (const row of at < END_OF_TIME && firsts.peek() === at ? firsts.popAt(at) : []) {
        this.#look(row);
        const key = encodeKey(this.#rows.keyOf(row));
        if (firsts.of(row) !== at || (oldest !== 0 && name <= key)) continue;
        [oldest, name] = [row, key];
      }
    }
    return oldest;
  }

  /** Makes a row the one at hand, without what is dead; a row in which nothing lives goes. Returns whether it stays. */
  isOpen(row: Address, now: Instant): boolean {
    const rows = this.#rows;
    rows.show(row);
    dropDead(rows, this.#keepingOf);
    return this.keepsOpen(now);
  }

  /** Whether something lives in the row at hand, of which what is dead was dropped; else it goes. */
  keepsOpen(now: Instant): boolean {
    const rows = this.#rows;
    if (!rows.isEmpty || (rows.quietUntil !== null && rows.quietUntil > now)) return true;
    rows.forget(true);
    return false;
  }

  /** The same, and lets go of what is dead in it, so that its runs are counted right. */
  tidy(row: Address, now: Instant): void {
    if (!this.isOpen(row, now)) return;
    if (holdsDead(this.#rows, this.#keepingOf)) this.#compactor.compact(this.#rows);
    this.#forgetFirsts(row);
    this.#rows.rewrite();
  }

  stored(hasCut: boolean): void {
    const rows = this.#rows;
    const row = rows.at;
    this.#count(row, countRuns(rows, this.#keepingOf));
    if (hasCut) this.#unsure.add(row);
    const isKnown = this.#unseen.of(row) !== null;
    // Runs that come from a list are no older than what is known of those.
    const seenFrom = this.#seen.of(row) ?? END_OF_TIME;
    for (const [index, root] of rows.roots.entries()) {
      const keeping = this.#keepingOf(rows.states[index] as State);
      if (keeping === "listed") lower(this.#seen, row, this.#timeOf(oldestIn(this.#forest, root)));
      else if (keeping === "together") lower(this.#unseen, row, this.#timeOf(root));
      else lower(this.#unseen, row, isKnown ? seenFrom : this.#earliestIn(root));
    }
  }

  forgotten(row: Address): void {
    this.#count(row, Number.NaN);
    this.#unsure.delete(row);
    this.#forgetFirsts(row);
  }

  #count(row: Address, runs: number): void {
    this.#runs += (runs || 0) - (this.#counts.get(row) || 0);
    this.#isRounded ||= this.#runs > Number.MAX_SAFE_INTEGER;
    this.#counts.set(row, runs);
  }

  #countAnew(): void {
    this.#runs = 0;
    for (const row of this.#rows.all()) this.#runs += this.#counts.get(row);
    this.#isRounded = this.#runs > Number.MAX_SAFE_INTEGER;
  }

  #forgetFirsts(row: Address): void {
    this.#unseen.set(row, null);
    this.#seen.set(row, null);
  }

  /** The earliest time of all, once the row that says so was looked at. */
  #earliest(firsts: RowDeadlines): Instant {
    for (;;) {
      const at = firsts.peek();
      if (at === null) return END_OF_TIME;
      const row = firsts.first;
      this.#look(row);
      if (firsts.of(row) === at) return at;
    }
  }

  /** What is noted of the first events of a row is right again. */
  #look(row: Address): void {
    this.#rows.show(row);
    this.#forgetFirsts(row);
    this.stored(false);
  }

  #timeOf(root: Ref): Instant {
    return this.#forest.timeOf(this.#forest.oldestOf(root));
  }

  #earliestIn(record: Ref): Instant {
    let least = END_OF_TIME;
    for (const [, root] of (this.#forest.valueOf(record) as Buckets).entries())
      least = Math.min(least, this.#timeOf(root));
    return least;
  }
}

function lower(firsts: RowDeadlines, row: Address, at: Instant): void {
  const before = firsts.of(row);
  if (at < END_OF_TIME && (before === null || at < before)) firsts.set(row, at);
}
