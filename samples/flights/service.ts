// Watches the aircraft that leave New York. Run it on the file beside it; README.md says how.

import { service, topic } from "sequitur/service";
import { type FlightEvent, risingDelay, strandedAircraft } from "./patterns.ts";

// A flight that leaves the next day stands in the file where it should have left: up to 21.8 hours jump ahead.
const outOfOrderness = process.env["FLIGHTS_OUT_OF_ORDERNESS"] ?? "24h";

export default service({
  app: "flights",
  inputs: [topic<FlightEvent>("flights", { key: (e) => e.tail, time: (e) => e.at, outOfOrderness })],
  patterns: [risingDelay, strandedAircraft],
});
