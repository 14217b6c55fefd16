// The law of saving: a task that is saved anywhere and dies anywhere after it goes on, restored, as if nothing had happened.
// What it said after the last save was never seen; what it said before is not said again.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { atOnce } from "../../lib/core/slices.ts";
import type { Emission } from "../../lib/runtime/alert.ts";
import type { InputRecord } from "../../lib/runtime/ports.ts";
import { createTask, type Task, type TaskConfig, type TaskInput } from "../../lib/runtime/task.ts";
import type { SavedLane } from "../../lib/state/checkpoint.ts";
import type { Delta, Page } from "../../lib/state/entry.ts";
import { piecesOf } from "../state/kit.ts";
import { alertsOf, batch, config, copiesOf, echo, glance, input, NOW, record } from "./kit.ts";
import { type Logs, logs, next, type Settings, settings, type Turns, turns } from "./random-logs.ts";

const it = suite("restoring, laws");

/** What is kept of a task. */
type Saved = {
  readonly lanes: readonly SavedLane[];
  readonly pieces: readonly (readonly (readonly (Page | Delta)[])[])[];
};

function save(task: Task): Saved {
  const pieces = task.lanes.map(({ patterns }) => patterns.freezers.map((freezer) => piecesOf(freezer.freeze("all"))));
  return { lanes: JSON.parse(JSON.stringify(task.save())) as readonly SavedLane[], pieces };
}

function restored(of: TaskConfig, saved: Saved | null): Task {
  const task = createTask(of);
  task.restore(saved?.lanes ?? []);
  for (const [index, lane] of task.lanes.entries())
    for (const [pattern, freezer] of lane.patterns.freezers.entries())
      atOnce(freezer.thaw(saved?.pieces[index]?.[pattern] ?? [], "here"));
  return task;
}

/** A task over some logs that is saved and dies now and then. What was said before a save is `seen`. */
class Life {
  readonly seen: Emission[] = [];
  task: Task;
  readonly #given: Logs;
  readonly #config: () => TaskConfig;
  readonly #betweenWork: () => void;
  #said: Emission[] = [];
  #saved: Saved | null = null;
  /** What is still to be read, by place. */
  #left = new Map<string, InputRecord[]>();
  /** Below these offsets records are read again, by place. */
  #known = new Map<string, bigint>();

