// Becoming the only one who can write a shard, and knowing all that was written before.
//
//     still a member? ─▶ new producer: fences all others ─▶ BARRIER with a fresh nonce ─▶ read until that nonce is met
//
// Whatever another producer of the shard did is decided before the barrier, so what is read up to it is all there ever will be.

import { CheckpointError, invariant, TransportError } from "../../core/errors.ts";
import type { Barrier } from "../../state/entry.ts";
import { writeEntry } from "../../state/entry.ts";
import type { Replay, Replayed } from "../../state/replay.ts";
import { truncated } from "../../state/state-error.ts";
import { END_OF_TIME } from "../../time/instant.ts";
import type { ShardWriter } from "../shard-ports.ts";
import { type ShardContext, statePlace } from "./context.ts";

/** Of a shard, what it takes to take it over. */
export type TakingOver = Pick<
  ShardContext,
  "shard" | "identity" | "source" | "state" | "clock" | "isOurs" | "nextNonce"
>;

/** A shard that is ours alone. */
export type Taken = {
  readonly writer: ShardWriter;
  /** Where the log began when it was read; beyond `from`: somebody else has committed and trimmed since. */
  readonly start: bigint;
  /** Behind our barrier: nothing is committed here or beyond. */
  readonly tail: bigint;
};

/** Is told where reading begins and ends, and gives what is told how far it has come. */
export type OnProgress = (start: bigint, end: bigint) => (next: bigint, bytes: number) => void;

/**
 * One attempt; `null`: the shard is not ours any more. Reads from `from`, or the whole log, gives each record to `replay` and
 * tells what that completes, but for the barrier of this attempt.
 *
 * @throws {CheckpointError} if what stands there does not fit.
 * @throws {ConfigError | TransportError}
 */
export async function takeOver(
  context: TakingOver,
  from: bigint | null,
  replay: Replay,
  onReplayed: (replayed: Replayed) => void,
  onProgress: OnProgress = () => () => undefined,
): Promise<Taken | null> {
  const { identity, isOurs, nextNonce, shard, source, state } = context;
  await source.proveMembership();
  if (!isOurs()) return null;
  const writer = await state.takeOver(shard);
  let at: bigint | null = null;
  try {
    const { app, instance, release, shards, partitions } = identity;
    const barrier: Barrier = { kind: "barrier", app, instance, nonce: nextNonce(), release, shards, partitions };
    at = await writeBarrier(writer, barrier);
    const { start } = await state.bounds(shard);
    if (start > at) throw overtaken(context, at);
    const range = { from: from === null || from < start ? start : from, at };
    const isMet = isOurs() && (await readTo(context, barrier.nonce, range, replay, onReplayed, onProgress));
    if (isMet && from === null) replay.finish(start);
    if (isMet) return { writer, start, tail: at + 1n };
  } catch (error) {
    await writer.close();
    if (error instanceof CheckpointError && at !== null && (await isOutdated(context, at)))
      throw overtaken(context, at);
    throw error;
  }
  await writer.close();
  return null;
}

/**
 * Whether somebody wrote behind our barrier and its marker. Whoever does may also have trimmed what stands before it, while this process
 * slept: then what we read of the log does not fit together, and that says nothing.
 */
async function isOutdated({ shard, state }: TakingOver, barrier: bigint): Promise<boolean> {
  const { end } = await state.bounds(shard);
  return end > barrier + 2n;
}

async function writeBarrier(writer: ShardWriter, barrier: Barrier): Promise<bigint> {
  const transaction = await writer.begin();
  const at = await transaction.send({ outputs: [], blocks: writeEntry(barrier) });
  await transaction.commit();
  invariant(at !== null, "that a barrier has a block");
  return at;
}

/** A commit shows milliseconds after it was answered, once brokers are there to be read from. */
const SHOWN_WITHIN_MS = 5_000;

/** Whether our barrier was met before the shard was lost. @throws {TransportError} `COMMIT_HIDDEN` */
async function readTo(
  context: TakingOver,
  nonce: string,
  { from, at }: { readonly from: bigint; readonly at: bigint },
  replay: Replay,
  onReplayed: (replayed: Replayed) => void,
  onProgress: OnProgress,
): Promise<boolean> {
  const { clock } = context;
  const tell = onProgress(from, at);
  let reached = from;
  let hiddenAt = END_OF_TIME;
  for await (const { records, next } of context.state.read(context.shard, from)) {
    if (!context.isOurs()) return false;
    if (next > reached) hiddenAt = END_OF_TIME;
    else if (hiddenAt === END_OF_TIME) hiddenAt = clock.now() + SHOWN_WITHIN_MS;
    else if (clock.now() > hiddenAt) throw hidden(context, at);
    reached = next;
    for (const { offset, value } of records) {
      const replayed = replay.take(offset, value);
      if (replayed?.kind === "barrier" && replayed.nonce === nonce) return true;
      if (replayed !== null) onReplayed(replayed);
    }
    tell(next, replay.bytes);
    if (next > at) break;
  }
  throw truncated(statePlace(context), `the barrier that was written at offset ${at} is not there`);
}

/** Brokers may lose the end of a transaction that they have decided on: the next one ends it. */
function hidden(context: TakingOver, barrier: bigint): TransportError {
  const message = `The barrier at offset ${barrier} of ${statePlace(context)} was committed, and brokers do not show it: they seem to have lost the end of its transaction.`;
  return new TransportError("COMMIT_HIDDEN", message, { retriable: true });
}

/** Somebody has committed after our barrier: this process slept. Another attempt begins with a proof that it is a member. */
function overtaken(context: TakingOver, barrier: bigint): TransportError {
  const message = `Somebody else has taken over ${statePlace(context)} since the barrier at offset ${barrier} was written.`;
  return new TransportError("OVERTAKEN", message, { retriable: true });
}
