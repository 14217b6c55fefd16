// Time goes on without those who are silent, but never without those who could not speak.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { TopicPartition } from "../../lib/runtime/ports.ts";
import { alertsOf, batch, input, NOW, record, startTask } from "./kit.ts";

const it = suite("idle");

const never = (): boolean => false;
const IDLE_MS = 30_000;
const tick = (afterMs: number, isHeld: (place: TopicPartition) => boolean = never, wasAbsent = false) =>
  ({ kind: "tick", now: NOW + afterMs, isHeld, wasAbsent }) as const;
const batchOf = (topic: string, t: number, offset = 0, partition = 0, afterMs = 0) => {
  const records = [record(offset, { k: `k${partition}`, t, hit: true })];
  return { kind: "batch", batch: batch(topic, records, partition, true), readAt: NOW + afterMs } as const;
};
const nothingIn = (topic: string, partition = 0) =>
  ({ kind: "batch", batch: batch(topic, [], partition, true), readAt: NOW }) as const;

it("a topic without events lets its lane go on after idleAfter, not before", () => {
  const { out, drive } = startTask({ inputs: [input("x"), input("y")] });
  drive(batchOf("x", 100));
  drive(batchOf("x", 200, 1));
  drive(nothingIn("y"));
  drive(tick(IDLE_MS - 1));
  assert.is(alertsOf(out).length, 0);
  drive(batchOf("x", 300, 2));
  drive(tick(IDLE_MS));
  drive(batchOf("x", 400, 3));
  assert.is(alertsOf(out).length, 3);
});

it("who wakes up finds late what his lane has passed, by the lane's watermark", () => {
  const { task, out, drive } = startTask({ inputs: [input("x"), input("y")] });
  drive(nothingIn("y"));
  drive(batchOf("x", 100, 0, 0, 1));
  drive(tick(IDLE_MS));
  drive(batchOf("x", 200, 1));
  assert.is(task.lanes[0]?.watermark, 199);
  drive(batchOf("y", 199));
  drive(batchOf("y", 200, 1));
  const late = out
    .filter(({ kind }) => kind === "late")
    .map(({ record: { headers } }) => headers.get("sequitur-watermark"));
  assert.equal(late, [new Date(199).toISOString()]);
  drive(batchOf("x", 900, 2));
  assert.is(task.lanes[0]?.watermark, 199, "it waits for both again");
});

const cases: readonly (readonly [title: string, caughtUp: boolean, held: boolean])[] = [
  ["more stands in the partition", false, false],
  ["the partition is held back, or what was read of it is still to come", true, true],
];

for (const [title, caughtUp, held] of cases) {
  it(`nobody is silent while ${title}`, () => {
    const { task, drive } = startTask();
    drive({ kind: "batch", batch: batch("in", [record(0, { k: "a", t: 100 })], 0, caughtUp), readAt: NOW });
    for (const afterMs of [IDLE_MS, 2 * IDLE_MS]) drive(tick(afterMs, () => held));
    assert.is(task.lanes[0]?.partitions[0]?.idle, false);
    if (!held) return;
    drive(tick(3 * IDLE_MS - 1));
    assert.is(task.lanes[0]?.partitions[0]?.idle, false, "silence counts from when it could speak");
    drive(tick(3 * IDLE_MS));
    assert.is(task.lanes[0]?.partitions[0]?.idle, true);
  });
}

for (const [title, lose] of [
  ["brokers do not answer", { kind: "batch", batch: batch("in", [], 0, false), readAt: NOW + 2 * IDLE_MS }],
  ["the process is stopped", tick(3 * IDLE_MS, never, true)],
] as const) {
  it(`time that follows the clock stands still while ${title}: what is written meanwhile is not late`, () => {
    const { task, out, drive } = startTask();
    drive({ kind: "batch", batch: batch("in", [record(0, { k: "a", t: NOW })], 0, true), readAt: NOW });
    drive(tick(2 * IDLE_MS));
    const before = task.lanes[0]?.watermark;
    assert.ok(task.lanes[0]?.partitions[0]?.idle && before === NOW + IDLE_MS - 1);
    drive(lose);
    drive(tick(3 * IDLE_MS, never, lose.kind === "tick"));
    assert.equal([task.lanes[0]?.partitions[0]?.idle, task.lanes[0]?.watermark], [false, before]);
    drive({
      kind: "batch",
      batch: batch("in", [record(1, { k: "a", t: NOW + 2 * IDLE_MS, hit: true })], 0, true),
      readAt: NOW + 10 * IDLE_MS,
    });
    assert.equal([alertsOf(out).length, task.tally().topics[0]?.late], [1, 0]);
  });
}

