// Taking a shard up: from nothing, or where whoever had it before left it.

import type { Checkpoint, SavedLane } from "../../state/checkpoint.ts";
import type { Delta, Page, PageOwner } from "../../state/entry.ts";
import { formFreezer } from "../../state/form.ts";
import { createLedger, type Ledger } from "../../state/ledger.ts";
import { createReplay, hasSamePatterns, type Replay, type Replayed } from "../../state/replay.ts";
import type { Instant } from "../../time/instant.ts";
import type { TaskConfig } from "../task.ts";
import { beginningOf } from "./beginnings.ts";
import { isSamePattern, type KnownPattern, type ShardContext, statePlace } from "./context.ts";
import { insist } from "./insist.ts";
import { formPieces, oldPatterns, reviveAll, tellOld } from "./old-forms.ts";
import { createProgress } from "./progress.ts";
import type { SavedForm } from "./stretch.ts";
import { changedInputs, checkRelease } from "./succession.ts";
import { type Taken, takeOver } from "./take-over.ts";

/** A shard that is ours, and what it stands on. */
export type Acquired = Taken & {
  /** Of the last checkpoint; 0: there was none. */
  readonly seq: number;
  /** All lanes, each with a position in every input. */
  readonly lanes: readonly SavedLane[];
  /** How records are judged and matched: with earlier forms of patterns behind those of the service, as long as they have open runs. */
  readonly task: TaskConfig;
  /** Of all these patterns, in their order. */
  readonly forms: readonly SavedForm[];
  /** What was saved of one of these patterns in a lane, in order. */
  pieces(owner: PageOwner): readonly (Page | Delta)[];
  /** What the log holds. */
  readonly ledger: Ledger;
  /** Bytes that were read of the log, and since when the shard was being taken over. */
  readonly bytes: number;
  readonly since: Instant;
  /** Whether everything has to be saved whole next: the patterns are others than before. */
  readonly isChanged: boolean;
};

/**
 * `null`: the shard was lost meanwhile. `minLogBytes`: a log that is shorter is not made smaller.
 *
 * @throws {CheckpointError} if the saved state is damaged, or not that of this service: see `state-error.ts`.
 * @throws {ConfigError}
 * @throws {TransportError} `DATA_LOST`, `SHARD_GIVEN_UP`
 */
export async function acquire(context: ShardContext, minLogBytes?: number): Promise<Acquired | null> {
  const { clock, meter } = context;
  const startedAt = clock.now();
  meter.restoring({ share: 0, bytes: 0, bytesPerSecond: 0, leftMs: null });
  const read = await insist(context, "taking over the shard", async () => {
    const replay = createReplay(context.identity, statePlace(context));
    const ledger = createLedger(minLogBytes);
    const account = (replayed: Replayed): void => {
      if (replayed.kind === "checkpoint") ledger.committed(replayed);
    };
    const taken = await takeOver(context, null, replay, account, (start, end) => createProgress(context, start, end));
    return taken && { taken, replay, ledger };
  });
  if (read === null) return null;
  const { taken, replay, ledger } = read;
  const what = await restored(context, replay).catch(async (error) => {
    await taken.writer.close();
    throw error;
  });
  if (what === null || !context.isOurs()) {
    await taken.writer.close();
    return null;
  }
  return { ...taken, ...what, ledger, bytes: replay.bytes, since: startedAt };
}

type Restored = Pick<Acquired, "seq" | "lanes" | "pieces" | "forms" | "task" | "isChanged">;

async function restored(context: ShardContext, replay: Replay): Promise<Restored | null> {
  const { last } = replay;
  const checkpoint = last?.checkpoint ?? null;
  if (last !== null) checkRelease(context.identity, last.checkpoint, `offset ${last.offset} of ${statePlace(context)}`);
  const old = oldPatterns(context, replay);
  const draining = old.flatMap(({ pattern, fate }) => (fate === "drains" ? [pattern] : []));
  const { task, outputs } = reviveAll(context, draining);
  const open = (): Promise<void> => context.openOutputs(outputs);
  if (outputs.length > 0 && (await insist(context, "opening topics of earlier patterns", open)) === null) return null;
  const lanes = await beginningOf(context, checkpoint?.lanes ?? []);
  if (lanes === null) return null;
  tellOld(context, replay, old);
  tellInputs(context, checkpoint);
  const patterns = [...context.identity.patterns, ...draining];
  const slots = patterns.map((pattern) => slotOf(checkpoint, pattern));
  return {
    seq: checkpoint?.seq ?? 0,
    lanes: lanes.map((lane) => ({
      ...lane,
      alerts: slots.map((slot) => lane.alerts[slot] ?? 0),
      missed: slots.map((slot) => lane.missed?.[slot] ?? 0),
    })),
    pieces: ({ lane, pattern }) =>
      replay.pieces({ lane, pattern: slots[pattern] ?? -1 }).map(({ entry }) => ({ ...entry, pattern })),
    forms: formsOf(context, replay, patterns, slots),
    task,
    isChanged: checkpoint !== null && !hasSamePatterns(checkpoint, { patterns }),
  };
}

function tellInputs({ log, shard, topics }: ShardContext, checkpoint: Checkpoint | null): void {
  const changed = checkpoint === null ? null : changedInputs(checkpoint, topics);
  if (changed === null) return;
  const what = changed.added.length === 0 ? "" : "; what new ones bring of before that time is late";
  log("warn", `the saved state was of other inputs, and time goes on where it stood${what}`, { shard, ...changed });
}

/** Where the same pattern stands in a checkpoint; -1: it is new, or another one than before. */
function slotOf(checkpoint: Checkpoint | null, pattern: KnownPattern): number {
  return checkpoint?.patterns.findIndex((each) => isSamePattern(each, pattern)) ?? -1;
}

/** Each pattern as a checkpoint names it, with what saves its form. `slots`: where they stand in the last one. */
function formsOf(
  context: ShardContext,
  replay: Replay,
  patterns: readonly KnownPattern[],
  slots: readonly number[],
): readonly SavedForm[] {
  return patterns.map(({ form, ...pattern }, index) => ({
    pattern,
    freezer: form === null ? null : formFreezer(form, formPieces(replay, slots[index] as number), statePlace(context)),
  }));
}
