// What the task does in single cases: bad records, pauses, lanes that come and go.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, LimitError } from "../../lib/core/errors.ts";
import { alertsOf, batch, input, json, NOW, record, startTask } from "./kit.ts";

const it = suite("task");

it("reads nothing twice: records below the next position are left out", () => {
  const { task, out, drive } = startTask();
  const records = [0, 1, 2].map((n) => record(n, { k: "a", t: n, hit: true }));
  drive({ kind: "batch", batch: batch("in", records), readAt: NOW });
  drive({ kind: "batch", batch: batch("in", records), readAt: NOW });
  assert.is(alertsOf(out).length, 3);
  assert.is(task.tally().topics[0]?.records, 3);
});

it("an input in order is matched as it comes, with an empty buffer", () => {
  const { task, out, drive } = startTask();
  for (let n = 0; n < 5; n += 1) {
    const t = n - (n % 2);
    drive({ kind: "batch", batch: batch("in", [record(n, { k: "a", t, hit: true })]), readAt: NOW });
    assert.is(alertsOf(out).length, n + 1);
    assert.is(task.lanes[0]?.buffered, 0);
    const newest = out.at(-1)?.record;
    assert.is(newest && json(newest)["emittedAt"], new Date(t - 1).toISOString());
  }
});

it("times of arrival never go back, and come from the record or the reading", () => {
  const { task, out, drive } = startTask({ inputs: [input("in", { arrival: true })] });
  const records = [
    record(0, { k: "a", hit: true }, 500),
    record(1, { k: "a", hit: true }, 400),
    record(2, { k: "a", hit: true }),
  ];
  drive({ kind: "batch", batch: batch("in", records), readAt: 777 });
  const times = alertsOf(out).map((alert) => Date.parse((alert as { at: string }).at));
  assert.equal(times, [500, 500, 777]);
  assert.is(task.tally().topics[0]?.late, 0);
});

it("a bad record does not move time", () => {
  const { task, drive } = startTask();
  drive({
    kind: "batch",
    batch: batch("in", [record(0, { k: null, t: 900 }), record(1, { k: "a", t: 9e15 })]),
    readAt: NOW,
  });
  assert.is(task.lanes[0]?.watermark, Number.NEGATIVE_INFINITY);
});

it("skips and counts bad records if told to", () => {
  const { task, out, drive } = startTask({ inputs: [input("in", { onBadRecord: "skip" })] });
  drive({ kind: "batch", batch: batch("in", [record(0, "no"), record(1, { k: "a", t: 1 })]), readAt: NOW });
  assert.equal(out, []);
  const [topic] = task.tally().topics;
  assert.equal([topic?.records, topic?.skipped, topic?.onTime], [2, 1, 1]);
});

it("fails at a bad record if told to, saying where, why and what to do, and is left alone then", () => {
  const { task, drive } = startTask({ inputs: [input("in", { onBadRecord: "fail" })] });
  const say = (): unknown => drive({ kind: "batch", batch: batch("in", [record(7, "no")]), readAt: NOW });
  assert.throws(say, (error: unknown) => {
    return (
      error instanceof ConfigError &&
      error.code === "BAD_RECORD" &&
      /offset 7 of partition 0 of "in".*NOT_JSON.*onBadRecord/.test(error.message)
    );
  });
  assert.is(task.state, "failed");
  assert.throws(() => task.step({ kind: "work", maxEvents: 1 }), /bug in sequitur/);
});

it("refuses a key that was met in another partition", () => {
  const { drive } = startTask({}, 2);
  drive({ kind: "batch", batch: batch("in", [record(0, { k: "ann", t: 1 })], 0), readAt: NOW });
  assert.throws(
    () => drive({ kind: "batch", batch: batch("in", [record(0, { k: "ann", t: 1 })], 1), readAt: NOW }),
    (error: unknown) =>
      error instanceof ConfigError &&
      error.code === "KEY_NOT_COLOCATED" &&
      /"ann".*partition 0 of "in".*partition 1 of "in"/.test(error.message),
  );
});

it("goes through its states", () => {
  const { task, drive } = startTask();
  assert.is(task.state, "running");
  drive({ kind: "drain" });
  assert.is(task.state, "draining");
  drive({ kind: "batch", batch: batch("in", [record(0, { k: "a", t: 1 })]), readAt: NOW });
  assert.is(task.tally().topics[0]?.records, 0);
  drive({ kind: "close" });
  assert.is(task.state, "closed");
});

