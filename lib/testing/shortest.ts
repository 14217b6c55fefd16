// Makes a stream shorter as long as it still shows what it shows.

import type { StreamEvent } from "./finder.ts";

/** Whether a stream shows what is to be shown. */
export type Shows = (stream: readonly StreamEvent[]) => boolean;

/** Such that no event can be left out, and events are a second apart, or come at once, wherever that will do. */
export function shortest(stream: readonly StreamEvent[], shows: Shows): readonly StreamEvent[] {
  let [before, best] = [stream, nearer(fewer(stream, shows), shows)];
  while (best !== before) {
    before = best;
    best = nearer(fewer(best, shows), shows);
  }
  return best;
}

function fewer(stream: readonly StreamEvent[], shows: Shows): readonly StreamEvent[] {
  let best = stream;
  for (let index = best.length - 1; index >= 0; index--) {
    const less = fromZero(best.toSpliced(index, 1));
    if (shows(less)) best = less;
  }
  return best;
}

function nearer(stream: readonly StreamEvent[], shows: Shows): readonly StreamEvent[] {
  let best = stream;
  for (let index = 1; index < best.length; index++) {
    if (gapBefore(best, index) === PLAIN_GAP_MS) continue;
    const tries = [PLAIN_GAP_MS, 0].map((gapMs) => withGap(best, index, gapMs));
    best = tries.find((each) => each !== null && shows(each)) ?? best;
  }
  return best;
}

function fromZero(stream: readonly StreamEvent[]): readonly StreamEvent[] {
  const start = stream[0]?.at ?? 0;
  return stream.map(({ value, at }) => ({ value, at: at - start }));
}

const PLAIN_GAP_MS = 1_000;

function gapBefore(stream: readonly StreamEvent[], index: number): number {
  return (stream[index] as StreamEvent).at - (stream[index - 1] as StreamEvent).at;
}

/** The same with another gap before an event; `null` if it has that. */
function withGap(stream: readonly StreamEvent[], index: number, gapMs: number): readonly StreamEvent[] | null {
  const less = gapBefore(stream, index) - gapMs;
  return less === 0 ? null : stream.map((each, place) => (place < index ? each : { ...each, at: each.at - less }));
}
