// The memory of a matcher as bytes: what changed since it was last frozen, and some of it whole; and back.
//
//     freeze() ─▶ delta: time, counters, keys that changed or are gone ─┐
//                 pages: all keys of a page, whether they changed or not ┴▶ state topic ─▶ thaw()
//
// A page is written whole the first time that one of its keys changes, so whoever knows the pages knows what covers the state. What
// is written beside a page always has time and counters, so that none of the older deltas is needed for them.
//
//     4  length of the head, little-endian
//     …  JSON: of a delta { state, gone }, time and counters, and the keys that are gone; of a page nothing
//     4  length of some rows             ┐
//     …  rows (matching/row-writer.ts)   │ as often as there are rows: some hundred at a time
//     4  length of the values            │
//     …  their keys and events           ┘ (value-writer.ts)
//
// Both take their time where there are many keys, and are done in slices. No event may come and no time pass between these.

import type { Sliced } from "../core/slices.ts";
import { decodeKey, type EncodedKey, encodeKey, isEncodedKey, type Key } from "../event/key.ts";
import type { KeyedMatcher, MatcherState, RowPlace, SavedRows, Saving } from "../matching/matcher.ts";
import { PAGES, pageOf } from "../matching/saving.ts";
import { readJson } from "./check.ts";
import type { Delta, Page } from "./entry.ts";
import { damaged } from "./state-error.ts";
import { valuesFromBytes } from "./value-reader.ts";
import { valuesToBytes } from "./value-writer.ts";

/** Frozen bytes: nobody changes them any more. A delta comes before the pages. */
export type Frozen = {
  readonly pages: readonly { readonly page: number; readonly bytes: Uint8Array }[];
  /** What else changed; `null`: nothing. */
  readonly delta: Uint8Array | null;
};

export interface Freezer {
  /**
   * What changed since the last call, or since `thaw`; the pages in `whole` entirely, whether they changed or not, or `"all"`.
   * Put together in order, everything frozen so far gives what the matcher holds at the call. Cost: the keys that changed, and those of
   * pages that are written whole.
   */
  freeze(whole: readonly number[] | "all"): Sliced<Frozen>;
  /** Replaces everything by `pieces`, in their order; none: nothing was saved. `where` says in errors where they stand. @throws {CheckpointError} */
  thaw(pieces: readonly (Page | Delta)[], where: string): Sliced<void>;
}

type Changes = ReturnType<Saving["takeChanges"]>;

/** What a delta says beside its rows. */
type Head = { readonly state: MatcherState; readonly gone: readonly EncodedKey[] };

export function freezerOf(matcher: Pick<KeyedMatcher, "saving">): Freezer {
  return new FreezerAtWork(matcher.saving);
}

class FreezerAtWork implements Freezer {
  readonly #matcher: Saving;
  /** Pages that were written whole. */
  readonly #known = new Set<number>();
  /** Time and counters as they were frozen last. */
  #head = "";

  constructor(matcher: Saving) {
    this.#matcher = matcher;
  }

  freeze(whole: readonly number[] | "all"): Sliced<Frozen> {
    const matcher = this.#matcher;
    const { rows, gone } = matcher.takeChanges();
    const wanted = this.#wanted(whole, rows);
    for (const page of wanted) this.#known.add(page);
    return this.#freeze(wanted, { rows, gone }, matcher.head());
  }

