// A service at work, and what holds for every one, whatever it runs on.

import type { Engine } from "../runtime/engine.ts";
import type { Log } from "../runtime/ports.ts";
import type { Clock } from "../time/clock.ts";
import { logLanes } from "./lane-log.ts";

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

export type WatchedBy = {
  readonly clock: Clock;
  readonly log?: Log | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** `engine`, with what holds for every service: its lanes are told of in `log`, and `signal` stops it. */
export function watched(engine: Engine, { clock, log, signal }: WatchedBy): RunningService {
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
