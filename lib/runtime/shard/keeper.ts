// Keeps a shard: one checkpoint after the other, each in one transaction with what it said, each decided before the next is sent.
//
//     freeze n ─▶ begin · outputs, deltas, pages, CHECKPOINT(n) · commit ─▶ committed ─▶ trim
//                    └─────── any error ────────┘
//                                 ▼
//     resolve: this producer is never used again. Take over, read the tail up to our barrier:
//         CHECKPOINT(n) is there     it was committed, the answer was lost
//         somebody else was there    the shard was theirs meanwhile: what we hold is worth nothing
//         CHECKPOINT(n-1) is not     brokers that lost the end of its transaction have undone it: the same
//         neither                    it was not committed: send the same bytes again

import { invariant, TransportError } from "../../core/errors.ts";
import type { PageName } from "../../state/ledger.ts";
import { createReplay } from "../../state/replay.ts";
import type { ShardWriter } from "../shard-ports.ts";
import type { Acquired } from "./acquire.ts";
import { type ShardContext, statePlace } from "./context.ts";
import { insist } from "./insist.ts";
import { type Frozen, freeze, parcels, type Stretch } from "./stretch.ts";
import { takeOver } from "./take-over.ts";

/**
 * What became of a stretch. `lost`: the group gave the shard to somebody else, and nobody here knows. `overtaken`: somebody else
 * had the shard, or what this process had committed is undone; whoever still has it takes it over afresh.
 */
export type Kept = "committed" | "lost" | "overtaken";

export interface Keeper {
  /** Pages that the next stretch must hold whole: some; all; or none. */
  due(): readonly PageName[] | "all";
  /**
   * Commits a stretch; one at a time. After anything but `committed` the keeper is done with.
   *
   * @throws {TransportError} `SHARD_GIVEN_UP`
   * @throws {ConfigError | CheckpointError}
   */
  commit(stretch: Stretch): Promise<Kept>;
  /** Gives the producer back, once nothing is being committed. */
  close(): Promise<void>;
}

/** `trimEveryMs`: how often the log is cut at most; every so often costs a request. */
export function createKeeper(context: ShardContext, acquired: Acquired, trimEveryMs: number): Keeper {
  return new KeeperAtWork(context, acquired, trimEveryMs);
}

class KeeperAtWork implements Keeper {
  readonly #context: ShardContext;
  readonly #ledger: Acquired["ledger"];
  readonly #trimEveryMs: number;
  #writer: ShardWriter | null;
  /** Of the last checkpoint that is known to be committed. */
  #seq: number;
  /** Where its first block stands, if it is of this process. */
  #base: bigint | null = null;
  /** From here on nothing is known to be committed. */
  #tail: bigint;
  /** Whether nothing before the next checkpoint counts. */
  #isAlone: boolean;
  #isBusy = false;
  /** Why the last attempt failed. */
  #failure: TransportError | null = null;
  #trimmedAt: number;
  #trimmedTo = 0n;
  /** What stands before it the last checkpoint does without, and so does the next. Should that one be undone, this one is the last again. */
  #needed = 0n;

  constructor(context: ShardContext, acquired: Acquired, trimEveryMs: number) {
    this.#context = context;
    this.#trimEveryMs = trimEveryMs;
    this.#trimmedAt = context.clock.now();
    this.#ledger = acquired.ledger;
    this.#writer = acquired.writer;
    this.#seq = acquired.seq;
    this.#tail = acquired.tail;
    this.#isAlone = acquired.isChanged || acquired.seq === 0;
  }

  due(): readonly PageName[] | "all" {
    return this.#isAlone ? "all" : this.#ledger.due();
  }

