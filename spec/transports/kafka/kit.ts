// What the specs of services on a real broker share.
import type { Log } from "../../../lib/runtime/ports.ts";
import type { ServiceDefinition } from "../../../lib/service/definition.ts";
import { kafkaTransport } from "../../../lib/service/kafka-transport.ts";
import { runService } from "../../../lib/service/run.ts";
import type { RunningService } from "../../../lib/service/running.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import type { KafkaDefinition } from "../../../lib/transports/kafka/options.ts";
import { javaProduce } from "../../broker/java-produce.ts";
import { asAdmin } from "../../broker/topics.ts";

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
    guarantee: "exactly-once",
    commitEveryMs: 100,
    shards: null,
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

const toEnd: (() => unknown)[] = [];

/** Has `end` called by `endAll`. */
export function endLater(end: () => unknown): void {
  toEnd.push(end);
}

/** For `after.each`: stops what a test has started and, if it failed, not stopped. */
export async function endAll(): Promise<void> {
  await Promise.allSettled(toEnd.splice(0).map(async (end) => end()));
}

/** Writes with Kafka's own producer while the test goes on. The producer ends with the test. */
export function produceMeanwhile(...[broker, topic, steps, options]: Parameters<typeof javaProduce>): Promise<unknown> {
  const stopWhen = new Promise<void>((resolve) => endLater(resolve));
  const written = javaProduce(broker, topic, steps, { ...options, stopWhen });
  written.catch(() => undefined); // whoever waits for it is told
  return written;
}

let started = 0;

/** Runs `service` on the broker at `address`. Whoever calls it stops it, or has `endAll` do so. */
export function runOnKafka(
  service: ServiceDefinition,
  address: string,
  { instance, ...options }: OnKafkaOptions = {},
  tell: Log = () => undefined,
): OnKafka {
  started += 1;
  const lines: LogLine[] = [];
  const log: Log = (level, message, fields = {}) => {
    lines.push({ level, message, fields });
    tell(level, message, fields);
  };
  const transport = kafkaTransport(service, definitionOf(service.app, address, options), {
    instance: instance ?? `spec-${process.pid}-${started}`,
    clock: systemClock,
    log,
  });
  const running = runService(service, { ...transport, log });
  running.done.catch(() => undefined); // who stops it is told
  endLater(() => running.stop());
  return { running, lines };
}

/** Waits until `holds`; as long as a busy machine may need. @throws {Error} saying `what` did not come within the time for it. */
export async function until(
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  withinMs = 90_000,
): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > giveUpAt)
      throw new Error(`${typeof what === "string" ? what : what()}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Records that are decided: matched in their turn, late, broken or left out. */
export function decided(...services: readonly OnKafka[]): number {
  const counts = services.flatMap(({ running }) => running.metrics().topics);
  return counts.reduce((sum, { records, waiting }) => sum + records - waiting, 0);
}

/** Waits until every position of the group of `app` is at the end of its partition, and these hold so many events. */
export async function untilThrough(broker: { readonly address: string }, app: string, events: number): Promise<void> {
  await until("the group is at the end of its topic", () => isThrough(broker, app, events), 120_000);
}

async function isThrough(broker: { readonly address: string }, app: string, events: number): Promise<boolean> {
  return asAdmin(broker, async (admin) => {
    const ends = await admin.fetchTopicOffsets(`${app}-in`);
    const [committed] = await admin.fetchOffsets({ groupId: app, topics: [`${app}-in`] });
    const positions = new Map(committed?.partitions.map(({ partition, offset }) => [partition, offset]));
    return (
      ends.reduce((sum, { high }) => sum + Number(high), 0) === events &&
      ends.every(({ partition, high }) => positions.get(partition) === high || high === "0")
    );
  });
}

let named = 0;

/** A name that no other spec uses, on brokers that are shared, too. */
export function nameFor(what: string): string {
  named += 1;
  return `${what}-${process.pid}-${named}`;
}
