// What the specs of services on a real broker share.
import type { Log } from "../../../lib/runtime/ports.ts";
import type { ServiceDefinition } from "../../../lib/service/definition.ts";
import { type RunningService, runService } from "../../../lib/service/run.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { createKafka } from "../../../lib/transports/kafka/index.ts";
import type { KafkaDefinition } from "../../../lib/transports/kafka/options.ts";

export type LogLine = {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

export type OnKafka = { readonly running: RunningService; readonly lines: readonly LogLine[] };

export type OnKafkaOptions = Partial<KafkaDefinition> & { readonly instance?: string };

/** The connection of specs: positions from the beginning, sessions as short as the broker allows. */
export function definitionOf(app: string, address: string, options: Partial<KafkaDefinition> = {}): KafkaDefinition {
  return {
    brokers: address.split(","),
    clientId: app,
    groupId: app,
    tls: null,
    sasl: null,
    startFrom: "earliest",
    onDataLoss: "fail",
    commitEveryMs: 100,
    createTopics: { partitions: null, replicationFactor: null },
    patches: true,
    connectWithinMs: 20_000,
    connectionTimeoutMs: 3_000,
    requestTimeoutMs: 10_000,
    sessionTimeoutMs: 6_000,
    rebalanceTimeoutMs: 10_000,
    ...options,
  };
}

let started = 0;

/** Runs `service` on the broker at `address`. Whoever calls it stops it. */
export function runOnKafka(
  service: ServiceDefinition,
  address: string,
  { instance, ...options }: OnKafkaOptions = {},
): OnKafka {
  started += 1;
  const lines: LogLine[] = [];
  const log: Log = (level, message, fields = {}) => lines.push({ level, message, fields });
  const kafka = createKafka(definitionOf(service.app, address, options), {
    instance: instance ?? `spec-${started}`,
    clock: systemClock,
    log,
    retryWithinMs: service.retryWithinMs,
  });
  const running = runService(service, { ...kafka, log });
  running.done.catch(() => undefined); // who stops it is told
  return { running, lines };
}

/** Waits until `holds`. @throws {Error} saying `what` did not come within the time for it. */
export async function until(what: string, holds: () => boolean, withinMs = 60_000): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > giveUpAt) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Records that are decided: matched in their turn, late, broken or left out. */
export function decided(...services: readonly OnKafka[]): number {
  const counts = services.flatMap(({ running }) => running.metrics().topics);
  return counts.reduce((sum, { records, waiting }) => sum + records - waiting, 0);
}

let named = 0;

/** A name that no other spec uses, on brokers that are shared, too. */
export function nameFor(what: string): string {
  named += 1;
  return `${what}-${process.pid}-${named}`;
}
