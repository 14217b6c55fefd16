// Listeners with TLS and SASL beside the plain one, and users with and without permissions.
import { type Certificates, STORE_PASSWORD } from "./certificates.ts";
import { HOST, type Settings } from "./settings.ts";
import { ADMIN, USERS, type User } from "./users.ts";

/** Addresses of the secured listeners of a broker, and what a client needs for them. */
export type Secured = Readonly<Record<SecuredName, string>> & {
  /** PEM: the certificate that signed those of the listeners. */
  readonly caFile: string;
  /** PEM, of a client certificate, which makes its user `clerk`. */
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
};

export type SecuredName = keyof typeof LISTENERS;

/**
 * Clients are known as the user that they show; those of `tls` and `expiredTls` that show none are ANONYMOUS, who may do
 * everything, as may everybody on the plain listener.
 */
const LISTENERS = {
  /** TLS. A client may show a certificate. */
  tls: "SSL",
  /** TLS. A client has to show a certificate. */
  mutualTls: "SSL",
  /** TLS with a certificate that is no longer valid. */
  expiredTls: "SSL",
  /** TLS, then PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, or OAUTHBEARER with an unsigned token. */
  saslTls: "SASL_SSL",
  /** The same mechanisms without TLS. */
  saslPlaintext: "SASL_PLAINTEXT",
} as const;

export const SECURED_NAMES = Object.keys(LISTENERS) as readonly SecuredName[];

export type SecuredPorts = Readonly<Record<SecuredName, number>>;

export function securedOf(ports: SecuredPorts, certificates: Certificates): Secured {
  const { caFile, clientCertificateFile, clientKeyFile } = certificates;
  const addresses = SECURED_NAMES.map((name) => [name, `${HOST}:${ports[name]}`] as const);
  return {
    ...(Object.fromEntries(addresses) as Record<SecuredName, string>),
    caFile,
    clientCertificateFile,
    clientKeyFile,
  };
}

/** `plain` with the secured listeners, and an authorizer. */
export function secure(plain: Settings, ports: SecuredPorts, certificates: Certificates): Settings {
  const listeners = SECURED_NAMES.map((name) => `${name.toUpperCase()}://${HOST}:${ports[name]}`);
  const protocols = SECURED_NAMES.map((name) => `${name.toUpperCase()}:${LISTENERS[name]}`);
  const join = (name: string, more: readonly string[]): Settings => ({ [name]: [plain[name], ...more].join(",") });
  return {
    ...plain,
    ...join("listeners", listeners),
    ...join("advertised.listeners", listeners),
    ...join("listener.security.protocol.map", protocols),
    // Each listener has its own.
    "num.network.threads": "1",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": `User:ANONYMOUS;User:${ADMIN.username}`,
    ...keyStore("tls", certificates.serverStore, "requested", certificates),
    ...keyStore("mutualTls", certificates.serverStore, "required", certificates),
    ...keyStore("expiredTls", certificates.expiredStore, "none", certificates),
    ...keyStore("saslTls", certificates.serverStore, "none", certificates),
    ...sasl("saslTls"),
    ...sasl("saslPlaintext"),
  };
}

function keyStore(name: SecuredName, store: string, clientAuth: string, { caFile }: Certificates): Settings {
  return prefixed(name, {
    "ssl.keystore.type": "PKCS12",
    "ssl.keystore.location": store,
    "ssl.keystore.password": STORE_PASSWORD,
    "ssl.key.password": STORE_PASSWORD,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": caFile,
    "ssl.client.auth": clientAuth,
    "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/,DEFAULT",
  });
}

const MODULES = "org.apache.kafka.common.security";

function sasl(name: SecuredName): Settings {
  const users = USERS.map(({ username, password }) => `user_${username}="${password}"`).join(" ");
  const modules: Settings = {
    plain: `${MODULES}.plain.PlainLoginModule required ${users};`,
    "scram-sha-256": `${MODULES}.scram.ScramLoginModule required;`,
    "scram-sha-512": `${MODULES}.scram.ScramLoginModule required;`,
    oauthbearer: `${MODULES}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
  };
  const mechanisms = Object.keys(modules).map((mechanism) => mechanism.toUpperCase());
  const configs = Object.entries(modules).map(([mechanism, module]) => [`${mechanism}.sasl.jaas.config`, module]);
  return prefixed(name, { "sasl.enabled.mechanisms": mechanisms.join(","), ...Object.fromEntries(configs) });
}

function prefixed(name: SecuredName, settings: Settings): Settings {
  const pairs = Object.entries(settings).map(([key, value]) => [`listener.name.${name.toLowerCase()}.${key}`, value]);
  return Object.fromEntries(pairs) as Settings;
}

/** An unsigned token for OAUTHBEARER, which the broker takes for `user`. With a negative `lifetimeMs` it is over. */
export function bearerToken({ username }: Pick<User, "username">, lifetimeMs = 3_600_000): string {
  const now = Date.now();
  const seconds = (ms: number): number => Math.floor(ms / 1000);
  const claims = { sub: username, iat: seconds(now + Math.min(0, 2 * lifetimeMs)), exp: seconds(now + lifetimeMs) };
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  return `${encode({ alg: "none" })}.${encode(claims)}.`;
}
