// From a definition to a client of kafkajs that is known to reach the cluster.

import type { Kafka, KafkaConfig } from "kafkajs";
import { ConfigError } from "../../core/errors.ts";
import type { Log } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { isLoopback, toStandIn } from "./brokers.ts";
import { saslOptions, tlsSource } from "./credentials.ts";
import { awaitBroker } from "./first-contact.ts";
import { createKafkaLog } from "./kafka-log.ts";
import type { HiddenSecret, KafkaDefinition, KafkaSasl, KafkaTls } from "./options.ts";
import type { Environment } from "./secrets.ts";
import { createSocketFactory } from "./sockets.ts";

export type ConnectionParts = {
  /** kafkajs, as `loadKafkajs` gives it. */
  readonly kafkajs: typeof import("kafkajs");
  readonly log: Log;
  readonly clock: Clock;
  /** Where secrets are read that are variables. Default: the environment of the process. */
  readonly env?: Environment;
};

/** The default of kafkajs, 300 ms growing to 30 s, would stall transactions and group joins. */
const RETRY = { initialRetryTime: 20, multiplier: 1.5, maxRetryTime: 500, retries: 12 };

/** kafkajs' own numbers for its levels. */
const SILENT = 0;
const INFO = 4;

/**
 * A client for the cluster of `definition`. Secrets are read now, and again for each later connection. Resolves when a broker
 * has answered; until then the log tells every five seconds why none does.
 *
 * @throws {ConfigError} at once for what waiting cannot mend: `MISSING_SECRET`, `BAD_CERTIFICATE`, `SASL_PLAIN_WITHOUT_TLS`,
 *   `AUTHENTICATION_FAILED`, `CERTIFICATE_EXPIRED`, `TLS_PORT` and others
 * @throws {TransportError} `BROKERS_UNREACHABLE`, `BROKER_SILENT` after `connectWithin`
 */
export async function connect(definition: KafkaDefinition, parts: ConnectionParts): Promise<Kafka> {
  const { kafkajs, log, clock } = parts;
  const config = configOf(definition, parts);
  warnOfPlainText(definition, log);
  await awaitBroker({ definition, open: (address) => clientAt(address, config, definition, kafkajs), log, clock });
  return new kafkajs.Kafka(config);
}

/** Makes clients of one address each, which give up at once and silently: to see who answers there. @throws {ConfigError} as `connect` */
export function knock(definition: KafkaDefinition, parts: ConnectionParts): (address: string) => Kafka {
  const config = configOf(definition, parts);
  return (address) => clientAt(address, config, definition, parts.kafkajs);
}

function clientAt(
  address: string,
  config: KafkaConfig,
  { connectionTimeoutMs }: KafkaDefinition,
  kafkajs: ConnectionParts["kafkajs"],
): Kafka {
  return new kafkajs.Kafka({
    ...config,
    brokers: [toStandIn(address)],
    requestTimeout: connectionTimeoutMs,
    retry: { retries: 0 },
    logLevel: SILENT,
  });
}

function configOf(definition: KafkaDefinition, { log, clock, env = process.env }: ConnectionParts): KafkaConfig {
  const { sasl, tls } = definition;
  const problem = sasl === null ? null : withoutTls(sasl, tls);
  if (problem !== null) throw new ConfigError(problem.code, `${problem.message} ${problem.remedy}`);
  const write = createKafkaLog(log, clock);
  return {
    brokers: definition.brokers.map(toStandIn),
    clientId: definition.clientId,
    connectionTimeout: definition.connectionTimeoutMs,
    requestTimeout: definition.requestTimeoutMs,
    retry: RETRY,
    socketFactory: createSocketFactory(tlsSource(tls, { env, log })),
    logLevel: INFO,
    logCreator: () => write,
    ...(sasl === null ? {} : { sasl: saslOptions(sasl, { env, log }) }),
  };
}

/** Why `sasl` must not be used over a connection without TLS; `null`: it may, or there is TLS. */
export function withoutTls(
  sasl: KafkaSasl,
  tls: KafkaTls | null,
): { readonly code: string; readonly message: string; readonly remedy: string } | null {
  if (tls !== null || sasl.mechanism.startsWith("scram")) return null;
  const remedy = "Write tls: true, or use scram-sha-512.";
  return sasl.mechanism === "plain"
    ? { code: "SASL_PLAIN_WITHOUT_TLS", message: "The mechanism plain would send the password as it is.", remedy }
    : { code: "SASL_TOKEN_WITHOUT_TLS", message: "The mechanism oauthbearer would send the token as it is.", remedy };
}

function warnOfPlainText({ brokers, tls }: KafkaDefinition, log: Log): void {
  const remote = tls === null ? brokers.filter((address) => !isLoopback(address)) : [];
  if (remote.length > 0)
    log(
      "warn",
      "connections to brokers are not encrypted: tls is false; others on the way can read and change all records",
      {
        brokers: remote,
      },
    );
}

/** What to print of a connection: brokers, TLS, mechanism, user; never a secret. */
export function describeConnection({ brokers, tls, sasl }: KafkaDefinition): string {
  const who = tls?.cert == null ? "" : " with a certificate of its own";
  const way = tls === null ? "without TLS" : `over TLS${who}`;
  return `${brokers.join(",")} ${way}${sasl === null ? "" : `, ${describeSasl(sasl)}`}`;
}

function describeSasl(sasl: KafkaSasl): string {
  const mechanism = sasl.mechanism.toUpperCase();
  if (sasl.mechanism === "oauthbearer") return `by ${mechanism}`;
  return `as ${describeUser(sasl.username)} by ${mechanism}`;
}

/** A name that stands in the service file is no secret. */
function describeUser(username: HiddenSecret): string {
  const given = username.reveal();
  return typeof given === "string" ? `"${given}"` : `the user in ${username.place}`;
}
