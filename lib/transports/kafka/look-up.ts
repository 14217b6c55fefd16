// Questions about positions while a service runs: asked again, with a word in the log, for as long as an outage may last. Many are
// asked at once, and what keeps one from being answered keeps the others, too: the same reason is told once for all of them.

import type { Log } from "../../runtime/ports.ts";
import { createSeldomLog } from "../../runtime/seldom.ts";
import type { Clock } from "../../time/clock.ts";
import { type Backoff, loudness, mayPass, patiently } from "./retry.ts";
import type { Standstill } from "./standstill.ts";

export type LookUpOptions = {
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly retryWithinMs: number;
  readonly standstill: Pick<Standstill, "begins" | "ends">;
  /** Whether nobody wants the answers any more. */
  readonly isOver: () => boolean;
};

/** @throws {SequiturError} what `question` threw last */
export type LookUp = <T>(question: () => Promise<T>) => Promise<T>;

const BACKOFF: Backoff = { firstMs: 200, mostMs: 5_000 };

export function createLookUp({ instance, clock, log, retryWithinMs, standstill, isOver }: LookUpOptions): LookUp {
  const seldom = createSeldomLog(log, clock);
  const tell = (error: unknown, retryInMs: number): void => {
    const reason = (error as Error).message;
    const fields = { reason, retryInMs };
    seldom(loudness(error, retryInMs), "positions could not be looked up; it will be tried again", reason, fields);
  };
  return (question) => {
    const pending = Symbol();
    return patiently(question, {
      clock,
      backoff: BACKOFF,
      id: instance,
      withinMs: retryWithinMs,
      isRetriable: mayPass,
      onRetry: (error, retryInMs) => {
        standstill.begins(pending);
        tell(error, retryInMs);
      },
      isOver,
    }).finally(() => standstill.ends(pending));
  };
}
