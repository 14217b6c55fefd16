// What the environment says of the connection to Kafka, for those who do not want to write it into a file. Only of the connection:
// what a service does belongs into its file.

import { nearest } from "../core/nearest.ts";
import type { HiddenSecret, KafkaSasl, KafkaSettings, KafkaTls } from "../transports/kafka/options.ts";
import { type Environment, hideSecret } from "../transports/kafka/secrets.ts";
import { brokersOf, DEFAULT_TLS, MECHANISMS } from "./define-kafka.ts";
import type { Notes } from "./options.ts";

const PREFIX = "SEQUITUR_KAFKA_";

/** Every variable without its prefix, and the setting that it is a part of. */
export const KAFKA_VARIABLES: Readonly<Record<Variable, keyof KafkaSettings>> = {
  BROKERS: "brokers",
  CLIENT_ID: "clientId",
  GROUP_ID: "groupId",
  TLS: "tls",
  CA_FILE: "tls",
  CERT_FILE: "tls",
  KEY_FILE: "tls",
  KEY_PASSPHRASE: "tls",
  KEY_PASSPHRASE_FILE: "tls",
  SERVER_NAME: "tls",
  SASL_MECHANISM: "sasl",
  SASL_USERNAME: "sasl",
  SASL_PASSWORD: "sasl",
  SASL_PASSWORD_FILE: "sasl",
  SASL_TOKEN: "sasl",
  SASL_TOKEN_FILE: "sasl",
};

type Variable =
  | "BROKERS"
  | "CLIENT_ID"
  | "GROUP_ID"
  | "TLS"
  | "CA_FILE"
  | "CERT_FILE"
  | "KEY_FILE"
  | "KEY_PASSPHRASE"
  | "KEY_PASSPHRASE_FILE"
  | "SERVER_NAME"
  | "SASL_MECHANISM"
  | "SASL_USERNAME"
  | "SASL_PASSWORD"
  | "SASL_PASSWORD_FILE"
  | "SASL_TOKEN"
  | "SASL_TOKEN_FILE";

const NAMES = Object.keys(KAFKA_VARIABLES) as readonly Variable[];

/** The variables as they are set; an empty one counts as not set. */
type Variables = {
  readonly notes: Notes;
  get(variable: Variable): string | undefined;
  secret(variable: Variable): HiddenSecret | null;
  file(variable: Variable): HiddenSecret | null;
  bad(variable: Variable, message: string, remedy: string): void;
};

/**
 * What `env` says. Variables that begin like ours and are none are refused, unless they are in `others`: the service file may name
 * any variable for its secrets.
 */
