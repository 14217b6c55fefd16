// Reading by shards on a real broker: whose they are, where reading begins, and what proves that this process still counts.

import { setTimeout as pause } from "node:timers/promises";
import type { Producer, Transaction } from "kafkajs";
import * as assert from "uvu/assert";
import { ConfigError, TransportError } from "../../../lib/core/errors.ts";
import type { InputBatch, Log, TopicPartition } from "../../../lib/runtime/ports.ts";
import type { ShardSource } from "../../../lib/runtime/shard-ports.ts";
import { clusterOf } from "../../../lib/transports/kafka/cluster.ts";
import type { KafkaDefinition } from "../../../lib/transports/kafka/options.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { endAll, nameFor, until } from "./kit.ts";
import { failureOf, outputTo, sourceOf, stateOf, writerOf } from "./state-kit.ts";

const broker = await requireBroker({ restarts: true });
const it = broker.suite("shard source");
it.after.each(endAll);

type Seen = {
  readonly source: ShardSource;
  /** What each join gave. */
  readonly joins: (readonly number[])[];
  /** Offsets of the records, in their order, by `topic-partition`. */
  readonly read: Map<string, bigint[]>;
  readonly batches: InputBatch[];
  /** Whether reading fails, as it was told. */
  readonly faltering: boolean[];
  readonly failures: Error[];
};

/** A process of `app` that reads by shards, and remembers what it is told. Ended by `endAll`. */
function memberOf(app: string, options: Partial<KafkaDefinition> = {}, log: Log = () => undefined) {
  const source = sourceOf(app, broker.address, { ...options, log });
  const seen: Seen = { source, joins: [], read: new Map(), batches: [], faltering: [], failures: [] };
  return {
    ...seen,
    start: (topics: readonly string[], shards: number) =>
      source.start(topics, shards, {
        onAssigned: (owned) => seen.joins.push(owned),
        onBatch: (batch) => {
          seen.batches.push(batch);
          const offsets = seen.read.get(keyOf(batch)) ?? [];
          seen.read.set(keyOf(batch), [...offsets, ...batch.records.map(({ offset }) => offset)]);
        },
        onFaltering: (isFaltering) => seen.faltering.push(isFaltering),
        onFailure: (error) => seen.failures.push(error),
      }),
    owned: () => seen.joins.at(-1) ?? [],
    readOf: (place: TopicPartition) => (seen.read.get(keyOf(place)) ?? []).map(Number),
  };
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/** Writes so many records to each of these partitions. */
async function write(topic: string, count: number, ...partitions: readonly number[]): Promise<void> {
  const messages = partitions.flatMap((partition) =>
    Array.from({ length: count }, (_, n) => ({ key: `k${n}`, value: `{"n":${n}}`, partition })),
  );
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic, messages });
    await producer.disconnect();
  });
}

it("reads nothing before it is told where, then from there, and again from elsewhere", async () => {
  const app = nameFor("told");
  const [a, b] = [`${app}-a`, `${app}-b`];
  await createTopic(broker, a, 4);
  await createTopic(broker, b, 4);
  await write(a, 6, 3);
  const member = memberOf(app);
  assert.is(await member.source.partitionCount(a), 4);
  await member.start([a, b], 2);
  assert.equal(member.joins, [[0, 1]]);
  const place = { topic: a, partition: 3 };
  const empty = { topic: b, partition: 3 };
  assert.equal(await member.source.bounds([empty, place]), [
    { start: 0n, end: 0n },
    { start: 0n, end: 6n },
  ]);
  await member.source.proveMembership();
  assert.equal(member.batches, []);
  member.source.read(place, 2n);
  assert.is(member.source.endOf(place), null); // nobody has said yet
  member.source.read(empty, 0n);
  await until("the rest is read", () => member.readOf(place).length === 4);
  assert.equal(member.readOf(place), [2, 3, 4, 5]);
  // A partition that is empty says so.
  await until("the empty one is told of", () => member.batches.some((each) => keyOf(each) === keyOf(empty)));
  assert.ok(member.batches.some((each) => keyOf(each) === keyOf(empty) && each.caughtUp));
  member.source.read(place, 5n);
  member.source.read(place, 1n);
  await until("it is read again", () => member.readOf(place).length >= 9);
  assert.equal(member.readOf(place).slice(-5), [1, 2, 3, 4, 5]);
  assert.is(member.source.endOf(place), 6n);
  member.source.pause(place);
  await write(a, 2, 3);
  await write(b, 1, 3);
  await until("the other goes on", () => member.readOf(empty).length === 1);
  assert.equal(member.readOf(place).at(-1), 5);
  member.source.resume(place);
  await until("it goes on", () => member.readOf(place).at(-1) === 7);
  assert.equal(member.failures, []);
});

