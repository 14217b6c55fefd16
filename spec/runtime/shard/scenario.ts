// A service of several processes on the small log: it is hurt, then left alone, and in the end its committed alerts are
// compared with those of one task that read everything undisturbed.

import { PatternError } from "../../../lib/core/errors.ts";
import type { Engine } from "../../../lib/runtime/engine.ts";
import type { Sink } from "../../../lib/runtime/ports.ts";
import type { KnownPattern } from "../../../lib/runtime/shard/context.ts";
import { startShardEngine } from "../../../lib/runtime/shard/engine.ts";
import type { Guarantee } from "../../../lib/runtime/shard/outlet.ts";
import type { ShardSource, StateLog } from "../../../lib/runtime/shard-ports.ts";
import type { TaskConfig } from "../../../lib/runtime/task.ts";
import { createReplay } from "../../../lib/state/replay.ts";
import { config, drained, echo, input, originOf, record, startTask, type Told } from "../kit.ts";
import { type Fate, type Member, SmallLog, type Step } from "./small-log.ts";
import { Process, type SmallWorld, smallWorld } from "./small-world.ts";

export const PARTITIONS = 4;
export const SHARDS = 2;
const TOPICS = ["x", "y"];
const APP = "shop";

/** What a process may have that is not as with the others. */
export type Different = {
  readonly guarantee?: Guarantee;
  readonly app?: string;
  readonly release?: number;
  /** Names of patterns, each with a fingerprint that stands behind a colon; one that ends in "()" has functions, in "?" no form. */
  readonly patterns?: readonly string[];
  readonly changedPatterns?: "drain" | "drop";
  /** A form that is no pattern to it. */
  readonly unreadable?: string;
  readonly shards?: number | null;
  readonly task?: Partial<TaskConfig>;
  readonly onDataLoss?: "fail" | "continue";
  readonly lookEveryMs?: number;
  readonly manyRecords?: number;
  readonly state?: (state: StateLog) => StateLog;
  readonly source?: (source: ShardSource) => ShardSource;
  readonly sink?: (sink: Sink) => Sink;
};

/** Longer than any broker would call a member alive. */
export const SESSION_MS = 10_000;

export function taskConfig(patterns: readonly string[] = ["p", "q"]): TaskConfig {
  return config({
    inputs: [input("x", { outOfOrdernessMs: 20 }), input("y", { outOfOrdernessMs: 5 })],
    patterns: patterns.map((each) => echo(nameOf(each))),
    whenAllIdle: "hold",
    idleAfterMs: 1e9,
  });
}

function unreadable(): PatternError {
  const problem = { severity: "error", path: [], message: "It is not read.", remedy: "Run the old version." } as const;
  return new PatternError("?", [{ code: "JSON_SHAPE", ...problem }]);
}

/** Of a pattern as it is called here, such as "p:2". */
function nameOf(pattern: string): string {
  return pattern.replace(/:.*/, "");
}

function known(pattern: string): KnownPattern {
  const hasFunctions = pattern.endsWith("()");
  return {
    ...{ name: nameOf(pattern), version: 1, fingerprint: pattern },
    ...(hasFunctions ? { functions: ["select"] } : {}),
    form: hasFunctions || pattern.endsWith("?") ? null : pattern,
  };
}

export type Instance = {
  readonly engine: Engine;
  readonly member: Member;
  readonly logged: string[];
  /** Of the same lines. */
  readonly fields: object[];
  error: unknown;
};

export class Scenario {
  readonly world: SmallWorld;
  readonly log: SmallLog;
  readonly instances: Instance[] = [];
  /** How much time goes by whenever a process looks at its clock. */
  slowMs = 0;
  #appended = 0;
  #end = new Map<string, number>();
  #expected: readonly string[] | null = null;

  constructor(seed: number, fate: (step: Step, member: Member) => Fate = () => "done") {
    this.world = smallWorld(seed);
    this.log = new SmallLog(this.world, SHARDS);
    this.log.fate = fate;
    for (const topic of TOPICS)
      for (let partition = 0; partition < PARTITIONS; partition += 1) this.log.inputs.set(`${topic}/${partition}`, []);
  }

