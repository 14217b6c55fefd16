// Several processes of one service on a real Kafka: --processes.

import { type ChildProcess, spawnSync } from "node:child_process";
import * as assert from "uvu/assert";
import { consoleConsume } from "../broker/console-consume.ts";
import { javaProduce } from "../broker/java-produce.ts";
import { requireBroker } from "../broker/require-broker.ts";
import { createTopic, uniqueName } from "../broker/topics.ts";
import { allowMs } from "../run/ask.ts";
import { readExposition } from "../service/exposition.ts";
import { charge, charges, endStarted, kafkaProject, type Running, serviceTs, start as startIn } from "./on-kafka.ts";

allowMs(240_000);

const broker = await requireBroker();
const it = broker.suite("sequitur run --processes on Kafka");
const project = kafkaProject();
it.after.each(endStarted);
it.after(() => project.remove());

function start(words: readonly string[]): Running {
  return startIn(words, project.folder);
}

it("several processes are watched as one: the pages of the process that was started", async () => {
  const name = uniqueName("pages");
  await createTopic(broker, `${name}-in`, 2);
  project.write("pages.ts", serviceTs(name));
  const words = ["pages.ts", "--brokers", broker.address, "--processes", "2", "--http-port", "0"];
  const running = start(words);
  let url = "";
  const parent = await running.until(({ stderr }) => {
    url = /served url="([^"]+)"/.exec(stderr)?.[1] ?? "";
    return url !== "";
  });
  for (let lanes = 0, ready = 0; lanes < 2 || ready !== 200; ) {
    const page = readExposition(await (await fetch(`${url}/metrics`)).text());
    const awake = page.get("sequitur_lane_state")?.samples.filter(({ value }) => value === 1) ?? [];
    lanes = new Set(awake.map(({ labels }) => labels.get("partition"))).size;
    ready = (await fetch(`${url}/readyz`)).status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  parent.kill("SIGTERM");
  assert.is((await running.result).code, 0);
});

/** The processes that do the work: number and arguments of each. */
function workersOf(parent: ChildProcess): readonly { readonly pid: number; readonly args: string }[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=,args=", "--ppid", String(parent.pid)], { encoding: "utf8" });
  return stdout
    .split("\n")
    .filter((line) => line.includes("main.ts"))
    .map((line) => ({ pid: Number.parseInt(line, 10), args: line }));
}

it("--processes 2: both have partitions, one that is killed is replaced, all stop together, and the counts add up", async () => {
  const name = uniqueName("two");
  project.write("two.ts", serviceTs(name, { sessionTimeout: "6s" }));
  await createTopic(broker, `${name}-in`, 4);
  const running = start(["two.ts", "--brokers", broker.address, "--processes", "2", "--verbose"]);
  const shared = (stderr: string): boolean =>
    /\[1\].*shards=\[\d,\d\]/.test(stderr) && /\[2\].*shards=\[\d,\d\]/.test(stderr);
  const parent = await running.until(({ stderr }) => shared(stderr));
  await javaProduce(broker, `${name}-in`, charges(100, 4));
  const before = await consoleConsume(broker, `${name}-alerts`, { count: 100 });
  assert.is(new Set(before.map(({ key }) => key)).size, 100);
  const workers = workersOf(parent);
  const [first = 0, second = 0] = workers.map(({ pid }) => pid);
  assert.ok(first > 0 && second > 0);
  for (const { args } of workers) assert.match(args, / --max-semi-space-size=32 /);
  process.kill(second, "SIGKILL");
  await running.until(({ stderr }) => stderr.includes("ended with SIGKILL; it is started again in"));
  await running.until(({ stderr }) => (stderr.match(/joined the group/g)?.length ?? 0) >= 4);
  await javaProduce(broker, `${name}-in`, [
    charge("new", 1, 130_000),
    charge("new", 700, 130_001),
    ...["a", "b", "c", "d"].map((card, partition) => ({ ...charge(card, 5, 200_000), partition })),
  ]);
  const after = await consoleConsume(broker, `${name}-alerts`, { count: 101 });
  assert.ok(after.some(({ key }) => key === "new"));
  parent.kill("SIGTERM");
  const { code, stderr } = await running.result;
  assert.is(code, 0, stderr);
  assert.match(stderr, /\nprocesses were started again 1 time:/);
  assert.match(stderr, new RegExp(`\\n\\d+ records of "${name}-in" = \\d+ on time \\+ 0 late`));
  assert.match(stderr, /\nstopped after/);
  assert.equal(workersOf(parent), []);
  for (const pid of [first, second]) assert.throws(() => process.kill(pid, 0), /ESRCH/);
});

it("--processes: a parent that is killed takes the others with it", async () => {
  const name = uniqueName("orphans");
  project.write("orphans.ts", serviceTs(name));
  await createTopic(broker, `${name}-in`, 2);
  const running = start(["orphans.ts", "--brokers", broker.address, "--processes=2", "--verbose"]);
  const parent = await running.until(({ stderr }) => (stderr.match(/service is running/g)?.length ?? 0) === 2);
  const workers = workersOf(parent).map(({ pid }) => pid);
  assert.is(workers.length, 2);
  parent.kill("SIGKILL");
  for (const end = Date.now() + 60_000; workers.some(isAlive); await new Promise((resolve) => setTimeout(resolve, 50)))
    assert.ok(Date.now() < end, "processes go on without their parent");
  await running.result;
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it("--processes: what cannot run is said once for all, and not tried again", async () => {
  const name = uniqueName("refused");
  project.write("refused.ts", serviceTs(name));
  const { code, stderr } = await start(["refused.ts", "--brokers", broker.address, "--processes", "2"]).result;
  assert.is(code, 2, stderr);
  assert.match(stderr, /^\[[12]\] sequitur: There is no topic/m);
  assert.match(stderr, /\nsequitur: process [12] ended with exit code 2: the service cannot run\./);
  assert.not.match(stderr, "started again");
});

it.run();
