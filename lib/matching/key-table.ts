// Which row is whose: a table from keys to rows with open addressing, without an object per key. It is in parts, which grow one
// at a time, so that a table of millions never stands still to grow.
//
//     key ── hash ──▶ part ──▶ slot │ row, hash │ ──▶ the row at that address: its value is the key
//
// Keys come from outside, and may be chosen so that their hashes meet: those that find no slot near their own go into a map.

import { type EncodedKey, encodeKey, type Key } from "../event/key.ts";
import { type Address, baseOf, type Slab } from "./slab.ts";

/** Of a part: where its slots hold the row, 0: none, and behind it the hash of the row's key, so that hardly any other key is looked at. */
type Slots = Int32Array;

/** Of any table. */
export const PARTS = 256;
const FIRST_SLOTS = 4;
/** How far from its own slot a row may be. */
const FARTHEST = 64;

const NO_SLOTS: Slots = new Int32Array(0);

export class KeyTable {
  size = 0;
  readonly #rows: Slab;
  readonly #parts: Slots[] = new Array<Slots>(PARTS).fill(NO_SLOTS);
  /** By part: slots that are taken. */
  readonly #used = new Int32Array(PARTS);
  /** By part: rows that found no slot. */
  readonly #far = new Map<number, Map<EncodedKey, Address>>();

  /** Finds rows in `rows`, each a block of one record whose value is its key. */
  constructor(rows: Slab) {
    this.#rows = rows;
  }

  /** The row of a key; 0: it has none. Cost: a hash of the key, and a look into the table. */
  get(key: Key): Address {
    const hash = hashOf(key);
    const slots = this.#parts[partOf(hash)] as Slots;
    const mask = slots.length - 1;
    let at = (hash << 1) & mask;
    for (let left = Math.min(slots.length, 2 * FARTHEST); left > 0; left -= 2, at = (at + 2) & mask) {
      const row = slots[at] as number;
      if (row === 0) break;
      if (slots[at + 1] === hash && isSame(this.keyOf(row), key)) return row;
    }
    return this.#far.size === 0 ? 0 : (this.#far.get(partOf(hash))?.get(encodeKey(key)) ?? 0);
  }

  keyOf(row: Address): Key {
    return this.#rows.chunkOf(row).values[baseOf(row)] as Key;
  }

  /** The rows of the keys in one part. */
  rowsIn(part: number): readonly Address[] {
    const rows = (this.#parts[part] as Slots).filter((row, at) => at % 2 === 0 && row !== 0);
    return [...rows, ...(this.#far.get(part)?.values() ?? [])];
  }

  /** Adds the row of a key that has none. */
  add(row: Address): void {
    const hash = hashOf(this.keyOf(row));
    const part = partOf(hash);
    if (8 * ((this.#used[part] as number) + 1) > 3 * (this.#parts[part] as Slots).length) this.#grow(part);
    this.#put(row, hash);
    this.size += 1;
  }

  /** Takes away a row that is there; what is behind it in its slots moves up. */
  delete(row: Address): void {
    const key = this.keyOf(row);
    const hash = hashOf(key);
    const part = partOf(hash);
    this.size -= 1;
    if (this.#far.get(part)?.delete(encodeKey(key)) === true) return;
    this.#used[part] = (this.#used[part] as number) - 1;
    const slots = this.#parts[part] as Slots;
    const mask = slots.length - 1;
    let hole = (hash << 1) & mask;
    while (slots[hole] !== row) hole = (hole + 2) & mask;
    for (let at = (hole + 2) & mask; slots[at] !== 0; at = (at + 2) & mask) {
      const home = ((slots[at + 1] as number) << 1) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots[hole] = slots[at] as number;
      slots[hole + 1] = slots[at + 1] as number;
      hole = at;
    }
    slots[hole] = 0;
  }

  #put(row: Address, hash: number): void {
    const part = partOf(hash);
    const slots = this.#parts[part] as Slots;
    const mask = slots.length - 1;
    let at = (hash << 1) & mask;
    for (let probes = 0; probes < FARTHEST; probes += 1, at = (at + 2) & mask) {
      if (slots[at] !== 0) continue;
      slots[at] = row;
      slots[at + 1] = hash;
      this.#used[part] = (this.#used[part] as number) + 1;
      return;
    }
    const far = this.#far.get(part) ?? new Map<EncodedKey, Address>();
    this.#far.set(part, far.set(encodeKey(this.keyOf(row)), row));
  }

  #grow(part: number): void {
    const slots = this.#parts[part] as Slots;
    this.#parts[part] = new Int32Array(2 * slots.length || 2 * FIRST_SLOTS);
    this.#used[part] = 0;
    for (let at = 0; at < slots.length; at += 2)
      if (slots[at] !== 0) this.#put(slots[at] as number, slots[at + 1] as number);
  }
}

function isSame(one: Key, other: Key): boolean {
  if (one === other) return true;
  return typeof one === "object" && typeof other === "object" && encodeKey(one) === encodeKey(other);
}

function partOf(hash: number): number {
  return hash >>> 24;
}

/** In which part of any table a key is. */
export function partOfKey(key: Key): number {
  return partOf(hashOf(key));
}

/** 32 bits, equal for equal keys. Cost: the length of a text. */
function hashOf(key: Key): number {
  switch (typeof key) {
    case "string":
      return mix(textHash(key));
    case "number":
      // Most are small, and to divide takes as long as all the rest.
      if (key >= 0 && (key | 0) === key) return mix(Math.imul(key, 0x9e3779b1));
      return mix(Math.imul(key % 4_294_967_291, 0x9e3779b1) + Math.floor(key / 4_294_967_291));
    default:
      return mix(textHash(encodeKey(key)));
  }
}

function textHash(text: string): number {
  let hash = text.length;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash, 31) + text.charCodeAt(index);
  return hash | 0;
}

/** Spreads what differs in a few bits over all of them. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
