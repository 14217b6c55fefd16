// Card traffic as it comes through Kafka: bursts of one card after the other, out of order within a bound, some events late,
// some records broken. The same for the same seed.
import { pattern } from "../../lib/index.ts";
import type { ServiceDefinition } from "../../lib/service/definition.ts";
import { service, topic } from "../../lib/service/index.ts";
import type { KafkaOptions } from "../../lib/transports/kafka/options.ts";
import type { JavaRecord } from "../broker/java-produce.ts";

export type Sale = {
  /** Names the event. */
  readonly n: number;
  readonly type: "probe" | "spend";
  readonly card: string;
  readonly amount: number;
  readonly at: number;
};

export type TrafficOptions = {
  readonly events: number;
  readonly keys: number;
  readonly seed: number;
  /** Shares of all events. */
  readonly late?: number;
  readonly broken?: number;
};

export const OUT_OF_ORDERNESS_MS = 2_000;
/** Event time passes that much from one event to the next. */
const STEP_MS = 10;
const START_AT = Date.parse("2026-03-02T09:00:00Z");
const LATE_BY_MS = 60_000;
const BURST = 4;

/** Records in the order of sending. */
export function* traffic({ events, keys, seed, late = 0, broken = 0 }: TrafficOptions): Generator<JavaRecord> {
  const chance = randomNumbers(seed);
  let card = "";
  for (let n = 0; n < events; n += 1) {
    if (n % BURST === 0) card = `card-${Math.floor(chance() * keys)}`;
    const isLate = chance() < late;
    const behindMs = isLate ? LATE_BY_MS : Math.floor(chance() * (OUT_OF_ORDERNESS_MS - STEP_MS * BURST));
    const sale: Sale = {
      n,
      type: chance() < 0.6 ? "probe" : "spend",
      card,
      amount: Math.floor(chance() * 1_000),
      at: START_AT + n * STEP_MS - behindMs,
    };
    yield { key: card, value: chance() < broken ? brokenForm(sale) : JSON.stringify(sale) };
  }
}

function brokenForm(sale: Sale): string {
  const forms = [
    "{ not json",
    "[1,2,3]",
    JSON.stringify({ ...sale, card: null }),
    JSON.stringify({ ...sale, at: "soon" }),
  ];
  return forms[sale.n % forms.length] as string;
}

/** One event is enough: it has no open runs. */
export const large = pattern<Sale>("large")
  .begin("spend")
  .on("spend")
  .where((e) => e.amount.gt(950))
  .select((m) => m.spend.n);

export const testing = pattern<Sale>("testing")
  .begin("probe")
  .on("probe")
  .where((e) => e.amount.lt(500))
  .followedBy("spend")
  .on("spend")
  .where((e, m) => e.amount.gt(m.probe.amount))
  .within("30s")
  .skip("pastLast")
  .select((m) => `${m.probe.n}-${m.spend.n}`);

export type SalesOptions = {
  readonly idleAfter?: "2s" | "10s" | "20s";
  readonly topic?: string;
  readonly kafka?: KafkaOptions;
};

/** The service under load. `name` keeps several apart on one cluster; it reads `<name>-in`, or `topic`. */
export function salesService(name: string, options: SalesOptions = {}): ServiceDefinition {
  return service({
    app: name,
    inputs: [
      topic<Sale>(options.topic ?? `${name}-in`, {
        key: (e) => e.card,
        time: (e) => e.at,
        outOfOrderness: OUT_OF_ORDERNESS_MS,
      }),
    ],
    patterns: [large, testing],
    ...(options.kafka === undefined ? {} : { kafka: options.kafka }),
    idleAfter: options.idleAfter ?? "2s",
    whenAllIdle: "clock",
  });
}

/** Numbers from 0 to 1: xorshift, as good as it has to be here. */
export function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
