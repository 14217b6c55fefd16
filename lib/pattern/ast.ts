// What a pattern says, as plain data. The builder writes it, JSON carries it, checks read it, the automaton is
// compiled from it; nothing here knows how matching works.
//
//     Pattern ─ elements ─▶ Step     takes events
//                           Absence  forbids events
//                           Group    elements again, with a quantifier over all of them
//
// Everything is frozen and survives JSON, except opaque conditions (functions given to `filter`), which have no
// JSON form. Durations are milliseconds. "No upper bound" is `null`, since JSON has no Infinity.

import type { Condition } from "./expression/expression.ts";

/** How near an event must be to the one taken before it. */
export type Contiguity = "next" | "followedBy" | "followedByAny";

/** How often an element repeats. A step or group that is written without quantifier has `ONCE`. */
export type Quantifier = {
  /** Fewest events (of a group: iterations) when it takes any; at least 1. */
  readonly min: number;
  /** Most events (of a group: iterations); `null`: no bound. */
  readonly max: number | null;
  /** Whether it may take none at all. `times(0, n)` is `optional` with `min` 1. */
  readonly optional: boolean;
  /** Takes all it can before going on. */
  readonly greedy: boolean;
  /** How near later events of the same loop (of a group: heads of later iterations) must be. */
  readonly inner: Contiguity;
  /** Ends the loop, and is not taken by it. Only where `max` is `null`. */
  readonly until: Condition | null;
  /** Whether the author wrote a count (`times`, `timesOrMore`, `oneOrMore`); `times(1)` counts, a plain step does not. */
  readonly counted: boolean;
};

/** The quantifier of an element that is written without one. */
export const ONCE: Quantifier = Object.freeze({
  min: 1,
  max: 1,
  optional: false,
  greedy: false,
  inner: "followedBy",
  until: null,
  counted: false,
});

/** Takes events that satisfy its condition. */
export type StepNode = {
  readonly kind: "step";
  readonly name: string;
  /** The link before it; `null` for the first element of a pattern or group body. */
  readonly link: Contiguity | null;
  /** Values of the tag field it accepts; `null`: any event. Part of the condition. */
  readonly on: readonly string[] | null;
  /** What else must hold; `null`: nothing. */
  readonly condition: Condition | null;
  readonly quantifier: Quantifier;
  /** Each event it takes comes less than this after the previous event of the match. */
  readonly maxGapMs: number | null;
};

/** Forbids events: `notNext` the very next one, `notFollowedBy` all up to what comes next. */
export type AbsenceNode = {
  readonly kind: "absence";
  readonly name: string;
  readonly link: "notNext" | "notFollowedBy";
  readonly on: readonly string[] | null;
  readonly condition: Condition | null;
  /** Of a trailing `notFollowedBy`: how long after the last event taken it must hold; `null`: until the pattern's deadline. */
  readonly forMs: number | null;
};

/** A sequence used as one element. Its first element has no link of its own: the group's link and inner contiguity apply. */
export type GroupNode = {
  readonly kind: "group";
  readonly link: Contiguity | null;
  readonly elements: readonly Element[];
  readonly quantifier: Quantifier;
  readonly maxGapMs: number | null;
};

export type Element = StepNode | AbsenceNode | GroupNode;

/** What is dropped after a reported match. `orElse` says what to do when the target step took nothing. */
export type Skip =
  | { readonly to: "none" | "next" | "pastLast" }
  | { readonly to: "first" | "last"; readonly step: string; readonly orElse: "none" | "next" | null };

/** A whole pattern. */
export type PatternAst = {
  readonly kind: "pattern";
  readonly name: string;
  readonly version: number;
  /** The field whose value `on` compares. */
  readonly tag: string;
  readonly elements: readonly Element[];
  /** Last time − first time of a match is less than this; `null`: no bound. */
  readonly withinMs: number | null;
  readonly skip: Skip;
  /** `eager` reports a match when it is complete, `ordered` holds it while a run with an earlier first event lives. */
  readonly emit: "eager" | "ordered";
  /** After a reported match, others of the same key within this time of it are suppressed and counted; `null`: none are. */
  readonly oncePerMs: number | null;
};
