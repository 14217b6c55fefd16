// What the service of a story looks for, each pattern twice: by the matcher that services run, and by the plain one that judges it.
import { compile } from "../../../../lib/automaton/compile.ts";
import { interestOf } from "../../../../lib/automaton/interest.ts";
import { createKeyedMatcher } from "../../../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcherOptions } from "../../../../lib/matching/matcher.ts";
import type { LanePattern } from "../../../../lib/runtime/pattern-row.ts";
import { createRunMatcher, type ReferenceMatcher } from "../../../../lib/testing/run-matcher.ts";
import { Dice, randomCase } from "../../../oracle/random.ts";
import { drained, echo } from "../../../runtime/kit.ts";
import type { Service } from "./story.ts";

export type Wanted = {
  readonly pattern: LanePattern;
  /** Another for each form of a pattern that has the name. */
  readonly fingerprint: string;
  /** The same for a release that has no such pattern any more: `revived` reads it. */
  readonly form: string;
  /** Says the same, and cannot be saved. */
  readonly createReference: () => Reference;
  /** Whether it holds nothing at the end of time. */
  readonly isBounded: boolean;
};

/** A plain matcher that may be told to begin nothing any more. */
export type Reference = Pick<ReferenceMatcher, "onEvent" | "advanceTo" | "counts" | "mayBegin">;

/** The patterns of a service, in its order. */
export function wantedBy({ patterns }: Pick<Service, "patterns">): readonly Wanted[] {
  if (patterns.length === 0) return [echoing("p"), echoing("q")];
  return patterns.map((seed, index) => speaking(seed, `r${index}`));
}

/** A pattern that says what its events tell it to. */
export function echoing(name: string, change = 0): Wanted {
  return {
    pattern: echo(name),
    ...identified({ name, seed: null, change }),
    createReference: () => obedient(name),
    isBounded: false,
  };
}

/** The same name for something else. */
export function changed({ pattern: { name }, form }: Wanted): Wanted {
  const { seed, change } = JSON.parse(form) as Form;
  return seed === null ? echoing(name, change + 1) : speaking(seed + 1, name, change + 1);
}

/** Of an earlier release: it finishes what it has begun. */
export function revived(form: string): LanePattern {
  const { name, seed } = JSON.parse(form) as Form;
  return seed === null ? drained(echo(name)) : { ...speaking(seed, name, 0, []).pattern, drains: true };
}

type Form = { readonly name: string; readonly seed: number | null; readonly change: number };

function identified(form: Form): Pick<Wanted, "fingerprint" | "form"> {
  return { fingerprint: JSON.stringify(form), form: JSON.stringify(form) };
}

function obedient(name: string): Reference {
  const heard = echo(name).createMatcher();
  let isDeaf = false;
  return {
    onEvent: (key, event) => heard.onEvent(key, isDeaf ? { ...event, value: {} } : event),
    advanceTo: (watermark) => heard.advanceTo(watermark),
    counts: () => heard.counts(),
    mayBegin: (isAllowed) => {
      isDeaf = !isAllowed;
    },
  };
}

/** A random pattern of the language, with whatever limits and reports of time-outs its seed gives it. */
function speaking(seed: number, name: string, change = 0, start?: readonly []): Wanted {
  const dice = new Dice(seed);
  const ast = { ...randomCase(seed).pattern, name };
  const whole = compile(ast);
  const automaton = start === undefined ? whole : { ...whole, start };
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
    ...identified({ name, seed, change }),
    createReference: () => createRunMatcher(automaton, options),
    isBounded: ast.withinMs !== null,
  };
}
