// What a lane says of itself is what its bottleneck waits for. Real tasks and engines are driven into each state.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LANE_STATES, type LaneState, laneStateOf, type Surroundings } from "../../lib/runtime/lane-state.ts";
import type { InputBatch } from "../../lib/runtime/ports.ts";
import { createTask, type Task } from "../../lib/runtime/task.ts";
import { events, handSink, handSource, manualClock, place, settle, start } from "./engine-kit.ts";
import { batch, config, input, NOW, record, startTask } from "./kit.ts";

const it = suite("lane-state");

const ALONE: Surroundings = {
  heldBecause: () => null,
  isQueued: () => false,
  isFull: false,
  idleFollows: "nothing",
};

const stateOf = (task: Task, surroundings: Partial<Surroundings> = {}): LaneState => {
  const [lane] = task.lanes;
  if (lane === undefined) throw new Error("there is no lane");
  return laneStateOf(lane, { ...ALONE, ...surroundings });
};

const read = (of: InputBatch) => ({ kind: "batch", batch: of, readAt: NOW }) as const;
const two = { inputs: [input("in"), input("out", { outOfOrdernessMs: 5 })] };

it("waits for the partitions of all topics", () => {
  const task = createTask(config(two));
  task.step({ kind: "assigned", partitions: [{ topic: "in", partition: 0 }], now: NOW });
  assert.equal(stateOf(task), { kind: "waitingForPartitions", topics: ["out"] });
});

it("catches up with the slowest partition, then waits for events", () => {
  const { task, drive } = startTask(two);
  assert.equal(stateOf(task), { kind: "catchingUp", topic: "in", partition: 0 });
  drive(read(batch("in", [record(0, { k: "a", t: 10 })], 0, true)));
  assert.equal(stateOf(task), { kind: "catchingUp", topic: "out", partition: 0 });
  drive(read(batch("out", [record(0, { k: "a", t: 100 })], 0, false)));
  assert.equal(stateOf(task), { kind: "waitingForTime", topic: "in", partition: 0, silentSince: NOW });
  drive(read(batch("in", [record(1, { k: "a", t: 200 })], 0, true)));
  assert.equal(stateOf(task), { kind: "catchingUp", topic: "out", partition: 0 });
  drive(read(batch("out", [record(1, { k: "a", t: 207 })], 0, true)));
  drive(read(batch("in", [record(2, { k: "a", t: 208 })], 0, true)));
  const own = { kind: "waitingForTime", topic: "out", partition: 0, silentSince: NOW };
  assert.equal(stateOf(task), own, "the disorder that a topic may have is a wait, too");
});

it("with nothing to wait for it waits for events", () => {
  const { task, drive } = startTask();
  drive(read(batch("in", [record(0, { k: "a", t: 10 })], 0, true)));
  assert.equal(stateOf(task), { kind: "waitingForEvents" });
});

it("is paused if its slowest partition is, not if another is", () => {
  const { task, drive } = startTask(two);
  drive(read(batch("in", [record(0, { k: "a", t: 10 })], 0, true)));
  const held = (topic: string): Partial<Surroundings> => ({
    heldBecause: (of) => (of.topic === topic ? "queue" : null),
  });
  assert.equal(stateOf(task, held("out")), { kind: "paused", why: "queue", topic: "out", partition: 0 });
  assert.equal(stateOf(task, held("in")).kind, "catchingUp");
});

it("matches, or waits for the sink, while there is something to match or to look at", () => {
  const task = createTask(config());
  const queued = { isQueued: () => true };
  task.step({ kind: "assigned", partitions: [{ topic: "in", partition: 0 }], now: NOW });
  assert.equal(stateOf(task, queued), { kind: "catchingUp", topic: "in", partition: 0 });
  assert.equal(stateOf(task, { ...queued, isFull: true }), { kind: "waitingForSink" });
  task.step(read(batch("in", [record(0, { k: "a", t: 10 })], 0, true)));
  assert.equal(stateOf(task), { kind: "matching" });
  assert.equal(stateOf(task, { isFull: true }), { kind: "waitingForSink" });
  task.step({ kind: "work", maxEvents: 10 });
  assert.equal(stateOf(task, { isFull: true }), { kind: "waitingForEvents" }, "nothing waits for the sink");
});

