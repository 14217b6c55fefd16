// Which partitions are held back, and why. The source hears of it only when a partition is held for the first reason or let
// go by the last.

import type { Source, TopicPartition } from "./ports.ts";

/** `queue`: too much was read and not taken. `time`: too much waits for its turn in time. `stop`: nothing more is wanted. */
export type HoldReason = "queue" | "time" | "stop";

export interface Flow {
  /** These partitions are now ours. Those that are to be held are paused at once. */
  assigned(partitions: readonly TopicPartition[]): void;
  hold(partition: TopicPartition, reason: HoldReason): void;
  release(partition: TopicPartition, reason: HoldReason): void;
  /** The same for all partitions, those that are assigned later, too. Doing it twice is doing it once. */
  holdAll(reason: HoldReason): void;
  releaseAll(reason: HoldReason): void;
  isHeld(partition: TopicPartition): boolean;
  /** Why it is held, the first of several reasons; `null`: it is not. */
  heldBecause(partition: TopicPartition): HoldReason | null;
}

type Held = { readonly place: TopicPartition; readonly reasons: Set<HoldReason>; paused: boolean };

export function createFlow(source: Pick<Source, "pause" | "resume">): Flow {
  const partitions = new Map<string, Held>();
  const forAll = new Set<HoldReason>();

  const settle = (held: Held): void => {
    const paused = forAll.size > 0 || held.reasons.size > 0;
    if (paused === held.paused) return;
    held.paused = paused;
    if (paused) source.pause(held.place);
    else source.resume(held.place);
  };
  const settleAll = (): void => {
    for (const held of partitions.values()) settle(held);
  };
  const change = (place: TopicPartition, act: (held: Held) => void): void => {
    const held = partitions.get(nameOf(place));
    if (held === undefined) return;
    act(held);
    settle(held);
  };

  return {
    assigned(places) {
      for (const { topic, partition } of places) {
        const held: Held = { place: { topic, partition }, reasons: new Set(), paused: false };
        partitions.set(nameOf(held.place), held);
        settle(held);
      }
    },
    hold: (place, reason) => change(place, ({ reasons }) => reasons.add(reason)),
    release: (place, reason) => change(place, ({ reasons }) => reasons.delete(reason)),
    holdAll(reason) {
      forAll.add(reason);
      settleAll();
    },
    releaseAll(reason) {
      if (forAll.delete(reason)) settleAll();
    },
    isHeld: (place) => partitions.get(nameOf(place))?.paused ?? false,
    heldBecause(place) {
      const held = partitions.get(nameOf(place));
      if (held === undefined) return null;
      const [reason] = [...forAll, ...held.reasons];
      return reason ?? null;
    },
  };
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${partition}:${topic}`;
}
