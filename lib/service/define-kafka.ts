// The `kafka` option of a service, checked. What the file does not say stays open: it may come from the environment or the
// command line, and only then are defaults filled in (`kafka-of.ts`).

import { readBrokers } from "../transports/kafka/brokers.ts";
import { withoutTls } from "../transports/kafka/connection.ts";
import type { KafkaDefinition, KafkaSasl, KafkaSettings, KafkaTls } from "../transports/kafka/options.ts";
import { isRecord, type Notes, type Options, readOptions, show } from "./options.ts";
import { secretOption } from "./secret-option.ts";

/** What nobody has to say. The other defaults depend on the service and its brokers. */
export const KAFKA_DEFAULTS: Omit<KafkaDefinition, "brokers" | "clientId" | "groupId" | "tls"> = Object.freeze({
  sasl: null,
  startFrom: "latest",
  onDataLoss: "fail",
  guarantee: "exactly-once",
  commitEveryMs: 100,
  shards: null,
  createTopics: Object.freeze({ partitions: null, replicationFactor: null }),
  patches: true,
  connectWithinMs: 30_000,
  connectionTimeoutMs: 5_000,
  requestTimeoutMs: 30_000,
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 60_000,
});

/** Lengths of time: the option, what it becomes, and the least it may be. */
const DURATIONS = [
  ["commitEvery", "commitEveryMs", 1],
  ["connectWithin", "connectWithinMs", 0],
  ["connectionTimeout", "connectionTimeoutMs", 1],
  ["requestTimeout", "requestTimeoutMs", 1],
  ["sessionTimeout", "sessionTimeoutMs", 1],
  ["rebalanceTimeout", "rebalanceTimeoutMs", 1],
] as const;

export const KAFKA_OPTIONS: readonly string[] = [
  "brokers",
  "clientId",
  "groupId",
  "tls",
  "sasl",
  "startFrom",
  "onDataLoss",
  "guarantee",
  "shards",
  "createTopics",
  "patches",
  ...DURATIONS.map(([name]) => name),
];

/** What the service file says of Kafka; `null` if it says nothing. */
export function defineKafka(service: Options, notes: Notes): KafkaSettings | null {
  if (service.raw("kafka") === undefined) return null;
  const options = service.inner("kafka", KAFKA_OPTIONS);
  const read: Readonly<Record<string, () => Partial<KafkaDefinition>>> = {
    brokers: () => ({ brokers: brokersOf(options.raw("brokers"), [...options.path, "brokers"], notes) }),
    clientId: () => ({ clientId: options.text("clientId", "") }),
    groupId: () => ({ groupId: options.text("groupId", "") }),
    tls: () => ({ tls: tlsOf(options, notes) }),
    sasl: () => ({ sasl: saslOf(options, notes) }),
    startFrom: () => ({ startFrom: options.oneOf("startFrom", ["latest", "earliest"], "latest") }),
    onDataLoss: () => ({ onDataLoss: options.oneOf("onDataLoss", ["fail", "continue"], "fail") }),
    guarantee: () => ({ guarantee: options.oneOf("guarantee", GUARANTEES, "exactly-once") }),
    shards: () => ({ shards: options.count("shards", 1) }),
    createTopics: () => ({ createTopics: createTopicsOf(options) }),
    patches: () => ({ patches: options.flag("patches", true) }),
    ...Object.fromEntries(
      DURATIONS.map(([name, into, leastMs]) => [
        name,
        () => ({ [into]: options.durationMs(name, KAFKA_DEFAULTS[into], leastMs) }),
      ]),
    ),
  };
  const said = Object.entries(read).filter(([name]) => options.raw(name) !== undefined);
  const settings: KafkaSettings = Object.assign({}, ...said.map(([, each]) => each()));
  checkSasl(settings, [...options.path, "sasl"], notes);
  checkGuarantee(settings, options.path, notes);
  return Object.freeze(settings);
}

/** Refuses a mechanism that TLS has to hide, if it is known that there will be none. */
export function checkSasl({ sasl, tls }: KafkaSettings, path: readonly string[], notes: Notes): void {
  if (sasl === undefined || sasl === null || tls === undefined) return;
  const problem = withoutTls(sasl, tls);
  if (problem !== null) notes.add(problem.code, path, problem.message, problem.remedy);
}

const GUARANTEES: readonly KafkaDefinition["guarantee"][] = ["exactly-once", "at-least-once"];

