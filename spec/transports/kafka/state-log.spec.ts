// State on a real broker: what becomes visible, who may still write, what is refused and what is forgotten. What left the service is
// read with Kafka's own console consumer.
import * as assert from "uvu/assert";
import { ConfigError, TransportError } from "../../../lib/core/errors.ts";
import { consoleConsume } from "../../broker/console-consume.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { endAll, nameFor } from "./kit.ts";
import { commitOf, failureOf, outputTo, readUntil, stateOf, writerOf } from "./state-kit.ts";

const broker = await requireBroker();
const it = broker.suite("state log");
it.after.each(endAll);

async function valuesIn(topic: string): Promise<readonly (string | null)[]> {
  return (await consoleConsume(broker, topic)).map(({ value }) => value);
}

async function settingsOf(topic: string): Promise<Readonly<Record<string, string>>> {
  const { resources } = await asAdmin(broker, (admin) =>
    admin.describeConfigs({ resources: [{ type: 2, name: topic }], includeSynonyms: false }),
  );
  const entries = resources.flatMap(({ configEntries }) => configEntries);
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
}

it("makes its topic so that nothing is lost, finds it good again, and makes what is written beside it", async () => {
  const app = nameFor("made");
  const { state, lines } = stateOf(app, broker.address);
  await state.open(3, [`${app}-alerts`]);
  const settings = await settingsOf(`${app}-state`);
  const wanted = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "unclean.leader.election.enable": "false",
    "segment.bytes": "67108864",
  };
  for (const [name, value] of Object.entries(wanted)) assert.is(settings[name], value, name);
  assert.equal(
    lines.map(({ level, message }) => `${level} ${message}`),
    [
      "info topic was created",
      "warn the cluster has one broker, so there is one copy of the state: for trying out",
      "info topic was created",
    ],
  );
  await stateOf(app, broker.address).state.open(3, [`${app}-alerts`]);
  assert.equal(await state.bounds(2), { start: 0n, end: 0n });
});

it("places a record by its key as Kafka's producers do, and one without by what it says", async () => {
  const app = nameFor("placed");
  await createTopic(broker, `${app}-alerts`, 5);
  const { state } = stateOf(app, broker.address);
  await state.open(1, [`${app}-alerts`]);
  const { record } = outputTo(`${app}-alerts`, "a");
  assert.is(state.partitionOf({ ...record, key: Buffer.from("card-7") }), 4);
  const without = Array.from({ length: 50 }, (_, n) => ({ ...record, key: null, value: Buffer.from(`v${n}`) }));
  const partitions = without.map((each) => state.partitionOf(each));
  assert.equal(new Set(partitions), new Set([0, 1, 2, 3, 4]));
  assert.equal(
    without.map((each) => state.partitionOf({ ...each, value: Buffer.from(each.value) })),
    partitions,
  );
});

it("what a transaction wrote becomes visible with its commit, state and output together", async () => {
  const app = nameFor("commits");
  const { state } = stateOf(app, broker.address);
  await state.open(2, [`${app}-alerts`]);
  const writer = await writerOf(state, 1);
  const transaction = await writer.begin();
  assert.is(await transaction.send({ outputs: [], blocks: [Buffer.from("a"), Buffer.from("b")] }), 0n);
  await transaction.send({ outputs: [outputTo(`${app}-alerts`, "one")], blocks: [] });
  await transaction.send({ outputs: [], blocks: [] });
  assert.is(await transaction.send({ outputs: [], blocks: [Buffer.from("c")] }), 2n);
  assert.equal(await state.bounds(1), { start: 0n, end: 0n });
  assert.equal(await valuesIn(`${app}-alerts`), []);
  await transaction.commit();
  assert.is(await commitOf(writer, [outputTo(`${app}-alerts`, "two")], ["d"]), 4n);
  const { blocks, offsets } = await readUntil(state, 1, 0n, "d");
  assert.equal(
    [blocks, offsets],
    [
      ["a", "b", "c", "d"],
      [0n, 1n, 2n, 4n],
    ],
  );
  assert.equal((await readUntil(state, 1, 2n, "d")).blocks, ["c", "d"]);
  assert.equal(await valuesIn(`${app}-alerts`), ["one", "two"]);
});

