// One of three processes that measure how late an alert is; which one is said by whoever starts it, and told what it found.
//
//     writer ─ events of now ─▶ input ─▶ service ─▶ alerts ─▶ watcher
import { setTimeout as sleep } from "node:timers/promises";
import type { AlertJson } from "../../lib/runtime/alert.ts";
import type { Guarantee } from "../../lib/runtime/shard/outlet.ts";
import { kafkaTransport } from "../../lib/service/kafka-transport.ts";
import { runService } from "../../lib/service/run.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { loadKafkajs } from "../../lib/transports/kafka/kafkajs.ts";
import { definitionOf } from "../transports/kafka/kit.ts";
import { COMMIT_EVERY_MS } from "./figures.ts";
import { type Written, writeAtEvenPace } from "./latency-writer.ts";
import { benchService, type Size, withinAt } from "./stream.ts";

export type LatencyPlan = {
  readonly address: string;
  readonly app: string;
  readonly input: string;
  readonly partitions: number;
  readonly shards: number;
  readonly guarantee: Guarantee;
  readonly bytes: Size;
  readonly perSecond: number;
  readonly measuredMs: number;
};

/** What each finds. */
export type Found = { readonly serve: null; readonly watch: readonly SeenAlert[]; readonly write: Written };

/** An alert: when the event that completed it was sent, and when it was seen. */
export type SeenAlert = readonly [sentAt: number, seenAt: number];

export type Role = keyof Found;

/** What it tells the process that has started it, which tells it `"end"`. */
export type Told = { readonly kind: "ready" } | { readonly kind: "found"; readonly found: Found[Role] };

/** Until the code of all three is compiled and sessions are settled nobody's time counts. */
const WARM_UP_MS = 15_000;
const TICK_MS = 5;
const QUIET_MS = 3_000;
const FETCH_WAIT_MS = 100;

const ROLES = { serve, watch, write };
const [role = "", plan = ""] = process.argv.slice(2);
const isToEnd = new Promise<void>((resolve) => process.once("message", () => resolve()));
process.once("disconnect", () => process.exit(1)); // who started it is gone
const found = await ROLES[role as Role](JSON.parse(plan) as LatencyPlan);
await tell({ kind: "found", found });
process.exit();

function tell(told: Told): Promise<void> {
  return new Promise((resolve) => process.send?.(told, () => resolve()));
}

async function serve({ address, app, input, shards, guarantee, perSecond }: LatencyPlan): Promise<Found["serve"]> {
  const service = benchService(app, { input, withinMs: withinAt(perSecond) });
  const settings = { guarantee, shards, commitEveryMs: COMMIT_EVERY_MS, sessionTimeoutMs: 30_000 };
  const parts = { instance: app, clock: systemClock, log: (): void => undefined };
  const running = runService(service, {
    ...parts,
    ...kafkaTransport(service, definitionOf(app, address, settings), parts),
  });
  while (!running.metrics().assigned) await Promise.race([sleep(50), running.done]);
  await tell({ kind: "ready" });
  await Promise.race([isToEnd, running.done]);
  await running.stop();
  return null;
}

/** Sees what is committed. */
async function watch({ address, app }: LatencyPlan): Promise<Found["watch"]> {
  const consumer = clientOf(address).consumer({ groupId: `${app}-watch`, maxWaitTimeInMs: FETCH_WAIT_MS });
  const seen: SeenAlert[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [`${app}-alerts`], fromBeginning: true });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { messages } }) => {
      const seenAt = Date.now();
      for (const { value } of messages) {
        const { lastAt } = JSON.parse(String(value)) as AlertJson;
        seen.push([Date.parse(lastAt), seenAt]);
      }
    },
  });
  await joined;
  await tell({ kind: "ready" });
  await isToEnd;
  for (let heardAt = Date.now(), heard = seen.length; Date.now() - heardAt < QUIET_MS; await sleep(TICK_MS))
    if (seen.length > heard) [heard, heardAt] = [seen.length, Date.now()];
  return seen;
}

async function write(plan: LatencyPlan): Promise<Found["write"]> {
  return writeAtEvenPace(clientOf(plan.address), plan, WARM_UP_MS);
}

function clientOf(address: string) {
  const kafkajs = loadKafkajs({ patched: true, log: () => undefined });
  return new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING });
}