  start(different: Different = {}): Instance {
    const process = new Process();
    const name = `i${this.instances.length}`;
    const { member, source, state, sink } = this.log.connect(name, process);
    const {
      guarantee = "exactly-once",
      app = APP,
      release = 1,
      patterns = ["p", "q"],
      shards = SHARDS,
      onDataLoss = "fail",
    } = different;
    const logged: string[] = [];
    const fields: object[] = [];
    const engine = startShardEngine(
      {
        task: { ...taskConfig(patterns), ...different.task },
        outputs: ["alerts", "late", "dead"],
        stopWithinMs: 30_000,
        retryWithinMs: 60_000,
        maxQueuedBytes: 20_000,
        maxUnsentBytes: 4_000,
        identity: {
          app,
          instance: name,
          release,
          patterns: patterns.map(known),
        },
        oldForms: {
          choice: () => different.changedPatterns ?? "drop",
          revive: (forms) => {
            if (forms.some((form) => form === different.unreadable)) throw unreadable();
            const base = { ...taskConfig(patterns), ...different.task };
            const old = forms.map((form) => drained(echo(nameOf(form))));
            return { task: { ...base, patterns: [...base.patterns, ...old] }, outputs: ["alerts"] };
          },
        },
        shards,
        guarantee,
        pace: {
          minLogBytes: 0,
          commitEveryMs: 100,
          saveEveryMs: 500,
          trimEveryMs: 300,
          ...(different.lookEveryMs === undefined ? {} : { lookEveryMs: different.lookEveryMs }),
          ...(different.manyRecords === undefined ? {} : { manyRecords: different.manyRecords }),
          maxQueuedBytes: 20_000,
          maxUnsentBytes: 4_000,
        },
        onDataLoss,
      },
      {
        sink: different.sink?.(sink) ?? sink,
        source: different.source?.(source) ?? source,
        state: different.state?.(state) ?? state,
        clock: process.clock(this.world, this.slowMs),
        log: (level, message, told = {}) => {
          logged.push(`${level} ${message}`);
          fields.push(told);
        },
      },
    );
    const instance: Instance = { engine, member, logged, fields, error: null };
    engine.done.catch((error) => {
      instance.error = error;
    });
    this.instances.push(instance);
    return instance;
  }

  /** So many random records, over so much time. */
  feed(count: number, overMs: number): void {
    const { random, clock } = this.world;
    for (let n = 0; n < count; n += 1) {
      const number = this.#appended++;
      const partition = random(PARTITIONS);
      const topic = TOPICS[random(2)] ?? "x";
      const told: Told = {
        k: `k${partition}`,
        t: 3 * number - random(15),
        n: number,
        hit: random(2) === 0,
        ...(random(2) ? { alarm: 1 + random(60) } : {}),
      };
      const value = random(12) === 0 ? "broken" : told;
      clock.after(random(overMs), () => this.append(topic, partition, value));
    }
  }

  /** The last record of each partition: it lets time go beyond all others. */
  finish(): void {
    for (const name of this.log.inputs.keys()) {
      const [topic = "", partition] = name.split("/");
      this.append(topic, Number(partition), { k: `k${partition}`, t: 500_000, n: -1 });
    }
    this.#expected = this.#undisturbed();
  }

  append(topic: string, partition: number, value: Told | string): void {
    const name = `${topic}/${partition}`;
    const offset = this.#end.get(name) ?? 0;
    this.#end.set(name, offset + 1 + this.world.random(2));
    this.log.append({ topic, partition }, record(offset, value));
  }

  /** Ids of committed alerts, and origins of committed copies, sorted. */
  found(): readonly string[] {
    return saidBy(this.log.committed());
  }

  /** The same of a task that read it all at once. Only after `finish`. */
  expected(): readonly string[] {
    return this.#expected ?? ["nothing is finished"];
  }

  #undisturbed(): readonly string[] {
    const { task, out, drive } = startTask(taskConfig(), PARTITIONS);
    for (const [name, records] of this.log.inputs) {
      const [topic = "", partition] = name.split("/");
      drive({
        kind: "batch",
        batch: { topic, partition: Number(partition), records, caughtUp: true },
        readAt: 1_000_000,
      });
    }
    if (task.state !== "running") throw new Error("the oracle failed");
    return saidBy(out.map(({ record: each }) => each));
  }

  /** Whether every input is dealt with and committed. */
  isThrough(): boolean {
    const committed = this.log.outputs.reduce((sum, { txn }) => sum + (txn.state === "committed" ? 1 : 0), 0);
    return this.#expected !== null && committed >= this.#expected.length && this.living().length > 0;
  }

  living(): readonly Instance[] {
    return this.instances.filter(({ member, error }) => member.process.isRunning && error === null);
  }

  /** Sequence numbers in the state of a shard; reading it is a check in itself. */
  checkpoints(shard: number): readonly number[] {
    const state = this.log.states[shard];
    const replay = createReplay({ app: APP, shards: SHARDS, partitions: PARTITIONS }, `shard ${shard}`);
    const told = (state?.stored ?? [])
      .filter(({ txn }) => txn?.state === "committed")
      .flatMap(({ offset, value }) => replay.take(offset, value) ?? []);
    replay.finish(state?.start ?? 0n);
    return told.flatMap((each) => (each.kind === "checkpoint" ? each.checkpoint.seq : []));
  }
}

function saidBy(records: readonly Parameters<typeof originOf>[0][]): readonly string[] {
  return records.map((each) => `${each.topic} ${each.headers.get("id") ?? originOf(each)}`).sort();
}

/** Kills a process, lets another take its place at once, and tells the group some time later. */
export function killAndReplace(scenario: Scenario, member: Member, another: Different = {}): void {
  member.process.kill();
  scenario.world.clock.after(500, () => scenario.start(another));
  scenario.world.clock.after(SESSION_MS, () => scenario.log.expel(member));
}