it("a shard that is taken over is closed to those who had it, whatever they try next", async () => {
  const app = nameFor("fenced");
  const { state } = stateOf(app, broker.address);
  await state.open(1, [`${app}-alerts`]);
  const other = stateOf(app, broker.address).state;
  const alerts = (value: string) => outputTo(`${app}-alerts`, value);
  const tried: string[] = [];
  for (const next of ["send", "commit", "begin"] as const) {
    const old = await writerOf(state, 0);
    const open = await old.begin();
    await open.send({ outputs: [alerts(`old ${next}`)], blocks: [Buffer.from(`old ${next}`)] });
    if (next === "begin") await open.commit();
    const young = await writerOf(other, 0);
    // What the old one had open is decided as soon as the young one is there, before it writes anything.
    const { end } = await other.bounds(0);
    const tries = {
      send: () => open.send({ outputs: [alerts("late")], blocks: [Buffer.from("late")] }),
      commit: () => open.commit(),
      begin: async () => (await old.begin()).send({ outputs: [], blocks: [Buffer.from("late")] }),
    };
    const error = await failureOf(tries[next]());
    assert.instance(error, TransportError);
    tried.push(`${next} ${error.code} ${(error as TransportError).retriable}`);
    assert.ok((await commitOf(young, [alerts(`young ${next}`)], [`young ${next}`])) >= end);
  }
  assert.equal(
    tried,
    ["send", "commit", "begin"].map((next) => `${next} PRODUCER_FENCED false`),
  );
  const visible = ["young send", "young commit", "old begin", "young begin"];
  assert.equal((await readUntil(other, 0, 0n, "young begin")).blocks, visible);
  assert.equal(await valuesIn(`${app}-alerts`), visible);
});

it("reads on at the end as more is committed, says so when nothing comes, and stops when it is left", async () => {
  const app = nameFor("tail");
  const { state } = stateOf(app, broker.address);
  await state.open(1, []);
  const writer = await writerOf(state, 0);
  await commitOf(writer, [], ["first"]);
  let idle = 0;
  const blocks: string[] = [];
  for await (const { records, next } of state.read(0, 0n)) {
    blocks.push(...records.map(({ value }) => String(value)));
    if (blocks.length === 2) break;
    if (records.length > 0) continue;
    idle += 1;
    // Behind the marker of the commit.
    assert.is(next, 2n);
    if (idle === 1) await commitOf(writer, [], ["second"]);
  }
  assert.equal(blocks, ["first", "second"]);
  assert.ok(idle > 0);
});

it("reads large blocks and many of them, in as many pieces as it takes", async () => {
  const app = nameFor("large");
  const { state } = stateOf(app, broker.address);
  await state.open(1, []);
  const writer = await writerOf(state, 0);
  const block = (name: string): string => name.padEnd(430_000, "x");
  for (const n of [1, 2, 3, 4]) await commitOf(writer, [], [block(`${n}a`), block(`${n}b`)]);
  const many = Array.from({ length: 1_000 }, (_, n) => `m${n}`);
  await commitOf(writer, [], many);
  const pieces: number[] = [];
  const names: string[] = [];
  for await (const { records } of state.read(0, 0n)) {
    if (records.length > 0) pieces.push(records.length);
    names.push(...records.map(({ value }) => String(value).slice(0, 4).replaceAll("x", "")));
    if (names.at(-1) === "m999") break;
  }
  assert.equal(names, ["1a", "1b", "2a", "2b", "3a", "3b", "4a", "4b", ...many]);
  assert.ok(pieces.length > 1, `${pieces}`);
});

it("forgets what was trimmed, and does not jump over it", async () => {
  const app = nameFor("trimmed");
  const { state } = stateOf(app, broker.address);
  await state.open(2, []);
  const writer = await writerOf(state, 1);
  for (const name of ["a", "b", "c"]) await commitOf(writer, [], [name]);
  await state.trim(1, 2n);
  assert.equal(await state.bounds(1), { start: 2n, end: 6n });
  assert.equal((await readUntil(state, 1, 2n, "c")).blocks, ["b", "c"]);
  const below = await failureOf(readUntil(state, 1, 1n, "c"));
  assert.instance(below, TransportError);
  assert.equal([below.code, (below as TransportError).retriable], ["OFFSET_OUT_OF_RANGE", false]);
  assert.match(below.message, /reading the state in partition 1 of "trimmed-.*-state"/);
  await state.trim(1, 1n); // no further back
  assert.equal(await state.bounds(1), { start: 2n, end: 6n });
  const beyond = await failureOf(state.trim(1, 100n));
  assert.is(beyond.code, "OFFSET_OUT_OF_RANGE");
  await commitOf(writer, [], ["d"]);
  assert.equal((await readUntil(state, 1, 2n, "d")).blocks, ["b", "c", "d"]);
});

