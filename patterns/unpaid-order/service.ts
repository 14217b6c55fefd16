import { service, topic } from "sequitur/service";
import { type OrderEvent, unpaidOrder } from "./pattern.ts";

export default service({
  app: "unpaid-orders",
  inputs: [topic<OrderEvent>("orders", { key: (e) => e.order, time: (e) => e.at, outOfOrderness: "1m" })],
  patterns: [unpaidOrder],
});
