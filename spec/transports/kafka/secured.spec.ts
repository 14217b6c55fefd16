// What real brokers refuse, and what a person is told: who gets in, with which certificate, password or token, who may do what, and
// that no secret gets out.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect as openPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kafka } from "kafkajs";
import * as assert from "uvu/assert";
import { SequiturError } from "../../../lib/core/errors.ts";
import { pattern } from "../../../lib/pattern/builder/builder.ts";
import { service } from "../../../lib/service/define.ts";
import { topic } from "../../../lib/service/definition.ts";
import { kafkaOf } from "../../../lib/service/kafka-of.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { connect } from "../../../lib/transports/kafka/connection.ts";
import { explainKafkaError } from "../../../lib/transports/kafka/kafka-error.ts";
import { loadKafkajs } from "../../../lib/transports/kafka/kafkajs.ts";
import type { KafkaOptions, KafkaTlsOptions } from "../../../lib/transports/kafka/options.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { bearerToken } from "../../broker/secured.ts";
import { createTopic, grant } from "../../broker/topics.ts";
import { ADMIN, CLERK } from "../../broker/users.ts";

const broker = await requireBroker({ secured: true, restarts: true, settings: { "message.max.bytes": "100000" } });
const { secured } = broker;
const it = broker.suite("secured connections");
const folder = mkdtempSync(join(tmpdir(), "sequitur-secured-"));
it.after(() => rmSync(folder, { recursive: true }));

/** Everything that was logged, in all tests. */
const logged: string[] = [];
const log = (...line: readonly unknown[]): void => {
  logged.push(JSON.stringify(line));
};

type Login = { readonly user: string };
const any = pattern<Login>("any").begin("a");

/** With clients that log the most that kafkajs can say. */
async function connecting(kafka: KafkaOptions, env: Readonly<Record<string, string>> = {}): Promise<Kafka> {
  const parts = { app: "fraud", inputs: [topic<Login>("logins", {})], patterns: [any] } as const;
  const definition = kafkaOf(service({ ...parts, kafka: { connectWithin: "60s", ...kafka } }), { env });
  Object.assign(process.env, DEBUG);
  try {
    return await connect(definition, { kafkajs: loadKafkajs({ patched: true, log }), log, clock: systemClock, env });
  } finally {
    for (const name of Object.keys(DEBUG)) delete process.env[name];
  }
}

const DEBUG = { KAFKAJS_LOG_LEVEL: "DEBUG", KAFKAJS_DEBUG_PROTOCOL_BUFFERS: "1" };

async function failureOf(act: () => Promise<unknown>): Promise<SequiturError> {
  try {
    await act();
  } catch (error) {
    assert.instance(error, SequiturError);
    logged.push((error as Error).message);
    return error as SequiturError;
  }
  throw new Error("nothing was refused");
}

async function refusal(kafka: KafkaOptions, code: string, message: RegExp): Promise<void> {
  const since = Date.now();
  const error = await failureOf(() => connecting(kafka));
  assert.is(error.code, code, error.message);
  assert.is(error.name, "ConfigError");
  assert.match(error.message, message);
  assert.ok(Date.now() - since < 20_000, "it is told at once");
}

const tls = (): KafkaTlsOptions => ({ ca: { file: secured.caFile } });
const scram = (password: string) => ({ mechanism: "scram-sha-512", username: CLERK.username, password }) as const;

