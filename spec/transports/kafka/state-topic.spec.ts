// What a cluster of one broker cannot show: copies.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { noSpareIn, pictureOf, problemsOf, type StateTopicPicture } from "../../../lib/transports/kafka/state-topic.ts";
import { type Broker, type Cluster, startCluster } from "../../broker/broker.ts";
import { brokerSuite } from "../../broker/require-broker.ts";
import { asAdmin } from "../../broker/topics.ts";
import { endAll, until } from "./kit.ts";
import { stateOf } from "./state-kit.ts";

const it = suite("state topic");
const onCluster = await brokerSuite("state topic of a cluster");
let cluster: Cluster | null = null;
onCluster.after.each(async () => {
  await endAll();
  await cluster?.stop();
});

/** Until brokers are taken for away, and what they led is led by others. */
const FENCED_WITHIN_MS = 30_000;

const SAFE: Readonly<Record<string, string>> = {
  "cleanup.policy": "delete",
  "retention.ms": "-1",
  "retention.bytes": "-1",
  "unclean.leader.election.enable": "false",
  "min.insync.replicas": "2",
  "max.message.bytes": "1048588",
};

function codesOf(copies: number, brokers: number, changed: Readonly<Record<string, string | undefined>> = {}) {
  const entries = Object.entries({ ...SAFE, ...changed }).filter(([, value]) => value !== undefined);
  const picture: StateTopicPicture = {
    partitions: 4,
    copies,
    lagging: 0,
    settings: new Map(entries as [string, string][]),
  };
  return [...problemsOf({ topic: "app-state", shards: 4 }, picture, brokers)].map(({ code }) => code);
}

it("two copies at least, each of which confirms, where there is more than one broker", () => {
  assert.equal(codesOf(3, 3), []);
  assert.equal(codesOf(2, 2), []);
  assert.equal(codesOf(3, 3, { "min.insync.replicas": "1" }), ["STATE_TOPIC_COPIES"]);
  assert.equal(codesOf(1, 3, { "min.insync.replicas": "1" }), ["STATE_TOPIC_COPIES"]);
  assert.equal(codesOf(1, 1, { "min.insync.replicas": "1" }), []);
  // Of three copies, as before two of the brokers went.
  assert.equal(codesOf(3, 1, { "min.insync.replicas": "1" }), ["STATE_TOPIC_COPIES"]);
});

it("what a broker does not say is not taken for good", () => {
  for (const name of Object.keys(SAFE)) assert.is(codesOf(3, 3, { [name]: undefined }).length, 1, name);
});

it("as many copies as have to confirm are told, since none of them may be away", () => {
  const noSpare = (copies: number, needed: string): boolean => {
    const settings = new Map([["min.insync.replicas", needed]]);
    return noSpareIn("app-state", { partitions: 4, copies, lagging: 0, settings }) !== null;
  };
  assert.equal([noSpare(2, "2"), noSpare(3, "3"), noSpare(2, "3")], [true, true, true]);
  assert.equal([noSpare(3, "2"), noSpare(2, "1"), noSpare(1, "1")], [false, false, false]);
});

onCluster("has a copy on the node that is away when it is made, and does without that one", async () => {
  const all = await startCluster({ brokers: 3 });
  cluster = all;
  await (all.nodes[1] as Broker).kill();
  const living = (): Promise<number> => asAdmin(all, async (admin) => (await admin.describeCluster()).brokers.length);
  await until("two nodes are left", async () => (await living()) === 2, FENCED_WITHIN_MS);
  const { state, lines } = stateOf("whole", all.address);
  await state.open(2, []);
  assert.equal(await copiesOf(all, "whole-state"), [3, 3]);
  assert.is((await asAdmin(all, (admin) => pictureOf(admin, "whole-state"))).lagging, 2);
  assert.equal(warnings(lines), []);
  const tight = stateOf("tight", all.address, { createTopics: { partitions: null, replicationFactor: 2 } });
  await tight.state.open(2, []);
  assert.equal(await copiesOf(all, "tight-state"), [2, 2]);
  assert.match(warnings(tight.lines).join(), /^Topic "tight-state", .* has 2 copies and min\.insync\.replicas=2: /);
});

onCluster("has as many copies as a smaller cluster has nodes, which is told", async () => {
  const all = await startCluster({ brokers: 2 });
  cluster = all;
  const { state, lines } = stateOf("small", all.address);
  await state.open(1, []);
  assert.equal(await copiesOf(all, "small-state"), [2]);
  assert.match(warnings(lines).join(), /while any one of their brokers is away, nothing can be committed/);
});

it.run();
onCluster.run();

/** By partition. */
function copiesOf(all: Cluster, topic: string): Promise<readonly number[]> {
  return asAdmin(all, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return (topics[0]?.partitions ?? []).map(({ replicas }) => replicas.length);
  });
}

function warnings(lines: ReturnType<typeof stateOf>["lines"]): readonly string[] {
  return lines.filter(({ level }) => level === "warn").map(({ message }) => message);
}
