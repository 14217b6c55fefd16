import { service, topic } from "sequitur/service";
import { type Reading, warmingUp } from "./pattern.ts";

export default service({
  app: "cold-rooms",
  inputs: [topic<Reading>("readings", { key: (e) => e.room, time: (e) => e.at, outOfOrderness: "10s" })],
  patterns: [warmingUp],
});
