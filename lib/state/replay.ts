// Reads a state partition from its start and says what it amounts to: the last checkpoint, and the pages and deltas that it
// stands on. Knows no log: somebody hands it the committed records, in order.
//
//     … BARRIER · PAGE PAGE DELTA CHECKPOINT 7 · BARRIER · DELTA CHECKPOINT 8 · BARRIER ← the reader's own: done
//                 └───── sealed by 7 ───┘                  └─ 8 ─┘
//
// Space: what is read and not replaced by a later page.

import { createAssembler } from "./assembler.ts";
import { crcOfAll } from "./block.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Barrier, Delta, Page, PageOwner } from "./entry.ts";
import type { WrittenPage } from "./ledger.ts";
import { damaged, otherApp, otherShape, truncated } from "./state-error.ts";

/** Whose state is expected. */
export type StateShape = { readonly app: string; readonly shards: number; readonly partitions: number };

/** A page or delta that a checkpoint has sealed. */
export type Piece = {
  readonly entry: Page | Delta;
  /** Offset of the first record of the transaction that wrote it. */
  readonly base: bigint;
  /** Bytes in the log. */
  readonly bytes: number;
};

/** A checkpoint and where it stands. */
export type SealedCheckpoint = {
  readonly checkpoint: Checkpoint;
  readonly offset: bigint;
  /** Offset of the first record of its transaction. */
  readonly base: bigint;
  /** Bytes of all records of its transaction. */
  readonly bytes: number;
  /** The pages that were written whole with it. */
  readonly pages: readonly WrittenPage[];
  /** Whether it has other patterns than the one before: then nothing before it counts. */
  readonly isAlone: boolean;
};

/** What a record completed: a barrier, or everything up to a checkpoint. */
export type Replayed = (Barrier & { readonly offset: bigint }) | (SealedCheckpoint & { readonly kind: "checkpoint" });

export interface Replay {
  /** The last checkpoint; `null`: none was met. */
  readonly last: SealedCheckpoint | null;
  /** Bytes of all records so far. */
  readonly bytes: number;
  /** Takes the next record. @throws {CheckpointError} whatever does not fit: see `state-error.ts`. */
  take(offset: bigint, value: Uint8Array | null): Replayed | null;
  /** Looks whether all that the last checkpoint needs was there; `start`: where the log began. @throws {CheckpointError} `TRUNCATED_STATE` */
  finish(start: bigint): void;
  /** The pieces of one owner in the order in which they are to be put together. */
  pieces(owner: PageOwner): readonly Piece[];
}

/** `topic` says in errors which topic and partition it is. */
export function createReplay(expected: StateShape, topic: string): Replay {
  return new ReplayAtWork(expected, topic);
}

class ReplayAtWork implements Replay {
  last: SealedCheckpoint | null = null;
  bytes = 0;
  readonly #expected: StateShape;
  readonly #topic: string;
  readonly #assembler;
  readonly #kept = new Map<string, Kept>();
  /** Of the transaction that is being read: its deltas and pages are not sealed yet. */
  #open: { entry: Page | Delta; bytes: number }[] = [];
  #crcs: number[] = [];
  #base: bigint | null = null;
  #openBytes = 0;

  constructor(expected: StateShape, topic: string) {
    this.#expected = expected;
    this.#topic = topic;
    this.#assembler = createAssembler(topic);
  }

