// What is shown for production: files that mean what they should, names that exist, and permissions that are enough, and none too many.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { cac } from "cac";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAllDocuments } from "yaml";
import { describeRun } from "../../lib/cli/service-words.ts";
import { outputTopics } from "../../lib/service/define.ts";
import { KAFKA_VARIABLES } from "../../lib/service/kafka-env.ts";
import { kafkaOf } from "../../lib/service/kafka-of.ts";
import { METRIC_TABLE } from "../../lib/service/metric-table.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { createKafkaShards } from "../../lib/transports/kafka/index.ts";
import type { KafkaDefinition } from "../../lib/transports/kafka/options.ts";
import cardFraud from "../../samples/card-testing/service.ts";
import { consoleConsume } from "../broker/console-consume.ts";
import { install } from "../broker/install.ts";
import { findJava } from "../broker/java.ts";
import { requireBroker } from "../broker/require-broker.ts";
import { asAdmin, createTopic } from "../broker/topics.ts";
import { CLERK } from "../broker/users.ts";
import { allowMs } from "../run/ask.ts";
import { definitionOf, endAll, type OnKafka, runOnKafka, until } from "../transports/kafka/kit.ts";

allowMs(300_000);

const FOLDER = "samples/deploy/";
const it = suite("samples/deploy");

/** The documents of a file. @throws {Error} if it is no YAML, or doubtful. */
function documentsIn(name: string): readonly unknown[] {
  return parseAllDocuments(readFileSync(`${FOLDER}${name}`, "utf8")).map((document) => {
    const [doubt] = [...document.errors, ...document.warnings];
    if (doubt !== undefined) throw new Error(`${name}: ${doubt.message}`);
    return document.toJS() as unknown;
  });
}

type Probe = { readonly httpGet: { readonly path: string; readonly port: string } };
type Container = {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
};
type Labels = { readonly app: string };
type Deployment = {
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [Container];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
  };
};
type Budget = { readonly kind: string; readonly spec: { readonly selector: { readonly matchLabels: Labels } } };

