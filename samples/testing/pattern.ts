// A cold room warms up: the door stands open, or the compressor has stopped.

import { pattern } from "sequitur";

/** What a thermometer says. `at` is an ISO 8601 text with its zone. */
export type Reading = { room: string; celsius: number; at: string };

// biome-ignore format: one line is one step
/** Four readings in a row, each warmer than the one before, within half an hour. */
export const warmingUp = pattern<Reading>("warming-up")
  .begin("climb").times(4).consecutive().where((e, m) => m.climb.length.eq(0).or(e.celsius.gt(m.climb.last().celsius)))
  .within("30m")
  .skip("pastLast")
  .select(({ climb }) => ({ room: climb[0].room, from: climb[0].celsius, to: climb[3].celsius }));
