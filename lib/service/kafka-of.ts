// How a service speaks to Kafka, from all who may say it:
//
//     --brokers ─over─▶ the service file ─over─▶ SEQUITUR_KAFKA_… ─over─▶ defaults
//
// Each setting comes whole from one of them: the TLS or SASL of a file is never mixed with that of the environment.

import { ConfigError, describeProblems, type Problem } from "../core/errors.ts";
import type { Log } from "../runtime/ports.ts";
import { isLoopback } from "../transports/kafka/brokers.ts";
import type { HiddenSecret, KafkaDefinition, KafkaSettings } from "../transports/kafka/options.ts";
import type { Environment } from "../transports/kafka/secrets.ts";
import { brokersOf, checkGuarantee, checkSasl, DEFAULT_TLS, KAFKA_DEFAULTS } from "./define-kafka.ts";
import type { ServiceDefinition } from "./definition.ts";
import { kafkaFromEnv, variablesFor } from "./kafka-env.ts";
import type { Notes } from "./options.ts";

export type KafkaSources = {
  /** What `--brokers` says: it wins. */
  readonly brokers?: string | undefined;
  /** Default: the environment of the process. */
  readonly env?: Environment;
  /** Is told which variables are not used because the service file says the same. */
  readonly log?: Log;
};

/**
 * The connection of a service, every default filled in. Secrets are not read yet.
 *
 * @throws {ConfigError} with everything that is wrong; its code is that of the first: `MISSING_BROKERS`, `BAD_BROKER`, `BAD_ENV`,
 *   `UNKNOWN_ENV`, `SASL_PLAIN_WITHOUT_TLS`, `SASL_TOKEN_WITHOUT_TLS`, `PATCHES_NEEDED`
 */
export function kafkaOf(service: ServiceDefinition, sources: KafkaSources = {}): KafkaDefinition {
  const { brokers, env = process.env, log = () => {} } = sources;
  const problems: Problem[] = [];
  const notes: Notes = {
    add: (code, path, message, remedy) => problems.push({ code, severity: "error", path, message, remedy }),
  };
  const file = service.kafka ?? {};
  const fromEnv = kafkaFromEnv(env, variablesIn(file), notes);
  const fromCommand = brokers === undefined ? {} : { brokers: brokersOf(brokers, ["--brokers"], notes) };
  const definition = fillIn(service.app, { ...fromEnv, ...file, ...fromCommand });
  if (definition.brokers.length === 0 && problems.length === 0) missingBrokers(notes);
  checkSasl(definition, file.sasl === undefined ? ["SEQUITUR_KAFKA_SASL_MECHANISM"] : ["kafka", "sasl"], notes);
  checkGuarantee(definition, ["kafka"], notes);
  const [first] = problems;
  if (first !== undefined)
    throw new ConfigError(first.code, describeProblems(service.app, problems).replace(/^pattern/, "service"));
  tellUnused({ ...file, ...fromCommand }, env, log);
  return definition;
}

function fillIn(app: string, said: KafkaSettings): KafkaDefinition {
  const { brokers = [] } = said;
  const tls = brokers.every(isLoopback) ? null : DEFAULT_TLS;
  return Object.freeze({ ...KAFKA_DEFAULTS, clientId: app, groupId: app, brokers, tls, ...said });
}

function missingBrokers(notes: Notes): void {
  const remedy =
    'Run with --brokers host:9092, set SEQUITUR_KAFKA_BROKERS, or write kafka: { brokers: "host:9092" } in the service file.';
  notes.add("MISSING_BROKERS", ["kafka", "brokers"], "Nobody says where Kafka is.", remedy);
}

function tellUnused(wins: KafkaSettings, env: Environment, log: Log): void {
  for (const setting of Object.keys(wins) as (keyof KafkaSettings)[]) {
    const unused = variablesFor(setting, env);
    if (unused.length > 0) log("info", `${setting} is said elsewhere; not used: ${unused.join(", ")}`);
  }
}

/** The variables that hold the secrets of a service. */
function variablesIn({ tls, sasl }: KafkaSettings): ReadonlySet<string> {
  const names = [...Object.values(tls ?? {}), ...Object.values(sasl ?? {})].flatMap((part) => {
    const given = isHidden(part) ? part.reveal() : "";
    return typeof given === "object" && "env" in given ? [given.env] : [];
  });
  return new Set(names);
}

function isHidden(part: unknown): part is HiddenSecret {
  return typeof part === "object" && part !== null && "reveal" in part;
}
