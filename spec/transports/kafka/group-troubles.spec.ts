// Members that are thought dead and come back, topics that grow, positions that somebody moves.
import { spawn } from "node:child_process";
import * as assert from "uvu/assert";
import { type JavaRecord, javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { salesService, type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import { allowMs, note } from "../../run/ask.ts";
import { judge } from "./handovers.ts";
import { endAll, endLater, type LogLine, nameFor, runOnKafka, until, untilThrough } from "./kit.ts";

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
  const lines = linesIn(stderr);
  const begun = lines.filter(({ message }) => message === "reading begins");
  assert.ok(begun.length >= PARTITIONS + PARTITIONS / 2, "lanes that others had are begun anew");
  const judged = await judge(broker, app, TRAFFIC, PARTITIONS, [other], lines);
  note(`thought dead for a while: ${JSON.stringify(judged)}`);
});

/** What the log of a process says about where it read. */
function linesIn(stderr: string): readonly LogLine[] {
  return stderr.split("\n").flatMap((line): readonly LogLine[] => {
    const message = /"(reading (?:begins|ends))"/.exec(line)?.[1];
    if (message === undefined) return [];
    const said = JSON.parse(line) as { readonly log?: LogLine["fields"] };
    return [{ level: "debug", message, fields: said.log ?? { ...said } }];
  });
}

it("stops when a topic grows, since keys have moved", async () => {
  const app = nameFor("grows");
  await createTopic(broker, `${app}-in`, 2);
  const before = runOnKafka(salesService(app), broker.address);
  await until("it reads", () => before.running.metrics().lanes.length === 2);
  await asAdmin(broker, (admin) => admin.createPartitions({ topicPartitions: [{ topic: `${app}-in`, count: 4 }] }));
  const after = runOnKafka(salesService(app), broker.address);
  const error = await before.running.done.then(
    () => null,
    (thrown: Error & { code?: string }) => thrown,
  );
  assert.is(error?.code, "PARTITIONS_CHANGED");
  assert.match(
    error?.message ?? "",
    /had 2 partitions when this process started and has 4 now.*start all processes of the service again/,
  );
  await until("the new one has them", () => after.running.metrics().lanes.length === 4);
  await after.running.stop();
});

it.run();
