// One stretch of input as bytes: what it said, what it changed, how far it came. Frozen once, and sent, if need be again,
// as it is.

import type { Sliced } from "../../core/slices.ts";
import { crcOf, crcOfAll } from "../../state/block.ts";
import type { Checkpoint, SavedLane, SavedPattern } from "../../state/checkpoint.ts";
import { type Delta, type Page, type PageOwner, writeEntry } from "../../state/entry.ts";
import { FORMS_LANE } from "../../state/form.ts";
import type { Freezer, Frozen as FrozenMatcher } from "../../state/freeze.ts";
import type { PageName, WrittenPage } from "../../state/ledger.ts";
import type { Emission } from "../alert.ts";
import { bytesOf } from "../outbox.ts";
import { inParcels } from "../parcels.ts";
import type { OutputRecord } from "../ports.ts";
import type { Parcel, PlacedRecord } from "../shard-ports.ts";
import type { Task } from "../task.ts";
import type { ServiceIdentity } from "./context.ts";

/** A pattern as a checkpoint names it, with what saves its form; `null`: it has none. */
export type SavedForm = { readonly pattern: SavedPattern; readonly freezer: Pick<Freezer, "freeze"> | null };

/** What a checkpoint is made of. */
export type Stretch = {
  readonly patterns: readonly SavedPattern[];
  readonly outputs: readonly PlacedRecord[];
  readonly pieces: readonly (Page | Delta)[];
  readonly lanes: readonly SavedLane[];
};

/**
 * What a task said and is between two pieces of work: it must not be given another one before this is done, which takes several slices
 * where much changed. `forms`: of its patterns, in their order. `due`: pages to be written whole. What its matchers froze is not frozen
 * again, so a stretch that is dropped takes the task with it.
 */
export function stretchOf(
  task: Task,
  forms: readonly SavedForm[],
  emissions: readonly Emission[],
  due: readonly PageName[] | "all",
  partitionOf: (record: OutputRecord) => number,
): Sliced<Stretch> {
  const frozen = task.lanes.flatMap(({ partition: lane, patterns }) =>
    patterns.freezers.map((freezer, pattern) => freezing(freezer, { lane, pattern }, due)),
  );
  const frozenForms = forms.flatMap(({ freezer }, pattern) =>
    freezer === null ? [] : [freezing(freezer, { lane: FORMS_LANE, pattern }, due)],
  );
  const outputs = emissions.map(({ record }) => ({ record, partition: partitionOf(record) }));
  const patterns = forms.map(({ pattern }) => pattern);
  return withPieces({ patterns, outputs, lanes: task.save() }, [...frozen, ...frozenForms]);
}

/** What is being frozen, and whose it is. */
type Freezing = { readonly owner: PageOwner; readonly work: Sliced<FrozenMatcher> };

function freezing(freezer: Pick<Freezer, "freeze">, owner: PageOwner, due: readonly PageName[] | "all"): Freezing {
  const isIts = ({ lane, pattern }: PageName): boolean => lane === owner.lane && pattern === owner.pattern;
  return { owner, work: freezer.freeze(due === "all" ? due : due.filter(isIts).map(({ page }) => page)) };
}

function* withPieces(stretch: Omit<Stretch, "pieces">, frozen: readonly Freezing[]): Sliced<Stretch> {
  const pieces: (Page | Delta)[] = [];
  for (const { owner, work } of frozen) {
    const { pages, delta } = yield* work;
    if (delta !== null) pieces.push({ kind: "delta", ...owner, bytes: delta });
    for (const page of pages) pieces.push({ kind: "page", ...owner, ...page });
  }
  return { ...stretch, pieces };
}

/** A checkpoint ready to be sent. */
export type Frozen = {
  readonly seq: number;
  readonly outputs: readonly PlacedRecord[];
  /** The checkpoint itself last. */
  readonly blocks: readonly Uint8Array[];
  readonly bytes: number;
  readonly pages: readonly WrittenPage[];
  /** Nothing below it is needed once this is committed. */
  readonly lowWater: bigint;
};

export function freeze(
  stretch: Stretch,
  seq: number,
  lowWater: bigint,
  identity: Omit<ServiceIdentity, "patterns">,
): Frozen {
  const entries = stretch.pieces.map((entry) => ({ entry, blocks: writeEntry(entry) }));
  const blocks = entries.flatMap((each) => each.blocks);
  const { app, instance, release, shards, partitions } = identity;
  const checkpoint: Checkpoint = {
    kind: "checkpoint",
    app,
    instance,
    seq,
    release,
    shards,
    partitions,
    patterns: stretch.patterns,
    lanes: stretch.lanes,
    lowWater: `${lowWater}`,
    blocks: { count: blocks.length, crc: crcOfAll(blocks.map(crcOf)) },
  };
  const all = [...blocks, ...writeEntry(checkpoint)];
  const pages = entries.flatMap(({ entry, blocks: own }) =>
    entry.kind === "page" ? [{ lane: entry.lane, pattern: entry.pattern, page: entry.page, bytes: lengthOf(own) }] : [],
  );
  return { seq, outputs: stretch.outputs, blocks: all, bytes: lengthOf(all), pages, lowWater };
}

/** Outputs first, then blocks, in their order and in as few parcels as they fit in: most often one, which is one request. */
export function* parcels({ outputs, blocks }: Parcel): Generator<Parcel> {
  for (const parcel of inParcels([...outputs, ...blocks], sizeOf))
    yield { outputs: parcel.filter((each): each is PlacedRecord => !isBlock(each)), blocks: parcel.filter(isBlock) };
}

function sizeOf(sent: PlacedRecord | Uint8Array): number {
  return isBlock(sent) ? sent.length : bytesOf(sent.record);
}

function isBlock(sent: PlacedRecord | Uint8Array): sent is Uint8Array {
  return sent instanceof Uint8Array;
}

function lengthOf(blocks: readonly Uint8Array[]): number {
  return blocks.reduce((sum, each) => sum + each.length, 0);
}
