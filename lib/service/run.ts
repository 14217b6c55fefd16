// Brings a service to life on given transports.

import { type Engine, startEngine } from "../runtime/engine.ts";
import type { Log, Sink, Source } from "../runtime/ports.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { compose } from "./compose.ts";
import type { ServiceDefinition } from "./definition.ts";
import { logLanes } from "./lane-log.ts";

/**
 * What a service runs on.
 *
 * @example
 * import { createMemoryLog, type RunOptions } from "sequitur/service";
 *
 * const log = createMemoryLog();
 * const options: RunOptions = { source: log.source(), sink: log.sink(), signal: AbortSignal.timeout(60_000) };
 * options.signal?.aborted; // => false
 */
export type RunOptions = {
  readonly source: Source;
  readonly sink: Sink;
  /** Default: the clock of the machine. */
  readonly clock?: Clock;
  /** Is told what the service does and why a lane waits. `createJsonLog` makes one. Default: nothing is logged. */
  readonly log?: Log;
  /** Aborting it is the same as calling `stop`. */
  readonly signal?: AbortSignal;
};

/**
 * A service at work: `done` resolves with a {@link Summary} when it has ended or was stopped, and rejects with what made it
 * fail; `stop()` finishes and sends what was read, as far as `stopWithin` allows; `metrics()` is a picture of it.
 *
 * @example
 * import type { RunningService } from "sequitur/service";
 *
 * const stopSoon = async (running: RunningService): Promise<number> => {
 *   const { metrics } = await running.stop();
 *   return metrics.sent.alerts;
 * };
 * typeof stopSoon; // => "function"
 */
export type RunningService = Engine;

/**
 * Starts a service. It runs until all input has ended, `stop` is called, or something fails; an alert is sent before the
 * events it rests on are acknowledged, so after a failure nothing is missing, though some of it may be sent again.
 *
 * `done` rejects with a ConfigError, TransportError or LimitError if the service cannot start or go on.
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
  const { source, sink, clock = systemClock, log } = options;
  const engine = startEngine(compose(definition), { source, sink, clock, log: log ?? (() => undefined) });
  return watched(engine, { ...options, clock });
}

/** `engine`, with what holds for every service: its lanes are told of in `log`, and `signal` stops it. */
export function watched(
  engine: Engine,
  { clock, log, signal }: { readonly clock: Clock } & Pick<RunOptions, "log" | "signal">,
): RunningService {
  const stopLooking = log && logLanes({ lanes: () => engine.lanes(), clock, log });
  const stop = (): void => {
    engine.stop().catch(() => undefined); // `done` tells it.
  };
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const letGo = (): void => {
    stopLooking?.();
    signal?.removeEventListener("abort", stop);
  };
  engine.done.then(letGo, letGo);
  return engine;
}
