// The newest records of a topic, read without a group: committed ones, bounded in number and time.

import type { Broker } from "kafkajs";
import type { InputRecord } from "../../runtime/ports.ts";
import { fetchCommitted } from "./fetch-committed.ts";
import { recordsOf } from "./kafkajs.ts";
import type { Asking } from "./preflight-asking.ts";

export type SampleLimits = {
  /** Of each topic, shared by its partitions. */
  readonly records: number;
  /** For all topics together. */
  readonly withinMs: number;
};

/** The newest records of a partition, oldest first. */
export type PartitionSample = {
  readonly partition: number;
  /** The first offset that the log still has. */
  readonly start: bigint;
  /** Behind the last committed record. */
  readonly end: bigint;
  readonly records: readonly InputRecord[];
};

type Reading = { readonly start: bigint; readonly end: bigint; next: bigint; readonly records: InputRecord[] };

/** No partition is asked for fewer. */
const LEAST_RECORDS = 20;
const MAX_BYTES = 4 * 1_048_576;
const MAX_PARTITION_BYTES = 262_144;
const MAX_WAIT_MS = 100;

/** Reads until it has the records, or the clock says `until`; in order of partitions. */
export async function sampleTopic(
  { admin, cluster, clock }: Asking,
  topic: string,
  partitions: number,
  { records, until }: { readonly records: number; readonly until: number },
): Promise<readonly PartitionSample[]> {
  const each = BigInt(Math.max(LEAST_RECORDS, Math.ceil(records / partitions)));
  const readings = new Map<number, Reading>();
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    const [start, end] = [BigInt(low), BigInt(high)];
    readings.set(partition, { start, end, next: end - each > start ? end - each : start, records: [] });
  }
  await cluster.addTargetTopic(topic);
  for (const [nodeId, led] of Object.entries(cluster.findLeaderForPartitions(topic, [...readings.keys()]))) {
    const broker = await cluster.findBroker({ nodeId });
    const theirs = led.map((partition) => [partition, readings.get(partition) as Reading] as const);
    let moved = true;
    while (moved && clock.now() < until) moved = await readOn(broker, topic, theirs);
  }
  return [...readings]
    .map(([partition, { start, end, records }]) => ({ partition, start, end, records }))
    .sort((a, b) => a.partition - b.partition);
}

/** One fetch from one broker. Whether it brought anything; `false` also when nothing is left to fetch. */
async function readOn(
  broker: Broker,
  topic: string,
  readings: readonly (readonly [number, Reading])[],
): Promise<boolean> {
  const open = new Map(readings.filter(([, { next, end }]) => next < end));
  if (open.size === 0) return false;
  const partitions = [...open].map(([partition, { next }]) => ({
    partition,
    fetchOffset: String(next),
    maxBytes: MAX_PARTITION_BYTES,
  }));
  let moved = false;
  const limits = { maxWaitTime: MAX_WAIT_MS, maxBytes: MAX_BYTES };
  for (const batch of await fetchCommitted(broker, topic, partitions, limits)) {
    const reading = open.get(batch.partition);
    if (!reading || batch.isEmptyIncludingFiltered()) continue;
    reading.records.push(...recordsOf(batch).filter(({ offset }) => offset < reading.end));
    reading.next = BigInt(batch.lastOffset()) + 1n;
    moved = true;
  }
  return moved;
}
