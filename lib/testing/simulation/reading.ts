// Reads partitions for a member: each from where it was told, as fast as batches are taken, not while it is paused.

import { TransportError } from "../../core/errors.ts";
import type { InputBatch, TopicPartition } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { type AnswerOf, type Ask, isRefused, placeKey } from "./calls.ts";
import { refusedError } from "./client.ts";
import { committedEntries } from "./committed.ts";

export type ReadingOptions = {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly onBatch: (batch: InputBatch) => void;
  readonly onFailure: (error: Error) => void;
  readonly maxBatchBytes: number;
  /** How long a fetch waits for records. */
  readonly fetchWaitMs: number;
};

export type Reading = {
  /** Begins at `offset`, whatever was read before. */
  begin(place: TopicPartition, offset: bigint): void;
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
  /** Nothing is read until `goOn`: the group shares out anew. */
  halt(): void;
  /** Goes on with those that are still ours, and forgets the others. */
  goOn(isOurs: (place: TopicPartition) => boolean): void;
  endOf(place: TopicPartition): bigint | null;
};

type Cursor = {
  readonly place: TopicPartition;
  next: bigint;
  end: bigint | null;
  isPaused: boolean;
  isCaughtUp: boolean;
  /** Whether something was said of it at all. */
  isTold: boolean;
  /** Counts up when what is on its way is not wanted any more. */
  turn: number;
};

const TRY_AGAIN_MS = 100;

export function createReading(options: ReadingOptions): Reading {
  const { ask, clock } = options;
  const cursors = new Map<string, Cursor>();
  let isHalted = false;

  const run = async (cursor: Cursor): Promise<void> => {
    const turn = ++cursor.turn;
    const isWanted = (): boolean => cursor.turn === turn && !cursor.isPaused && !isHalted;
    while (isWanted()) {
      const limits = { isolation: "committed", maxBytes: options.maxBatchBytes, waitMs: options.fetchWaitMs } as const;
      const request = { ...cursor.place, ...limits, offset: cursor.next };
      const fetched = await ask("fetch", request).catch(() => null);
      if (!isWanted()) return;
      if (fetched === null) await new Promise<void>((resolve) => void clock.after(TRY_AGAIN_MS, resolve));
      else if (isRefused(fetched)) {
        cursors.delete(placeKey(cursor.place));
        options.onFailure(lost(cursor, fetched.refused));
        return;
      } else take(cursor, fetched);
    }
  };
  const take = (cursor: Cursor, fetched: AnswerOf<"fetch">): void => {
    const last = fetched.entries.at(-1);
    if (last !== undefined) cursor.next = last.offset + 1n;
    cursor.end = fetched.end;
    const records = committedEntries(fetched);
    const caughtUp = cursor.next >= fetched.stable;
    if (records.length === 0 && cursor.isTold && cursor.isCaughtUp === caughtUp) return;
    cursor.isTold = true;
    cursor.isCaughtUp = caughtUp;
    options.onBatch({ ...cursor.place, records, caughtUp });
  };
  const find = (place: TopicPartition): Cursor | undefined => cursors.get(placeKey(place));

  return {
    begin: (place, offset) => {
      const before = find(place);
      if (before !== undefined) before.turn += 1;
      const cursor = { place, next: offset, end: null, isPaused: false, isCaughtUp: false, isTold: false, turn: 0 };
      cursors.set(placeKey(place), cursor);
      void run(cursor);
    },
    pause: (place) => {
      const cursor = find(place);
      if (cursor !== undefined) cursor.isPaused = true;
    },
    resume: (place) => {
      const cursor = find(place);
      if (cursor === undefined || !cursor.isPaused) return;
      cursor.isPaused = false;
      void run(cursor);
    },
    halt: () => {
      isHalted = true;
    },
    goOn: (isOurs) => {
      isHalted = false;
      for (const [key, cursor] of cursors) {
        if (isOurs(cursor.place)) void run(cursor);
        else {
          cursor.turn += 1;
          cursors.delete(key);
        }
      }
    },
    endOf: (place) => find(place)?.end ?? null,
  };
}

function lost({ place, next }: Cursor, code: Parameters<typeof refusedError>[1]): Error {
  if (code !== "OFFSET_OUT_OF_RANGE") return refusedError("fetch", code);
  const message = `Topic "${place.topic}" has no offset ${next} in partition ${place.partition} any more.`;
  return new TransportError("DATA_LOST", message, { retriable: false });
}
