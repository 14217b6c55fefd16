// How what a shard says leaves it. That is all the difference between the two guarantees.
//
//     exactly-once     said ─▶ kept ─▶ in the transaction of the next checkpoint
//     at-least-once    said ─▶ outbox ─▶ sink, at once; the next checkpoint waits until all of it is safe
//
// Either way no checkpoint is committed without what was said before it. What was sent ahead of its checkpoint is said again after a
// crash, with the same ids.

import type { Emission } from "../alert.ts";
import { bytesOf, type Outbox } from "../outbox.ts";

/**
 * What holds for the alerts of a service whatever fails, and for all else that it writes.
 *
 * - `"exactly-once"`: each is there once for whoever reads with `isolation.level=read_committed`. They become visible together with the
 *   positions and the state behind them, every `commitEvery`.
 * - `"at-least-once"`: each is there, perhaps again after a failure, under the same `id`. They become visible at once.
 *
 * @example
 * import type { Guarantee } from "sequitur/service";
 *
 * const guarantee: Guarantee = "at-least-once";
 * guarantee.length; // => 13
 */
export type Guarantee = "exactly-once" | "at-least-once";

/** Of one shard, from when it is taken over until it is forgotten. */
export interface Outlet {
  /** Bytes that were said and are not safe. */
  readonly bytes: number;
  /** Whether something is seen only with the next checkpoint. */
  readonly waits: boolean;
  say(emissions: readonly Emission[]): void;
  /** Sends what does not wait for a checkpoint. */
  flush(): void;
  /** What the checkpoint of everything so far has to carry. */
  cut(): readonly Emission[];
  /** Resolves when all that was said before now, and is not carried, is safe. Rejects when it will not be. */
  confirmed(): Promise<void>;
  /** The checkpoint that carries these is committed. */
  committed(carried: readonly Emission[]): void;
}

/** Exactly once. `onSent`: these are safe. */
export function outletOfCheckpoints(onSent: (emissions: readonly Emission[]) => void): Outlet {
  let said: Emission[] = [];
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    get waits() {
      return said.length > 0;
    },
    say(emissions) {
      for (const emission of emissions) {
        said.push(emission);
        bytes += bytesOf(emission.record);
      }
    },
    flush: () => undefined,
    cut() {
      const carried = said;
      said = [];
      return carried;
    },
    confirmed: () => Promise.resolve(),
    committed(carried) {
      for (const { record } of carried) bytes -= bytesOf(record);
      onSent(carried);
    },
  };
}

/** At least once. `outbox`: of all shards of the process, so that they share requests. */
export function outletAtOnce(outbox: Outbox): Outlet {
  return {
    get bytes() {
      return outbox.bytes;
    },
    waits: false,
    say: (emissions) => outbox.add(emissions),
    flush: () => outbox.flush(),
    cut: () => [],
    confirmed: () => outbox.confirmed(),
    committed: () => undefined,
  };
}
