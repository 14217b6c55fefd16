// Questions about positions while a service runs: asked again, with a word in the log, for as long as an outage may last.

import type { Log } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { type Backoff, loudness, mayPass, patiently } from "./retry.ts";

export type LookUp = {
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly retryWithinMs: number;
  /** Whether nobody wants the answer any more. */
  readonly isOver: () => boolean;
};

const BACKOFF: Backoff = { firstMs: 200, mostMs: 5_000 };

/** @throws {SequiturError} what `question` threw last */
export function lookUp<T>(question: () => Promise<T>, options: LookUp): Promise<T> {
  const { instance, clock, log, retryWithinMs, isOver } = options;
  return patiently(question, {
    clock,
    backoff: BACKOFF,
    id: instance,
    withinMs: retryWithinMs,
    isRetriable: mayPass,
    onRetry: (error, retryInMs) =>
      log(loudness(error, retryInMs), "positions could not be looked up; it will be tried again", {
        reason: (error as Error).message,
        retryInMs,
      }),
    isOver,
  });
}
