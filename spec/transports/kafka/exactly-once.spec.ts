// Every alert once, whoever dies when: services that keep their state in Kafka, on a real broker, hurt while they work. Their output is
// read with Kafka's own console consumer, and compared with what has to come out of the whole input.
import * as assert from "uvu/assert";
import { partitionOf } from "../../../lib/transports/partitioner.ts";
import { consoleConsume } from "../../broker/console-consume.ts";
import { type JavaRecord, javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { alertsIn, expectedOf } from "../../kafka-load/expected.ts";
import { type Sale, salesService, type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import { allowMs, note } from "../../run/ask.ts";
import type { Death } from "./dies-at.ts";
import { endAll, nameFor, produceMeanwhile, until } from "./kit.ts";
import { runShardsOnKafka, startShardProcess } from "./shards-kit.ts";

allowMs(300_000);

const PARTITIONS = 4;
/** On a busy machine a producer is slow, which is no silence. */
const SLOWLY = { idleAfter: "20s" } as const;

const broker = await requireBroker({ restarts: true });
const it = broker.suite("exactly once");
it.after.each(endAll);

/** Holds what `app` has written against what has to come out of `records`. */
async function judge(app: string, records: readonly JavaRecord[]): Promise<string> {
  const expected = expectedOf(records, PARTITIONS);
  const alerts = await consoleConsume(broker, `${app}-alerts`);
  const ids = alerts.map(({ headers }) => headers.find(([name]) => name === "id")?.[1]);
  const found = alertsIn(alerts.map(({ value }) => value));
  const missing = expected.alerts.filter((said) => !found.includes(said));
  const wrong = found.filter((said) => !expected.alerts.includes(said));
  const verdict = {
    expected: expected.alerts.length,
    found: found.length,
    missing: missing.length,
    wrong: wrong.length,
    twice: ids.length - new Set(ids).size,
  };
  const line = JSON.stringify(verdict);
  assert.equal(found, expected.alerts, line);
  assert.is(new Set(ids).size, ids.length);
  assert.is((await consoleConsume(broker, `${app}-late`)).length, expected.late);
  assert.is((await consoleConsume(broker, `${app}-dead-letters`)).length, expected.broken);
  return line;
}

/** Writes the last record of each partition, which lets time go on beyond all others, and waits until these are dealt with. */
async function closeAll(app: string): Promise<readonly JavaRecord[]> {
  const topic = `${app}-in`;
  const keys = Array.from({ length: 100 }, (_, n) => `last-${n}`);
  const last = [0, 1, 2, 3].map((partition) => {
    const card = keys.find((key) => partitionOf(Buffer.from(key), PARTITIONS) === partition) ?? "";
    const sale: Sale = { n: -1, type: "probe", card, amount: 999, at: Date.parse("2026-04-01T00:00:00Z") };
    return { partition, key: card, value: JSON.stringify(sale) };
  });
  let times = 0; // a broker that has just come back may ask for it again
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer({ idempotent: true });
    times += 1;
    await producer.connect();
    await producer.send({ topic, messages: last });
    await producer.disconnect();
  });
  await until("all is dealt with but the last of each partition", () =>
    asAdmin(broker, async (admin) => {
      const ends = await admin.fetchTopicOffsets(topic);
      const [shown] = await admin.fetchOffsets({ groupId: app, topics: [topic] });
      const positions = new Map(shown?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      return ends.every(({ partition, high }) => (positions.get(partition) ?? -1) >= Number(high) - times);
    }),
  );
  return last;
}

it("a service that is stopped and started again goes on where it stood, open runs and all", async () => {
  const app = nameFor("again");
  const options: TrafficOptions = { events: 6_000, keys: 200, seed: 11, late: 0.01, broken: 0.01 };
  const all = [...traffic(options)];
  await createTopic(broker, `${app}-in`, PARTITIONS);
  const first = runShardsOnKafka(salesService(app, SLOWLY), broker.address);
  await javaProduce(broker, `${app}-in`, all.slice(0, 3_000));
  await until("a part is read", () => first.running.metrics().topics[0]?.records === 3_000);
  await first.running.stop();
  await javaProduce(broker, `${app}-in`, all.slice(3_000));
  const second = runShardsOnKafka(salesService(app, SLOWLY), broker.address);
  const last = await closeAll(app);
  await second.running.stop();
  note(`stopped and started: ${await judge(app, [...all, ...last])}`);
});

/** Writes traffic until it is told that it is enough, at a pace that leaves the machine to others. */
function writeMeanwhile(app: string, options: TrafficOptions) {
  const written: JavaRecord[] = [];
  let isEnough = false;
  async function* steps(): AsyncGenerator<JavaRecord> {
    for (const record of traffic(options)) {
      if (isEnough) return;
      written.push(record);
      yield record;
      if (written.length % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 40));
    }
    throw new Error("all traffic was written before it was enough");
  }
  const writing = produceMeanwhile(broker, `${app}-in`, steps());
  return {
    finish: async (): Promise<readonly JavaRecord[]> => {
      isEnough = true;
      await writing;
      return written;
    },
  };
}

