// Who says how Kafka is reached: the command line over the service file over the environment over defaults.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { service } from "../../lib/service/define.ts";
import { topic } from "../../lib/service/definition.ts";
import { KAFKA_VARIABLES } from "../../lib/service/kafka-env.ts";
import { type KafkaSources, kafkaOf } from "../../lib/service/kafka-of.ts";
import { describeConnection } from "../../lib/transports/kafka/connection.ts";
import type { KafkaDefinition, KafkaOptions } from "../../lib/transports/kafka/options.ts";

const it = suite("kafka of");

type Login = { readonly type: string; readonly user: string };
const guessing = pattern<Login>("guessing").begin("tries").on("failed").times(3).within("1m");

type Sources = Omit<KafkaSources, "env"> & { readonly env?: Readonly<Record<string, string>> };

/** The variables of `env` without their prefix. */
function of(kafka: KafkaOptions | null, { env = {}, ...sources }: Sources = {}): KafkaDefinition {
  const definition = service({
    app: "security",
    inputs: [topic<Login>("logins", {})],
    patterns: [guessing],
    ...(kafka === null ? {} : { kafka }),
  });
  const named = Object.entries(env).map(([name, value]) => [`SEQUITUR_KAFKA_${name}`, value]);
  return kafkaOf(definition, { ...sources, env: { PATH: "/bin", ...Object.fromEntries(named) } });
}

/** What is wrong, one line each. */
function problems(kafka: KafkaOptions | null, sources: Sources = {}): readonly string[] {
  try {
    of(kafka, sources);
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).message
      .split("\n")
      .slice(1)
      .map((line) => line.trim().replace(/^error /, ""));
  }
  return [];
}

const NO_TLS = { ca: null, cert: null, key: null, passphrase: null, serverName: null };

it("has a default for everything but the brokers", () => {
  assert.equal(
    { ...of({ brokers: "kafka:9092" }) },
    {
      brokers: ["kafka:9092"],
      clientId: "security",
      groupId: "security",
      tls: NO_TLS,
      sasl: null,
      startFrom: "latest",
      onDataLoss: "fail",
      commitEveryMs: 100,
      createTopics: { partitions: null, replicationFactor: null },
      patches: true,
      connectWithinMs: 30_000,
      connectionTimeoutMs: 5_000,
      requestTimeoutMs: 30_000,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 60_000,
      guarantee: "exactly-once",
      shards: null,
    },
  );
  assert.equal(problems(null), [
    'MISSING_BROKERS at "kafka > brokers": Nobody says where Kafka is. Run with --brokers host:9092, set SEQUITUR_KAFKA_BROKERS, or write kafka: { brokers: "host:9092" } in the service file.',
  ]);
});

it("refuses settings that do not go together with the guarantee, which is exactly once if nothing is said", () => {
  const [problem = ""] = problems({ brokers: "localhost:9092", patches: false });
  assert.match(problem, /^PATCHES_NEEDED at "kafka > patches": .*guarantee: "at-least-once"/);
  assert.is(of({ brokers: "localhost:9092", patches: false, guarantee: "at-least-once" }).patches, false);
});

it("the topic of the state is none that the service reads", () => {
  const inputs = [topic<Login>("security-state", {})];
  assert.throws(
    () => service({ app: "security", inputs, patterns: [guessing] }),
    (error: ConfigError) => error.code === "DUPLICATE_TOPIC" && /read as an input/.test(error.message),
  );
});

it("uses TLS unless every broker is on this machine, whoever named them", () => {
  assert.is(of({ brokers: "localhost:9092,127.0.0.1:9093,[::1]:9094" }).tls, null);
  assert.equal(of({ brokers: "localhost:9092,kafka:9092" }).tls, NO_TLS);
  assert.equal(of({ brokers: "localhost:9092" }, { brokers: "kafka:9092" }).tls, NO_TLS);
  assert.is(of({ brokers: "kafka:9092" }, { brokers: "localhost:9092" }).tls, null);
  assert.equal(of({ brokers: "localhost:9092", tls: true }).tls, NO_TLS);
  assert.is(of({ brokers: "kafka:9092", tls: false }).tls, null);
});

