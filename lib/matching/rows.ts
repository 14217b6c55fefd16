// The rows of all keys: what is known of each, in one record, and where its runs are. One row is at hand at a time; the others
// are words in a slab.
//
//     key ──▶ row │ block, records, two groups, cut, number │ ──▶ records of its forest
//                 a group: a state, and the root of the runs in it; from three on they stand in records of the block

import type { State, States } from "../automaton/decide.ts";
import { empty } from "../core/empty.ts";
import { decodeKey, type EncodedKey, encodeKey, isKey, type Key } from "../event/key.ts";
import type { Instant } from "../time/instant.ts";
import { Column } from "./column.ts";
import type { Forest, Ref } from "./forest.ts";
import { KeyTable } from "./key-table.ts";
import { RowDeadlines } from "./row-deadlines.ts";
import { type Address, baseOf, Slab, WORDS } from "./slab.ts";

// Words of a row.
const BLOCK = 0;
const USED = 1;
const STATE = 2;
const ROOT = 3;
const CUT = 4;
const OTHER_STATE = 5;
const NUMBER = 6;
const OTHER_ROOT = 7;

const NOTHING: readonly Ref[] = [];
const NO_ROWS: ReadonlySet<Address> = new Set();

/** In a row with fewer records it is not worth knowing which of them are taken events. */
const COUNTED_FROM = 1_024;

/** Is told of rows. */
export type RowWatcher = {
  /** The row at hand was stored; whether it drops runs that it did not drop when it was stored before. */
  stored(hasCut: boolean): void;
  /** A row is about to go. */
  forgotten(row: Address): void;
};

export class Rows {
  /** Of the row at hand. */
  readonly forest: Forest;
  readonly deadlines: RowDeadlines = new RowDeadlines();
  /** Of the groups at hand. */
  readonly states: State[] = [];
  /** Of the groups at hand: the root of their runs, or the record of those who keep them otherwise. */
  readonly roots: Ref[] = [];
  /** Complete matches that wait for runs which began before them, each of one path. */
  held: readonly Ref[] = NOTHING;
  /** Until when `oncePer` suppresses; `null`: it does not. */
  quietUntil: Instant | null = null;
  /** The row at hand; 0: of a key that has none. */
  at: Address = 0;
  watcher: RowWatcher | null = null;
  /** Records of all keys, as they were stored last. */
  records = 0;
  readonly #states: States;
  readonly #slab = new Slab();
  readonly #table = new KeyTable(this.#slab);
  readonly #held = new Map<Address, readonly Ref[]>();
  readonly #quiet = new Column();
  /** Records that were no taken events of open runs when they were counted. */
  readonly #others = new Column();
  /** Records of the row at hand when it was made that, or they were moved. */
  #shown = 0;
  /** Rows that were stored since their changes were asked for; `null`: nobody asks. */
  #touched: Set<Address> | null = null;
  /** Rows that were told then: whoever asked may not have looked at them yet. */
  #told: ReadonlySet<Address> = NO_ROWS;
  /** Keys that were forgotten since then. */
  readonly #gone = new Set<EncodedKey>();
  /** First of the records in which the groups at hand stand, and how many these are. */
  #area: Ref = 0;
  #areaLength = 0;

  constructor(states: States, forest: Forest) {
    this.#states = states;
    this.forest = forest;
  }

  get size(): number {
    return this.#table.size;
  }

  /** The row of a key; 0: it has none. */
  of(key: Key): Address {
    return this.#table.get(key);
  }

  keyOf(row: Address): Key {
    return this.#table.keyOf(row);
  }

  /** Makes a row the one at hand; 0: an empty one, of a key that has none. */
  show(row: Address): void {
    const { forest, states, roots } = this;
    this.at = row;
    empty(states);
    empty(roots);
    this.held = NOTHING;
    this.quietUntil = null;
    this.#areaLength = 0;
    if (row === 0) {
      forest.show(0, 0);
      forest.cut = 0;
      forest.number = 0;
      this.#shown = 0;
      return;
    }
    const { words } = this.#slab.chunkOf(row);
    const from = baseOf(row) * WORDS;
    forest.show(words[from + BLOCK] as number, words[from + USED] as number);
    forest.cut = words[from + CUT] as number;
    forest.number = words[from + NUMBER] as number;
    this.#shown = forest.used;
    this.#showGroups(words, from);
    if (this.#held.size > 0) this.held = this.#held.get(row) ?? NOTHING;
    const quiet = this.#quiet.get(row);
    if (!Number.isNaN(quiet)) this.quietUntil = quiet;
  }

  #showGroups(words: Int32Array, from: number): void {
    const { forest } = this;
    const [state, root] = [words[from + STATE] as number, words[from + ROOT] as Ref];
    if (root === 0) return;
    if (state >= 0) {
      this.#addGroup(state, root);
      const other = words[from + OTHER_ROOT] as Ref;
      if (other !== 0) this.#addGroup(words[from + OTHER_STATE] as number, other);
      return;
    }
    this.#area = root;
    this.#areaLength = -state;
    for (let record = root; record < root - state; record += 1)
      this.#addGroup(forest.wordOf(record, 0), forest.wordOf(record, 1));
  }

