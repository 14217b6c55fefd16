// What stops a service on Kafka, and what it says then: each message names what happened, where, and what to do.
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import type { ServiceDefinition } from "../../../lib/service/definition.ts";
import { service, topic } from "../../../lib/service/index.ts";
import { kafkaOf } from "../../../lib/service/kafka-of.ts";
import type { KafkaOptions } from "../../../lib/transports/kafka/options.ts";
import { consoleConsume } from "../../broker/console-consume.ts";
import { javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic, grant } from "../../broker/topics.ts";
import { CLERK } from "../../broker/users.ts";
import { large, type Sale } from "../../kafka-load/traffic.ts";
import { allowMs } from "../../run/ask.ts";
import { endAll, nameFor, type OnKafka, runOnKafka, until } from "./kit.ts";

allowMs(300_000);

const broker = await requireBroker({ secured: true, restarts: true });
const { secured } = broker;
const it = broker.suite("what stops a service on Kafka");
it.after.each(endAll);

/** A service that says every event with a large amount, under the key of its card. */
function cards(app: string, kafka: KafkaOptions = {}, inputs: readonly string[] = [`${app}-in`]): ServiceDefinition {
  return service({
    app,
    inputs: inputs.map((name) => topic<Sale>(name, { key: (e) => e.card, time: (e) => e.at })),
    patterns: [large],
    kafka: { brokers: broker.address, startFrom: "earliest", connectWithin: "20s", ...kafka },
  });
}

function start(definition: ServiceDefinition): OnKafka {
  return runOnKafka(definition, broker.address, kafkaOf(definition, { env: {} }));
}

type Failure = Error & { readonly code?: string };

async function failureOf({ running }: OnKafka): Promise<Failure> {
  return running.done.then(
    () => new Error("it came to an end"),
    (error: Failure) => error,
  );
}

async function refusal(definition: ServiceDefinition, code: string, says: RegExp): Promise<void> {
  const error = await failureOf(start(definition));
  assert.is(error.code, code, error.message);
  assert.match(error.message, says);
}

function sale(card: string, n = 0): { readonly key: string; readonly value: string } {
  return { key: card, value: JSON.stringify({ n, type: "spend", card, amount: 999, at: 1_772_442_000_000 + n }) };
}

it("KEY_NOT_COLOCATED: a key in two partitions, with both places", async () => {
  const app = nameFor("spread");
  await createTopic(broker, `${app}-in`, 3);
  await javaProduce(broker, `${app}-in`, [
    { ...sale("card-1"), partition: 0 },
    { ...sale("card-1"), partition: 2 },
  ]);
  await refusal(
    cards(app),
    "KEY_NOT_COLOCATED",
    /^Events with the key "card-1" are in partition \d of "spread-.*-in" and in partition \d of "spread-.*-in", .*with the same partitioner\.$/,
  );
});

it("MISSING_TOPIC: an input that is not there, with the command that makes it", async () => {
  const app = nameFor("missing");
  await refusal(cards(app), "MISSING_TOPIC", /^There is no topic "missing-.*-in" on 127.*kafka-topics\.sh --create/);
});

it("MISSING_TOPIC: an input that is deleted while it is read", async () => {
  const app = nameFor("deleted");
  await createTopic(broker, `${app}-in`, 2);
  const running = start(cards(app));
  await until("it reads", () => running.running.metrics().lanes.length === 2);
  await asAdmin(broker, (admin) => admin.deleteTopics({ topics: [`${app}-in`] }));
  const error = await failureOf(running);
  assert.is(error.code, "MISSING_TOPIC", error.message);
  assert.match(error.message, /"deleted-.*-in" does not exist at 127.*Create it, or mend its name/);
});

it("PARTITION_COUNT: inputs with different numbers of partitions, with the numbers", async () => {
  const app = nameFor("uneven");
  await createTopic(broker, `${app}-a`, 2);
  await createTopic(broker, `${app}-b`, 3);
  await refusal(
    cards(app, {}, [`${app}-a`, `${app}-b`]),
    "PARTITION_COUNT",
    /: "uneven-.*-a" has 2, "uneven-.*-b" has 3\. .*give the topics the same number of partitions/,
  );
});

