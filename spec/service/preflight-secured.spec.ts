// What a preflight says to a user who may not do everything, of a real broker with TLS, SASL and permissions; what is missing
// is granted one by one until nothing is.

import * as assert from "uvu/assert";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { service, topic } from "../../lib/service/index.ts";
import { kafkaOf } from "../../lib/service/kafka-of.ts";
import { type PreflightReport, preflight } from "../../lib/service/preflight.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { requireBroker } from "../broker/require-broker.ts";
import { asAdmin, createTopic, grant } from "../broker/topics.ts";
import { CLERK } from "../broker/users.ts";

type Login = { user: string; at: number };

const broker = await requireBroker({ secured: true });
const it = broker.suite("preflight with permissions");

function check(password = CLERK.password, app = "audit"): Promise<PreflightReport> {
  const checked = service({
    app,
    kafka: {
      brokers: broker.secured.saslTls,
      tls: { ca: { file: broker.secured.caFile } },
      sasl: { mechanism: "scram-sha-256", username: CLERK.username, password },
    },
    inputs: [topic<Login>("logins", { key: (e) => e.user, time: (e) => e.at })],
    patterns: [pattern<Login>("twice").begin("one").next("two").within("1m")],
  });
  return preflight(checked, kafkaOf(checked, { env: {} }), { log: () => {}, clock: systemClock });
}

/** Code, place, and the operation that is missing. */
function missing({ problems }: PreflightReport): string[] {
  return problems.map(({ code, path, message }) => {
    const operation = /the operation (\w+) on (topic|group|the cluster|the transactional id)/.exec(message);
    return [code, path.join(), operation?.[1], operation?.[2]].filter(Boolean).join(" ");
  });
}

it("names what each refusal is about, until nothing is missing", async () => {
  await createTopic(broker, "logins", 2);
  await createTopic(broker, "audit-alerts", 2);
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const messages = ["ann", "bob"].map((user) => ({ key: user, value: JSON.stringify({ user, at: 1e12 }) }));
    await producer.send({ topic: "logins", messages });
    await producer.disconnect();
  });
  assert.equal(missing(await check()), [
    "NOT_AUTHORIZED logins Describe topic",
    "NOT_AUTHORIZED audit-alerts Describe topic",
    "NOT_AUTHORIZED audit-late Describe topic",
    "NOT_AUTHORIZED audit-dead-letters Describe topic",
    "NOT_AUTHORIZED Read group",
    "NOT_AUTHORIZED audit-state Describe topic",
    "NOT_AUTHORIZED Write the transactional id",
  ]);

  const topics = { username: CLERK.username, on: "topic" } as const;
  await grant(broker, { ...topics, name: "logins", operations: ["DESCRIBE"] });
  await grant(broker, { ...topics, name: "audit-", isPrefix: true, operations: ["DESCRIBE"] });
  const described = await check();
  assert.equal(missing(described), [
    "NOT_AUTHORIZED logins Read topic",
    "NOT_AUTHORIZED audit-alerts Write topic",
    "NOT_AUTHORIZED audit-late Create topic",
    "NOT_AUTHORIZED audit-dead-letters Create topic",
    "NOT_AUTHORIZED Read group",
    "NOT_AUTHORIZED audit-state Create topic",
    "NOT_AUTHORIZED Write the transactional id",
  ]);
  assert.match(described.notes.join(), 'the settings of "audit-alerts" may not be seen');
  assert.match(described.problems[0]?.remedy ?? "", "--operation Read --topic logins");

  await grant(broker, { ...topics, name: "logins", operations: ["READ"] });
  await grant(broker, {
    ...topics,
    name: "audit-",
    isPrefix: true,
    operations: ["WRITE", "CREATE", "DESCRIBE_CONFIGS"],
  });
  await grant(broker, { username: CLERK.username, on: "group", name: "audit", operations: ["READ"] });
  await grant(broker, {
    username: CLERK.username,
    on: "transactionalId",
    name: "audit.",
    isPrefix: true,
    operations: ["WRITE"],
  });
  const allowed = await check();
  assert.equal(missing(allowed), []);
  assert.equal([allowed.inputs[0]?.events, allowed.outputs[1]?.state], [2, "to be created"]);
  assert.is(allowed.state?.state, "to be created");
  assert.match(allowed.connection, /over TLS, as "clerk" by SCRAM-SHA-256/);
});

it("of a state topic that is there, tries its settings, reading, writing and deleting", async () => {
  const topic = { username: CLERK.username, on: "topic", name: "ledger-state" } as const;
  await createTopic(broker, topic.name, 2, { "retention.ms": "-1", "retention.bytes": "-1" });
  const ofState = async (): Promise<readonly string[]> => {
    const report = await check(CLERK.password, "ledger");
    return missing(report).flatMap((line) => / ledger-state (\w+) topic/.exec(line)?.[1] ?? []);
  };
  await grant(broker, { ...topic, operations: ["DESCRIBE"] });
  assert.equal(await ofState(), ["DescribeConfigs", "Read", "Write", "Delete"]);
  await grant(broker, { ...topic, operations: ["DESCRIBE_CONFIGS", "WRITE"] });
  assert.equal(await ofState(), ["Read", "Delete"]);
  await grant(broker, { ...topic, operations: ["READ", "DELETE"] });
  assert.equal(await ofState(), []);
});

it("a wrong password is the only problem", async () => {
  const report = await check("wrong");
  assert.equal(missing(report), ["AUTHENTICATION_FAILED"]);
  assert.not.match(JSON.stringify(report), "wrong");
});

it.run();
