import { service, topic } from "sequitur/service";
import { type Reading, risingReadings } from "./pattern.ts";

export default service({
  app: "rising-readings",
  inputs: [topic<Reading>("readings", { key: (e) => e.sensor, time: (e) => e.at, outOfOrderness: "10s" })],
  patterns: [risingReadings],
});
