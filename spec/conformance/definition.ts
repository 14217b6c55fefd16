// What the definition says of a case without its skip strategy, and what it would say if the pattern were read in another
// way: the evidence that reasons go by. The engine gives it, which is held against the enumerator on the same cases.

import type { Element } from "../../lib/pattern/ast.ts";
import { type Finding, type Findings, findByEngine, findByEnumerator, refusalOf } from "./answers.ts";
import type { FlinkCase } from "./case.ts";
import { READINGS, type Reading, readBy } from "./readings.ts";

/** What is found without skip strategy. Each case is looked at once in each reading. */
export function definitionOf(asked: FlinkCase, elements: readonly Element[] = asked.pattern.elements): Findings {
  const known = KNOWN.get(asked) ?? new Map<readonly Element[] | string, Findings>();
  KNOWN.set(asked, known);
  const seen = known.get(elements);
  if (seen !== undefined) return seen;
  const key = JSON.stringify(elements);
  const found = known.get(key) ?? find(asked, elements);
  known.set(key, found).set(elements, found);
  return found;
}

const KNOWN = new WeakMap<FlinkCase, Map<readonly Element[] | string, Findings>>();

function find(asked: FlinkCase, elements: readonly Element[]): Findings {
  const alone = { ...asked, pattern: { ...asked.pattern, elements, skip: { to: "none" }, emit: "eager" } as const };
  return refusalOf(alone.pattern).length === 0 ? findByEngine(alone) : findByEnumerator(alone);
}

/** The roles of the matches that are reported under the skip strategy of the case. */
export function reportedOf(asked: FlinkCase): ReadonlySet<string> {
  const known = REPORTED.get(asked) ?? new Set(findReported(asked));
  REPORTED.set(asked, known);
  return known;
}

const REPORTED = new WeakMap<FlinkCase, ReadonlySet<string>>();

function findReported(asked: FlinkCase): readonly string[] {
  return refusalOf(asked.pattern).length === 0 ? findByEngine(asked).matches.map(rolesOf) : [];
}

/** How a case comes out in another reading: what it adds, and what it lacks. */
export type Changed = {
  readonly moreMatches: readonly Finding[];
  readonly fewerMatches: boolean;
  readonly moreTimeOuts: readonly Finding[];
  readonly fewerTimeOuts: boolean;
  readonly otherTimes: boolean;
  /** Other runs are open, or for longer. */
  readonly otherRuns: boolean;
};

const UNCHANGED: Changed = {
  moreMatches: [],
  fewerMatches: false,
  moreTimeOuts: [],
  fewerTimeOuts: false,
  otherTimes: false,
  otherRuns: false,
};

/** What a reading changes, alone or together with all others. */
export function changedBy(reading: Reading, asked: FlinkCase): Changed {
  const known = CHANGED.get(asked) ?? new Map<Reading, Changed>();
  CHANGED.set(asked, known);
  const changed = known.get(reading) ?? compareReadings(reading, asked);
  known.set(reading, changed);
  return changed;
}

const CHANGED = new WeakMap<FlinkCase, Map<Reading, Changed>>();

function compareReadings(reading: Reading, asked: FlinkCase): Changed {
  if (reading(asked).size === 0) return UNCHANGED;
  const { elements } = asked.pattern;
  const alone = compare(asked, elements, readBy([reading], asked));
  const all = READINGS.includes(reading) ? READINGS : [...READINGS, reading];
  const others = READINGS.filter((each) => each !== reading);
  const rest = readBy(others, asked);
  return rest === elements ? alone : join(alone, compare(asked, rest, readBy(all, asked)));
}

function compare(asked: FlinkCase, before: readonly Element[], after: readonly Element[]): Changed {
  const ours = definitionOf(asked, before);
  const other = definitionOf(asked, after);
  const matches = difference(ours.matches, other.matches, rolesOf);
  const timeOuts = difference(ours.timedOut, other.timedOut, withTime);
  const open = difference(ours.open, other.open, withTime);
  const isSame = new Set(ours.matches.map(withTime));
  const known = new Set(ours.matches.map(rolesOf));
  return {
    moreMatches: matches.more,
    fewerMatches: matches.fewer.length > 0,
    moreTimeOuts: timeOuts.more,
    fewerTimeOuts: timeOuts.fewer.length > 0,
    otherTimes: other.matches.some((each) => known.has(rolesOf(each)) && !isSame.has(withTime(each))),
    otherRuns: open.more.length + open.fewer.length > 0,
  };
}

function difference(
  before: readonly Finding[],
  after: readonly Finding[],
  textOf: (finding: Finding) => string,
): { readonly more: readonly Finding[]; readonly fewer: readonly Finding[] } {
  const inBefore = new Set(before.map(textOf));
  const inAfter = new Set(after.map(textOf));
  return {
    more: after.filter((each) => !inBefore.has(textOf(each))),
    fewer: before.filter((each) => !inAfter.has(textOf(each))),
  };
}

function join(one: Changed, other: Changed): Changed {
  return {
    moreMatches: [...one.moreMatches, ...other.moreMatches],
    fewerMatches: one.fewerMatches || other.fewerMatches,
    moreTimeOuts: [...one.moreTimeOuts, ...other.moreTimeOuts],
    fewerTimeOuts: one.fewerTimeOuts || other.fewerTimeOuts,
    otherTimes: one.otherTimes || other.otherTimes,
    otherRuns: one.otherRuns || other.otherRuns,
  };
}

/** As text, so that equal ones are equal. */
export function rolesOf({ taken }: Finding): string {
  return taken.map(({ step, index }) => `${step}@${index}`).join(" ");
}

function withTime(finding: Finding): string {
  return `${rolesOf(finding)} at ${finding.at}`;
}
