// What a pattern compiles to: a position automaton (V. M. Glushkov, "The abstract theory of automata", 1961), whose
// positions are called places here. A place is where a run stands after taking an event; a wait is one way to go on.
//
//     place ── follow ──▶ wait ── takes an event ──▶ place        the run goes on from the target
//                          │ ▲
//                          └─┘ stays: the event passes by
//
// Contiguity, absence, greed and `until` are properties of waiting, so there are no epsilon edges and no error states:
// a wait that may neither take nor stay is gone. All of it is frozen, indexed data, shared by all keys.

import type { PatternAst } from "../pattern/ast.ts";
import type { Condition } from "../pattern/expression/expression.ts";

/** Index into `steps`; smaller is earlier in the pattern. */
export type StepId = number;
/** Index into `tests`. */
export type TestId = number;
/** Index into `places`. */
export type PlaceId = number;
/** Index into `waits`. */
export type WaitId = number;

/** Something asked of one event: the condition of a step or absence with its tags, or an `until`. */
export type Test = {
  readonly id: TestId;
  readonly kind: "step" | "absence" | "until";
  /** The step or absence it belongs to; of a group's `until`: its first step. */
  readonly of: string;
  /** Accepted values of the tag field; `null`: any. */
  readonly on: readonly string[] | null;
  /** `null`: holds for every event (with an accepted tag). */
  readonly condition: Condition | null;
};

export type Step = {
  readonly id: StepId;
  readonly name: string;
  readonly test: TestId;
};

/** Where a run stands after taking an event. */
export type Place = {
  readonly id: PlaceId;
  readonly step: StepId;
  /** Events of this loop so far, capped at the minimum where there is no maximum. */
  readonly count: number;
  /** The iteration of each group around the step, inside out, capped alike. */
  readonly iterations: readonly number[];
  readonly follow: readonly WaitId[];
};

/** A greedy loop that was left, or skipped, while it could still take. */
export type Guard = {
  /** While this holds for an event, and none of `takeUnless`, the wait may neither take nor stay: the loop could have taken it. */
  readonly take: TestId;
  readonly takeUnless: readonly TestId[];
  /** Once one of these holds, the guard is gone: the loop can take nothing more. */
  readonly until: readonly TestId[];
  /** The loop could only have taken the very next event: it is consecutive, or took none and stands behind `next`. */
  readonly consecutive: boolean;
  /** The guard is gone this long after the last event taken; `null`: time does not end it. */
  readonly gapMs: number | null;
};

/** One way for a run to go on: by taking an event for `step`, or, if `step` is `null`, by being complete. */
export type Wait = {
  readonly id: WaitId;
  readonly step: StepId | null;
  /** The place after the event; `null` at the end. */
  readonly target: PlaceId | null;
  /** An event is taken for which this holds and none of `takeUnless`; `null` at the end. */
  readonly take: TestId | null;
  readonly takeUnless: readonly TestId[];
  /** An event may pass for which none of these holds; `null`: none may pass. */
  readonly stayUnless: readonly TestId[] | null;
  /** None of these may hold for the very next event, whether it is taken or passes. */
  readonly first: readonly TestId[];
  readonly guards: readonly Guard[];
  /** The event must come less than this after the one before; `null`: no limit. */
  readonly gapMs: number | null;
  /** At the end: it owes an absence up to its deadline, so no event can complete it. */
  readonly owesAbsence: boolean;
  /** At the end: its deadline is this long after the last event, instead of the pattern's; `null`: the pattern's. */
  readonly forMs: number | null;
};

/**
 * What a pattern compiles to: plain data, frozen to the ground.
 *
 * @example
 * import { type Automaton, compile, pattern } from "sequitur";
 *
 * const automaton: Automaton = compile(pattern<{ id: string }>("three").begin("a").times(3));
 * automaton.places.length; // => 3
 */
export type Automaton = {
  readonly pattern: PatternAst;
  readonly steps: readonly Step[];
  readonly tests: readonly Test[];
  readonly places: readonly Place[];
  readonly waits: readonly Wait[];
  /** The waits of a run that has taken nothing yet. */
  readonly start: readonly WaitId[];
  /** Identifies the pattern it was compiled from. */
  readonly fingerprint: string;
};
