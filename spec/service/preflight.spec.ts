// What a service is told before it is deployed, by a real broker: each thing that can be wrong, and nothing when nothing is.

import { crc32 } from "node:zlib";
import type { Message } from "kafkajs";
import * as assert from "uvu/assert";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { type InputOptions, type ServiceDefinition, service, topic } from "../../lib/service/index.ts";
import { type PreflightReport, preflight } from "../../lib/service/preflight.ts";
import { systemClock } from "../../lib/time/clock.ts";
import type { KafkaDefinition } from "../../lib/transports/kafka/options.ts";
import { partitionOf } from "../../lib/transports/partitioner.ts";
import { javaProduce } from "../broker/java-produce.ts";
import { requireBroker } from "../broker/require-broker.ts";
import { asAdmin, createTopic } from "../broker/topics.ts";
import { definitionOf, endAll, runOnKafka, until } from "../transports/kafka/kit.ts";

type Login = { user: string; at: number };

const broker = await requireBroker();
const it = broker.suite("preflight");
it.after.each(endAll);
const START = Date.UTC(2026, 0, 1);
let runs = 0;

/** Checks a service that reads these topics; its own topics and group are new each time. */
function check(
  inputs: Readonly<Record<string, InputOptions<Login>>>,
  changes: Partial<KafkaDefinition> & { readonly alerts?: string } = {},
): Promise<PreflightReport> {
  runs += 1;
  const { alerts = `alerts-${runs}`, ...kafka } = changes;
  const checked = service({
    app: `check-${runs}`,
    inputs: Object.entries(inputs).map(([name, options]) => topic<Login>(name, options)),
    patterns: [pattern<Login>("twice").begin("one").next("two").within("1m")],
    alerts: topic(alerts),
  });
  const definition: KafkaDefinition = {
    brokers: [broker.address],
    clientId: "spec",
    groupId: `check-${runs}`,
    tls: null,
    sasl: null,
    startFrom: "latest",
    onDataLoss: "fail",
    guarantee: "exactly-once",
    commitEveryMs: 100,
    shards: null,
    createTopics: { partitions: null, replicationFactor: null },
    patches: true,
    connectWithinMs: 20_000,
    connectionTimeoutMs: 5_000,
    requestTimeoutMs: 10_000,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 60_000,
    ...kafka,
  };
  return preflight(checked, definition, { log: () => {}, clock: systemClock });
}

const BY_USER: InputOptions<Login> = { key: (e) => e.user, time: (e) => e.at };

/** A login every second, of thirty users in turn, keyed. */
function logins(count: number, change: (login: Login, n: number) => object = (login) => login): Message[] {
  return Array.from({ length: count }, (_, n) => {
    const login = { user: `user-${n % 30}`, at: START + n * 1_000 };
    return { key: login.user, value: JSON.stringify(change(login, n)) };
  });
}

/** A topic with these records; kafkajs places what has no partition, by murmur2. */
async function filled(name: string, partitions: number, messages: Message[]): Promise<void> {
  await createTopic(broker, name, partitions);
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    await producer.send({ topic: name, messages });
    await producer.disconnect();
  });
}

function codes({ problems }: PreflightReport): string[] {
  return problems.map(({ code, severity, path }) => `${severity} ${code} ${path.join()}`.trim());
}

/** What the only problem says, remedy included. */
function words({ problems }: PreflightReport): string {
  assert.is(problems.length, 1, JSON.stringify(problems));
  return `${problems[0]?.message} ${problems[0]?.remedy}`;
}

