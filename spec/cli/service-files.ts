// A small service, as a user writes one: a probe, then a cash-out of the same card within ten minutes.

export const PATTERN_TS = `import { pattern } from "sequitur";

export type CardEvent = { type: "charge"; card: string; amount: number; at: number };

export const probing = pattern<CardEvent>("probing")
  .begin("probe").where((e) => e.amount.lt(2))
  .followedBy("cashOut").where((e) => e.amount.gt(500))
  .within("10m")
  .skip("pastLast")
  .select((m) => ({ card: m.cashOut.card, stolen: m.cashOut.amount }));
`;

export const SERVICE_TS = `import { service, topic } from "sequitur/service";
import { type CardEvent, probing } from "./pattern.ts";

export default service({
  app: "cards",
  inputs: [topic<CardEvent>("card-events", { key: (e) => e.card, time: (e) => e.at, outOfOrderness: "5s" })],
  patterns: [probing],
});
`;

/** A feed of twenty cards that are each probed and emptied; ends by itself. */
export const FINITE_FEED_TS = `
export async function feed(log, { signal }) {
  for (let card = 0; card < 20 && !signal.aborted; card += 1) {
    log.append("card-events", { key: "c" + card, value: { type: "charge", card: "c" + card, amount: 1, at: card * 1000 } });
    log.append("card-events", { key: "c" + card, value: { type: "charge", card: "c" + card, amount: 900, at: card * 1000 + 1 } });
    await log.room();
  }
}
`;

/** A feed that goes on until it is told to stop. */
export const ENDLESS_FEED_TS = `
export async function feed(log, { signal }) {
  for (let card = 0; !signal.aborted; card += 1) {
    const at = Date.now() - 3600000 + card * 1000;
    log.append("card-events", { key: "c" + card, value: { type: "charge", card: "c" + card, amount: 1, at } });
    log.append("card-events", { key: "c" + card, value: { type: "charge", card: "c" + card, amount: 900, at: at + 1 } });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
`;

type Charge = readonly [card: string, amount: number, at: number];

/** Events as lines of JSON. */
export function lines(charges: readonly Charge[]): string {
  return charges.map(([card, amount, at]) => `${JSON.stringify({ type: "charge", card, amount, at })}\n`).join("");
}

/** Cards a and b are probed; a is emptied in time, b too late, c was never probed. */
export const EVENTS: string = lines([
  ["a", 1, 1_000],
  ["b", 1, 1_500],
  ["a", 900, 2_000],
  ["c", 900, 3_000],
  ["b", 700, 700_000],
]);

/** What is printed of them. */
export const ALERT: string = '1970-01-01 00:00:02Z  probing  a  card: "a", stolen: 900\n';

/** Records, on time, late, dead-lettered, as the summary tells them. */
export function accounts(stderr: string): readonly number[] {
  const [, ...numbers] =
    /([\d,]+) records? of "card-events" = ([\d,]+) on time \+ ([\d,]+) late \+ ([\d,]+) dead letters?/.exec(stderr) ??
    [];
  return numbers.map((number) => Number(number.replaceAll(",", "")));
}
