// Brings a service to life by shards: what it holds and how far it has read are committed together, with what it said or behind it.

import type { Engine } from "../runtime/engine.ts";
import type { Log, OutputRecord, Sink } from "../runtime/ports.ts";
import { startShardEngine } from "../runtime/shard/engine.ts";
import type { Guarantee } from "../runtime/shard/outlet.ts";
import type { ShardPace } from "../runtime/shard/pace.ts";
import type { ShardSource, StateLog } from "../runtime/shard-ports.ts";
import type { Clock } from "../time/clock.ts";
import { compose } from "./compose.ts";
import type { ServiceDefinition } from "./definition.ts";
import { choiceOf, identityOf } from "./identity.ts";

/** What carries the records of a service, and keeps its state. */
export type KeepingTransport = {
  readonly source: ShardSource;
  readonly state: StateLog;
  /** Where output goes with at-least-once. */
  readonly sink: Sink;
  /** Names this process among those of the service. */
  readonly instance: string;
  /** `null`: as many as partitions, within reason. */
  readonly shards: number | null;
  readonly guarantee: Guarantee;
  /** How often what is said becomes visible, with exactly-once. */
  readonly commitEveryMs: number;
  readonly onDataLoss: "fail" | "continue";
  /** Is given what is safe, once it is. */
  readonly onSent?: (records: readonly OutputRecord[]) => void;
};

/** How often positions and state are saved where nothing that was said waits for that. */
const SAVE_EVERY_MS = 5_000;
/** What they changed is frozen in some milliseconds. */
const MANY_RECORDS = 10_000;
const TRIM_EVERY_MS = 10_000;
/** Three requests to each broker. */
const LOOK_EVERY_MS = 10_000;

/**
 * Starts a service. It runs until `stop` is called or something fails; what it has not committed then nobody has seen, and it is done
 * again.
 *
 * @throws {PatternError} {ConfigError} as `runService`
 */
export function startShards(
  definition: ServiceDefinition,
  transport: KeepingTransport,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Engine {
  const { source, state, sink, instance, shards, guarantee, commitEveryMs, onDataLoss, onSent } = transport;
  const { revive, ...config } = compose(definition);
  const pace: ShardPace = {
    commitEveryMs,
    saveEveryMs: Math.max(SAVE_EVERY_MS, commitEveryMs),
    manyRecords: MANY_RECORDS,
    trimEveryMs: TRIM_EVERY_MS,
    lookEveryMs: LOOK_EVERY_MS,
    maxQueuedBytes: config.maxQueuedBytes,
    maxUnsentBytes: config.maxUnsentBytes,
  };
  // A process that is started again may have the name, and even the number, of the one before.
  const identity = { ...identityOf(definition), instance: `${instance}:${clock.now()}` };
  const oldForms = { choice: choiceOf(definition), revive };
  const sent = onSent === undefined ? {} : { onSent };
  return startShardEngine(
    { ...config, identity, oldForms, shards, guarantee, pace, onDataLoss, ...sent },
    { source, state, sink, clock, log },
  );
}
