// What a running service counts, as plain data. Every record that was read is in exactly one of the counts of its
// topic: records = onTime + late + deadLettered + skipped + waiting.

import type { Instant } from "../time/instant.ts";
import type { HoldReason } from "./flow.ts";
import type { LaneState } from "./lane-state.ts";

/** Where a service stands; `lifecycle.ts` says what leads where. */
export type ServiceState = "starting" | "running" | "degraded" | "stopping" | "stopped" | "failed";

/** What became of the records of one input topic. */
export type TopicMetrics = {
  readonly topic: string;
  /** Records taken so far, without those that were given back before they were decided. */
  readonly records: number;
  /** Those that were matched in their turn. */
  readonly onTime: number;
  /** Those that came too late and went to the late topic. */
  readonly late: number;
  /** Those that were broken and went to the dead letters. */
  readonly deadLettered: number;
  /** Those that were broken and left out, as asked for. */
  readonly skipped: number;
  /** Those that are on time and wait for their turn. */
  readonly waiting: number;
};

/** How far one partition of one topic is. */
export type PartitionMetrics = {
  readonly topic: string;
  readonly partition: number;
  /** Where this partition's own time stands; -Infinity before its first event. */
  readonly watermark: Instant;
  /** Whether it is the one that keeps its lane's time where it is. */
  readonly holdsBack: boolean;
  /** Silent for so long that time goes on without it. */
  readonly idle: boolean;
  readonly paused: boolean;
  /** Why reading is paused: too much was read and not looked at, too much waits for its turn in time, the service stops; `null`: it is not. */
  readonly pausedBecause: HoldReason | null;
  readonly ended: boolean;
  /** Everything before it is matched and may be acknowledged once it is sent; `null` before the first record. */
  readonly position: bigint | null;
  /** Offsets between `position` and the end of the partition; `null` where the end is not known. */
  readonly lag: bigint | null;
  /** What cannot be read since a transaction of its producers is open; `null`: nothing, as far as is known. */
  readonly heldBack: HeldBack | null;
};

/** What an open transaction of a producer keeps from being read: behind its beginning nothing is, whoever wrote it. */
export type HeldBack = {
  /** Where the oldest transaction begins that is open. */
  readonly offset: bigint;
  /** Offsets from there to the end of the partition. */
  readonly records: bigint;
  /** For how long it has been seen there. */
  readonly forMs: number;
};

/** How far one lane is, and what it does: one partition number of all input topics together. */
export type LaneMetrics = {
  readonly partition: number;
  readonly state: LaneState;
  readonly watermark: Instant;
  /** Events waiting for their turn in time. */
  readonly buffered: number;
  readonly bufferedBytes: number;
};

/** What one pattern holds and has reported. */
export type PatternMetrics = {
  readonly pattern: string;
  readonly version: number;
  readonly openRuns: number;
  /** Those among them that began under a form of the pattern that the service no longer has. */
  readonly drainingRuns: number;
  readonly keys: number;
  /** Time of the oldest first event of an open run; `null`: none is open. */
  readonly oldestFirstAt: Instant | null;
  readonly alerts: number;
  readonly timedOut: number;
  /** Matches left out because of `oncePer`. */
  readonly suppressed: number;
  /** Runs and matches dropped by limits. */
  readonly dropped: number;
  /** Times a user's function threw. */
  readonly failures: number;
};

/** How one shard is kept: its state, its checkpoints, its log. Sums are over all the time that this process had the shard. */
export type ShardMetrics = {
  readonly shard: number;
  /** How far reading its state has come: `share` from 0 to 1; `null`: it is restored. Until then nothing of it is matched. */
  readonly restoring: {
    readonly share: number;
    readonly bytes: number;
    readonly bytesPerSecond: number;
    /** `null`: not known yet. */
    readonly leftMs: number | null;
  } | null;
  /** Complete ones, with all they took from being given the shard. */
  readonly restores: { readonly count: number; readonly bytes: number; readonly tookMs: number };
  /** Committed ones, from the cut to the answer. */
  readonly checkpoints: { readonly count: number; readonly bytes: number; readonly tookMs: number };
  /** 99 % of the last intervals between checkpoints under load were at most so long; `null`: there were none. */
  readonly intervalMs: number | null;
  /** For how long something has waited that is in no checkpoint yet; 0: nothing does. */
  readonly waitsMs: number;
  /** How often somebody else turned out to have had the shard meanwhile. */
  readonly overtaken: number;
  /** How often it had to be looked up what became of a checkpoint. */
  readonly resolves: number;
  /** How often old state was deleted. */
  readonly trims: number;
  /** Bytes of the log, as far as it counts, and those of the state in it. */
  readonly logBytes: number;
  readonly liveBytes: number;
};

/**
 * A picture of a running service, as plain data. Taking it costs one visit per topic, partition and pattern of each lane.
 *
 * @example
 * import type { Metrics } from "sequitur/service";
 *
 * const inAndOut = ({ topics }: Metrics): boolean =>
 *   topics.every((each) => each.records === each.onTime + each.late + each.deadLettered + each.skipped + each.waiting);
 * typeof inAndOut; // => "function"
 */
export type Metrics = {
  readonly state: ServiceState;
  /** Whether the source has said which partitions are ours, be it none. */
  readonly assigned: boolean;
  readonly topics: readonly TopicMetrics[];
  readonly partitions: readonly PartitionMetrics[];
  readonly lanes: readonly LaneMetrics[];
  readonly patterns: readonly PatternMetrics[];
  /** Those that this process has; none where state is not saved. */
  readonly shards: readonly ShardMetrics[];
  /** The least watermark of all lanes. */
  readonly watermark: Instant;
  /** Bytes read and not yet looked at. */
  readonly queuedBytes: number;
  /** Bytes of output that the sink has not confirmed. */
  readonly unsentBytes: number;
  /** Records handed to the sink and confirmed by it, by kind. */
  readonly sent: {
    readonly alerts: number;
    readonly timedOut: number;
    readonly late: number;
    readonly deadLetters: number;
    /** Reports among the alerts: matches that a limit left unbuilt. */
    readonly notices: number;
  };
};
