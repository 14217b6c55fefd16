// One shard at work: takes it over, matches what comes, and commits what was said stretch by stretch, until it is lost, told to
// stop, or cannot go on.
//
//     acquire ─▶ task restored ─▶ read ─▶ intake ─▶ task ─▶ outlet ─┐
//        ▲                                                         cut between two pieces of work
//        └── overtaken: drop everything ◀── keeper ◀── stretch ◀───┘        while it is on its way, matching goes on
//
// Nothing that counts is held by it alone: what was not committed is read and said again by whoever has the shard next. So whatever
// ends it, forgetting is enough.

import type { Sliced } from "../../core/slices.ts";
import { duel } from "../../state/state-error.ts";
import { BEGINNING, type Instant } from "../../time/instant.ts";
import type { Emission } from "../alert.ts";
import { createFlow, type Flow } from "../flow.ts";
import { createIntake, type Intake } from "../intake.ts";
import type { InputBatch, TopicPartition } from "../ports.ts";
import type { ShardSource, StateLog } from "../shard-ports.ts";
import type { Task, TaskInput } from "../task.ts";
import type { Turns } from "../turns.ts";
import { createWake, type Wake } from "../wake.ts";
import { type Acquired, acquire } from "./acquire.ts";
import { lanesOf, type ShardContext, statePlace } from "./context.ts";
import { createKeeper, type Keeper, type Kept } from "./keeper.ts";
import type { Outlet } from "./outlet.ts";
import type { ShardPace, ShardShare } from "./pace.ts";
import { restore } from "./restore.ts";
import { type SavedForm, type Stretch, stretchOf } from "./stretch.ts";

export type ShardRunOptions = Omit<ShardContext, "isOurs"> & {
  readonly source: Pick<
    ShardSource,
    "proveMembership" | "bounds" | "beginnings" | "read" | "pause" | "resume" | "show"
  >;
  readonly state: Pick<StateLog, "takeOver" | "bounds" | "read" | "trim" | "partitionOf">;
  readonly pace: ShardPace;
  readonly share: ShardShare;
  /** Makes the way out of what is said, each time the shard is taken over. */
  readonly createOutlet: () => Outlet;
  /** Shared by all shards of the process. */
  readonly turns: Turns;
  /** Asked before a checkpoint is cut that is due: how long it has to wait for those of others; 0: not at all, and it is cut. */
  readonly waitForTurn: () => number;
  /** Of what an emission is, when it is said: it may never be committed, or be said again. */
  readonly onSaid: (emission: Emission) => void;
};

/** A shard at work. */
export interface ShardRun {
  readonly shard: number;
  /** `null` while it is being restored. */
  readonly task: Task | null;
  readonly intake: Intake;
  readonly flow: Flow;
  readonly outlet: Outlet;
  /** Resolves when it is lost or has stopped. @throws {CheckpointError | ConfigError | LimitError | TransportError} when it cannot go on. */
  readonly done: Promise<void>;
  /** Records of one of its partitions. */
  push(batch: InputBatch): void;
  /** Looks for silence; `elsewhere`: the slowest active lane of the other shards of this process. */
  tick(wasAbsent: boolean, elsewhere: Instant | undefined): void;
  /** Something that was said is safe now. */
  sent(): void;
  /**
   * Matches nothing more until `rejoined`, and saves what was said; resolves when it is saved, or nothing will be. Never fails. What
   * was not taken by then is not taken either if it is told to stop, before or after: it ends when it is saved.
   */
  saveNow(): Promise<void>;
  /** The group was joined anew, and has given it to this process once more. */
  rejoined(): void;
  /** The group gave it to somebody else. */
  lose(): void;
  /** Takes nothing more, commits what was taken, and ends. */
  stop(): void;
}

/** Overtaken so often in so short a time without having been out of the group: somebody is in another one. */
const DUEL_TIMES = 5;
const DUEL_MS = 300_000;