it("refuses a topic that could lose state, and says how to mend it", async () => {
  const settings: Readonly<Record<string, readonly [code: string, remedy: RegExp]>> = {
    "cleanup.policy=compact": ["STATE_TOPIC_COMPACTED", /--add-config cleanup\.policy=delete/],
    "cleanup.policy=compact,delete": ["STATE_TOPIC_COMPACTED", /--add-config cleanup\.policy=delete/],
    "retention.ms=604800000": ["STATE_TOPIC_EXPIRES", /--add-config retention\.ms=-1,retention\.bytes=-1/],
    "retention.bytes=1000000": ["STATE_TOPIC_EXPIRES", /--add-config retention\.ms=-1,retention\.bytes=-1/],
    "unclean.leader.election.enable=true": ["STATE_TOPIC_UNCLEAN", /--add-config unclean.leader.election.enable=false/],
    "max.message.bytes=900000": ["STATE_TOPIC_BATCHES", /--add-config max\.message\.bytes=1048588/],
  };
  for (const [setting, [code, remedy]] of Object.entries(settings)) {
    const app = nameFor("refused");
    const [name = "", value = ""] = setting.split("=");
    const good = { "retention.ms": "-1", "unclean.leader.election.enable": "false" };
    await createTopic(broker, `${app}-state`, 2, { ...good, [name]: value });
    const error = await failureOf(stateOf(app, broker.address).state.open(2, []));
    assert.instance(error, ConfigError, setting);
    assert.is(error.code, code, setting);
    assert.match(error.message, remedy);
    assert.match(error.message, `Topic "${app}-state", where the state of the service is kept,`);
  }
});

it("tells all that is wrong with a topic at once, other shards first", async () => {
  const app = nameFor("wrong");
  await createTopic(broker, `${app}-state`, 4, { "cleanup.policy": "compact" });
  const error = await failureOf(stateOf(app, broker.address).state.open(2, []));
  assert.is(error.code, "SHARD_COUNT");
  assert.match(error.message, /has 4 partitions, and the service has 2 shards.*Set shards to 4/);
  assert.is(error.message.split("\n").length, 3);
});

it("without leave to make topics it names the command", async () => {
  const app = nameFor("missing");
  const error = await failureOf(stateOf(app, broker.address, { createTopics: null }).state.open(2, []));
  assert.equal([error.code, error instanceof ConfigError], ["MISSING_TOPIC", true]);
  assert.match(
    error.message,
    /--partitions 2 --replication-factor 1 --config cleanup\.policy=delete .*--config retention/,
  );
});

it("says which output is gone when a shard is taken over", async () => {
  const app = nameFor("gone");
  const [kept, gone] = [`${app}-kept`, `${app}-gone`];
  const { state } = stateOf(app, broker.address);
  await state.open(1, [kept, gone]);
  await asAdmin(broker, (admin) => admin.deleteTopics({ topics: [gone] }));
  const error = await failureOf(commitOf(await writerOf(state, 0), [], ["a"]));
  assert.is(error.code, "MISSING_TOPIC", error.message);
  assert.match(error.message, `Topic "${gone}" does not exist at`);
});

it("does not run on kafkajs as it is, which would deliver what was aborted", async () => {
  const { state } = stateOf(nameFor("stock"), broker.address, { patches: false });
  assert.is((await failureOf(state.open(1, []))).code, "PATCHES_NEEDED");
});

it("a record that brokers find too large is never half committed", async () => {
  const app = nameFor("too-large");
  const { state } = stateOf(app, broker.address);
  await state.open(1, [`${app}-alerts`]);
  const transaction = await (await writerOf(state, 0)).begin();
  await transaction.send({ outputs: [outputTo(`${app}-alerts`, "small")], blocks: [] });
  const large = outputTo(`${app}-alerts`, "x".repeat(1_200_000));
  const error = await failureOf(transaction.send({ outputs: [large], blocks: [] }));
  assert.equal([error.code, error instanceof ConfigError], ["MESSAGE_TOO_LARGE", true]);
  await commitOf(await writerOf(state, 0), [outputTo(`${app}-alerts`, "next")], ["next"]);
  assert.equal(await valuesIn(`${app}-alerts`), ["next"]);
});

it.run();
