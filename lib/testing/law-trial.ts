// One try of a law: a stream, and two ways to match it that have to come to the same.

import type fc from "fast-check";
import type { OnLine } from "./stream.ts";

export type Trial = {
  readonly events: readonly OnLine[];
  readonly isTimed: boolean;
  /** What is to be seen beside each event. */
  readonly marks: readonly string[];
  readonly one: Side;
  readonly other: Side;
};

/** What one way says, one line for each thing, and what the way is called. */
export type Side = { readonly name: string; readonly told: () => readonly string[] };

/** What one way is called, and what it says. */
export type Told = readonly [name: string, told: Side["told"]];

export type MakeTrial = (events: readonly OnLine[], one: Told, other: Told, marks?: readonly string[]) => Trial;

/** Makes trials of streams that have times, or only an order. `marks` are seen behind the numbers of the events. */
export function trialsOf(isTimed: boolean): MakeTrial {
  return (events, one, other, marks = []) => ({
    events,
    isTimed,
    marks: events.map((_, index) => `${index + 1}${marks[index] ? ` ${marks[index]}` : ""}`),
    one: { name: one[0], told: one[1] },
    other: { name: other[0], told: other[1] },
  });
}

export type Rule = { readonly name: string; readonly says: string; readonly trials: fc.Arbitrary<Trial> };
