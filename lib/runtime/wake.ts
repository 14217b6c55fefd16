// How a loop that has nothing to do is told that it has.

export interface Wake {
  /** Lets `wait` return: the one that waits, or the next one. */
  notify(): void;
  /** Resolves at the next `notify`, at once if there was one since it last returned. One waits at a time. */
  wait(): Promise<void>;
}

export function createWake(): Wake {
  let notified = false;
  let resume: (() => void) | null = null;
  return {
    notify() {
      notified = true;
      resume?.();
    },
    async wait() {
      if (!notified) {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        resume = null;
      }
      notified = false;
    },
  };
}
