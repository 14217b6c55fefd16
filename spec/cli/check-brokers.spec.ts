// `sequitur check --brokers`, as people and scripts see it. What it can find is in spec/service/preflight*.spec.ts.

import * as assert from "uvu/assert";
import { requireBroker } from "../broker/require-broker.ts";
import { asAdmin, createTopic } from "../broker/topics.ts";
import { allowMs } from "../run/ask.ts";
import { sequitur } from "./command.ts";
import { createProject, type Project } from "./project.ts";
import { lines, PATTERN_TS, SERVICE_TS } from "./service-files.ts";

allowMs(60_000);
const broker = await requireBroker();
const it = broker.suite("sequitur check --brokers");

const START = Date.UTC(2026, 0, 1);
const CHARGES = lines([
  ["a", 1, START],
  ["b", 1, START + 3_000],
  ["a", 900, START + 2_000],
]);

let project: Project;
it.before(() => {
  project = createProject({ "package.json": '{"type":"module"}', "pattern.ts": PATTERN_TS, "service.ts": SERVICE_TS });
});
it.after(() => project.remove());
const check = (...words: readonly string[]) => sequitur(["check", ...words], { cwd: project.folder });

it("says what is wrong with the cluster, beside what it saw", async () => {
  const { code, stdout, stderr } = await check("service.ts", "--brokers", broker.address);
  assert.equal([code, stderr], [2, ""], stdout);
  const lines = stdout.split("\n");
  assert.is(lines[0], `service.ts: cluster "${broker.address}" has 1 problem`);
  assert.match(lines[1] ?? "", /^ {2}error MISSING_TOPIC at "card-events": Topic "card-events" does not exist/);
  assert.equal(lines.slice(2), [
    `  kafka  ${broker.address} without TLS`,
    "  out    cards-alerts        is missing; the service creates it",
    "  out    cards-late          is missing; the service creates it",
    "  out    cards-dead-letters  is missing; the service creates it",
    "  state  cards-state         is missing; the service creates it",
    "  group  cards               no process in it now; no positions",
    '  note   group "cards" has no positions: it would begin with the latest records',
    `service.ts: pattern "probing", service "cards", cluster "${broker.address}": 1 error, 0 warnings`,
    "",
  ]);
});

it("finds nothing wrong where all is well, also as data", async () => {
  await createTopic(broker, "card-events", 3);
  await createTopic(broker, "cards-alerts", 1);
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const messages = CHARGES.trim()
      .split("\n")
      .map((value) => ({ key: (JSON.parse(value) as { card: string }).card, value }));
    await producer.send({ topic: "card-events", messages });
    await producer.disconnect();
  });
  const text = await check("service.ts", "--brokers", broker.address);
  assert.equal([text.code, text.stderr], [0, ""], text.stdout);
  assert.match(
    text.stdout,
    /in +card-events +3 partitions; newest 3 records: 3 events of 2 keys, 2026-01-01 00:00:00Z to 2026-01-01 00:00:03Z/,
  );
  assert.match(text.stdout, /out +cards-alerts +1 partition$/m);
  assert.match(text.stdout, /state +cards-state +is missing; the service creates it, for 3 shards$/m);
  assert.match(text.stdout, /: nothing wrong\n$/);

  const { code, stdout } = await check("service.ts", "--brokers", broker.address, "--json");
  assert.is(code, 0, stdout);
  const said = JSON.parse(stdout);
  assert.equal([said.ok, said.findings.at(-1)], [true, { what: "cluster", name: broker.address, problems: [] }]);
  assert.equal(Object.keys(said.cluster), ["brokers", "connection", "inputs", "outputs", "group", "state", "notes"]);
});

it("brokers that are away are one problem more", async () => {
  const { code, stdout } = await check("service.ts", "--brokers", "127.0.0.1:1");
  assert.is(code, 2);
  assert.match(stdout, /error BROKERS_UNREACHABLE: /);
  assert.match(stdout, /cluster "127\.0\.0\.1:1": 1 error, 0 warnings\n$/);
});

it("refuses a file without a service, and brokers that are none", async () => {
  const without = await check("pattern.ts", "--brokers", broker.address);
  assert.equal([without.code, /exports no service/.test(without.stderr)], [2, true], without.stderr);
  const strange = await check("service.ts", "--brokers", "nowhere");
  assert.is(strange.code, 2);
  assert.match(strange.stderr, "BAD_BROKER");
});

it.run();
