// All the shards of one process: starts a run for each that the group gives it, lets go of those that it takes away, and
// looks like any other engine from outside.
//
//     ShardSource ─ assigned ─▶ a run for each shard ─ committed ──────────────────▶ counts
//                 ─ records ──▶ the run of their shard
//                                    └─ at-least-once: one outbox of all ─ sent ───▶ counts

import { SequiturError } from "../../core/errors.ts";
import type { Clock } from "../../time/clock.ts";
import type { Emission, EmissionKind } from "../alert.ts";
import type { Engine, EngineConfig, Summary } from "../engine.ts";
import { createExpiry, type Expiry } from "../expiry.ts";
import { createFirstReports } from "../first-reports.ts";
import { isAwake, slowestAwake } from "../idle.ts";
import type { Lane } from "../lane.ts";
import type { Surroundings } from "../lane-state.ts";
import { nextServiceState, type ServiceEvent } from "../lifecycle.ts";
import type { LaneMetrics, Metrics, ServiceState } from "../metrics.ts";
import { createOutbox, type Outbox } from "../outbox.ts";
import { checkPartitionCounts } from "../partition-counts.ts";
import { laneMetrics, takeMetrics } from "../picture.ts";
import type { Log, OutputRecord, Sink, TopicPartition } from "../ports.ts";
import { createSeldomLog, type SeldomLog } from "../seldom.ts";
import type { ShardHandler, ShardSource, StateLog } from "../shard-ports.ts";
import { createTurns, type Turns } from "../turns.ts";
import { type Account, createAccount } from "./account.ts";
import { lanesOf, type OldForms, type ServiceIdentity } from "./context.ts";
import { type InputWatch, watchInputs } from "./input-watch.ts";
import { createShardMeter, type ShardMeter } from "./meter.ts";
import { type Guarantee, type Outlet, outletAtOnce, outletOfCheckpoints } from "./outlet.ts";
import type { ShardPace } from "./pace.ts";
import { runShard, type ShardRun } from "./run.ts";
import { shardsFor } from "./shard-count.ts";
import { createStagger, type Stagger } from "./stagger.ts";

/** How an engine of shards is made. */
export type ShardEngineConfig = EngineConfig & {
  readonly identity: Pick<ServiceIdentity, "app" | "instance" | "release" | "patterns">;
  readonly oldForms: OldForms;
  /** S, fixed for the life of the state; `null`: as many as partitions, at most `MOST_SHARDS`. */
  readonly shards: number | null;
  readonly guarantee: Guarantee;
  readonly pace: ShardPace;
  readonly onDataLoss: "fail" | "continue";
  /** Is given what is safe, once it is. */
  readonly onSent?: (records: readonly OutputRecord[]) => void;
};

export type ShardEnginePorts = {
  readonly source: ShardSource;
  readonly state: StateLog;
  /** Where output goes with at-least-once; left alone otherwise. Called by one at a time. */
  readonly sink: Sink;
  readonly clock: Clock;
  readonly log: Log;
};

const TICK_MS = 1_000;
const ABSENT_MS = 1_000;

/** Starts an engine that saves what it holds, and what it says with that or ahead of it. It ends when it is told to, or fails. */
export function startShardEngine(config: ShardEngineConfig, ports: ShardEnginePorts): Engine {
  return new ShardEngine(config, ports);
}

class ShardEngine implements Engine {
  readonly done: Promise<Summary>;
  readonly #config: ShardEngineConfig;
  readonly #ports: ShardEnginePorts;
  readonly #runs = new Map<number, ShardRun>();
  readonly #meters = new Map<number, ShardMeter>();
  readonly #stagger: Stagger;
  readonly #ended = new Set<Promise<void>>();
  /** What fails and is tried again. */
  readonly #faltering = new Set<number | "input" | "output">();
  /** `null`: what is said leaves with the checkpoints. */
  readonly #outbox: Outbox | null;
  readonly #expiry: Expiry;
  readonly #turns: Turns;
  readonly #seldom: SeldomLog;
  readonly #reportFirst: (emission: Emission) => void;
  readonly #sent: Record<EmissionKind, number> = { alert: 0, timedOut: 0, late: 0, deadLetter: 0, notice: 0 };
  readonly #account: Account;
  #state: ServiceState = "starting";
  #isAssigned = false;
  #identity: ServiceIdentity | null = null;
  #nonces = 0;
  #end: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #failure: { readonly error: unknown } | null = null;
  #stopTicking: () => void = () => undefined;
  #watch: InputWatch | null = null;

