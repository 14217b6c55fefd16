// A deadline for a stop: once it has begun, nothing is waited for beyond it.

import type { Clock } from "../time/clock.ts";

export interface Expiry {
  readonly isExpired: boolean;
  /** Begins to count, the first time it is called; `onExpired` is called once. */
  start(inMs: number, onExpired: () => void): void;
  /** Counts no more. */
  cancel(): void;
  /** Resolves as `work` does, or when time is over; rejects as `work` does before that. */
  orExpired<T>(work: Promise<T>): Promise<T | undefined>;
}

export function createExpiry(clock: Clock): Expiry {
  let isExpired = false;
  let isStarted = false;
  let cancel: () => void = () => undefined;
  let expire: () => void = () => undefined;
  const expired = new Promise<undefined>((resolve) => {
    expire = () => resolve(undefined);
  });
  return {
    get isExpired() {
      return isExpired;
    },
    start(inMs, onExpired) {
      if (isStarted) return;
      isStarted = true;
      cancel = clock.after(inMs, () => {
        isExpired = true;
        expire();
        onExpired();
      });
    },
    cancel: () => cancel(),
    orExpired: (work) => Promise.race([work, expired]),
  };
}
