// The saved state of a service as the command shows it, and how it is forgotten: on a real broker, of a service at work and of one that stopped.

import { PassThrough } from "node:stream";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isConfirmed } from "../../lib/cli/reset.ts";
import type { ConfigError } from "../../lib/core/errors.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { service } from "../../lib/service/define.ts";
import { topic } from "../../lib/service/definition.ts";
import { requireBroker } from "../broker/require-broker.ts";
import { asAdmin, createTopic, uniqueName } from "../broker/topics.ts";
import { allowMs } from "../run/ask.ts";
import type { Result } from "../run/execute.ts";
import { endAll, type OnKafka, runOnKafka, until } from "../transports/kafka/kit.ts";
import { sequitur } from "./command.ts";
import { createProject } from "./project.ts";

allowMs(240_000);

const broker = await requireBroker();
const it = broker.suite("sequitur status and reset");
const project = createProject({ "package.json": '{"type":"module"}' });
it.after.each(endAll);
it.after(() => project.remove());

type Charge = { readonly type: "charge"; readonly card: string; readonly amount: number; readonly at: number };
const START_AT = Date.UTC(2026, 2, 2, 8);
const PARTITIONS = 2;

/** A service on topics of its own, for the command and for this process. */
async function newService(): Promise<{ readonly app: string; readonly start: () => OnKafka }> {
  const app = uniqueName("state");
  project.write(
    "service.ts",
    `import { pattern } from "sequitur";
import { service, topic } from "sequitur/service";
type Charge = { type: "charge"; card: string; amount: number; at: number };
const probing = pattern<Charge>("probing", { version: 3 })
  .begin("probe").where((e) => e.amount.lt(2)).followedBy("cashOut").where((e) => e.amount.gt(500)).within("10m");
export default service({
  app: "${app}",
  inputs: [topic<Charge>("${app}-in", { key: (e) => e.card, time: (e) => e.at })],
  patterns: [probing],
});
`,
  );
  const probing = pattern<Charge>("probing", { version: 3 })
    .begin("probe")
    .where((e) => e.amount.lt(2))
    .followedBy("cashOut")
    .where((e) => e.amount.gt(500))
    .within("10m");
  const inputs = [topic<Charge>(`${app}-in`, { key: (e) => e.card, time: (e) => e.at })] as const;
  const definition = service({ app, inputs, patterns: [probing] });
  await createTopic(broker, `${app}-in`, PARTITIONS);
  return { app, start: () => runOnKafka(definition, broker.address, { instance: "web-1:7" }) };
}

/** Ten events in each partition, a second apart. */
async function write(app: string): Promise<void> {
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer();
    await producer.connect();
    const messages = Array.from({ length: 10 * PARTITIONS }, (_, n) => ({
      partition: n % PARTITIONS,
      key: `card-${n % PARTITIONS}`,
      value: JSON.stringify({ type: "charge", card: `card-${n % PARTITIONS}`, amount: 1, at: START_AT + n * 500 }),
    }));
    await producer.send({ topic: `${app}-in`, messages });
    await producer.disconnect();
  });
}

function command(...words: readonly string[]): Promise<Result> {
  const [name = "", ...options] = words;
  return sequitur([name, "service.ts", "--brokers", broker.address, ...options], { cwd: project.folder });
}

type Status = {
  readonly ok: boolean;
  readonly members: readonly { readonly instance: string }[];
  readonly shards: readonly {
    readonly owner: { readonly instance: string; readonly isMember: boolean };
    readonly release: number;
    readonly checkpoint: { readonly seq: number; readonly at: string; readonly ageMs: number };
    readonly isTakenOver: boolean;
    readonly bytes: number | null;
    readonly patterns: readonly { readonly name: string; readonly version: number }[];
    readonly inputs: readonly {
      readonly next: string;
      readonly end: string;
      readonly lag: string;
      readonly watermark: string;
      readonly heldBack: {
        readonly offset: string;
        readonly records: string;
        readonly transactions: readonly {
          readonly transactionalId: string;
          readonly offset: string;
          readonly startedAt: string;
          readonly timeoutMs: number;
        }[];
      } | null;
    }[];
    readonly problem: { readonly code: string } | null;
  }[];
};

async function statusOf(...words: readonly string[]): Promise<Status> {
  const { stdout, stderr } = await command("status", "--json", ...words);
  assert.is(stderr, "");
  return JSON.parse(stdout) as Status;
}

