// The enumerator on thousands of streams of one pattern. What begins at an event depends on nothing before it, so it
// depends on the word that the stream spells from there on; and words recur:
//
//     a b a a c      what begins at the third event is what begins at the first of `a a c`, two positions and two
//         a a c      units of time later
//
// Each word is surveyed once, for what begins with its first event; of one that is longer than a window, only what can
// matter. exhaustive.spec.ts compares what is put together here with what the enumerator says of each stream as a whole.

import type { PatternAst } from "../../lib/pattern/ast.ts";
import { everyElement } from "../../lib/pattern/walk.ts";
import { END_OF_TIME } from "../../lib/time/instant.ts";
import { type Match, type Survey, survey } from "../oracle/enumerate.ts";
import { compareMoments, type Moment } from "../oracle/verdict.ts";
import type { OracleEvent } from "../oracle/world.ts";

/** The events that a word spells: one each unit of time, from 1. */
export function eventsOf(word: string): readonly OracleEvent[] {
  return [...word].map((type, index) => ({ value: { type }, at: index + 1 }));
}

/** What streams hold for a pattern, up to the end of time. Remembers every word it has seen. */
export type SharedOracle = {
  readonly survey: (stream: string) => Survey;
  /** Whether a run that began with any event of the stream can still become a match at its last event. */
  readonly isAnyOpen: (stream: string) => boolean;
};

/** Shares work among streams of up to `length` letters. */
export function shareOracle(pattern: PatternAst, length: number): SharedOracle {
  const words = new Map<string, Survey>();
  const streams = new Map<string, Survey>();
  const moments = new Map<number, readonly Moment[]>();
  const open = new Map<string, boolean>();
  const later = new Map<string, Pick<Survey, "matches" | "timedOut">>();

  const horizon = horizonOf(pattern);

  /** What begins with the first event of a word. */
  const surveyWord = (word: string): Survey => {
    // Nothing that is reported at an event depends on what comes after it: without deadlines, a word that goes on tells.
    const near = horizon === null ? word.padEnd(length, "a") : word.slice(0, horizon);
    return remember(words, near, () => survey(pattern, eventsOf(near), { until: END_OF_TIME, firsts: [1] }));
  };

  const shifted = (word: string, by: number): Pick<Survey, "matches" | "timedOut"> =>
    remember(later, word + by, () => {
      const { matches, timedOut } = surveyWord(word);
      const shift = (match: Match): Match => moveBy(by, match);
      const isKnown = ({ moment }: Match): boolean => moment.position < word.length + 1;
      return { matches: matches.filter(isKnown).map(shift), timedOut: timedOut.map(shift) };
    });

  const isOpen = (word: string, { at, position }: Moment): boolean => {
    const known = word.slice(0, Math.floor(position));
    return remember(open, `${known}@${at}`, () => surveyWord(known).isOpenAt(1, { at, position }));
  };

  const surveyStream = (stream: string): Survey =>
    remember(streams, stream, () => {
      const starts = [...stream].map((_, index) => shifted(stream.slice(index), index));
      return {
        moments: remember(
          moments,
          stream.length,
          () => survey(pattern, eventsOf(stream), { until: END_OF_TIME, firsts: [] }).moments,
        ),
        // Those that begin earlier come first, so it is enough to sort by moment.
        matches: starts.flatMap(({ matches }) => matches).sort(byMoment),
        timedOut: starts.flatMap(({ timedOut }) => timedOut).sort(byMoment),
        isOpenAt: (first, { at, position }) => {
          const before = first - 1;
          return isOpen(stream.slice(before), { at: at - before, position: position - before });
        },
      };
    });

  return {
    survey: surveyStream,
    isAnyOpen: (stream) =>
      [...stream].some((_, index) => {
        const length = stream.length - index;
        return isOpen(stream.slice(index), { at: length, position: length });
      }),
  };
}

/**
 * How many events can matter to what begins with the first of them: in a window those that come before all its
 * deadlines, and one more. `null`: any number, since there are no deadlines.
 */
function horizonOf(pattern: PatternAst): number | null {
  if (!hasDeadlines(pattern)) return null;
  if (pattern.withinMs === null) return Number.POSITIVE_INFINITY;
  const lastingMs = pattern.elements.map((element) => (element.kind === "absence" ? (element.forMs ?? 0) : 0));
  return pattern.withinMs + Math.max(...lastingMs) + 1;
}

/** Whether time alone may do something to a run. */
export function hasDeadlines({ withinMs, elements }: PatternAst): boolean {
  if (withinMs !== null) return true;
  return [...everyElement(elements)].some(
    ({ element }) => (element.kind === "absence" ? element.forMs : element.maxGapMs) !== null,
  );
}

function byMoment(one: Match, other: Match): number {
  return compareMoments(one.moment, other.moment);
}

function moveBy(by: number, { takes, moment }: Match): Match {
  return {
    takes: takes.map(({ step, position }) => ({ step, position: position + by })),
    moment: { at: moment.at + by, position: moment.position + by },
  };
}

function remember<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
