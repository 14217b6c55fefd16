import { service, topic } from "sequitur/service";
import { type DoorEvent, leftOpen } from "./pattern.ts";

export default service({
  app: "doors",
  inputs: [topic<DoorEvent>("door-events", { key: (e) => e.door, time: (e) => e.at, outOfOrderness: "30s" })],
  patterns: [leftOpen],
});
