// What one shard did in this process, counted: how often it was restored and saved, how long that took, how many bytes it was. Kept
// when the shard is lost, so that counters go on when it comes back.

import type { Ledger } from "../../state/ledger.ts";
import type { Clock } from "../../time/clock.ts";
import type { Instant } from "../../time/instant.ts";
import type { ShardMetrics } from "../metrics.ts";

/** How far reading the state of a shard has come. */
export type RestoreProgress = NonNullable<ShardMetrics["restoring"]>;

/** State that was read or written. */
export type Moved = {
  readonly bytes: number;
  /** Since the shard was given, or the checkpoint cut. */
  readonly tookMs: number;
  /** What the log holds now. */
  readonly ledger: Pick<Ledger, "bytes" | "stateBytes">;
};

export interface ShardMeter {
  /** So far; it is restoring from here on, until `restored`. */
  restoring(progress: RestoreProgress): void;
  restored(read: Moved): void;
  /** Something waits to be saved from now on, unless something did before. */
  waits(): void;
  /** All that waited is on its way. `everyMs`: how long after the cut before this one it was due. */
  cut(everyMs: number): void;
  committed(written: Moved): void;
  /** Somebody else turned out to have had the shard meanwhile. */
  overtaken(): void;
  /** It had to be looked up what became of a checkpoint. */
  resolved(): void;
  trimmed(): void;
  picture(): Omit<ShardMetrics, "shard">;
}

/** So many of the last intervals are looked at. */
const INTERVALS = 512;
const NOT_STARTED: RestoreProgress = { share: 0, bytes: 0, bytesPerSecond: 0, leftMs: null };

export function createShardMeter(clock: Clock): ShardMeter {
  return new ShardMeterAtWork(clock);
}

class ShardMeterAtWork implements ShardMeter {
  readonly #clock: Clock;
  readonly #restores = { count: 0, bytes: 0, tookMs: 0 };
  readonly #checkpoints = { count: 0, bytes: 0, tookMs: 0 };
  #log = { bytes: 0, liveBytes: 0 };
  readonly #intervalsMs: number[] = [];
  #restoring: RestoreProgress | null = NOT_STARTED;
  #waitsSince: Instant | null = null;
  #cutAt: Instant | null = null;
  #cuts = 0;
  #overtaken = 0;
  #resolves = 0;
  #trims = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  restoring(progress: RestoreProgress): void {
    this.#restoring = progress;
    this.#waitsSince = null;
    this.#cutAt = null;
  }

  restored(read: Moved): void {
    this.#restoring = null;
    this.#count(this.#restores, read);
  }

  waits(): void {
    this.#waitsSince ??= this.#clock.now();
  }

  cut(everyMs: number): void {
    const now = this.#clock.now();
    const [since, before] = [this.#waitsSince, this.#cutAt];
    this.#waitsSince = null;
    this.#cutAt = now;
    // Where nothing waited when it would have been due, the interval says nothing but that there was nothing to do.
    if (before === null || since === null || since > before + everyMs) return;
    this.#intervalsMs[this.#cuts % INTERVALS] = now - before;
    this.#cuts += 1;
  }

  committed(written: Moved): void {
    this.#count(this.#checkpoints, written);
  }

  #count(sum: { count: number; bytes: number; tookMs: number }, { bytes, tookMs, ledger }: Moved): void {
    sum.count += 1;
    sum.bytes += bytes;
    sum.tookMs += tookMs;
    this.#log = { bytes: ledger.bytes, liveBytes: ledger.stateBytes };
  }

  overtaken(): void {
    this.#overtaken += 1;
  }

  resolved(): void {
    this.#resolves += 1;
  }

  trimmed(): void {
    this.#trims += 1;
  }

  picture(): Omit<ShardMetrics, "shard"> {
    const sorted = [...this.#intervalsMs].sort((one, other) => one - other);
    return {
      restoring: this.#restoring,
      restores: { ...this.#restores },
      checkpoints: { ...this.#checkpoints },
      intervalMs: sorted[Math.ceil(0.99 * sorted.length) - 1] ?? null,
      waitsMs: this.#waitsSince === null ? 0 : this.#clock.now() - this.#waitsSince,
      overtaken: this.#overtaken,
      resolves: this.#resolves,
      trims: this.#trims,
      logBytes: this.#log.bytes,
      liveBytes: this.#log.liveBytes,
    };
  }
}
