// Somebody ordered and walked away at the payment. An hour later the shop may remind him.

import { pattern } from "sequitur";

/** What a shop says about an order. `at` is an ISO 8601 text with its zone. */
export type OrderEvent =
  | { type: "ordered"; order: string; customer: string; total: number; at: string }
  | { type: "paid"; order: string; at: string }
  | { type: "cancelled"; order: string; at: string };

// biome-ignore format: one line is one step
/** An order that is neither paid nor cancelled within an hour. Known when the hour is over: the alert carries that time. */
export const unpaidOrder = pattern<OrderEvent>("unpaid-order")
  .begin("order").on("ordered")
  .notFollowedBy("payment").on("paid")
  .notFollowedBy("cancellation").on("cancelled")
  .within("1h")
  .select(({ order }) => ({ order: order.order, customer: order.customer, total: order.total }));
