// The command on a real Kafka: what Kafka's own producer writes, and what its own consumer reads of the alerts.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { consoleConsume } from "../broker/console-consume.ts";
import { javaProduce } from "../broker/java-produce.ts";
import { requireBroker } from "../broker/require-broker.ts";
import { createTopic, uniqueName } from "../broker/topics.ts";
import { allowMs } from "../run/ask.ts";
import { execute, FROM_SOURCE, type Result } from "../run/execute.ts";
import { sequitur } from "./command.ts";
import {
  charge,
  charges,
  endStarted,
  kafkaProject,
  type Running,
  serviceTs,
  start as startIn,
  writeCardTraffic,
} from "./on-kafka.ts";
import { PATTERN_TS } from "./service-files.ts";

allowMs(240_000);

const broker = await requireBroker();
const it = broker.suite("sequitur run on Kafka");
const refusals = suite("what sequitur run says of Kafka before it connects");

const project = kafkaProject();
it.after.each(endStarted);
it.after(() => project.remove());

function start(words: readonly string[], cwd: string = project.folder): Running {
  return startIn(words, cwd);
}

it("the sample finds on Kafka what it finds on its demo events; SIGTERM ends it with 0 and an account", async () => {
  const wanted = await writeCardTraffic(broker);
  const running = start(["samples/card-testing/service.ts", "--brokers", broker.address], process.cwd());
  const child = await running.until(({ stderr }) => stderr.includes("reading"));
  const alerts = await consoleConsume(broker, "card-alerts", { count: 10 });
  child.kill("SIGTERM");
  const { code, stdout, stderr } = await running.result;
  assert.is(code, 0, stderr);
  assert.is(stdout, "");
  assert.equal(alerts.map(({ key }) => key).toSorted(), wanted);
  assert.match(stderr, `reading "card-events" on Kafka at ${broker.address}, as a member of group "card-fraud"`);
  assert.match(stderr, "stopping: what was read is being finished");
  assert.match(stderr, /\n2,601 records of "card-events" = [\d,]+ on time \+ 0 late \+ 0 dead letters/);
  assert.match(stderr, /\n10 alerts; \d+ runs? still open\nstopped after/);
});

it("the traffic of the sample can be written by anybody: npm run traffic", async () => {
  const traffic = (...words: readonly string[]): Promise<Result> =>
    execute(process.execPath, [...FROM_SOURCE, "samples/card-testing/to-kafka.ts", ...words]);
  const { code, stdout } = await traffic(broker.address);
  const late = "behind older ones: to a service that has read those they are late";
  assert.equal([code, stdout], [0, `2601 events are in "card-events", ${late}\n`]);
  const records = await consoleConsume(broker, "card-events", { count: 2 * 2_601 });
  const byKey = new Map<string | null, Set<number>>();
  for (const { key, partition } of records) byKey.set(key, (byKey.get(key) ?? new Set()).add(partition));
  assert.ok(
    [...byKey.values()].every((partitions) => partitions.size === 1),
    "where Kafka's own producer puts them",
  );
  assert.is((await traffic()).code, 2);
  const away = await traffic("127.0.0.1:1");
  assert.is(away.code, 1);
  assert.match(away.stderr, "could not be written to 127.0.0.1:1");
});

it("a second signal leaves at once, with 130", async () => {
  const name = uniqueName("second");
  project.write(
    "slow-pattern.ts",
    PATTERN_TS.replace(
      /\.select\(.*\)/,
      ".select((m) => { const until = Date.now() + 10; while (Date.now() < until); return m.cashOut.card; })",
    ),
  );
  project.write("slow.ts", serviceTs(name).replace("./pattern.ts", "./slow-pattern.ts"));
  await createTopic(broker, `${name}-in`, 2);
  await javaProduce(broker, `${name}-in`, charges(1_500, 2));
  const running = start(["slow.ts", "--brokers", broker.address, "--verbose"]);
  const child = await running.until(({ stderr }) => stderr.includes("reading begins"));
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  child.kill("SIGTERM");
  await running.until(({ stderr }) => stderr.includes("stopping: "));
  child.kill("SIGTERM");
  const { code, stderr } = await running.result;
  assert.is(code, 130);
  assert.not.match(stderr, "stopped after", "what was read would take fifteen seconds");
});