/** Until every shard is there and `holds` of it; while one is taken over there may be nothing to see. */
async function untilShards(what: string, holds: (shard: Status["shards"][number]) => boolean): Promise<void> {
  await until(what, async () => {
    const { shards } = await statusOf().catch(() => ({ shards: null }));
    return shards?.length === PARTITIONS && shards.every(holds);
  });
}

function untilSaved(): Promise<void> {
  return untilShards("all is saved", ({ inputs }) => inputs.length > 0 && inputs.every(({ lag }) => lag === "0"));
}

/** A service that has dealt with all of its input, and stopped. */
async function stoppedService(): Promise<Awaited<ReturnType<typeof newService>>> {
  const made = await newService();
  await write(made.app);
  const { running } = made.start();
  await untilSaved();
  await running.stop();
  return made;
}

it("status says that there is no state; reset has nothing to do then", async () => {
  const { app } = await newService();
  const none = await command("status");
  assert.equal(none, {
    code: 0,
    stdout: `${app} on ${broker.address}: no saved state: there is no topic "${app}-state"; 0 processes in group "${app}"\n`,
    stderr: "",
  });
  const reset = await command("reset");
  assert.equal([reset.code, reset.stdout], [0, `there is no topic "${app}-state", so there is nothing to forget\n`]);
});

it("status shows a service at work, which does not notice; reset refuses", async () => {
  const { app, start } = await newService();
  await write(app);
  const { running, lines } = start();
  const seqs = (): number => lines.filter(({ message }) => message === "a shard was taken over").length;
  await until("both shards are taken over", () => seqs() === PARTITIONS);
  await untilSaved();
  const { ok, members, shards } = await statusOf("--whole");
  assert.is(ok, true);
  assert.equal(
    members.map(({ instance }) => instance),
    ["web-1:7"],
  );
  for (const { owner, release, checkpoint, isTakenOver, bytes, patterns, inputs, problem } of shards) {
    assert.equal(owner, { instance: "web-1:7", isMember: true });
    assert.equal([release, isTakenOver, problem], [1, false, null]);
    assert.ok(checkpoint.seq >= 1 && checkpoint.ageMs >= 0 && checkpoint.ageMs < 60_000);
    assert.equal([patterns[0]?.name, patterns[0]?.version], ["probing", 3]);
    assert.ok(bytes !== null && bytes > 100);
    assert.equal(
      inputs.map(({ next, end, lag }) => [next, end, lag]),
      [["10", "10", "0"]],
    );
    assert.ok((inputs[0]?.watermark ?? "") >= "2026-03-02T08:00:08");
  }
  const text = await command("status");
  assert.match(
    text.stdout,
    `2 shards in "${app}-state", release 1; 1 process in group "${app}"\npatterns: probing version 3\n`,
  );
  assert.match(
    text.stdout,
    /\nshard {2}owner +checkpoint +log +lag\n0 +web-1:7 +\d+, [\d.]+ s ago +0 … [\d,]+ +0\n1 +/,
  );
  assert.match(text.stdout, new RegExp(`\n${app}-in 1 +10 +10 +0 +2026-03-02 08:00:0[89]Z\n`));
  assert.match((await command("status", "--whole")).stdout, /\n0 +web-1:7 .* 0 … [\d,]+, [\d.]+ kB +0\n/);
  const refused = await command("reset", "--yes");
  assert.equal([refused.code, refused.stdout], [2, ""]);
  assert.match(
    refused.stderr,
    `sequitur: ${app} is running: 1 process is in group "${app}" (web-1:7 at 127.0.0.1). Stop them all`,
  );
  assert.is(running.metrics().state, "running");
  assert.is(seqs(), PARTITIONS);
});

