// The secured listeners: who gets in, who does not, and who may do what.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect as connectTls } from "node:tls";
import type { KafkaConfig } from "kafkajs";
import * as assert from "uvu/assert";
import { KAFKA_VERSIONS } from "./install.ts";
import { requireBroker } from "./require-broker.ts";
import { bearerToken } from "./secured.ts";
import { createTopic, grant } from "./topics.ts";
import { ADMIN, CLERK, type User } from "./users.ts";

const kafkajs = createRequire(import.meta.url)("kafkajs") as typeof import("kafkajs");

for (const version of KAFKA_VERSIONS) {
  const broker = await requireBroker({ version, secured: true });
  const it = broker.suite(`secured broker ${version}`);
  const { secured } = broker;
  const ca = (): string => readFileSync(secured.caFile, "utf8");

  const mechanisms = (user: User): readonly NonNullable<KafkaConfig["sasl"]>[] => [
    { mechanism: "plain", ...user },
    { mechanism: "scram-sha-256", ...user },
    { mechanism: "scram-sha-512", ...user },
    { mechanism: "oauthbearer", oauthBearerProvider: async () => ({ value: bearerToken(user) }) },
  ];

  it("lets in who has a password or a token", async () => {
    await createTopic(broker, "secret", 1);
    for (const sasl of mechanisms(ADMIN)) {
      assert.equal(await topics(secured.saslTls, { ssl: { ca: ca() }, sasl }), ["secret"], sasl.mechanism);
      assert.equal(await topics(secured.saslPlaintext, { sasl }), ["secret"], sasl.mechanism);
    }
  });

  it("refuses others", async () => {
    for (const sasl of mechanisms({ ...ADMIN, password: "wrong" }).slice(0, 3)) {
      await fails(() => topics(secured.saslPlaintext, { sasl }), /SASL|authentication/i);
    }
    const sasl: KafkaConfig["sasl"] = {
      mechanism: "oauthbearer",
      oauthBearerProvider: async () => ({ value: bearerToken(ADMIN, -600_000) }),
    };
    // kafkajs takes the refusal of a token for a success, and then the broker hangs up.
    await fails(() => topics(secured.saslPlaintext, { sasl }), /KafkaJS/);
  });

  it("permits what was granted", async () => {
    const [sasl] = mechanisms(CLERK);
    const config = { sasl } as Partial<KafkaConfig>;
    assert.equal(await topics(secured.saslPlaintext, config), []);
    await grant(broker, {
      username: CLERK.username,
      on: "topic",
      name: "sec",
      isPrefix: true,
      operations: ["DESCRIBE"],
    });
    assert.equal(await topics(secured.saslPlaintext, config), ["secret"]);
    const { clientCertificateFile, clientKeyFile } = secured;
    const ssl = {
      ca: ca(),
      cert: readFileSync(clientCertificateFile, "utf8"),
      key: readFileSync(clientKeyFile, "utf8"),
    };
    assert.equal(await topics(secured.mutualTls, { ssl }), ["secret"]);
    await createTopic(broker, "other", 1);
    assert.equal(await topics(secured.tls, { ssl }), ["secret"]);
    assert.equal(await topics(secured.tls, { ssl: { ca: ca() } }), ["other", "secret"]);
  });

  it("shows certificates that a client takes, and one that is over", async () => {
    assert.is(await tlsCode(secured.tls, { ca: ca() }), "");
    assert.is(await tlsCode(secured.saslTls, { ca: ca() }), "");
    assert.is(await tlsCode(secured.expiredTls, { ca: ca() }), "CERT_HAS_EXPIRED");
    assert.is(await tlsCode(secured.tls, {}), "SELF_SIGNED_CERT_IN_CHAIN");
    await fails(() => topics(secured.mutualTls, { ssl: { ca: ca() } }), /KafkaJS/);
  });

  it.run();
}

/** The topics that a client sees, internal ones apart. */
async function topics(address: string, config: Partial<KafkaConfig>): Promise<readonly string[]> {
  const retry = { retries: 0 };
  const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING, retry, ...config });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.listTopics()).filter((name) => !name.startsWith("__")).sort();
  } finally {
    await admin.disconnect();
  }
}

async function fails(work: () => Promise<unknown>, expected: RegExp): Promise<void> {
  const error = await work().then(
    () => null,
    (thrown: Error) => thrown,
  );
  assert.match(String(error), expected);
}

/** The code with which a TLS client refuses the listener, or nothing. */
function tlsCode(address: string, options: { readonly ca?: string }): Promise<string> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = connectTls({ host, port: Number(port), ...options }, () => {
      resolve("");
      socket.destroy();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