it("finds nothing wrong where all is well, and says what it saw", async () => {
  await createTopic(broker, "cards", 6);
  await createTopic(broker, "alerts-1", 3);
  const records = logins(300).map(({ key, value }) => ({ key: String(key), value: String(value) }));
  await javaProduce(broker, "cards", records);
  const report = await check({ cards: BY_USER });
  assert.equal(report.problems, []);
  assert.equal(report.inputs, [
    {
      topic: "cards",
      partitions: 6,
      records: 300,
      events: 300,
      bad: [],
      keys: 30,
      oldest: "2026-01-01T00:00:00.000Z",
      newest: "2026-01-01T00:04:59.000Z",
      late: 0,
      disorderMs: 0,
      partitioner: "murmur2 (as Kafka's own clients do)",
    },
  ]);
  assert.equal(report.outputs, [
    { topic: "alerts-1", state: "found", partitions: 3 },
    { topic: "check-1-late", state: "to be created", partitions: null },
    { topic: "check-1-dead-letters", state: "to be created", partitions: null },
  ]);
  assert.equal(report.state, { topic: "check-1-state", state: "to be created", partitions: null, shards: 6 });
  assert.equal(report.group, { name: "check-1", members: 0, positions: 0, behind: 0 });
  assert.equal(report.notes, ['group "check-1" has no positions: it would begin with the latest records']);
  assert.equal([report.brokers, report.connection], [broker.address, `${broker.address} without TLS`]);
});

it("leaves everything as it was", async () => {
  await asAdmin(broker, async (admin) => {
    const before = [await admin.listTopics(), await admin.listGroups(), await admin.fetchTopicOffsets("cards")];
    await check({ cards: BY_USER });
    assert.equal([await admin.listTopics(), await admin.listGroups(), await admin.fetchTopicOffsets("cards")], before);
  });
});

it("reads the newest records only, and committed ones only", async () => {
  await createTopic(broker, "long", 2);
  const records = logins(3_000).map(({ key, value }) => ({ key: String(key), value: String(value) }));
  await javaProduce(broker, "long", records);
  await javaProduce(broker, "long", [...records.slice(0, 100), { end: "abort" }], { transactionalId: "aborts" });
  await until("the aborted transaction is over in both partitions", async () => {
    const ends = await asAdmin(broker, (admin) => admin.fetchTopicOffsets("long"));
    return ends.reduce((sum, { high }) => sum + Number(high), 0) === 3_000 + 100 + 2;
  });
  const { inputs, problems } = await check({ long: BY_USER });
  assert.equal(problems, []);
  // The aborted ones are among the newest offsets, so what is left is less than asked for.
  assert.ok((inputs[0]?.records ?? 0) > 700 && (inputs[0]?.records ?? 0) < 1_000, `${inputs[0]?.records} records`);
  assert.is(inputs[0]?.newest, new Date(START + 2_999_000).toISOString());
});

it("a topic that is missing, and two that are cut differently", async () => {
  assert.equal(codes(await check({ gone: BY_USER, cards: BY_USER })), ["error MISSING_TOPIC gone"]);
  await filled("three", 3, logins(60));
  const report = await check({ three: BY_USER, cards: BY_USER });
  assert.ok(codes(report).includes("error PARTITION_COUNT"), codes(report).join());
  assert.match(report.problems.map(({ message }) => message).join(), '"three" has 3, "cards" has 6');
});

it("a key in two partitions, with both places and how many there are", async () => {
  await filled(
    "spread",
    4,
    logins(120).map((message, n) => ({ ...message, partition: (n % 30 < 10 ? n : n % 30) % 4 })),
  );
  const report = await check({ spread: BY_USER });
  assert.equal(codes(report), ["error KEY_NOT_COLOCATED"]);
  assert.match(words(report), /partition \d of "spread" and in partition \d of "spread".* 9 more of 30 keys/);
});

