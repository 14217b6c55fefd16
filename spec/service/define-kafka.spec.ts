// The `kafka` option of a service: what it may say, what is wrong with it, and that no secret is shown.

import { inspect } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { service } from "../../lib/service/define.ts";
import { type ServiceDefinition, topic } from "../../lib/service/definition.ts";
import type { KafkaSettings } from "../../lib/transports/kafka/options.ts";

const it = suite("define kafka");

type Login = { readonly type: string; readonly user: string };
const guessing = pattern<Login>("guessing").begin("tries").on("failed").times(3).within("1m");

/** Gives `service` what its types would refuse. */
function define(kafka: unknown): ServiceDefinition {
  const options = { app: "security", inputs: [topic<Login>("logins", {})], patterns: [guessing], kafka };
  return (service as (options: object) => ServiceDefinition)(options);
}

function settings(kafka: object): KafkaSettings {
  return define(kafka).kafka ?? {};
}

/** What is wrong, one line each: code, place, message, remedy. */
function problems(kafka: unknown): readonly string[] {
  try {
    define(kafka);
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).message
      .split("\n")
      .slice(1)
      .map((line) => line.trim().replace(/^error /, ""));
  }
  return [];
}

it("is nothing, if the file says nothing", () => {
  assert.is(define(undefined).kafka, null);
  assert.equal({ ...settings({}) }, {});
});

it("keeps what is said, and leaves open what is not", () => {
  assert.equal({ ...settings({ brokers: "a:1,b:2" }) }, { brokers: ["a:1", "b:2"] });
  assert.equal({ ...settings({ brokers: ["a:1"], tls: false }) }, { brokers: ["a:1"], tls: null });
});

it("takes every option", () => {
  const { tls, sasl, ...rest } = settings({
    brokers: ["kafka-1.example.com:9093", "[::1]:9093"],
    clientId: "me",
    groupId: "us",
    tls: {
      ca: { file: "/etc/ca.pem" },
      cert: "-----BEGIN CERTIFICATE-----",
      key: { env: "KEY" },
      passphrase: "open-sesame",
      serverName: "kafka",
    },
    sasl: { mechanism: "scram-sha-512", username: "clerk", password: { env: "PASSWORD" } },
    startFrom: "earliest",
    onDataLoss: "continue",
    guarantee: "at-least-once",
    commitEvery: "1s",
    shards: 2,
    createTopics: { partitions: 6, replicationFactor: 3 },
    patches: false,
    connectWithin: 0,
    connectionTimeout: "1s",
    requestTimeout: "2s",
    sessionTimeout: "10s",
    rebalanceTimeout: "20s",
  });
  assert.equal(rest, {
    brokers: ["kafka-1.example.com:9093", "[::1]:9093"],
    clientId: "me",
    groupId: "us",
    startFrom: "earliest",
    onDataLoss: "continue",
    guarantee: "at-least-once",
    commitEveryMs: 1_000,
    shards: 2,
    createTopics: { partitions: 6, replicationFactor: 3 },
    patches: false,
    connectWithinMs: 0,
    connectionTimeoutMs: 1_000,
    requestTimeoutMs: 2_000,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 20_000,
  });
  assert.equal(
    [tls?.ca?.place, tls?.cert?.place, tls?.key?.place, tls?.serverName],
    ['the file "/etc/ca.pem"', "the service file", "the environment variable KEY", "kafka"],
  );
  assert.equal(
    sasl !== null && sasl?.mechanism === "scram-sha-512" && [sasl.username.reveal(), sasl.password.reveal()],
    ["clerk", { env: "PASSWORD" }],
  );
});

it("takes the short forms", () => {
  assert.equal(settings({ tls: true }).tls, { ca: null, cert: null, key: null, passphrase: null, serverName: null });
  assert.is(settings({ createTopics: false }).createTopics, null);
  assert.equal(settings({ createTopics: true }).createTopics, { partitions: null, replicationFactor: null });
  assert.equal(settings({ createTopics: { partitions: 2 } }).createTopics, { partitions: 2, replicationFactor: null });
  const token = async (): Promise<string> => "token";
  const sasl = settings({ sasl: { mechanism: "oauthbearer", token } }).sasl;
  assert.ok(sasl?.mechanism === "oauthbearer" && sasl.token === token);
  const fromFile = settings({ sasl: { mechanism: "oauthbearer", token: { file: "/token" } } }).sasl;
  assert.match(inspect(fromFile), /\[secret: the file "\/token"\]/);
});

it("is frozen, and shows no secret", () => {
  const definition = define({
    brokers: "a:1",
    tls: { passphrase: "open-sesame" },
    sasl: { mechanism: "scram-sha-256", username: "clerk", password: "open-sesame" },
  });
  const { kafka } = definition;
  for (const each of [kafka, kafka?.brokers, kafka?.tls, kafka?.sasl]) assert.ok(Object.isFrozen(each));
  const shown = `${inspect(definition, { depth: null, showHidden: true })}${JSON.stringify(definition)}`;
  assert.not.ok(shown.includes("open-sesame"));
});

