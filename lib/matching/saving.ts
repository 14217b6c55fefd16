// Saves and restores what a matcher knows: time and counters, which are plain data, and rows as bytes (row-writer.ts), some hundred
// at a time.
//
//     save()       ─▶ { format, fingerprint, now, counters, rows: [{ bytes as text, values }, …] }
//     head() …     ─▶ the same in pieces, for whoever keeps bytes (state/freeze.ts)

import type { Automaton } from "../automaton/automaton.ts";
import type { States } from "../automaton/decide.ts";
import { fromText, type Refuse, toText } from "../core/bytes.ts";
import { CheckpointError } from "../core/errors.ts";
import { anything, indexFrom, listOf, record, text } from "../core/shape.ts";
import { type EncodedKey, encodeKey, type Key } from "../event/key.ts";
import { type Instant, restoreInstant, type SavedInstant, savedInstant, saveInstant } from "../time/instant.ts";
import type { Census } from "./census.ts";
import type { Compactor } from "./compact.ts";
import { dropDead, type KeepingOf } from "./group.ts";
import { PARTS, partOfKey } from "./key-table.ts";
import type { MatcherCounters, MatcherState, RowPlace, SavedRows, Saving } from "./matcher.ts";
import type { Moving } from "./moving.ts";
import { RowReader } from "./row-reader.ts";
import { RowWriter } from "./row-writer.ts";
import type { Rows } from "./rows.ts";
import { broken, EACH_ONCE, requireShape } from "./saved-check.ts";
import type { Weight } from "./weight.ts";

export type Counters = { -readonly [name in keyof MatcherCounters]: MatcherCounters[name] };

export function emptyCounters(): Counters {
  return { events: 0, matches: 0, timedOut: 0, suppressed: 0, dropped: 0, failures: 0 };
}

const FORMAT = "sequitur-rows-2";

type Head = MatcherState & { readonly now: SavedInstant; readonly counters: Counters };
type Whole = Head & { readonly rows: readonly { readonly bytes: string; readonly values: readonly unknown[] }[] };

/** Pages have numbers from 0 to below. */
export const PAGES: number = PARTS;

/** The page of a key, whatever other keys there are. */
export function pageOf(key: Key): number {
  return partOfKey(key);
}

/** What a matcher has to be saved, and to be restored. */
export type Inside = {
  readonly automaton: Automaton;
  readonly states: States;
  readonly rows: Rows;
  readonly moving: Moving;
  readonly compactor: Compactor;
  readonly census: Census;
  readonly weight: Weight;
  readonly teller: { counters: Counters };
  readonly keepingOf: KeepingOf;
  readonly now: () => Instant;
  readonly setTime: (now: Instant) => void;
  /** Stores the row at hand, and its deadline. */
  readonly store: (key: Key) => void;
};

export class SavingAtWork implements Saving {
  readonly #of: Inside;

  constructor(of: Inside) {
    this.#of = of;
  }

