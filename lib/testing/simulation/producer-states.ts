// What a partition knows of those who write to it with a producer id: whether a batch is the next, one it has already, or one that
// must not be.

import type { KafkaCode } from "./calls.ts";

/** A batch as the partition judges it; offsets are numbers below 2^53. */
export type StampedBatch = {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly sequence: number;
  readonly count: number;
  /** Whether it would begin a transaction here. */
  readonly isBeginning: boolean;
};

type Known = {
  epoch: number;
  /** The last batches of this epoch, the oldest first. */
  batches: { readonly first: number; readonly last: number; readonly offset: number }[];
};

/** So many batches are known again when they come twice. */
const KNOWN_BATCHES = 5;

export type ProducerStates = {
  /** "next": append it, then `appended`. */
  judge(batch: StampedBatch): "next" | { readonly duplicateOf: number } | KafkaCode;
  appended(batch: StampedBatch, offset: number): void;
  /** A marker of this epoch was written: older ones are over. */
  marked(producerId: bigint, epoch: number): void;
};

export function createProducerStates(): ProducerStates {
  const producers = new Map<bigint, Known>();
  /** Of producers whose transaction is about to begin here: the lowest sequence that was tried. None above it may come first. */
  const tried = new Map<bigint, { readonly epoch: number; readonly lowest: number }>();
  const lowestTried = ({ producerId, epoch, sequence }: StampedBatch): number => {
    const before = tried.get(producerId);
    if (before !== undefined && before.epoch > epoch) return sequence;
    const lowest = before?.epoch === epoch ? Math.min(before.lowest, sequence) : sequence;
    tried.set(producerId, { epoch, lowest });
    return lowest;
  };
  /** Of a newer epoch nothing is known yet. */
  const enter = (producerId: bigint, epoch: number): Known => {
    const known = producers.get(producerId);
    if (known !== undefined && known.epoch === epoch) return known;
    const fresh: Known = { epoch, batches: [] };
    producers.set(producerId, fresh);
    return fresh;
  };
  return {
    judge: (batch) => {
      const { producerId, epoch, sequence, count } = batch;
      const lowest = batch.isBeginning ? lowestTried(batch) : sequence;
      const known = producers.get(producerId);
      if (known !== undefined && epoch < known.epoch) return "INVALID_PRODUCER_EPOCH";
      const batches = known?.epoch === epoch ? known.batches : [];
      const twin = batches.find(({ first, last }) => first === sequence && last === sequence + count - 1);
      if (twin !== undefined) return { duplicateOf: twin.offset };
      if (sequence > lowest) return "OUT_OF_ORDER_SEQUENCE_NUMBER";
      if (known === undefined) return "next"; // Of a producer that is not known here, any sequence is right.
      return sequence === (batches.at(-1)?.last ?? -1) + 1 ? "next" : "OUT_OF_ORDER_SEQUENCE_NUMBER";
    },
    appended: ({ producerId, epoch, sequence, count }, offset) => {
      tried.delete(producerId);
      const { batches } = enter(producerId, epoch);
      batches.push({ first: sequence, last: sequence + count - 1, offset });
      if (batches.length > KNOWN_BATCHES) batches.shift();
    },
    marked: (producerId, epoch) => {
      tried.delete(producerId);
      enter(producerId, epoch);
    },
  };
}
