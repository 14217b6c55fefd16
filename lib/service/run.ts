// Brings a service to life on given transports.

import type { Metrics } from "../runtime/metrics.ts";
import type { Log, Sink, Source } from "../runtime/ports.ts";
import type { Clock } from "../time/clock.ts";

/** What a service runs on. */
export type RunOptions = {
  readonly source: Source;
  readonly sink: Sink;
  /** Default: the clock of the machine. */
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly log?: Log;
  /** Aborting it is the same as calling `stop`. */
  readonly signal?: AbortSignal;
};

/** How a run ended. */
export type Summary = {
  /** `ended`: all input ended and everything was matched and sent. `stopped`: it was asked to stop. */
  readonly reason: "ended" | "stopped";
  /** The last picture. */
  readonly metrics: Metrics;
};

/** A service at work. */
export interface RunningService {
  /**
   * Stops reading, finishes and sends what was read as far as `stopWithin` allows, and gives everything back. What was not
   * sent was not acknowledged and is read again next time. Resolves or rejects as `done` does; calling it again changes nothing.
   */
  stop(): Promise<Summary>;
  /** Resolves when the service has ended or stopped; rejects with what made it fail. */
  readonly done: Promise<Summary>;
  metrics(): Metrics;
}
