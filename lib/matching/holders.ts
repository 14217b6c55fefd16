// Which of many patterns hold something for a key. A key with one pattern costs a number in a map; matchers forget keys without
// telling, so what is named here may hold nothing any more. It is found out when the key is looked at, or by a hand that goes
// round: it looks at two keys for each that comes anew, so at most about half of the keys are stale.

import { decodeKey, type EncodedKey, encodeKey, type Key, type KeyPart } from "../event/key.ts";

/** One pattern, or several. */
type Entry = number | number[];

const NOBODY: readonly number[] = [];

/** How many keys the hand looks at for each that is new. */
const PACE = 2;

export class Holders {
  readonly #single = new Map<KeyPart, Entry>();
  readonly #tuples = new Map<EncodedKey, Entry>();
  readonly #isHeld: (owner: number, key: Key) => boolean;
  #hand: Iterator<Key> | null = null;

  /** `isHeld`: whether a pattern really holds something. */
  constructor(isHeld: (owner: number, key: Key) => boolean) {
    this.#isHeld = isHeld;
  }

  /** How many keys are named. */
  get size(): number {
    return this.#single.size + this.#tuples.size;
  }

  /** Those that may hold something, in no particular order. */
  of(key: Key): readonly number[] {
    const entry = this.#get(key) ?? NOBODY;
    return typeof entry === "number" ? [entry] : entry;
  }

  /** Looks whether `owner` holds something for `key`. */
  look(key: Key, owner: number): void {
    const there = this.#get(key);
    const held = this.#isHeld(owner, key);
    if (there === undefined) {
      if (held) this.#add(key, owner);
    } else if (typeof there === "number") {
      if (there === owner && !held) this.#set(key, undefined);
      else if (there !== owner && held) this.#set(key, [there, owner]);
    } else {
      const index = there.indexOf(owner);
      if (held !== index >= 0) this.#change(key, there, owner, index);
    }
  }

  #change(key: Key, there: number[], owner: number, index: number): void {
    if (index < 0) {
      there.push(owner);
      return;
    }
    const last = there.pop() as number;
    if (index < there.length) there[index] = last;
    if (there.length === 1) this.#set(key, there[0]);
  }

  #add(key: Key, owner: number): void {
    this.#set(key, owner);
    for (let step = 0; step < PACE; step++) this.#turn();
  }

  /** Looks at the next key. */
  #turn(): void {
    this.#hand ??= this.#keys();
    const { value: key, done } = this.#hand.next();
    if (done === true) this.#hand = null;
    else for (const owner of [...this.of(key)]) this.look(key, owner);
  }

  *#keys(): Generator<Key, undefined> {
    yield* this.#single.keys();
    for (const id of this.#tuples.keys()) yield decodeKey(id);
  }

  #get(key: Key): Entry | undefined {
    return typeof key === "object" ? this.#tuples.get(encodeKey(key)) : this.#single.get(key);
  }

  #set(key: Key, entry: Entry | undefined): void {
    if (typeof key === "object") {
      if (entry === undefined) this.#tuples.delete(encodeKey(key));
      else this.#tuples.set(encodeKey(key), entry);
    } else if (entry === undefined) this.#single.delete(key);
    else this.#single.set(key, entry);
  }
}
