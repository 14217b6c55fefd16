// Looks now and then at what reading alone does not show of the inputs: what an open transaction of their producers holds back, and
// whether they were given more partitions.
//
//     read … ──▶ │ a transaction is open ─ records of others, too … │
//             stable: readers of committed records wait here       end
//
// It is told once when a transaction has stood there for long, and once when it does not any more. Nothing else depends on it.

import { ConfigError } from "../../core/errors.ts";
import type { Clock } from "../../time/clock.ts";
import type { Instant } from "../../time/instant.ts";
import type { HeldBack } from "../metrics.ts";
import { requireCount } from "../partition-counts.ts";
import type { Log, TopicPartition } from "../ports.ts";
import type { LogEnd, ShardSource } from "../shard-ports.ts";

export type InputWatchOptions = {
  readonly source: Pick<ShardSource, "partitionCount" | "ends" | "openTransactions">;
  readonly clock: Clock;
  readonly log: Log;
  readonly topics: readonly string[];
  /** Of each topic, when the service started. */
  readonly partitions: number;
  /** Those that are read now. */
  readonly places: () => readonly TopicPartition[];
  readonly everyMs: number;
  /** The topics have other partitions. */
  readonly onFailure: (error: ConfigError) => void;
};

export interface InputWatch {
  /** As of the last look; `null`: nothing is held back. */
  heldBack(place: TopicPartition): HeldBack | null;
  stop(): void;
}

/** A transaction that stands for so long is told: most are over within seconds. */
const TELL_AFTER_MS = 30_000;

/** Looks for the first time after `everyMs`. */
export function watchInputs(options: InputWatchOptions): InputWatch {
  return new InputWatchAtWork(options);
}

type Held = TopicPartition & {
  readonly offset: bigint;
  readonly records: bigint;
  readonly since: Instant;
  isTold: boolean;
};

class InputWatchAtWork implements InputWatch {
  readonly #options: InputWatchOptions;
  #held: readonly Held[] = [];
  #isOver = false;
  #cancel: () => void = () => undefined;

  constructor(options: InputWatchOptions) {
    this.#options = options;
    this.#lookLater();
  }

  heldBack(place: TopicPartition): HeldBack | null {
    const held = this.#held.find((each) => isSame(each, place));
    if (held === undefined) return null;
    const { offset, records, since } = held;
    return { offset, records, forMs: this.#options.clock.now() - since };
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }

  #lookLater(): void {
    if (this.#isOver) return;
    this.#cancel = this.#options.clock.after(this.#options.everyMs, () => {
      void this.#look().then(() => this.#lookLater());
    });
  }

  async #look(): Promise<void> {
    const { source, topics, partitions, places, log, onFailure } = this.#options;
    try {
      const asked = places();
      const ends = await source.ends(asked);
      for (const topic of topics) requireCount(topic, partitions, await source.partitionCount(topic));
      if (!this.#isOver) await this.#compare(asked, ends);
    } catch (error) {
      if (this.#isOver) return;
      if (error instanceof ConfigError && error.code === "PARTITIONS_CHANGED") onFailure(error);
      else log("debug", "the inputs could not be looked at", { reason: (error as Error).message });
    }
  }

  async #compare(places: readonly TopicPartition[], ends: readonly LogEnd[]): Promise<void> {
    const { clock, log } = this.#options;
    const before = this.#held;
    this.#held = places.flatMap((place, index) => this.#heldAt(place, ends[index], before));
    for (const held of before) {
      const isRead = places.some((place) => isSame(place, held));
      if (!held.isTold || !isRead || this.#held.some((each) => each.isTold && isSame(each, held))) continue;
      const { topic, partition, offset, since } = held;
      const fields = { topic, partition, offset: String(offset), forMs: clock.now() - since };
      log("info", "an open transaction that held back records of an input has ended", fields);
    }
    for (const held of this.#held)
      if (!held.isTold && clock.now() - held.since >= TELL_AFTER_MS) await this.#tell(held);
  }

  /** What stands where it stood before is the same as before. */
  #heldAt({ topic, partition }: TopicPartition, at: LogEnd | undefined, before: readonly Held[]): readonly Held[] {
    if (at === undefined || at.end <= at.stable) return [];
    const known = before.find((each) => each.offset === at.stable && isSame(each, { topic, partition }));
    const { since = this.#options.clock.now(), isTold = false } = known ?? {};
    return [{ topic, partition, offset: at.stable, records: at.end - at.stable, since, isTold }];
  }

  async #tell(held: Held): Promise<void> {
    const { clock, log, source } = this.#options;
    const { topic, partition, records, since } = held;
    held.isTold = true;
    const transactions = await source.openTransactions(held);
    const offset = String(transactions[0]?.offset ?? held.offset);
    log("warn", "an open transaction holds back records of an input", {
      topic,
      partition,
      offset,
      records: String(records),
      forMs: clock.now() - since,
      transactions: transactions.map((each) => ({ ...each, offset: String(each.offset) })),
      remedy: `look after its producer; kafka-transactions.sh abort --topic ${topic} --partition ${partition} --start-offset ${offset} ends it`,
    });
  }
}

function isSame(one: TopicPartition, other: TopicPartition): boolean {
  return one.partition === other.partition && one.topic === other.topic;
}
