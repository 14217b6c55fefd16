// Writes events at an even pace: a turn every few milliseconds, with all that are due. The time of an event is that of its turn.
//
//     turn      now │ 300 events, all of now │ sent ─▶ …    5 ms    … turn
//     behind    the alerts that there have to be are counted afterwards, from the times of the turns: until then only writing costs
import { setTimeout as sleep } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { partitionOf } from "../../lib/transports/partitioner.ts";
import { randomNumbers } from "../kafka-load/traffic.ts";
import type { LatencyPlan } from "./latency-role.ts";
import { createLeanProducer } from "./lean-producer.ts";
import { accountOf, OUT_OF_ORDERNESS_MS, pairing, textOf, withinAt } from "./stream.ts";

/** What was written. */
export type Written = {
  /** The events that count were sent from the first time on and before the second. */
  readonly measured: readonly [from: number, until: number];
  /** How many alerts they complete. */
  readonly alerts: number;
  /** When events were sent. */
  readonly turns: readonly number[];
};

/** When it was, and how many events were sent with it and before. */
type Turn = readonly [at: number, events: number];

type Keyed = { readonly bytes: Buffer; readonly partition: number };

/** Written behind the events that count: time goes on by these. */
const BEHIND_MS = OUT_OF_ORDERNESS_MS + 1_000;
const TURN_MS = 5;
/** A writer that stood still catches up by turns: the broker takes a megabyte of a partition at once. */
const MOST_IN_TURN = 10_000;

/** Writes for as long as the plan says, and before that for `warmUpMs`. */
export async function writeAtEvenPace(kafka: Kafka, plan: LatencyPlan, warmUpMs: number): Promise<Written> {
  const { bytes, input, measuredMs, partitions, perSecond } = plan;
  const producer = await createLeanProducer(kafka, input, partitions);
  const [chance, keyedAs, turns] = [randomNumbers(1), keysOf(partitions), [] as Turn[]];
  const sending = new Set<Promise<unknown>>();
  const startAt = Date.now();
  const measured = [startAt + warmUpMs, startAt + warmUpMs + measuredMs] as const;
  let failure: { readonly error: unknown } | null = null;
  for (let [n, now] = [0, startAt]; now < measured[1] + BEHIND_MS; now = Date.now()) {
    const due = Math.min(((now - startAt) * perSecond) / 1_000, n + MOST_IN_TURN);
    for (; n < due; n += 1) {
      const account = accountOf(n, chance, () => now);
      const key = keyedAs(account.key);
      producer.add(key.partition, key.bytes, textOf(account, bytes));
    }
    if (n > (turns.at(-1)?.[1] ?? 0)) turns.push([now, n]);
    const sent = producer
      .send(now)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => sending.delete(sent));
    sending.add(sent);
    await sleep(TURN_MS);
    if (failure !== null) throw (failure as { readonly error: unknown }).error;
  }
  await Promise.all(sending);
  await producer.close();
  return { measured, alerts: alertsOf(turns, measured, perSecond), turns: turns.map(([at]) => at) };
}

/** Each key is made bytes, and given its partition, once. */
function keysOf(partitions: number): (key: string) => Keyed {
  const known = new Map<string, Keyed>();
  return (key) => {
    let keyed = known.get(key);
    if (keyed === undefined) {
      const bytes = Buffer.from(key);
      keyed = { bytes, partition: partitionOf(bytes, partitions) };
      known.set(key, keyed);
    }
    return keyed;
  };
}

function alertsOf(turns: readonly Turn[], [from, until]: Written["measured"], perSecond: number): number {
  const [chance, completedBy] = [randomNumbers(1), pairing(withinAt(perSecond))];
  let [n, alerts] = [0, 0];
  for (const [at, events] of turns)
    for (; n < events; n += 1) {
      const completed = completedBy(accountOf(n, chance, () => at));
      if (at >= from && at < until) alerts += completed;
    }
  return alerts;
}
