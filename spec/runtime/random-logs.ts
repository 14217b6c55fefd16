// Random logs of two topics with two partitions, and how a task gets to see them.

import fc from "fast-check";
import type { InputRecord } from "../../lib/runtime/ports.ts";
import { NOW, record, type Told } from "./kit.ts";

/** The log of each topic and partition. */
export type Logs = ReadonlyMap<string, readonly InputRecord[]>;

export const PLACES = ["x/0", "y/0", "x/1", "y/1"] as const;

/** Records as they come in life: most in rough order of time, some broken in every way. */
function logOf(partition: number): fc.Arbitrary<readonly InputRecord[]> {
  const event = fc.record({
    t: fc.integer({ min: -12, max: 3 }),
    k: fc.constantFrom("a", "b").map((k) => `${k}${partition}`),
    hit: fc.boolean(),
    alarm: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  });
  const broken = fc.constantFrom<Told | string | null>(
    null,
    "",
    "[1]",
    { k: "a" },
    { t: 5 },
    { k: null, t: 5 },
    { k: "a", t: 9e15 },
    { k: "a", t: NOW + 2_000 },
  );
  const gap = fc.integer({ min: 1, max: 2 });
  const item = fc.tuple(gap, fc.oneof({ weight: 8, arbitrary: event }, { weight: 1, arbitrary: broken }));
  return fc.array(item, { maxLength: 25 }).map((items) => {
    let offset = 0;
    return items.map(([step, told], index) => {
      offset += step;
      if (typeof told !== "object" || told === null || !("hit" in told)) return record(offset, told);
      return record(offset, { ...told, t: 4 * index + Number(told.t) });
    });
  });
}

export const logs: fc.Arbitrary<Logs> = fc
  .tuple(logOf(0), logOf(0), logOf(1), logOf(1))
  .map((all) => new Map(PLACES.map((place, index) => [place, all[index] ?? []])));

export const settings = fc.record({ xMs: fc.constantFrom(0, 5, 20), yMs: fc.constantFrom(0, 7) });
export type Settings = { readonly xMs: number; readonly yMs: number };

/** Which place has its turn, and how many records it gives; how many events are worked off between. */
export const turns = fc.record({
  choices: fc.infiniteStream(fc.nat(99)),
  sizes: fc.infiniteStream(fc.integer({ min: 1, max: 6 })),
  work: fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
});
export type Turns = {
  readonly choices: fc.Stream<number>;
  readonly sizes: fc.Stream<number>;
  readonly work: fc.Stream<number>;
};
export const next = (stream: fc.Stream<number>): number => stream.next().value ?? 1;