/** While the group shares out anew nobody knows whose the shard is next. */
type Standstill = {
  /** Whether all that was said before is in a stretch that was cut. */
  isCut: boolean;
  readonly saved: () => void;
};

/** Short, since answers from outside wait for a slice, and one commit is made of several answers. */
const SLICE_MS = 4;
const MAX_PIECE_RECORDS = 64;
const MAX_PIECE_EVENTS = 256;

/** Starts at once. */
export function runShard(options: ShardRunOptions): ShardRun {
  return new ShardAtWork(options);
}

class ShardAtWork implements ShardRun {
  readonly shard: number;
  readonly done: Promise<void>;
  readonly flow: Flow;
  intake: Intake = createIntake();
  task: Task | null = null;
  outlet: Outlet;
  readonly #options: ShardRunOptions;
  readonly #context: ShardContext;
  readonly #wake: Wake = createWake();
  /** Of the patterns of the task. */
  #forms: readonly SavedForm[] = [];
  /** Whether anything was taken, matched or said since the last cut. */
  #hasNews = false;
  /** Records that were taken since then. */
  #taken = 0;
  #hasWork = false;
  #cutAt: Instant = BEGINNING;
  /** Others have their turn to cut until then. */
  #cutNotBefore: Instant = BEGINNING;
  /** A stretch that is being frozen, slice by slice: until it is done nothing is matched. */
  #cutting: Sliced<void> | null = null;
  #committing: Promise<void> | null = null;
  #standstill: Standstill | null = null;
  #kept: Kept = "committed";
  /** When it was, since the group was joined last: while a process sleeps, the group gives its shards to others. */
  #overtaken: readonly Instant[] = [];
  #isLost = false;
  #isStopping = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(options: ShardRunOptions) {
    this.#options = options;
    this.shard = options.shard;
    this.flow = createFlow(options.source);
    this.outlet = options.createOutlet();
    this.#context = { ...options, isOurs: () => !this.#isLost && (this.task !== null || !this.#isStopping) };
    this.done = this.#run();
  }

  push(batch: InputBatch): void {
    if (this.task === null || this.#isStopping) return;
    this.intake.push({ kind: "batch", batch, readAt: this.#options.clock.now() });
    if (this.intake.bytes > this.#options.share.maxQueuedBytes()) this.flow.holdAll("queue");
    this.#wake.notify();
  }

  tick(wasAbsent: boolean, elsewhere: Instant | undefined): void {
    const { task, intake, flow } = this;
    if (task === null || this.#failure !== null || this.#cutting !== null || this.#standstill !== null) return;
    const isHeld = (place: TopicPartition): boolean => flow.isHeld(place) || intake.holds(place);
    this.#attempt(() =>
      this.#step(task, { kind: "tick", now: this.#options.clock.now(), isHeld, wasAbsent, elsewhere }),
    );
    this.#wake.notify();
  }

  sent(): void {
    this.#wake.notify();
  }

  saveNow(): Promise<void> {
    if (this.task === null || this.#isOver()) return Promise.resolve();
    this.#standstill?.saved();
    return new Promise((saved) => {
      this.#standstill = { isCut: false, saved };
      this.#wake.notify();
    });
  }

  rejoined(): void {
    this.#overtaken = [];
    this.#goOn();
  }

  lose(): void {
    this.#isLost = true;
    this.#goOn();
  }

  stop(): void {
    this.#isStopping = true;
    if (this.task !== null) this.flow.holdAll("stop");
    this.#wake.notify();
  }

  async #run(): Promise<void> {
    const { clock, identity, log } = this.#options;
    while (!this.#isLost && !this.#isStopping) {
      const acquired = await acquire(this.#context, this.#options.pace.minLogBytes);
      if (acquired === null) return;
      if ((await this.#keep(acquired)) !== "overtaken") return;
      this.#forget();
      this.#options.meter.overtaken();
      this.#overtaken = [...this.#overtaken.filter((at) => at > clock.now() - DUEL_MS), clock.now()];
      if (this.#overtaken.length >= DUEL_TIMES) throw duel(statePlace(this.#context), identity.app);
      log("warn", "a shard is not as this process left it and is taken over afresh", { shard: this.shard });
    }
  }

  /** Until it ends, in one way or another. */
  async #keep(acquired: Acquired): Promise<Kept> {
    const keeper = createKeeper(this.#context, acquired, this.#options.pace.trimEveryMs);
    try {
      if (!(await this.#begin(acquired))) return "lost";
      while (!this.#isOver()) {
        await this.#turn(keeper);
        if (this.#isSaved()) this.#standstill?.saved();
      }
      if (this.#committing !== null) await this.#committing;
      if (this.#failure !== null) throw this.#failure.error;
      return this.#kept;
    } finally {
      this.#goOn();
      await keeper.close();
    }
  }

  /** Puts the task where the shard stands, and lets reading begin there; `false`: the shard was lost meanwhile. */
  async #begin(acquired: Acquired): Promise<boolean> {
    const { clock, identity, meter, source, topics } = this.#options;
    const task = await restore(this.#context, acquired);
    if (task === null) return false;
    const { forms, isChanged, lanes, seq } = acquired;
    const places = lanesOf(this.shard, identity).flatMap((partition) => topics.map((topic) => ({ topic, partition })));
    this.#forms = forms;
    this.intake = createIntake();
    this.task = task;
    this.#hasNews = seq === 0 || isChanged;
    if (this.#hasNews) meter.waits();
    this.#cutAt = BEGINNING;
    this.#kept = "committed";
    this.#step(task, { kind: "assigned", partitions: places, now: clock.now() });
    for (const lane of lanes)
      for (const { topic, from } of lane.inputs) source.read({ topic, partition: lane.partition }, BigInt(from ?? 0));
    this.flow.releaseAll("queue");
    this.flow.assigned(places);
    return true;
  }

  #forget(): void {
    this.#options.account.end(this.task?.lanes ?? []);
    this.task = null;
    this.outlet = this.#options.createOutlet();
    this.#cutting = null;
    this.#committing = null;
    this.#hasWork = false;
  }

  /** Whether all that it is going to take is committed. */
  #isSaved(): boolean {
    if (this.#committing !== null || this.#cutting !== null) return false;
    if (this.#standstill !== null) return this.#standstill.isCut || !this.#hasNews;
    return this.intake.isEmpty && !this.#hasWork && !this.#hasNews;
  }

  #goOn(): void {
    this.#standstill?.saved();
    this.#standstill = null;
    this.#wake.notify();
  }

  #isOver(): boolean {
    if (this.#failure !== null || this.#isLost || this.#kept !== "committed") return true;
    return this.#isStopping && this.#isSaved();
  }

  async #turn(keeper: Keeper): Promise<void> {
    const { clock } = this.#options;
    const isCutting = this.#cutting !== null;
    const canWork = this.#canWork();
    if (canWork) this.#attempt(() => this.#slice());
    this.outlet.flush();
    const inMs = this.#cutInMs();
    if (inMs !== null && inMs <= 0) this.#attempt(() => this.#cutInTurn(keeper));
    if (this.#cutting !== null) this.#attempt(() => this.#goOnCutting(this.#cutting as Sliced<void>));
    if (canWork || isCutting || this.#cutting !== null) return this.#options.turns.next();
    const cancel = inMs === null || inMs <= 0 ? null : clock.after(inMs, () => this.#wake.notify());
    await this.#wake.wait();
    cancel?.();
  }

  /** Works for a while, or until it is time to cut. Nothing new is taken while there is work: then every moment between is one to cut at. */
  #slice(): void {
    const { clock, share } = this.#options;
    const task = this.task as Task;
    const until = clock.now() + SLICE_MS;
    do {
      const input: TaskInput | null = this.#hasWork
        ? { kind: "work", maxEvents: MAX_PIECE_EVENTS }
        : this.intake.next(MAX_PIECE_RECORDS);
      if (input === null) break;
      this.#step(task, input);
    } while (clock.now() < until && this.#canWork() && (this.#cutInMs() ?? 1) > 0);
    if (2 * this.intake.bytes <= share.maxQueuedBytes()) this.flow.releaseAll("queue");
  }

  #step(task: Task, input: TaskInput): void {
    const { emissions, matched, pause, resume, hasWork } = task.step(input);
    if (emissions.length > 0 || matched > 0 || (input.kind === "batch" && input.batch.records.length > 0)) {
      this.#hasNews = true;
      this.#options.meter.waits();
    }
    if (input.kind === "batch") this.#taken += input.batch.records.length;
    this.#hasWork = hasWork;
    this.outlet.say(emissions);
    for (const emission of emissions) this.#options.onSaid(emission);
    for (const partition of pause) this.flow.hold(partition, "time");
    for (const partition of resume) this.flow.release(partition, "time");
  }

  #canWork(): boolean {
    const isHeldUp = this.#cutting !== null || this.#standstill !== null;
    return (this.#hasWork || !this.intake.isEmpty) && !this.#isFull() && !isHeldUp;
  }

  #isFull(): boolean {
    return this.outlet.bytes > this.#options.share.maxUnsentBytes();
  }

  /** How long until the next cut is due; `null`: there is nothing to commit, or something is on its way. */
  #cutInMs(): number | null {
    if (this.#committing !== null || !this.#hasNews || this.#cutting !== null) return null;
    if (this.#isInHaste()) return 0;
    return Math.max(this.#cutAt + this.#everyMs(), this.#cutNotBefore) - this.#options.clock.now();
  }

  #everyMs(): number {
    const { commitEveryMs, manyRecords = Number.POSITIVE_INFINITY, saveEveryMs } = this.#options.pace;
    return this.outlet.waits || this.#taken >= manyRecords ? commitEveryMs : saveEveryMs;
  }

  /** Whether somebody waits for the cut: for more room, for the end, or with joining the group. */
  #isInHaste(): boolean {
    return this.#isStopping || this.#standstill?.isCut === false || (this.outlet.waits && this.#isFull());
  }

  #cutInTurn(keeper: Keeper): void {
    const { clock, meter, waitForTurn } = this.#options;
    const waitMs = this.#isInHaste() ? 0 : waitForTurn();
    this.#cutNotBefore = clock.now() + waitMs;
    if (waitMs > 0) {
      this.#wake.notify();
      return;
    }
    if (this.#standstill !== null) this.#standstill.isCut = true;
    meter.cut(this.#everyMs());
    this.#cutting = this.#cut(keeper);
  }

  /** Freezes for a while. */
  #goOnCutting(cutting: Sliced<void>): void {
    const { clock } = this.#options;
    for (const until = clock.now() + SLICE_MS; this.#cutting !== null && clock.now() < until; )
      if (cutting.next().done === true) this.#cutting = null;
  }

  *#cut(keeper: Keeper): Sliced<void> {
    const { clock, pace, source, state } = this.#options;
    const { outlet } = this;
    const task = this.task as Task;
    const begunAt = clock.now();
    const carried = outlet.cut();
    this.#taken = 0;
    const stretch: Stretch = yield* stretchOf(task, this.#forms, carried, keeper.due(), (record) =>
      state.partitionOf(record),
    );
    const positions = task.positions();
    this.#hasNews = this.#hasWork;
    if (this.#hasNews) this.#options.meter.waits();
    // However long freezing took, half of the time is for matching.
    this.#cutAt = Math.max(begunAt, clock.now() - pace.commitEveryMs / 2);
    const settled = (kept: Kept): void => {
      this.#kept = kept;
      if (kept !== "committed") return;
      outlet.committed(carried);
      source.show(positions);
    };
    this.#committing = outlet
      .confirmed()
      .then(() => (this.#isLost ? "lost" : keeper.commit(stretch)))
      .then(settled, (error) => this.#fail(error))
      .finally(() => {
        this.#committing = null;
        this.#wake.notify();
      });
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }
}
