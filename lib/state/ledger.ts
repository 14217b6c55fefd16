// What of a state partition is still needed, and which pages to write anew so that less is.
//
//     log     ├── gone ──┤p1 p2│d│d│p3│d│p1│d│d│            low water: the oldest base of a page, here that of p2
//                         ▲ trim to here                     the longer the log beside the state, the sooner p2 is rewritten
//
// Every transaction goes in once it is known to be committed. Pages are written whole now and then, the one whose last full
// write is oldest first, so the log stays below (1 + `SLACK`) times the state and one round of pages.

import type { PageOwner } from "./entry.ts";

/** A page of one owner. */
export type PageName = PageOwner & { readonly page: number };

/** A page as it was last written whole. */
export type WrittenPage = PageName & { readonly bytes: number };

/** A transaction that is committed. */
export type WrittenCheckpoint = {
  /** Offset of its first record. */
  readonly base: bigint;
  /** Bytes of all its records. */
  readonly bytes: number;
  readonly pages: readonly WrittenPage[];
  /** Whether nothing before it counts any more. */
  readonly isAlone: boolean;
};

export interface Ledger {
  /** Below this nothing is needed to put the state together; 0 before the first checkpoint. */
  readonly lowWater: bigint;
  /** Bytes of the log from there on. */
  readonly bytes: number;
  /** Bytes of all pages as they were last written whole. Cost: their number. */
  readonly stateBytes: number;
  /** Pages that should be written whole with the next checkpoint: none, or the oldest. */
  due(): readonly PageName[];
  committed(written: WrittenCheckpoint): void;
}

/** How much longer than the state the log may grow before pages are rewritten. */
const SLACK = 1;
/** A log below this is not worth the trouble. */
const MIN_BYTES = 1024 * 1024;

type Base = WrittenPage & { readonly base: bigint };

/** `minBytes`: a log that is shorter is left alone; small values are for specs. */
export function createLedger(minBytes: number = MIN_BYTES): Ledger {
  return new LedgerAtWork(minBytes);
}

class LedgerAtWork implements Ledger {
  readonly #minBytes: number;
  /** In order of their last full write. */
  readonly #pages = new Map<string, Base>();
  /** Transactions from the low water on. */
  #log: { readonly base: bigint; readonly bytes: number }[] = [];
  bytes = 0;

  constructor(minBytes: number) {
    this.#minBytes = minBytes;
  }

  get lowWater(): bigint {
    return this.#oldest()?.base ?? this.#log.at(-1)?.base ?? 0n;
  }

  get stateBytes(): number {
    let bytes = 0;
    for (const page of this.#pages.values()) bytes += page.bytes;
    return bytes;
  }

  due(): readonly PageName[] {
    if (this.bytes <= this.#minBytes || this.bytes <= (1 + SLACK) * this.stateBytes) return [];
    const oldest = this.#oldest();
    return oldest === undefined ? [] : [oldest];
  }

  committed({ base, bytes, pages, isAlone }: WrittenCheckpoint): void {
    if (isAlone) this.#pages.clear();
    this.#log.push({ base, bytes });
    this.bytes += bytes;
    for (const page of pages) {
      const name = `${page.lane}/${page.pattern}/${page.page}`;
      this.#pages.delete(name);
      this.#pages.set(name, { ...page, base });
    }
    const low = this.lowWater;
    while ((this.#log[0]?.base ?? low) < low) this.bytes -= this.#log.shift()?.bytes ?? 0;
  }

  #oldest(): Base | undefined {
    return this.#pages.values().next().value;
  }
}
