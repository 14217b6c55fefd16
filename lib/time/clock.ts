// The only place where the time of the machine enters. Everything else is told what time it is.

import type { Instant } from "./instant.ts";

/** Wall time and timers, as a port: tests give their own. */
export interface Clock {
  now(): Instant;
  /** Calls `act` once, `delayMs` from now, unless the returned function was called before. Until then the process is kept alive: what waits is not done. */
  after(delayMs: number, act: () => void): () => void;
  /** Resolves when waiting I/O has had its turn. */
  breathe(): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, act) => {
    const timer = setTimeout(act, delayMs);
    return () => clearTimeout(timer);
  },
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
};
