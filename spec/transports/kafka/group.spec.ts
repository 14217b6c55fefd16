// Several processes that share a topic: who joins and who leaves, brokers that go away, positions that are gone. Nothing may
// be lost but what lived in the memory of who left: runs that were open then. What is sent twice has the same id.
import * as assert from "uvu/assert";
import { type JavaRecord, javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { salesService, type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import { allowMs, note } from "../../run/ask.ts";
import { judge } from "./handovers.ts";
import { nameFor, type OnKafka, runOnKafka, until } from "./kit.ts";

allowMs(180_000);

const PARTITIONS = 6;
const TRAFFIC: TrafficOptions = { events: 12_000, keys: 300, seed: 11 };

const broker = await requireBroker({ restarts: true });
const it = broker.suite("group");

/** Sends the traffic evenly over about so many milliseconds. */
async function* spread(overMs: number): AsyncGenerator<JavaRecord> {
  const all = [...traffic(TRAFFIC)];
  const pieces = Math.ceil(overMs / 100);
  const size = Math.ceil(all.length / pieces);
  for (let from = 0; from < all.length; from += size) {
    yield* all.slice(from, from + size);
    await pause(100);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Every position of the group is at the end of its partition. */
async function isThrough(app: string): Promise<boolean> {
  return asAdmin(broker, async (admin) => {
    const ends = await admin.fetchTopicOffsets(`${app}-in`);
    const [committed] = await admin.fetchOffsets({ groupId: app, topics: [`${app}-in`] });
    const positions = new Map(committed?.partitions.map(({ partition, offset }) => [partition, offset]));
    return (
      ends.reduce((sum, { high }) => sum + Number(high), 0) === TRAFFIC.events &&
      ends.every(({ partition, high }) => positions.get(partition) === high || high === "0")
    );
  });
}

async function untilThrough(app: string): Promise<void> {
  for (let tries = 0; !(await isThrough(app)); tries += 1) {
    if (tries > 300) throw new Error("the group does not reach the end of its topic");
    await pause(200);
  }
}

function lanesOf({ running }: OnKafka): number {
  return running.metrics().lanes.length;
}

it("shares partitions among two and three, and loses nothing as members join and leave under load", async () => {
  const app = nameFor("shared");
  await createTopic(broker, `${app}-in`, PARTITIONS);
  // A machine that is busy may keep the producer itself silent for some seconds.
  const join = (): OnKafka => runOnKafka(salesService(app, { idleAfter: "10s" }), broker.address);
  const written = javaProduce(broker, `${app}-in`, spread(6_000));
  const first = join();
  await until("the first has all lanes", () => lanesOf(first) === 6);
  const second = join();
  await until("two share", () => lanesOf(first) === 3 && lanesOf(second) === 3);
  const third = join();
  await until("three share", () => [first, second, third].every((member) => lanesOf(member) === 2));
  const { complete } = await first.running.stop();
  assert.ok(complete);
  await until("two are left", () => lanesOf(second) === 3 && lanesOf(third) === 3);
  const fourth = join();
  await until("three again", () => [second, third, fourth].every((member) => lanesOf(member) === 2));
  await written;
  await untilThrough(app);
  for (const member of [second, third, fourth]) await member.running.stop();
  const members = [first, second, third, fourth];
  const late = members.map(({ running }) => running.metrics().topics[0]?.late);
  assert.equal(late, [0, 0, 0, 0], "late events would explain missing alerts");
  const judged = await judge(broker, app, TRAFFIC, PARTITIONS, members);
  note(`joins and leaves: ${JSON.stringify(judged)}`);
  assert.ok(judged.handovers > 0, "lanes changed hands in the middle");
});

it("goes on where it was when the broker is killed and comes back, with everything in memory", async () => {
  const app = nameFor("restart");
  await createTopic(broker, `${app}-in`, PARTITIONS);
  const member = runOnKafka(salesService(app, { idleAfter: "5s" }), broker.address);
  const all = [...traffic(TRAFFIC)];
  await javaProduce(broker, `${app}-in`, all.slice(0, 6_000));
  await until("reading has begun", () => (member.running.metrics().topics[0]?.records ?? 0) > 1_000);
  await broker.kill();
  const written = javaProduce(broker, `${app}-in`, all.slice(6_000)); // waits for the broker, too
  await pause(60_000); // far longer than idleAfter: time must not go on
  await broker.restart();
  await written;
  await untilThrough(app);
  const { metrics } = await member.running.stop();
  const { late, records } = metrics.topics[0] ?? { late: -1, records: 0 };
  assert.equal([late, records], [0, TRAFFIC.events]);
  const judged = await judge(broker, app, TRAFFIC, PARTITIONS, [member]);
  note(`broker killed: ${JSON.stringify(judged)}`);
  assert.is(judged.cut, 0, "nothing is missing, since nobody left");
});

it("stops, and says what to do, when records were deleted before they were read; goes on behind them if told to", async () => {
  const app = nameFor("loss");
  await createTopic(broker, `${app}-in`, 1);
  const service = salesService(app);
  const all = [...traffic({ ...TRAFFIC, events: 300 })];
  await javaProduce(broker, `${app}-in`, all.slice(0, 100));
  const before = runOnKafka(service, broker.address);
  await until("the first are read", () => before.running.metrics().topics[0]?.records === 100);
  await pause(3_000);
  await before.running.stop();
  await javaProduce(broker, `${app}-in`, all.slice(100));
  await asAdmin(broker, async (admin) => {
    await admin.fetchTopicOffsets(`${app}-in`); // else kafkajs does not know the leader
    await admin.deleteTopicRecords({ topic: `${app}-in`, partitions: [{ partition: 0, offset: "200" }] });
  });
  const failing = runOnKafka(service, broker.address);
  const error = await failing.running.done.then(
    () => null,
    (thrown: Error & { code?: string }) => thrown,
  );
  assert.is(error?.code, "DATA_LOST");
  assert.match(
    error?.message ?? "",
    /partition 0 of ".*-in" were deleted before they were read: the log begins at 200/,
  );
  const going = runOnKafka(service, broker.address, { onDataLoss: "continue" });
  await until("the rest is read", () => going.running.metrics().topics[0]?.records === 100);
  await going.running.stop();
  assert.ok(going.lines.some(({ fields }) => fields["code"] === "DATA_LOST" && fields["lost"] === "100"));
});

it("reads what was never committed from its end, or from its beginning if told to", async () => {
  for (const [startFrom, records] of [
    ["latest", 1],
    ["earliest", 11],
  ] as const) {
    const app = nameFor(startFrom);
    await createTopic(broker, `${app}-in`, 1);
    const all = [...traffic({ ...TRAFFIC, events: 11 })];
    await javaProduce(broker, `${app}-in`, all.slice(0, 10));
    const member = runOnKafka(salesService(app), broker.address, { startFrom });
    await until("the lane is there", () => lanesOf(member) === 1);
    await pause(500);
    await javaProduce(broker, `${app}-in`, all.slice(10));
    await until("the last is read", () => member.running.metrics().topics[0]?.records === records);
    await member.running.stop();
  }
});

it.run();
