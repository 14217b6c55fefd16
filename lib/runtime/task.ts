// The machine that turns records into alerts: input in, effects out, nothing else. It does no I/O and knows no clock:
// the time of reading is part of the input. What it says is a function of the inputs so far.
//
//     assigned, batch, ended ──────────┐                ┌─▶ emissions, in order
//     work: match what is due ─────────┼─▶ step ────────┼─▶ pause, resume
//     tick: the time of the clock ─────┘                └─▶ whether there is more to match
//
//     positions(): what may be acknowledged once every emission so far is safe
//
// Records are judged when they are read and matched by `work`, a bounded number at a time, so that whoever drives the
// task can let others have their turn. Matching later or in smaller pieces changes nothing that is said.

import { invariant, LimitError, unreachable } from "../core/errors.ts";
import type { SavedLane } from "../state/checkpoint.ts";
import { BEGINNING, type Instant } from "../time/instant.ts";
import type { Emission } from "./alert.ts";
import { idleTime, type Listening, markIdle } from "./idle.ts";
import { createLane, type Lane, type LaneConfig } from "./lane.ts";
import { nextTaskState, type TaskEvent, type TaskState } from "./lifecycle.ts";
import { isActive, type PartitionState } from "./partition.ts";
import type { InputBatch, TopicPartition } from "./ports.ts";
import { addTallies, emptyTally, type Tally, tallyOf } from "./tally.ts";

/** How a task is made. */
export type TaskConfig = LaneConfig & {
  /** How long a partition must be silent before time goes on without it. */
  readonly idleAfterMs: number;
  /** What time follows while every lane is idle. */
  readonly whenAllIdle: "clock" | "hold";
  /** Bytes of one partition that may wait for their turn in time. */
  readonly maxReorderBytes: number;
  /** How far a partition's own time may run ahead of its lane's. */
  readonly maxDriftMs: number;
};

/** What a task is told. */
export type TaskInput =
  | { readonly kind: "assigned"; readonly partitions: readonly TopicPartition[]; readonly now: Instant }
  /** Records in order of offset, read at `readAt`. */
  | { readonly kind: "batch"; readonly batch: InputBatch; readonly readAt: Instant }
  /** The partition will have no more records. */
  | { readonly kind: "ended"; readonly partition: TopicPartition }
  /** Match up to so many events whose turn has come. */
  | { readonly kind: "work"; readonly maxEvents: number }
  /** Time has passed, perhaps in silence. */
  | ({ readonly kind: "tick" } & Listening)
  /** No batch will be taken any more; what was taken may still be matched. */
  | { readonly kind: "drain" }
  /** After `drain`: everything was sent. */
  | { readonly kind: "close" };

/** What a task asks for. */
export type TaskEffects = {
  /** What is to be written, in order. */
  readonly emissions: readonly Emission[];
  readonly pause: readonly TopicPartition[];
  readonly resume: readonly TopicPartition[];
  /** How many events that had waited for their turn were matched, whatever was said of them. */
  readonly matched: number;
  /** Whether `work` has something to do. */
  readonly hasWork: boolean;
};

/** The next offset to read, of a partition. */
export type Position = TopicPartition & { readonly position: bigint };

export interface Task {
  readonly state: TaskState;
  /** By partition number. */
  readonly lanes: readonly Lane[];
  /** Whether every partition it has will have no more records, and all are matched. */
  readonly isOver: boolean;
  /**
   * Takes one input. If it throws, the task has failed: nothing more may be sent or acknowledged for it.
   *
   * @throws {ConfigError} `BAD_RECORD`, `ASYNC_SCHEMA`, `KEY_NOT_COLOCATED`
   * @throws {LimitError} `REORDER_BUFFER_FULL`, or whatever a pattern's limits say under the policy `fail`.
   */
  step(input: TaskInput): TaskEffects;
  /** Positions that moved since it was last asked. */
  positions(): readonly Position[];
  /** Its lanes but for their matchers, by partition number. Any time, if batches were only given while it had no work. */
  save(): readonly SavedLane[];
  /** Before its partitions are assigned: puts these lanes where they were. Then reading begins, in each partition, at `from`. */
  restore(lanes: readonly SavedLane[]): void;
  /** What became of all records, and what each pattern holds and said, over all its lanes. */
  tally(): Tally;
}

/** A task that has no partitions yet. */
export function createTask(config: TaskConfig): Task {
  return new TaskAtWork(config);
}

class TaskAtWork implements Task {
  readonly #config: TaskConfig;
  readonly #lanes = new Map<number, Lane>();
  readonly #acknowledged = new Map<PartitionState, bigint>();
  #state: TaskState = "created";
  #emissions: Emission[] = [];
  #pause: TopicPartition[] = [];
  #resume: TopicPartition[] = [];
  #matched = 0;

  constructor(config: TaskConfig) {
    this.#config = config;
  }

  get state(): TaskState {
    return this.#state;
  }

