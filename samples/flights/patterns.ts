// What happens to an aircraft in a month of departures from New York.

import { pattern } from "sequitur";

/** `at` is event time in milliseconds: the actual departure, of a cancelled flight the scheduled one. `delay` is in minutes, negative if early. */
export type FlightEvent = ({ type: "departed"; delay: number } & Flight) | ({ type: "cancelled" } & Flight);

type Flight = { at: number; tail: string | null; carrier: string; flight: string; origin: string; dest: string };

// biome-ignore format: one line is one step
/**
 * The delay of an aircraft rises strictly over three departures in a row, within 24 hours.
 *
 * In a row means: no other departure of the aircraft lies between, which is what the two absences say. A cancelled flight
 * between them does not matter, since nothing departed. With `next` instead of `followedBy` and its absence, it would end
 * the row. A row of four departures holds two of three, and both are reported.
 */
export const risingDelay = pattern<FlightEvent>("rising-delay")
  .begin("first").on("departed")
  .notFollowedBy("noWorse").on("departed").where((e, m) => e.delay.lte(m.first.delay))
  .followedBy("second").on("departed").where((e, m) => e.delay.gt(m.first.delay))
  .notFollowedBy("noWorseAgain").on("departed").where((e, m) => e.delay.lte(m.second.delay))
  .followedBy("third").on("departed").where((e, m) => e.delay.gt(m.second.delay))
  .within("24h")
  .select(({ first, second, third }) => ({
    tail: first.tail,
    flights: [first.flight, second.flight, third.flight],
    delays: [first.delay, second.delay, third.delay],
  }));

// biome-ignore format: one line is one step
/**
 * A flight is cancelled, and its aircraft does not depart within 12 hours after the time it should have. Known when the
 * twelve hours have passed: the alert carries that time.
 */
export const strandedAircraft = pattern<FlightEvent>("stranded-aircraft")
  .begin("cancelled").on("cancelled")
  .notFollowedBy("departure").on("departed")
  .within("12h")
  .select(({ cancelled }) => ({ tail: cancelled.tail, flight: cancelled.flight, origin: cancelled.origin }));
