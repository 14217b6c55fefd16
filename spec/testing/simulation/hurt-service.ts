// A whole service of several processes on the model broker. It is hurt, then left alone; in the end what readers have of its
// outputs is compared with what one task says that reads all the input undisturbed.
import type { Engine } from "../../../lib/runtime/engine.ts";
import type { InputRecord, Sink } from "../../../lib/runtime/ports.ts";
import { startShardEngine } from "../../../lib/runtime/shard/engine.ts";
import type { Guarantee } from "../../../lib/runtime/shard/outlet.ts";
import type { TaskConfig } from "../../../lib/runtime/task.ts";
import { createReplay } from "../../../lib/state/replay.ts";
import type { AnswerOf } from "../../../lib/testing/simulation/calls.ts";
import { committedEntries } from "../../../lib/testing/simulation/committed.ts";
import type { Fates } from "../../../lib/testing/simulation/network.ts";
import type { Random } from "../../../lib/testing/simulation/random.ts";
import { createSimulation, type Instance, type Simulation } from "../../../lib/testing/simulation/simulation.ts";
import type { World } from "../../../lib/testing/simulation/world.ts";
import type { Clock } from "../../../lib/time/clock.ts";
import { config, echo, input, originOf, record, startTask, type Told } from "../../runtime/kit.ts";

const APP = "shop";
const PARTITIONS = 4;
const SHARDS = 2;
const INPUTS = ["x", "y"];
const OUTPUTS = ["alerts", "late", "dead"];
/** Of what the service opens. */
const OUTPUT_PARTITIONS = 4;
const PATTERNS = ["p", "q"].map((name) => ({ name, version: 1, fingerprint: name }));
const SESSION_MS = 6_000;
const POLL_MS = 500;
const FOREIGN_TIMEOUT_MS = 3_000;
const LATEST_SEND_MS = 400;
/** Some 25,000 years from now: a clock says that this cannot be. */
const ABSURD_TIME = 8e14;

function taskConfig(): TaskConfig {
  return config({
    inputs: [input("x", { outOfOrdernessMs: 20 }), input("y", { outOfOrdernessMs: 5 })],
    patterns: [echo("p"), echo("q")],
    whenAllIdle: "hold",
    idleAfterMs: 1e9,
  });
}

export type Process = {
  readonly instance: Instance;
  readonly engine: Engine;
  readonly logged: string[];
  error: unknown;
};

