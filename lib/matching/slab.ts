// Memory for a million small things without an object for each. A slab hands out blocks of records; a record is eight words in
// a typed array, and one value beside them.
//
//     chunk    ┌ block ┬ block ┬ free ┬ block ┬ ···      all blocks of a chunk have the same number of records
//     record   │ w0 w1 w2 w3 w4 w5 w6 w7 │ value         w4 w5 and w6 w7 are also a double, or a long, each
//
// Chunks of one size of blocks grow from a few records to thousands, so that a small matcher is small; one that is empty goes, if
// there is another with room, or if it was a single large block.

import { invariant } from "../core/errors.ts";

export const WORDS = 8;

/** Where a block is: the number of its chunk and, within, of its first record. */
export type Address = number;

/** Some blocks of one size. */
export type Chunk = {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly longs: BigInt64Array;
  readonly values: unknown[];
  /** Records in a block. */
  readonly blockRecords: number;
  readonly size: Size;
};

/** All blocks with so many records. */
type Size = { readonly records: number; chunkRecords: number; readonly withRoom: Place[] };

/** A chunk and what is free in it. */
type Place = Chunk & {
  readonly number: number;
  readonly blocks: number;
  /** First record of the free block that is handed out next, -1: none; each says which comes after it. */
  free: number;
  /** Blocks behind this record were never handed out. */
  fresh: number;
  live: number;
};

const ADDRESS_BITS = 13;
const CHUNK_RECORDS = 1 << ADDRESS_BITS;
const RECORD_MASK = CHUNK_RECORDS - 1;
const FIRST_CHUNK_RECORDS = 32;

/** In a free block, of its first word: that it is free. Whoever holds a block keeps its first word at 0 or above. */
const FREE = -1;

export class Slab {
  readonly #sizes = new Map<number, Size>();
  readonly #places: (Place | null)[] = [null];
  readonly #gaps: number[] = [];
  /** Blocks handed out. */
  blocks = 0;

  /** A block for `records` records or some more, with values that are undefined and words that may be anything. */
  allocate(records: number): Address {
    const size = this.#sizeFor(roundUp(records));
    const place = size.withRoom.at(-1) ?? this.#grow(size);
    let base = place.free;
    if (base >= 0) {
      place.free = place.words[base * WORDS + 1] as number;
    } else {
      base = place.fresh;
      place.fresh += place.blockRecords;
    }
    place.live += 1;
    this.blocks += 1;
    if (place.live === place.blocks) size.withRoom.pop();
    place.words[base * WORDS] = 0;
    return place.number * CHUNK_RECORDS + base;
  }

  free(address: Address): void {
    const place = this.#place(address);
    const base = baseOf(address);
    const { size, words, values, blockRecords } = place;
    for (let record = base; record < base + blockRecords; record += 1) values[record] = undefined;
    words[base * WORDS] = FREE;
    words[base * WORDS + 1] = place.free;
    place.free = base;
    place.live -= 1;
    this.blocks -= 1;
    const hadRoom = place.live + 1 < place.blocks;
    if (!hadRoom) size.withRoom.push(place);
    if (place.live === 0 && (size.withRoom.length > 1 || place.blocks === 1)) this.#release(place);
  }

  /** Whether a block that was handed out was not given back. */
  holds(address: Address): boolean {
    const place = this.#places[chunkNumber(address)] as Place | null;
    return place !== null && place.words[baseOf(address) * WORDS] !== FREE;
  }

  chunkOf(address: Address): Chunk {
    return this.#place(address);
  }

  /** The next block that is handed out behind `address`, which need not be one; 0: there is none. From 0 on all are met. */
  after(address: Address): Address {
    let number = address === 0 ? 1 : chunkNumber(address);
    let from = address === 0 ? 0 : baseOf(address) + 1;
    for (; number < this.#places.length; number += 1) {
      const place = this.#places[number] as Place | null;
      if (place !== null) {
        const { words, fresh, blockRecords } = place;
        for (let base = Math.ceil(from / blockRecords) * blockRecords; base < fresh; base += blockRecords)
          if ((words[base * WORDS] as number) !== FREE) return number * CHUNK_RECORDS + base;
      }
      from = 0;
    }
    return 0;
  }

  #place(address: Address): Place {
    return this.#places[chunkNumber(address)] as Place;
  }

  #sizeFor(records: number): Size {
    const known = this.#sizes.get(records);
    if (known !== undefined) return known;
    const size = { records, chunkRecords: FIRST_CHUNK_RECORDS, withRoom: [] };
    this.#sizes.set(records, size);
    return size;
  }

  #grow(size: Size): Place {
    const blocks = Math.max(1, Math.floor(size.chunkRecords / size.records));
    size.chunkRecords = Math.min(2 * size.chunkRecords, CHUNK_RECORDS);
    const records = blocks * size.records;
    const bytes = new ArrayBuffer(records * WORDS * Int32Array.BYTES_PER_ELEMENT);
    const number = this.#gaps.pop() ?? this.#places.length;
    invariant(number < 2 ** (31 - ADDRESS_BITS), "that addresses fit into a word");
    const place: Place = {
      words: new Int32Array(bytes),
      doubles: new Float64Array(bytes),
      longs: new BigInt64Array(bytes),
      values: new Array<unknown>(records).fill(undefined),
      blockRecords: size.records,
      size,
      number,
      blocks,
      free: -1,
      fresh: 0,
      live: 0,
    };
    this.#places[number] = place;
    size.withRoom.push(place);
    return place;
  }

  #release(place: Place): void {
    place.size.withRoom.splice(place.size.withRoom.indexOf(place), 1);
    this.#places[place.number] = null;
    this.#gaps.push(place.number);
  }
}

export function baseOf(address: Address): number {
  return address & RECORD_MASK;
}

/** Number of its chunk, from 1. */
export function chunkNumber(address: Address): number {
  return address >>> ADDRESS_BITS;
}

/** Sizes of blocks: 1, 2, 3, 4, 6, 8, 12, 16, … Only blocks as large as a chunk or larger have a chunk of their own. */
function roundUp(records: number): number {
  if (records <= 4) return records;
  const power = 2 ** (31 - Math.clz32(records));
  if (power === records) return records;
  return records <= 1.5 * power ? 1.5 * power : 2 * power;
}
