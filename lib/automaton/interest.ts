// Which events may do something to a pattern, told from the event alone, so that of many patterns those that an event concerns
// can be looked up.
//
//     begins a run, or makes a start test throw ── always
//     is taken by an open run, or ends one ─────── if its key has open runs
//     any event at all ─────────────────────────── if its key has open runs and the pattern is restless
//
// Too many events may be told, never too few. So a matcher that is not given the others says and holds the same.

import { type Fields, fieldsOf } from "../pattern/expression/looks-at.ts";
import type { Automaton, Test, TestId, Wait, WaitId } from "./automaton.ts";
import { ANY, both, type Clauses, clausesOf, either, oneOf } from "./clauses.ts";

/** The events that may do something to a pattern. */
export type Interest = {
  /** Events that may begin a run, and all that a function has to be asked about. */
  readonly begins: Clauses;
  /** Events that may do something to an open run. */
  readonly moves: Clauses;
  /** An open run may wait for the very next event of its key, whatever that is. */
  readonly restless: boolean;
  /** Fields of an event that the pattern may read. If reading one of them throws, nothing of the above is certain. */
  readonly reads: Fields["paths"];
};

/** What is known of a pattern of which nothing is known. */
export const INTERESTED_IN_ALL: Interest = { begins: ANY, moves: ANY, restless: true, reads: [] };

/** The events that may do something to the pattern that `automaton` was made of. Cost: its waits, times their tests. */
export function interestOf({ pattern, places, start, tests, waits }: Automaton): Interest {
  const starting = start.map((id) => waits[id] as Wait);
  const open = new Set<WaitId>(places.flatMap(({ follow }) => follow));
  const waiting = [...open].map((id) => waits[id] as Wait);
  const fitting = (asked: readonly (TestId | null)[]): Clauses => {
    const ids = new Set(asked.filter((id) => id !== null));
    return either([...ids].map((id) => clausesOfTest(tests[id] as Test, pattern.tag)));
  };
  return {
    begins: fitting(
      starting.flatMap(({ take, first, guards }) => [take, ...first, ...guards.map((each) => each.take)]),
    ),
    moves: fitting(waiting.flatMap(askedBy)),
    restless: waiting.some(isRestless),
    reads: readsOf(tests, pattern.tag),
  };
}

/** What may be asked of an event first, `takeUnless` left out: that is asked only if what may be taken fits. */
function askedBy({ take, stayUnless, first, guards }: Wait): readonly (TestId | null)[] {
  return [take, ...(stayUnless ?? []), ...first, ...guards.flatMap((guard) => [guard.take, ...guard.until])];
}

/** Whatever the very next event is, something of the wait is over with it. */
function isRestless({ stayUnless, first, guards }: Wait): boolean {
  return stayUnless === null || first.length > 0 || guards.some(({ consecutive }) => consecutive);
}

function clausesOfTest({ on, condition }: Test, tag: string): Clauses {
  const tagged = on === null ? ANY : oneOf({ kind: "field", of: { kind: "candidate" }, path: [tag] }, on);
  return condition === null ? tagged : both(tagged, clausesOf(condition));
}

function readsOf(tests: readonly Test[], tag: string): Fields["paths"] {
  const { paths } = fieldsOf(tests.flatMap(({ condition }) => condition ?? []));
  return tests.some(({ on }) => on !== null) ? [[tag], ...paths] : paths;
}
