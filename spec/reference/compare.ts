// The matcher against the run-by-run reference (lib/testing/run-matcher.ts), on streams longer than the enumerator can judge:
// several keys, time told in between, limits that are passed, and a matcher that is saved and restored, that forgets its states
// and lets go of what is dead all the time. Everything that is said has to be equal: matches, their order, ids and report times,
// time-outs, limits, failures, open runs, counters.

import { compile } from "../../lib/automaton/compile.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcher, KeyedMatcherOptions, Outcome, TimedEvent } from "../../lib/matching/matcher.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { createRunMatcher } from "../../lib/testing/run-matcher.ts";
import { END_OF_TIME, type Instant } from "../../lib/time/instant.ts";
import { formatEvents, formatPattern } from "../oracle/format.ts";
import { Dice, randomCase } from "../oracle/random.ts";

/** One thing that happens to a matcher. */
type Act =
  | { readonly kind: "event"; readonly key: string; readonly event: TimedEvent }
  | { readonly kind: "time"; readonly to: Instant }
  | { readonly kind: "restart" }
  | { readonly kind: "look" };

/** A pattern, options, and what happens: the same for the same seed everywhere. */
export type Comparison = {
  readonly pattern: PatternAst;
  readonly options: KeyedMatcherOptions;
  readonly acts: readonly Act[];
  readonly isTiny: boolean;
};

const UNLIMITED = { maxMatchesPerEvent: 1e9, maxRunsPerKey: 1e9, maxNodesPerKey: 1e9, maxStateBytes: 1e9 };

export function randomComparison(seed: number): Comparison {
  const dice = new Dice(Math.imul(seed, 40_503) + 7);
  const { pattern, events } = randomCase(seed);
  const types = [...new Set(events.map(({ value }) => (value as { type: string }).type)), "b"];
  const keys = ["k", "l", "m"].slice(0, dice.between(1, 3));
  const acts: Act[] = [];
  let at = 0;
  for (let offset = 1; offset <= dice.one([8, 12, 20, 30]); offset++) {
    at += dice.one([0, 0, 1, 1, 1, 2, 3]);
    const boom = dice.chance(0.02) ? { boom: true } : {};
    const value = { type: dice.one(types), v: dice.between(0, 3), ...boom };
    const origin = { topic: "t", partition: 0, offset: BigInt(offset) };
    acts.push({ kind: "event", key: dice.one(keys), event: { value, at, origin } });
    if (dice.chance(0.1)) acts.push({ kind: "restart" });
    if (dice.chance(0.1)) acts.push({ kind: "look" });
    if (dice.chance(0.1)) {
      at += dice.between(0, 4);
      acts.push({ kind: "time", to: at - 1 });
    }
  }
  acts.push({ kind: "look" }, { kind: "time", to: END_OF_TIME }, { kind: "look" });
  const small = { maxMatchesPerEvent: dice.between(1, 4), maxRunsPerKey: dice.between(2, 8), maxNodesPerKey: 1e9 };
  const policy = { onLimit: dice.one(["quarantine", "dropOldest"] as const) };
  const each = dice.chance(0.3) ? small : {};
  const timedOut = dice.one(["none", "none", "count", "longest", "all"] as const);
  const maxKeys = dice.chance(0.3) ? dice.between(1, 2) : 1e9;
  const limits = { ...UNLIMITED, ...each, ...policy, maxKeys };
  return { pattern, options: { app: "app", limits, timedOut }, acts, isTiny: dice.chance(0.5) };
}

/** What differs, for people; `null`: nothing does. Of a matcher that `isTiny`, states and dead runs are let go of at every turn. */
export function differenceIn({ pattern, options, acts, isTiny }: Comparison): string | null {
  const automaton = compile(pattern);
  const tuning = { mostAlike: 1e9, ...(isTiny ? { maxStates: 2, trimFrom: 1, lastNumber: 3 } : {}) };
  const open = (): KeyedMatcher => createKeyedMatcher(automaton, options, tuning);
  const reference = createRunMatcher(automaton, options);
  let matcher = open();
  for (const [index, act] of acts.entries()) {
    if (act.kind === "restart") {
      const state = JSON.stringify(matcher.save());
      matcher = open();
      matcher.restore(JSON.parse(state));
      continue;
    }
    // Whoever holds no open run says nothing.
    const isDenied = act.kind === "time" && !matcher.mayHaveRuns(act.to);
    const [ours, theirs] = [said(matcher, act), said(reference, act)];
    const isWrong = isDenied && reference.counts().runs > 0;
    if (ours.length === 0 && theirs.length === 0 && !isWrong) continue;
    const [left, right] = [isDenied ? "no run may be open" : shown(ours), shown(theirs)];
    if (left !== right) {
      const events = acts.slice(0, index + 1).flatMap((each) => (each.kind === "event" ? [each] : []));
      const keys = events.map(({ key }) => key).join("");
      const stream = formatEvents(
        events.map(({ event }) => ({ value: { ...(event.value as object) } as never, at: event.at })),
      );
      return `${formatPattern(pattern)}   on   ${stream}   of keys ${keys}, act ${index}: ${act.kind}\n  options ${JSON.stringify(options)}\n  matcher   ${left}\n  reference ${right}`;
    }
  }
  return null;
}

type Asked = Pick<KeyedMatcher, "onEvent" | "advanceTo" | "inspect" | "counts">;

function said(matcher: Asked, act: Exclude<Act, { readonly kind: "restart" }>): readonly unknown[] {
  switch (act.kind) {
    case "event":
      return matcher.onEvent(act.key, act.event).map(withoutStack);
    case "time":
      return matcher.advanceTo(act.to).map(withoutStack);
    default:
      return [matcher.counts(), ...["k", "l", "m"].map((key) => matcher.inspect(key))];
  }
}

/** Where a function was called from differs, of course. */
function withoutStack(outcome: Outcome): Outcome {
  return outcome.kind === "functionFailed" ? { ...outcome, stack: "" } : outcome;
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}` : each));
}