it("pauses a partition that runs ahead with too much waiting, and resumes it when half is left", () => {
  const inputs = [input("x"), input("y")];
  const { drive } = startTask({ inputs, maxReorderBytes: 2_000 });
  const ahead = Array.from({ length: 20 }, (_, n) => record(n, { k: "a", t: 10 * n }));
  const first = drive({ kind: "batch", batch: batch("x", ahead), readAt: NOW });
  assert.equal(first, { pause: [{ topic: "x", partition: 0 }], resume: [] });
  const follow = (n: number): object =>
    drive({ kind: "batch", batch: batch("y", [record(n, { k: "a", t: 20 * n })]), readAt: NOW });
  const flow = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(follow);
  assert.equal(
    flow.flatMap((each) => (each as { resume: readonly object[] }).resume),
    [{ topic: "x", partition: 0 }],
  );
  assert.equal(
    flow.flatMap((each) => (each as { pause: readonly object[] }).pause),
    [],
  );
});

it("pauses a topic that runs ahead of the others in time, and resumes it when they follow", () => {
  const inputs = [input("x"), input("y")];
  const { drive } = startTask({ inputs, maxDriftMs: 1_000 });
  const feed = (topic: string, offset: number, t: number): object =>
    drive({ kind: "batch", batch: batch(topic, [record(offset, { k: "a", t })]), readAt: NOW });
  const x = { topic: "x", partition: 0 };
  feed("y", 0, 0);
  assert.equal(feed("x", 0, 900), { pause: [], resume: [] });
  assert.equal(feed("x", 1, 1_200), { pause: [x], resume: [] });
  assert.equal(feed("y", 1, 400), { pause: [], resume: [] });
  assert.equal(feed("y", 2, 800), { pause: [], resume: [x] });
});

it("resumes a paused partition as soon as it is the one that all wait for, though more than half is left", () => {
  const inputs = [input("x", { outOfOrdernessMs: 50 }), input("y")];
  const { task, drive } = startTask({ inputs, maxReorderBytes: 1_000 });
  const ahead = Array.from({ length: 20 }, (_, n) => record(n, { k: "a", t: 10 * n }));
  drive({ kind: "batch", batch: batch("x", ahead), readAt: NOW });
  const { resume } = drive({ kind: "batch", batch: batch("y", [record(0, { k: "a", t: 5_000 })]), readAt: NOW });
  const left = task.lanes[0]?.partitions[0]?.bufferedBytes ?? 0;
  assert.ok(left > 500 && left <= 1_000, `${left} bytes`);
  assert.equal(resume, [{ topic: "x", partition: 0 }]);
});

it("deadlines fire while later events still wait for their turn", () => {
  const { out, drive } = startTask({ inputs: [input("in", { outOfOrdernessMs: 100 })] });
  const records = [record(0, { k: "a", t: 0, alarm: 10 }), record(1, { k: "a", t: 200 })];
  drive({ kind: "batch", batch: batch("in", records), readAt: NOW });
  assert.is(alertsOf(out).length, 1);
});

it("fails when a partition's own disorder holds more than is allowed, naming the limit", () => {
  const { drive } = startTask({ inputs: [input("in", { outOfOrdernessMs: 1_000 })], maxReorderBytes: 1_000 });
  const records = Array.from({ length: 20 }, (_, n) => record(n, { k: "a", t: n }));
  assert.throws(
    () => drive({ kind: "batch", batch: batch("in", records), readAt: NOW }),
    (error: unknown) =>
      error instanceof LimitError &&
      error.code === "REORDER_BUFFER_FULL" &&
      /limits\.maxReorderBytes, which is 1000/.test(error.message),
  );
});

it("a matcher that throws fails the task", () => {
  const { task, drive } = startTask();
  assert.throws(
    () => drive({ kind: "batch", batch: batch("in", [record(0, { k: "a", t: 1, say: "throw" })]), readAt: NOW }),
    /thrown by the matcher/,
  );
  assert.is(task.state, "failed");
});

it("asks to be worked on for as long as there is something to match, and no longer", () => {
  const { task } = startTask({ inputs: [input("in", { outOfOrdernessMs: 5 })] });
  const records = Array.from({ length: 10 }, (_, n) => record(n, { k: "a", t: n }));
  let { hasWork } = task.step({ kind: "batch", batch: batch("in", records), readAt: NOW });
  const matched: number[] = [];
  while (hasWork) {
    hasWork = task.step({ kind: "work", maxEvents: 3 }).hasWork;
    matched.push(task.tally().topics[0]?.onTime ?? -1);
  }
  assert.equal(matched, [3, 4]);
});

it.run();