  get lanes(): readonly Lane[] {
    return [...this.#lanes.values()].sort((a, b) => a.partition - b.partition);
  }

  get isOver(): boolean {
    const lanes = [...this.#lanes.values()];
    return lanes.length > 0 && lanes.every((lane) => !lane.hasWork && lane.partitions.every(({ ended }) => ended));
  }

  tally(): Tally {
    return this.lanes.reduce((sum, lane) => addTallies(sum, tallyOf(lane)), emptyTally(this.#config));
  }

  save(): readonly SavedLane[] {
    return this.lanes.map((lane) => lane.save());
  }

  restore(lanes: readonly SavedLane[]): void {
    invariant(this.#state === "created", "that a task is restored before anything else");
    for (const saved of lanes) {
      const lane = createLane(this.#config, saved.partition);
      lane.restore(saved);
      this.#lanes.set(saved.partition, lane);
    }
  }

  step(input: TaskInput): TaskEffects {
    invariant(this.#state !== "failed", "a failed task is left alone");
    try {
      this.#apply(input);
    } catch (error) {
      this.#become({ type: "crashed" });
      throw error;
    }
    const effects = {
      emissions: this.#emissions,
      pause: this.#pause,
      resume: this.#resume,
      matched: this.#matched,
      hasWork: this.#hasWork(),
    };
    this.#emissions = [];
    this.#pause = [];
    this.#resume = [];
    this.#matched = 0;
    return effects;
  }

  positions(): readonly Position[] {
    const moved: Position[] = [];
    for (const partition of this.#everyPartition()) {
      const position = partition.positions.settled;
      if (position === null || this.#acknowledged.get(partition) === position) continue;
      this.#acknowledged.set(partition, position);
      moved.push({ ...partition.place, position });
    }
    return moved;
  }

  #apply(input: TaskInput): void {
    switch (input.kind) {
      case "assigned":
        this.#assign(input.partitions, input.now);
        break;
      case "batch":
        this.#take(input.batch, input.readAt);
        break;
      case "ended":
        this.#end(input.partition);
        break;
      case "work":
        this.#work(input.maxEvents);
        break;
      case "tick":
        this.#tick(input);
        break;
      case "drain":
        this.#become({ type: "revoked" });
        break;
      case "close":
        this.#become({ type: "drained" });
        break;
      default:
        unreachable(input);
    }
  }

  #assign(partitions: readonly TopicPartition[], now: Instant): void {
    this.#become({ type: "assigned" });
    for (const { topic, partition } of partitions) {
      const lane = this.#lanes.get(partition) ?? createLane(this.#config, partition);
      this.#lanes.set(partition, lane);
      const state = lane.partitions.find((each) => each.place.topic === topic);
      invariant(state !== undefined, `topic ${topic} is an input`);
      state.assigned = true;
      state.activeAt = now;
    }
    this.#become({ type: "restored" });
  }

  #take(batch: InputBatch, readAt: Instant): void {
    const found = this.#find(batch);
    if (found === undefined || this.#state !== "running") return;
    const { lane, partition } = found;
    partition.caughtUp = batch.caughtUp;
    if (batch.records.length === 0) return;
    partition.idle = false;
    partition.activeAt = readAt;
    for (const record of batch.records) lane.take(partition, record, readAt, this.#emissions);
    lane.moveTime(BEGINNING);
    if (!lane.hasWork) this.#steer(lane);
  }

  #end(place: TopicPartition): void {
    const found = this.#find(place);
    if (found === undefined) return;
    found.partition.ended = true;
    found.lane.moveTime(BEGINNING);
    if (!found.lane.hasWork) this.#steer(found.lane);
  }

  #work(maxEvents: number): void {
    for (const lane of this.#lanes.values()) {
      if (!lane.hasWork) continue;
      this.#matched += lane.work(maxEvents - this.#matched, this.#emissions);
      if (!lane.hasWork) this.#steer(lane);
      if (this.#matched >= maxEvents) return;
    }
  }

  #tick(listening: Listening): void {
    for (const partition of this.#everyPartition()) markIdle(partition, this.#config.idleAfterMs, listening);
    const follow = idleTime([...this.#lanes.values()], listening, this.#config);
    for (const lane of this.#lanes.values()) {
      lane.moveTime(follow(lane));
      if (!lane.hasWork) this.#steer(lane);
    }
  }

  /**
   * Reading of a partition pauses while more of it waits than is allowed, and goes on when half of that is left; the same for how far
   * it runs ahead of the others. The one that all wait for is always read.
   */
  #steer(lane: Lane): void {
    const { maxReorderBytes: limit, maxDriftMs } = this.#config;
    for (const partition of lane.partitions) {
      const { bufferedBytes, paused, place } = partition;
      const holdsBack = isActive(partition) && partition.time.at <= lane.watermark;
      if (bufferedBytes > limit && holdsBack) throw reorderBufferFull(partition, limit);
      const driftMs = lane.watermark > BEGINNING ? partition.time.at - lane.watermark : 0;
      const isTooMuch = bufferedBytes > limit || (driftMs > maxDriftMs && !holdsBack);
      const isEnoughLess = 2 * bufferedBytes <= limit && 2 * driftMs <= maxDriftMs;
      if (!paused && isTooMuch) this.#pause.push(place);
      else if (paused && (holdsBack || isEnoughLess)) this.#resume.push(place);
      else continue;
      partition.paused = !paused;
    }
  }

  #hasWork(): boolean {
    for (const lane of this.#lanes.values()) if (lane.hasWork) return true;
    return false;
  }

  #find({ topic, partition }: TopicPartition): { readonly lane: Lane; readonly partition: PartitionState } | undefined {
    const lane = this.#lanes.get(partition);
    const state = lane?.partitions.find((each) => each.assigned && each.place.topic === topic);
    return lane === undefined || state === undefined ? undefined : { lane, partition: state };
  }

  *#everyPartition(): Generator<PartitionState> {
    for (const lane of this.#lanes.values()) yield* lane.partitions;
  }

  #become(event: TaskEvent): void {
    this.#state = nextTaskState(this.#state, event);
  }
}

function reorderBufferFull({ place, input, bufferedBytes }: PartitionState, limit: number): LimitError {
  return new LimitError(
    "REORDER_BUFFER_FULL",
    `Partition ${place.partition} of "${place.topic}" has ${bufferedBytes} bytes of events waiting for their turn within its own ` +
      `outOfOrderness of ${input.outOfOrdernessMs} ms, more than limits.maxReorderBytes, which is ${limit}. Raise it, or lower outOfOrderness.`,
  );
}
