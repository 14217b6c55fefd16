// Somebody has bought a list of stolen card numbers and wants to know which of them still work. He buys something for
// next to nothing three times, and if that goes through, something expensive, often from another country.

import { pattern } from "sequitur";

/** What the payment system says about a card. `at` is in milliseconds since 1970. */
export type CardEvent =
  | { type: "charge"; card: string; amount: number; country: string; at: number }
  | { type: "block"; card: string; at: number };

// biome-ignore format: one line is one step
/** Three tiny charges, then a large one in another country, within ten minutes, and nobody has blocked the card in between. */
export const cardTesting = pattern<CardEvent>("card-testing")
  .begin("probe").on("charge").where((e) => e.amount.lt(2)).times(3)
  .notFollowedBy("blocked").on("block")
  .followedBy("cashOut").on("charge").where((e, m) => e.amount.gt(500).and(e.country.ne(m.probe.last().country)))
  .within("10m")
  .skip("pastLast")
  .select((m) => ({ card: m.cashOut.card, stolen: m.cashOut.amount, probes: m.probe.length }));
