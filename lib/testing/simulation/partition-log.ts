// One partition as a broker keeps it: records and the markers that end transactions, each at an offset of its own.
//
//     offset   3    4    5    6         7    8
//            │ x  │ a1 │ b1 │ abort a │ a2 │ y │            a1 was aborted, b1 and a2 are undecided
//              ▲         ▲                       ▲
//              start     stable                  end

import { invariant } from "../../core/errors.ts";
import type { Instant } from "../../time/instant.ts";
import type { AskOf, Fetched, Isolation, KafkaCode, LogEntry, WrittenRecord } from "./calls.ts";
import { createProducerStates } from "./producer-states.ts";

/** Offsets are numbers below 2^53 here. */
export type PartitionLog = {
  start(): number;
  /** Where the oldest undecided transaction begins, else the end; before the start if its first records were deleted. */
  stable(): number;
  end(): number;
  /** Whether this producer has an undecided transaction here. */
  isOpen(producerId: bigint): boolean;
  append(batch: Pick<AskOf<"produce">, "producer" | "records">): { readonly offset: number } | KafkaCode;
  /** Ends the transaction of a producer here, and fences its older epochs. */
  mark(producerId: bigint, epoch: number, outcome: "commit" | "abort"): void;
  /** What stands from `offset` on, up to `maxBytes`, at least one entry if there is one. `null`: `offset` is out of range. */
  read(offset: number, isolation: Isolation, maxBytes: number): Fetched | null;
  /** Forgets what stands before `offset`, which is at most the end. */
  forget(offset: number): void;
  /** Forgets from the start on what is older than `oldest`, up to the first that is not. */
  expire(oldest: Instant): void;
  /** Calls `then` once, when there is more to read. Gives what calls that off. */
  onMore(then: () => void): () => void;
};

type Aborted = { readonly producerId: bigint; readonly first: number; readonly last: number };

const NO_HEADERS: ReadonlyMap<string, string> = new Map();
/** Bytes that a record takes beside its key and value, about. */
const ENTRY_BYTES = 20;

/** An empty partition. `now` stamps markers. */
export function createPartitionLog(now: () => Instant): PartitionLog {
  let entries: LogEntry[] = [];
  let start = 0; // offset of entries[0]
  const open = new Map<bigint, number>(); // producer id to first offset of its transaction
  const aborted: Aborted[] = [];
  const producers = createProducerStates();
  const waiting = new Set<() => void>();

  const end = (): number => start + entries.length;
  const stable = (): number => Math.min(end(), ...open.values());
  const wake = (): void => {
    const woken = [...waiting];
    waiting.clear();
    for (const then of woken) then();
  };
  const push = (entry: Omit<LogEntry, "offset">): void => {
    entries.push({ offset: BigInt(end()), ...entry });
  };
  const append: PartitionLog["append"] = ({ producer, records }) => {
    const offset = end();
    const isTransactional = producer !== null && producer.transactionalId !== null;
    const isBeginning = isTransactional && !open.has(producer.producerId);
    const stamped = producer === null ? null : { ...producer, count: records.length, isBeginning };
    const verdict = stamped === null ? "next" : producers.judge(stamped);
    if (typeof verdict === "object") return { offset: verdict.duplicateOf };
    if (verdict !== "next") return verdict;
    const producerId = producer?.producerId ?? null;
    for (const record of records) push({ kind: "data", producerId, isTransactional, ...plain(record) });
    if (stamped !== null) producers.appended(stamped, offset);
    if (producerId !== null && isBeginning) open.set(producerId, offset);
    wake();
    return { offset };
  };
  const forget = (offset: number): void => {
    if (offset <= start) return;
    invariant(offset <= end(), "only what is there is forgotten");
    entries = entries.slice(offset - start);
    start = offset;
  };

  return {
    start: () => start,
    stable,
    end,
    isOpen: (producerId) => open.has(producerId),
    append,
    mark: (producerId, epoch, outcome) => {
      const first = open.get(producerId);
      if (outcome === "abort" && first !== undefined) aborted.push({ producerId, first, last: end() });
      open.delete(producerId);
      producers.marked(producerId, epoch);
      push({
        kind: outcome,
        producerId,
        isTransactional: true,
        ...plain({ key: null, value: null, timestamp: now() }),
      });
      wake();
    },
    read: (offset, isolation, maxBytes) => {
      if (offset < start || offset > end()) return null;
      const limit = isolation === "committed" ? stable() : end();
      const found = upTo(maxBytes, entries, offset - start, limit - start);
      // Brokers tell of what lies beyond the stable offset, too, but only beside something to read.
      const told = isolation === "committed" && found.length > 0 ? aborted.filter(({ last }) => last >= offset) : [];
      return {
        start: BigInt(start),
        stable: BigInt(stable()),
        end: BigInt(end()),
        aborted: told.map(({ producerId, first }) => ({ producerId, firstOffset: BigInt(first) })),
        entries: found,
      };
    },
    forget,
    expire: (oldest) => {
      let keepFrom = start;
      for (const { timestamp } of entries) {
        if (timestamp >= oldest) break;
        keepFrom += 1;
      }
      forget(keepFrom);
    },
    onMore: (then) => {
      waiting.add(then);
      return () => waiting.delete(then);
    },
  };
}

function plain(record: WrittenRecord): Pick<LogEntry, "key" | "value" | "headers" | "timestamp"> {
  const { key, value, headers = NO_HEADERS, timestamp } = record;
  return { key, value, headers, timestamp };
}

function upTo(maxBytes: number, entries: readonly LogEntry[], from: number, to: number): readonly LogEntry[] {
  let bytes = 0;
  for (let at = from; at < to; at += 1) {
    bytes += sizeOf(entries[at] as LogEntry);
    if (bytes > maxBytes && at > from) return entries.slice(from, at);
  }
  return entries.slice(from, Math.max(from, to));
}

/** About as many bytes as the record takes on a broker. */
export function sizeOf({ key, value }: Pick<LogEntry, "key" | "value">): number {
  return ENTRY_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
}
