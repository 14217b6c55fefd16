// Ctrl-C and its kin. Only the command listens to signals; everything below it is told by an AbortSignal.

import { MessageChannel } from "node:worker_threads";
import { EXIT } from "./failure.ts";

/** What is said at the first signal. */
export const STOPPING = "stopping: what was read is being finished; Ctrl-C again leaves at once";

export interface Signals {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  release(): void;
}

/** Listens: the first signal aborts and calls `onFirst`, the second calls `onSecond` and ends the process. Keeps the process alive until `release`. */
export function listenForSignals(onFirst: () => void, onSecond: () => void): Signals {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) {
      onSecond();
      process.exit(EXIT.killed);
    }
    onFirst();
    controller.abort();
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  // A run may be waiting for nothing that keeps a process alive: a silent feed, a timer of the clock.
  const { port1: alive } = new MessageChannel();
  alive.on("message", () => {});
  return {
    signal: controller.signal,
    release: () => {
      process.off("SIGINT", listener);
      process.off("SIGTERM", listener);
      alive.close();
    },
  };
}
