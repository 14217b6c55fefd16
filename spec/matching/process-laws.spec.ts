// What must make no difference to a matcher in process: the order of arrival, how often it is told the time, when and how
// often it is saved and restored, what keys are called, what else is asked of it. On random patterns and streams.

import { suite } from "uvu";
import { encodeKey, type Key } from "../../lib/event/key.ts";
import { createMatcher, matchAll } from "../../lib/matching/create-matcher.ts";
import type { MatcherLimits, Outcome } from "../../lib/matching/matcher.ts";
import type { CommonOptions, Matcher, Notice } from "../../lib/matching/process.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import { fromJSON, patternFrom } from "../../lib/pattern/pattern-value.ts";
import { everyElement } from "../../lib/pattern/walk.ts";
import { throwsOnBoom } from "../oracle/notation.ts";
import { type Case, Dice } from "../oracle/random.ts";
import { allowMs } from "../run/ask.ts";
import { throughJson } from "./drive.ts";
import { holdsFor } from "./law.ts";
import { run, said, UNLIMITED } from "./whole.ts";

const it = suite("laws of matching in process");

const RUNS = 1_000;

allowMs(120_000);

/** An event with its number in the case, from 1. */
type Arrival = { readonly number: number; readonly at: number; readonly key: Key };
type Running = Matcher<Arrival, unknown, unknown>;
type Loose = Pattern<Arrival, unknown, unknown, true>;

/** Chance that is the same whenever the case is. */
function diceOf({ events }: Case): Dice {
  return new Dice(events.reduce((sum, { at }, index) => Math.imul(sum, 31) + at + index, events.length));
}

function arrivalsOf({ events }: Case, keyOf: (index: number) => Key = () => "k"): readonly Arrival[] {
  return events.map(({ value, at }, index) => ({ ...(value as object), number: index + 1, at, key: keyOf(index) }));
}

const KEY_AND_TIME = { keyOf: ({ key }: Arrival) => key, timeOf: ({ at }: Arrival) => at };

type Way = {
  /** In which the events of the case arrive. */
  readonly arrivals?: readonly Arrival[];
  readonly pattern?: Loose;
  readonly options?: CommonOptions<Arrival, unknown> & { readonly outOfOrderness?: number };
  /** What happens before each event (`undefined`: at the end), and what the matcher finds by that. */
  readonly before?: (matcher: Running, next: Arrival | undefined) => readonly Outcome[];
  /** Gives the matcher to go on with, before each event and at the end. */
  readonly replace?: (matcher: Running, open: () => Running) => Running;
};

/** Matches and time-outs of a case in process. */
function inProcess(each: Case, way: Way): readonly Outcome[] {
  const { pattern, arrivals = arrivalsOf(each), options, before, replace } = way;
  const outcomes: Outcome[] = [];
  const onNotice = (notice: Notice<Arrival>): void => {
    if (notice.kind === "timedOut") outcomes.push(notice);
    else if (notice.kind !== "functionFailed") throw new Error(`${notice.kind}: that is not meant`);
  };
  const open = (): Running =>
    createMatcher(pattern ?? (patternFrom(each.pattern) as Loose), {
      ...KEY_AND_TIME,
      timedOut: "all",
      limits: UNLIMITED,
      onNotice,
      ...options,
    });
  let matcher = open();
  for (const event of [...arrivals, undefined]) {
    if (replace !== undefined) matcher = replace(matcher, open);
    if (before !== undefined) outcomes.push(...before(matcher, event));
    outcomes.push(...(event === undefined ? matcher.advanceTo(each.until) : matcher.push(event)));
  }
  return outcomes;
}

/** As `said`, with events by the number that they have in the case, however they arrived. */
function saidInCase(outcomes: readonly Outcome[]): ReturnType<typeof said> {
  const placed = outcomes.map((outcome) => {
    if (!("taken" in outcome)) return outcome;
    const taken = outcome.taken.map((one) => ({
      ...one,
      origin: { ...one.origin, offset: BigInt((one.value as Arrival).number) },
    }));
    return { ...outcome, taken };
  });
  return said(placed);
}

/** What a matcher saved, in another one, as often as the dice say; so between any two events, or not at all. */
function restoredAtTimes(dice: Dice): NonNullable<Way["replace"]> {
  return (matcher, open) => {
    let last = matcher;
    for (let times = dice.one([0, 0, 1, 1, 2, 3]); times > 0; times -= 1) {
      const next = open();
      next.restore(throughJson(last.save()));
      last = next;
    }
    return last;
  };
}

/** Late by at most `bound`, each time by its own delay; events of the same time stay in order. */
function shuffled(each: Case, bound: number, dice: Dice): readonly Arrival[] {
  const delays = new Map(each.events.map(({ at }) => [at, dice.between(0, bound)]));
  return arrivalsOf(each).toSorted((one, other) => turnOf(one) - turnOf(other));

  function turnOf({ at }: Arrival): number {
    return at + (delays.get(at) ?? 0);
  }
}

it("says what a matcher says that is given events in order of time, whatever the order of arrival within the bound", () => {
  holdsFor(RUNS, (each) => {
    const dice = diceOf(each);
    const outOfOrderness = dice.between(0, 8);
    const arrivals = shuffled(each, outOfOrderness, dice);
    return [saidInCase(inProcess(each, { arrivals, options: { outOfOrderness } })), run(each)];
  });
});