export function kafkaFromEnv(env: Environment, others: ReadonlySet<string>, notes: Notes): KafkaSettings {
  refuseUnknown(env, others, notes);
  const variables = variablesOf(env, notes);
  const addresses = variables.get("BROKERS");
  const brokers = addresses === undefined ? undefined : brokersOf(addresses, [`${PREFIX}BROKERS`], notes);
  const clientId = variables.get("CLIENT_ID");
  const groupId = variables.get("GROUP_ID");
  const tls = tlsFrom(variables);
  const sasl = saslFrom(variables);
  return {
    ...(brokers === undefined ? {} : { brokers }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}

/** The variables that are set and say something about `setting`. */
export function variablesFor(setting: keyof KafkaSettings, env: Environment): readonly string[] {
  const ours = NAMES.filter((name) => KAFKA_VARIABLES[name] === setting).map((name) => `${PREFIX}${name}`);
  return ours.filter((name) => isSet(env[name]));
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function refuseUnknown(env: Environment, others: ReadonlySet<string>, notes: Notes): void {
  const known = NAMES.map((name) => `${PREFIX}${name}`);
  for (const name of Object.keys(env)) {
    if (!name.startsWith(PREFIX) || known.includes(name) || others.has(name)) continue;
    const near = nearest(name.slice(PREFIX.length), NAMES);
    const meant = near === undefined ? "" : `Did you mean ${PREFIX}${near}? `;
    const remedy = `${meant}Those that begin with ${PREFIX} go on with ${NAMES.join(", ")}.`;
    notes.add("UNKNOWN_ENV", [name], "There is no such variable.", remedy);
  }
}

function variablesOf(env: Environment, notes: Notes): Variables {
  const get = (variable: Variable): string | undefined => {
    const value = env[`${PREFIX}${variable}`];
    return isSet(value) ? value : undefined;
  };
  return {
    notes,
    get,
    secret: (variable) => (get(variable) === undefined ? null : hideSecret({ env: `${PREFIX}${variable}` })),
    file: (variable) => {
      const file = get(variable);
      return file === undefined ? null : hideSecret({ file });
    },
    bad: (variable, message, remedy) => notes.add("BAD_ENV", [`${PREFIX}${variable}`], message, remedy),
  };
}

function tlsFrom(variables: Variables): KafkaTls | null | undefined {
  const { get, file, bad } = variables;
  const serverName = get("SERVER_NAME");
  const passphrase = oneOf(variables, "KEY_PASSPHRASE", "KEY_PASSPHRASE_FILE");
  const [ca, cert, key] = [file("CA_FILE"), file("CERT_FILE"), file("KEY_FILE")];
  const isSpecial = [ca, cert, key, passphrase, serverName ?? null].some((each) => each !== null);
  if ((cert === null) !== (key === null))
    bad(cert === null ? "CERT_FILE" : "KEY_FILE", "It is missing.", "A certificate and its key go together.");
  const word = get("TLS");
  if (word !== undefined && word !== "true" && word !== "false")
    bad("TLS", `It is ${JSON.stringify(word)}.`, "Write true or false.");
  if (word === "false" && isSpecial)
    bad("TLS", "It is false, and other variables say how to use TLS.", "Leave it out, or leave those out.");
  if (word === "false") return null;
  if (!isSpecial) return word === undefined ? undefined : DEFAULT_TLS;
  return Object.freeze({ ca, cert, key, passphrase, serverName: serverName ?? null });
}

function saslFrom(variables: Variables): KafkaSasl | undefined {
  const { get, bad } = variables;
  const word = get("SASL_MECHANISM")?.toLowerCase();
  const username = get("SASL_USERNAME");
  const password = oneOf(variables, "SASL_PASSWORD", "SASL_PASSWORD_FILE");
  const token = oneOf(variables, "SASL_TOKEN", "SASL_TOKEN_FILE");
  const mechanism = MECHANISMS.find((each) => each === word);
  if (mechanism === undefined) {
    const isAsked = word !== undefined || username !== undefined || password !== null || token !== null;
    const what = word === undefined ? "It is missing." : `It is ${JSON.stringify(word)}.`;
    if (isAsked) bad("SASL_MECHANISM", what, `Write one of ${MECHANISMS.join(", ")}.`);
    return undefined;
  }
  if (mechanism === "oauthbearer") {
    if (token !== null) return Object.freeze({ mechanism, token });
    bad("SASL_TOKEN_FILE", "It is missing.", "Give it the name of the file that holds the token.");
    return undefined;
  }
  if (username === undefined) bad("SASL_USERNAME", "It is missing.", "Give it the name of the user.");
  if (password === null)
    bad("SASL_PASSWORD_FILE", "It is missing.", "Give it the name of the file that holds the password.");
  return username === undefined || password === null
    ? undefined
    : Object.freeze({ mechanism, username: hideSecret(username), password });
}

/** A secret that stands in a variable or in a file, of which at most one may be named. */
function oneOf(variables: Variables, plain: Variable, inFile: Variable): HiddenSecret | null {
  const [secret, file] = [variables.secret(plain), variables.file(inFile)];
  if (secret !== null && file !== null)
    variables.bad(inFile, `It stands beside ${PREFIX}${plain}.`, "Give one of them.");
  return secret ?? file;
}
