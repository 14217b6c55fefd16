// One of two processes is killed while somebody watches the alerts of both, read committed.
import { setTimeout as sleep } from "node:timers/promises";
import { loadKafkajs } from "../../lib/transports/kafka/kafkajs.ts";
import { asAdmin } from "../broker/topics.ts";
import { endLater, produceMeanwhile, until } from "../transports/kafka/kit.ts";
import { pairs } from "./crowd.ts";
import type { Field } from "./field.ts";
import { oneOf } from "./scenario.ts";

export type Watched = {
  /** How many shards lost their process. */
  readonly shards: number;
  /** To the first alert that rests on an event of their inputs that was written after the kill. */
  readonly firstMs: number;
  /** The longest time without an alert of the other shards, after the kill and in as long a time before it. */
  readonly gapMs: number;
  readonly gapBeforeMs: number;
};

const WATCH_MS = 30_000;
const PAIRS_EACH_MS = 20;

/** Needs a field with two processes that share all shards; `keys`: numbers of events begin behind them. */
export async function killOneAndWatch(field: Field, keys: number): Promise<Watched> {
  const alerts = await watch(field);
  const written = produceMeanwhile(field.broker, `${field.app}-in`, paced(keys), { withinMs: 10 * WATCH_MS });
  written.catch(() => undefined);
  await until("alerts come", () => alerts.length > 0);
  await sleep(WATCH_MS);
  const victim = oneOf(field.living(), field.chance);
  const lost = new Set(victim.shards());
  const ends = await endsOf(field);
  const killedAt = Date.now();
  victim.kill("SIGKILL");
  const isOfLost = ({ partition }: SeenAlert): boolean => lost.has(partition % field.partitions);
  const isNew = (each: SeenAlert): boolean =>
    isOfLost(each) && each.at > killedAt && each.offset >= (ends.get(each.partition) ?? 0);
  await until("the other goes on", () => alerts.some(isNew), 10 * WATCH_MS);
  await until("all was watched", () => Date.now() > killedAt + WATCH_MS, 2 * WATCH_MS);
  const others = alerts.filter((each) => !isOfLost(each)).map(({ at }) => at);
  return {
    shards: lost.size,
    firstMs: (alerts.find(isNew)?.at ?? 0) - killedAt,
    gapMs: longestGap(others.filter((at) => at > killedAt - 1_000)),
    gapBeforeMs: longestGap(others.filter((at) => at < killedAt)),
  };
}

async function* paced(keys: number) {
  for (const record of pairs(keys)) {
    yield record;
    await sleep(PAIRS_EACH_MS / 2);
  }
}

/** Where the event that completed it stands, and when it was seen. */
type SeenAlert = { readonly partition: number; readonly offset: number; readonly at: number };

/** All alerts from now on, as they come. */
async function watch({ broker, app }: Field): Promise<readonly SeenAlert[]> {
  const kafkajs = loadKafkajs({ patched: true, log: () => undefined });
  const kafka = new kafkajs.Kafka({ brokers: [broker.address], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `${app}-watch`, maxWaitTimeInMs: 100 });
  endLater(() => consumer.disconnect());
  const seen: SeenAlert[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [`${app}-alerts`], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { value } }) => {
      const { provenance } = JSON.parse(String(value)) as { provenance: { partition: number; offset: string }[] };
      const last = provenance.at(-1);
      if (last !== undefined) seen.push({ partition: last.partition, offset: Number(last.offset), at: Date.now() });
    },
  });
  return seen;
}

function endsOf({ broker, app }: Field): Promise<ReadonlyMap<number, number>> {
  return asAdmin(broker, async (admin) => {
    const ends = await admin.fetchTopicOffsets(`${app}-in`);
    return new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
  });
}

function longestGap(times: readonly number[]): number {
  return Math.max(0, ...times.slice(1).map((at, index) => at - (times[index] ?? at)));
}
