// The memory of a matcher as bytes: what changed since it was last frozen, and some of it whole; and back.
//
//     freeze() ─▶ delta: time, counters, keys that changed or are gone ─┐
//                 pages: all keys of a page, whether they changed or not ┴▶ state topic ─▶ thaw()
//
// A page is written whole the first time that one of its keys changes, so whoever knows the pages knows what covers the state. What
// is written beside a page always has time and counters, so that none of the older deltas is needed for them.

import { type EncodedKey, isEncodedKey } from "../event/key.ts";
import type { KeyedMatcher, MatcherState } from "../matching/matcher.ts";
import { pageOf, type SavedRow } from "../matching/saved.ts";
import type { Delta, Page } from "./entry.ts";
import { damaged } from "./state-error.ts";
import { fromValueJson, toValueJson } from "./value-json.ts";

/** Frozen bytes: nobody changes them any more. A delta comes before the pages. */
export type Frozen = {
  readonly pages: readonly { readonly page: number; readonly bytes: Uint8Array }[];
  /** What else changed; `null`: nothing. */
  readonly delta: Uint8Array | null;
};

export interface Freezer {
  /**
   * What changed since the last call, or since `thaw`; the pages in `whole` entirely, whether they changed or not, or `"all"`.
   * Put together in order, everything frozen so far gives what the matcher holds now. Cost: the keys that changed, and those of pages
   * that are written whole.
   */
  freeze(whole: readonly number[] | "all"): Frozen;
  /** Replaces everything by `pieces`, in their order; none: nothing was saved. `where` says in errors where they stand. @throws {CheckpointError} */
  thaw(pieces: readonly (Page | Delta)[], where: string): void;
}

/** What a delta is: a state of which some keys are there, and keys that are gone. */
type Change = { readonly state: MatcherState; readonly gone: readonly EncodedKey[] };

export function freezerOf(matcher: KeyedMatcher): Freezer {
  return new FreezerAtWork(matcher);
}

class FreezerAtWork implements Freezer {
  readonly #matcher: KeyedMatcher;
  /** Pages that were written whole. */
  readonly #known = new Set<number>();
  /** Time and counters as they were frozen last. */
  #head = "";

  constructor(matcher: KeyedMatcher) {
    this.#matcher = matcher;
  }

  freeze(whole: readonly number[] | "all"): Frozen {
    const { state, gone } = this.#matcher.saveChanges();
    const rows = rowsOf(state).map((row) => ({ row, page: pageOf(row.key) }));
    const wanted = new Set(whole === "all" ? this.#known : whole);
    for (const { page } of rows) if (whole === "all" || !this.#known.has(page)) wanted.add(page);
    // There is always a page, so that there is always something that covers time and counters.
    if (this.#known.size === 0) wanted.add(0);
    for (const page of wanted) this.#known.add(page);
    const head = toValueJson({ ...state, rows: [] });
    const change: Change = {
      state: { ...state, rows: rows.filter(({ page }) => !wanted.has(page)).map(({ row }) => row) },
      gone: gone.filter((key) => this.#known.has(pageOf(key)) && !wanted.has(pageOf(key))),
    };
    const isNothing = wanted.size === 0 && rows.length === 0 && gone.length === 0 && head === this.#head;
    this.#head = head;
    return {
      delta: isNothing ? null : utf8.encode(toValueJson(change)),
      pages: [...wanted].sort((a, b) => a - b).map((page) => ({ page, bytes: this.#pageBytes(page) })),
    };
  }

  #pageBytes(page: number): Uint8Array {
    return utf8.encode(toValueJson(rowsOf(this.#matcher.savePage(page))));
  }

  thaw(pieces: readonly (Page | Delta)[], where: string): void {
    if (pieces.length === 0) return;
    const pages = new Map<number, Map<EncodedKey, SavedRow>>();
    let head: MatcherState | null = null;
    for (const piece of pieces) {
      const read = fromValueJson(textIn(piece.bytes, where), where);
      if (piece.kind === "page") {
        pages.set(piece.page, byKey(checkedRows(read, where, piece.page)));
        continue;
      }
      const { state, gone } = checkedChange(read, where);
      head = state;
      for (const row of rowsOf(state)) pages.get(pageOf(row.key))?.set(row.key, row);
      for (const key of gone) pages.get(pageOf(key))?.delete(key);
    }
    if (head === null) throw damaged(where, "time and counters are missing");
    // From here on what changes is told.
    this.#matcher.saveChanges();
    this.#matcher.restore({ ...head, rows: [...pages.values()].flatMap((rows) => [...rows.values()]) });
    this.#known.clear();
    for (const page of pages.keys()) this.#known.add(page);
    this.#head = "";
  }
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true });

function textIn(bytes: Uint8Array, where: string): string {
  try {
    return fromUtf8.decode(bytes);
  } catch {
    throw damaged(where, "it is not UTF-8");
  }
}

function rowsOf(state: MatcherState): readonly SavedRow[] {
  return state["rows"] as readonly SavedRow[];
}

function byKey(rows: readonly SavedRow[]): Map<EncodedKey, SavedRow> {
  return new Map(rows.map((row) => [row.key, row]));
}

/** Rows with their keys; what else there is in them is checked by the matcher. */
function checkedRows(read: unknown, where: string, page: number | null): readonly SavedRow[] {
  if (!Array.isArray(read)) throw damaged(where, "its rows are no list");
  for (const row of read as readonly (SavedRow | null)[]) {
    const key = row?.key;
    if (!isEncodedKey(key)) throw damaged(where, "a row has no key");
    if (page !== null && pageOf(key) !== page) throw damaged(where, "a row is on a page that is not its own");
  }
  return read as readonly SavedRow[];
}

function checkedChange(read: unknown, where: string): Change {
  const { state, gone } = (read ?? {}) as Partial<Change>;
  if (typeof state !== "object" || state === null || !Array.isArray(gone) || !gone.every(isEncodedKey))
    throw damaged(where, "it is no change of a state");
  checkedRows(state["rows"], where, null);
  return { state, gone };
}
