// A bearing runs hot: its temperature does not jump, it climbs, reading by reading.

import { pattern } from "sequitur";

/** What a sensor says. `at` is an ISO 8601 text with its zone. */
export type Reading = { sensor: string; celsius: number; at: string };

// biome-ignore format: one line is one step
/**
 * Five readings or more, each above the one before and less than two minutes after it. Reported once, as a whole, when the
 * climb is over: at the first reading that is not higher, or when two minutes have passed without one.
 */
export const risingReadings = pattern<Reading>("rising-readings")
  .begin("climb").timesOrMore(5).where((e, m) => m.climb.length.eq(0).or(e.celsius.gt(m.climb.last().celsius)))
    .consecutive().greedy().maxGap("2m")
  .skip("pastLast")
  .select(({ climb }) => ({ sensor: climb[0].sensor, readings: climb.length, from: climb[0].celsius, to: climb.at(-1)?.celsius }));
