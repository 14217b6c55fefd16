// What a service by shards tells of itself: restores, checkpoints, and patterns whose runs it lets go of.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { StateBatch } from "../../../lib/runtime/shard-ports.ts";
import { retire, type Tally } from "../../../lib/runtime/tally.ts";
import { type Instance, Scenario, SHARDS } from "./scenario.ts";

const it = suite("shards, what they tell");

type Told = { readonly shard: number; readonly bytes: number; readonly tookMs: number };

const pass = ({ world }: Scenario, ms: number): Promise<void> => {
  const until = world.clock.now() + ms;
  world.clock.after(ms, () => undefined);
  return world.until(() => world.clock.now() >= until, 2 * ms);
};

async function stop(scenario: Scenario, { engine }: Instance): Promise<void> {
  let isStopped = false;
  void engine.stop().then(() => {
    isStopped = true;
  });
  await scenario.world.until(() => isStopped);
}

it("counts restores and checkpoints by shard, from nothing and from where somebody left it", async () => {
  const scenario = new Scenario(7);
  const first = scenario.start();
  scenario.feed(150, 4_000);
  await pass(scenario, 6_000);
  const before = first.engine.metrics().shards;
  assert.equal(
    before.map(({ shard, restoring, restores }) => [shard, restoring, restores.count]),
    [
      [0, null, 1],
      [1, null, 1],
    ],
  );
  for (const { shard, checkpoints, logBytes, liveBytes, intervalMs, waitsMs } of before) {
    assert.is(checkpoints.count, scenario.checkpoints(shard).at(-1), `shard ${shard}`);
    assert.ok(checkpoints.bytes > 0 && checkpoints.tookMs > 0 && logBytes >= liveBytes && liveBytes > 0);
    assert.ok((intervalMs ?? 1_000) <= 200, `${intervalMs} ms between checkpoints of 100 ms`);
    assert.is(waitsMs, 0);
  }
  await stop(scenario, first);
  const second = scenario.start();
  await pass(scenario, 4_000);
  for (const { restores } of second.engine.metrics().shards) assert.ok(restores.bytes > 0 && restores.count === 1);
});

it("counts what a process does itself: shards that come and go neither bring what others have done nor take away what was done", async () => {
  const scenario = new Scenario(7);
  const first = scenario.start();
  const records = (): number => [...scenario.log.inputs.values()].reduce((sum, { length }) => sum + length, 0);
  const counted = (...metrics: readonly Tally[]): readonly number[] => {
    const topics = metrics.flatMap((each) => each.topics);
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
    return [
      sum(topics.map((each) => each.records)),
      sum(topics.map((each) => each.onTime + each.late + each.deadLettered + each.skipped + each.waiting)),
      sum(metrics.flatMap(({ patterns }) => patterns.map(({ alerts }) => alerts))),
    ];
  };
  const alerts = (): number => scenario.found().filter((line) => line.startsWith("alerts ")).length;
  const hasAll = (...metrics: readonly Tally[]): void =>
    assert.equal(counted(...metrics), [records(), records(), alerts()]);
  scenario.feed(150, 4_000);
  await pass(scenario, 6_000);
  hasAll(first.engine.metrics());
  const second = scenario.start();
  await pass(scenario, 4_000);
  const [before] = counted(second.engine.metrics());
  assert.ok((before ?? 0) < records() / 4, `${before} of ${records()}`); // those that wait are read again
  scenario.feed(150, 4_000);
  await pass(scenario, 6_000);
  hasAll(first.engine.metrics(), second.engine.metrics());
  await stop(scenario, second);
  scenario.feed(50, 1_000);
  scenario.finish();
  await scenario.world.until(() => scenario.isThrough());
  await pass(scenario, 2_000);
  hasAll(first.engine.metrics(), retire(second.engine.metrics()));
});

it("says that a shard was taken over when its rows are back, and how long all of that took", async () => {
  const scenario = new Scenario(7);
  const first = scenario.start();
  scenario.feed(150, 4_000);
  await pass(scenario, 6_000);
  await stop(scenario, first);
  scenario.slowMs = 3;
  const { engine, fields, logged } = scenario.start();
  await pass(scenario, 10_000);
  const told = (fields as Told[]).filter((_, line) => logged[line] === "info a shard was taken over");
  const { shards } = engine.metrics();
  const restores = shards.map(({ shard, restores: { bytes, tookMs } }) => ({ shard, bytes, tookMs }));
  assert.equal(
    told.map(({ shard, bytes, tookMs }) => ({ shard, bytes, tookMs })).sort((one, other) => one.shard - other.shard),
    restores,
  );
});