it("topics written by two partitioners, with the names of both and the remedy", async () => {
  const byCrc = (message: Message): Message => ({ ...message, partition: crc32(String(message.key)) % 6 });
  // Other users than in the other topic, so that no key shows it.
  const others = logins(300).map((message) => ({ ...message, key: `x-${message.key}` }));
  await filled("crc", 6, others.map(byCrc));
  const report = await check({ cards: BY_USER, crc: { key: (e) => [e.user, e.user], time: (e) => e.at } });
  assert.equal(codes(report), ["error PARTITIONERS_DIFFER"]);
  assert.match(words(report), /"cards" by murmur2 .* "crc" by CRC32 \(as librdkafka .* partitioner=murmur2_random/);
});

it("another partitioner in all topics is worth a note", async () => {
  const { problems, notes, inputs } = await check({ crc: BY_USER });
  assert.equal(problems, []);
  assert.match(inputs[0]?.partitioner ?? "", "CRC32");
  assert.match(notes.join(), "alerts by murmur2");
});

it("a partitioner that is not known beside one that is, and strays", async () => {
  await filled(
    "odd",
    6,
    logins(300).map((message) => ({ ...message, partition: Number(String(message.key).slice(5)) % 6 })),
  );
  const differ = await check({ cards: BY_USER, odd: { key: (e) => [e.user], time: (e) => e.at } });
  assert.equal(codes(differ), ["warning PARTITIONERS_DIFFER"]);
  const elsewhere = (partitionOf(Buffer.from("stray"), 6) + 1) % 6;
  const stray = { key: "stray", value: JSON.stringify({ user: "stray", at: START }), partition: elsewhere };
  await filled("stray", 6, [stray, ...logins(120)]);
  const strays = await check({ stray: BY_USER });
  assert.equal(codes(strays), ["warning MIXED_PARTITIONERS stray"]);
  assert.match(words(strays), /1 of \d+ are elsewhere/);
});

it("records without keys", async () => {
  await filled(
    "keyless",
    2,
    logins(60).map(({ value }, n) => ({ value, partition: (n % 30) % 2 })),
  );
  const report = await check({ keyless: BY_USER });
  assert.equal(codes(report), ["warning NO_RECORD_KEYS keyless"]);
  assert.match(words(report), "60 of 60 records");
});

it("records that are no events: some, all, and where the service would stop", async () => {
  const broken = logins(60).map((message, n) => (n % 6 === 5 ? { ...message, value: "{" } : message));
  await filled("broken", 2, broken);
  const some = await check({ broken: BY_USER });
  assert.equal(codes(some), ["warning BAD_RECORDS broken"]);
  assert.match(words(some), /10 of the newest 60 records .* 10 NOT_JSON, the first at offset \d+ of partition \d: /);
  assert.equal(codes(await check({ broken: { ...BY_USER, onBadRecord: "fail" } })), ["error BAD_RECORDS broken"]);
  const none = await check({ broken: { key: (e) => e.user, timeOf: () => Number.NaN } });
  assert.equal(codes(none), ["error NO_EVENTS broken"]);
  assert.match(words(none), "NO_TIME");
});

it("a schema that answers later is a mistake in the service", async () => {
  const schema = {
    "~standard": { version: 1, vendor: "spec", validate: async (value: Login) => ({ value }) },
  } as const;
  const report = await check({ cards: { ...BY_USER, schema: schema as never } });
  assert.equal(codes(report), ["error ASYNC_SCHEMA cards"]);
});

it("events that come too late, and how far behind they are", async () => {
  const late = logins(90, ({ user, at }, n) => ({ user, at: n % 30 === 0 && n > 0 ? at - 7_500 : at }));
  await filled("late", 1, late);
  const report = await check({ late: { ...BY_USER, outOfOrderness: "2s" } });
  assert.equal(codes(report), ["warning LATE_EVENTS late"]);
  assert.match(words(report), /2 of 90 events \(2\.2 %\).* which is 2s: up to 6s500ms behind .* at most to 7s/);
  assert.equal(codes(await check({ late: { ...BY_USER, outOfOrderness: "7s" } })), []);
});

it("times in seconds", async () => {
  await filled(
    "seconds",
    1,
    logins(30, ({ user, at }) => ({ user, at: at / 1_000 })),
  );
  const report = await check({ seconds: BY_USER });
  assert.equal(codes(report), ["warning TIMES_IN_SECONDS seconds"]);
  assert.match(words(report), "timeOf");
});

it("an empty topic cannot be tried", async () => {
  await createTopic(broker, "empty", 2);
  const { problems, notes } = await check({ empty: BY_USER });
  assert.equal(problems, []);
  assert.match(notes.join(), '"empty" is empty');
});

it("the topic of the state, by what a start would refuse it for", async () => {
  const topicFor = (settings: Record<string, string>): Promise<void> =>
    createTopic(broker, `check-${runs + 1}-state`, 6, { "retention.ms": "-1", "retention.bytes": "-1", ...settings });
  await topicFor({});
  const good = await check({ cards: BY_USER });
  assert.equal(good.problems, []);
  assert.equal(good.state, { topic: `check-${runs}-state`, state: "found", partitions: 6, shards: 6 });
  assert.match(good.notes.join(), `there is saved state in "check-${runs}-state": it would go on where that says`);
  await topicFor({ "cleanup.policy": "compact", "max.message.bytes": "1000" });
  const bad = await check({ cards: BY_USER }, { shards: 4 });
  const topic = `check-${runs}-state`;
  assert.equal(codes(bad), [
    `error SHARD_COUNT ${topic}`,
    `error STATE_TOPIC_COMPACTED ${topic}`,
    `error STATE_TOPIC_BATCHES ${topic}`,
  ]);
  assert.match(bad.problems[2]?.remedy ?? "", "--add-config max.message.bytes=1048588");
  const many = await check({ cards: BY_USER }, { shards: 7 });
  assert.equal(codes(many), ["error BAD_SHARDS kafka,shards"]);
});

it("saved state that a start would refuse, once for all shards", async () => {
  const app = "released";
  await filled(app, 3, logins(60));
  const inputs = [topic<Login>(app, BY_USER)] as const;
  const twice = pattern<Login>("twice").begin("one").next("two").within("1m");
  const [waiting, never] = ["twice", "never"].map((name) =>
    pattern<Login>(name)
      .begin("one")
      .filter((e) => name === "twice" && e.at > 0)
      .next("two")
      .within("1m"),
  ) as [typeof twice, typeof twice];
  const first = service({ app, inputs, patterns: [waiting, never], release: 2 });
  const { running } = runOnKafka(first, broker.address, { shards: 2 });
  await until("all is read", () => running.metrics().topics.reduce((sum, { records }) => sum + records, 0) === 60);
  await running.stop();
  const told = async (next: ServiceDefinition): Promise<readonly string[]> => {
    const kafka = definitionOf(app, broker.address, { shards: 2 });
    const { problems } = await preflight(next, kafka, { log: () => {}, clock: systemClock });
    return problems.map(({ code, message, path }) => `${code} ${path} ${message}`);
  };
  const one = async (next: ServiceDefinition, problem: RegExp): Promise<void> => {
    const problems = await told(next);
    assert.is(problems.length, 1, problems.join("\n"));
    assert.match(problems.join(), problem);
  };
  assert.equal(await told(first), []);
  await one(service({ app, inputs, patterns: [waiting, never] }), /^SUPERSEDED released-state Release 2 of/);
  await one(service({ app, inputs, patterns: [twice], release: 2 }), /^DUPLICATE_APP released-state .* by release 2/);
  assert.equal(await told(service({ app, inputs, patterns: [twice], release: 3 })), []);
  const drain = { release: 3, changedPatterns: "drain" } as const;
  assert.equal(await told(service({ app, inputs, patterns: [waiting], ...drain })), []); // of the other no run is open
  const refused = service({ app, inputs, patterns: [twice, never], ...drain });
  await one(refused, /^CANNOT_DRAIN released-state .*open runs of "twice" \(version 1\)/);
  await filled(`${app}-more`, 3, logins(1));
  const more = [...inputs, topic<Login>(`${app}-more`, BY_USER)] as const;
  await one(
    service({ app, inputs: more, patterns: [waiting, never], release: 2 }),
    /^INPUTS_CHANGED released-state The saved state is not of "released-more"\.$/,
  );
});

it("output topics that are missing and not created, or that the brokers would not create", async () => {
  const names = (n: number) => [`alerts-${n}`, `check-${n}-late`, `check-${n}-dead-letters`, `check-${n}-state`];
  const missing = await check({ cards: BY_USER }, { createTopics: null });
  assert.equal(
    codes(missing),
    names(runs).map((name) => `error MISSING_TOPIC ${name}`),
  );
  const refused = await check({ cards: BY_USER }, { createTopics: { partitions: 3, replicationFactor: 3 } });
  assert.equal(
    codes(refused),
    names(runs).map((name) => `error TOPIC_REFUSED ${name}`),
  );
});

it("output topics that keep too little or take too little", async () => {
  await createTopic(broker, "compacted", 1, { "cleanup.policy": "compact", "max.message.bytes": "1000" });
  const report = await check({ cards: BY_USER }, { alerts: "compacted" });
  assert.equal(codes(report), ["warning COMPACTED_TOPIC compacted", "warning TOPIC_TAKES_LESS compacted"]);
});

it("a group that somebody else uses, and positions that the log does not have", async () => {
  await filled("old", 1, logins(30));
  await asAdmin(broker, async (admin, kafka) => {
    const consumer = kafka.consumer({ groupId: "busy", maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topics: ["old"] });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.run({ autoCommit: false, eachMessage: async () => {} });
    await joined;
    const busy = await check({ old: BY_USER }, { groupId: "busy" });
    assert.equal(codes(busy), ["error OTHER_GROUP_PROTOCOL"]);
    assert.is(busy.group?.members, 1);
    await consumer.commitOffsets([{ topic: "old", partition: 0, offset: "3" }]);
    await consumer.disconnect();
    const fine = await check({ old: BY_USER }, { groupId: "busy" });
    assert.equal([codes(fine), fine.group], [[], { name: "busy", members: 0, positions: 1, behind: 27 }]);
    await admin.fetchTopicOffsets("old"); // kafkajs has to know the topic first
    await admin.deleteTopicRecords({ topic: "old", partitions: [{ partition: 0, offset: "10" }] });
    const lost = await check({ old: BY_USER }, { groupId: "busy" });
    assert.equal(codes(lost), ["error DATA_LOST old"]);
    assert.match(words(lost), /offset 3 of partition 0, but the log goes from 10 to 30/);
    const goesOn = await check({ old: BY_USER }, { groupId: "busy", onDataLoss: "continue" });
    assert.equal(codes(goesOn), ["warning DATA_LOST old"]);
  });
});

it("a group in which the service itself runs may be joined", async () => {
  const inputs = [topic<Login>("cards", BY_USER)];
  const patterns = [pattern<Login>("twice").begin("one").next("two").within("1m")];
  const { running } = runOnKafka(service({ app: "at-work", inputs, patterns }), broker.address);
  await until("it reads", () => running.metrics().lanes.length === 6);
  const { group, problems } = await check({ cards: BY_USER }, { groupId: "at-work" });
  assert.equal([group?.members, problems], [1, []]);
  await running.stop();
});

it("brokers that do not answer", async () => {
  const report = await check({ cards: BY_USER }, { brokers: ["127.0.0.1:1"] });
  assert.equal(codes(report), ["error BROKERS_UNREACHABLE"]);
  assert.equal([report.inputs, report.outputs, report.group], [[], [], null]);
});

it("a broker that is named and does not answer is worth a note, with the reason", async () => {
  const { problems, notes } = await check({ cards: BY_USER }, { brokers: ["127.0.0.1:1", broker.address] });
  assert.equal(problems, []);
  assert.match(notes.join("\n"), /^broker 127\.0\.0\.1:1 does not answer: .*nothing listens at 127\.0\.0\.1:1\./m);
  assert.not.match(notes.join("\n"), `broker ${broker.address}`);
});

it("stock kafkajs reads the same", async () => {
  const { inputs, problems } = await check({ cards: BY_USER }, { patches: false });
  assert.equal([problems, inputs[0]?.records], [[], 300]);
});

it.run();