it("AUTHENTICATION_FAILED: a wrong password, which is not told", async () => {
  const sasl = { mechanism: "scram-sha-512", username: CLERK.username, password: "wr0ng-w0rd" } as const;
  const tls = { ca: { file: secured.caFile } };
  const failing = start(cards(nameFor("password"), { brokers: secured.saslTls, tls, sasl }));
  const error = await failureOf(failing);
  assert.is(error.code, "AUTHENTICATION_FAILED", error.message);
  assert.match(error.message, /refused who we say we are .*Check the user name, the password or token/);
  assert.not.match(JSON.stringify([error.message, failing.lines]), "wr0ng-w0rd");
});

it("PLAINTEXT_PORT and TLS_PORT: a port that speaks otherwise", async () => {
  await refusal(cards(nameFor("plain"), { tls: true }), "PLAINTEXT_PORT", /does not speak TLS.*tls: false/);
  await refusal(cards(nameFor("secret"), { brokers: secured.tls, tls: false }), "TLS_PORT", /TLS.*tls/);
});

it("CERTIFICATE_EXPIRED: a broker whose certificate is over", async () => {
  const tls = { ca: { file: secured.caFile } };
  await refusal(
    cards(nameFor("expired"), { brokers: secured.expiredTls, tls }),
    "CERTIFICATE_EXPIRED",
    /has expired.*Renew it/,
  );
});

it("NOT_AUTHORIZED: whatever is missing, with what has to be granted, until nothing is", async () => {
  const app = nameFor("forbidden");
  for (const name of ["in", "alerts", "late", "dead-letters"]) await createTopic(broker, `${app}-${name}`, 1);
  const state = `${app}-state`;
  const username = CLERK.username;
  await grant(broker, { username, on: "topic", name: `${app}-in`, operations: ["READ", "DESCRIBE"] });
  await grant(broker, { username, on: "group", name: app, operations: ["READ"] });
  const definition = cards(app, {
    brokers: secured.saslTls,
    tls: { ca: readFileSync(secured.caFile, "utf8") },
    sasl: { mechanism: "scram-sha-512", ...CLERK },
  });
  const refused = (says: RegExp): Promise<void> => refusal(definition, "NOT_AUTHORIZED", says);
  await refused(/Describe on topic "forbidden-.*-state".*kafka-acls --bootstrap-server … --add/);
  await grant(broker, { username, on: "topic", name: state, operations: ["DESCRIBE"] });
  await refused(/Create on topic "forbidden-.*-state"/);
  await grant(broker, { username, on: "topic", name: state, operations: ["CREATE"] });
  await refused(/DescribeConfigs on topic "forbidden-.*-state"/);
  await grant(broker, { username, on: "topic", name: state, operations: ["DESCRIBE_CONFIGS"] });
  await refused(/Describe on topic "forbidden-.*-alerts"/);
  await grant(broker, { username, on: "topic", name: app, isPrefix: true, operations: ["DESCRIBE"] });
  await refused(/Write on the transactional id "forbidden-.*\.0".*--operation Write --transactional-id forbidden/);
  await grant(broker, { username, on: "transactionalId", name: `${app}.`, isPrefix: true, operations: ["WRITE"] });
  const written = ["state", "alerts", "late", "dead-letters"];
  for (const [granted, name] of written.entries()) {
    const missing = written.slice(granted).join("|"); // whichever of these brokers name first
    await refused(new RegExp(`Write on topic "forbidden-.*-(${missing})".*--operation Write --topic forbidden`));
    await grant(broker, { username, on: "topic", name: `${app}-${name}`, operations: ["WRITE"] });
  }
  await refused(/Read on topic "forbidden-.*-state"/);
  await grant(broker, { username, on: "topic", name: state, operations: ["READ"] });
  await javaProduce(broker, `${app}-in`, [sale("card-1")]);
  const allowed = start(definition);
  await until("it writes", () => allowed.running.metrics().sent.alerts === 1);
  await allowed.running.stop();
});