  /** Pages to write whole, in order. */
  #wanted(whole: readonly number[] | "all", rows: readonly RowPlace[]): ReadonlySet<number> {
    const wanted = new Set(whole === "all" ? this.#known : whole);
    // There is always a page, so that there is always something that covers time and counters.
    if (this.#known.size === 0) wanted.add(0);
    if (whole === "all" || this.#known.size < PAGES)
      for (const page of rows.map((row) => this.#matcher.pageOf(row)))
        if (whole === "all" || !this.#known.has(page)) wanted.add(page);
    return new Set([...wanted].sort((a, b) => a - b));
  }

  *#freeze(wanted: ReadonlySet<number>, { rows, gone }: Changes, state: MatcherState): Sliced<Frozen> {
    const matcher = this.#matcher;
    const changed = yield* this.#rowsOf(this.#rowsBeside(wanted, rows));
    const pages: Frozen["pages"][number][] = [];
    for (const page of wanted)
      pages.push({ page, bytes: joined([NONE, ...(yield* this.#rowsOf(matcher.rowsOn(page)))]) });
    // Looking at a row that is over forgets it.
    const left = [...gone, ...matcher.takeChanges().gone].filter((key) => this.#isBeside(wanted, key));
    const head = JSON.stringify(state);
    const isNothing = wanted.size === 0 && rows.length === 0 && gone.length === 0 && head === this.#head;
    this.#head = head;
    const said: Head = { state, gone: left };
    return { delta: isNothing ? null : joined([utf8.encode(JSON.stringify(said)), ...changed]), pages };
  }

  /** Of the rows those that are on no page that is written whole. A look at their keys would cost more. */
  #rowsBeside(wanted: ReadonlySet<number>, rows: readonly RowPlace[]): readonly RowPlace[] {
    if (wanted.size === 0) return rows;
    if (wanted.size === PAGES) return [];
    const onPages = new Set([...wanted].flatMap((page) => this.#matcher.rowsOn(page)));
    return rows.filter((row) => !onPages.has(row));
  }

  /** Some hundred rows in each slice. */
  *#rowsOf(all: readonly RowPlace[]): Sliced<Uint8Array[]> {
    const parts: Uint8Array[] = [];
    for (let from = 0; from < all.length; ) {
      const { bytes, values, next } = this.#matcher.saveRows(all, from);
      if (bytes.length > 0) parts.push(bytes, valuesToBytes(values));
      from = next;
      yield;
    }
    return parts;
  }

  /** Whether a key is on a page that was written whole, but not now. */
  #isBeside(wanted: ReadonlySet<number>, gone: EncodedKey): boolean {
    const page = pageOf(decodeKey(gone));
    return this.#known.has(page) && !wanted.has(page);
  }

  /** From the last piece to the first: what was met already is newer. */
  *thaw(pieces: readonly (Page | Delta)[], where: string): Sliced<void> {
    if (pieces.length === 0) return;
    const read = pieces.map(({ bytes }) => partsOf(bytes, where));
    const heads = pieces.map(({ kind }, index) => (kind === "delta" ? readHead(read[index]?.[0], where) : null));
    const head = heads.findLast((each) => each !== null) ?? null;
    if (head === null) throw damaged(where, "time and counters are missing");
    this.#matcher.restoreHead(head.state);
    this.#known.clear();
    const newer = new Set<EncodedKey>();
    for (let index = pieces.length - 1; index >= 0; index -= 1) {
      for (const gone of heads[index]?.gone ?? []) newer.add(gone);
      yield* this.#thawPiece(pieces[index] as Page | Delta, read[index] as readonly Uint8Array[], newer, where);
    }
    this.#matcher.track();
    this.#head = "";
  }

  *#thawPiece(piece: Page | Delta, parts: readonly Uint8Array[], newer: Set<EncodedKey>, where: string): Sliced<void> {
    const isWanted = (key: Key): boolean => {
      const page = pageOf(key);
      if (piece.kind === "page") {
        if (page !== piece.page) throw damaged(where, "a row is on a page that is not its own");
        return newer.size === 0 || !newer.has(encodeKey(key));
      }
      const name = encodeKey(key);
      if (this.#known.has(page) || newer.has(name)) return false;
      newer.add(name);
      return true;
    };
    if (piece.kind === "page" && piece.page >= PAGES) throw damaged(where, `it has a page ${piece.page}`);
    if (piece.kind === "page" && this.#known.has(piece.page)) return;
    const what = piece.kind === "page" ? `page ${piece.page}` : "a change";
    const refuse = (expected: string, at: number): Error =>
      damaged(where, `${what}, at byte ${at} of some rows, is not ${expected}`);
    for (let at = 1; at < parts.length; at += 2) {
      this.#matcher.restoreRows(rowsIn(parts[at] as Uint8Array, parts[at + 1], where), isWanted, refuse);
      yield;
    }
    if (piece.kind === "page") this.#known.add(piece.page);
  }
}

const utf8 = new TextEncoder();
const NONE = new Uint8Array(0);

/** Parts one after the other, each with its length before it. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + 4 + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

function partsOf(bytes: Uint8Array, where: string): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 > bytes.length ? Number.POSITIVE_INFINITY : at + 4 + view.getUint32(at, true);
    if (end > bytes.length) throw damaged(where, "a part of it is cut off");
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  if (parts.length % 2 === 0) throw damaged(where, "a part of it is missing");
  return parts;
}

function readHead(bytes: Uint8Array = NONE, where: string): Head {
  const { state, gone } = (readJson(bytes, where) ?? {}) as Partial<Head>;
  if (typeof state !== "object" || state === null || !Array.isArray(gone) || !gone.every(isEncodedKey))
    throw damaged(where, "it is no change of a state");
  return { state, gone };
}

function rowsIn(bytes: Uint8Array, values: Uint8Array = NONE, where: string): SavedRows {
  return { bytes, values: valuesFromBytes(values, where) };
}
