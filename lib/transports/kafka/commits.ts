// When positions go to the group: those that moved, one request at a time, none for nothing.

import type { Log, TopicPartition } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { type Cursor, settled } from "./cursor.ts";
import { mayPass } from "./retry.ts";

export type CommitsOptions = {
  readonly cursors: () => Iterable<Cursor>;
  readonly commit: (positions: readonly (TopicPartition & { readonly offset: bigint })[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Trying again would be of no use. */
  readonly onFailure: (error: Error) => void;
};

export interface Commits {
  /** Resolves when positions as they are, or were a moment ago, are with the group. @throws {SequiturError} */
  now(): Promise<void>;
  /** The same, for whoever does not wait. What may succeed later is left for later. */
  soon(): void;
  /** The last word of a generation, since whoever gains a partition begins there. Waits a second at most, and never rejects. */
  beforeJoin(): Promise<void>;
}

const BEFORE_JOIN_MS = 1_000;

export function createCommits({ cursors, commit, clock, log, onFailure }: CommitsOptions): Commits {
  let onItsWay: Promise<void> | null = null;

  const carry = async (): Promise<void> => {
    const moved = [...cursors()]
      .map((cursor) => ({ cursor, offset: settled(cursor) }))
      .filter(({ cursor, offset }) => cursor.committed !== offset);
    if (moved.length === 0) return;
    await commit(moved.map(({ cursor: { topic, partition }, offset }) => ({ topic, partition, offset })));
    for (const { cursor, offset } of moved) cursor.committed = offset;
  };
  const now = (): Promise<void> => {
    onItsWay ??= carry().finally(() => {
      onItsWay = null;
    });
    return onItsWay;
  };
  const all = async (): Promise<void> => {
    await onItsWay?.catch(() => undefined);
    await now();
  };

  return {
    now: all,
    soon() {
      if (onItsWay !== null) return;
      now().catch((error: Error) => {
        if (!mayPass(error)) onFailure(error);
        else log("debug", "positions were not committed; they will be", { reason: error.message });
      });
    },
    async beforeJoin() {
      let cancel = (): void => undefined;
      const tooLong = new Promise<void>((resolve) => {
        cancel = clock.after(BEFORE_JOIN_MS, resolve);
      });
      await Promise.race([all().catch(() => undefined), tooLong]);
      cancel();
    },
  };
}