it("MESSAGE_TOO_LARGE: an alert that its topic does not take, with both ways out", async () => {
  const app = nameFor("long");
  await createTopic(broker, `${app}-in`, 1);
  await createTopic(broker, `${app}-alerts`, 1, { "max.message.bytes": "2000" });
  await javaProduce(broker, `${app}-in`, [sale("c".repeat(5_000))]);
  await refusal(cards(app), "MESSAGE_TOO_LARGE", /topic "long-.*-alerts".*Raise max\.message\.bytes.*select less/);
});

it("a record whose key or headers no output topic takes stops nobody: what is said of it goes without them", async () => {
  const app = nameFor("huge");
  await createTopic(broker, `${app}-in`, 1, { "max.message.bytes": "20000000" });
  const [long, half] = ["k".repeat(2_000_000), "k".repeat(500_000)];
  const messages = [
    { key: long, value: "nope" },
    { key: "a", value: "nope", headers: { trace: long } },
    sale(half),
    sale("b", 60_000),
    { key: half, value: JSON.stringify({ ...JSON.parse(sale("late").value), more: "m".repeat(800_000) }) },
    sale("c", 60_001),
  ];
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer();
    await producer.connect();
    // kafkajs takes minutes to choose a partition by so long a key
    for (const message of messages)
      await producer.send({ topic: `${app}-in`, messages: [{ ...message, partition: 0 }] });
    await producer.disconnect();
  });
  const { running } = start(cards(app));
  await until("all is said", () => {
    const { alerts, deadLetters, late } = running.metrics().sent;
    return alerts === 2 && deadLetters === 3 && late === 1;
  });
  await running.stop();
  const letters = await consoleConsume(broker, `${app}-dead-letters`);
  assert.equal(letters.map(({ key }) => key?.length ?? null).sort(), [1, null, null]);
});

for (const guarantee of ["exactly-once", "at-least-once"] as const) {
  it(`alerts that their topic takes, though not all at once, are sent in smaller batches, ${guarantee}`, async () => {
    const app = nameFor("many");
    await createTopic(broker, `${app}-in`, 1);
    await createTopic(broker, `${app}-alerts`, 1, { "max.message.bytes": "2000" });
    const sales = Array.from({ length: 40 }, (_, n) => sale(`card-${n}`));
    await javaProduce(broker, `${app}-in`, sales);
    const { running, lines } = start(cards(app, { guarantee }));
    await until("all are sent", () => running.metrics().sent.alerts === 40);
    await running.stop();
    const seen = await consoleConsume(broker, `${app}-alerts`);
    assert.equal([seen.length, new Set(seen.map(({ key }) => key)).size], [40, 40]);
    const told = lines.filter(({ message }) => message.includes("too large together"));
    assert.ok(told.length > 0 && told.length < 8, `${told.length} times`);
    assert.not.ok(lines.some(({ level }) => level === "error"));
  });
}

it("a broker that is away at the start is waited for; nobody there is BROKERS_UNREACHABLE in the end", async () => {
  const app = nameFor("away");
  await createTopic(broker, `${app}-in`, 1);
  await javaProduce(broker, `${app}-in`, [sale("card-1")]);
  await broker.kill();
  const waiting = start(cards(app, { connectWithin: "60s" }));
  await until("it says so", () => waiting.lines.some(({ message }) => message.includes("no broker answers yet")));
  await refusal(cards(app, { connectWithin: "1s" }), "BROKERS_UNREACHABLE", /nothing listens at 127/);
  await broker.restart();
  await until("it reads", () => waiting.running.metrics().sent.alerts === 1);
  const { complete } = await waiting.running.stop();
  assert.ok(complete);
});

it.run();
