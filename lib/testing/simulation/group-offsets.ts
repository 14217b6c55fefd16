// What a group has committed: at once, or pending until the transaction that it is part of is decided.

import type { TopicPartition } from "../../runtime/ports.ts";
import { type PlacedOffset, placeKey } from "./calls.ts";

export type GroupOffsets = {
  commit(offsets: readonly PlacedOffset[]): void;
  commitInTransaction(producerId: bigint, offsets: readonly PlacedOffset[]): void;
  /** The transaction of a producer is decided. */
  mark(producerId: bigint, outcome: "commit" | "abort"): void;
  /** −1 where nothing was committed. */
  fetch(places: readonly TopicPartition[]): readonly bigint[];
};

export function createGroupOffsets(): GroupOffsets {
  const committed = new Map<string, bigint>();
  const pending = new Map<bigint, PlacedOffset[]>();
  const commit = (offsets: readonly PlacedOffset[]): void => {
    for (const each of offsets) committed.set(placeKey(each), each.offset);
  };
  return {
    commit,
    commitInTransaction: (producerId, offsets) => {
      pending.set(producerId, [...(pending.get(producerId) ?? []), ...offsets]);
    },
    mark: (producerId, outcome) => {
      if (outcome === "commit") commit(pending.get(producerId) ?? []);
      pending.delete(producerId);
    },
    fetch: (places) => places.map((place) => committed.get(placeKey(place)) ?? -1n),
  };
}
