// Words that a stage of the builder does not take, each with the sentence that says why.
//
// Sentences are named, refusals are not: the compiler prints the name of a type that has one, but the text of a string.

import type { Refusal } from "./refusal.ts";

export type NoWords = "write e.amount.lt(2), not e.amount < 2; a plain function goes into filter";
export type OneCount = "an element has one quantifier, and optional comes after it";
export type NoUntil = "only a loop without end has until: oneOrMore or timesOrMore";
export type NoForOnNext = "notNext looks at one event only: for belongs to notFollowedBy";
export type TagTwice = 'say the tag as a type, too: <E, "kind">(…, { tag: "kind" })';
type NoLoop = "this step takes one event: say how often first, with times, timesOrMore or oneOrMore";
type NoGroupLoop = "this group is taken once: say how often first, with times, timesOrMore or oneOrMore";
type OfAbsence = "an absence takes no events, so it has no quantifier";
type NoGap = "an absence takes no events, so there is no gap before it: use for or within";
type NoFor = "only notFollowedBy has a time of its own, at the end of a pattern";
type NoGreedyGroup = "a group cannot be greedy: say it of a loop in it";
type NoCondition = "conditions belong to the steps of the group";

/** An element that has its quantifier. */
export interface CountedAlready {
  readonly times: Refusal<OneCount>;
  readonly timesOrMore: Refusal<OneCount>;
  readonly oneOrMore: Refusal<OneCount>;
}

/** A step that takes one event. */
export interface TakesOne {
  readonly greedy: Refusal<NoLoop>;
  readonly consecutive: Refusal<NoLoop>;
  readonly allowCombinations: Refusal<NoLoop>;
  readonly until: Refusal<NoLoop>;
}

/** An element that takes events. */
export interface TakesEvents {
  readonly for: Refusal<NoFor>;
}

/** An absence. */
export interface TakesNothing {
  readonly times: Refusal<OfAbsence>;
  readonly timesOrMore: Refusal<OfAbsence>;
  readonly oneOrMore: Refusal<OfAbsence>;
  readonly optional: Refusal<OfAbsence>;
  readonly greedy: Refusal<OfAbsence>;
  readonly consecutive: Refusal<OfAbsence>;
  readonly allowCombinations: Refusal<OfAbsence>;
  readonly until: Refusal<OfAbsence>;
  readonly maxGap: Refusal<NoGap>;
}

/** A group. */
export interface TakesElements extends TakesEvents {
  readonly on: Refusal<NoCondition>;
  readonly where: Refusal<NoCondition>;
  readonly orWhere: Refusal<NoCondition>;
  readonly filter: Refusal<NoCondition>;
  readonly greedy: Refusal<NoGreedyGroup>;
}

/** A group that is taken once. */
export interface TakesOneRound {
  readonly consecutive: Refusal<NoGroupLoop>;
  readonly allowCombinations: Refusal<NoGroupLoop>;
  readonly until: Refusal<NoGroupLoop>;
}
