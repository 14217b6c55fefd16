// The rows of all keys. A key that is one value is found by that value; only tuples have to be written out for it.

import { encodeKey, type Key, type KeyPart } from "../event/key.ts";
import type { Row } from "./group.ts";

export class KeyTable {
  readonly #single = new Map<KeyPart, Row>();
  readonly #tuples = new Map<string, Row>();

  get size(): number {
    return this.#single.size + this.#tuples.size;
  }

  get(key: Key): Row | undefined {
    return typeof key === "object" ? this.#tuples.get(encodeKey(key)) : this.#single.get(key);
  }

  set(row: Row): void {
    row.isKept = true;
    if (typeof row.key === "object") this.#tuples.set(row.id, row);
    else this.#single.set(row.key, row);
  }

  delete(row: Row): void {
    row.isKept = false;
    if (typeof row.key === "object") this.#tuples.delete(row.id);
    else this.#single.delete(row.key);
  }

  /** In the order in which they came to be; tuples last. */
  *values(): Iterable<Row> {
    yield* this.#single.values();
    yield* this.#tuples.values();
  }
}
