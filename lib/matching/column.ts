// A number for some of the rows, without an object per row.

import { type Address, baseOf, chunkNumber } from "./slab.ts";

export class Column {
  /** By number of the chunk. */
  readonly #chunks: Float64Array[] = [];

  /** NaN: nothing was set. */
  get(row: Address): number {
    return this.#chunks[chunkNumber(row)]?.[baseOf(row)] ?? Number.NaN;
  }

  set(row: Address, value: number): void {
    const base = baseOf(row);
    const number = chunkNumber(row);
    let chunk = this.#chunks[number] ?? new Float64Array(0);
    if (base >= chunk.length) {
      const longer = new Float64Array(2 ** (32 - Math.clz32(base))).fill(Number.NaN);
      longer.set(chunk);
      chunk = longer;
      this.#chunks[number] = chunk;
    }
    chunk[base] = value;
  }
}
