// The workloads: a stream, patterns that look for something in it, the same by hand, and how many matches there are.
//
// Stated counts are those of whole streams, with time moved past the end. Those of W1 to W7 were found by several engines,
// those of W8 to W12 by the programs in by-hand-open.ts and by-hand.ts.

import type { Pattern } from "../../lib/pattern/pattern.ts";
import * as byHand from "./by-hand.ts";
import * as open from "./by-hand-open.ts";
import type { BenchEvent } from "./generate.ts";
import * as patterns from "./patterns.ts";

export type Workload = {
  readonly name: string;
  /** What is looked for. */
  readonly says: string;
  /** The name that `generate` knows. */
  readonly stream: string;
  /** Else all events are of one key. */
  readonly isKeyed: boolean;
  readonly patterns: readonly Pattern<BenchEvent>[];
  /** Only so many matches are built per event; `null`: all. */
  readonly maxMatchesPerEvent: number | null;
  readonly byHand: () => byHand.Machine;
  /** Matches in the whole stream. */
  readonly matches: number;
};

const MOST = 10;

function workload(
  [name, stream]: readonly [name: string, stream: string],
  says: string,
  sought: Pattern<BenchEvent> | readonly Pattern<BenchEvent>[],
  machine: () => byHand.Machine,
  matches: number,
  how: { readonly isKeyed?: boolean; readonly maxMatchesPerEvent?: number } = {},
): Workload {
  const { isKeyed = false, maxMatchesPerEvent = null } = how;
  return { name, stream, says, patterns: [sought].flat(), byHand: machine, matches, isKeyed, maxMatchesPerEvent };
}

const perKey = { isKeyed: true };
const inARow = (): byHand.Machine => byHand.threeInARow(10_000, ({ key }) => key);

const keyed: readonly Workload[] = [
  workload(["W1a", "W1a"], "A, next B, next C, 10,000 keys", patterns.threeInARow, inARow, 56_321, perKey),
  workload(["W1b", "W1b"], "the same, 1,000,000 keys", patterns.threeInARow, inARow, 60_906, perKey),
  workload(
    ["W2", "W2"],
    "a small value, at once a large one, 100,000 keys",
    patterns.smallThenLarge,
    () => byHand.smallThenLarge(10_000),
    6_047,
    perKey,
  ),
  workload(
    ["W5", "W5"],
    "A, then no B for 10 s, 100,000 keys",
    patterns.missing,
    () => byHand.missing(10_000),
    136_403,
    perKey,
  ),
  workload(["W6", "W6"], "rising, then falling prices, 1,000 keys", patterns.peaks, byHand.peaks, 406_145, perKey),
];

function combinations(name: string, types: 3 | 5, matches: number): Workload {
  const says = `${types} types in order within 100 events, all combinations`;
  const machine = (): byHand.Machine => byHand.allInOrder(types, 100);
  return workload([name, name], says, patterns.allInOrder(types, 100), machine, matches);
}

/** 8 `firsts` runs are open while events pass that concern none of them. */
export function noise(firsts: number): Workload {
  const name = `W4-${firsts}`;
  const says = `an event that concerns nobody, ${(8 * firsts).toLocaleString("en")} open runs`;
  return workload([name, name], says, patterns.someOfAll, byHand.someOfAll, 7 * firsts);
}

function latest(name: string, types: 3 | 5 | 7 | 9, withinMs: number, matches: number): Workload {
  const says = `${types} types in order within ${withinMs.toLocaleString("en")} events, at most ${MOST} combinations each`;
  const machine = (): byHand.Machine => open.latestInOrder(types, withinMs, MOST);
  return workload([name, "W8"], says, patterns.allInOrder(types, withinMs), machine, matches, {
    maxMatchesPerEvent: MOST,
  });
}

function equal(withinMs: number, matches: number): Workload {
  const count = (50 * withinMs).toLocaleString("en");
  const machine = (): byHand.Machine => open.sameValue(withinMs);
  const says = `A and any B of the same value, ${count} open runs`;
  return workload([`W9-${withinMs}`, "W9"], says, patterns.sameValue(withinMs), machine, matches);
}

function chain(withinMs: number, matches: number): Workload {
  const machine = (): byHand.Machine => open.sameValues(withinMs);
  const says = `A, any B and any C of the same value, ${(10 * withinMs).toLocaleString("en")} events in the window`;
  return workload([`W12-${withinMs}`, "W12"], says, patterns.sameValues(withinMs), machine, matches);
}

function above(withinMs: number, matches: number): Workload {
  const by = 990_000;
  const count = (10 * withinMs).toLocaleString("en");
  const machine = (): byHand.Machine => open.farAbove(withinMs, by, 1_000_000);
  const says = `any value and any that is far above it, ${count} open runs`;
  return workload([`W10-${withinMs}`, "W10"], says, patterns.farAbove(withinMs, by), machine, matches);
}

/** Of events of 10,000 keys, or of 100, so that it is the first ten patterns that they concern. */
function many(count: number, name: string, stream: "W1a" | "W11s", matches: number): Workload {
  const machine = (): byHand.Machine =>
    byHand.threeInARow(10_000, ({ key }) => (key < 10 * count ? Math.floor(key / 10) : -1));
  const about = stream === "W1a" ? "of which one" : "of which one of ten";
  const says = `${count.toLocaleString("en")} patterns, ${about} is concerned`;
  return workload([`${name}-${count}`, stream], says, patterns.tenKeysEach(count), machine, matches);
}

/** All that are run if none is named. */
export const WORKLOADS: readonly Workload[] = [
  ...keyed.slice(0, 3),
  combinations("W3k3", 3, 6_676_923),
  combinations("W3k5", 5, 23_665_178),
  ...[2, 13, 125, 625, 1_250, 12_500].map(noise),
  ...keyed.slice(3),
  latest("W8-100", 9, 100, 430_609),
  latest("W8-1000", 9, 1_000, 1_334_300),
  latest("W8-10000", 9, 10_000, 1_334_300),
  latest("W8k3", 3, 1_000, 1_329_910),
  latest("W8k5", 5, 1_000, 1_329_070),
  latest("W8k7", 7, 1_000, 1_341_680),
  equal(20, 4_897),
  equal(1_000, 238_001),
  equal(2_000, 450_183),
  chain(100, 5_390),
  chain(1_000, 542_013),
  above(100, 9_939),
  above(1_000, 96_116),
  above(10_000, 740_989),
  many(10, "W11", "W1a", 2_085),
  many(100, "W11", "W1a", 21_689),
  many(1_000, "W11", "W1a", 217_596),
  many(10, "W11s", "W11s", 219_687),
  many(100, "W11s", "W11s", 219_687),
  many(1_000, "W11s", "W11s", 219_687),
];

/** One of the whole list, or `W4-<a>` with any a up to 999,999. */
export function workloadOf(name: string): Workload | null {
  const firsts = Number(/^W4-([1-9]\d{0,5})$/.exec(name)?.[1] ?? "0");
  return WORKLOADS.find((each) => each.name === name) ?? (firsts > 0 ? noise(firsts) : null);
}

/** W7: one open run for each of a million keys. What they weigh, and how long it takes to save and restore them. */
export const OPEN_KEYS: Workload = workload(
  ["W7", "W7"],
  "one open run of A, next B, next C for each key",
  patterns.threeInARow,
  inARow,
  0,
  perKey,
);