it("what was paused for a while is read as soon as it is resumed, though nothing comes of other partitions", async () => {
  const app = nameFor("resumed");
  const topic = `${app}-in`;
  await createTopic(broker, topic, 2);
  const member = memberOf(app);
  await member.start([topic], 2);
  const place = { topic, partition: 0 };
  member.source.read(place, 0n);
  member.source.read({ topic, partition: 1 }, 0n);
  const waits: number[] = [];
  for (let round = 1; round <= 10; round += 1) {
    member.source.pause(place);
    await write(topic, 1, 0);
    await pause(300); // fetches that were asked for before are over
    const since = performance.now();
    member.source.resume(place);
    await until("it is read", () => member.readOf(place).length === round);
    waits.push(performance.now() - since);
  }
  const [median = 0] = waits.sort((one, other) => one - other).slice(5);
  assert.ok(median < 100, `${median} ms`);
  assert.equal(member.failures, []);
});

it("whole shards change hands; what is kept goes on by itself, what is gained waits to be told", async () => {
  const app = nameFor("hands");
  const topic = `${app}-in`;
  await createTopic(broker, topic, 5);
  const places = [0, 1, 2, 3, 4].map((partition) => ({ topic, partition }));
  const first = memberOf(app);
  await first.start([topic], 3);
  assert.equal(first.owned(), [0, 1, 2]);
  for (const place of places) first.source.read(place, 0n);
  await write(topic, 3, 0, 1, 2, 3, 4);
  await until("all are read", () => places.every((place) => first.readOf(place).length === 3));
  const second = memberOf(app);
  await second.start([topic], 3);
  await until("they share", () => first.owned().length + second.owned().length === 3);
  assert.equal([first.owned().length, second.owned().length], [2, 1]);
  const [moved = -1] = second.owned();
  const isMoved = ({ partition }: TopicPartition): boolean => partition % 3 === moved;
  first.source.read(places.find(isMoved) as TopicPartition, 0n); // not its own any more
  await write(topic, 2, 0, 1, 2, 3, 4);
  await until("what was kept is read on", () =>
    places.filter((place) => !isMoved(place)).every((place) => first.readOf(place).length === 5),
  );
  for (const place of places.filter((each) => !isMoved(each))) assert.equal(first.readOf(place), [0, 1, 2, 3, 4]);
  for (const place of places.filter(isMoved)) {
    assert.equal([first.readOf(place), second.readOf(place)], [[0, 1, 2], []]);
    second.source.read(place, 3n);
  }
  await until("the rest is read", () => places.filter(isMoved).every((place) => second.readOf(place).length === 2));
  await first.source.stop();
  await until("the other has all", () => second.owned().length === 3);
  await second.source.proveMembership();
  assert.equal([first.failures, second.failures], [[], []]);
});

it("before the group shares out anew a member saves, as far as the group can wait; who is new does not", async () => {
  const app = nameFor("saves");
  const topic = `${app}-in`;
  await createTopic(broker, topic, 2);
  const told: string[] = [];
  const logged: string[] = [];
  const member = memberOf(app, {}, (level, message) => logged.push(`${level} ${message}`));
  let saving = pause(100);
  const join = member.source.start([topic], 2, {
    onRebalancing: async () => {
      told.push("asked");
      await saving;
      told.push("saved");
    },
    onAssigned: (owned) => told.push(`${owned.length} assigned`),
    onBatch: () => undefined,
    onFailure: (error) => told.push(error.message),
  });
  await join;
  assert.equal(told, ["2 assigned"]);
  const other = memberOf(app);
  await other.start([topic], 2);
  await until("it has joined", () => told.length === 4);
  assert.equal(told, ["2 assigned", "asked", "saved", "1 assigned"]);
  const isLate = (line: string): boolean => line.startsWith("info not all shards could be saved in time");
  assert.is(logged.filter(isLate).length, 0);
  saving = new Promise(() => undefined);
  await other.source.stop();
  await until("it has joined without", () => told.length === 6);
  assert.equal(told.slice(4), ["asked", "2 assigned"]);
  assert.is(logged.filter(isLate).length, 1);
});

