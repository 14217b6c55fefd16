// Taken before any spec can replace them.
const setTimer = setTimeout;
const now = performance.now.bind(performance);

let whenIdle: (() => void) | undefined;
process.on("beforeExit", () => {
  const idle = whenIdle;
  if (idle === undefined) return;
  setImmediate(() => {}); // One more turn of the loop, or the event would not come again.
  idle();
});

/**
 * Waits for `work`, but neither for ever nor in vain: rejects when it takes longer than `limitMs`, which it may raise
 * while it works if that is a function, and at once when nothing is left in the process that could settle it.
 */
export async function settle<T>(work: () => T | Promise<T>, limitMs: number | (() => number)): Promise<T> {
  const limit = typeof limitMs === "number" ? () => limitMs : limitMs;
  const startedAt = now();
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    whenIdle = () => reject(new Error("its promise never settles: nothing is left that could settle it"));
    const look = (): void => {
      const leftMs = limit() - (now() - startedAt);
      if (leftMs <= 0) reject(new Error(`took longer than ${limit()} ms`));
      else timer = setTimer(look, Math.ceil(leftMs)).unref();
    };
    look();
  });
  try {
    return await Promise.race([new Promise<T>((resolve) => resolve(work())), bound]);
  } finally {
    clearTimeout(timer);
    whenIdle = undefined;
  }
}

/** True as soon as nothing keeps the process alive; false when something still does after `graceMs`. */
export function drained(graceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimer(() => resolve(false), graceMs);
    timer.unref();
    whenIdle = () => {
      clearTimeout(timer);
      resolve(true);
    };
  });
}