it("status shows whose open transaction keeps an input from being read", async () => {
  const { app } = await stoppedService();
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer({ transactionalId: `${app}-theirs`, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: `${app}-in`, messages: [{ partition: 1, key: "card-1", value: "{}" }] });
    const { ok, shards } = await statusOf();
    assert.is(ok, true);
    const [free, held] = shards.flatMap(({ inputs }) => inputs.map(({ heldBack }) => heldBack));
    assert.is(free, null);
    assert.equal([held?.offset, held?.records, held?.transactions.length], ["10", "1", 1]);
    const [open] = held?.transactions ?? [];
    assert.equal([open?.transactionalId, open?.offset, open?.timeoutMs], [`${app}-theirs`, "10", 60_000]);
    assert.match(open?.startedAt ?? "", /^20\d\d-\d\d-\d\dT/);
    const { stdout } = await command("status");
    assert.match(
      stdout,
      new RegExp(
        `\n${app}-in 1: 1 offset from 10 on cannot be read, since a transaction is open\n` +
          `  of producer \\d+ \\(transactional id ${app}-theirs\\), from 10 on, since 20.*Z, for 1 min 0 s at most\n`,
      ),
    );
    await transaction.abort();
    await producer.disconnect();
  });
});

it("reset shows what is lost, wants it confirmed, and deletes; the service begins anew", async () => {
  const { app, start } = await stoppedService();
  const stopped = await command("status");
  assert.match(stopped.stdout, /\n0 +web-1:7, not running +\d+, /);
  const asked = await command("reset");
  assert.equal([asked.code, asked.stdout], [2, ""]);
  assert.match(
    asked.stderr,
    new RegExp(`This deletes topic "${app}-state", all saved state of ${app}: shard 0 at checkpoint \\d+, shard 1`),
  );
  assert.match(
    asked.stderr,
    `Reading "${app}-in" then begins where the consumer group stands: partition 0 at 10, partition 1 at 10.`,
  );
  assert.match(
    asked.stderr,
    "sequitur: nobody is there to be asked: run it at a terminal, or add --yes. Nothing was deleted.",
  );
  assert.is((await statusOf()).shards.length, PARTITIONS);
  const done = await command("reset", "--yes", "--json");
  assert.is(done.code, 0, done.stderr);
  assert.equal(JSON.parse(done.stdout), { app, topic: `${app}-state`, deleted: true });
  assert.is((await statusOf()).shards, null);
  const again = start();
  await untilShards("the service runs on new state", ({ problem }) => problem === null);
  await again.running.stop();
});

it("status says of each shard what is wrong with it, and shows the others", async () => {
  const { app } = await stoppedService();
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: `${app}-state`, messages: [{ partition: 1, value: "hello" }] });
    await producer.disconnect();
  });
  const { code, stdout } = await command("status");
  assert.is(code, 1);
  assert.match(stdout, /\n0 +web-1:7, not running +\d+, .*\n1 +.* +FOREIGN_STATE +/);
  assert.match(
    stdout,
    /\nFOREIGN_STATE: What stands at offset \d+ of partition 1 of ".*" is no saved state of sequitur/,
  );
  const { shards, ok } = await statusOf("--whole");
  assert.equal([ok, shards.map(({ problem }) => problem?.code)], [false, [undefined, "FOREIGN_STATE"]]);
});

it("both say that Kafka is out of reach, with a code of its own", async () => {
  project.write(
    "service.ts",
    'import { service, topic } from "sequitur/service";\nimport { pattern } from "sequitur";\n' +
      'export default service({ app: "away", kafka: { connectWithin: "1s" }, inputs: [topic("in", {})], patterns: [pattern("a").begin("b")] });\n',
  );
  for (const name of ["status", "reset"]) {
    const { code, stderr } = await sequitur([name, "service.ts", "--brokers", "127.0.0.1:1"], { cwd: project.folder });
    assert.is(code, 3, stderr);
    assert.match(stderr, "nothing listens at 127.0.0.1:1");
  }
});

it.run();

const asking = suite("reset asks");

asking("the name of the app is what confirms; anything else, Ctrl-C and Ctrl-D call it off", async () => {
  for (const [typed, isYes] of [
    ["shop\r", true],
    [" shop \r", true],
    ["yes\r", false],
    ["\r", false],
    ["sho\u0003", false],
    ["\u0004", false],
  ] as const) {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough();
    const confirmed = isConfirmed("shop", input, output);
    input.write(typed);
    assert.is(await confirmed, isYes, JSON.stringify(typed));
    assert.match(String(output.read()), "To go on, type the name of the app, shop: ");
  }
});

asking("nobody is asked where there is no terminal", async () => {
  const error: unknown = await isConfirmed("shop", new PassThrough(), new PassThrough()).catch((reason) => reason);
  assert.is((error as ConfigError).code, "NOT_CONFIRMED");
});

asking.run();
