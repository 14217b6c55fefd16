// The node that coordinates a group dies: who is in the group finds the one that takes its place, and need not join anew.
import * as assert from "uvu/assert";
import { clusterOf } from "../../../lib/transports/kafka/cluster.ts";
import { type Cluster, startCluster } from "../../broker/broker.ts";
import { javaProduce } from "../../broker/java-produce.ts";
import { brokerSuite } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { salesService, type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import { note } from "../../run/ask.ts";
import { account } from "./account.ts";
import { endAll, endLater, nameFor, runOnKafka, until, untilThrough } from "./kit.ts";

const it = await brokerSuite("coordinator");
it.after.each(endAll);

const PARTITIONS = 6;
const TRAFFIC: TrafficOptions = { events: 6_000, keys: 300, seed: 11 };
/** Heartbeats are a third of it apart. Whoever joins anew, as somebody new, waits for its end. */
const SESSION_MS = 9_000;

it("follows the coordinator of its group when that dies, without joining anew", async () => {
  const cluster = await startCluster({ brokers: 3 });
  endLater(cluster.stop);
  const app = nameFor("followed");
  await createTopic(cluster, `${app}-in`, PARTITIONS);
  const member = runOnKafka(salesService(app, { idleAfter: "20s" }), cluster.address, { sessionTimeoutMs: SESSION_MS });
  const all = [...traffic(TRAFFIC)];
  await javaProduce(cluster, `${app}-in`, all.slice(0, 3_000));
  await until("reading has begun", () => (member.running.metrics().topics[0]?.records ?? 0) > 1_000);
  const before = await coordinatorOf(cluster, app);
  assert.is.not(before, null);
  const told = member.lines.length;
  await cluster.nodes[(before as number) - 1]?.kill();
  await until("another node coordinates", async () => ![before, null].includes(await coordinatorOf(cluster, app)));
  await javaProduce(cluster, `${app}-in`, all.slice(3_000));
  await untilThrough(cluster, app, TRAFFIC.events); // more than a session later: a lane is idle only then
  const since = member.lines.slice(told).map(({ message }) => message);
  assert.not(since.includes("reading stopped and will be tried again") || since.includes("joined the group"));
  assert.is(member.running.metrics().state, "running");
  await member.running.stop();
  note(`coordinator killed: ${await account(cluster, app, all, PARTITIONS)}`);
});

it.run();

/** The number of the node that coordinates the group; `null` while none does. */
async function coordinatorOf(cluster: Cluster, groupId: string): Promise<number | null> {
  return asAdmin(cluster, async (_, kafka) => {
    const connection = clusterOf(kafka);
    await connection.connect();
    const found = await connection.findGroupCoordinator({ groupId }).catch(() => null);
    await connection.disconnect();
    return (found as { readonly nodeId?: number } | null)?.nodeId ?? null;
  });
}