  constructor(config: ShardEngineConfig, ports: ShardEnginePorts) {
    this.#config = config;
    this.#ports = ports;
    this.#expiry = createExpiry(ports.clock);
    this.#turns = createTurns(ports.clock);
    this.#seldom = createSeldomLog(ports.log, ports.clock);
    this.#stagger = createStagger(ports.clock);
    this.#reportFirst = createFirstReports(ports.log);
    this.#account = createAccount(config.task);
    this.#outbox = config.guarantee === "at-least-once" ? this.#createOutbox() : null;
    const ended = new Promise<void>((resolve, reject) => {
      this.#end = resolve;
      this.#reject = reject;
    });
    this.done = this.#run(ended);
  }

  stop(): Promise<Summary> {
    if (this.#state === "starting" || this.#state === "running" || this.#state === "degraded") {
      this.#become({ type: "stop" });
      this.#expiry.start(this.#config.stopWithinMs, () => undefined);
      this.#end();
    }
    return this.done;
  }

  metrics(): Metrics {
    const runs = [...this.#runs.values()];
    return takeMetrics({
      ...this.#surroundings(),
      ...this.health(),
      tally: this.#account.tally(),
      lanes: this.#allLanes(),
      shards: runs.map(({ shard }) => ({ shard, ...this.#meterOf(shard).picture() })).sort(byShard),
      endOf: (partition) => this.#ports.source.endOf(partition),
      heldBackOf: (partition) => this.#watch?.heldBack(partition) ?? null,
      queuedBytes: this.#queuedBytes(),
      unsentBytes: this.#outbox?.bytes ?? runs.reduce((sum, { outlet }) => sum + outlet.bytes, 0),
      sent: this.#sent,
    });
  }

  lanes(): readonly LaneMetrics[] {
    return laneMetrics(this.#allLanes(), this.#surroundings());
  }

  health(): Pick<Metrics, "state" | "assigned"> {
    const isRestored = [...this.#runs.values()].every(({ task }) => task !== null);
    return { state: this.#state, assigned: this.#isAssigned && isRestored };
  }

  #surroundings(): Surroundings {
    const maxUnsentBytes = this.#maxUnsentBytes();
    const follow = this.#config.task.whenAllIdle === "clock" ? "clock" : "nothing";
    const runs = [...this.#runs.values()];
    return {
      heldBecause: (partition) => this.#runOf(partition)?.flow.heldBecause(partition) ?? null,
      isQueued: (partition) => this.#runOf(partition)?.intake.holds(partition) ?? false,
      isFull: runs.some(({ outlet }) => outlet.bytes > maxUnsentBytes),
      idleFollows: this.#allLanes().some(isAwake) ? "slowestLane" : follow,
    };
  }

  #allLanes(): readonly Lane[] {
    const lanes = [...this.#runs.values()].flatMap(({ task }) => task?.lanes ?? []);
    return lanes.sort((one, other) => one.partition - other.partition);
  }

  #runOf({ partition }: TopicPartition): ShardRun | undefined {
    return this.#runs.get(partition % (this.#identity?.shards ?? 1));
  }

  async #run(ended: Promise<void>): Promise<Summary> {
    try {
      await Promise.race([this.#open(), ended]);
      this.#become({ type: "opened" });
      this.#tickLater();
      await ended;
      return await this.#finish();
    } catch (error) {
      await this.#breakOff(error);
      throw error;
    } finally {
      this.#expiry.cancel();
    }
  }

  async #open(): Promise<void> {
    const { identity, outputs, task } = this.#config;
    const { source, state } = this.#ports;
    const topics = task.inputs.map(({ topic }) => topic);
    const partitions = await checkPartitionCounts(source, topics);
    const shards = shardsFor(partitions, this.#config.shards);
    this.#identity = { ...identity, shards, partitions };
    await state.open(shards, this.#outbox === null ? outputs : []);
    if (this.#outbox !== null) await this.#ports.sink.open(outputs);
    if (this.#state !== "starting") return;
    await source.start(topics, shards, this.#handler());
    this.#watchInputs(topics, this.#identity);
  }

  #watchInputs(topics: readonly string[], identity: ServiceIdentity): void {
    const { source, clock, log } = this.#ports;
    const everyMs = this.#config.pace.lookEveryMs;
    if (everyMs === undefined || this.#state !== "starting") return;
    this.#watch = watchInputs({
      ...{ source, clock, log, topics, everyMs },
      partitions: identity.partitions,
      places: () =>
        [...this.#runs.keys()].flatMap((shard) =>
          lanesOf(shard, identity).flatMap((partition) => topics.map((topic) => ({ topic, partition }))),
        ),
      onFailure: (error) => this.#fail(error),
    });
  }

  #handler(): ShardHandler {
    return {
      // With exactly-once nothing was said that is not saved.
      ...(this.#outbox === null ? {} : { onRebalancing: () => this.#saveAll() }),
      onAssigned: (shards) => {
        this.#isAssigned = true;
        for (const [shard, run] of this.#runs) if (!shards.includes(shard)) this.#drop(shard, run);
        for (const run of this.#runs.values()) run.rejoined();
        for (const shard of shards) if (!this.#runs.has(shard) && this.#state !== "stopping") this.#start(shard);
      },
      onBatch: (batch) => this.#runOf(batch)?.push(batch),
      onFaltering: (isFaltering) => this.#falter("input", isFaltering),
      onFailure: (error) => this.#fail(error),
    };
  }

  /** So that whoever is given one of the shards has nothing to say again. */
  async #saveAll(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.saveNow()));
  }

  #start(shard: number): void {
    const { oldForms, onDataLoss, pace, retryWithinMs, task } = this.#config;
    const identity = this.#identity as ServiceIdentity;
    const run = runShard({
      ...this.#ports,
      shard,
      identity,
      topics: task.inputs.map(({ topic }) => topic),
      task,
      oldForms,
      openOutputs: (more) =>
        this.#outbox === null ? this.#ports.state.openOutputs(more) : this.#ports.sink.open(more),
      pace,
      turns: this.#turns,
      seldom: this.#seldom,
      onDataLoss,
      retryWithinMs,
      nextNonce: () => `${identity.instance}:${++this.#nonces}`,
      onSaid: this.#reportFirst,
      createOutlet: () => this.#createOutlet(),
      onFaltering: (isFaltering) => this.#falter(shard, isFaltering),
      meter: this.#meterOf(shard),
      account: this.#account,
      share: {
        maxQueuedBytes: () => this.#maxQueuedBytes(shard),
        maxUnsentBytes: () => this.#maxUnsentBytes(),
      },
      waitForTurn: () => this.#stagger.take(pace.commitEveryMs, this.#runs.size),
    });
    this.#runs.set(shard, run);
    const over = run.done.catch((error) => this.#fail(error)).finally(() => this.#ended.delete(over));
    this.#ended.add(over);
  }

  /** Of the bound of the process each shard has an equal part, and also what others leave. */
  #maxQueuedBytes(shard: number): number {
    const { maxQueuedBytes } = this.#config.pace;
    const elsewhere = this.#queuedBytes() - (this.#runs.get(shard)?.intake.bytes ?? 0);
    return Math.max(maxQueuedBytes / this.#runs.size, maxQueuedBytes - elsewhere);
  }

  #queuedBytes(): number {
    return [...this.#runs.values()].reduce((sum, { intake }) => sum + intake.bytes, 0);
  }

  /** Each shard has an equal part; an outbox is of all of them. */
  #maxUnsentBytes(): number {
    const { maxUnsentBytes } = this.#config.pace;
    return this.#outbox === null ? maxUnsentBytes / Math.max(1, this.#runs.size) : maxUnsentBytes;
  }

  #meterOf(shard: number): ShardMeter {
    const meter = this.#meters.get(shard) ?? createShardMeter(this.#ports.clock);
    this.#meters.set(shard, meter);
    return meter;
  }

  #createOutlet(): Outlet {
    return this.#outbox === null ? outletOfCheckpoints((sent) => this.#count(sent)) : outletAtOnce(this.#outbox);
  }

  #createOutbox(): Outbox {
    const { clock, sink } = this.#ports;
    return createOutbox({
      sink,
      clock,
      acknowledging: null,
      retryWithinMs: this.#config.retryWithinMs,
      onFaltering: (error, retryInMs) => {
        this.#falter("output", true);
        const fields = { reason: error.message, retryInMs };
        this.#seldom("warn", "output failed and will be tried again", error.message, fields);
      },
      onRecovered: () => this.#falter("output", false),
      onFailure: (error) => this.#fail(error),
      onSent: (sent) => this.#count(sent),
      onProgress: () => {
        for (const run of this.#runs.values()) run.sent();
      },
    });
  }

  /** A service is degraded while reading, a shard or its output fails and is tried again. */
  #falter(what: number | "input" | "output", isFaltering: boolean): void {
    if (isFaltering) this.#faltering.add(what);
    else this.#faltering.delete(what);
    this.#become({ type: this.#faltering.size > 0 ? "faltered" : "recovered" });
  }

  #count(sent: readonly Emission[]): void {
    for (const { kind } of sent) this.#sent[kind] += 1;
    this.#config.onSent?.(sent.map(({ record }) => record));
  }

  #drop(shard: number, run: ShardRun): void {
    this.#runs.delete(shard);
    this.#account.end(run.task?.lanes ?? []);
    run.lose();
    this.#falter(shard, false);
  }

  #tickLater(): void {
    const { clock } = this.#ports;
    const everyMs = Math.max(1, Math.min(TICK_MS, Math.floor(this.#config.task.idleAfterMs / 2)));
    const dueAt = clock.now() + everyMs;
    this.#stopTicking = clock.after(everyMs, () => {
      const wasAbsent = clock.now() - dueAt > ABSENT_MS;
      const slowest = slowestAwake(this.#allLanes());
      for (const run of this.#runs.values()) run.tick(wasAbsent, slowest);
      this.#tickLater();
    });
  }

  #stopLooking(): void {
    this.#stopTicking();
    this.#watch?.stop();
  }

  async #finish(): Promise<Summary> {
    const { log, sink, source, state } = this.#ports;
    for (const run of this.#runs.values()) run.stop();
    await this.#expiry.orExpired(Promise.all(this.#ended));
    if (this.#outbox !== null) await this.#expiry.orExpired(this.#outbox.drained());
    if (this.#failure !== null) throw this.#failure.error;
    const complete = !this.#expiry.isExpired;
    if (!complete) log("warn", "the time for stopping is over; what was not committed will be read again");
    this.#stopLooking();
    const metrics = this.metrics();
    this.#outbox?.close();
    await this.#expiry.orExpired(source.stop());
    await this.#expiry.orExpired(state.close());
    if (this.#outbox !== null) await this.#expiry.orExpired(sink.close());
    this.#become({ type: "emptied" });
    return { reason: "stopped", complete, metrics: { ...metrics, state: this.#state } };
  }

  async #breakOff(error: unknown): Promise<void> {
    const { sink, source, state, log } = this.#ports;
    this.#stopLooking();
    this.#outbox?.close();
    this.#become({ type: "crashed" });
    log("error", "the service failed", { code: error instanceof SequiturError ? error.code : "UNKNOWN", error });
    this.#expiry.start(this.#config.stopWithinMs, () => undefined);
    for (const run of this.#runs.values()) run.lose();
    const all = [() => Promise.all(this.#ended), () => source.stop(), () => state.close()];
    for (const giveBack of this.#outbox === null ? all : [...all, () => sink.close()]) {
      try {
        await this.#expiry.orExpired(giveBack() as Promise<unknown>);
      } catch (second) {
        log("warn", "could not be given back after the failure", { reason: String(second) });
      }
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#reject(error);
  }

  #become(event: ServiceEvent): void {
    const before = this.#state;
    this.#state = nextServiceState(before, event);
    if (this.#state !== before) this.#ports.log("info", `service is ${this.#state}`);
  }
}

function byShard(one: { readonly shard: number }, other: { readonly shard: number }): number {
  return one.shard - other.shard;
}