  async commit(stretch: Stretch): Promise<Kept> {
    invariant(!this.#isBusy && this.#writer !== null, "that a shard commits one checkpoint at a time");
    this.#isBusy = true;
    const { clock, log, meter, shard } = this.#context;
    const startedAt = clock.now();
    const frozen = freeze(stretch, this.#seq + 1, this.#ledger.lowWater, this.#context.identity);
    const kept = await this.#settle(frozen);
    this.#isBusy = false;
    if (kept === "committed") {
      const { seq: checkpoint, bytes, outputs } = frozen;
      const tookMs = clock.now() - startedAt;
      meter.committed({ bytes, tookMs, ledger: this.#ledger });
      log("debug", "a checkpoint was committed", { shard, checkpoint, bytes, outputs: outputs.length, tookMs });
      this.#trim(this.#needed);
      this.#needed = frozen.lowWater;
    } else await this.close();
    return kept;
  }

  async close(): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    await writer?.close();
  }

  async #settle(frozen: Frozen): Promise<Kept> {
    const { log, meter, seldom, shard } = this.#context;
    if (await this.#send(frozen)) return "committed";
    meter.resolved();
    const { code, message: reason } = this.#failure as TransportError;
    const fields = { shard, checkpoint: frozen.seq, reason };
    seldom("warn", "a checkpoint may not be committed; it is looked up", code, fields);
    const doing = `finding out what became of checkpoint ${frozen.seq}`;
    const kept = await insist(this.#context, doing, async () => {
      const found = await this.#resolve(frozen);
      if (found !== "absent") return found;
      log("info", "a checkpoint was not committed and is sent again", { shard, checkpoint: frozen.seq });
      if (await this.#send(frozen)) return "committed";
      throw this.#failure;
    });
    return kept ?? "lost";
  }

  /** Whether it is known to be committed. If not, the producer is given back. */
  async #send(frozen: Frozen): Promise<boolean> {
    try {
      const base = await sendAll(this.#writer as ShardWriter, frozen);
      this.#committed(frozen, base);
      return true;
    } catch (error) {
      await this.close();
      if (!(error instanceof TransportError)) throw error;
      this.#failure = error;
      return false;
    }
  }

  async #resolve(frozen: Frozen): Promise<Kept | "absent"> {
    const { identity } = this.#context;
    const replay = createReplay(identity, statePlace(this.#context));
    let isForeign = false;
    let isUndone = this.#base !== null;
    let base: bigint | null = null;
    const taken = await takeOver(this.#context, this.#base ?? this.#tail, replay, (replayed) => {
      const instance = replayed.kind === "barrier" ? replayed.instance : replayed.checkpoint.instance;
      if (instance !== identity.instance) isForeign = true;
      else if (replayed.kind === "barrier") return;
      else if (replayed.base === this.#base) isUndone = false;
      else base = replayed.base;
    });
    if (taken === null) return "lost";
    this.#writer = taken.writer;
    if (isForeign || isUndone || taken.start > this.#tail) return "overtaken";
    if (base !== null) this.#committed(frozen, base);
    this.#tail = taken.tail;
    return base === null ? "absent" : "committed";
  }

  #committed({ seq, blocks, bytes, pages }: Frozen, base: bigint): void {
    this.#seq = seq;
    this.#base = base;
    this.#tail = base + BigInt(blocks.length);
    this.#ledger.committed({ base, bytes, pages, isAlone: this.#isAlone });
    this.#isAlone = false;
  }

  /** Not waited for: what is not deleted now is deleted another time. */
  #trim(lowWater: bigint): void {
    const { clock, log, meter, shard, state } = this.#context;
    if (lowWater <= this.#trimmedTo || clock.now() - this.#trimmedAt < this.#trimEveryMs) return;
    this.#trimmedAt = clock.now();
    this.#trimmedTo = lowWater;
    const trimmed = (): void => {
      meter.trimmed();
      log("debug", "old state was deleted", { shard, before: String(lowWater) });
    };
    state.trim(shard, lowWater).then(trimmed, (error: Error) => {
      log("warn", "old state could not be deleted; it will be tried again", { shard, reason: error.message });
    });
  }
}

/** Everything in one transaction; the offset of the first block. */
async function sendAll(writer: ShardWriter, frozen: Frozen): Promise<bigint> {
  const transaction = await writer.begin();
  let base: bigint | null = null;
  for (const parcel of parcels(frozen)) {
    const first = await transaction.send(parcel);
    base ??= first;
  }
  await transaction.commit();
  invariant(base !== null, "that a checkpoint has a block");
  return base;
}