it("lets the command line win over the file, and the file over the environment", () => {
  const env = { BROKERS: "env:1", CLIENT_ID: "env", GROUP_ID: "env" };
  assert.equal(of(null, { env }).brokers, ["env:1"]);
  assert.equal(of({ brokers: "file:1" }, { env }).brokers, ["file:1"]);
  assert.equal(of({ brokers: "file:1" }, { env, brokers: "a:1, b:2" }).brokers, ["a:1", "b:2"]);
  const { clientId, groupId } = of({ clientId: "file" }, { env });
  assert.equal([clientId, groupId], ["file", "env"]);
});

it("never mixes TLS or SASL of two sources, and says which variables are not used", () => {
  const lines: unknown[] = [];
  const env = { BROKERS: "a:1", CA_FILE: "/env/ca", SASL_MECHANISM: "plain", SASL_USERNAME: "env", SASL_PASSWORD: "p" };
  const sasl = { mechanism: "scram-sha-256", username: "file", password: "open-sesame" } as const;
  const kafka = of({ tls: true, sasl }, { env, log: (...line) => lines.push(line.slice(0, 2)) });
  assert.equal(kafka.tls, NO_TLS);
  assert.is(describeConnection(kafka), 'a:1 over TLS, as "file" by SCRAM-SHA-256');
  assert.equal(lines, [
    ["info", "tls is said elsewhere; not used: SEQUITUR_KAFKA_CA_FILE"],
    [
      "info",
      "sasl is said elsewhere; not used: SEQUITUR_KAFKA_SASL_MECHANISM, SEQUITUR_KAFKA_SASL_USERNAME, SEQUITUR_KAFKA_SASL_PASSWORD",
    ],
  ]);
});

it("takes TLS and SASL from the environment", () => {
  const env = {
    BROKERS: "localhost:1",
    CA_FILE: "/ca",
    CERT_FILE: "/cert",
    KEY_FILE: "/key",
    KEY_PASSPHRASE_FILE: "/passphrase",
    SERVER_NAME: "kafka",
    SASL_MECHANISM: "SCRAM-SHA-512",
    SASL_USERNAME: "clerk",
    SASL_PASSWORD: "open-sesame",
  };
  const { tls, sasl } = of(null, { env });
  assert.equal(
    [tls?.ca, tls?.cert, tls?.key, tls?.passphrase].map((each) => each?.reveal()),
    ["/ca", "/cert", "/key", "/passphrase"].map((file) => ({ file })),
  );
  assert.is(tls?.serverName, "kafka");
  assert.ok(sasl?.mechanism === "scram-sha-512");
  assert.equal([sasl.username.reveal(), sasl.password.reveal()], ["clerk", { env: "SEQUITUR_KAFKA_SASL_PASSWORD" }]);
  assert.equal(of(null, { env: { BROKERS: "localhost:1", TLS: "true" } }).tls, NO_TLS);
  assert.is(of(null, { env: { BROKERS: "kafka:1", TLS: "false" } }).tls, null);
  const bearer = of(null, { env: { BROKERS: "kafka:1", SASL_MECHANISM: "oauthbearer", SASL_TOKEN_FILE: "/token" } });
  assert.match(JSON.stringify(bearer.sasl), /the file \\"\/token\\"/);
});

it("counts an empty variable as not set", () => {
  const env = Object.fromEntries(Object.keys(KAFKA_VARIABLES).map((name) => [name, ""]));
  assert.equal(of({ brokers: "localhost:1" }, { env }), of({ brokers: "localhost:1" }));
});