  constructor(given: Logs, of: () => TaskConfig, savesBetweenWork: () => boolean = () => false) {
    this.#given = given;
    this.#config = of;
    this.#betweenWork = () => {
      if (savesBetweenWork()) this.save();
    };
    this.task = this.#begin();
  }

  get isOver(): boolean {
    return this.#left.size === 0;
  }

  /** The next records of some place, judged by another clock if they were read before. */
  read(choice: number, size: number, work: number): void {
    const places = [...this.#left.keys()];
    const name = places[choice % places.length] ?? "";
    const [topic = "", number] = name.split("/");
    const partition = Number(number);
    const records = this.#left.get(name) ?? [];
    const isKnown = (each: InputRecord | undefined): boolean => (each?.offset ?? 0n) < (this.#known.get(name) ?? 0n);
    const again = isKnown(records[0]);
    const mixed = records.slice(0, size);
    const piece = records.splice(0, mixed.filter((each) => isKnown(each) === again).length);
    const readAt = again ? NOW + 5_000 : NOW;
    if (piece.length > 0) this.#step({ kind: "batch", batch: batch(topic, piece, partition), readAt }, work);
    if (records.length > 0) return;
    this.#left.delete(name);
    this.#step({ kind: "ended", partition: { topic, partition } }, work);
  }

  save(): void {
    this.#saved = save(this.task);
    this.seen.push(...this.#said);
    this.#said = [];
  }

  die(): void {
    this.#said = [];
    this.task = this.#begin();
  }

  #begin(): Task {
    const task = restored(this.#config(), this.#saved);
    const inputs = new Map(
      (this.#saved?.lanes ?? []).flatMap((lane) =>
        lane.inputs.map((each) => [`${each.topic}/${lane.partition}`, each]),
      ),
    );
    for (const [name, records] of this.#given) {
      const saved = inputs.get(name);
      this.#left.set(
        name,
        records.filter(({ offset }) => offset >= BigInt(saved?.from ?? 0)),
      );
      this.#known.set(name, BigInt(saved?.next ?? 0));
    }
    const places = [...this.#given.keys()].map((name) => name.split("/"));
    const partitions = places.map(([topic = "", partition]) => ({ topic, partition: Number(partition) }));
    task.step({ kind: "assigned", partitions, now: NOW });
    return task;
  }

  #step(told: TaskInput, maxEvents: number): void {
    let effects = this.task.step(told);
    this.#said.push(...effects.emissions);
    while (effects.hasWork) {
      effects = this.task.step({ kind: "work", maxEvents });
      this.#said.push(...effects.emissions);
      this.#betweenWork();
    }
  }
}

function configOf({ xMs, yMs }: Settings): TaskConfig {
  const inputs = [input("x", { outOfOrdernessMs: xMs }), input("y", { outOfOrdernessMs: yMs })];
  return config({ inputs, patterns: [echo("p"), echo("q")] });
}

/** Lives through `given` to its end; `fate` says after each step whether it is saved, dies, or neither. */
function live(given: Logs, of: () => TaskConfig, cuts: Turns, fate: () => number): Life {
  const life = new Life(given, of, () => fate() === 0);
  while (!life.isOver) {
    life.read(next(cuts.choices), next(cuts.sizes), next(cuts.work));
    const what = fate();
    if (what < 3) life.save();
    else if (what === 3) life.die();
  }
  life.save();
  return life;
}

const ofLane = (lane: number, all: readonly unknown[]): readonly unknown[] =>
  all.filter((alert) => (alert as { provenance: { partition: number }[] }).provenance[0]?.partition === lane);

const fates = fc.infiniteStream(fc.nat(5));

it("goes on as if nothing had happened, wherever it was saved and died", () => {
  fc.assert(
    fc.property(logs, settings, turns, turns, fates, (given, how, one, other, fate) => {
      const of = (): TaskConfig => configOf(how);
      let deaths = 0;
      const hurt = live(given, of, one, () => {
        const what = next(fate);
        if (what === 3) deaths += 1;
        return deaths > 20 ? 0 : what;
      });
      const whole = live(given, of, other, () => 5);
      for (const lane of [0, 1]) assert.equal(ofLane(lane, alertsOf(hurt.seen)), ofLane(lane, alertsOf(whole.seen)));
      assert.equal(copiesOf(hurt.seen), copiesOf(whole.seen));
      const [left, right] = [hurt.task.tally(), whole.task.tally()];
      assert.equal(left.topics, right.topics);
      assert.equal(
        left.patterns.map(({ alerts }) => alerts),
        right.patterns.map(({ alerts }) => alerts),
      );
    }),
    { numRuns: 1_000 },
  );
});

it("says the same of events that wait and of such that are passed over at a glance, wherever it was saved and died", () => {
  fc.assert(
    fc.property(logs, settings, turns, turns, fates, (given, { xMs, yMs }, one, other, fate) => {
      const of = (isQuick: boolean): TaskConfig => {
        const how = isQuick ? { glance } : {};
        const inputs = [input("x", { outOfOrdernessMs: xMs, ...how }), input("y", { outOfOrdernessMs: yMs, ...how })];
        return config({ inputs, patterns: [echo("p", [], true), echo("q", [], true)] });
      };
      let deaths = 0;
      const quick = live(
        given,
        () => of(true),
        one,
        () => {
          const what = next(fate);
          if (what === 3) deaths += 1;
          return deaths > 20 ? 0 : what;
        },
      );
      const slow = live(
        given,
        () => of(false),
        other,
        () => 5,
      );
      for (const lane of [0, 1]) {
        const saidIn = (life: Life): readonly string[] =>
          ofLane(lane, alertsOf(life.seen))
            .map((alert) => JSON.stringify(alert))
            .sort();
        assert.equal(saidIn(quick), saidIn(slow));
      }
      assert.equal(copiesOf(quick.seen), copiesOf(slow.seen));
      assert.equal(quick.task.tally().topics, slow.task.tally().topics);
    }),
    { numRuns: 500 },
  );
});

it("what is saved, restored and saved again is the same", () => {
  fc.assert(
    fc.property(logs, settings, turns, fc.nat(20), (given, how, cuts, steps) => {
      const life = new Life(given, () => configOf(how));
      for (let step = 0; step < steps && !life.isOver; step += 1)
        life.read(next(cuts.choices), next(cuts.sizes), next(cuts.work));
      const saved = save(life.task);
      assert.equal(save(restored(configOf(how), saved)), saved);
    }),
    { numRuns: 500 },
  );
});

it("no event is lost when the bound is another after a restore", () => {
  const events = fc.array(fc.record({ t: fc.nat(60), hit: fc.constant(true) }), { maxLength: 30 });
  fc.assert(
    fc.property(
      events,
      fc.constantFrom(0, 5, 30),
      fc.constantFrom(0, 5, 30),
      fc.nat(30),
      (list, before, after, cut) => {
        const given = new Map([["in/0", list.map((told, offset) => record(offset, { ...told, k: "a", n: offset }))]]);
        let bound = before;
        const life = new Life(given, () => config({ inputs: [input("in", { outOfOrdernessMs: bound })] }));
        for (let step = 0; step < cut && !life.isOver; step += 1) life.read(0, 1, 10);
        life.save();
        bound = after;
        life.die();
        while (!life.isOver) life.read(0, 3, 10);
        life.save();
        const told = [
          ...alertsOf(life.seen).map((each) => (each as { value: { n: number } }).value.n),
          ...life.seen.flatMap(({ kind, record: each }) =>
            kind === "late" ? Number(each.headers.get("sequitur-offset")) : [],
          ),
        ];
        assert.equal(
          told.sort((a, b) => a - b),
          list.map((_, offset) => offset),
        );
      },
    ),
    { numRuns: 1_000 },
  );
});

it.run();
