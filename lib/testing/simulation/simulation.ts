// A whole service in a world: a broker, and processes that reach it over a network that may fail them.
//
//     createSimulation({ seed }) ─▶ instance("a") ─▶ { clock, ports, kill, pause, resume }
//                                ─▶ instance("b") ─▶ …                                        several, in one process

import type { Sink } from "../../runtime/ports.ts";
import type { ShardSource, StateLog } from "../../runtime/shard-ports.ts";
import type { Clock } from "../../time/clock.ts";
import { type BrokerSettings, createModelBroker, type ModelBroker } from "./broker.ts";
import type { Ask } from "./calls.ts";
import { createClient } from "./client.ts";
import { createGate, gatedClock } from "./instance.ts";
import { type Answered, connectThrough, type Fate, type Fates } from "./network.ts";
import { createModelShardSource, type ShardAssigner } from "./shard-source.ts";
import { createModelSink } from "./sink.ts";
import { createModelStateLog } from "./state-log.ts";
import { createWorld, type World } from "./world.ts";

export type SimulationOptions = {
  readonly seed: number;
  /** What happens to requests. Default: a healthy network. */
  readonly fates?: (world: World) => Fates;
  /** Markers are written at most so long after the decision, each by itself. Default 20. */
  readonly latestMarkerMs?: number;
  readonly requestTimeoutMs?: number;
  readonly settings?: Partial<BrokerSettings>;
  /** Is told of each answer of the broker, also of those that get lost. */
  readonly onAnswered?: (answered: Answered) => void;
};

export type ServiceOptions = {
  /** Names the group, the state topic and the transactional ids. */
  readonly app: string;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  readonly heartbeatEveryMs?: number;
  readonly transactionTimeoutMs?: number;
  /** How long what fails is tried again by the ports themselves. */
  readonly retryWithinMs?: number;
  readonly startFrom?: "earliest" | "latest";
  readonly maxBatchBytes?: number;
  /** How long a fetch waits for records. Default 500. */
  readonly fetchWaitMs?: number;
  readonly assign?: ShardAssigner;
};

/** `sink` is for at-least-once. */
export type ServicePorts = { readonly source: ShardSource; readonly state: StateLog; readonly sink: Sink };

/** A process. Once it is killed no promise of its ports settles and no handler of theirs is called. */
export type Instance = {
  readonly name: string;
  readonly clock: Clock;
  readonly ask: Ask;
  /** The ports of a service in this process. */
  connect(options: ServiceOptions): ServicePorts;
  /** kill -9. */
  kill(): void;
  /** SIGSTOP, SIGCONT. */
  pause(): void;
  resume(): void;
  isDead(): boolean;
};

export type Simulation = {
  readonly world: World;
  readonly broker: ModelBroker;
  /** Starts a process; names are for people, and may come again after a kill. */
  instance(name: string): Instance;
};

const REQUEST_TIMEOUT_MS = 10_000;
const LATEST_MARKER_MS = 20;

export function createSimulation(options: SimulationOptions): Simulation {
  const { seed, requestTimeoutMs = REQUEST_TIMEOUT_MS, latestMarkerMs = LATEST_MARKER_MS, settings = {} } = options;
  const { onAnswered } = options;
  const world = createWorld(seed);
  const markers = world.random("markers");
  const broker = createModelBroker({
    clock: world.clock,
    markerMs: () => markers.between(0, latestMarkerMs),
    settings,
    onDecided: (id, { epoch }, outcome) => world.trace(`${id} ${epoch} ${outcome}`),
  });
  const fates = (options.fates ?? healthy)(world);
  return {
    world,
    broker,
    instance: (name) => {
      const gate = createGate();
      const clock = gatedClock(world.clock, gate);
      const ask = connectThrough({ world, broker: broker.ask, fates, requestTimeoutMs, onAnswered }, name, gate);
      const told = (what: string, act: () => void) => (): void => {
        world.trace(`${name} ${what}`);
        act();
      };
      return {
        ...{ name, clock, ask },
        connect: (service) => connectService(service, { ask, clock, instance: name }),
        kill: told("killed", gate.kill),
        pause: told("paused", gate.pause),
        resume: told("resumed", gate.resume),
        isDead: gate.isDead,
      };
    },
  };
}

/** Nothing is lost; each way takes up to 3 ms. */
export function healthy(world: World): Fates {
  const delays = world.random("delays");
  return (): Fate => ({
    requestMs: delays.between(0, 3),
    answerMs: delays.between(0, 3),
    lost: null,
    noticedMs: 0,
    isDoubled: false,
  });
}

function connectService(
  options: ServiceOptions,
  process: { readonly ask: Ask; readonly clock: Clock; readonly instance: string },
): ServicePorts {
  const { app, sessionTimeoutMs = 10_000, retryWithinMs = 30_000 } = options;
  const client = createClient({ ...process, retryWithinMs });
  return {
    source: createModelShardSource({
      ...{
        rebalanceTimeoutMs: 30_000,
        heartbeatEveryMs: 1_000,
        startFrom: "earliest",
        maxBatchBytes: 65_536,
        fetchWaitMs: 500,
      },
      ...options,
      ...process,
      ...{ client, group: app, sessionTimeoutMs },
    }),
    state: createModelStateLog({
      transactionTimeoutMs: Math.min(10_000, Math.floor((sessionTimeoutMs * 2) / 3)),
      ...options,
      ...{ clock: process.clock, client },
    }),
    sink: createModelSink({ client, clock: process.clock }),
  };
}
