// What the service of a story looks for, each pattern twice: by the matcher that services run, and by the plain one that judges it.
import { compile } from "../../../../lib/automaton/compile.ts";
import { INTERESTED_IN_ALL, interestOf } from "../../../../lib/automaton/interest.ts";
import { createKeyedMatcher } from "../../../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcher, KeyedMatcherOptions } from "../../../../lib/matching/matcher.ts";
import type { LanePattern } from "../../../../lib/runtime/pattern-row.ts";
import { createRunMatcher, type ReferenceMatcher } from "../../../../lib/testing/run-matcher.ts";
import { BEGINNING, END_OF_TIME } from "../../../../lib/time/instant.ts";
import { Dice, randomCase } from "../../../oracle/random.ts";
import { echo } from "../../../runtime/kit.ts";
import type { Service } from "./story.ts";

export type Wanted = {
  readonly pattern: LanePattern;
  /** Says the same, and cannot be saved. */
  readonly reference: LanePattern;
  /** Whether it holds nothing at the end of time. */
  readonly isBounded: boolean;
};

/** The patterns of a service, in its order. */
export function wantedBy({ patterns }: Pick<Service, "patterns">): readonly Wanted[] {
  if (patterns.length === 0) return [echoing("p"), echoing("q")];
  return patterns.map((seed, index) => speaking(seed, `r${index}`));
}

/** A pattern that says what its events tell it to. */
export function echoing(name: string): Wanted {
  return { pattern: echo(name), reference: echo(name), isBounded: false };
}

/** A random pattern of the language, with whatever limits and reports of time-outs its seed gives it. */
function speaking(seed: number, name: string): Wanted {
  const dice = new Dice(seed);
  const ast = { ...randomCase(seed).pattern, name };
  const automaton = compile(ast);
  const options: KeyedMatcherOptions = {
    app: "shop",
    limits: {
      maxMatchesPerEvent: dice.between(2, 20),
      maxRunsPerKey: dice.between(4, 30),
      maxNodesPerKey: 1e9,
      onLimit: dice.one(["quarantine", "dropOldest"] as const),
    },
    timedOut: dice.one(["none", "count", "longest", "all"] as const),
  };
  const tuning = { mostAlike: 1e9, ...(dice.chance(0.3) ? { maxStates: 2, trimFrom: 1, lastNumber: 3 } : {}) };
  const rest = {
    name,
    version: ast.version,
    selects: false,
    topics: { alerts: "alerts", timedOut: "timed-out", deadLetters: "dead" },
    maxOutputBytes: 10_000,
  };
  return {
    pattern: {
      ...rest,
      interest: interestOf(automaton),
      createMatcher: () => createKeyedMatcher(automaton, options, tuning),
    },
    reference: {
      ...rest,
      interest: INTERESTED_IN_ALL,
      createMatcher: () => undisturbed(createRunMatcher(automaton, options)),
    },
    isBounded: ast.withinMs !== null,
  };
}

/** It is given every event, and asked at every instant whether a deadline has come. */
function undisturbed(matcher: ReferenceMatcher): KeyedMatcher {
  let toldTo = BEGINNING;
  const never = (): never => {
    throw new Error("the reference is neither saved nor passed over");
  };
  return {
    onEvent: (key, event) => {
      toldTo = event.at;
      return matcher.onEvent(key, event);
    },
    advanceTo: (watermark) => {
      toldTo = Math.max(toldTo, watermark);
      return matcher.advanceTo(watermark);
    },
    inspect: (key) => matcher.inspect(key),
    stats: () => ({ ...matcher.stats(), stateBytes: 0 }),
    counts: () => matcher.counts(),
    nextDue: () => (toldTo === BEGINNING ? END_OF_TIME : toldTo + 1),
    holds: () => true,
    keys: () => [],
    skip: (events, at) => (events === 0 ? matcher.advanceTo(at) : never()),
    ...{ save: never, restore: never, saving: null as never },
  };
}
