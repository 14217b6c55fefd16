// A service that keeps its state in Kafka, for specs on a real broker.
import type { Log } from "../../../lib/runtime/ports.ts";
import type { Guarantee } from "../../../lib/runtime/shard/outlet.ts";
import type { ServiceDefinition } from "../../../lib/service/definition.ts";
import { runShards } from "../../../lib/service/run-shards.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { createKafkaShards } from "../../../lib/transports/kafka/index.ts";
import { definitionOf, endLater, type LogLine, type OnKafka, type OnKafkaOptions } from "./kit.ts";

let started = 0;

export type ShardsOnKafkaOptions = OnKafkaOptions & {
  readonly guarantee?: Guarantee;
  /** Default: as many as the service would have. */
  readonly shards?: number | null;
};

/** Runs `service` by shards on the broker at `address`. Whoever calls it stops it, or has `endAll` do so. */
export function runShardsOnKafka(
  service: ServiceDefinition,
  address: string,
  { instance, guarantee = "exactly-once", shards = null, ...options }: ShardsOnKafkaOptions = {},
  tell: Log = () => undefined,
): OnKafka {
  started += 1;
  const lines: LogLine[] = [];
  const log: Log = (level, message, fields = {}) => {
    lines.push({ level, message, fields });
    tell(level, message, fields);
  };
  const definition = definitionOf(service.app, address, options);
  const parts = {
    app: service.app,
    instance: instance ?? `spec-${process.pid}-${started}`,
    clock: systemClock,
    log,
    retryWithinMs: service.retryWithinMs,
  };
  const { commitEveryMs, onDataLoss } = definition;
  const running = runShards(service, {
    ...parts,
    ...createKafkaShards(definition, parts),
    release: 1,
    shards,
    guarantee,
    commitEveryMs,
    onDataLoss,
  });
  running.done.catch(() => undefined); // who stops it is told
  endLater(() => running.stop());
  return { running, lines };
}
