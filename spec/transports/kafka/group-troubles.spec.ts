// Members that are thought dead and come back, topics that grow, positions that somebody moves.
import { spawn } from "node:child_process";
import * as assert from "uvu/assert";
import { type JavaRecord, javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { salesService, type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import { allowMs, note } from "../../run/ask.ts";
import { account } from "./account.ts";
import { endAll, endLater, nameFor, type OnKafka, runOnKafka, until, untilThrough } from "./kit.ts";

allowMs(300_000);

const PARTITIONS = 4;
const TRAFFIC: TrafficOptions = { events: 8_000, keys: 200, seed: 5 };

const broker = await requireBroker();
const it = broker.suite("group, its troubles");
it.after.each(endAll);

async function committedIn(topic: string, groupId: string): Promise<number> {
  const [answer] = await asAdmin(broker, (admin) => admin.fetchOffsets({ groupId, topics: [topic] }));
  return (answer?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
}

/** A process that runs the service, until it is told to stop. */
function startProcess(app: string): {
  pid: () => number;
  said: () => string;
  stop: () => Promise<{ code: number | null; stderr: string }>;
} {
  const words = ["run", "spec/kafka-load/service.ts", "--brokers", broker.address, "--json", "--verbose"];
  const child = spawn(
    process.execPath,
    ["--conditions=sequitur-source", "--import", "tsx", "lib/cli/main.ts", ...words],
    { env: { ...process.env, SALES_APP: app }, stdio: ["ignore", "ignore", "pipe"] },
  );
  let stderr = "";
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  endLater(() => {
    child.kill("SIGKILL");
    return ended;
  });
  return {
    pid: () => child.pid as number,
    said: () => stderr,
    stop: async () => {
      child.kill("SIGTERM");
      return { code: await ended, stderr };
    },
  };
}

it("a process that is stopped for longer than its session finds that others went on, and takes up where they stand", async () => {
  const app = nameFor("zombie");
  const topic = `${app}-in`;
  await createTopic(broker, topic, PARTITIONS);
  const all: JavaRecord[] = [...traffic(TRAFFIC)];
  const zombie = startProcess(app);
  await javaProduce(broker, topic, all.slice(0, 3_000));
  await until(
    () => `the process reads: ${zombie.said()}`,
    async () => (await committedIn(topic, app)) > 0,
  );
  process.kill(zombie.pid(), "SIGSTOP");
  const other = runOnKafka(salesService(app, { idleAfter: "20s" }), broker.address);
  await until("the other has all lanes", () => other.running.metrics().lanes.length === PARTITIONS);
  await javaProduce(broker, topic, all.slice(3_000, 6_000));
  await until("the other has gone on", () => (other.running.metrics().topics[0]?.onTime ?? 0) > 1_000);
  process.kill(zombie.pid(), "SIGCONT");
  await until("it is a member again", () => other.running.metrics().lanes.length === PARTITIONS / 2);
  await javaProduce(broker, topic, all.slice(6_000));
  await untilThrough(broker, app, TRAFFIC.events);
  const { code, stderr } = await zombie.stop();
  await other.running.stop();
  assert.is(code, 0, stderr);
  const begun = stderr.match(/reading begins/g) ?? [];
  assert.ok(begun.length >= PARTITIONS + PARTITIONS / 2, "lanes that others had are begun anew");
  note(`thought dead for a while: ${await account(broker, app, all, PARTITIONS)}`);
});

async function failureOf({ running }: OnKafka): Promise<(Error & { readonly code?: string }) | null> {
  return running.done.then(
    () => null,
    (error: Error & { readonly code?: string }) => error,
  );
}

it("stops when a topic grows, since keys have moved", async () => {
  const app = nameFor("grows");
  await createTopic(broker, `${app}-in`, 2);
  const before = runOnKafka(salesService(app), broker.address);
  await until("it reads", () => before.running.metrics().lanes.length === 2);
  await asAdmin(broker, (admin) => admin.createPartitions({ topicPartitions: [{ topic: `${app}-in`, count: 4 }] }));
  const error = await failureOf(before); // nobody joins: it looks for itself
  assert.is(error?.code, "PARTITIONS_CHANGED");
  assert.match(
    error?.message ?? "",
    /had 2 partitions when this process started and has 4 now.*Stop all processes of the service/,
  );
  const refused = await failureOf(runOnKafka(salesService(app), broker.address));
  assert.is(refused?.code, "SHARD_COUNT", "as many shards as partitions, as nothing is said, are others than before");
  const changed = await failureOf(runOnKafka(salesService(app), broker.address, { shards: 2 }));
  assert.is(changed?.code, "PARTITIONS_CHANGED");
  assert.match(changed?.message ?? "", /was saved when the inputs had 2 partitions; they have 4 now/);
});

it.run();