  take(offset: bigint, value: Uint8Array | null): Replayed | null {
    const placed = this.#assembler.take(offset, value);
    if (placed === null) return null;
    const { entry, first, last } = placed;
    this.bytes += placed.bytes;
    this.#openBytes += placed.bytes;
    const where = `offset ${offset} of ${this.#topic}`;
    switch (entry.kind) {
      case "barrier":
        this.#checkShape(entry, where);
        if (this.#open.length > 0) throw truncated(where, "the checkpoint that seals what stands before it is missing");
        this.#openBytes = 0;
        return { ...entry, offset: first };
      case "checkpoint":
        this.#checkShape(entry, where);
        return { kind: "checkpoint", ...this.#seal(entry, last, this.#base ?? first, where) };
      default:
        this.#base ??= first;
        this.#open.push({ entry, bytes: placed.bytes });
        this.#crcs.push(...placed.crcs);
        return null;
    }
  }

  finish(start: bigint): void {
    const place = `${this.#topic}, which begins at offset ${start},`;
    if (this.#assembler.isBetween || this.#open.length > 0) throw truncated(place, "its end is missing");
    if (this.last === null) {
      if (start > 0n) throw truncated(place, "its beginning was deleted, and no checkpoint is left");
    } else if (start > BigInt(this.last.checkpoint.lowWater)) {
      throw truncated(place, `records from offset ${this.last.checkpoint.lowWater} on are needed`);
    }
  }

  pieces({ lane, pattern }: PageOwner): readonly Piece[] {
    return this.#kept.get(`${lane}/${pattern}`)?.pieces.filter((each) => each !== null) ?? [];
  }

  #checkShape(entry: Barrier | Checkpoint, where: string): void {
    const { app, shards, partitions } = this.#expected;
    if (entry.app !== app) throw otherApp(where, entry.app, app);
    if (entry.partitions !== partitions) throw otherShape(where, "partitions", entry.partitions, partitions);
    if (entry.shards !== shards) throw otherShape(where, "shards", entry.shards, shards);
  }

  #seal(checkpoint: Checkpoint, offset: bigint, base: bigint, where: string): SealedCheckpoint {
    const { blocks, seq } = checkpoint;
    const expected = (this.last?.checkpoint.seq ?? seq - 1) + 1;
    if (seq !== expected) throw truncated(where, `checkpoint ${expected} is missing before checkpoint ${seq}`);
    if (this.#crcs.length !== blocks.count || crcOfAll(this.#crcs) !== blocks.crc) {
      throw damaged(
        where,
        `the ${blocks.count} blocks that belong to checkpoint ${seq} are not those that stand before it`,
      );
    }
    const isAlone = this.last !== null && !hasSamePatterns(checkpoint, this.last.checkpoint);
    if (isAlone) this.#kept.clear();
    for (const { entry, bytes } of this.#open) this.#keep({ entry, base, bytes });
    const pages = this.#open.flatMap(({ entry, bytes }) =>
      entry.kind === "page" ? [{ lane: entry.lane, pattern: entry.pattern, page: entry.page, bytes }] : [],
    );
    const sealed = { checkpoint, offset, base, bytes: this.#openBytes, pages, isAlone };
    this.last = sealed;
    this.#open = [];
    this.#crcs = [];
    this.#base = null;
    this.#openBytes = 0;
    return sealed;
  }

  /** A page replaces the page; deltas before it stay, for they may be of other pages. */
  #keep(piece: Piece): void {
    const { entry } = piece;
    const owner = `${entry.lane}/${entry.pattern}`;
    const { pieces, pageAt }: Kept = this.#kept.get(owner) ?? { pieces: [], pageAt: new Map() };
    this.#kept.set(owner, { pieces, pageAt });
    if (entry.kind === "page") {
      const before = pageAt.get(entry.page);
      if (before !== undefined) pieces[before] = null;
      pageAt.set(entry.page, pieces.length);
    }
    pieces.push(piece);
  }
}

/** Of one owner: in order, `null` for what was replaced, and where among them the pages stand. */
type Kept = { readonly pieces: (Piece | null)[]; readonly pageAt: Map<number, number> };

/** Pages and deltas name a pattern by its place in the list, so that another list makes other names. */
export function hasSamePatterns(one: Pick<Checkpoint, "patterns">, other: Pick<Checkpoint, "patterns">): boolean {
  const namesOf = ({ patterns }: Pick<Checkpoint, "patterns">): string =>
    JSON.stringify(patterns.map(({ name, version, fingerprint, drains }) => [name, version, fingerprint, drains]));
  return namesOf(one) === namesOf(other);
}
