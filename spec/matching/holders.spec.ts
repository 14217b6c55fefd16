// Whoever holds something is named, whatever was forgotten meanwhile; and what is forgotten does not pile up.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeKey, type Key } from "../../lib/event/key.ts";
import { Holders } from "../../lib/matching/holders.ts";

const it = suite("holders");

/** Who really holds what. */
class World {
  readonly #held = new Set<string>();

  holds = (owner: number, key: Key): boolean => this.#held.has(`${owner} ${encodeKey(key)}`);

  set(owner: number, key: Key, isHeld: boolean): void {
    const name = `${owner} ${encodeKey(key)}`;
    if (isHeld) this.#held.add(name);
    else this.#held.delete(name);
  }
}

const KEYS: readonly Key[] = ["k", 1, "1", 1n, true, ["k"], ["k", 1], "ts1:kn1;", ""];

it("names all that hold something for a key", () => {
  const act = fc.tuple(fc.nat(5), fc.constantFrom(...KEYS), fc.boolean(), fc.boolean());
  const property = fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
    const world = new World();
    const holders = new Holders(world.holds);
    for (const [owner, key, isHeld, isSeen] of acts) {
      // It is always told of what is new, and not of what is gone.
      if (isHeld && !isSeen) continue;
      world.set(owner, key, isHeld);
      if (isSeen) holders.look(key, owner);
      for (const each of KEYS) {
        const named = holders.of(each);
        assert.is(new Set(named).size, named.length);
        for (let other = 0; other <= 5; other++)
          if (world.holds(other, each)) assert.ok(named.includes(other), `${other} of ${String(each)}`);
      }
      if (isSeen) assert.is(holders.of(key).includes(owner), isHeld);
    }
  });
  fc.assert(property, { numRuns: 1_000 });
});

it("lets go of keys that were forgotten without a word", () => {
  for (const keyOf of [(number: number): Key => number, (number: number): Key => ["k", number]]) {
    const world = new World();
    const holders = new Holders(world.holds);
    const live = 100;
    let most = 0;
    for (let number = 0; number < 20_000; number++) {
      world.set(number % 3, keyOf(number), true);
      holders.look(keyOf(number), number % 3);
      if (number >= live) world.set((number - live) % 3, keyOf(number - live), false);
      if (number > 1_000) most = Math.max(most, holders.size);
    }
    assert.ok(most <= 3 * live, `${most} keys are named`);
  }
});

it.run();
