// How the saved state of a service stands, without being a part of the service: nobody is fenced, nothing is written.

import { CheckpointError, TransportError } from "../core/errors.ts";
import type { OpenTransaction } from "../runtime/shard-ports.ts";
import type { Checkpoint, SavedPattern } from "../state/checkpoint.ts";
import { createReplay } from "../state/replay.ts";
import { createTail, type Tail } from "../state/tail.ts";
import type { Clock } from "../time/clock.ts";
import { type Instant, restoreInstant } from "../time/instant.ts";
import { type Backoff, patiently } from "../transports/kafka/retry.ts";
import type { GroupMember, StateLook } from "../transports/kafka/state-look.ts";
import type { Bounds } from "../transports/kafka/topics.ts";
import { readTail, readTo, untrimmed } from "./state-tail.ts";

export type InputStatus = {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read; `null`: nobody has begun. */
  readonly next: bigint | null;
  /** `null`: the topic has no such partition any more. */
  readonly end: bigint | null;
  readonly lag: bigint | null;
  /** How far time has come in the lane. */
  readonly watermark: Instant;
  /** What nobody can read since transactions are open; `null`: nothing. */
  readonly heldBack: HeldBackStatus | null;
};

/** Offsets from `offset` on that wait for the end of a transaction. */
export type HeldBackStatus = {
  readonly offset: bigint;
  readonly records: bigint;
  /** Those that are open in the partition, as far as the brokers tell. */
  readonly transactions: readonly OpenTransaction[];
};

/** Somebody who writes a shard: the process, and when that run of it began. */
export type Writer = { readonly instance: string; readonly isMember: boolean };

export type ShardStatus = {
  readonly shard: number;
  /** Who has written to it last. */
  readonly owner: Writer | null;
  readonly release: number | null;
  readonly checkpoint: { readonly seq: number; readonly at: Instant | null; readonly ageMs: number | null } | null;
  /** Whether the last that was written is a barrier: the owner restores, or has nothing to save yet. */
  readonly isTakenOver: boolean;
  /** The offsets of its log. */
  readonly from: bigint;
  readonly to: bigint;
  /** Bytes of its log; `null`: not all was read. */
  readonly bytes: number | null;
  readonly patterns: readonly SavedPattern[];
  readonly inputs: readonly InputStatus[];
  /** Why a service could not go on from it; `null`: nothing was found. */
  readonly problem: { readonly code: string; readonly message: string } | null;
};

export type StateStatus = {
  readonly app: string;
  readonly group: string;
  readonly members: readonly GroupMember[];
  /** The topic of the state. */
  readonly topic: string;
  /** `null`: there is no such topic. */
  readonly shards: readonly ShardStatus[] | null;
};

export type StatusQuestion = {
  readonly app: string;
  readonly topic: string;
  readonly group: string;
  /** The input topics. */
  readonly inputs: readonly string[];
  /** Whether all of the state is read, as a service does when it takes a shard over. */
  readonly whole: boolean;
};

/** Leaders and coordinators of a broker that died are others some seconds later. */
const SETTLED_WITHIN_MS = 15_000;
const SETTLING: Backoff = { firstMs: 200, mostMs: 1_000 };

/**
 * Reads the end of each shard's log; with `whole` all of it, which takes as long as a restore. Waits for a cluster that is not ready.
 *
 * @throws {SequiturError} if the cluster does not answer.
 */
export function stateStatus(look: StateLook, question: StatusQuestion, clock: Clock): Promise<StateStatus> {
  return patiently(() => lookOnce(look, question, clock), {
    clock,
    backoff: SETTLING,
    id: question.app,
    withinMs: SETTLED_WITHIN_MS,
    isRetriable: (error) => error instanceof TransportError && error.code === "CLUSTER_NOT_READY",
    onRetry: () => undefined,
    isOver: () => false,
  });
}

async function lookOnce(look: StateLook, question: StatusQuestion, clock: Clock): Promise<StateStatus> {
  const { app, topic, group, inputs } = question;
  const counts = await look.counts([topic, ...inputs]);
  const members = await look.members();
  const found = { app, group, members, topic };
  if (!counts.has(topic)) return { ...found, shards: null };
  const ends = new Map<string, ReadonlyMap<number, End>>();
  for (const input of inputs) if (counts.has(input)) ends.set(input, await endsOf(look, input, counts.get(input) ?? 0));
  const partitions = Math.max(1, ...inputs.map((input) => counts.get(input) ?? 1));
  const shards: ShardStatus[] = [];
  for (const [shard, bounds] of [...(await look.bounds(topic))].sort(([a], [b]) => a - b)) {
    const read = await readShard(look, question, { shard, bounds, partitions, shards: counts.get(topic) ?? 1 });
    shards.push(statusOf(shard, read, { ends, members, now: clock.now() }));
  }
  return { ...found, shards };
}