it("service.yaml runs the service with options and variables that there are", () => {
  const [deployment, budget] = documentsIn("service.yaml") as [Deployment, Budget];
  const { selector, template } = deployment.spec;
  const [container] = template.spec.containers;
  const known = describeRun(cac("x").command("run")).options.flatMap(({ rawName }) => rawName.split(" ")[0]);
  for (const word of container.args) assert.ok(known.includes(word.split("=")[0]), word);
  const variables = Object.keys(KAFKA_VARIABLES).map((name) => `SEQUITUR_KAFKA_${name}`);
  for (const { name } of container.env) assert.ok(name === "NODE_OPTIONS" || variables.includes(name), name);
  const [port] = container.ports;
  assert.ok(container.args.includes(`--http-port=${port?.containerPort}`));
  assert.equal(
    [container.livenessProbe, container.readinessProbe].map(({ httpGet }) => httpGet),
    [
      { path: "/healthz", port: port?.name },
      { path: "/readyz", port: port?.name },
    ],
  );
  const labels = template.metadata.labels;
  assert.equal([selector.matchLabels, budget.spec.selector.matchLabels], [labels, labels]);
  assert.is(budget.kind, "PodDisruptionBudget");
  const mounted = container.volumeMounts.map(({ mountPath }) => mountPath);
  const files = [...container.args, ...container.env.map(({ value }) => value)].filter((text) => /\/run\//.test(text));
  assert.is(files.length, 3);
  for (const file of files)
    assert.ok(
      mounted.some((path) => file.includes(`${path}/`)),
      file,
    );
});

it("service.yaml gives the service time to stop, and memory beside the heap", () => {
  const [{ spec }] = documentsIn("service.yaml") as [Deployment];
  const { terminationGracePeriodSeconds, containers } = spec.template.spec;
  assert.ok(terminationGracePeriodSeconds * 1_000 >= 2 * cardFraud.stopWithinMs);
  const heap = containers[0].env.find(({ name }) => name === "NODE_OPTIONS")?.value ?? "";
  const [, old, young] = /^--max-old-space-size=(\d+) --max-semi-space-size=(\d+)$/.exec(heap) ?? [];
  const megabytes = Number(old) + 3 * Number(young);
  assert.is(containers[0].resources.limits.memory, "1Gi");
  assert.ok(megabytes > 500 && megabytes < 800, `${megabytes} MB`);
});

type Rules = {
  readonly groups: readonly [{ readonly rules: readonly { readonly alert: string; readonly expr: string }[] }];
};

it("alarms.yaml asks for metrics and labels that there are, for all alarms of samples/watching", () => {
  const [{ groups }] = documentsIn("alarms.yaml") as [Rules];
  const { rules } = groups[0];
  assert.is(new Set(rules.map(({ alert }) => alert)).size, rules.length);
  const asked = new Set<string>();
  for (const { alert, expr } of rules) {
    for (const [, name = "", labels = ""] of expr.matchAll(/\b(sequitur_\w+)\{([^}]*)\}/g)) {
      const row = METRIC_TABLE.find((each) => each.name === name);
      assert.ok(row !== undefined, `${alert}: ${name}`);
      asked.add(name);
      const named = [...labels.matchAll(/(\w+)=/g)].map(([, label = ""]) => label).filter((label) => label !== "job");
      assert.ok(
        named.every((label) => (row.labels as readonly string[]).includes(label)),
        `${alert}: ${labels}`,
      );
    }
    assert.not.ok(/sequitur_\w+(?![\w{])/.test(expr), `${alert}: a metric of every service, not of this one`);
  }
  const page = readFileSync("samples/watching/README.md", "utf8");
  const table = page.slice(page.indexOf("## What to be woken up for"), page.indexOf("An alarm on the number"));
  const wanted = new Set([...table.matchAll(/`[^`]*\b(sequitur_[a-z_]+)[^`]*` /g)].map(([, name = ""]) => name));
  const grows = "sequitur_open_runs"; // for days: no rule, a look
  assert.equal(
    [...wanted].filter((name) => !asked.has(name) && name !== grows),
    [],
  );
});

it("the image runs the file that build makes, as a user without rights", () => {
  const lines = readFileSync(`${FOLDER}Dockerfile`, "utf8").split("\n");
  const steps = lines.filter((line) => /^[A-Z]/.test(line));
  const [, out] = /--out (\S+)$/.exec(steps.find((line) => line.includes("sequitur build")) ?? "") ?? [];
  assert.is(out, "built/service.mjs");
  const last = steps.slice(steps.findLastIndex((line) => line.startsWith("FROM")));
  assert.equal(last, [
    "FROM node:20-slim",
    "ENV NODE_ENV=production",
    "WORKDIR /service",
    "COPY --from=build /project/built/ ./",
    "USER node",
    'ENTRYPOINT ["node", "--enable-source-maps", "service.mjs"]',
  ]);
});

it.run();

const broker = await requireBroker({ secured: true });
const permitted = broker.suite("samples/deploy on a broker that permits nothing else");
const tools = mkdtempSync(join(tmpdir(), "sequitur-kafka-tools-"));
permitted.after.each(endAll);
permitted.after(() => rmSync(tools, { recursive: true }));

/** Kafka's own commands, by the names that they have where Kafka is installed. */
permitted.before(async () => {
  const { classpath } = await install("3.9.2");
  for (const [name, main] of [
    ["kafka-topics.sh", "org.apache.kafka.tools.TopicCommand"],
    ["kafka-acls.sh", "kafka.admin.AclCommand"],
  ] as const) {
    const java = `exec "${findJava()}" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "${classpath}" ${main} "$@"`;
    writeFileSync(join(tools, name), `#!/bin/sh\n${java}\n`, { mode: 0o755 });
  }
});

async function script(name: string): Promise<void> {
  const env = { ...process.env, COPIES: "1", SHARDS: "4", PRINCIPAL: `User:${CLERK.username}` };
  const path = `${tools}${delimiter}${process.env["PATH"]}`;
  await promisify(execFile)("sh", [`${FOLDER}${name}`, broker.address], { env: { ...env, PATH: path } });
}

/** The connection of a user who may do what acls.sh permits. */
function connectionOfClerk(): Pick<KafkaDefinition, "tls" | "sasl"> {
  const { secured } = broker;
  const { username, password } = CLERK;
  const env = {
    SEQUITUR_KAFKA_CA_FILE: secured.caFile,
    SEQUITUR_KAFKA_SASL_MECHANISM: "scram-sha-512",
    SEQUITUR_KAFKA_SASL_USERNAME: username,
    SEQUITUR_KAFKA_SASL_PASSWORD: password,
  };
  Object.assign(process.env, env); // read when a connection is made
  const { tls, sasl } = kafkaOf(cardFraud, { brokers: secured.saslTls, env });
  return { tls, sasl };
}

/** The sample at work as that user. */
function asClerk(): OnKafka {
  const connection = connectionOfClerk();
  return runOnKafka(cardFraud, broker.secured.saslTls, {
    ...connection,
    createTopics: null,
    connectWithinMs: 60_000,
  });
}

permitted("topics.sh and acls.sh are enough: the service reads, saves its state, and alerts", async () => {
  await createTopic(broker, "card-events", 4);
  await script("topics.sh");
  await script("acls.sh");
  const made = await asAdmin(broker, (admin) => admin.listTopics());
  for (const topic of [...outputTopics(cardFraud), "card-fraud-state"]) assert.ok(made.includes(topic), topic);
  const { running } = asClerk();
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer();
    await producer.connect();
    const charge = (amount: number, second: number, country: string) => ({
      key: "c1",
      value: JSON.stringify({ type: "charge", card: "c1", amount, country, at: Date.UTC(2026, 2, 2, 8, 0, second) }),
    });
    const probes = [1, 2, 3].map((second) => charge(1, second, "DE"));
    const messages = [...probes, charge(900, 4, "BR"), charge(5, 30, "DE")];
    await producer.send({ topic: "card-events", messages });
    await producer.disconnect();
  });
  const [alert] = await consoleConsume(broker, "card-alerts", { count: 1 });
  assert.is(alert?.key, "c1");
  await running.stop();
  const saved = await asAdmin(broker, (admin) => admin.fetchTopicOffsets("card-fraud-state"));
  assert.ok(saved.some(({ high }) => Number(high) > 0));
});

