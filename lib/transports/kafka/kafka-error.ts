// What kafkajs and brokers say, as errors that tell a person what to do. kafkajs wraps errors in errors and loses some on the
// way: what counts is the innermost one that can be explained.
//
//     KafkaJSNonRetriableError ─cause▶ KafkaJSNumberOfRetriesExceeded ─cause▶ KafkaJSConnectionError { code, broker }
//                                                                             ▲ explained

import { SequiturError, TransportError } from "../../core/errors.ts";
import { withAddresses } from "./brokers.ts";
import { explainConnection } from "./connection-error.ts";
import { type KafkaPlace, PROTOCOL_ERRORS, typeOfNumber, typeOfText } from "./kafka-codes.ts";
import { withoutSecrets } from "./secrets.ts";

/** Deeper than kafkajs ever wraps; a ring of causes ends, too. */
const MAX_DEPTH = 20;

/**
 * What went wrong, as one of our errors. `doing` says in words what was tried: `reading topic "cards"`, `connecting`.
 * A `ConfigError` is one that trying again cannot mend; a `TransportError` says whether it can.
 */
export function explainKafkaError(error: unknown, doing: string, where: KafkaPlace): SequiturError {
  const chain = chainOf(error);
  for (const each of chain) {
    const explained = each instanceof SequiturError ? each : explainOne(each, doing, where);
    if (explained !== null) return explained;
  }
  const innermost = chain[0];
  const said = innermost === undefined ? String(error) : sayOf(innermost);
  return new TransportError("KAFKA_FAILED", `Kafka failed (${doing}, brokers ${where.brokers}): ${said}`, {
    cause: error,
    retriable: innermost?.retriable !== false,
  });
}

/** What was tried and where, for a request about several topics: brokers do not always say which of them they mean. */
export function placeIn(topics: readonly string[], doing: string, where: KafkaPlace): [string, KafkaPlace] {
  const [only] = topics;
  if (only !== undefined && topics.length === 1) return [doing, { ...where, topic: only }];
  return [`${doing} in ${topics.map((topic) => `"${topic}"`).join(", ")}`, where];
}

/** What errors of kafkajs may have. */
type Failure = Error & {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly broker?: unknown;
  readonly topic?: unknown;
  readonly retriable?: unknown;
  readonly errors?: unknown;
  readonly partitions?: unknown;
};

/** The error and what it rests on, the innermost first. */
function chainOf(error: unknown): readonly Failure[] {
  const chain: Failure[] = [];
  let next: unknown = error;
  while (next instanceof Error && chain.length < MAX_DEPTH && !chain.includes(next as Failure)) {
    const failure = next as Failure;
    chain.unshift(failure);
    next = partOf(failure) ?? failure.cause;
  }
  return chain;
}

/** The first of several errors in one: of topics, or of partitions. */
function partOf({ errors, partitions }: Failure): unknown {
  if (Array.isArray(errors)) return errors[0];
  return Array.isArray(partitions) ? partitions[0]?.error : undefined;
}

function explainOne(failure: Failure, doing: string, where: KafkaPlace): SequiturError | null {
  const text = sayOf(failure);
  const named = typeof failure.topic === "string" ? { ...where, topic: failure.topic } : where;
  const type = typeOf(failure);
  if (type !== null) return PROTOCOL_ERRORS.get(type)?.({ doing, where: named, text, cause: failure }) ?? null;
  if (failure.name === "KafkaJSSASLAuthenticationError") return explainLogin(failure, text, doing, where);
  if (TIMEOUTS.has(failure.name)) return silent(failure, text, doing, where);
  if (failure.name === "KafkaJSConnectionError" || failure.name === "KafkaJSConnectionClosedError")
    return explainConnection({ ...connectionOf(failure, text), cause: failure }, { doing, seeds: where.brokers });
  if (failure.name === "KafkaJSGroupCoordinatorNotFound") return noCoordinator(failure, doing, where);
  if (failure.name === "KafkaJSNotImplemented") return missingCodec(failure, text, doing, named);
  return null;
}

/** Name of the error of the protocol; `null`: it is none. */
function typeOf({ name, type, code, message }: Failure): string | null {
  if (typeof type === "string") return code === -99 ? typeOfNumber(message) : type;
  return name === "KafkaJSError" ? typeOfText(message) : null;
}

const TIMEOUTS: ReadonlySet<string> = new Set(["KafkaJSRequestTimeoutError", "KafkaJSTimeout", "KafkaJSLockTimeout"]);

function connectionOf(failure: Failure, message: string): { code: string; message: string; broker: string } {
  const isClosed = failure.name === "KafkaJSConnectionClosedError" || /^Connection closed|^Closed/.test(message);
  const code = typeof failure.code === "string" ? failure.code : "";
  return { code: isClosed ? "ECONNRESET" : code, message, broker: brokerOf(failure) };
}

function brokerOf({ broker }: Failure): string {
  return typeof broker === "string" ? withAddresses(broker) : "";
}

/** kafkajs says "authentication failed" of a connection that was lost on the way, too. */
function explainLogin(failure: Failure, text: string, doing: string, where: KafkaPlace): SequiturError {
  const type = /mechanism is not supported/.test(text) ? "UNSUPPORTED_SASL_MECHANISM" : "SASL_AUTHENTICATION_FAILED";
  const isLost =
    /failed: (?:Closed connection|Connection (?:closed|error|timeout)|Not connected|Request .* timed out)/.test(text);
  if (isLost)
    return explainConnection(
      { code: "ECONNRESET", message: text, broker: where.brokers, cause: failure },
      { doing, seeds: where.brokers },
    );
  const explain = PROTOCOL_ERRORS.get(type) as NonNullable<ReturnType<typeof PROTOCOL_ERRORS.get>>;
  return explain({ doing, where, text: text.replace(/^SASL .*? failed: /, ""), cause: failure });
}

function silent(failure: Failure, text: string, doing: string, { brokers }: KafkaPlace): TransportError {
  const broker = brokerOf(failure) || brokers;
  return new TransportError(
    "BROKER_SILENT",
    `Broker ${broker} did not answer in time (${doing}): ${text}. If it stays so, look at the load of the broker, and check that the port is one of Kafka.`,
    { cause: failure, retriable: true },
  );
}

/** What kafkajs makes of every failure to ask for the coordinator, if it runs without our repairs. */
function noCoordinator(failure: Failure, doing: string, { brokers, group }: KafkaPlace): TransportError {
  const whose = group === undefined ? "the group" : `group "${group}"`;
  return new TransportError(
    "CLUSTER_NOT_READY",
    `The cluster at ${brokers} did not say which broker coordinates ${whose} (${doing}). If it stays so, check that this client has the operation Read on ${whose}, and the log of the brokers.`,
    { cause: failure, retriable: true },
  );
}

const CODEC = /^(?<codec>\w+) compression not implemented/i;

function missingCodec(failure: Failure, text: string, doing: string, { topic }: KafkaPlace): TransportError | null {
  const codec = CODEC.exec(text)?.groups?.["codec"];
  if (codec === undefined) return null;
  const place = topic === undefined ? "" : ` of topic "${topic}"`;
  return new TransportError(
    "CODEC_MISSING",
    `Records${place} are compressed with ${codec.toLowerCase()}, which this process cannot read (${doing}). Install the package for it, or let producers use gzip or no compression.`,
    { cause: failure, retriable: false },
  );
}

/** The text of an error, without secrets and without what only kafkajs understands. */
function sayOf(error: Error): string {
  return withAddresses(withoutSecrets(error.message)).replace(/\.$/, "");
}
