// A service driven by hand: the task that runs in production, with logs in memory instead of a broker and a clock that only
// moves when it is told to. Nothing waits, so everything is there when a call returns.
//
//     send ─▶ log of a partition ─▶ task ─▶ what is sent        wait ─▶ clock, ticks ─▶ task
//                  ▲                  │
//                  └── checkpoint ◀───┘      restart: a new task is put where that one was, and reads on from there
//
// Every input is noted since the last restart, so any moment since then can be the one of the last checkpoint: what was said up to
// it is said again to a task that nobody listens to.

import { ConfigError, unreachable } from "../core/errors.ts";
import { keyBytes } from "../runtime/alert.ts";
import type { InputRecord, TopicPartition } from "../runtime/ports.ts";
import { createTask, type Task, type TaskConfig, type TaskInput } from "../runtime/task.ts";
import { type Duration, parseDuration } from "../time/duration.ts";
import { END_OF_TIME, type Instant } from "../time/instant.ts";
import { partitionOf } from "../transports/partitioner.ts";
import type { Alert, Driver, DriverOptions, SendOptions, SentRecord } from "./driver-types.ts";
import type { JourneyStep } from "./journey.ts";
import { effectsOf, type Known, knownTo, NOTHING_KNOWN, taskKnowing } from "./knowing.ts";
import { toSent } from "./sent.ts";

const DEFAULT_PARTITIONS = 4;
/** How often silence is looked for, as in production. */
const TICK_MS = 1_000;

/** What is driven. */
export type Driven = {
  /** Called anew for each start of the service. */
  readonly compose: () => TaskConfig;
  readonly guarantee: "exactly-once" | "at-least-once";
};

export function createDriver(driven: Driven, options: DriverOptions = {}): Driver {
  const { partitions = DEFAULT_PARTITIONS, startAt = 0 } = options;
  if (!Number.isSafeInteger(partitions) || partitions < 1)
    throw new ConfigError("BAD_OPTION", `partitions is ${partitions}: give a whole number from 1.`);
  return new DriverAtWork(driven, partitions, startAt);
}

type Log = { readonly place: TopicPartition; readonly records: InputRecord[] };

/** What the task was told, and how much had been said before. */
type Told = { readonly input: TaskInput; readonly isSend: boolean; readonly sentBefore: number };

class DriverAtWork implements Driver {
  readonly sent: SentRecord[] = [];
  readonly #driven: Driven;
  readonly #logs: ReadonlyMap<string, readonly Log[]>;
  #config: TaskConfig;
  #task: Task;
  #now: Instant;
  #hasFailed = false;
  #checkpoint: Known = NOTHING_KNOWN;
  /** Since the checkpoint. */
  #told: Told[] = [];

