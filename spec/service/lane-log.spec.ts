// What lanes wait for is said when it lasts, seldom, and never of a lane that works.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pattern } from "../../lib/index.ts";
import { LANE_STATES, type LaneState } from "../../lib/runtime/lane-state.ts";
import type { LaneMetrics } from "../../lib/runtime/metrics.ts";
import { createMemoryLog, runService, service, topic } from "../../lib/service/index.ts";
import { createLaneLog } from "../../lib/service/lane-log.ts";
import { manualClock, settle } from "../runtime/engine-kit.ts";

const it = suite("lane-log");

type Line = { readonly at: number; readonly text: string; readonly fields: Readonly<Record<string, unknown>> };

/** Shows the log what `states` says of each lane, every second from 0 to `seconds`, and gives what it said. */
function lines(seconds: number, states: (second: number) => readonly LaneState[]): readonly Line[] {
  const said: Line[] = [];
  let second = 0;
  const look = createLaneLog((level, text, fields = {}) => {
    assert.is(level, "info");
    said.push({ at: second, text, fields });
  });
  for (second = 0; second <= seconds; second += 1) look(states(second).map(laneOf), second * 1_000);
  return said;
}

const laneOf = (state: LaneState, partition: number): LaneMetrics => ({
  partition,
  state,
  watermark: 0,
  buffered: 0,
  bufferedBytes: 0,
});

const sink: LaneState = { kind: "waitingForSink" };
const busy: LaneState = { kind: "matching" };
const place = { topic: "in", partition: 0 };

it("says what lasts for five seconds, once, and that it is over", () => {
  const said = lines(300, (second) => [second < 100 ? sink : busy]);
  assert.equal(said, [
    { at: 5, text: "lane waits for the sink", fields: { lane: 0, state: "waitingForSink", forMs: 5_000 } },
    { at: 105, text: "lane is at work", fields: { lane: 0, state: "matching", forMs: 5_000 } },
  ]);
});

it("says nothing of a lane that works, however it changes", () => {
  const atWork: readonly LaneState[] = [
    busy,
    { kind: "catchingUp", ...place },
    { kind: "waitingForEvents" },
    { kind: "waitingForTime", silentSince: 0, ...place },
  ];
  const states = (second: number): readonly LaneState[] => {
    const state = atWork[second % 4] as LaneState;
    return [state.kind === "waitingForTime" ? { ...state, silentSince: second * 1_000 } : state];
  };
  assert.equal(lines(300, states), []);
  assert.equal(
    lines(300, (second) => [second % 5 === 0 ? busy : sink]),
    [],
    "and nothing that does not last",
  );
});

it("names who is waited for, and since when", () => {
  const said = lines(20, () => [
    { kind: "waitingForTime", silentSince: 0, topic: "cards", partition: 0 },
    { kind: "paused", why: "queue", ...place },
    { kind: "waitingForPartitions", topics: ["cards"] },
    { kind: "idle", follows: "clock" },
    { kind: "ended" },
  ]);
  assert.equal(
    said.map(({ text, fields: { forMs: _, ...fields } }) => [text, fields]),
    [
      ["lane is not read", { lane: 1, state: "paused", why: "queue", topic: "in", partition: 0 }],
      ["lane waits for partitions that others have", { lane: 2, state: "waitingForPartitions", topics: ["cards"] }],
      ["lane is idle: all its partitions are silent", { lane: 3, state: "idle", follows: "clock" }],
      ["lane has ended", { lane: 4, state: "ended" }],
      [
        "lane waits for time: a partition is silent",
        { lane: 0, state: "waitingForTime", topic: "cards", partition: 0, silentSince: "1970-01-01T00:00:00.000Z" },
      ],
    ],
  );
});

it("many lanes share a line for each state", () => {
  const said = lines(10, () =>
    Array.from({ length: 96 }, (_, lane) => (lane < 90 ? sink : { kind: "ended" as const })),
  );
  assert.equal(
    said.map(({ fields }) => fields),
    [
      { state: "waitingForSink", count: 90, firstLanes: [0, 1, 2] },
      { state: "ended", count: 6, firstLanes: [90, 91, 92] },
    ],
  );
});

it("a lane that is given back and comes again begins anew", () => {
  const said = lines(40, (second) => (second > 10 && second < 20 ? [] : [sink]));
  assert.equal(
    said.map(({ at }) => at),
    [5, 25],
  );
});

it("of one lane there is at most one line a minute, and what lasts for a minute is always said", () => {
  const example = (kind: LaneState["kind"]): LaneState => {
    const more = { why: "time", follows: "clock", silentSince: -1e6, topics: ["in"], ...place };
    return { kind, ...more } as LaneState;
  };
  const phases = fc.array(
    fc.record({ kind: fc.constantFrom(...LANE_STATES), seconds: fc.integer({ min: 1, max: 90 }) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  const isWork = (kind: unknown): boolean => ["matching", "catchingUp", "waitingForEvents"].includes(String(kind));
  fc.assert(
    fc.property(phases, (given) => {
      const kinds = given.flatMap(({ kind, seconds }) => Array.from({ length: seconds }, () => kind));
      const said = lines(kinds.length - 1, (second) => [example(kinds[second] as LaneState["kind"])]);
      for (const [index, { at }] of said.entries()) assert.ok(index === 0 || at - (said[index - 1]?.at ?? 0) >= 60);
      let end = 0;
      for (const { kind, seconds } of given) {
        end += seconds;
        if (seconds <= 66) continue;
        const last = said.filter(({ at }) => at < end).at(-1)?.fields["state"] ?? "matching";
        assert.ok(last === kind || (isWork(last) && isWork(kind)), `${kind} lasted for ${seconds} s and was not said`);
      }
    }),
    { numRuns: 1_000 },
  );
});

it("a service says it in its log, and leaves no timer behind", async () => {
  type E = { readonly k: string; readonly t: number };
  const clock = manualClock();
  const definition = service({
    app: "app",
    inputs: [
      topic<E>("a", { key: (e) => e.k, time: (e) => e.t }),
      topic<E>("b", { key: (e) => e.k, time: (e) => e.t }),
    ],
    patterns: [pattern<E>("any").begin("x")],
    idleAfter: "1h",
  });
  const log = createMemoryLog({ partitions: 1, clock });
  for (const name of ["a", "b"]) log.createTopic(name);
  log.append("a", { value: { k: "x", t: clock.now() } });
  const said: unknown[] = [];
  const running = runService(definition, {
    source: log.source(),
    sink: log.sink(),
    clock,
    log: (_, text, fields) => said.push([text, fields?.["topic"]]),
  });
  await settle();
  for (let second = 0; second < 15; second += 1) await clock.advance(1_000);
  assert.equal(said.at(-1), ["lane waits for time: a partition is silent", "b"]);
  await running.stop();
  assert.is(clock.waiting, 0);
});

it.run();