it("goes on as if nothing had happened after being saved and restored anywhere, any number of times", () => {
  holdsFor(RUNS, (each) => {
    const dice = diceOf(each);
    const outOfOrderness = dice.between(0, 8);
    const way = { arrivals: shuffled(each, outOfOrderness, dice), options: { outOfOrderness } };
    const idsAndAll = (outcomes: readonly Outcome[]) => [
      saidInCase(outcomes),
      outcomes.map((outcome) => ("id" in outcome ? outcome.id : "")),
    ];
    return [idsAndAll(inProcess(each, { ...way, replace: restoredAtTimes(dice) })), idsAndAll(inProcess(each, way))];
  });
});

it("says the same however often it is told the time, and told one that is past", () => {
  holdsFor(RUNS, (each) => {
    const dice = diceOf(each);
    const before: Way["before"] = (matcher, next) => {
      const latest = next === undefined ? each.until : next.at - 1;
      const times = Array.from({ length: dice.between(0, 3) }, () => latest - dice.between(0, 6));
      return times.flatMap((at) => matcher.advanceTo(at));
    };
    return [saidInCase(inProcess(each, { before })), run(each)];
  });
});

it("says of keys by any other name the same, interleaved or each alone", () => {
  const names: readonly (readonly Key[])[] = [
    ["left", "middle", "right"],
    [1, "1", 1n],
    [true, ["a", 1], ["a", "1"]],
    ["", -7, "ключ"],
  ];
  holdsFor(RUNS, (each) => {
    const dice = diceOf(each);
    const lanes = each.events.map(() => dice.between(0, 2));
    const ofKeys = (keys: readonly Key[]): readonly unknown[] => {
      const outcomes = inProcess(each, { arrivals: arrivalsOf(each, (index) => keys[lanes[index] ?? 0] ?? "") });
      return keys.map((key) => saidInCase(outcomes.filter((outcome) => encodeKey(outcome.key) === encodeKey(key))));
    };
    const alone = [0, 1, 2].map((lane) => {
      const own = arrivalsOf(each).filter((_, index) => lanes[index] === lane);
      return saidInCase(inProcess(each, { arrivals: own }));
    });
    return [names.map(ofKeys), names.map(() => alone)];
  });
});

it("finds with matchAll what push and finish find", () => {
  holdsFor(RUNS, (each) => {
    const options = { ...KEY_AND_TIME, limits: UNLIMITED, onNotice: () => {} };
    const found = [...matchAll(patternFrom(each.pattern) as Loose, arrivalsOf(each), options)];
    return [said(found).matches, said(inProcess({ ...each, until: Number.POSITIVE_INFINITY }, {})).matches];
  });
});

it("finds the same matches whatever it is asked about time-outs, and tells of no more of them than of all", () => {
  holdsFor(RUNS, (each) => {
    const all = said(inProcess(each, {}));
    const [none, count, longest] = (["none", "count", "longest"] as const).map((timedOut) =>
      said(inProcess(each, { options: { timedOut } })),
    );
    const firstsOf = (runs: readonly string[] = []) => [
      ...new Set(runs.map((one) => one.split(" ")[0]?.split("@")[0]?.split(":")[1])),
    ];
    return [
      [
        none,
        count,
        longest?.matches,
        longest?.timedOut.every((one) => all.timedOut.includes(one)),
        firstsOf(longest?.timedOut).length,
      ],
      [{ ...all, timedOut: [] }, { ...all, timedOut: [] }, all.matches, true, firstsOf(all.timedOut).length],
    ];
  });
});

it("finds the same under limits that are just enough", () => {
  holdsFor(RUNS, (each) => {
    const most: MatcherLimits = {
      ...UNLIMITED,
      maxRunsPerKey: 1,
      maxNodesPerKey: 1,
      maxKeys: 1,
      maxStateBytes: 1e9,
      onLimit: "fail",
    };
    const seen = { ...most };
    const free = inProcess(each, {
      before: (matcher) => {
        const { runs, nodes, keys } = matcher.stats();
        seen.maxRunsPerKey = Math.max(seen.maxRunsPerKey, runs);
        seen.maxNodesPerKey = Math.max(seen.maxNodesPerKey, nodes);
        seen.maxKeys = Math.max(seen.maxKeys, keys);
        return [];
      },
    });
    seen.maxMatchesPerEvent = Math.max(1, ...free.map(({ at }) => free.filter((other) => other.at === at).length));
    return [said(inProcess(each, { options: { limits: seen } })), said(free)];
  });
});

it("finds the same with a pattern that has been JSON, under the same ids", () => {
  const hasFunction = ({ pattern }: Case): boolean =>
    JSON.stringify([...everyElement(pattern.elements)], (_, value) =>
      value === throwsOnBoom ? "function" : value,
    ).includes('"function"');
  holdsFor(
    RUNS,
    (each) => {
      const pattern = fromJSON(JSON.parse(JSON.stringify(patternFrom(each.pattern)))) as unknown as Loose;
      const all = (outcomes: readonly Outcome[]) => [
        said(outcomes),
        outcomes.map((one) => ("id" in one ? one.id : "")),
      ];
      return [all(inProcess(each, { pattern })), all(inProcess(each, {}))];
    },
    (each) => !hasFunction(each),
  );
});

it.run();
