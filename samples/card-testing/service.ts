// Reads card events, finds card testing, writes alerts. `npm start` runs it on made-up traffic.

import { service, topic } from "sequitur/service";
import { type CardEvent, cardTesting } from "./pattern.ts";

export { feed } from "./feed.ts";

export default service({
  app: "card-fraud",
  kafka: { startFrom: "earliest" }, // on Kafka, with --brokers: what was written before the first start counts, too
  inputs: [topic<CardEvent>("card-events", { key: (e) => e.card, time: (e) => e.at, outOfOrderness: "5s" })],
  patterns: [cardTesting],
  alerts: topic("card-alerts"),
});