it("is idle when all its partitions are, and over when all have ended", () => {
  const { task, drive } = startTask({ ...two, whenAllIdle: "hold" });
  for (const topic of ["in", "out"]) drive(read(batch(topic, [], 0, true)));
  drive({ kind: "tick", now: NOW + 30_000, isHeld: () => false, wasAbsent: false });
  for (const idleFollows of ["nothing", "clock", "slowestLane"] as const)
    assert.equal(stateOf(task, { idleFollows }), { kind: "idle", follows: idleFollows });
  drive({ kind: "ended", partition: { topic: "in", partition: 0 } });
  assert.is(stateOf(task).kind, "idle");
  drive({ kind: "ended", partition: { topic: "out", partition: 0 } });
  assert.equal(stateOf(task), { kind: "ended" });
});

it("an engine says it of its lanes, with the lag of each partition and the bytes that are not safe", async () => {
  let release = (): void => {};
  const source = handSource({ endOf: () => 12n });
  const sink = handSink(() => new Promise((resolve) => (release = resolve)));
  const { engine } = start({ source, sink }, { maxUnsentBytes: 1 });
  assert.is(engine.metrics().assigned, false);
  await settle();
  assert.is(engine.metrics().assigned, true);
  assert.equal(engine.health(), { state: "running", assigned: true });
  assert.equal([engine.metrics().partitions[0]?.lag, engine.lanes()[0]?.state.kind], [null, "catchingUp"]);
  source.handler.onBatch({ ...place, records: events(2), caughtUp: false });
  await settle();
  source.handler.onBatch({ ...place, records: events(2, 2), caughtUp: true });
  await settle();
  assert.equal(engine.lanes()[0]?.state, { kind: "waitingForSink" });
  assert.ok(engine.metrics().unsentBytes > 0);
  assert.is(engine.metrics().partitions[0]?.lag, 10n);
  while (engine.metrics().sent.alerts < 4) {
    release();
    await settle();
  }
  release();
  await settle();
  assert.equal(engine.lanes(), engine.metrics().lanes);
  assert.equal(engine.lanes()[0]?.state, { kind: "waitingForEvents" });
  assert.equal(
    [engine.metrics().partitions[0]?.lag, engine.metrics().unsentBytes],
    [0n, 0],
    "a reader that has all is not behind",
  );
  const stopped = engine.stop();
  const [partition] = engine.metrics().partitions;
  assert.equal([partition?.pausedBecause, partition?.lag], ["stop", 8n]);
  await stopped;
});

it("an idle lane of an engine says what it follows", async () => {
  for (const [whenAllIdle, alone] of [
    ["clock", "clock"],
    ["hold", "nothing"],
  ] as const) {
    const clock = manualClock();
    const source = handSource({
      partitionCount: async () => 2,
      start: async (_, handler) => {
        source.handler = handler;
        handler.onAssigned([place, { ...place, partition: 1 }]);
        for (const partition of [0, 1]) handler.onBatch({ ...place, partition, records: [], caughtUp: true });
      },
    });
    const { engine } = start({ source, sink: handSink(), clock }, { task: { whenAllIdle } });
    await settle();
    await clock.advance(20_000);
    source.handler.onBatch(batch("in", [record(0, { k: "a", t: NOW + 20_000 })], 1, true));
    await clock.advance(15_000);
    const follows = (): readonly unknown[] =>
      engine.lanes().map(({ state }) => (state.kind === "idle" ? state.follows : state.kind));
    assert.equal(follows(), ["slowestLane", "waitingForEvents"]);
    await clock.advance(20_000);
    assert.equal(follows(), [alone, alone]);
    await engine.stop();
  }
});

it("has a word for each state", () => {
  assert.is(new Set(LANE_STATES).size, 9);
  const all: Record<LaneState["kind"], true> = {
    matching: true,
    catchingUp: true,
    waitingForEvents: true,
    waitingForTime: true,
    waitingForSink: true,
    waitingForPartitions: true,
    paused: true,
    idle: true,
    ended: true,
  };
  assert.equal([...LANE_STATES].sort(), Object.keys(all).sort());
});

it.run();
