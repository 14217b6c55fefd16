// Brings a service to life by shards: what it holds and how far it has read are committed together, with what it said or behind it.

import { fingerprintOf } from "../pattern/fingerprint.ts";
import type { Log, Sink } from "../runtime/ports.ts";
import { startShardEngine } from "../runtime/shard/engine.ts";
import type { Guarantee } from "../runtime/shard/outlet.ts";
import type { ShardPace } from "../runtime/shard/run.ts";
import type { ShardSource, StateLog } from "../runtime/shard-ports.ts";
import type { Clock } from "../time/clock.ts";
import { compose } from "./compose.ts";
import type { ServiceDefinition } from "./definition.ts";
import { type RunningService, watched } from "./run.ts";

export type RunShardsOptions = {
  readonly source: ShardSource;
  readonly state: StateLog;
  /** Where output goes with at-least-once. */
  readonly sink: Sink;
  /** Names this process; the same for as long as it runs. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log?: Log;
  readonly signal?: AbortSignal;
  /** Grows with every change of the patterns. */
  readonly release: number;
  /** `null`: as many as partitions, within reason. */
  readonly shards: number | null;
  readonly guarantee: Guarantee;
  /** How often what is said becomes visible, with exactly-once. */
  readonly commitEveryMs: number;
  readonly onDataLoss: "fail" | "continue";
};

/** How often positions and state are saved where nothing that was said waits for that. */
const SAVE_EVERY_MS = 5_000;
const TRIM_EVERY_MS = 10_000;

/**
 * Starts a service. It runs until `stop` is called or something fails; what it has not committed then nobody has seen, and it is done
 * again.
 *
 * @throws {PatternError} {ConfigError} as `runService`
 */
export function runShards(definition: ServiceDefinition, options: RunShardsOptions): RunningService {
  const { source, state, sink, clock, log, release, shards, guarantee, onDataLoss, commitEveryMs } = options;
  const config = compose(definition);
  const pace: ShardPace = {
    commitEveryMs,
    saveEveryMs: Math.max(SAVE_EVERY_MS, commitEveryMs),
    trimEveryMs: TRIM_EVERY_MS,
    maxQueuedBytes: config.maxQueuedBytes,
    maxUnsentBytes: config.maxUnsentBytes,
  };
  const identity = {
    app: definition.app,
    // A process that is started again may have the name, and even the number, of the one before.
    instance: `${options.instance}:${clock.now()}`,
    release,
    patterns: definition.patterns.map(({ pattern: { name, version, ast } }) => ({
      name,
      version,
      fingerprint: fingerprintOf(ast),
    })),
  };
  const engine = startShardEngine(
    { ...config, identity, shards, guarantee, pace, onDataLoss },
    { source, state, sink, clock, log: log ?? (() => undefined) },
  );
  return watched(engine, options);
}
