// The processes of a service in a world: they are started, killed, stopped for a while, told to leave, and started as a newer release.
import type { Engine } from "../../../../lib/runtime/engine.ts";
import type { Sink } from "../../../../lib/runtime/ports.ts";
import { type ShardEngineConfig, startShardEngine } from "../../../../lib/runtime/shard/engine.ts";
import type { StateLog } from "../../../../lib/runtime/shard-ports.ts";
import type { TaskConfig } from "../../../../lib/runtime/task.ts";
import type { Random } from "../../../../lib/testing/simulation/random.ts";
import type { Instance, Simulation } from "../../../../lib/testing/simulation/simulation.ts";
import type { Clock } from "../../../../lib/time/clock.ts";
import { config, input } from "../../../runtime/kit.ts";
import type { History } from "./history.ts";
import { INPUTS, type Load } from "./load.ts";
import { changed, echoing, revived, type Wanted, wantedBy } from "./patterns.ts";
import type { Move, Service } from "./story.ts";

export const APP = "shop";
export const OUTPUTS = ["alerts", "timed-out", "late", "dead"] as const;
/** Of each that the service opens. */
export const OUTPUT_PARTITIONS = 4;
export const SESSION_MS = 6_000;
/** Of silence: longer than anything is held up while the service is hurt. */
export const IDLE_AFTER_MS = 30_000;
/** Older releases than the first have a number, too. */
export const FIRST_RELEASE = 2;

export type Told = { readonly level: string; readonly message: string; readonly fields: object; readonly at: number };

export type Process = {
  readonly instance: Instance;
  readonly engine: Engine;
  readonly release: Release;
  readonly told: Told[];
  /** Codes of errors that it may end with. */
  readonly mayFailWith: Set<string>;
  error: { readonly code?: string } | null;
  /** Stopped in good order. */
  isOver: boolean;
};

export type Release = {
  readonly number: number;
  readonly wanted: readonly Wanted[];
  /** What becomes of runs of patterns that it has not. */
  readonly oldRuns: "drain" | "drop";
};
/** What a process has of its own. */
export type Difference = {
  readonly release?: Release;
  readonly shards?: number;
  readonly onDataLoss?: "fail" | "continue";
  readonly mayFailWith?: readonly string[];
};

export type Crew = {
  readonly processes: readonly Process[];
  /** All there were; the last is what processes are of that are started now. */
  readonly releases: readonly Release[];
  release(): Release;
  start(difference?: Difference): Process;
  /** From now on processes have these patterns. Those of the releases before may find that they are too old. */
  upgrade(how: Omit<Extract<Move, { does: "upgrade" }>, "does" | "atMs">): void;
  /** From now on processes go on where input is gone. */
  goOnWithoutInput(): void;
  living(): readonly Process[];
  named(instance: string): Process | undefined;
  /** What the processes said last, for people. */
  story(): string;
};

