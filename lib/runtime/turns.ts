// Work of several in slices, one slice in each turn of the event loop. If each had its slice in every turn, an answer from outside
// would wait for all of them, and one commit is made of many answers.
//
//     slice of 1 │ I/O │ slice of 2 │ I/O │ slice of 3 │ I/O │ slice of 1 …

import type { Clock } from "../time/clock.ts";

export interface Turns {
  /** Resolves when waiting I/O has had its turn, and all who asked before have had theirs. */
  next(): Promise<void>;
}

export function createTurns(clock: Pick<Clock, "breathe">): Turns {
  let last: Promise<void> = Promise.resolve();
  return {
    next() {
      last = last.then(() => clock.breathe());
      return last;
    },
  };
}