it("who was put out of the group proves nothing until it is in again", async () => {
  const app = nameFor("put-out");
  const topic = `${app}-in`;
  await createTopic(broker, topic, 2);
  const member = memberOf(app);
  await member.start([topic], 2);
  await asAdmin(broker, async (admin, kafka) => {
    const { groups } = await admin.describeGroups([app]);
    const cluster = clusterOf(kafka);
    await cluster.connect();
    const coordinator = await cluster.findGroupCoordinator({ groupId: app });
    const leaving = coordinator as unknown as { leaveGroup(request: object): Promise<unknown> };
    await leaving.leaveGroup({ groupId: app, memberId: groups[0]?.members[0]?.memberId });
    await cluster.disconnect();
  });
  assert.is(member.joins.length, 1);
  await member.source.proveMembership();
  assert.ok(member.joins.length >= 2, "it joined again first");
});

it("while the broker is away nothing is proven, and reading fails; when it is back, it is", async () => {
  const app = nameFor("away");
  const topic = `${app}-in`;
  await createTopic(broker, topic, 3);
  await write(topic, 2, 1, 2);
  const member = memberOf(app);
  await member.start([topic], 1);
  member.source.read({ topic, partition: 0 }, 0n);
  member.source.read({ topic, partition: 2 }, 2n);
  await broker.kill();
  let isProven = false;
  const proof = member.source.proveMembership().then(() => {
    isProven = true;
  });
  await until("its silence is told of", () => member.batches.at(-1)?.caughtUp === false);
  assert.equal(member.faltering, [], "not yet");
  await until("it lasts", () => member.faltering.length > 0);
  assert.not.ok(isProven);
  for (const endsAt = Date.now() + 2_000; Date.now() < endsAt; await pause(20)) {
    member.source.read({ topic, partition: 1 }, 1n);
    member.source.pause({ topic, partition: 2 });
  }
  await broker.restart();
  await proof;
  await until("it is over", () => member.faltering.length > 1);
  assert.equal(member.faltering, [true, false]);
  await write(topic, 1, 0, 2);
  await until("it reads on", () => member.readOf({ topic, partition: 0 }).length === 1);
  await until("what was told meanwhile is read", () => member.readOf({ topic, partition: 1 }).length === 1);
  assert.equal(member.readOf({ topic, partition: 1 }), [1]);
  assert.equal(member.readOf({ topic, partition: 2 }), [], "what was paused meanwhile");
  member.source.resume({ topic, partition: 2 });
  await until("it goes on", () => member.readOf({ topic, partition: 2 }).length === 1);
  assert.equal(member.failures, []);
});

it("begins where the group stands, else where startFrom says; what is shown is where the group stands", async () => {
  const app = nameFor("begins");
  const topic = `${app}-in`;
  await createTopic(broker, topic, 3);
  await write(topic, 5, 0, 1);
  const places = [0, 1, 2].map((partition) => ({ topic, partition }));
  const first = memberOf(app, { startFrom: "latest" });
  await first.start([topic], 3);
  assert.equal(await first.source.beginnings(places), [5n, 5n, 0n]);
  first.source.show([{ topic, partition: 0, position: 1n }]);
  first.source.show([{ topic, partition: 0, position: 2n }]);
  await first.source.stop();
  const second = memberOf(app, { startFrom: "earliest" });
  await second.start([topic], 3);
  assert.equal(await second.source.beginnings(places), [2n, 0n, 0n]);
  second.source.show([{ topic, partition: 1, position: 4n }]);
  await until("it is shown meanwhile", async () => (await second.source.beginnings(places))[1] === 4n);
});

it("what is not committed yet is beyond the end", async () => {
  const app = nameFor("open");
  const topic = `${app}-in`;
  await createTopic(broker, topic, 1);
  await write(topic, 3, 0);
  const other = stateOf(app, broker.address).state;
  await other.open(1, [topic]);
  const transaction = await (await writerOf(other, 0)).begin();
  await transaction.send({ outputs: [outputTo(topic, "open")], blocks: [] });
  const member = memberOf(app);
  await member.start([topic], 1);
  assert.equal(await member.source.bounds([{ topic, partition: 0 }]), [{ start: 0n, end: 3n }]);
});