async function topicsSeenBy(kafka: Kafka): Promise<readonly string[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

it("gets in with each mechanism, from the service file, variables and files", async () => {
  await createTopic(broker, "seen", 1);
  const { username, password } = ADMIN;
  const file = join(folder, "password");
  writeFileSync(file, `${password}\n`);
  const env = { KAFKA_PASSWORD: password };
  const token = async (): Promise<string> => bearerToken(ADMIN);
  for (const sasl of [
    { mechanism: "plain", username, password },
    { mechanism: "scram-sha-256", username, password: { env: "KAFKA_PASSWORD" } },
    { mechanism: "scram-sha-512", username, password: { file } },
    { mechanism: "oauthbearer", token },
    { mechanism: "oauthbearer", token: bearerToken(ADMIN) },
  ] as const) {
    const kafka = await connecting({ brokers: secured.saslTls, tls: tls(), sasl }, env);
    assert.ok((await topicsSeenBy(kafka)).includes("seen"), sasl.mechanism);
  }
  const variables = {
    SEQUITUR_KAFKA_BROKERS: secured.saslTls,
    SEQUITUR_KAFKA_CA_FILE: secured.caFile,
    SEQUITUR_KAFKA_SASL_MECHANISM: "SCRAM-SHA-256",
    SEQUITUR_KAFKA_SASL_USERNAME: username,
    SEQUITUR_KAFKA_SASL_PASSWORD_FILE: file,
  };
  assert.ok((await topicsSeenBy(await connecting({}, variables))).includes("seen"));
});

it("reads a password again for each connection", async () => {
  const file = join(folder, "changing");
  writeFileSync(file, ADMIN.password);
  const sasl = { mechanism: "plain", username: ADMIN.username, password: { file } } as const;
  const kafka = await connecting({ brokers: secured.saslTls, tls: tls(), sasl });
  writeFileSync(file, "not-the-password");
  const error = await failureOf(() =>
    topicsSeenBy(kafka).catch((reason: unknown) => {
      throw explainKafkaError(reason, "listing topics", { brokers: secured.saslTls });
    }),
  );
  assert.is(error.code, "AUTHENTICATION_FAILED");
  rmSync(file);
  writeFileSync(file, ADMIN.password);
  assert.ok((await topicsSeenBy(kafka)).includes("seen"));
});

it("says that the password, the token or the mechanism is refused", async () => {
  const brokers = secured.saslTls;
  for (const mechanism of ["plain", "scram-sha-256", "scram-sha-512"] as const)
    await refusal(
      { brokers, tls: tls(), sasl: { mechanism, username: "clerk", password: "open-sesame" } },
      "AUTHENTICATION_FAILED",
      new RegExp(
        `^The brokers at ${brokers} refused who we say we are \\(connecting\\): Authentication failed.*Check the user name, the password`,
      ),
    );
  const none = { mechanism: "oauthbearer", token: async () => undefined as never } as const;
  await refusal({ brokers, tls: tls(), sasl: none }, "BAD_TOKEN", /sasl\.token gave no text/);
  const over = { mechanism: "oauthbearer", token: bearerToken(ADMIN, -600_000) } as const;
  await refusal(
    { brokers, tls: tls(), sasl: over },
    "AUTHENTICATION_FAILED",
    /refused the token: \{"status":"invalid_token"/,
  );
});

it("says what a port expects that it does not get", async () => {
  await refusal(
    { brokers: broker.address, sasl: scram("x") },
    "SASL_NOT_EXPECTED",
    /does not ask for SASL.*leave sasl out/,
  );
  await refusal(
    { brokers: secured.saslPlaintext },
    "SASL_REQUIRED",
    /hangs up on a client that does not say who it is.*give sasl/,
  );
  await refusal({ brokers: secured.saslTls, tls: tls() }, "SASL_REQUIRED", /wants SASL/);
  await refusal(
    { brokers: broker.address, tls: true },
    "PLAINTEXT_PORT",
    new RegExp(`broker ${broker.address} does not speak TLS.*tls: false`),
  );
  await refusal(
    { brokers: secured.tls, tls: false },
    "TLS_PORT",
    new RegExp(`broker ${secured.tls} wants TLS.*tls: true, or \\{ ca \\}`),
  );
  await refusal({ brokers: secured.saslTls, tls: false, sasl: scram("x") }, "TLS_PORT", /wants TLS/);
});

it("asks a port that just hangs up on plain text whether it speaks TLS", async () => {
  const [host = "", port = ""] = secured.tls.split(":");
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (first) => {
      if (first[0] !== TLS_HANDSHAKE) return socket.destroy();
      const behind = openPlain({ host, port: Number(port) });
      behind.on("error", () => socket.destroy());
      behind.write(first);
      return socket.pipe(behind).pipe(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as { port: number }).port}`;
  await refusal({ brokers: address, tls: false }, "TLS_PORT", new RegExp(`broker ${address} wants TLS`));
  await new Promise((resolve) => server.close(resolve));
});

const TLS_HANDSHAKE = 0x16;

it("says what is wrong with a certificate", async () => {
  await refusal(
    { brokers: secured.expiredTls, tls: tls() },
    "CERTIFICATE_EXPIRED",
    new RegExp(`broker ${secured.expiredTls} has expired.*Renew it`),
  );
  await refusal(
    { brokers: secured.tls, tls: true },
    "CERTIFICATE_UNTRUSTED",
    /not signed by anyone trusted here.*tls\.ca/,
  );
  const other = { ...tls(), serverName: "kafka.example.com" };
  await refusal(
    { brokers: secured.tls, tls: other },
    "CERTIFICATE_FOR_OTHER_HOST",
    /belongs to another name: it is for .*localhost.*, not for .*tls\.serverName/,
  );
  await refusal(
    { brokers: secured.mutualTls, tls: tls() },
    "CLIENT_CERTIFICATE_REFUSED",
    /wants one.*Give tls\.cert and tls\.key/,
  );
});

it("gets in with a certificate of its own, and by another name", async () => {
  const own = { ...tls(), cert: { file: secured.clientCertificateFile }, key: { file: secured.clientKeyFile } };
  await connecting({ brokers: secured.mutualTls, tls: own });
  await connecting({ brokers: secured.tls, tls: { ...tls(), serverName: "localhost" } });
  await connecting({ brokers: secured.tls.replace("127.0.0.1", "localhost"), tls: tls() });
});

it("does with one broker out of several", async () => {
  await connecting({ brokers: `127.0.0.1:1,${broker.address}` });
  await connecting({ brokers: [secured.expiredTls, secured.tls], tls: tls() });
});

/** What Kafka refuses the clerk, explained. */
async function refusedToClerk(
  doing: string,
  where: object,
  act: (kafka: Kafka) => Promise<unknown>,
): Promise<SequiturError> {
  const kafka = await connecting({ brokers: secured.saslTls, tls: tls(), sasl: scram(CLERK.password) });
  return failureOf(() =>
    act(kafka).catch((error: unknown) => {
      throw explainKafkaError(error, doing, { brokers: secured.saslTls, ...where });
    }),
  );
}

async function send(kafka: Kafka, to: string, bytes: number): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false, idempotent: true, maxInFlightRequests: 1 });
  try {
    await producer.connect();
    await producer.send({ topic: to, messages: [{ value: Buffer.alloc(bytes) }] });
  } finally {
    await producer.disconnect();
  }
}

async function consume(kafka: Kafka, from: string, groupId: string): Promise<void> {
  const consumer = kafka.consumer({ groupId });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [from] });
    await new Promise((_, reject) => {
      // While the broker makes the topic of groups, kafkajs tries again by itself.
      consumer.on("consumer.crash", ({ payload }) => payload.restart || reject(payload.error));
      consumer.run({ eachBatch: async () => {} }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}

it("says which permission is missing, on what", async () => {
  await createTopic(broker, "cards", 1);
  const unseen = await refusedToClerk('writing topic "cards"', { topic: "cards" }, (kafka) => send(kafka, "cards", 1));
  assert.is(unseen.code, "NOT_AUTHORIZED", unseen.message);
  assert.match(
    unseen.message,
    /the operation Write on topic "cards" \(before Kafka 2\.8 also IdempotentWrite on the cluster\) is missing\..*--operation Write --topic cards$/,
  );
  const username = CLERK.username;
  await grant(broker, { username, on: "topic", name: "cards", operations: ["DESCRIBE"] });
  const unwritten = await refusedToClerk('writing topic "cards"', { topic: "cards" }, (kafka) =>
    send(kafka, "cards", 1),
  );
  assert.is(unwritten.code, "NOT_AUTHORIZED", unwritten.message);
  const group = await refusedToClerk('joining group "fraud"', { group: "fraud" }, (kafka) =>
    consume(kafka, "cards", "fraud"),
  );
  assert.is(group.code, "NOT_AUTHORIZED", group.message);
  assert.match(group.message, /the operation Read on group "fraud" is missing\..*--operation Read --group fraud$/);
  await grant(broker, { username, on: "group", name: "fraud", operations: ["READ"] });
  const unread = await refusedToClerk('reading topic "cards"', { topic: "cards" }, (kafka) =>
    consume(kafka, "cards", "fraud"),
  );
  assert.is(unread.code, "NOT_AUTHORIZED", unread.message);
  assert.match(unread.message, /--operation Read --topic cards$/);
  const created = await refusedToClerk('creating topic "new"', { topic: "new" }, async (kafka) => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: "new" }] });
    } finally {
      await admin.disconnect();
    }
  });
  assert.is(created.code, "NOT_AUTHORIZED", created.message);
  assert.match(created.message, /the operation Create on topic "new" is missing/);
});

it("says that a topic is missing, and that records are too large", async () => {
  const kafka = await connecting({ brokers: broker.address });
  const explained = (doing: string, where: object, act: () => Promise<unknown>): Promise<SequiturError> =>
    failureOf(() =>
      act().catch((error: unknown) => {
        throw explainKafkaError(error, doing, { brokers: broker.address, ...where });
      }),
    );
  const missing = await explained('writing topic "nowhere"', { topic: "nowhere" }, () => send(kafka, "nowhere", 1));
  assert.is(missing.code, "MISSING_TOPIC", missing.message);
  assert.match(missing.message, new RegExp(`^Topic "nowhere" does not exist at ${broker.address}, or may not be seen`));
  const large = await explained('writing topic "seen"', { topic: "seen" }, () => send(kafka, "seen", 200_000));
  assert.is(large.code, "MESSAGE_TOO_LARGE", large.message);
  assert.match(large.message, /too large for topic "seen".*max\.message\.bytes/);
  const replicas = await explained('creating topic "three"', { topic: "three" }, async () => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: "three", replicationFactor: 3 }] });
    } finally {
      await admin.disconnect();
    }
  });
  assert.is(replicas.code, "TOPIC_REFUSED", replicas.message);
  assert.match(replicas.message, /did not create topic "three".*createTopics: \{ partitions, replicationFactor \}/);
});

it("waits for a broker that is away at the start, and says so", async () => {
  await broker.kill();
  const before = logged.length;
  const [kafka] = await Promise.all([connecting({ brokers: broker.address }), broker.restart()]);
  assert.ok((await topicsSeenBy(kafka)).includes("seen"));
  const told = logged.slice(before).filter((line) => line.includes("no broker answers yet"));
  assert.ok(told.length >= 1 && told.length <= 12, told.join("\n"));
  assert.match(
    told[0] ?? "",
    new RegExp(
      `^\\["warn","no broker answers yet; trying for another (1m|59s)",.*nothing listens at ${broker.address}`,
    ),
  );
});

it("lets out no secret, in whatever it logged and said", async () => {
  const said = logged.join("\n");
  assert.match(said, /"debug","kafkajs: Request SaslAuthenticate/);
  const key = readFileSync(secured.clientKeyFile, "utf8").split("\n")[1] ?? "";
  for (const secret of [
    ADMIN.password,
    CLERK.password,
    "open-sesame",
    "not-the-password",
    bearerToken(ADMIN).slice(0, 40),
    key,
  ])
    assert.not.ok(said.includes(secret), secret);
});

it.run();