export function createCrew(simulation: Simulation, service: Service, load: Load, history: History): Crew {
  const processes: Process[] = [];
  const began = simulation.world.clock.now();
  const releases: Release[] = [{ number: FIRST_RELEASE, wanted: wantedBy(service), oldRuns: "drop" }];
  const latest = (): Release => releases.at(-1) as Release;
  let onDataLoss: "fail" | "continue" = "fail";

  const start = ({ mayFailWith = [], ...difference }: Difference = {}): Process => {
    const of = difference.release ?? latest();
    const instance = simulation.instance(`i${processes.length}`);
    const ports = instance.connect({
      ...{ app: APP, sessionTimeoutMs: SESSION_MS, rebalanceTimeoutMs: 8_000, heartbeatEveryMs: 2_000 },
      ...{ maxBatchBytes: service.maxBatchBytes, fetchWaitMs: 5_000 },
    });
    const told: Told[] = [];
    const engine = startShardEngine(engineConfig(service, load, instance.name, of, { onDataLoss, ...difference }), {
      ...{ source: ports.source, clock: instance.clock },
      state: remembered(ports.state, async (shard) => {
        if (releases.length > 1) await history.look(shard);
      }),
      sink: slowly(ports.sink, instance.clock, simulation.world.random(`sink of ${instance.name}`), service),
      log: (level, message, fields = {}) => told.push({ level, message, fields, at: instance.clock.now() - began }),
    });
    const process: Process = {
      instance,
      engine,
      release: of,
      told,
      mayFailWith: new Set(mayFailWith),
      error: null,
      isOver: false,
    };
    engine.done.then(
      () => {
        process.isOver = true;
      },
      (error: { readonly code?: string }) => {
        process.error = error;
      },
    );
    processes.push(process);
    return process;
  };

  return {
    processes,
    releases,
    release: latest,
    start,
    upgrade: ({ losesOne, changesOne, oldRuns }) => {
      const { number, wanted } = latest();
      const own = wanted.filter(({ pattern: { name } }) => name !== "new");
      const left = losesOne && own.length > 1 ? own.slice(0, -1) : own;
      const kept = left.map((each, index) => (changesOne && index === 0 ? changed(each) : each));
      const isNew = own.length === wanted.length;
      releases.push({ number: number + 1, wanted: isNew ? [echoing("new"), ...kept] : kept, oldRuns });
      for (const process of processes) process.mayFailWith.add("SUPERSEDED");
    },
    goOnWithoutInput: () => {
      onDataLoss = "continue";
    },
    living: () => processes.filter(({ instance, error, isOver }) => !(isOver || instance.isDead()) && error === null),
    named: (name) => processes.find(({ instance }) => instance.name === name),
    story: () =>
      processes
        .map(({ instance, error, told, release: { number } }) => {
          const state = instance.isDead() ? " (dead)" : "";
          const lines = told
            .slice(-6)
            .map(({ at, level, message, fields }) => `${at} ${level} ${message} ${JSON.stringify(fields)}`);
          return [`${instance.name}${state}, release ${number} ${error ?? ""}`, ...lines].join("\n  ");
        })
        .join("\n"),
  };
}

/** What is deleted was looked at before. */
function remembered(state: StateLog, look: History["look"]): StateLog {
  return {
    ...state,
    trim: async (shard, before) => {
      await look(shard);
      await state.trim(shard, before);
    },
  };
}

/** As if whoever takes the alerts were busy, for longer than a checkpoint takes. */
function slowly(sink: Sink, clock: Clock, random: Random, { latestSendMs }: Service): Sink {
  return {
    ...sink,
    send: async (records) => {
      await new Promise<void>((resolve) => void clock.after(random.between(0, latestSendMs), resolve));
      await sink.send(records);
    },
  };
}

function engineConfig(
  service: Service,
  load: Load,
  instance: string,
  { number, wanted, oldRuns }: Release,
  { shards = service.shards, onDataLoss }: Difference & Pick<ShardEngineConfig, "onDataLoss">,
): ShardEngineConfig {
  const { commitEveryMs, saveEveryMs, trimEveryMs, minLogBytes, maxUnsentBytes, maxQueuedBytes } = service;
  const patterns = wanted.map(({ pattern }) => pattern);
  return {
    ...{
      task: taskConfig(service, load, patterns),
      oldForms: {
        choice: () => oldRuns,
        revive: (forms) => ({ task: taskConfig(service, load, [...patterns, ...forms.map(revived)]), outputs: [] }),
      },
      outputs: OUTPUTS,
      shards,
      onDataLoss,
      guarantee: service.guarantee,
    },
    ...{ stopWithinMs: 60_000, retryWithinMs: 60_000, maxQueuedBytes, maxUnsentBytes },
    identity: {
      ...{ app: APP, instance, release: number },
      patterns: wanted.map(({ pattern: { name, version }, fingerprint, form }) => ({
        name,
        version,
        fingerprint,
        form,
      })),
    },
    pace: { commitEveryMs, saveEveryMs, trimEveryMs, minLogBytes, maxQueuedBytes, maxUnsentBytes },
  };
}

/** How records are judged and matched, with these patterns. */
export function taskConfig(service: Service, load: Load, patterns: TaskConfig["patterns"]): TaskConfig {
  const topics = INPUTS.slice(0, service.topics);
  const isSilent = service.ends === "silence";
  return config({
    inputs: topics.map((topic, index) => input(topic, { outOfOrdernessMs: load.outOfOrderness(index) })),
    patterns,
    whenAllIdle: isSilent ? "clock" : "hold",
    idleAfterMs: isSilent ? IDLE_AFTER_MS : 1e9,
  });
}
