// Transports and a clock for the specs of the engine: they do what they are told and remember what was done to them.

import { TransportError } from "../../lib/core/errors.ts";
import { type Engine, type EngineConfig, type EnginePorts, startEngine } from "../../lib/runtime/engine.ts";
import type {
  InputRecord,
  OutputRecord,
  Sink,
  Source,
  SourceHandler,
  TopicPartition,
} from "../../lib/runtime/ports.ts";
import type { Position } from "../../lib/runtime/task.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { config, json, NOW, record } from "./kit.ts";

export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets everything happen that can happen without the clock. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await breathe();
}

export interface ManualClock extends Clock {
  /** Timers that are set. */
  readonly waiting: number;
  /** Moves time on, calls what is due on the way, and lets it settle. */
  advance(ms: number): Promise<void>;
  /** Moves time on as for a process that is stopped: what is due meanwhile is called at the end. */
  sleep(ms: number): Promise<void>;
}

export function manualClock(stepMs = 0): ManualClock {
  let now = NOW;
  let timers: { readonly at: number; readonly act: () => void }[] = [];
  return {
    now: () => {
      now += stepMs;
      return now;
    },
    after(delayMs, act) {
      const timer = { at: now + delayMs, act };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    breathe,
    get waiting() {
      return timers.length;
    },
    async sleep(ms) {
      now += ms;
      await this.advance(0);
    },
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((each) => each !== due);
        now = Math.max(now, due.at);
        due.act();
        await settle(5);
      }
      now = until;
      await settle(5);
    },
  };
}

/** A source that the spec speaks for. */
export interface HandSource extends Source {
  handler: SourceHandler;
  readonly done: string[];
  readonly acknowledged: Map<string, bigint>;
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

export function handSource(over: Partial<Source> = {}): HandSource {
  const done: string[] = [];
  const acknowledged = new Map<string, bigint>();
  const source: HandSource = {
    handler: undefined as unknown as SourceHandler,
    done,
    acknowledged,
    partitionCount: async () => 1,
    start: async (topics, handler) => {
      source.handler = handler;
      handler.onAssigned(topics.map((topic) => ({ topic, partition: 0 })));
    },
    pause: (place) => done.push(`pause ${nameOf(place)}`),
    resume: (place) => done.push(`resume ${nameOf(place)}`),
    acknowledge: async (positions) => {
      for (const position of positions) acknowledged.set(nameOf(position), position.position);
    },
    stop: async () => {
      done.push("stop");
    },
    ...over,
  };
  return source;
}

/** A source that reads logs from given positions, in pieces, and ends with them. It obeys pauses. */
export function logSource(
  logs: ReadonlyMap<string, readonly InputRecord[]>,
  options: {
    readonly from?: ReadonlyMap<string, bigint>;
    readonly pieces?: number;
    readonly onAcknowledge?: (position: Position) => void;
  } = {},
): HandSource {
  const places = [...logs.keys()].map((name) => {
    const [topic = "", partition = "0"] = name.split("/");
    return { topic, partition: Number(partition) };
  });
  const paused = new Set<string>();
  let stopped = false;
  const pump = async (handler: SourceHandler): Promise<void> => {
    const left = new Map(
      [...logs].map(([name, records]) => [
        name,
        records.filter(({ offset }) => offset >= (options.from?.get(name) ?? 0n)),
      ]),
    );
    while (left.size > 0 && !stopped) {
      await breathe();
      for (const place of places) {
        const records = left.get(nameOf(place));
        if (records === undefined || paused.has(nameOf(place)) || stopped) continue;
        const piece = records.splice(0, options.pieces ?? 3);
        handler.onBatch({ ...place, records: piece, caughtUp: records.length === 0 });
        if (records.length > 0) continue;
        left.delete(nameOf(place));
        handler.onEnd(place);
      }
    }
  };
  const source = handSource({
    partitionCount: async (topic) => places.filter((place) => place.topic === topic).length,
    start: async (_, handler) => {
      source.handler = handler;
      handler.onAssigned(places);
      pump(handler).catch((error: Error) => handler.onFailure(error));
    },
    pause: (place) => {
      source.done.push(`pause ${nameOf(place)}`);
      paused.add(nameOf(place));
    },
    resume: (place) => {
      source.done.push(`resume ${nameOf(place)}`);
      paused.delete(nameOf(place));
    },
    acknowledge: async (positions) => {
      for (const position of positions) {
        options.onAcknowledge?.(position);
        source.acknowledged.set(nameOf(position), position.position);
      }
    },
    stop: async () => {
      stopped = true;
      source.done.push("stop");
    },
  });
  return source;
}

/** A sink that remembers what is safe. */
export interface HandSink extends Sink {
  readonly safe: OutputRecord[];
  readonly opened: string[];
  isClosed: boolean;
}

export function handSink(
  send?: (records: readonly OutputRecord[]) => Promise<void>,
  over: Partial<Sink> = {},
): HandSink {
  const sink: HandSink = {
    safe: [],
    opened: [],
    isClosed: false,
    open: async (topics) => {
      sink.opened.push(...topics);
    },
    send: async (records) => {
      await send?.(records);
      sink.safe.push(...records);
    },
    close: async () => {
      sink.isClosed = true;
    },
    ...over,
  };
  return sink;
}

export type Started = { readonly engine: Engine; readonly logged: string[] };

export function start(
  ports: Pick<EnginePorts, "source" | "sink"> & Partial<EnginePorts>,
  options: { readonly task?: Parameters<typeof config>[0] } & Partial<Omit<EngineConfig, "task">> = {},
): Started {
  const { task, ...rest } = options;
  const logged: string[] = [];
  const engine = startEngine(
    {
      task: config(task),
      outputs: ["alerts", "late", "dead"],
      stopWithinMs: 10_000,
      retryWithinMs: 60_000,
      maxQueuedBytes: 1e6,
      maxUnsentBytes: 1e6,
      ...rest,
    },
    { clock: manualClock(), log: (level, message) => logged.push(`${level} ${message}`), ...ports },
  );
  return { engine, logged };
}

/** Events of one key, a millisecond apart, each an alert. */
export const events = (count: number, from = 0): readonly InputRecord[] =>
  Array.from({ length: count }, (_, n) => record(from + n, { k: "a", t: from + n, hit: true }));

export const place = { topic: "in", partition: 0 };

export const refused = (): TransportError => new TransportError("REFUSED", "The sink refuses.", { retriable: false });

/** Of which records there are alerts. */
export const offsetsOf = (records: readonly OutputRecord[]): readonly number[] =>
  records
    .filter(({ topic }) => topic === "alerts")
    .map((each) => Number((json(each)["provenance"] as { offset: string }[])[0]?.offset));

/** Whether a promise is still waiting. */
export async function isWaiting(promise: Promise<unknown>): Promise<boolean> {
  await settle();
  return (
    (await Promise.race([
      promise.then(
        () => "over",
        () => "over",
      ),
      Promise.resolve("waiting"),
    ])) === "waiting"
  );
}
