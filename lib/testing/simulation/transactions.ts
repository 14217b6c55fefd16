// The transaction coordinator: who holds a transactional id, and what becomes of the transaction that is open under it.
//
//     empty ──add──▶ ongoing ──end, or fenced, or too old──▶ preparing ──all markers are written──▶ complete
//                       ▲                                    decided here                              │
//                       └───────────────────────────────add───────────────────────────────────────────┘
//
// A holder is told by its epoch. Whoever takes the id over raises it, which fences the one before; so does a timeout.

import { unreachable } from "../../core/errors.ts";
import type { TopicPartition } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import type { Instant } from "../../time/instant.ts";
import { type KafkaCode, type ProducerStamp, placeKey, type Refused, refuse, type TransactionStamp } from "./calls.ts";

/** Somewhere that a transaction wrote to: a partition of a topic, or the offsets of a group. */
export type Participant =
  | { readonly kind: "partition"; readonly place: TopicPartition }
  | { readonly kind: "group"; readonly group: string };
export type Outcome = "commit" | "abort";

type HeldState =
  | { readonly is: "empty" }
  | { readonly is: "ongoing" }
  | { readonly is: "preparing" | "complete"; readonly outcome: Outcome };

type Held = {
  readonly producerId: bigint;
  epoch: number;
  timeoutMs: number;
  state: HeldState;
  participants: Map<string, Participant>;
  beganAt: Instant;
};

export type TransactionsOptions = {
  readonly clock: Clock;
  /** Longest timeout a producer may ask for. */
  readonly maxTimeoutMs: number;
  /** How often it is looked for transactions that are too old. */
  readonly timeoutCheckMs: number;
  /** How long until the next marker is written. */
  readonly markerMs: () => number;
  /** Writes a marker. */
  readonly mark: (participant: Participant, stamp: ProducerStamp, outcome: Outcome) => void;
  /** A decision, for those who look on: this is when the outcome of a transaction is settled. */
  readonly onDecided: (transactionalId: string, stamp: ProducerStamp, outcome: Outcome) => void;
};

export type Transactions = {
  init(transactionalId: string | null, timeoutMs: number): ProducerStamp | Refused;
  add(stamp: TransactionStamp, participants: readonly Participant[]): KafkaCode | null;
  /** Whether a batch of this producer may be written there: it was added. */
  verify(stamp: TransactionStamp, participant: Participant): KafkaCode | null;
  end(stamp: TransactionStamp, outcome: Outcome): KafkaCode | null;
  /** The ids whose transaction is undecided, or decided with markers still to come. */
  open(): readonly string[];
};

export function createTransactions(options: TransactionsOptions): Transactions {
  const { clock } = options;
  const ids = new Map<string, Held>();
  let nextProducerId = 1000n;
  let isWatching = false;

  const decide = (id: string, held: Held, outcome: Outcome): void => {
    held.state = { is: "preparing", outcome };
    const stamp = { producerId: held.producerId, epoch: held.epoch };
    options.onDecided(id, stamp, outcome);
    const left = new Map(held.participants);
    for (const [key, participant] of held.participants)
      clock.after(options.markerMs(), () => {
        options.mark(participant, stamp, outcome);
        left.delete(key);
        if (left.size > 0) return;
        held.state = { is: "complete", outcome };
        held.participants = new Map();
      });
  };
  const fence = (id: string, held: Held): void => {
    held.epoch += 1;
    decide(id, held, "abort");
  };
  /** Looks for transactions that are too old, as long as there is one at all. */
  const watch = (): void => {
    if (isWatching) return;
    isWatching = true;
    clock.after(options.timeoutCheckMs, () => {
      isWatching = false;
      const ongoing = [...ids].filter(([, { state }]) => state.is === "ongoing");
      for (const [id, held] of ongoing) if (clock.now() - held.beganAt > held.timeoutMs) fence(id, held);
      if (ongoing.length > 0) watch();
    });
  };
  const find = ({ transactionalId, producerId, epoch }: TransactionStamp): Held | KafkaCode => {
    const held = ids.get(transactionalId);
    if (held === undefined || held.producerId !== producerId) return "INVALID_PRODUCER_ID_MAPPING";
    // Newer clients are told PRODUCER_FENCED; kafkajs speaks the versions from before that.
    return held.epoch === epoch ? held : "INVALID_PRODUCER_EPOCH";
  };

  return {
    init: (id, timeoutMs) => {
      if (id === "") return refuse("INVALID_REQUEST");
      if (id === null) return { producerId: nextProducerId++, epoch: 0 };
      if (timeoutMs <= 0 || timeoutMs > options.maxTimeoutMs) return refuse("INVALID_TRANSACTION_TIMEOUT");
      const held = ids.get(id) ?? empty(nextProducerId++);
      ids.set(id, held);
      if (held.state.is === "ongoing") fence(id, held);
      if (held.state.is === "preparing") return refuse("CONCURRENT_TRANSACTIONS");
      held.epoch += 1;
      held.timeoutMs = timeoutMs;
      held.state = { is: "empty" };
      return { producerId: held.producerId, epoch: held.epoch };
    },
    add: (stamp, participants) => {
      const held = find(stamp);
      if (typeof held === "string") return held;
      if (held.state.is === "preparing") return "CONCURRENT_TRANSACTIONS";
      if (held.state.is !== "ongoing") held.beganAt = clock.now();
      held.state = { is: "ongoing" };
      for (const participant of participants) held.participants.set(keyOf(participant), participant);
      watch();
      return null;
    },
    verify: (stamp, participant) => {
      const held = find(stamp);
      if (typeof held === "string") return held;
      if (held.state.is === "preparing") return "NOT_ENOUGH_REPLICAS"; // "try again", in words that old clients know
      return held.participants.has(keyOf(participant)) ? null : "INVALID_TXN_STATE";
    },
    end: (stamp, outcome) => {
      const held = find(stamp);
      if (typeof held === "string") return held;
      const { state } = held;
      switch (state.is) {
        case "empty":
          return "INVALID_TXN_STATE";
        case "ongoing":
          decide(stamp.transactionalId, held, outcome);
          return null;
        case "preparing":
          return state.outcome === outcome ? "CONCURRENT_TRANSACTIONS" : "INVALID_TXN_STATE";
        case "complete":
          return state.outcome === outcome ? null : "INVALID_TXN_STATE";
        default:
          return unreachable(state);
      }
    },
    open: () =>
      [...ids].filter(([, { state }]) => state.is === "ongoing" || state.is === "preparing").map(([id]) => id),
  };
}

function empty(producerId: bigint): Held {
  return { producerId, epoch: -1, timeoutMs: 0, state: { is: "empty" }, participants: new Map(), beganAt: 0 };
}

function keyOf(participant: Participant): string {
  return participant.kind === "group" ? `group/${participant.group}` : placeKey(participant.place);
}
