// Runs that live are counted as if each had been looked at.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Forest, type Ref } from "../../lib/matching/forest.ts";
import { Living } from "../../lib/matching/living.ts";
import { Slab } from "../../lib/matching/slab.ts";

import { note } from "../run/ask.ts";

const it = suite("runs that live");

const LEVELS = 4;

/** An event is taken at one level, by all runs of the level below, as `followedByAny` does; level 0: it begins a run. */
type Act =
  | { readonly kind: "take"; readonly level: number }
  | { readonly kind: "cut" | "cut all" | "other" | "ask" | "move" };

const ASK: Act = { kind: "ask" };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 40, arbitrary: fc.nat(LEVELS - 1).map((level): Act => ({ kind: "take", level })) },
  { weight: 4, arbitrary: fc.constant<Act>(ASK) },
  { weight: 8, arbitrary: fc.constant<Act>({ kind: "cut" }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: "cut all" }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: "other" }) },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: "move" }) },
);

/** Groups as that makes them, and one who counts them. `taken` is told of what happens. */
function groups(taken: (level: number, number: number) => void = () => {}) {
  const forest = new Forest(new Slab());
  const living = new Living({ at: 1, forest });
  const roots: Ref[] = new Array(LEVELS).fill(0);
  const take = (level: number): void => {
    const below = level === 0 ? 0 : (roots[level - 1] as Ref);
    if (level > 0 && (below === 0 || !forest.isAlive(below))) return;
    forest.about({ value: {}, at: forest.number + 1, origin: { topic: "", partition: 0, offset: 0n } });
    const run = forest.take(below, level);
    const before = roots[level] as Ref;
    roots[level] = before === 0 || !forest.isAlive(before) ? run : forest.join(run, before);
    taken(level, forest.number);
  };
  const counts = (): readonly number[] =>
    roots.map((root) => (root === 0 || !forest.isAlive(root) ? 0 : living.count(root)));
  return { forest, take, counts };
}

/** The plain truth: of each level, by number of the first event, how many runs there are. */
function truth() {
  const levels = Array.from({ length: LEVELS }, () => new Map<number, number>());
  const taken = (level: number, number: number): void => {
    const found = level === 0 ? new Map([[number, 1]]) : (levels[level - 1] as Map<number, number>);
    const into = levels[level] as Map<number, number>;
    for (const [first, runs] of found) into.set(first, (into.get(first) ?? 0) + runs);
  };
  const counts = (cut: number): readonly number[] =>
    levels.map((level) => [...level].reduce((sum, [first, runs]) => (first >= cut ? sum + runs : sum), 0));
  return { taken, counts };
}

it("are counted however often, while some die and others come", () => {
  fc.assert(
    fc.property(fc.array(act, { size: "max", maxLength: 900 }), (acts) => {
      const { taken, counts: wanted } = truth();
      const { forest, take, counts } = groups(taken);
      for (const each of [...acts, ASK, ASK]) {
        if (each.kind === "take") take(each.level);
        else if (each.kind === "move") forest.moves += 1;
        else if (each.kind === "other") forest.addOther();
        else if (each.kind === "cut") forest.cut = Math.min(forest.number, forest.cut + 3);
        else if (each.kind === "cut all") forest.cut = forest.number;
        else assert.equal(counts(), wanted(forest.cut));
      }
    }),
    { numRuns: 500 },
  );
});

it("hardly takes longer with a longer window", () => {
  const recordsRead = (window: number): number => {
    const { forest, take, counts } = groups();
    let read = 0;
    const leftOf = forest.leftOf.bind(forest);
    forest.leftOf = (ref) => {
      read += 1;
      return leftOf(ref);
    };
    for (let index = 0; index < 4 * window; index += 1) {
      forest.cut = Math.max(0, forest.number - window);
      take(index % LEVELS);
      if (index % 20 === 0) counts();
    }
    return read / (4 * window);
  };
  const [short, long] = [recordsRead(100), recordsRead(6_400)];
  note(`${short.toFixed(1)} records an event, and ${long.toFixed(1)} with a window 64 times as long`);
  assert.ok(long < 16 * short);
});

it.run();