it("refuses variables that begin like its own and are none, except those that the file names", () => {
  const kafka = { brokers: "localhost:1" };
  const [first, ...rest] = problems(kafka, { env: { SASL_PASWORD: "open-sesame" } });
  assert.equal(rest, []);
  assert.match(
    first ?? "",
    /^UNKNOWN_ENV at "SEQUITUR_KAFKA_SASL_PASWORD": There is no such variable\. Did you mean SEQUITUR_KAFKA_SASL_PASSWORD\? Those that begin with SEQUITUR_KAFKA_ go on with BROKERS, CLIENT_ID/,
  );
  assert.match(problems(kafka, { env: { WHATEVER: "x" } })[0] ?? "", /There is no such variable\. Those that begin/);
  const sasl = { mechanism: "scram-sha-512", username: "a", password: { env: "SEQUITUR_KAFKA_MINE" } } as const;
  assert.equal(problems({ ...kafka, sasl }, { env: { MINE: "x" } }), []);
});

it("says what is wrong with the variables, all at once, and shows no secret", () => {
  const said = problems(null, {
    brokers: "nonsense",
    env: {
      BROKERS: "a",
      TLS: "yes",
      CERT_FILE: "/cert",
      KEY_PASSPHRASE: "open-sesame",
      KEY_PASSPHRASE_FILE: "/p",
      SASL_PASSWORD: "open-sesame",
    },
  });
  assert.equal(said, [
    'BAD_BROKER at "SEQUITUR_KAFKA_BROKERS": "a" has no port. Write host:port, such as kafka-1.example.com:9092 or [::1]:9092.',
    'BAD_ENV at "SEQUITUR_KAFKA_KEY_PASSPHRASE_FILE": It stands beside SEQUITUR_KAFKA_KEY_PASSPHRASE. Give one of them.',
    'BAD_ENV at "SEQUITUR_KAFKA_KEY_FILE": It is missing. A certificate and its key go together.',
    'BAD_ENV at "SEQUITUR_KAFKA_TLS": It is "yes". Write true or false.',
    'BAD_ENV at "SEQUITUR_KAFKA_SASL_MECHANISM": It is missing. Write one of plain, scram-sha-256, scram-sha-512, oauthbearer.',
    'BAD_BROKER at "--brokers": "nonsense" has no port. Write host:port, such as kafka-1.example.com:9092 or [::1]:9092.',
  ]);
});

it("misses what a mechanism needs", () => {
  const missing = (env: Readonly<Record<string, string>>): readonly string[] =>
    problems({ brokers: "kafka:1" }, { env }).map((line) => line.replace(/": It is missing.*/, '" missing'));
  assert.equal(missing({ SASL_MECHANISM: "plain" }), [
    'BAD_ENV at "SEQUITUR_KAFKA_SASL_USERNAME" missing',
    'BAD_ENV at "SEQUITUR_KAFKA_SASL_PASSWORD_FILE" missing',
  ]);
  assert.equal(missing({ SASL_MECHANISM: "oauthbearer" }), ['BAD_ENV at "SEQUITUR_KAFKA_SASL_TOKEN_FILE" missing']);
  assert.match(missing({ SASL_MECHANISM: "kerberos" })[0] ?? "", /It is "kerberos"\. Write one of plain/);
  assert.match(
    missing({ TLS: "false", CA_FILE: "/ca" })[0] ?? "",
    /TLS": It is false, and other variables say how to use TLS/,
  );
  assert.match(missing({ KEY_FILE: "/key" })[0] ?? "", /CERT_FILE" missing/);
});

it("refuses to send a password as it is, whoever named brokers and mechanism", () => {
  const sasl = { mechanism: "plain", username: "clerk", password: { env: "P" } } as const;
  assert.match(
    problems({ sasl }, { brokers: "localhost:1" })[0] ?? "",
    /^SASL_PLAIN_WITHOUT_TLS at "kafka > sasl": The mechanism plain/,
  );
  assert.equal(problems({ sasl }, { brokers: "kafka:1" }), []);
  const env = { SASL_MECHANISM: "oauthbearer", SASL_TOKEN: "t" };
  assert.match(
    problems({ brokers: "localhost:1" }, { env })[0] ?? "",
    /^SASL_TOKEN_WITHOUT_TLS at "SEQUITUR_KAFKA_SASL_MECHANISM": The mechanism oauthbearer/,
  );
});

it.run();