  save(): MatcherState {
    const all = [...this.#of.rows.all()];
    const rows: Whole["rows"][number][] = [];
    for (let from = 0; from < all.length; ) {
      const { bytes, values, next } = this.saveRows(all, from);
      if (values.length > 0) rows.push({ bytes: toText(bytes), values });
      from = next;
    }
    return { ...this.head(), rows };
  }

  /** @throws {CheckpointError} and nothing has changed. */
  restore(state: MatcherState): void {
    checkHead(this.#of.automaton, state);
    requireShape(ROWS, state, "$");
    const saved = (state as Whole).rows.map(({ bytes, values }, index) => {
      const read = fromText(bytes);
      if (read === null) throw broken(`$.rows[${index}].bytes`, "base64");
      return { bytes: read, values };
    });
    const keys = new Set<EncodedKey>();
    for (const [index, rows] of saved.entries()) {
      for (const reader = this.#read(rows, refuseAt(index)); reader.next(); ) {
        const key = encodeKey(reader.key);
        if (keys.has(key)) throw broken(`$.rows[${index}]`, EACH_ONCE);
        keys.add(key);
      }
    }
    this.restoreHead(state);
    for (const [index, rows] of saved.entries()) this.restoreRows(rows, () => true, refuseAt(index));
  }

  head(): MatcherState {
    const { automaton, now, teller } = this.#of;
    const { fingerprint } = automaton;
    const head: Head = { format: FORMAT, fingerprint, now: saveInstant(now()), counters: { ...teller.counters } };
    return head;
  }

  takeChanges(): { readonly rows: readonly RowPlace[]; readonly gone: readonly EncodedKey[] } {
    return this.#of.rows.takeChanges();
  }

  rowsOn(page: number): readonly RowPlace[] {
    return this.#of.rows.inPart(page);
  }

  pageOf(row: RowPlace): number {
    return pageOf(this.#of.rows.keyOf(row));
  }

  saveRows(all: readonly RowPlace[], from: number): SavedRows & { readonly next: number } {
    const { rows, census, compactor, keepingOf, now } = this.#of;
    const writer = new RowWriter(keepingOf);
    let next = from;
    for (; next < all.length && !writer.isFull; next += 1) {
      const row = all[next] as RowPlace;
      if (!rows.isThere(row) || !census.isOpen(row, now())) continue;
      if (!isCompact(rows)) {
        compactor.compact(rows);
        rows.rewrite();
      }
      writer.write(rows);
    }
    return { ...writer.saved, next };
  }

  restoreHead(head: MatcherState): void {
    const { automaton, rows, setTime, teller } = this.#of;
    checkHead(automaton, head);
    for (const row of rows.all()) {
      rows.show(row);
      rows.forget();
    }
    rows.untrack();
    const { now, counters } = head as Head;
    setTime(restoreInstant(now));
    teller.counters = { ...counters };
  }

  restoreRows(saved: SavedRows, isWanted: (key: Key) => boolean, refuse: Refuse): void {
    const reader = this.#read(saved, refuse);
    while (reader.next()) {
      if (!isWanted(reader.key)) continue;
      if (this.#of.rows.of(reader.key) !== 0) throw refuse(EACH_ONCE, reader.at);
      this.#restoreRow(reader);
    }
  }

  track(): void {
    this.#of.rows.track();
  }

  #read(saved: SavedRows, refuse: Refuse): RowReader {
    return new RowReader(this.#of.automaton, this.#of.states.stateOf, saved, refuse);
  }

  #restoreRow(reader: RowReader): void {
    const { rows, moving, compactor, weight, keepingOf, store } = this.#of;
    rows.show(0);
    reader.put(rows);
    for (const { value } of reader.events) weight.took(value);
    moving.start();
    for (const { state, keeping, roots } of reader.groups) moving.restore(state, keeping, roots);
    moving.settle(rows);
    dropDead(rows, keepingOf);
    compactor.compact(rows);
    store(reader.key);
  }
}

/** Whether the row at hand is one taken event, and all there is leads to it: so are most. */
function isCompact({ forest, roots }: Rows): boolean {
  return forest.used === 1 && roots.length > 0 && forest.isTaken(1);
}

function refuseAt(index: number): Refuse {
  return (expected, at) => broken(`$.rows[${index}], at byte ${at},`, expected);
}

const count = indexFrom(0);
const COUNTERS = Object.keys(emptyCounters()).map((name) => [name, count] as const);
const HEAD = record({ now: savedInstant, counters: record(Object.fromEntries(COUNTERS)) });
const ROWS = record({ rows: listOf(record({ bytes: text, values: listOf(anything) })) });

/** @throws {CheckpointError} `UNKNOWN_FORMAT`, `OTHER_PATTERN`, `BROKEN_STATE` */
function checkHead({ fingerprint, pattern }: Automaton, state: MatcherState): void {
  if (state.format !== FORMAT) {
    throw new CheckpointError(
      "UNKNOWN_FORMAT",
      `The state has the format ${String(state.format)}; this version reads ${FORMAT}. Restore it with the version that saved it.`,
    );
  }
  if (state.fingerprint !== fingerprint) {
    throw new CheckpointError(
      "OTHER_PATTERN",
      `The state was saved by another pattern than "${pattern.name}" as it is now (fingerprint ${state.fingerprint}, not ${fingerprint}). Restore it with that pattern, or start empty.`,
    );
  }
  requireShape(HEAD, state, "$");
}
