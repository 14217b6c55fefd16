// The node that coordinates a group dies: who is in the group finds the one that takes its place, and need not join anew. Or so many die
// that nobody can.
import { setTimeout as pause } from "node:timers/promises";
import * as assert from "uvu/assert";
import { clusterOf } from "../../../lib/transports/kafka/cluster.ts";
import { type Broker, type Cluster, startCluster } from "../../broker/broker.ts";
import { type JavaRecord, javaProduce } from "../../broker/java-produce.ts";
import { brokerSuite } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { salesService, type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import { note } from "../../run/ask.ts";
import { account } from "./account.ts";
import { endAll, endLater, nameFor, type OnKafka, runOnKafka, until, untilThrough } from "./kit.ts";

const it = await brokerSuite("coordinator");
it.after.each(endAll);

const PARTITIONS = 6;
const TRAFFIC: TrafficOptions = { events: 6_000, keys: 300, seed: 11 };
/** Heartbeats are a third of it apart. Whoever joins anew, as somebody new, waits for its end. */
const SESSION_MS = 9_000;

type Begun = {
  readonly cluster: Cluster;
  readonly app: string;
  readonly member: OnKafka;
  /** The second half is still to be written. */
  readonly all: readonly JavaRecord[];
  /** Of the node that coordinates. */
  readonly number: number;
  readonly coordinator: Broker;
  readonly another: Broker;
};

async function begin(what: string): Promise<Begun> {
  const cluster = await startCluster({ brokers: 3 });
  endLater(cluster.stop);
  const app = nameFor(what);
  await createTopic(cluster, `${app}-in`, PARTITIONS);
  const service = salesService(app, { idleAfter: "20s" });
  const member = runOnKafka(service, cluster.address, { sessionTimeoutMs: SESSION_MS });
  const all = [...traffic(TRAFFIC)];
  await javaProduce(cluster, `${app}-in`, all.slice(0, TRAFFIC.events / 2));
  await until("reading has begun", () => (member.running.metrics().topics[0]?.records ?? 0) > 1_000);
  const number = (await coordinatorOf(cluster, app)) as number;
  const [coordinator, another] = [cluster.nodes[number - 1], cluster.nodes[number % 3]] as [Broker, Broker];
  return { cluster, app, member, all, number, coordinator, another };
}

async function finish({ cluster, app, member, all }: Begun): Promise<string> {
  await javaProduce(cluster, `${app}-in`, all.slice(TRAFFIC.events / 2));
  await untilThrough(cluster, app, TRAFFIC.events); // more than a session later: a lane is idle only then
  assert.is(member.running.health().state, "running");
  await member.running.stop();
  return account(cluster, app, all, PARTITIONS);
}

it("follows the coordinator of its group when that dies, without joining anew", async () => {
  const begun = await begin("followed");
  const { cluster, app, member, number, coordinator } = begun;
  const told = member.lines.length;
  await coordinator.kill();
  await until("another node coordinates", async () => ![number, null].includes(await coordinatorOf(cluster, app)));
  const found = await finish(begun);
  const since = member.lines.slice(told).map(({ message }) => message);
  assert.not(since.includes("reading stopped and will be tried again") || since.includes("joined the group"));
  note(`coordinator killed: ${found}`);
});

it("is degraded while two of three nodes are away, for longer than a session, and goes on when they are back", async () => {
  const begun = await begin("alone");
  const { member, coordinator, another } = begun;
  await coordinator.kill();
  await another.kill();
  await until("it is degraded", () => member.running.health().state === "degraded");
  await pause(2 * SESSION_MS);
  assert.is(member.running.health().state, "degraded");
  await Promise.all([coordinator.restart(), another.restart()]);
  await until("it goes on", () => member.running.health().state === "running");
  note(`two of three killed: ${await finish(begun)}`);
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