/** Where a partition can be read to, and what it is that cannot be read. */
type End = { readonly end: bigint; readonly heldBack: HeldBackStatus | null };

async function endsOf(look: StateLook, topic: string, count: number): Promise<ReadonlyMap<number, End>> {
  const places = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  const found = new Map<number, End>();
  for (const [partition, { stable, end }] of (await look.ends(places)).entries()) {
    const records = end - stable;
    const heldBack =
      records <= 0n
        ? null
        : { offset: stable, records, transactions: await look.openTransactions({ topic, partition }) };
    found.set(partition, { end: stable, heldBack });
  }
  return found;
}

type Read = {
  readonly bounds: Bounds;
  readonly tail: Tail;
  readonly bytes: number | null;
  readonly problem: CheckpointError | null;
};
type Place = { readonly shard: number; readonly bounds: Bounds; readonly partitions: number; readonly shards: number };

async function readShard(look: StateLook, { app, topic, whole }: StatusQuestion, place: Place): Promise<Read> {
  const { shard } = place;
  const name = `partition ${shard} of "${topic}"`;
  return untrimmed(look, topic, shard, place.bounds, async (bounds): Promise<Read> => {
    let tail = createTail(app, name);
    try {
      tail = await readTail(look, app, name, shard, bounds);
      const bytes = whole ? await readAll(look, app, name, { ...place, bounds }) : null;
      return { bounds, tail, bytes, problem: null };
    } catch (error) {
      if (error instanceof CheckpointError) return { bounds, tail, bytes: null, problem: error };
      throw error;
    }
  });
}

/** As a restore reads it. Bytes of the log. @throws {CheckpointError} */
async function readAll(look: StateLook, app: string, name: string, place: Place): Promise<number> {
  const { shard, bounds, partitions, shards } = place;
  const replay = createReplay({ app, shards, partitions }, name);
  await readTo(look, shard, bounds.first, bounds.end, (offset, value) => void replay.take(offset, value));
  replay.finish(bounds.first);
  return replay.bytes;
}

type Around = {
  readonly ends: ReadonlyMap<string, ReadonlyMap<number, End>>;
  readonly members: readonly GroupMember[];
  readonly now: Instant;
};

function statusOf(shard: number, { bounds, tail, bytes, problem }: Read, around: Around): ShardStatus {
  const { checkpoint, barrier } = tail;
  const isTakenOver = barrier !== null && barrier.offset > (checkpoint?.offset ?? -1n);
  const last = isTakenOver ? barrier : checkpoint;
  const at = checkpoint?.at ?? null;
  return {
    shard,
    owner: last === null ? null : writerOf(last.entry.instance, around.members),
    release: last?.entry.release ?? null,
    checkpoint: checkpoint && { seq: checkpoint.entry.seq, at, ageMs: at === null ? null : around.now - at },
    isTakenOver,
    from: bounds.first,
    to: bounds.end,
    bytes,
    patterns: checkpoint?.entry.patterns ?? [],
    inputs: checkpoint === null ? [] : inputsOf(checkpoint.entry, around),
    problem: problem && { code: problem.code, message: problem.message },
  };
}

/** A process adds to its name when it began, so that two runs never have the same. */
function writerOf(instance: string, members: readonly GroupMember[]): Writer {
  const name = instance.replace(/:\d+$/, "");
  return { instance: name, isMember: members.some((member) => member.instance === name) };
}

function inputsOf({ lanes }: Checkpoint, { ends }: Around): readonly InputStatus[] {
  return lanes.flatMap(({ partition, released, inputs }) =>
    inputs.map(({ topic, next }): InputStatus => {
      const { end = null, heldBack = null } = ends.get(topic)?.get(partition) ?? {};
      const position = next === null ? null : BigInt(next);
      const lag = end === null || position === null ? null : end > position ? end - position : 0n;
      return { topic, partition, next: position, end, lag, watermark: restoreInstant(released), heldBack };
    }),
  );
}
