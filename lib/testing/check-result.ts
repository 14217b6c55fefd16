// What a checkup of a pattern needs, and what comes of each of its checks.

import type { PatternTest } from "./pattern-test.ts";

/** What came of one check. */
export type CheckResult = {
  readonly check: "matches" | "misses" | "parts" | "reference" | "law" | "tests" | "changes";
  /** `unknown`: nothing was found, which proves nothing. `missed`: the tests let wrong patterns pass. */
  readonly verdict: "passed" | "failed" | "unknown" | "missed";
  /** In a sentence without its end. */
  readonly text: string;
  /** What there is to show, line by line. */
  readonly details: readonly string[];
};

export type CheckupOptions = {
  /** Random streams for each law. */
  readonly runs: number;
  readonly seed: number;
  readonly tests: readonly PatternTest[];
  /** Events to use beside those that are made from the conditions. */
  readonly events: readonly object[];
  readonly signal: AbortSignal;
  /** Is told what is being done, and how far it is. */
  readonly onProgress: (what: string, done: number, all: number) => void;
  /** Is awaited now and then, so that others have their turn. */
  readonly breathe: () => Promise<void>;
};
