// From a definition to what kafkajs and TLS take: certificates, keys, user names and passwords. All are read at once, so that
// what is missing stops the start, and again for each new connection.

import { X509Certificate } from "node:crypto";
import { createSecureContext, type ConnectionOptions as TlsOptions } from "node:tls";
import type { Mechanism, SASLOptions } from "kafkajs";
import { ConfigError } from "../../core/errors.ts";
import type { Log } from "../../runtime/ports.ts";
import { bearerMechanism } from "./bearer.ts";
import type { HiddenSecret, KafkaSasl, KafkaTls } from "./options.ts";
import { type Environment, remembered, secretReader } from "./secrets.ts";

type Reading = { readonly env: Environment; readonly log: Log };
type Read = () => string | undefined;

/**
 * What to encrypt the next connection with.
 *
 * @throws {ConfigError} `MISSING_SECRET`, `BAD_CERTIFICATE`
 */
export function tlsSource(tls: KafkaTls | null, reading: Reading): () => TlsOptions | null {
  if (tls === null) return () => null;
  const read = (secret: HiddenSecret | null, what: string): Read =>
    secret === null ? () => undefined : secretReader(secret, what, reading.env, reading.log);
  const ca = read(tls.ca, "the certificates of those who sign for brokers (tls.ca)");
  const cert = read(tls.cert, "the certificate of this client (tls.cert)");
  const key = read(tls.key, "the private key of this client (tls.key)");
  const passphrase = read(tls.passphrase, "what the private key is encrypted with (tls.passphrase)");
  const source = (): TlsOptions => ({
    ...some({ ca: ca(), cert: cert(), key: secretly(key()), passphrase: secretly(passphrase()) }),
    ...(tls.serverName === null ? {} : { servername: tls.serverName }),
  });
  checkTls(source(), tls);
  return source;
}

/** @throws {ConfigError} `BAD_CERTIFICATE`, naming the option and where it stands */
function checkTls({ ca, cert, key, passphrase }: TlsOptions, tls: KafkaTls): void {
  // Node.js passes over what it cannot read in `ca`; then no broker would be trusted.
  attempt("tls.ca", tls.ca, "Certificates are texts that begin with -----BEGIN CERTIFICATE-----.", () => {
    const found = typeof ca === "string" ? (ca.match(CERTIFICATE) ?? [""]) : [];
    for (const text of found) new X509Certificate(text);
  });
  const remedy =
    "A certificate and its own private key are needed, in PEM, and tls.passphrase if the key is encrypted.";
  attempt("tls.cert with tls.key", tls.cert, remedy, () => createSecureContext(some({ cert, key, passphrase })));
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function attempt(what: string, secret: HiddenSecret | null, remedy: string, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    const place = secret === null ? "" : ` from ${secret.place}`;
    const reason = (error as Error).message.replace(/^error:[0-9A-F]+:/, "");
    throw new ConfigError("BAD_CERTIFICATE", `${what}${place} cannot be used: ${reason}. ${remedy}`, { cause: error });
  }
}

/**
 * How kafkajs logs in. It asks for user name and password each time, so both are properties that read.
 *
 * @throws {ConfigError} `MISSING_SECRET`
 */
export function saslOptions(sasl: KafkaSasl, { env, log }: Reading): SASLOptions | Mechanism {
  if (sasl.mechanism === "oauthbearer") return bearerMechanism(tokenSource(sasl.token, { env, log }));
  const username = secretReader(sasl.username, "the user name (sasl.username)", env, log);
  const password = secretReader(sasl.password, "the password (sasl.password)", env, log);
  username();
  password();
  const options = { mechanism: sasl.mechanism, username: "", password: "" };
  // Not enumerable: whoever prints or copies the object gets no password.
  Object.defineProperty(options, "username", { enumerable: false, get: username });
  Object.defineProperty(options, "password", { enumerable: false, get: () => remembered(password()) });
  return options as SASLOptions;
}

function tokenSource(token: HiddenSecret | (() => Promise<string>), { env, log }: Reading): () => Promise<string> {
  if (typeof token !== "function") {
    const read = secretReader(token, "the token (sasl.token)", env, log);
    read();
    return async () => remembered(read());
  }
  return async () => {
    const value: unknown = await token();
    if (typeof value === "string" && value !== "") return remembered(value);
    throw new ConfigError("BAD_TOKEN", "The function sasl.token gave no text. Let it give the token itself.");
  };
}

function secretly(value: string | undefined): string | undefined {
  return value === undefined ? undefined : remembered(value);
}

function some<T extends object>(options: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
