// Several processes that share a topic: who joins and who leaves, positions that are gone. Exactly once, nothing may be lost or there
// twice; at least once, nothing may be lost, and what is there twice has the same id.
import { setTimeout as pause } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { Guarantee } from "../../../lib/runtime/shard/outlet.ts";
import { consoleConsume } from "../../broker/console-consume.ts";
import { type JavaRecord, javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { alertsIn, expectedOf } from "../../kafka-load/expected.ts";
import { salesService, type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import { allowMs, note } from "../../run/ask.ts";
import { account } from "./account.ts";
import { decided, endAll, nameFor, type OnKafka, produceMeanwhile, runOnKafka, until, untilThrough } from "./kit.ts";

allowMs(300_000);

const PARTITIONS = 6;
const TRAFFIC: TrafficOptions = { events: 12_000, keys: 300, seed: 11 };

const broker = await requireBroker();
const it = broker.suite("group");
it.after.each(endAll);

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

function lanesOf({ running }: OnKafka): number {
  return running.metrics().lanes.length;
}

/** Members of a group of their own that join and leave while traffic comes, until all of it is dealt with. */
async function joinAndLeave(app: string, guarantee: Guarantee): Promise<readonly OnKafka[]> {
  await createTopic(broker, `${app}-in`, PARTITIONS);
  // On a busy machine the producer itself may be silent for many seconds: time must not go on then, or its events are late.
  const join = (): OnKafka => runOnKafka(salesService(app, { idleAfter: "20s" }), broker.address, { guarantee });
  const written = produceMeanwhile(broker, `${app}-in`, spread(6_000));
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
  await untilThrough(broker, app, TRAFFIC.events);
  for (const member of [second, third, fourth]) await member.running.stop();
  const members = [first, second, third, fourth];
  const late = members.map(({ running }) => running.metrics().topics[0]?.late);
  assert.equal(late, [0, 0, 0, 0], "late events would explain missing alerts");
  const aloud = members.flatMap(({ lines }) => lines).filter(({ level }) => level === "warn" || level === "error");
  const normal = aloud.filter(({ message }) => /generation|rebalanc|member|coordinator|does not host/.test(message));
  assert.equal(normal, [], "nothing of the normal course of a group is a warning");
  return members;
}

it("shares partitions among two and three, and each alert is there once as members join and leave under load", async () => {
  const app = nameFor("shared");
  const members = await joinAndLeave(app, "exactly-once");
  const verdict = await account(broker, app, traffic(TRAFFIC), PARTITIONS);
  const takenOver = members
    .flatMap(({ lines }) => lines)
    .filter(({ message, fields }) => message === "a shard was taken over" && Number(fields["checkpoint"]) > 0);
  note(`joins and leaves, ${takenOver.length} shards restored: ${verdict}`);
  assert.ok(takenOver.length > 0, "shards changed hands in the middle");
});

it("at least once, each alert is there, and what is there twice has the same id", async () => {
  const app = nameFor("handed");
  await joinAndLeave(app, "at-least-once");
  const { alerts: expected } = expectedOf(traffic(TRAFFIC), PARTITIONS);
  const found = await consoleConsume(broker, `${app}-alerts`);
  const ids = new Set(found.map(({ headers }) => new Map(headers).get("id")));
  const said = new Set(alertsIn(found.map(({ value }) => value)));
  assert.equal([...said], expected);
  assert.is(ids.size, said.size);
  note(`joins and leaves, at least once: ${expected.length} alerts, ${found.length - ids.size} of them twice`);
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
    /^Records \d+ to 199 of partition 0 of ".*-in" were deleted before they were dealt with: the log begins at 200\. .*kafka\.onDataLoss/,
  );
  const going = runOnKafka(service, broker.address, { onDataLoss: "continue" });
  const rest = 200 - decided(before);
  await until("the rest is read", () => going.running.metrics().topics[0]?.records === rest);
  await going.running.stop();
  assert.ok(going.lines.some(({ fields }) => fields["code"] === "DATA_LOST" && fields["start"] === "200"));
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