const SESSION_MS = 3_000;

/** Two barriers come first, one for each shard of the process. */
const DEATHS: readonly Death[] = [
  { api: "initProducerId", number: 1, when: "after" },
  { api: "produce", number: 1, when: "after" },
  { api: "endTxn", number: 2, when: "before" },
  { api: "endTxn", number: 2, when: "after" },
  { api: "addPartitionsToTxn", number: 4, when: "after" },
  { api: "produce", number: 4, when: "before" },
  { api: "produce", number: 5, when: "after" },
  { api: "endTxn", number: 4, when: "before" },
  { api: "endTxn", number: 4, when: "after" },
  { api: "endTxn", number: 9, when: "before" },
  { api: "endTxn", number: 10, when: "after" },
];

it("a process may die at any step: what it had said is said once", async () => {
  const app = nameFor("dies");
  await createTopic(broker, `${app}-in`, PARTITIONS);
  const survivor = runShardsOnKafka(salesService(app, SLOWLY), broker.address, {
    sessionTimeoutMs: SESSION_MS,
  });
  await until("it has all", () => survivor.running.metrics().lanes.length === PARTITIONS);
  const writer = writeMeanwhile(app, { events: 500_000, keys: 200, seed: 3 });
  for (const death of DEATHS) {
    const dying = startShardProcess(broker.address, app, SESSION_MS, death);
    assert.is(await dying.ended, null, `${JSON.stringify(death)}: it did not die there, but ended: ${dying.said()}`);
    assert.is(survivor.running.metrics().state, "running");
  }
  const written = [...(await writer.finish()), ...(await closeAll(app))];
  await survivor.running.stop();
  const unseen = (await consoleConsume(broker, `${app}-alerts`, { isolation: "read_uncommitted" })).length;
  const verdict = await judge(app, written);
  const seen = (await consoleConsume(broker, `${app}-alerts`)).length;
  assert.ok(unseen > seen, "alerts were in flight when it died");
  note(`${DEATHS.length} deaths while ${written.length} events came, ${unseen - seen} alerts in flight: ${verdict}`);
});

it("a process that sleeps through its session wakes up fenced, says nothing more of the old time, and goes on as a member", async () => {
  const app = nameFor("sleeps");
  await createTopic(broker, `${app}-in`, PARTITIONS);
  const other = runShardsOnKafka(salesService(app, SLOWLY), broker.address, {
    sessionTimeoutMs: SESSION_MS,
  });
  const writer = writeMeanwhile(app, { events: 500_000, keys: 200, seed: 4 });
  const sleeper = startShardProcess(broker.address, app, SESSION_MS);
  const lanes = (count: number) => () => other.running.metrics().lanes.length === count;
  for (const _ of [1, 2]) {
    await until("they share", lanes(PARTITIONS / 2));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    sleeper.kill("SIGSTOP");
    await until("the other has all", lanes(PARTITIONS));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    sleeper.kill("SIGCONT");
  }
  await until("they share again", lanes(PARTITIONS / 2));
  const written = [...(await writer.finish()), ...(await closeAll(app))];
  sleeper.kill("SIGTERM");
  assert.is(await sleeper.ended, 0, sleeper.said());
  await other.running.stop();
  note(`slept through its session twice: ${await judge(app, written)}`);
});

it("a broker that is killed under load takes nothing with it", async () => {
  const app = nameFor("killed");
  await createTopic(broker, `${app}-in`, PARTITIONS);
  const all = [...traffic({ events: 8_000, keys: 200, seed: 6 })];
  await javaProduce(broker, `${app}-in`, all);
  const sales = salesService(app, SLOWLY);
  const both = [runShardsOnKafka(sales, broker.address), runShardsOnKafka(sales, broker.address)];
  const read = (): number => both.reduce((sum, { running }) => sum + (running.metrics().topics[0]?.records ?? 0), 0);
  const at: number[] = [];
  for (const share of [0.1, 0.5]) {
    await until("a part is read", () => read() > share * all.length);
    at.push(read());
    await broker.kill();
    await broker.restart();
  }
  const last = await closeAll(app);
  for (const { running } of both) await running.stop();
  note(
    `broker killed when ${at.join(" and ")} of ${all.length} events were read: ${await judge(app, [...all, ...last])}`,
  );
});

it.run();
