// The loop around a task: the only part of the runtime that waits. Handlers of the source only put things into the
// intake; work is done in slices of ten milliseconds at most, with a breath in between in which I/O and timers have their turn.
//
//     source ─▶ intake ─▶ task ─▶ outbox ─▶ sink
//        ▲        │        │        │
//        │   pause, resume │        └─ confirmed ─▶ acknowledge
//        └─────────────────┘
//
// It ends when all input has ended and everything is sent, when it is told to stop, or when something fails. Then what was
// not sent was not acknowledged.

import { SequiturError } from "../core/errors.ts";
import type { Clock } from "../time/clock.ts";
import type { Emission } from "./alert.ts";
import { createExpiry, type Expiry } from "./expiry.ts";
import { createFirstReports } from "./first-reports.ts";
import { createFlow, type Flow } from "./flow.ts";
import { isAwake } from "./idle.ts";
import { createIntake, type Intake } from "./intake.ts";
import type { Surroundings } from "./lane-state.ts";
import { nextServiceState, type ServiceEvent } from "./lifecycle.ts";
import type { LaneMetrics, Metrics, ServiceState } from "./metrics.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { checkPartitionCounts } from "./partition-counts.ts";
import { laneMetrics, takeMetrics } from "./picture.ts";
import type { Log, Sink, Source, SourceHandler, TopicPartition } from "./ports.ts";
import { createTask, type Task, type TaskConfig, type TaskEffects, type TaskInput } from "./task.ts";
import { createWake, type Wake } from "./wake.ts";

/** How an engine is made. */
export type EngineConfig = {
  readonly task: TaskConfig;
  /** Every topic that may be written. */
  readonly outputs: readonly string[];
  /** How long a stop may take. */
  readonly stopWithinMs: number;
  /** How long output that fails is tried again. */
  readonly retryWithinMs: number;
  /** Bytes read and not yet taken, before reading pauses. It goes on when half of that is left. */
  readonly maxQueuedBytes: number;
  /** Bytes said and not yet confirmed by the sink, before matching waits. */
  readonly maxUnsentBytes: number;
};

