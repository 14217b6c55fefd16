// What keeps a source from reading, once it lasts. A leader that moves, or a group that shares its partitions out anew, is the
// normal course of things and over sooner.

import type { Clock } from "../../time/clock.ts";

export interface Standstill {
  /** `what` fails from now on, unless it did before. */
  begins(what: symbol): void;
  /** It works again, or nobody wants it any more. */
  ends(what: symbol): void;
  /** What has begun, but not lasted long enough, is not told any more. */
  stop(): void;
}

const LASTING_MS = 5_000;

/** `tell` is called when the first of what fails has lasted too long, and when none has any more. */
export function createStandstill(clock: Clock, tell: (stands: boolean) => void): Standstill {
  const waiting = new Map<symbol, () => void>();
  const lasting = new Set<symbol>();
  return {
    begins(what) {
      if (waiting.has(what)) return;
      const cancel = clock.after(LASTING_MS, () => {
        lasting.add(what);
        if (lasting.size === 1) tell(true);
      });
      waiting.set(what, cancel);
    },
    ends(what) {
      waiting.get(what)?.();
      waiting.delete(what);
      if (lasting.delete(what) && lasting.size === 0) tell(false);
    },
    stop() {
      for (const cancel of waiting.values()) cancel();
    },
  };
}