it("nobody is silent while his own events keep him from being read", () => {
  const inputs = [input("x"), input("y")];
  const { task, drive } = startTask({ inputs, maxReorderBytes: 500 });
  const ahead = Array.from({ length: 10 }, (_, n) => record(n, { k: "a", t: n }));
  const { pause } = drive({ kind: "batch", batch: batch("x", ahead, 0, true), readAt: NOW });
  assert.is(pause.length, 1);
  drive(tick(2 * IDLE_MS));
  assert.is(task.lanes[0]?.partitions[0]?.idle, false);
});

it("an idle lane follows the slowest active one", () => {
  const { task, out, drive } = startTask({}, 3);
  drive({ kind: "batch", batch: batch("in", [record(0, { k: "quiet", t: 100, alarm: 50 })], 0, true), readAt: NOW });
  drive(tick(IDLE_MS));
  drive(batchOf("in", 500, 0, 1, 2));
  drive(batchOf("in", 140, 0, 2, 2));
  drive(tick(IDLE_MS + 1));
  assert.is(task.lanes[0]?.watermark, 139);
  assert.is(alertsOf(out).filter((alert) => (alert as { key: string }).key === "quiet").length, 0);
  drive(batchOf("in", 151, 1, 2, 3));
  drive(tick(IDLE_MS + 2));
  assert.is(task.lanes[0]?.watermark, 150);
  assert.is(alertsOf(out).filter((alert) => (alert as { key: string }).key === "quiet").length, 1);
});

it("a lane of which one topic speaks and the other is silent is one that others follow", () => {
  const { task, drive } = startTask({ inputs: [input("x"), input("y")] }, 2);
  for (const partition of [0, 1]) drive(nothingIn("y", partition));
  drive(batchOf("x", 100, 0, 1));
  drive(batchOf("x", 500, 0, 0, 2));
  for (const afterMs of [IDLE_MS, IDLE_MS + 1]) drive(tick(afterMs));
  assert.equal(
    task.lanes.map(({ watermark }) => watermark),
    [499, 499],
  );
});

it("when all are idle they follow the clock, less what may be on its way", () => {
  const { task, out, drive } = startTask({ inputs: [input("in", { outOfOrdernessMs: 7 })] });
  drive({ kind: "batch", batch: batch("in", [record(0, { k: "a", t: NOW, alarm: 1_000 })], 0, true), readAt: NOW });
  drive(tick(IDLE_MS));
  assert.is(task.lanes[0]?.watermark, NOW - 8, "the clock is not ahead of the last event yet");
  drive(tick(IDLE_MS + 1_007));
  assert.is(alertsOf(out).length, 0);
  drive(tick(IDLE_MS + 1_008));
  assert.is(alertsOf(out).length, 1);
  assert.is(task.lanes[0]?.watermark, NOW + 1_000);
});

it("when all are idle and time is to hold, it holds", () => {
  const { task, out, drive } = startTask({ whenAllIdle: "hold" });
  drive({ kind: "batch", batch: batch("in", [record(0, { k: "a", t: 100, alarm: 1 })], 0, true), readAt: NOW });
  drive(tick(1_000 * IDLE_MS));
  assert.is(task.lanes[0]?.watermark, 99);
  assert.is(alertsOf(out).length, 0);
});

it("a lane of which one topic has ended and the other is idle follows, and ends when both have", () => {
  const { task, drive } = startTask({ inputs: [input("x"), input("y")], whenAllIdle: "hold" });
  drive(nothingIn("y"));
  drive({ kind: "ended", partition: { topic: "x", partition: 0 } });
  drive(tick(IDLE_MS));
  assert.is(task.lanes[0]?.watermark, Number.NEGATIVE_INFINITY);
  assert.not(task.isOver);
  drive({ kind: "ended", partition: { topic: "y", partition: 0 } });
  assert.is(task.lanes[0]?.watermark, Number.POSITIVE_INFINITY);
  assert.ok(task.isOver);
});

it("a partition of which nothing was said is not idle: it may be full", () => {
  const { task, drive } = startTask();
  drive(tick(10 * IDLE_MS));
  assert.is(task.lanes[0]?.partitions[0]?.idle, false);
});

it.run();