it("tells all mistakes at once, with a remedy each", () => {
  assert.equal(
    problems({
      broker: "a:1",
      brokers: ["a", "b:1"],
      clientId: " ",
      groupId: 7,
      tls: { cert: { file: "/cert" }, serverNam: "x" },
      sasl: { mechanism: "scram", usernam: "clerk" },
      startFrom: "first",
      onDataLoss: true,
      guarantee: "at-most-once",
      shards: 0,
      commitEvery: 0,
      createTopics: { partitions: 0 },
      patches: "no",
      sessionTimeout: "soon",
    }),
    [
      'UNKNOWN_OPTION at "kafka > broker": There is no such option. Did you mean "brokers"? The options here are brokers, clientId, groupId, tls, sasl, startFrom, onDataLoss, guarantee, shards, createTopics, patches, commitEvery, connectWithin, connectionTimeout, requestTimeout, sessionTimeout and rebalanceTimeout.',
      'BAD_BROKER at "kafka > brokers": "a" has no port. Write host:port, such as kafka-1.example.com:9092 or [::1]:9092.',
      'BAD_OPTION at "kafka > clientId": It is " ". Write a text.',
      'BAD_OPTION at "kafka > groupId": It is 7. Write a text.',
      'UNKNOWN_OPTION at "kafka > tls > serverNam": There is no such option. Did you mean "serverName"? The options here are ca, cert, key, passphrase and serverName.',
      'BAD_OPTION at "kafka > tls": cert and key go together. Give key, too.',
      'UNKNOWN_OPTION at "kafka > sasl > usernam": There is no such option. Did you mean "username"? The options here are mechanism, username, password and token.',
      'BAD_OPTION at "kafka > sasl > mechanism": It is "scram". Write one of plain, scram-sha-256, scram-sha-512, oauthbearer.',
      'BAD_OPTION at "kafka > startFrom": It is "first". Write "latest" or "earliest".',
      'BAD_OPTION at "kafka > onDataLoss": It is true. Write "fail" or "continue".',
      'BAD_OPTION at "kafka > guarantee": It is "at-most-once". Write "exactly-once" or "at-least-once".',
      'BAD_OPTION at "kafka > shards": It is 0. Write a whole number from 1.',
      'BAD_OPTION at "kafka > createTopics > partitions": It is 0. Write a whole number from 1.',
      'BAD_OPTION at "kafka > patches": It is "no". Write true or false.',
      'BAD_OPTION at "kafka > commitEvery": It is 0. Write a duration of at least 1 ms, such as 500 (milliseconds), "30s", "10m" or "1h30m".',
      'BAD_OPTION at "kafka > sessionTimeout": It is "soon". Write a duration of at least 1 ms, such as 500 (milliseconds), "30s", "10m" or "1h30m".',
    ],
  );
});

it("refuses exactly once without the repairs that it needs", () => {
  assert.equal(problems({ guarantee: "exactly-once", patches: false }), [
    'PATCHES_NEEDED at "kafka > patches": Exactly once needs the repairs of kafkajs: without them records of aborted transactions are delivered. Leave out patches: false, or write guarantee: "at-least-once".',
  ]);
});

it("refuses what is no list of brokers", () => {
  const remedy = 'Write "host:9092,host:9092" or a list of such addresses.';
  for (const [brokers, what] of [
    [[], "an empty list"],
    [[9092], "a list"],
    [9092, "9092"],
    [null, "null"],
  ] as const)
    assert.equal(problems({ brokers }), [`BAD_OPTION at "kafka > brokers": It is ${what}. ${remedy}`]);
  assert.match(problems({ brokers: "" })[0] ?? "", /One of the addresses is empty/);
});

it("refuses what is no secret, and shows nothing of it", () => {
  const user = { mechanism: "plain", username: "clerk" };
  for (const [password, what] of [
    [undefined, "missing"],
    ["", "empty"],
    [12_345, "neither a text nor an object with env or file"],
    [["hunter2"], "neither a text nor an object with env or file"],
    [{}, "an object that has neither env nor file"],
    [{ hunter2: "x" }, "an object that has neither env nor file"],
    [{ env: "hunter2", file: "x" }, "an object that has more than one of env and file, or something else"],
    [{ env: "" }, "an object whose env is not a name"],
    [{ file: 3 }, "an object whose file is not a name"],
  ] as const)
    assert.equal(problems({ sasl: { ...user, password } }), [
      `BAD_OPTION at "kafka > sasl > password": It is ${what}. Write { file: "/run/secrets/password" }, { env: "KAFKA_PASSWORD" }, or the text itself.`,
    ]);
  assert.match(
    problems({ tls: { ca: "/etc/ca.pem" } })[0] ?? "",
    /tls > ca": It is a text that is not in PEM\. Write \{ file:/,
  );
  assert.match(
    problems({ tls: { key: "-----BEGIN KEY" } })[0] ?? "",
    /"kafka > tls": cert and key go together\. Give cert, too/,
  );
  assert.equal(problems({ sasl: "hunter2" }), [
    'BAD_OPTION at "kafka > sasl": It is no object. Write { mechanism, username, password }, or leave it out.',
  ]);
  assert.match(problems({ sasl: {} })[0] ?? "", /sasl > mechanism": It is missing\. Write one of plain/);
  assert.match(problems({ sasl: { mechanism: "oauthbearer" } })[0] ?? "", /sasl > token": It is missing/);
  assert.match(problems("kafka:9092")[0] ?? "", /"kafka": It is "kafka:9092", not an object with options/);
});

it("refuses to send a password or token as it is, if the file itself leaves TLS out", () => {
  const sasl = { mechanism: "plain", username: "clerk", password: { env: "P" } };
  assert.equal(problems({ sasl, tls: false }), [
    'SASL_PLAIN_WITHOUT_TLS at "kafka > sasl": The mechanism plain would send the password as it is. Write tls: true, or use scram-sha-512.',
  ]);
  assert.equal(problems({ sasl }), []);
  assert.equal(problems({ sasl: { ...sasl, mechanism: "scram-sha-256" }, tls: false }), []);
});

it.run();