it("a service that is started again has its open runs; another pattern asks for a higher release", async () => {
  const name = uniqueName("again");
  await createTopic(broker, `${name}-in`, 1);
  /** Starts it, lets `meanwhile` happen, and stops it. */
  const runOnce = async (file: string, meanwhile: () => Promise<void>): Promise<Result> => {
    const running = start([file, "--brokers", broker.address, "--verbose"]);
    const child = await running.until(({ stderr }) => stderr.includes("reading begins"));
    await meanwhile();
    child.kill("SIGTERM");
    return running.result;
  };
  const write = (...charges: readonly ReturnType<typeof charge>[]): Promise<unknown> =>
    javaProduce(broker, `${name}-in`, charges);
  project.write("first.ts", serviceTs(name));
  const first = await runOnce("first.ts", async () => {
    await write(charge("ann", 1, 0), charge("bob", 1, 1), charge("zoe", 5, 60_000));
    await javaProduce(broker, `${name}-in`, [{ key: "ann", value: "{" }]);
    await consoleConsume(broker, `${name}-dead-letters`, { count: 1 }); // so what stood before it is read
  });
  assert.is(first.code, 0, first.stderr);
  assert.match(first.stderr, 'alerts go to "again-');
  assert.match(first.stderr, ", exactly once. Ctrl-C stops.");

  const second = await runOnce("first.ts", async () => {
    await write(charge("ann", 900, 61_000), charge("zoe", 5, 120_000));
    await consoleConsume(broker, `${name}-alerts`, { count: 1 });
  });
  assert.is(second.code, 0, second.stderr);

  const changed = PATTERN_TS.replace("e.amount.gt(500)", "e.amount.gt(501)");
  project.write("changed-pattern.ts", changed);
  const other = (release: number): string =>
    serviceTs(name, {}, release).replace("./pattern.ts", "./changed-pattern.ts");
  project.write("other.ts", other(1));
  const duplicate = await start(["other.ts", "--brokers", broker.address]).result;
  assert.is(duplicate.code, 2, duplicate.stderr);
  assert.match(
    duplicate.stderr,
    /^sequitur: The state at offset \d+ of partition 0 of "again-.*-state" .* other patterns .*raise release/m,
  );

  project.write("raised.ts", other(2));
  const raised = await runOnce("raised.ts", async () => {
    await write(
      charge("bob", 900, 121_000),
      charge("eve", 1, 121_001),
      charge("eve", 800, 121_002),
      charge("zoe", 5, 180_000),
    );
    const alerts = await consoleConsume(broker, `${name}-alerts`, { count: 2 });
    const keys = alerts.map(({ key }) => key);
    assert.equal(keys, ["ann", "eve"], "the run of bob belonged to the pattern as it was");
  });
  assert.is(raised.code, 0, raised.stderr);
  const older = await start(["first.ts", "--brokers", broker.address]).result;
  assert.is(older.code, 2, older.stderr);
  assert.match(older.stderr, /Release 2 of the service has written .* this process is release 1/);
});

it("a topic that is missing is a refusal, 2; brokers that are away are 3: trying again may help", async () => {
  const name = uniqueName("missing");
  project.write("missing.ts", serviceTs(name));
  const missing = await start(["missing.ts", "--brokers", broker.address]).result;
  assert.is(missing.code, 2, missing.stderr);
  assert.match(missing.stderr, `sequitur: There is no topic "${name}-in" on ${broker.address}. Create it`);
  project.write("away.ts", serviceTs(name, { connectWithin: "2s" }));
  const away = await start(["away.ts", "--brokers", "127.0.0.1:1"]).result;
  assert.is(away.code, 3, away.stderr);
  assert.match(away.stderr, "127.0.0.1:1");
  assert.not.match(away.stderr, /^ {4}at /m);
});

it("away from a terminal its log is JSON, a line each, and so is what it fails with", async () => {
  const words = ["run", "missing.ts", "--brokers", broker.address];
  const { stderr } = await sequitur(words, { cwd: project.folder });
  const lines = stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly msg?: string; readonly error?: { readonly code: string } });
  assert.match(lines[0]?.msg ?? "", /^reading "missing-\w+-in" on Kafka at /);
  assert.ok(lines.some(({ msg, error }) => msg === "the service failed" && error?.code === "MISSING_TOPIC"));
  assert.is(lines.at(-1)?.error?.code, "MISSING_TOPIC");
});

it("with nothing to read that can be used, it says so when it is stopped, and where the records went", async () => {
  const name = uniqueName("broken");
  project.write("broken.ts", serviceTs(name));
  for (const topic of ["in", "dead-letters"]) await createTopic(broker, `${name}-${topic}`, 1);
  await javaProduce(broker, `${name}-in`, [{ key: "a", value: "{" }]);
  const running = start(["broken.ts", "--brokers", broker.address, "--json"]);
  const child = await running.until(({ stderr }) => stderr.includes("reading"));
  await consoleConsume(broker, `${name}-dead-letters`, { count: 1 });
  child.kill("SIGINT");
  const { code, stderr } = await running.result;
  const [error, { summary }] = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .reverse();
  assert.equal([code, summary.ending, summary.deadLetters.byCode], [0, "stopped", { NOT_JSON: 1 }]);
  assert.is(error.error.code, "NOTHING_USABLE");
});

const REFUSED: readonly (readonly [words: readonly string[], says: RegExp])[] = [
  [
    ["--brokers", "b:9092", "--input", "x"],
    /^sequitur: --brokers and --input say each where events come from: give one/,
  ],
  [["--input", "x", "--demo"], /^sequitur: --input and --demo say each where/],
  [
    ["--brokers", "b:9092", "--output", "x"],
    /--output is for runs on files: on Kafka alerts go to the topic "cards-alerts"/,
  ],
  [
    ["--brokers", "b:9092", "--late", "x"],
    /--late is for runs on files: on Kafka late events go to the topic "cards-late"/,
  ],
  [["--brokers", "b:9092", "--dead-letters", "x"], /dead letters go to the topic "cards-dead-letters"/],
  [["--brokers", "b"], /BAD_BROKER.*"b" has no port/s],
  [["--processes", "2", "--input", "x"], /--processes shares the partitions of Kafka topics, and this run reads none/],
  [["--brokers", "b:9092", "--processes", "two"], /--processes two: give a whole number from 1 to 256/],
  [["--brokers", "b:9092", "--processes", "0"], /--processes 0: give a whole number/],
  [["--brokers", "b:9092", "--processes", "-1"], /--processes -1: give a whole number/],
  [["--demo"], /has no demo events to run on/],
];
refusals("what does not go together is refused, and so are numbers and addresses that make no sense", async () => {
  project.write("cards.ts", serviceTs("cards"));
  await Promise.all(
    REFUSED.map(async ([words, says]) => {
      const { code, stderr } = await start(["cards.ts", ...words]).result;
      assert.is(code, 2, words.join(" "));
      assert.match(stderr, says);
    }),
  );
});

refusals.run();
it.run();
