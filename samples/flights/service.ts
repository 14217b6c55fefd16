// Watches the aircraft that leave New York. Run it on the file beside it; README.md says how.

import { parseDuration } from "sequitur";
import { env, service, topic } from "sequitur/service";
import { type FlightEvent, risingDelay, strandedAircraft } from "./patterns.ts";

// A flight that leaves the next day stands in the file where it should have left: up to 21.8 hours jump ahead. The variable
// is for trying what happens when less is allowed.
const allowed = "FLIGHTS_OUT_OF_ORDERNESS";
const outOfOrderness = parseDuration(env(allowed, "24h"), allowed);

export default service({
  app: "flights",
  inputs: [topic<FlightEvent>("flights", { key: (e) => e.tail, time: (e) => e.at, outOfOrderness })],
  patterns: [risingDelay, strandedAircraft],
});