/** Refuses what one guarantee needs and the other settings take away. */
export function checkGuarantee({ guarantee, patches }: KafkaSettings, path: readonly string[], notes: Notes): void {
  if (guarantee !== "exactly-once" || patches !== false) return;
  notes.add(
    "PATCHES_NEEDED",
    [...path, "patches"],
    "Exactly once needs the repairs of kafkajs: without them records of aborted transactions are delivered.",
    'Leave out patches: false, or write guarantee: "at-least-once".',
  );
}

/** The addresses in `given`, at least one of them. */
export function brokersOf(given: unknown, path: readonly string[], notes: Notes): readonly string[] {
  const isList = Array.isArray(given) && given.length > 0 && given.every((each) => typeof each === "string");
  if (typeof given === "string" || isList)
    return Object.freeze(readBrokers(given, ({ message, remedy }) => notes.add("BAD_BROKER", path, message, remedy)));
  const what = Array.isArray(given) && given.length === 0 ? "an empty list" : show(given);
  notes.add("BAD_OPTION", path, `It is ${what}.`, 'Write "host:9092,host:9092" or a list of such addresses.');
  return [];
}

/** TLS without anything special. */
export const DEFAULT_TLS: KafkaTls = Object.freeze({
  ca: null,
  cert: null,
  key: null,
  passphrase: null,
  serverName: null,
});

function tlsOf(options: Options, notes: Notes): KafkaTls | null {
  if (!isRecord(options.raw("tls"))) return options.flag("tls", true) ? DEFAULT_TLS : null;
  const given = options.inner("tls", ["ca", "cert", "key", "passphrase", "serverName"]);
  const pem = { isPem: true };
  const hasCert = given.raw("cert") !== undefined;
  const hasKey = given.raw("key") !== undefined;
  if (hasCert !== hasKey)
    notes.add("BAD_OPTION", given.path, "cert and key go together.", `Give ${hasCert ? "key" : "cert"}, too.`);
  return Object.freeze({
    ca: secretOption(given, "ca", notes, pem),
    cert: secretOption(given, "cert", notes, pem),
    key: secretOption(given, "key", notes, pem),
    passphrase: secretOption(given, "passphrase", notes),
    serverName: given.text("serverName", "") || null,
  });
}

export const MECHANISMS: readonly KafkaSasl["mechanism"][] = ["plain", "scram-sha-256", "scram-sha-512", "oauthbearer"];

const PASSWORD_OPTIONS = ["mechanism", "username", "password"];
const SASL_OPTIONS: Readonly<Record<KafkaSasl["mechanism"] | "unknown", readonly string[]>> = {
  plain: PASSWORD_OPTIONS,
  "scram-sha-256": PASSWORD_OPTIONS,
  "scram-sha-512": PASSWORD_OPTIONS,
  oauthbearer: ["mechanism", "token"],
  unknown: [...PASSWORD_OPTIONS, "token"],
};

function saslOf(options: Options, notes: Notes): KafkaSasl | null {
  const path = [...options.path, "sasl"];
  const given = options.raw("sasl");
  // Not shown: texts here tend to be secrets.
  if (!isRecord(given)) {
    notes.add("BAD_OPTION", path, "It is no object.", "Write { mechanism, username, password }, or leave it out.");
    return null;
  }
  const word = "mechanism" in given ? given.mechanism : undefined;
  const mechanism = MECHANISMS.find((each) => each === word);
  const sasl = readOptions(given, path, SASL_OPTIONS[mechanism ?? "unknown"], notes);
  if (mechanism === undefined) {
    const remedy = `Write one of ${MECHANISMS.join(", ")}.`;
    notes.add("BAD_OPTION", [...path, "mechanism"], `It is ${show(word)}.`, remedy);
    return null;
  }
  if (mechanism === "oauthbearer") {
    const token = sasl.raw("token");
    if (typeof token === "function") return Object.freeze({ mechanism, token: token as () => Promise<string> });
    const secret = secretOption(sasl, "token", notes, { isNeeded: true });
    return secret === null ? null : Object.freeze({ mechanism, token: secret });
  }
  const username = secretOption(sasl, "username", notes, { isNeeded: true });
  const password = secretOption(sasl, "password", notes, { isNeeded: true });
  return username === null || password === null ? null : Object.freeze({ mechanism, username, password });
}

function createTopicsOf(options: Options): KafkaDefinition["createTopics"] {
  if (!isRecord(options.raw("createTopics")))
    return options.flag("createTopics", true) ? KAFKA_DEFAULTS.createTopics : null;
  const given = options.inner("createTopics", ["partitions", "replicationFactor"]);
  const count = (name: string): number | null => given.count(name, 0) || null;
  return Object.freeze({ partitions: count("partitions"), replicationFactor: count("replicationFactor") });
}
