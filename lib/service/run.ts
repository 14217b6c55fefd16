// Brings a service to life on given transports.

import { type Engine, startEngine } from "../runtime/engine.ts";
import type { Log, Sink, Source } from "../runtime/ports.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { compose } from "./compose.ts";
import type { ServiceDefinition } from "./definition.ts";
import { type KeepingTransport, startShards } from "./run-shards.ts";
import { type RunningService, watched } from "./running.ts";

/** What carries the records of a service: a source and a sink, or what `createKafkaTransport` gives. */
export type Transport = { readonly source: Source; readonly sink: Sink } | KeepingTransport;

/**
 * What a service runs on: a source and a sink, or what `createKafkaTransport` of `sequitur/kafka` gives.
 *
 * @example
 * import { createMemoryLog, type RunOptions } from "sequitur/service";
 *
 * const log = createMemoryLog();
 * const options: RunOptions = { source: log.source(), sink: log.sink(), signal: AbortSignal.timeout(60_000) };
 * options.signal?.aborted; // => false
 */
export type RunOptions = Transport & {
  /** Default: the clock of the machine. */
  readonly clock?: Clock;
  /** Is told what the service does and why a lane waits. `createJsonLog` makes one. Default: nothing is logged. */
  readonly log?: Log;
  /** Aborting it is the same as calling `stop`. */
  readonly signal?: AbortSignal;
};

/**
 * Starts a service. It runs until all input has ended, `stop` is called, or something fails. On a source and a sink, an alert is sent
 * before the events it rests on are acknowledged, so after a failure nothing is missing, though some of it may be sent again; on
 * Kafka, `guarantee` says what holds.
 *
 * `done` rejects with a ConfigError, TransportError, CheckpointError or LimitError if the service cannot start or go on.
 *
 * @throws {PatternError} if a pattern cannot mean anything sensible; {ConfigError} `BAD_PATTERNS` if several cannot.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { createMemoryLog, runService, service, topic } from "sequitur/service";
 *
 * type Login = { type: "failed" | "ok"; user: string; at: number };
 *
 * const guessing = pattern<Login>("guessing")
 *   .begin("tries").on("failed").times(2)
 *   .next("success").on("ok")
 *   .within("1m")
 *   .select((m) => ({ user: m.success.user }));
 *
 * const definition = service({
 *   app: "security",
 *   inputs: [topic<Login>("logins", { key: (e) => e.user, time: (e) => e.at })],
 *   patterns: [guessing],
 * });
 *
 * const log = createMemoryLog({ partitions: 1 });
 * log.append("logins", { key: "ann", value: { type: "failed", user: "ann", at: 1_000 } });
 * log.append("logins", { key: "ann", value: { type: "failed", user: "ann", at: 2_000 } });
 * log.append("logins", { key: "ann", value: { type: "ok", user: "ann", at: 3_000 } });
 * log.end("logins");
 *
 * const { metrics } = await runService(definition, { source: log.source(), sink: log.sink() }).done;
 * metrics.sent.alerts; // => 1
 */
export function runService(definition: ServiceDefinition, options: RunOptions): RunningService {
  const { clock = systemClock, log, signal } = options;
  const engine = start(definition, options, { clock, log: log ?? (() => undefined) });
  return watched(engine, { clock, log, signal });
}

function start(
  definition: ServiceDefinition,
  transport: Transport,
  parts: { readonly clock: Clock; readonly log: Log },
): Engine {
  if ("state" in transport) return startShards(definition, transport, parts);
  const { source, sink } = transport;
  return startEngine(compose(definition), { source, sink, ...parts });
}