/** What Kafka's protocol has for the operation Delete. */
const DELETE = 6;

permitted(
  "acls.sh permits nothing that is not needed: without any one of them it is said which is missing",
  async () => {
    const any = { resourceType: 1, resourcePatternType: 1, operation: 1, permissionType: 1 };
    const found = await asAdmin(broker, (admin) => admin.describeAcls(any as never));
    const all = found.resources.flatMap(({ acls, ...on }) => acls.map((acl) => ({ ...on, ...acl })));
    assert.is(all.length, 10);
    for (const acl of all) {
      await asAdmin(broker, (admin) => admin.deleteAcls({ filters: [acl as never] }));
      // Old state is deleted once there is enough of it: that takes its time.
      const said = acl.operation === DELETE ? await refusalToTrim() : await refusalToRun();
      const what = `without operation ${acl.operation} on ${acl.resourceName}: ${said}`;
      assert.match(said, /do not permit it|may not be seen/, what);
      assert.ok(said.includes(acl.resourceName), what);
      await asAdmin(broker, (admin) => admin.createAcls({ acl: [acl as never] }));
    }
  },
);

async function refusalToRun(): Promise<string> {
  const { running, lines } = asClerk();
  let failure = "";
  running.done.catch((error: Error) => {
    failure = error.message;
  });
  const refusals = (): readonly string[] =>
    [failure, ...lines.map((line) => JSON.stringify(line))].filter((text) =>
      /do not permit it|may not be seen/.test(text),
    );
  await until(
    () => `a refusal, after ${failure} ${JSON.stringify(lines.slice(-5))}`,
    () => refusals().length > 0 || failure !== "",
    30_000,
  );
  await endAll();
  return refusals()[0] ?? failure;
}

async function refusalToTrim(): Promise<string> {
  const { secured } = broker;
  const definition = { ...definitionOf("card-fraud", secured.saslTls), ...connectionOfClerk() };
  const parts = { app: "card-fraud", instance: "one", clock: systemClock, log: () => undefined, retryWithinMs: 5_000 };
  const { state } = createKafkaShards(definition, parts);
  try {
    return await state.trim(0, 1n).then(
      () => "it was permitted",
      (error: Error) => error.message,
    );
  } finally {
    await state.close();
  }
}

permitted.run();
