// What came of trying mutants, for programs and in words.
//
//     caught   the test found fault with it
//     missed   the test accepts it, and here is a stream on which it is wrong
//     alike    the test accepts it, and no such stream was found

import type { Pattern } from "../pattern/pattern.ts";
import type { Difference, Distinction, NoDifference } from "./distinction.ts";
import { describeBoth, linesOf } from "./distinction.ts";
import type { Mutant } from "./mutants.ts";

/** A mutant that a test accepts. */
export type Survivor<P, D extends Distinction = Distinction> = Mutant<P> & {
  readonly distinction: D;
};

/**
 * Which changes of a pattern a test notices.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { type MutantReport, tryMutants } from "sequitur/testing";
 *
 * const any = pattern<{ n: number }>("any").begin("it");
 * const report: MutantReport = await tryMutants(any, () => {});
 * report.describe(); // => '1 small change of "any": the test noticed 0 and missed 0. 1 made no difference that was found.'
 */
export type MutantReport<P = Pattern<never>> = {
  /** How many mutants there are; more than were tried if the work was stopped. */
  readonly all: number;
  /** Those with which the test found fault. */
  readonly caught: readonly Mutant<P>[];
  /** Those that it accepts though they are wrong, each with a stream that shows it. */
  readonly missed: readonly Survivor<P, Difference>[];
  /** Those that it accepts and for which no such stream was found: they may mean the same. */
  readonly alike: readonly Survivor<P, NoDifference>[];
  /** The report in words: the figures, then each change that was missed, with events that a test should have. */
  describe(): string;
};

/** The report of a pattern in words. */
export function describeReport(
  pattern: string,
  { all, caught, missed, alike }: Omit<MutantReport<unknown>, "describe">,
): string {
  return [
    `${summary(pattern, all, caught.length, missed.length, alike.length)}`,
    ...missed.flatMap((each, index) => ["", ...describeMissed(each).map((line, at) => indent(index, line, at))]),
  ].join("\n");
}

function summary(pattern: string, all: number, caught: number, missed: number, alike: number): string {
  const tried = caught + missed + alike;
  const which =
    tried < all
      ? `Of ${all} small changes of "${pattern}" ${tried} were tried:`
      : `${all} small ${all === 1 ? "change" : "changes"} of "${pattern}":`;
  const same = alike > 0 ? ` ${alike} made no difference that was found.` : "";
  return `${which} the test noticed ${caught} and missed ${missed}.${same}`;
}

function indent(index: number, line: string, at: number): string {
  const number = `${index + 1}. `;
  return `${at === 0 ? number : " ".repeat(number.length)}${line}`;
}

/** What was changed, a stream, what the pattern finds there, and what the changed one finds and nobody minds. */
export function describeMissed({ of, change, distinction }: Survivor<unknown, Difference>): readonly string[] {
  const { events, before, after } = distinction;
  return [
    `${placeOf(of)}${change}`,
    ...linesOf(events).map((line) => `  ${line}`),
    ...describeBoth(["the pattern", before], ["the changed one", after]).map((line) => `  ${line}`),
  ];
}

/** Where something was changed, as it stands before what was changed. */
export function placeOf(of: string): string {
  return of === "" ? "" : `${of}: `;
}