export class HurtService {
  readonly simulation: Simulation;
  readonly processes: Process[] = [];
  readonly shards: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);
  readonly load: Random;
  /** Every fourth world has more in it: a log of state that is short, and times that are absurd. */
  readonly #isRich: boolean;
  readonly #guarantee: Guarantee;
  #count = 0;

  constructor(seed: number, guarantee: Guarantee, fates: (world: World) => Fates) {
    this.simulation = createSimulation({ seed, fates, requestTimeoutMs: 2_000 });
    this.load = this.simulation.world.random("load");
    this.#isRich = seed % 4 === 0;
    this.#guarantee = guarantee;
  }

  get world(): World {
    return this.simulation.world;
  }

  async createInputs(): Promise<void> {
    for (const topic of INPUTS) await this.simulation.broker.ask("createTopic", { topic, partitions: PARTITIONS });
  }

  start(): Process {
    const instance = this.simulation.instance(`i${this.processes.length}`);
    const ports = instance.connect({ app: APP, sessionTimeoutMs: SESSION_MS, rebalanceTimeoutMs: 8_000 });
    const logged: string[] = [];
    const engine = startShardEngine(
      {
        task: taskConfig(),
        outputs: OUTPUTS,
        stopWithinMs: 60_000,
        retryWithinMs: 60_000,
        maxQueuedBytes: 20_000,
        maxUnsentBytes: 4_000,
        identity: { app: APP, instance: instance.name, release: 1, patterns: PATTERNS },
        shards: SHARDS,
        guarantee: this.#guarantee,
        pace: {
          commitEveryMs: 100,
          saveEveryMs: 500,
          trimEveryMs: 300,
          maxQueuedBytes: 20_000,
          maxUnsentBytes: 4_000,
          ...(this.#isRich ? { minLogBytes: 2_000 } : {}),
        },
        onDataLoss: "fail",
      },
      {
        ...ports,
        sink: slowly(ports.sink, instance.clock, this.world.random("sink")),
        clock: instance.clock,
        log: (level, message, fields) =>
          logged.push(`${this.world.clock.now() - START} ${level} ${message} ${JSON.stringify(fields ?? {})}`),
      },
    );
    const process: Process = { instance, engine, logged, error: null };
    engine.done.catch((error: unknown) => {
      process.error = error;
    });
    this.processes.push(process);
    return process;
  }

  living(): readonly Process[] {
    return this.processes.filter(({ instance, error }) => !instance.isDead() && error === null);
  }

  processOf(name: string): Process | undefined {
    return this.processes.find(({ instance }) => instance.name === name);
  }

  /** A record of the load: some say something at once, some later, some are broken or late. */
  nextRecord(partition: number): InputRecord {
    const { load } = this;
    const number = this.#count++;
    const told: Told = {
      k: `k${partition}`,
      t: this.#isRich && load.happens(0.06) ? ABSURD_TIME : 3 * number - load.between(0, 14),
      n: number,
      hit: load.happens(0.5),
      ...(load.happens(0.5) ? { alarm: load.between(1, 60) } : {}),
    };
    return record(0, load.happens(0.08) ? "broken" : told);
  }

  /** Writes one record, without a producer id. */
  async feed(): Promise<void> {
    const partition = this.load.between(0, PARTITIONS - 1);
    await this.#write({ topic: this.load.pick(["x", "y"]), partition }, this.nextRecord(partition));
  }

  /** Some records in a transaction of a producer that is none of ours. An abandoned one is aborted by the broker, after a while. */
  async feedTransaction(transactionalId: string, ending: "committed" | "aborted" | "abandoned"): Promise<void> {
    const { ask } = this.simulation.broker;
    const stamp = (await ask("initProducer", {
      transactionalId,
      timeoutMs: FOREIGN_TIMEOUT_MS,
    })) as AnswerOf<"initProducer">;
    const partition = this.load.between(0, PARTITIONS - 1);
    const place = { topic: this.load.pick(["x", "y"]), partition };
    const transaction = { ...stamp, transactionalId };
    await ask("addPartitions", { ...transaction, places: [place] });
    for (let sequence = 0; sequence < this.load.between(1, 3); sequence += 1) {
      const { key, value, headers } = this.nextRecord(partition);
      const records = [{ key, value, headers, timestamp: this.world.clock.now() }];
      await ask("produce", { ...place, producer: { ...transaction, sequence }, records });
      await this.sleep(this.load.between(0, 300));
    }
    if (ending !== "abandoned") await ask("endTransaction", { ...transaction, commit: ending === "committed" });
  }

  /** Resolves when no transaction of others is open. */
  async foreignDecided(): Promise<void> {
    while (this.simulation.broker.openTransactions().some((id) => !id.startsWith(`${APP}.`))) await this.sleep(POLL_MS);
  }

  /** The last record of each partition: it lets time go beyond all others. */
  async finish(): Promise<void> {
    for (const topic of INPUTS)
      for (let partition = 0; partition < PARTITIONS; partition += 1)
        await this.#write({ topic, partition }, record(0, { k: `k${partition}`, t: 500_000, n: -1 }));
  }

  async #write(
    place: { readonly topic: string; readonly partition: number },
    { key, value, headers }: InputRecord,
  ): Promise<void> {
    const timestamp = this.world.clock.now();
    await this.simulation.broker.ask("produce", {
      ...place,
      producer: null,
      records: [{ key, value, headers, timestamp }],
    });
  }

  /** What committed readers have of a partition; nothing if there is none. */
  async #read(topic: string, partition: number): Promise<readonly InputRecord[]> {
    const { offset } = (await this.simulation.broker.ask("listOffsets", {
      ...{ topic, partition, at: "earliest", isolation: "committed" },
    })) as AnswerOf<"listOffsets">;
    if (offset === undefined) return [];
    const fetched = (await this.simulation.broker.ask("fetch", {
      ...{ topic, partition, offset, isolation: "committed", maxBytes: 1e12, waitMs: 0 },
    })) as AnswerOf<"fetch">;
    return committedEntries(fetched);
  }

  /** Ids of committed alerts, and origins of committed copies, sorted. */
  async found(): Promise<readonly string[]> {
    const said: string[] = [];
    for (const topic of OUTPUTS)
      for (let partition = 0; partition < OUTPUT_PARTITIONS; partition += 1)
        said.push(...(await this.#read(topic, partition)).map(({ headers }) => saying(topic, headers)));
    return said.sort();
  }

  /** The same of a task that reads at once all that was committed to the inputs. */
  async expected(): Promise<readonly string[]> {
    const { out, drive } = startTask(taskConfig(), PARTITIONS);
    for (const topic of INPUTS)
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const records = await this.#read(topic, partition);
        drive({ kind: "batch", batch: { topic, partition, records, caughtUp: true }, readAt: 1_000_000 });
      }
    return out.map(({ record: { topic, headers } }) => saying(topic, headers)).sort();
  }

  /** Resolves when so much that is different has been committed, and a little later, lest there be too much. @throws {Error} after `withinMs` */
  async through(count: number, withinMs: number): Promise<void> {
    const endsAt = this.world.clock.now() + withinMs;
    while (new Set(await this.found()).size < count) {
      if (this.world.clock.now() > endsAt) throw new Error(`not everything was committed in time\n${this.story()}`);
      await this.sleep(POLL_MS);
    }
    await this.sleep(2 * SESSION_MS);
  }

  sleep(forMs: number): Promise<void> {
    return new Promise((resolve) => void this.world.clock.after(forMs, resolve));
  }

  /** Sequence numbers of the committed checkpoints of a shard that are still there; reading them is a check in itself. */
  async checkpoints(shard: number): Promise<readonly number[]> {
    const replay = createReplay({ app: APP, shards: SHARDS, partitions: PARTITIONS }, `shard ${shard}`);
    const records = await this.#read(`${APP}-state`, shard);
    const told = records.flatMap(({ offset, value }) => replay.take(offset, value) ?? []);
    replay.finish(records[0]?.offset ?? 0n);
    return told.flatMap((each) => (each.kind === "checkpoint" ? each.checkpoint.seq : []));
  }

  /** What the processes said last, for people. */
  story(): string {
    const lines = this.processes.map(({ instance, error, logged }) =>
      [`${instance.name}${instance.isDead() ? " (dead)" : ""} ${error ?? ""}`, ...logged.slice(-6)].join("\n  "),
    );
    return lines.join("\n");
  }
}

/** As if whoever takes the alerts were busy, for longer than a checkpoint takes. */
function slowly(sink: Sink, clock: Clock, random: Random): Sink {
  return {
    ...sink,
    send: async (records) => {
      await new Promise<void>((resolve) => void clock.after(random.between(0, LATEST_SEND_MS), resolve));
      await sink.send(records);
    },
  };
}

const START = createSimulation({ seed: 0 }).world.clock.now();

function saying(topic: string, headers: ReadonlyMap<string, string>): string {
  return `${topic} ${headers.get("id") ?? originOf({ headers } as Parameters<typeof originOf>[0])}`;
}
