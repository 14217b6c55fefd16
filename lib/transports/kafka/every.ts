import type { Clock } from "../../time/clock.ts";

/** Does `act` again and again, with a pause of `everyMs` before each time, until the returned function is called. */
export function every(clock: Clock, everyMs: number, act: () => void): () => void {
  let cancel = clock.after(everyMs, again);
  let isOver = false;
  function again(): void {
    act();
    if (!isOver) cancel = clock.after(everyMs, again);
  }
  return () => {
    isOver = true;
    cancel();
  };
}