/** What an engine stands on. */
export type EnginePorts = {
  readonly source: Source;
  readonly sink: Sink;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * How a run ended.
 *
 * @example
 * import type { Summary } from "sequitur/service";
 *
 * const report = ({ reason, complete, metrics }: Summary): string =>
 *   `${reason}${complete ? "" : " in haste"}: ${metrics.sent.alerts} alerts, ${metrics.sent.late} late events`;
 * typeof report; // => "function"
 */
export type Summary = {
  /** `ended`: all input ended and everything was matched and sent. `stopped`: it was asked to stop. */
  readonly reason: "ended" | "stopped";
  /** Whether all that was read and could be matched was sent and acknowledged; `false` if a stop ran out of time. */
  readonly complete: boolean;
  /** The last picture. */
  readonly metrics: Metrics;
};

/** An engine at work. */
export interface Engine {
  /**
   * Stops reading, finishes and sends what was read as far as the time for it allows, and gives everything back. What was
   * not sent was not acknowledged and is read again next time. Resolves or rejects as `done` does; calling it again changes nothing.
   */
  stop(): Promise<Summary>;
  /** Resolves when all input has ended or it was stopped; rejects with what made it fail. */
  readonly done: Promise<Summary>;
  metrics(): Metrics;
  /** What each lane does, by partition number: a part of `metrics` that does not cost a visit to the patterns. */
  lanes(): readonly LaneMetrics[];
  /** Where it stands: a part of `metrics` that costs nothing. */
  health(): Pick<Metrics, "state" | "assigned">;
}

/** Longest stretch of work without a breath. */
const SLICE_MS = 10;
/** Work between two looks at the clock. */
const MAX_PIECE_RECORDS = 64;
const MAX_PIECE_EVENTS = 256;
/** How often silence is looked for, at most. */
const TICK_MS = 1_000;
/** A look that comes so much too late: the process was stopped or the machine asleep, and heard nobody meanwhile. */
const ABSENT_MS = 1_000;

/** Starts an engine. `done` rejects with whatever the source or sink throw as they are opened, too. */
export function startEngine(config: EngineConfig, ports: EnginePorts): Engine {
  return new EngineAtWork(config, ports);
}

class EngineAtWork implements Engine {
  readonly done: Promise<Summary>;
  readonly #config: EngineConfig;
  readonly #ports: EnginePorts;
  readonly #task: Task;
  readonly #intake: Intake = createIntake();
  readonly #flow: Flow;
  readonly #outbox: Outbox;
  readonly #wake: Wake = createWake();
  readonly #expiry: Expiry;
  readonly #reportFirst: (emission: Emission) => void;
  #state: ServiceState = "starting";
  #hasWork = false;
  #isAssigned = false;
  #failure: { readonly error: unknown } | null = null;
  #stopTicking: () => void = () => undefined;

  constructor(config: EngineConfig, ports: EnginePorts) {
    this.#config = config;
    this.#ports = ports;
    this.#task = createTask(config.task);
    this.#flow = createFlow(ports.source);
    this.#reportFirst = createFirstReports(ports.log);
    this.#expiry = createExpiry(ports.clock);
    this.#outbox = createOutbox({
      ...ports,
      acknowledging: { source: ports.source, positions: () => this.#task.positions() },
      retryWithinMs: config.retryWithinMs,
      onFaltering: (error, retryInMs) => this.#faltered(error, retryInMs),
      onRecovered: () => this.#become({ type: "recovered" }),
      onFailure: (error) => this.#fail(error),
      onProgress: () => this.#wake.notify(),
    });
    this.done = this.#run();
  }

  stop(): Promise<Summary> {
    if (this.#state === "starting" || this.#state === "running" || this.#state === "degraded") {
      this.#become({ type: "stop" });
      this.#flow.holdAll("stop");
      this.#expiry.start(this.#config.stopWithinMs, () => this.#wake.notify());
      this.#wake.notify();
    }
    return this.done;
  }

  metrics(): Metrics {
    return takeMetrics({
      ...this.#surroundings(),
      ...this.health(),
      tally: this.#task.tally(),
      lanes: this.#task.lanes,
      shards: [],
      endOf: (partition) => this.#ports.source.endOf?.(partition) ?? null,
      queuedBytes: this.#intake.bytes,
      unsentBytes: this.#outbox.bytes,
      sent: this.#outbox.sent,
    });
  }

  lanes(): readonly LaneMetrics[] {
    return laneMetrics(this.#task.lanes, this.#surroundings());
  }

  health(): Pick<Metrics, "state" | "assigned"> {
    return { state: this.#state, assigned: this.#isAssigned };
  }

  #surroundings(): Surroundings {
    const follow = this.#config.task.whenAllIdle === "clock" ? "clock" : "nothing";
    return {
      heldBecause: (partition) => this.#flow.heldBecause(partition),
      isQueued: (partition) => this.#intake.holds(partition),
      isFull: this.#isFull(),
      idleFollows: this.#task.lanes.some(isAwake) ? "slowestLane" : follow,
    };
  }

  async #run(): Promise<Summary> {
    try {
      await this.#expiry.orExpired(this.#open());
      this.#become({ type: "opened" });
      this.#tickLater();
      while (!this.#isOver()) await this.#turn();
      return await this.#finish();
    } catch (error) {
      await this.#breakOff(error);
      throw error;
    } finally {
      this.#expiry.cancel();
    }
  }

  async #open(): Promise<void> {
    const { source, sink } = this.#ports;
    const topics = this.#config.task.inputs.map((input) => input.topic);
    await checkPartitionCounts(source, topics);
    await sink.open(this.#config.outputs);
    if (this.#state === "starting") await source.start(topics, this.#handler());
  }

  #handler(): SourceHandler {
    const { clock } = this.#ports;
    return {
      onAssigned: (partitions) => {
        this.#isAssigned = true;
        this.#flow.assigned(partitions);
        this.#intake.push({ kind: "assigned", partitions, now: clock.now() });
        this.#wake.notify();
      },
      onBatch: (batch) => {
        // What comes after a stop was asked for is not taken, and so will be read again.
        if (this.#state === "stopping") return;
        this.#intake.push({ kind: "batch", batch, readAt: clock.now() });
        if (this.#intake.bytes > this.#config.maxQueuedBytes) this.#flow.holdAll("queue");
        this.#wake.notify();
      },
      onEnd: (partition) => {
        this.#intake.push({ kind: "ended", partition });
        this.#wake.notify();
      },
      onFailure: (error) => this.#fail(error),
    };
  }

  /** Whether there is nothing left to match, now and for ever. */
  #isOver(): boolean {
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#expiry.isExpired) return true;
    const isEmpty = this.#intake.isEmpty && !this.#hasWork;
    return isEmpty && (this.#state === "stopping" || this.#task.isOver);
  }

  async #turn(): Promise<void> {
    const canWork = (this.#hasWork || !this.#intake.isEmpty) && !this.#isFull();
    if (canWork) this.#slice();
    this.#outbox.flush();
    await (canWork ? this.#ports.clock.breathe() : this.#wake.wait());
  }

  #slice(): void {
    const { clock } = this.#ports;
    const until = clock.now() + SLICE_MS;
    do {
      const input: TaskInput | null = this.#hasWork
        ? { kind: "work", maxEvents: MAX_PIECE_EVENTS }
        : this.#intake.next(MAX_PIECE_RECORDS);
      if (input === null) break;
      this.#apply(this.#task.step(input));
    } while (clock.now() < until && !this.#isFull());
    if (2 * this.#intake.bytes <= this.#config.maxQueuedBytes) this.#flow.releaseAll("queue");
  }

  #apply({ emissions, pause, resume, hasWork }: TaskEffects): void {
    this.#hasWork = hasWork;
    this.#outbox.add(emissions);
    for (const emission of emissions) this.#reportFirst(emission);
    for (const partition of pause) this.#flow.hold(partition, "time");
    for (const partition of resume) this.#flow.release(partition, "time");
  }

  #isFull(): boolean {
    return this.#outbox.bytes > this.#config.maxUnsentBytes;
  }

  #tickLater(): void {
    const { clock } = this.#ports;
    const everyMs = Math.max(1, Math.min(TICK_MS, Math.floor(this.#config.task.idleAfterMs / 2)));
    const dueAt = clock.now() + everyMs;
    this.#stopTicking = clock.after(everyMs, () => {
      this.#tick(clock.now() - dueAt > ABSENT_MS);
      if (this.#state === "running" || this.#state === "degraded") this.#tickLater();
    });
  }

  #tick(wasAbsent: boolean): void {
    const isHeld = (place: TopicPartition): boolean => this.#flow.isHeld(place) || this.#intake.holds(place);
    try {
      this.#apply(this.#task.step({ kind: "tick", now: this.#ports.clock.now(), isHeld, wasAbsent }));
    } catch (error) {
      this.#fail(error);
    }
    this.#wake.notify();
  }

  async #finish(): Promise<Summary> {
    const { source, sink } = this.#ports;
    const reason = this.#state === "stopping" ? "stopped" : "ended";
    await this.#expiry.orExpired(this.#outbox.drained());
    if (this.#failure !== null) throw this.#failure.error;
    const complete = !this.#expiry.isExpired;
    this.#stopTicking();
    this.#outbox.close();
    this.#apply(this.#task.step({ kind: "drain" }));
    this.#apply(this.#task.step({ kind: "close" }));
    if (!complete) this.#ports.log("warn", "the time for stopping is over; what was not sent will be read again");
    await this.#expiry.orExpired(source.stop());
    await this.#expiry.orExpired(sink.close());
    this.#become({ type: "emptied" });
    return { reason, complete, metrics: this.metrics() };
  }

  /** Gives everything back after a failure. What fails then, too, is not worth hiding the first failure. */
  async #breakOff(error: unknown): Promise<void> {
    const { source, sink, log } = this.#ports;
    this.#stopTicking();
    this.#outbox.close();
    this.#become({ type: "crashed" });
    log("error", "the service failed", { code: error instanceof SequiturError ? error.code : "UNKNOWN", error });
    this.#expiry.start(this.#config.stopWithinMs, () => undefined);
    for (const giveBack of [() => source.stop(), () => sink.close()]) {
      try {
        await this.#expiry.orExpired(giveBack());
      } catch (second) {
        log("warn", "could not be given back after the failure", { reason: String(second) });
      }
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake.notify();
  }

  #faltered(error: Error, retryInMs: number): void {
    this.#become({ type: "faltered" });
    this.#ports.log("warn", "output failed and will be tried again", { reason: error.message, retryInMs });
  }

  #become(event: ServiceEvent): void {
    const before = this.#state;
    this.#state = nextServiceState(before, event);
    if (this.#state !== before) this.#ports.log("info", `service is ${this.#state}`);
  }
}
