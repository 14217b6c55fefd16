import type { Metrics, PatternMetrics, ShardMetrics, TopicMetrics } from "../../lib/runtime/metrics.ts";

type Parts = {
  readonly topics: readonly TopicMetrics[];
  readonly patterns: readonly (Partial<PatternMetrics> & { readonly pattern: string })[];
  readonly sent: Metrics["sent"];
  readonly watermark: number;
};

/** A picture of a service, with zeroes where nothing is said. */
export function metricsOf({ topics, patterns, sent, watermark }: Parts): Metrics {
  const none = {
    version: 1,
    openRuns: 0,
    drainingRuns: 0,
    keys: 0,
    oldestFirstAt: null,
    alerts: 0,
    timedOut: 0,
    suppressed: 0,
    dropped: 0,
    failures: 0,
  };
  return {
    state: "running",
    assigned: true,
    topics,
    partitions: [],
    lanes: [],
    shards: [],
    patterns: patterns.map((pattern) => ({ ...none, ...pattern })),
    watermark,
    queuedBytes: 0,
    unsentBytes: 0,
    sent,
  };
}

/** A shard that is restored; every figure another. */
export const shardMetrics: ShardMetrics = {
  shard: 3,
  restoring: null,
  restores: { count: 1, bytes: 2, tookMs: 3_000 },
  checkpoints: { count: 4, bytes: 5, tookMs: 6_000 },
  intervalMs: 120,
  waitsMs: 80,
  overtaken: 7,
  resolves: 8,
  trims: 9,
  logBytes: 10,
  liveBytes: 11,
};
