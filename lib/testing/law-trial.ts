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

export type Rule = { readonly name: string; readonly says: string; readonly trials: fc.Arbitrary<Trial> };
