// What the tests that look back say of runs that are kept by value, without asking each.
//
//     e.order = 7, a step of order 7 is waited for, and none may be cancelled        runs of order 7     both tests as the rest of them says
//                                                                                    all others          neither holds

import type { TestId } from "../automaton/automaton.ts";
import type { Split } from "../automaton/split.ts";
import type { Ask } from "../automaton/waiting.ts";
import { type Asking, UNREADABLE } from "./asking.ts";
import type { Buckets } from "./buckets.ts";
import type { Forest } from "./forest.ts";

/** Runs of which all tests say the same, by the keys under which they are kept. */
export type Alike = { readonly keys: readonly unknown[]; readonly ask: Ask };

/** `others`: asks for those of all other keys; `null`: there are none that live. */
export type Sorted = { readonly found: readonly Alike[]; readonly others: Ask | null };

/** What the event says to one test. */
type Said = {
  readonly split: Split;
  /** Whether the rest of the test holds. */
  readonly isRest: boolean;
  /** Keys of runs for which it holds. */
  readonly keys: readonly unknown[];
  /** It cannot be asked: reading the event throws. */
  readonly thrown: { readonly error: unknown } | null;
};

/** Sorts the runs in `buckets` that live by what their tests say of the event at hand. Cost: the keys for which one says yes. */
export function sortByValue(forest: Forest, asking: Asking, splits: readonly Split[], buckets: Buckets): Sorted {
  const said = splits.map((split) => sayOf(split, asking.value, buckets));
  const askAs =
    (holds: (each: Said) => boolean): Ask =>
    (id) => {
      const each = said.find(({ split }) => split.test === id);
      if (each === undefined) return asking.ask(id);
      return each.thrown === null ? holds(each) : asking.failed(id, each.thrown.error);
    };
  const found: Alike[] = [];
  const isAlive = (key: unknown): boolean => forest.isAlive(buckets.get(key));
  for (const [tests, keys] of byTests(said)) {
    const living = keys.filter((key) => key !== UNREADABLE && isAlive(key));
    if (living.length > 0) found.push({ keys: living, ask: askAs(({ split }) => tests.includes(split.test)) });
  }
  if (buckets.has(UNREADABLE) && isAlive(UNREADABLE)) {
    const ask = askAs(({ split, isRest }) => isRest && asking.failed(split.test, asking.whyUnreadable));
    found.push({ keys: [UNREADABLE], ask });
  }
  const isBeside = buckets.livesBeside(forest, new Set(found.flatMap(({ keys }) => keys)));
  return { found, others: isBeside ? askAs(() => false) : null };
}

function sayOf(split: Split, value: unknown, buckets: Buckets): Said {
  try {
    const isRest = split.rest(value);
    return { split, isRest, keys: isRest ? buckets.keysFor(split.ofEvent(value)) : [], thrown: null };
  } catch (error) {
    return { split, isRest: false, keys: [], thrown: { error } };
  }
}

/** Keys, by the tests that hold for them. */
function byTests(said: readonly Said[]): readonly (readonly [tests: readonly TestId[], keys: readonly unknown[]])[] {
  const [only] = said;
  if (only !== undefined && said.length === 1) return [[[only.split.test], only.keys]];
  const keys = new Set(said.flatMap((each) => each.keys));
  return [...keys].map((key) => [said.filter((each) => each.keys.includes(key)).map(({ split }) => split.test), [key]]);
}
