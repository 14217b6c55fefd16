// One contender, once, in a process of its own: reads the topic from its beginning and says how long that took, as a line of JSON.
//
//     node contender.mjs <broker> <events> drop                          stock kafkajs, dropping all it gets
//     node contender.mjs <broker> <events> <app> <shards> [schema]       the service, exactly once, committed every 100 ms; or one process of it
//     node --expose-gc contender.mjs - <events> layers <bytes>           what an event costs, layer by layer; no broker
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { ShardSource } from "../../lib/runtime/shard-ports.ts";
import { runService } from "../../lib/service/run.ts";
import type { RunningService } from "../../lib/service/running.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { createKafkaShards } from "../../lib/transports/kafka/index.ts";
import { loadKafkajs } from "../../lib/transports/kafka/kafkajs.ts";
import { definitionOf } from "../transports/kafka/kit.ts";
import { COMMIT_EVERY_MS, type Figures } from "./figures.ts";
import { measureLayers } from "./layers.ts";
import { benchService, INPUT, PER_SECOND, type Size } from "./stream.ts";

const [address = "", count = "", what = "", shards = "", schema = ""] = process.argv.slice(2);
/** Of all layers. */
const PASSES = 5;
const events = Number(count);
/** The last second of event time waits for events that do not come. */
const WAITING_SHARE = (2 * PER_SECOND) / events;
/** Of all events, before commits count: until then many stretches say nothing, and nobody waits for them. */
const WARM_SHARE = 0.1;
console.log(JSON.stringify(await answer()));
process.exit();

function answer(): Promise<unknown> {
  if (what === "layers") return measureLayers(events, Number(shards) as Size, PASSES);
  return what === "drop" ? drop() : serve();
}

async function drop(): Promise<Figures> {
  const kafkajs = loadKafkajs({ patched: false, log: () => undefined });
  const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `drop-${process.pid}`, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topics: [INPUT], fromBeginning: true });
  let watch = startWatch();
  consumer.on(consumer.events.GROUP_JOIN, () => {
    watch = startWatch();
  });
  let read = 0;
  const all = new Promise<void>((resolve, reject) => {
    const eachBatch = async ({ batch }: { batch: { messages: readonly unknown[] } }): Promise<void> => {
      read += batch.messages.length;
      if (read >= events) resolve();
    };
    consumer.run({ autoCommit: false, partitionsConsumedConcurrently: 4, eachBatch }).catch(reject);
  });
  await all;
  return { ...watch(events), commits: [], alerts: 0 };
}

async function serve(): Promise<Figures> {
  const service = benchService(what, { schema: schema === "schema" });
  const log = (): void => undefined;
  const definition = definitionOf(what, address, { commitEveryMs: COMMIT_EVERY_MS, sessionTimeoutMs: 30_000 });
  const parts = {
    app: what,
    instance: `${what}-${process.pid}`,
    clock: systemClock,
    log,
    retryWithinMs: service.retryWithinMs,
  };
  const kafka = createKafkaShards(definition, parts);
  const commits: number[] = [];
  const running = await new Promise<{
    readonly service: RunningService;
    readonly figures: Omit<Figures, "alerts">;
  }>((resolve, reject) => {
    const source = watched(kafka.source, Number(shards), commits, (figures) => resolve({ service: started, figures }));
    const started = runService(service, {
      ...parts,
      ...kafka,
      source,
      shards: Number(shards),
      guarantee: "exactly-once",
      commitEveryMs: COMMIT_EVERY_MS,
      onDataLoss: "fail",
    });
    started.done.catch(reject);
  });
  return { ...running.figures, alerts: running.service.metrics().sent.alerts };
}

/** `source`, with a look at what is committed of the partitions that this process reads: nothing else is asked of the service while it works. */
function watched(
  source: ShardSource,
  shards: number,
  commits: number[],
  done: (figures: Omit<Figures, "alerts">) => void,
): ShardSource {
  let watch: Watch | null = null;
  const positions = new Map<number, bigint>();
  const committedAt = new Map<number, number>();
  let isDone = false;
  const end = (): number =>
    sumOf([...positions.keys()].map((partition) => source.endOf({ topic: INPUT, partition }) ?? BigInt(events)));
  return new Proxy(source, {
    get(target, name) {
      const own = Reflect.get(target, name) as unknown;
      if (name === "read")
        return (...args: Parameters<ShardSource["read"]>) => {
          const [{ topic, partition }, offset] = args;
          if (topic === INPUT) positions.set(partition, offset);
          watch ??= startWatch();
          source.read(...args);
        };
      if (name === "show")
        return (moved: Parameters<ShardSource["show"]>[0]) => {
          source.show(moved);
          const [first] = moved;
          if (first === undefined || isDone || watch === null) return;
          const now = performance.now();
          const shard = first.partition % shards;
          const before = committedAt.get(shard);
          committedAt.set(shard, now);
          for (const { partition, position } of moved) positions.set(partition, position);
          const [settled, all] = [sumOf([...positions.values()]), end()];
          if (before !== undefined && settled > WARM_SHARE * all) commits.push(now - before);
          if (settled < (1 - WAITING_SHARE) * all) return;
          isDone = true;
          done({ ...watch(settled), commits });
        };
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

function sumOf(offsets: readonly bigint[]): number {
  return offsets.reduce((sum, offset) => sum + Number(offset), 0);
}

type Watch = (events: number) => Omit<Figures, "commits" | "alerts">;

function startWatch(): Watch {
  const [startedAt, since] = [Date.now(), performance.now()];
  const before = process.cpuUsage();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  return (read) => {
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - since) / 1_000;
    return { events: read, startedAt, seconds, cpuSeconds: (user + system) / 1e6, longestPauseMs: delay.max / 1e6 };
  };
}