it("records that were deleted before they were read end it, or are told of and passed over", async () => {
  for (const onDataLoss of ["fail", "continue"] as const) {
    const app = nameFor(`deleted-${onDataLoss}`);
    const topic = `${app}-in`;
    await createTopic(broker, topic, 1);
    await write(topic, 6, 0);
    await asAdmin(broker, async (admin) => {
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "4" }] });
    });
    const place = { topic, partition: 0 };
    const told: unknown[] = [];
    const log: Log = (level, _, fields) => level === "error" && told.push(fields);
    const member = memberOf(app, { onDataLoss }, log);
    await member.start([topic], 1);
    member.source.read(place, 1n);
    if (onDataLoss === "fail") {
      await until("it fails", () => member.failures.length > 0);
      const [error] = member.failures as [TransportError];
      assert.instance(error, TransportError);
      assert.equal([error.code, error.retriable, member.readOf(place)], ["DATA_LOST", false, []]);
    } else {
      await until("the rest is read", () => member.readOf(place).length === 2);
      assert.equal(member.readOf(place), [4, 5]);
      assert.equal(told, [{ code: "DATA_LOST", ...place, lost: "3" }]);
    }
  }
});

it("tells how far inputs can be read, and whose transactions are open in them", async () => {
  const app = nameFor("open");
  const topic = `${app}-in`;
  await createTopic(broker, topic, 3);
  await write(topic, 2, 0, 1);
  const { source } = memberOf(app);
  const places = [2, 1, 0].map((partition) => ({ topic, partition }));
  const nothing = { stable: 0n, end: 0n };
  const two = { stable: 2n, end: 2n };
  assert.equal(await source.ends(places), [nothing, two, two]);
  assert.equal(await source.openTransactions({ topic, partition: 1 }), []);
  await asAdmin(broker, async (_, kafka) => {
    const [first, second] = ["first", "second"].map((name) =>
      kafka.producer({ transactionalId: `${app}-${name}`, transactionTimeout: 50_000, maxInFlightRequests: 1 }),
    ) as [Producer, Producer];
    const begun = Date.now();
    const open: Transaction[] = [];
    for (const producer of [first, second]) {
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ partition: 1, value: "open" }] });
      open.push(transaction);
    }
    await write(topic, 3, 1);
    assert.equal(await source.ends(places), [nothing, { stable: 2n, end: 7n }, two]);
    const told = await source.openTransactions({ topic, partition: 1 });
    assert.equal(
      told.map(({ offset, transactionalId, timeoutMs }) => [offset, transactionalId, timeoutMs]),
      [
        [2n, `${app}-first`, 50_000],
        [3n, `${app}-second`, 50_000],
      ],
    );
    for (const { producerId, startedAt } of told) {
      assert.match(producerId, /^\d+$/);
      assert.ok(Math.abs((startedAt ?? 0) - begun) < 60_000);
    }
    assert.equal(await source.openTransactions({ topic, partition: 0 }), []);
    await open[0]?.commit();
    await until("the first has ended", async () => (await source.ends(places))[1]?.stable === 3n);
    await open[1]?.abort();
    await until("both have ended", async () => {
      const [, end] = await source.ends(places);
      return end !== undefined && end.stable === end.end;
    });
    await first.disconnect();
    await second.disconnect();
  });
  assert.is((await failureOf(source.ends([{ topic: `${app}-none`, partition: 0 }]))).code, "MISSING_TOPIC");
  assert.equal(await source.openTransactions({ topic: `${app}-none`, partition: 0 }), []);
});

it("does not start with more shards than lanes, nor without its topic", async () => {
  const app = nameFor("many");
  await createTopic(broker, `${app}-in`, 3);
  const error = await failureOf(memberOf(app).start([`${app}-in`], 4));
  assert.equal([error.code, error instanceof ConfigError], ["SHARD_COUNT", true]);
  assert.match(error.message, /has 4 shards, and topic "many-.*" has 3 partitions.*Set shards to 3 or less/);
  assert.is((await failureOf(memberOf(app).start([`${app}-none`], 1))).code, "MISSING_TOPIC");
});

it.run();
