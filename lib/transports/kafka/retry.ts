// Trying again without making things worse: longer pauses each time, and not all at once.

import { TransportError } from "../../core/errors.ts";
import type { Clock } from "../../time/clock.ts";
import { murmur2 } from "../partitioner.ts";

export type Backoff = {
  readonly firstMs: number;
  readonly mostMs: number;
};

const utf8 = new TextEncoder();

/**
 * How long to wait before try `tries + 1`: twice as long each time up to `mostMs`, less up to half of it. How much less is decided by
 * `id`, so that processes that failed together do not come back together, and a run can be repeated.
 */
export function backoffMs({ firstMs, mostMs }: Backoff, id: string, tries: number): number {
  const fullMs = Math.min(mostMs, firstMs * 2 ** Math.min(tries - 1, 30));
  const share = (murmur2(utf8.encode(`${id}:${tries}`)) >>> 0) / 2 ** 32;
  return Math.round(fullMs * (1 - share / 2));
}

export type Patience = {
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly id: string;
  /** How long it is tried, counted from the first try. */
  readonly withinMs: number;
  /** Whether it is worth trying again. */
  readonly isRetriable: (error: unknown) => boolean;
  readonly onRetry: (error: unknown, inMs: number) => void;
  /** Whether nobody wants the answer any more: then the last error is thrown at once. */
  readonly isOver: () => boolean;
};

/** Whether it is a failure of the outside world that may be gone the next time. */
export function mayPass(error: unknown): boolean {
  return error instanceof TransportError && error.retriable;
}

/** What belongs to the course of a cluster that has just started, or of a group that shares its partitions out anew. */
const PASSING: ReadonlySet<string> = new Set(["CLUSTER_NOT_READY", "GROUP_CHANGED"]);
const LASTING_MS = 1_500;

/** How a failure is told that is tried again `inMs` from now: what settles by itself aloud only if it lasts. */
export function loudness(error: unknown, inMs: number): "debug" | "warn" {
  return error instanceof TransportError && PASSING.has(error.code) && inMs < LASTING_MS ? "debug" : "warn";
}

/** Does `act` until it succeeds. @throws what `act` threw last, when time is over or trying again is useless. */
export async function patiently<T>(act: () => Promise<T>, patience: Patience): Promise<T> {
  const { clock, backoff, id, withinMs, isRetriable, onRetry, isOver } = patience;
  const startedAt = clock.now();
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      const inMs = backoffMs(backoff, id, tries);
      if (isOver() || !isRetriable(error) || clock.now() + inMs - startedAt > withinMs) throw error;
      onRetry(error, inMs);
      await new Promise<void>((resolve) => clock.after(inMs, resolve));
    }
  }
}