  /** Whether records were added since the row is at hand. */
  get hasGrown(): boolean {
    return this.forest.used > this.#shown;
  }

  /** Whether there are neither groups nor held matches. */
  get isEmpty(): boolean {
    return this.roots.length === 0 && this.held.length === 0;
  }

  /** Drops all groups at hand. */
  dropGroups(): void {
    empty(this.states);
    empty(this.roots);
  }

  /** No more taken events are in the records at hand. */
  get mostEvents(): number {
    const { forest, at } = this;
    const others = at === 0 ? Number.NaN : this.#others.get(at);
    return forest.used - (Number.isNaN(others) ? 0 : others);
  }

  /** Records were moved: only groups, held matches and what they lead to were taken along, in all so many taken `events` of open runs. */
  hasMoved(events: number): void {
    const { forest, at } = this;
    this.#areaLength = 0;
    this.#shown = forest.used;
    if (at === 0) return;
    if (forest.used >= COUNTED_FROM) this.#others.set(at, forest.used - events);
    else if (!Number.isNaN(this.#others.get(at))) this.#others.set(at, Number.NaN);
  }

  #addGroup(state: number, root: Ref): void {
    this.states.push(this.#states.at(state));
    this.roots.push(root);
  }

  /** Stores the row at hand, which is that of `key`. @throws {ConfigError} `BAD_KEY` if `key` is none. */
  store(key: Key): void {
    if (this.at === 0) this.#create(key);
    this.#touched?.add(this.at);
    this.rewrite();
  }

  /** Stores the row at hand, of which nothing has changed but where it stands. */
  rewrite(): void {
    const { forest, states, roots } = this;
    if (roots.length > 2) this.#storeGroups();
    const { words } = this.#slab.chunkOf(this.at);
    const from = baseOf(this.at) * WORDS;
    if (roots.length <= 2) {
      words[from + STATE] = states[0]?.id ?? 0;
      words[from + ROOT] = roots[0] ?? 0;
      words[from + OTHER_STATE] = states[1]?.id ?? 0;
      words[from + OTHER_ROOT] = roots[1] ?? 0;
    } else {
      words[from + STATE] = -roots.length;
      words[from + ROOT] = this.#area;
    }
    const hasCut = forest.cut > 0 && words[from + CUT] !== forest.cut;
    this.records += forest.used - (words[from + USED] as number);
    words[from + BLOCK] = forest.address;
    words[from + USED] = forest.used;
    words[from + CUT] = forest.cut;
    words[from + NUMBER] = forest.number;
    if (this.held.length > 0) this.#held.set(this.at, this.held);
    else if (this.#held.size > 0) this.#held.delete(this.at);
    if (this.quietUntil !== null) this.#quiet.set(this.at, this.quietUntil);
    this.watcher?.stored(hasCut);
  }

  /** Writes the groups into records of the block, those in which they stood or new ones at its end. */
  #storeGroups(): void {
    const { forest, states, roots } = this;
    if (this.#areaLength < roots.length) {
      this.#area = forest.used + 1;
      this.#areaLength = roots.length;
      for (const _ of roots) forest.addOther();
    }
    for (let index = 0; index < roots.length; index += 1) {
      forest.setWord(this.#area + index, 0, (states[index] as State).id);
      forest.setWord(this.#area + index, 1, roots[index] as Ref);
    }
  }

  #create(key: Key): void {
    if (!isKey(key)) encodeKey(key);
    this.at = this.#slab.allocate(1);
    const { values, words } = this.#slab.chunkOf(this.at);
    words[baseOf(this.at) * WORDS + USED] = 0;
    // A list may be changed by whoever gave it, or is given it with a match; the row would not be found again.
    values[baseOf(this.at)] = typeof key === "object" ? Object.freeze([...key]) : key;
    this.#table.add(this.at);
  }

  /** Forgets the row at hand, and what it holds. `isOver`: time alone has ended it, which a row that was saved as it is tells by itself. */
  forget(isOver: boolean = false): void {
    this.forest.release();
    if (this.at === 0) return;
    this.watcher?.forgotten(this.at);
    this.records -= this.#slab.chunkOf(this.at).words[baseOf(this.at) * WORDS + USED] as number;
    this.#forgetChanges(isOver);
    this.deadlines.set(this.at, null);
    if (this.#held.size > 0) this.#held.delete(this.at);
    if (this.quietUntil !== null) this.#quiet.set(this.at, Number.NaN);
    if (!Number.isNaN(this.#others.get(this.at))) this.#others.set(this.at, Number.NaN);
    this.#table.delete(this.at);
    this.#slab.free(this.at);
    this.show(0);
  }

  #forgetChanges(isOver: boolean): void {
    if (this.#touched === null) return;
    const isSaved = !this.#touched.delete(this.at) && !this.#told.has(this.at);
    if (!(isOver && isSaved)) this.#gone.add(encodeKey(this.keyOf(this.at)));
  }

  /** All rows; the one that is being looked at may be forgotten. */
  *all(): Generator<Address> {
    for (let row = this.#slab.after(0); row !== 0; row = this.#slab.after(row)) yield row;
  }

  /** Gives all states of groups other numbers. No row is at hand afterwards. */
  relabel(anew: (state: number) => number): void {
    for (const row of this.all()) {
      const { words } = this.#slab.chunkOf(row);
      const from = baseOf(row) * WORDS;
      const state = words[from + STATE] as number;
      const root = words[from + ROOT] as Ref;
      if (root === 0) continue;
      if (state >= 0) {
        words[from + STATE] = anew(state);
        if (words[from + OTHER_ROOT] !== 0) words[from + OTHER_STATE] = anew(words[from + OTHER_STATE] as number);
        continue;
      }
      this.forest.show(words[from + BLOCK] as number, words[from + USED] as number);
      for (let record = root; record < root - state; record += 1)
        this.forest.setWord(record, 0, anew(this.forest.wordOf(record, 0)));
    }
    this.show(0);
  }

  /** Takes away the deadlines that are at `at`, the soonest: their rows, in the order of their keys. Those not asked for stay due. */
  *due(at: Instant): Generator<Address> {
    const rows = this.#inOrderOfKeys(this.deadlines.popAt(at));
    let taken = 0;
    try {
      for (const row of rows) {
        taken += 1;
        yield row;
      }
    } finally {
      for (const row of rows.slice(taken)) this.deadlines.set(row, at);
    }
  }

  #inOrderOfKeys(rows: readonly Address[]): readonly Address[] {
    if (rows.length < 2) return rows;
    const named = rows.map((row) => ({ row, name: encodeKey(this.keyOf(row)) }));
    return named.sort((left, right) => (left.name < right.name ? -1 : 1)).map(({ row }) => row);
  }

  /** The rows of the keys in one part of the table. */
  inPart(part: number): readonly Address[] {
    return this.#table.rowsIn(part);
  }

  /**
   * Rows that were stored, and keys that were forgotten, since it was last asked or told to `track`; the first time, all there are. Rows
   * that ended by time alone, as they were told last, are not named.
   */
  takeChanges(): { readonly rows: readonly Address[]; readonly gone: readonly EncodedKey[] } {
    const told = this.#touched ?? new Set(this.all());
    const gone = [...this.#gone].filter((key) => this.of(decodeKey(key)) === 0);
    this.track();
    this.#told = told;
    return { rows: [...told], gone };
  }

  /** Remembers what changes from now on. */
  track(): void {
    this.#touched = new Set();
    this.#told = NO_ROWS;
    this.#gone.clear();
  }

  /** Changes need not be remembered. */
  untrack(): void {
    this.#touched = null;
    this.#gone.clear();
  }

  /** Whether a row that was there was not forgotten. No other may have come since. */
  isThere(row: Address): boolean {
    return this.#slab.holds(row);
  }

  /** One row after another, from 0 on; 0: there are no more. The one that it is given may have gone. */
  behind(row: Address): Address {
    return this.#slab.after(row);
  }
}
