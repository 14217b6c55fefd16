// How the work of a shard is cut, and how much of the bounds of its process it may use.

/** How the work of a shard is cut. */
export type ShardPace = {
  /** How long after the last cut a stretch is committed whose output waits for that. */
  readonly commitEveryMs: number;
  /** The same for a stretch of which nobody would see anything new. */
  readonly saveEveryMs: number;
  /** One of so many records does not wait for that: nothing is matched while what they changed is frozen. Left out: however many there are. */
  readonly manyRecords?: number;
  /** How often old state is deleted at most. */
  readonly trimEveryMs: number;
  /** How often it is looked what holds back the inputs, and whether they have other partitions. Left out: never. */
  readonly lookEveryMs?: number;
  /** A log of state that is shorter is not made smaller. Left out: 1 MiB. */
  readonly minLogBytes?: number;
  /** Bytes of all shards of the process that were read and not yet taken, before reading pauses. */
  readonly maxQueuedBytes: number;
  /** Bytes of all of them that were said and are not safe, before matching waits. */
  readonly maxUnsentBytes: number;
};

/** What of the bounds of the process a shard may use now. */
export type ShardShare = {
  readonly maxQueuedBytes: () => number;
  readonly maxUnsentBytes: () => number;
};