  constructor(driven: Driven, partitions: number, startAt: Instant) {
    this.#driven = driven;
    this.#config = driven.compose();
    this.#task = createTask(this.#config);
    this.#now = startAt;
    this.#logs = new Map(
      this.#config.inputs.map(({ topic }) => [
        topic,
        Array.from({ length: partitions }, (_, partition) => ({ place: { topic, partition }, records: [] })),
      ]),
    );
    this.#begin();
  }

  get now(): Instant {
    return this.#now;
  }

  get alerts(): readonly Alert[] {
    return this.sent.flatMap(({ kind, value }) => (kind === "alert" ? [value as Alert] : []));
  }

  get timedOut(): readonly Alert[] {
    return this.sent.flatMap(({ kind, value }) => (kind === "timedOut" ? [value as Alert] : []));
  }

  get late(): readonly SentRecord[] {
    return this.sent.filter(({ kind }) => kind === "late");
  }

  get deadLetters(): readonly SentRecord[] {
    return this.sent.filter(({ kind }) => kind === "deadLetter");
  }

  get openRuns(): number {
    return this.#task.tally().patterns.reduce((sum, { openRuns }) => sum + openRuns, 0);
  }

  send(event: unknown, options: SendOptions = {}): void {
    this.#refuseFailed();
    const logs = this.#logsOf(options.topic);
    const { record, partition } = this.#recordOf(event, logs, options);
    const log = logs[partition];
    if (log === undefined)
      throw new ConfigError("BAD_OPTION", `partition is ${partition}: there are ${logs.length}, counted from 0.`);
    log.records.push(record);
    this.#deliver(log, [record], true);
  }

  sendAll(events: Iterable<unknown>, options: SendOptions = {}): void {
    for (const event of events) this.send(event, options);
  }

  play(journey: Iterable<JourneyStep<unknown>>, options: SendOptions = {}): void {
    for (const step of journey) {
      switch (step.kind) {
        case "send":
          this.send(step.event, options);
          break;
        case "restart":
          this.restart(step);
          break;
        case "wait":
          this.wait(step.forMs);
          break;
        default:
          unreachable(step);
      }
    }
  }

  wait(duration: Duration): void {
    this.#refuseFailed();
    const until = this.#now + parseDuration(duration, "wait");
    while (this.#now < until) {
      this.#now = Math.min(until, this.#now + TICK_MS);
      this.#step({ kind: "tick", now: this.#now, isHeld: () => false, wasAbsent: false });
    }
  }

  end(): void {
    this.#refuseFailed();
    for (const { place } of this.#everyLog()) this.#step({ kind: "ended", partition: place });
  }

  restart({ readAgain = 0 }: { readonly readAgain?: number } = {}): void {
    const known = this.#knownAfter(readAgain);
    const isAll = known === this.#told.length;
    const checkpoint = knownTo(isAll ? this.#task : this.#taskAfter(known));
    // What belongs to a stretch that was not committed was never there for anybody.
    if (!isAll && this.#driven.guarantee === "exactly-once") this.sent.length = this.#told[known]?.sentBefore ?? 0;
    this.#checkpoint = checkpoint;
    this.#told = [];
    this.#hasFailed = false;
    this.#config = this.#driven.compose();
    this.#task = taskKnowing(this.#config, checkpoint);
    this.#begin();
  }

  /** How much of what the task was told is in the last checkpoint, if the last so many records are not, nor what it failed at. */
  #knownAfter(readAgain: number): number {
    const isFine = this.#hasFailed ? this.#told.slice(0, -1) : this.#told;
    const sends = isFine.flatMap(({ isSend }, index) => (isSend ? [index] : []));
    return readAgain > 0 ? (sends.at(-readAgain) ?? 0) : isFine.length;
  }

  /** A task that was told the first of it all, and nothing else. */
  #taskAfter(known: number): Task {
    const task = taskKnowing(this.#driven.compose(), this.#checkpoint);
    for (const { input } of this.#told.slice(0, known)) for (const _ of effectsOf(task, input));
    return task;
  }

  /** Takes all partitions and reads what stands in them. */
  #begin(): void {
    const logs = this.#everyLog();
    this.#step({ kind: "assigned", partitions: logs.map(({ place }) => place), now: this.#now });
    for (const log of logs) this.#deliver(log, log.records.slice(this.#fromOf(log)));
  }

  #fromOf({ place: { topic, partition } }: Log): number {
    const lane = this.#checkpoint.lanes.find((each) => each.partition === partition);
    return Number(lane?.inputs.find((input) => input.topic === topic)?.from ?? 0);
  }

  #deliver({ place }: Log, records: readonly InputRecord[], isSend = false): void {
    this.#step({ kind: "batch", batch: { ...place, records, caughtUp: true }, readAt: this.#now }, isSend);
  }

  /** One input, and all the work that comes of it. */
  #step(input: TaskInput, isSend = false): void {
    this.#told.push({ input, isSend, sentBefore: this.sent.length });
    try {
      for (const { emissions } of effectsOf(this.#task, input)) this.sent.push(...emissions.map(toSent));
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  #everyLog(): readonly Log[] {
    return [...this.#logs.values()].flat();
  }

  #logsOf(topic: string | undefined): readonly Log[] {
    const [only, ...more] = this.#logs.keys();
    const logs = this.#logs.get(topic ?? (more.length === 0 ? (only ?? "") : ""));
    if (logs !== undefined) return logs;
    const names = [...this.#logs.keys()].map((name) => JSON.stringify(name)).join(", ");
    throw new ConfigError(
      "MISSING_TOPIC",
      `${topic === undefined ? "No topic was given" : `There is no input topic "${topic}"`}: give topic, one of ${names}.`,
    );
  }

  /** The record of an event, and where it belongs. The clock goes on to its time: nothing is read before it happened. */
  #recordOf(
    event: unknown,
    logs: readonly Log[],
    options: SendOptions,
  ): { readonly record: InputRecord; readonly partition: number } {
    const { topic } = (logs[0] as Log).place;
    const value = bytesOf(event);
    const headers = new Map(Object.entries(options.headers ?? {}));
    const given = options.key === undefined ? null : bytesOf(options.key);
    const input = this.#config.inputs.find((each) => each.topic === topic);
    const draft = { offset: 0n, timestamp: options.timestamp ?? this.#now, key: given, value, headers };
    // Read as the service will read it: what it takes for key and time decides.
    const read = input?.read(draft, END_OF_TIME);
    const at = read?.kind === "event" ? read.at : this.#now;
    const key = given ?? (read?.kind === "event" ? keyBytes(read.key) : null);
    const partition = options.partition ?? (key === null ? 0 : partitionOf(key, logs.length));
    this.#now = Math.max(this.#now, at);
    const offset = BigInt(logs[partition]?.records.length ?? 0);
    return { record: { ...draft, offset, key, timestamp: options.timestamp ?? at }, partition };
  }

  #refuseFailed(): void {
    if (!this.#hasFailed) return;
    throw new ConfigError("SERVICE_FAILED", "The service has failed, and reads no more: call restart() to go on.");
  }
}

const utf8 = new TextEncoder();

/** Bytes and text as they are, anything else as JSON; `null` is a record without a value. */
function bytesOf(value: unknown): Uint8Array | null {
  if (value === null || value instanceof Uint8Array) return value;
  return utf8.encode(typeof value === "string" ? value : JSON.stringify(value));
}
