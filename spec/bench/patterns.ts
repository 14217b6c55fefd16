// What the workloads look for, in the words that users have.

import { pattern } from "../../lib/index.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import type { BenchEvent } from "./generate.ts";

type BenchPattern = Pattern<BenchEvent>;

const bench = pattern<BenchEvent>("bench");
const a = bench.begin("a").on("A");

export const threeInARow: BenchPattern = a.followedBy("b").on("B").followedBy("c").on("C").within("10s");

export const smallThenLarge: BenchPattern = bench
  .begin("small")
  .where((e) => e.value.lt(10))
  .next("large")
  .where((e) => e.value.gt(1_000))
  .within("10s");

const three = a.followedByAny("b").on("B").followedByAny("c").on("C");
const five = three.followedByAny("d").on("D").followedByAny("e").on("E");
const seven = five.followedByAny("f").on("F").followedByAny("g").on("G");
const nine = seven.followedByAny("h").on("H").followedByAny("i").on("I");
const rows = { 3: three, 5: five, 7: seven, 9: nine } as const;

/** So many types in order, in all combinations. */
export function allInOrder(types: keyof typeof rows, withinMs: number): BenchPattern {
  return rows[types].within(withinMs);
}

export const someOfAll: BenchPattern = a
  .followedByAny("b")
  .on("B")
  .oneOrMore()
  .allowCombinations()
  .followedByAny("c")
  .on("C")
  .within("1h");

export const missing: BenchPattern = a.notFollowedBy("b").on("B").within("10s");

export const peaks: BenchPattern = bench
  .begin("start")
  .next("up")
  .oneOrMore()
  .consecutive()
  .greedy()
  .where((e, m) => e.value.gt(m.up.last().value).or(m.up.length.eq(0).and(e.value.gt(m.start.value))))
  .next("down")
  .where((e, m) => e.value.lt(m.up.last().value))
  .skip("pastLast");

export function sameValue(withinMs: number): BenchPattern {
  return a
    .followedByAny("b")
    .on("B")
    .where((e, m) => e.value.eq(m.a.value))
    .within(withinMs);
}

export function sameValues(withinMs: number): BenchPattern {
  return a
    .followedByAny("b")
    .on("B")
    .where((e, m) => e.value.eq(m.a.value))
    .followedByAny("c")
    .on("C")
    .where((e, m) => e.value.eq(m.b.value))
    .within(withinMs);
}

export function farAbove(withinMs: number, by: number): BenchPattern {
  return bench
    .begin("low")
    .followedByAny("high")
    .where((e, m) => e.value.gt(m.low.value.plus(by)))
    .within(withinMs);
}

/** `threeInARow` for ten keys each: patterns of one stream that is not keyed. */
export function tenKeysEach(patterns: number): readonly BenchPattern[] {
  return Array.from({ length: patterns }, (_, index) => {
    const [low, high] = [index * 10, index * 10 + 9];
    return pattern<BenchEvent>(`bench-${index}`)
      .begin("a")
      .on("A")
      .where((e) => e.key.between(low, high))
      .followedBy("b")
      .on("B")
      .where((e) => e.key.between(low, high))
      .followedBy("c")
      .on("C")
      .where((e) => e.key.between(low, high))
      .within("10s");
  });
}
