// A cluster of three goes on without any one of them: others take over what it led, and it leads that again when it is back.
import * as assert from "uvu/assert";
import { until } from "../transports/kafka/kit.ts";
import { type Broker, type Cluster, startCluster } from "./broker.ts";
import { consoleConsume } from "./console-consume.ts";
import { KAFKA_VERSIONS } from "./install.ts";
import { type JavaRecord, javaProduce } from "./java-produce.ts";
import { brokerSuite } from "./require-broker.ts";
import { asAdmin, createTopic } from "./topics.ts";

const TOPIC = "kept";
const PARTITIONS = 3;
/** Also on a machine that does much else. */
const MOVED_WITHIN_MS = 30_000;

const it = await brokerSuite("cluster");
let cluster: Cluster | null = null;

it.after.each(() => cluster?.stop());

for (const version of KAFKA_VERSIONS) {
  it(`goes on without one of three nodes, and takes it back, ${version}`, async () => {
    const all = await startCluster({ version, brokers: 3 });
    cluster = all;
    await createTopic(all, TOPIC, PARTITIONS);
    const leaders = await leadersOf(all);
    assert.equal(new Set(leaders), new Set([1, 2, 3]), "each node leads a partition");
    await javaProduce(all, TOPIC, oneEach("before"), { transactionalId: "before" });
    const node = all.nodes[1] as Broker;
    await node.kill();
    assert.equal(
      all.nodes.map(({ pid }) => pid() === null),
      [false, true, false],
    );
    await until("others lead", async () => !(await leadersOf(all)).includes(2), MOVED_WITHIN_MS);
    await javaProduce(all, TOPIC, oneEach("after"), { transactionalId: "after" });
    await node.restart();
    await until("it leads again", async () => String(await leadersOf(all)) === String(leaders), MOVED_WITHIN_MS);
    const kept = (await consoleConsume(node, TOPIC)).map(({ partition, value }) => `${value} ${partition}`);
    const partitions = [0, 1, 2];
    assert.equal(
      kept.sort(),
      ["after", "before"].flatMap((value) => partitions.map((n) => `${value} ${n}`)),
    );
  });
}

it.run();

function oneEach(value: string): readonly JavaRecord[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => ({ value, partition }));
}

/** Of each partition, as the nodes that live see it. */
function leadersOf(all: Cluster): Promise<readonly number[]> {
  return asAdmin(all, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
    const partitions = [...(topics[0]?.partitions ?? [])].sort((a, b) => a.partitionId - b.partitionId);
    return partitions.map(({ leader }) => leader);
  });
}
