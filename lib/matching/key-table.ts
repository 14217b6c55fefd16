// Which row is whose: a table from keys to rows with open addressing, without an object per key. It is in parts, which grow one
// at a time, so that a table of millions never stands still to grow.
//
//     key ── hash ──▶ part ──▶ slot │ row, tag │ ──▶ the row at that address: its value is the key
//
// Keys come from outside, and may be chosen so that their hashes meet: those that find no slot near their own go into a map.

import { type EncodedKey, encodeKey, type Key } from "../event/key.ts";
import { type Address, baseOf, type Slab } from "./slab.ts";

type Part = {
  /** By slot; 0: it is free. */
  rows: Int32Array;
  /** Eight bits of the hash of its key, so that few other keys are looked at. */
  tags: Uint8Array;
  used: number;
  /** Rows that found no slot. */
  readonly far: Map<EncodedKey, Address>;
};

function emptyPart(): Part {
  return { rows: new Int32Array(0), tags: new Uint8Array(0), used: 0, far: new Map() };
}

/** Stands for parts in which there never was a row. */
const NO_PART: Part = emptyPart();

/** Of any table. */
export const PARTS = 256;
const FIRST_SLOTS = 4;
/** How far from its own slot a row may be. */
const FARTHEST = 64;

export class KeyTable {
  size = 0;
  readonly #rows: Slab;
  readonly #parts: Part[] = new Array<Part>(PARTS).fill(NO_PART);

  /** Finds rows in `rows`, each a block of one record whose value is its key. */
  constructor(rows: Slab) {
    this.#rows = rows;
  }

  /** The row of a key; 0: it has none. Cost: a hash of the key, and a look into the table. */
  get(key: Key): Address {
    const hash = hashOf(key);
    const { rows, tags, far } = this.#partOf(hash);
    const mask = rows.length - 1;
    const tag = tagOf(hash);
    let at = hash & mask;
    for (let probes = Math.min(rows.length, FARTHEST); probes > 0; probes -= 1, at = (at + 1) & mask) {
      const row = rows[at] as number;
      if (row === 0) break;
      if (tags[at] === tag && isSame(this.keyOf(row), key)) return row;
    }
    return far.size === 0 ? 0 : (far.get(encodeKey(key)) ?? 0);
  }

  keyOf(row: Address): Key {
    return this.#rows.chunkOf(row).values[baseOf(row)] as Key;
  }

  /** The rows of the keys in one part. */
  rowsIn(part: number): readonly Address[] {
    const { rows, far } = this.#parts[part] as Part;
    return [...rows.filter((row) => row !== 0), ...far.values()];
  }

  /** Adds the row of a key that has none. */
  add(row: Address): void {
    const hash = hashOf(this.keyOf(row));
    if (this.#partOf(hash) === NO_PART) this.#parts[partOf(hash)] = emptyPart();
    const part = this.#partOf(hash);
    if (4 * (part.used + 1) > 3 * part.rows.length) this.#grow(part);
    this.#put(part, row);
    this.size += 1;
  }

  /** Takes away a row that is there; what is behind it in its slots moves up. */
  delete(row: Address): void {
    const key = this.keyOf(row);
    const hash = hashOf(key);
    const part = this.#partOf(hash);
    this.size -= 1;
    if (part.far.size > 0 && part.far.delete(encodeKey(key))) return;
    part.used -= 1;
    const { rows, tags } = part;
    const mask = rows.length - 1;
    let hole = hash & mask;
    while (rows[hole] !== row) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; rows[at] !== 0; at = (at + 1) & mask) {
      const home = hashOf(this.keyOf(rows[at] as number)) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      rows[hole] = rows[at] as number;
      tags[hole] = tags[at] as number;
      hole = at;
    }
    rows[hole] = 0;
  }

  #partOf(hash: number): Part {
    return this.#parts[partOf(hash)] as Part;
  }

  #put(part: Part, row: Address): void {
    const { rows, tags } = part;
    const key = this.keyOf(row);
    const hash = hashOf(key);
    const mask = rows.length - 1;
    let at = hash & mask;
    for (let probes = 0; probes < FARTHEST; probes += 1, at = (at + 1) & mask) {
      if (rows[at] !== 0) continue;
      rows[at] = row;
      tags[at] = tagOf(hash);
      part.used += 1;
      return;
    }
    part.far.set(encodeKey(key), row);
  }

  #grow(part: Part): void {
    const { rows } = part;
    part.rows = new Int32Array(Math.max(FIRST_SLOTS, 2 * rows.length));
    part.tags = new Uint8Array(part.rows.length);
    part.used = 0;
    for (const row of rows) if (row !== 0) this.#put(part, row);
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

function tagOf(hash: number): number {
  return (hash >>> 16) & 0xff;
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
