// Brings the made-up traffic to the embedded log: half a day in the time that one likes to watch, faster where nobody does.

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

/** How long the twelve hours take: on a terminal, and elsewhere. */
const WATCHED_MS = 40_000;
const UNWATCHED_MS = 4_000;
const TICK_MS = 20;

export const feed: Feed = async (log, { signal }) => {
  const { arrivals, stories } = cardTraffic(DEMO);
  const lastsMs = process.stdout.isTTY === true ? WATCHED_MS : UNWATCHED_MS;
  const alike = stories.length - DEMO.attacks;
  process.stderr.write(
    `Twelve hours of made-up card traffic in ${lastsMs / 1_000} seconds. Of ${DEMO.cards} cards ${DEMO.attacks} are attacked, and ${alike} only look like it.\n` +
      "Each line is an alert: when it happened, the pattern, the card, and what the pattern selects. Ctrl-C stops.\n\n",
  );
  const startedAt = performance.now();
  for (const { arrivesAt, event } of arrivals) {
    const dueMs = ((arrivesAt - DEMO.startAt) / DEMO.lengthMs) * lastsMs;
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