for (const guarantee of ["exactly-once", "at-least-once"] as const) {
  it(`is degraded while its ${guarantee} commits keep failing, and not for one that does`, async () => {
    const scenario = new Scenario(10);
    const { engine, logged } = scenario.start({ guarantee });
    scenario.feed(50, 1_000);
    await pass(scenario, 3_000);
    assert.is(engine.health().state, "running");
    let failures = 1;
    scenario.log.fate = (step) => (step === "checkpoint.commit" && failures-- > 0 ? "lost" : "done");
    scenario.feed(10, 100);
    await pass(scenario, 3_000);
    assert.is(failures < 1, true);
    const states = (): readonly string[] => logged.filter((line) => line.startsWith("info service is"));
    assert.equal(states(), ["info service is running"]);
    failures = Number.POSITIVE_INFINITY;
    scenario.feed(50, 1_000);
    await pass(scenario, 10_000);
    assert.is(engine.health().state, "degraded");
    assert.is(engine.metrics().state, "degraded");
    failures = 0;
    await pass(scenario, 20_000);
    assert.is(engine.health().state, "running");
    assert.equal(states(), ["info service is running", "info service is degraded", "info service is running"]);
  });
}

it("is no more degraded once the shards that fail are lost", async () => {
  const scenario = new Scenario(11);
  const { engine, member } = scenario.start();
  scenario.log.fate = (step) => (step === "barrier.commit" ? "lost" : "done");
  await pass(scenario, 5_000);
  assert.is(engine.health().state, "degraded");
  member.handler?.onAssigned([]);
  assert.is(engine.health().state, "running");
});

it("is degraded while reading fails, whatever its shards do meanwhile", async () => {
  const scenario = new Scenario(12);
  const { engine, member } = scenario.start();
  await pass(scenario, 5_000);
  assert.is(engine.health().state, "running");
  member.handler?.onFaltering?.(true);
  assert.is(engine.health().state, "degraded");
  scenario.feed(50, 1_000);
  await pass(scenario, 5_000);
  member.handler?.onAssigned([]);
  assert.is(engine.health().state, "degraded");
  member.handler?.onFaltering?.(false);
  assert.is(engine.health().state, "running");
});

it("an outage of a minute that all shards meet is a handful of lines, and each try is there for whoever wants all", async () => {
  const scenario = new Scenario(13);
  const { logged } = scenario.start();
  scenario.feed(50, 1_000);
  await pass(scenario, 5_000);
  scenario.log.fate = () => "lost";
  scenario.feed(50, 1_000);
  await pass(scenario, 60_000);
  const tries = logged.filter((line) => / failed and will be tried again| may not be committed/.test(line));
  const aloud = tries.filter((line) => line.startsWith("warn "));
  assert.ok(tries.length > 20, `${tries.length} tries`);
  assert.ok(aloud.length >= 3 && aloud.length <= 8, `${aloud.length} lines`);
});

it("is not ready while it restores, and says how far it is", async () => {
  const scenario = new Scenario(8);
  const first = scenario.start();
  scenario.feed(50, 1_000);
  await pass(scenario, 3_000);
  await stop(scenario, first);
  let isHeld = true;
  const slow = scenario.start({
    state: (state) => ({
      ...state,
      async *read(shard, from): AsyncGenerator<StateBatch> {
        for await (const batch of state.read(shard, from)) {
          yield batch;
          while (isHeld) await new Promise<void>((resolve) => scenario.world.clock.after(2_100, resolve));
        }
      },
    }),
  });
  await pass(scenario, 5_000);
  assert.equal(slow.engine.health(), { state: "running", assigned: false });
  assert.is(slow.engine.metrics().shards.length, SHARDS);
  for (const { restoring } of slow.engine.metrics().shards) {
    assert.ok(restoring !== null && restoring.share > 0 && restoring.share < 1 && restoring.bytes > 0);
  }
  isHeld = false;
  await pass(scenario, 20_000);
  assert.equal(slow.engine.health(), { state: "running", assigned: true });
  assert.ok(slow.logged.includes("info restoring a shard"));
});

it("says of which patterns it drops the runs, once for each shard, and keeps those of the others", async () => {
  const scenario = new Scenario(9);
  const first = scenario.start({ patterns: ["p", "q"] });
  scenario.feed(50, 1_000);
  await pass(scenario, 3_000);
  await stop(scenario, first);
  const second = scenario.start({ patterns: ["p", "r"], release: 2 });
  await pass(scenario, 3_000);
  const dropped = second.logged.filter((line) => line.startsWith("warn a pattern"));
  const line = "warn a pattern is no pattern of the service any more: the runs it had open are dropped";
  assert.equal(dropped, Array(SHARDS).fill(line));
  await stop(scenario, second);
  const third = scenario.start({ patterns: ["p", "r"], release: 3 });
  await pass(scenario, 3_000);
  assert.equal(
    third.logged.filter((each) => each.startsWith("warn")),
    [],
  );
});

it.run();
