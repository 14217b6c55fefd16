// Brings the made-up traffic to the embedded log: to a terminal as fast as one can watch, elsewhere at once.

import type { Feed } from "sequitur/service";
import { cardTraffic } from "./generator.ts";

const HOUR = 3_600_000;

/** What `npm start` shows. */
export const DEMO = {
  seed: 7,
  cards: 400,
  startAt: Date.UTC(2026, 2, 2, 8),
  lengthMs: 12 * HOUR,
  attacks: 10,
} as const;

/** How long the day takes on a terminal. */
const SHOW_MS = 40_000;
const TICK_MS = 50;

export const feed: Feed = async (log, { signal }) => {
  const { arrivals } = cardTraffic(DEMO);
  const live = process.stdout.isTTY === true;
  const startedAt = performance.now();
  for (const { arrivesAt, event } of arrivals) {
    const dueMs = live ? ((arrivesAt - DEMO.startAt) / DEMO.lengthMs) * SHOW_MS : 0;
    while (!signal.aborted && performance.now() - startedAt < dueMs) await pause(TICK_MS, signal);
    if (signal.aborted) return;
    log.append("card-events", { key: event.card, value: event });
    await log.room();
  }
};

/** Waits, but not for the sake of somebody who wants to go. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
