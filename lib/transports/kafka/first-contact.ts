// The start of a service: some broker has to answer. All are tried at once, again and again, for a while: brokers and services
// are often started together. What waiting cannot mend, such as a wrong password, ends the start at once.
//
//     round: every broker ──one answers──▶ done
//              │ none
//              ├─ all refuse for good ─▶ ConfigError
//              └─ else ─▶ wait, next round ─time is up▶ the error that says most

import type { Kafka } from "kafkajs";
import { ConfigError, type SequiturError, TransportError } from "../../core/errors.ts";
import type { Log } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { formatDuration } from "../../time/duration.ts";
import { plaintextPort, tlsPort } from "./connection-error.ts";
import { explainKafkaError } from "./kafka-error.ts";
import type { KafkaDefinition } from "./options.ts";
import { speaksPlainKafka, speaksTls } from "./port-probe.ts";

type Contact = {
  readonly definition: KafkaDefinition;
  /** A client that knows this broker only, tries once and is silent. */
  readonly open: (address: string) => Kafka;
  readonly log: Log;
  readonly clock: Clock;
};

const DOING = "connecting";
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** How often is told that nobody answers yet. */
const TELL_EVERY_MS = 5_000;
const PROBE_MS = 2_000;

/**
 * Resolves when a broker has answered.
 *
 * @throws {ConfigError | TransportError} why none did within `connectWithin`
 */
export async function awaitBroker(contact: Contact): Promise<void> {
  const { definition, clock } = contact;
  const since = clock.now();
  const until = since + definition.connectWithinMs;
  const attempt = attemptWith(contact);
  let tellAt = since;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const failures = await round(definition.brokers, attempt);
    if (failures.length === 0) return;
    const now = clock.now();
    if (now >= until || failures.every((failure) => failure instanceof ConfigError))
      throw verdict(failures, now - since);
    if (now >= tellAt) {
      tellAt = now + TELL_EVERY_MS;
      tell(contact, failures, until - now);
    }
    await sleep(clock, Math.min(pauseMs, until - now));
  }
}

/** Why each of them failed; nothing, as soon as one of them answers. */
async function round(
  addresses: readonly string[],
  attempt: (address: string) => Promise<void>,
): Promise<readonly SequiturError[]> {
  try {
    await Promise.any(addresses.map(attempt));
    return [];
  } catch (error) {
    return (error as AggregateError).errors;
  }
}

function attemptWith(contact: Contact): (address: string) => Promise<void> {
  /** Those that hung up on a client that had not said who it is. */
  const hungUp = new Set<string>();
  return async (address) => {
    const admin = contact.open(address).admin();
    let isGreeted = false;
    try {
      await admin.connect();
      isGreeted = true;
      await admin.describeCluster();
    } catch (error) {
      const failure = await diagnose(
        explainKafkaError(error, DOING, { brokers: contact.definition.brokers.join(",") }),
        address,
        contact,
      );
      if (!isGreeted || failure.code !== "BROKERS_UNREACHABLE" || contact.definition.sasl !== null) throw failure;
      if (hungUp.has(address)) throw saslRequired(address, failure);
      hungUp.add(address);
      throw failure;
    } finally {
      await admin.disconnect().catch(() => {});
    }
  };
}

/** Brokers that expect TLS and get plain text, or the other way round, hang up or stay silent; so may others. */
async function diagnose(
  failure: SequiturError,
  address: string,
  { definition, clock }: Contact,
): Promise<SequiturError> {
  const isClear = failure.code !== "BROKERS_UNREACHABLE" && failure.code !== "BROKER_SILENT";
  if (isClear || NOBODY_THERE.has((failure.cause as { readonly code?: string } | undefined)?.code ?? ""))
    return failure;
  if (definition.tls === null)
    return (await speaksTls(address, PROBE_MS, clock)) ? tlsPort(address, DOING, failure.cause) : failure;
  return (await speaksPlainKafka(address, PROBE_MS, clock)) ? plaintextPort(address, DOING, failure.cause) : failure;
}

const NOBODY_THERE: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

function saslRequired(address: string, cause: unknown): ConfigError {
  return new ConfigError(
    "SASL_REQUIRED",
    `Broker ${address} hangs up on a client that does not say who it is (${DOING}). Its port wants SASL: give sasl, or use another port.`,
    { cause },
  );
}

/** The failure that says most: one that waiting cannot mend, before others. */
function verdict(failures: readonly SequiturError[], waitedMs: number): SequiturError {
  const lasting = failures.find((failure) => failure instanceof ConfigError);
  if (lasting !== undefined) return lasting;
  const [first] = failures as readonly [SequiturError];
  const reasons = [...new Set(failures.map(({ message }) => message))].join("\n  ");
  const waited = formatDuration(Math.round(waitedMs / 100) * 100);
  return new TransportError(first.code, `No broker answered within ${waited}.\n  ${reasons}`, {
    cause: first.cause,
    retriable: true,
  });
}

function tell({ definition, log }: Contact, failures: readonly SequiturError[], leftMs: number): void {
  const left = formatDuration(Math.max(1, Math.round(leftMs / 1_000)) * 1_000);
  const reasons = [...new Set(failures.map(({ message }) => message))];
  log("warn", `no broker answers yet; trying for another ${left}`, { brokers: definition.brokers, reasons });
}

function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
