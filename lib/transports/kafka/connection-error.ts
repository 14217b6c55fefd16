// Why a connection was not made or was lost, from the codes that sockets and TLS give.

import { ConfigError, type SequiturError, TransportError } from "../../core/errors.ts";
import { ANSWERED_WITH_TLS } from "./sockets.ts";

/** A connection error, taken apart. */
export type ConnectionFailure = {
  /** What Node.js calls it, such as `ECONNREFUSED`; empty if kafkajs made it. */
  readonly code: string;
  readonly message: string;
  /** `host:port` it was meant for. */
  readonly broker: string;
  readonly cause: unknown;
};

/** `doing`: what was tried; `seeds`: the brokers of the service, as text. */
export type Attempt = { readonly doing: string; readonly seeds: string };

const UNREACHABLE: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "nothing listens at"],
  ["ENOTFOUND", "no name service knows"],
  ["EAI_AGAIN", "the name service gave no answer for"],
  ["EHOSTUNREACH", "there is no way to"],
  ["ENETUNREACH", "there is no way to"],
  ["ETIMEDOUT", "no answer came from"],
  ["ECONNRESET", "the connection was closed by"],
  ["EPIPE", "the connection was closed by"],
]);

const UNTRUSTED =
  /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_UNTRUSTED|INVALID_CA|CERT_SIGNATURE|CERT_REVOKED/;
const NOT_TLS = /wrong version number|packet length too long|http request/;
const MY_CERTIFICATE =
  /alert (?:bad certificate|unsupported certificate|certificate (?:revoked|expired|unknown|required)|unknown ca|access denied)/;

/** What happened, where, and what to do about it. */
export function explainConnection(failure: ConnectionFailure, attempt: Attempt): SequiturError {
  return explainCertificate(failure, attempt) ?? explainTls(failure, attempt) ?? explainReach(failure, attempt);
}

function explainCertificate(
  { code, message, broker, cause }: ConnectionFailure,
  { doing }: Attempt,
): ConfigError | null {
  const refused = (name: string, problem: string, remedy: string): ConfigError =>
    new ConfigError(name, `The certificate of broker ${broker} ${problem} (${doing}). ${remedy}`, { cause });
  if (code === "CERT_HAS_EXPIRED")
    return refused(
      "CERTIFICATE_EXPIRED",
      "has expired, or that of its signer",
      "Renew it on the broker, and check the clock of this machine.",
    );
  if (code === "CERT_NOT_YET_VALID")
    return refused(
      "CERTIFICATE_NOT_YET_VALID",
      "is not valid yet",
      "Check the clocks of this machine and of the one that signed it.",
    );
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return refused(
      "CERTIFICATE_FOR_OTHER_HOST",
      `belongs to another name: ${namesIn(message)}`,
      "Use the name that stands in the certificate as the address of the broker, or give it as tls.serverName.",
    );
  if (UNTRUSTED.test(code))
    return refused(
      "CERTIFICATE_UNTRUSTED",
      `is not signed by anyone trusted here: ${withoutPrefix(message)}`,
      'Give the certificate of its signer as tls.ca, such as { file: "/etc/kafka/ca.pem" }.',
    );
  return null;
}

/** Whose a certificate is, and whose it was to be. Node.js says: `…altnames: Host: <name>. is not in the cert's altnames: <names>`, or of an IP. */
function namesIn(message: string): string {
  const reason = message.replace(/^.*?altnames: /, "");
  const [, host, ip, theirs] = /^(?:Host: (.*)\.|IP: (.*)) is not .*?: ?(.*)$/.exec(reason) ?? [];
  const wanted = host ?? ip;
  return wanted === undefined ? reason : `it is for ${theirs || "no address"}, not for ${wanted}`;
}

function withoutPrefix(message: string): string {
  return message.replace(/^Connection error: /, "");
}

function explainTls({ code, message, broker, cause }: ConnectionFailure, { doing }: Attempt): ConfigError | null {
  if (code === ANSWERED_WITH_TLS) return tlsPort(broker, doing, cause);
  if (!/^(?:EPROTO|ERR_SSL_|ERR_TLS_|ERR_OSSL_)/.test(code)) return null;
  const words = message.toLowerCase().replaceAll("_", " ");
  if (NOT_TLS.test(words)) return plaintextPort(broker, doing, cause);
  if (MY_CERTIFICATE.test(words))
    return new ConfigError(
      "CLIENT_CERTIFICATE_REFUSED",
      `Broker ${broker} did not accept the certificate of this client, or wants one (${doing}): ${reasonOf(message)}. Give tls.cert and tls.key with a certificate that is valid and signed by someone the broker trusts.`,
      { cause },
    );
  return new ConfigError(
    "TLS_REFUSED",
    `Broker ${broker} and this client could not agree on TLS (${doing}): ${reasonOf(message)}. TLS 1.2 or newer is needed on both sides.`,
    { cause },
  );
}

/** What OpenSSL says without the places in its own source: `error:<number>:<library>:<function>:<reason>:<file>…`. */
function reasonOf(message: string): string {
  return /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
}

/** TLS was spoken to a port that does not speak it. */
export function plaintextPort(broker: string, doing: string, cause: unknown): ConfigError {
  const remedy = "Use the port of the broker that does, or write tls: false if nobody else can listen on the way.";
  return new ConfigError("PLAINTEXT_PORT", `The port of broker ${broker} does not speak TLS (${doing}). ${remedy}`, {
    cause,
  });
}

/** Plain text was spoken to a port that wants TLS. */
export function tlsPort(broker: string, doing: string, cause: unknown): ConfigError {
  const remedy = "Write tls: true, or { ca } if its certificate is signed by someone of your own.";
  return new ConfigError("TLS_PORT", `The port of broker ${broker} wants TLS (${doing}). ${remedy}`, { cause });
}

function explainReach({ code, message, broker, cause }: ConnectionFailure, { doing, seeds }: Attempt): TransportError {
  const reason = /timeout/i.test(message) ? UNREACHABLE.get("ETIMEDOUT") : UNREACHABLE.get(code);
  const what = reason === undefined ? `${broker}: ${withoutPrefix(message)}` : `${reason} ${broker}`;
  const whom = broker !== seeds && seeds.includes(",") ? "a broker of the cluster" : "Kafka"; // others may answer
  return new TransportError(
    "BROKERS_UNREACHABLE",
    `Could not reach ${whom} (${doing}): ${what}. ${remedyOf(code, broker, seeds)}`,
    {
      cause,
      retriable: true,
    },
  );
}

function remedyOf(code: string, broker: string, seeds: string): string {
  if (broker !== "" && broker !== seeds && !seeds.split(",").includes(broker))
    return `This address is not one of yours (${seeds}): the cluster gave it as that of one of its brokers. Make it reachable from here, or mend advertised.listeners of the broker.`;
  if (code === "ENOTFOUND") return "Check the name of the host.";
  if (code === "ECONNRESET" || code === "EPIPE")
    return "It may be restarting; if it stays so, check whether that port is one of Kafka and whether it wants TLS or SASL.";
  return "Check the address, that the broker runs, and that nothing on the way blocks the port.";
}
