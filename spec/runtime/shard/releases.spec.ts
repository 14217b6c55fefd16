// What becomes of open runs when a release of the service changes a pattern or leaves it out.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../../run/ask.ts";
import { type Different, type Instance, killAndReplace, Scenario, SHARDS, taskConfig } from "./scenario.ts";

const it = suite("shards, releases");
allowMs(120_000);

async function pass(scenario: Scenario, ms: number): Promise<void> {
  const now = scenario.world.clock.now();
  await scenario.world.until(() => scenario.world.clock.now() >= now + ms, ms + 60_000);
}

async function stop(scenario: Scenario, instance: Instance): Promise<void> {
  let isOver = false;
  void instance.engine.stop().then(() => {
    isOver = true;
  });
  await scenario.world.until(() => isOver);
}

/** Runs the releases one after the other, in the middle of what arrives; the last reads the rest. */
async function play(seed: number, releases: readonly Different[]): Promise<Scenario> {
  const scenario = new Scenario(seed);
  scenario.feed(40 * releases.length, 2_000 * releases.length);
  for (const [index, release] of releases.entries()) {
    const instance = scenario.start({ ...release, release: index + 1 });
    await pass(scenario, 500 + scenario.world.random(2_500));
    assert.is(instance.error, null, String(instance.error));
    if (index < releases.length - 1) await stop(scenario, instance);
  }
  await pass(scenario, 2_000 * releases.length);
  scenario.finish();
  await pass(scenario, 5_000);
  return scenario;
}

/** A number with a warning in the log of each shard. */
function warnings(instance: Instance): readonly string[] {
  return instance.logged.filter((line) => line.startsWith("warn a pattern"));
}

/** One run of each pattern in each lane, for long. */
function openRuns(scenario: Scenario): void {
  for (const partition of [0, 1, 2, 3])
    scenario.append("x", partition, { k: `k${partition}`, t: 100, n: partition, alarm: 5_000 });
  for (const topic of ["x", "y"])
    for (const partition of [0, 1, 2, 3]) scenario.append(topic, partition, { k: `k${partition}`, t: 200, n: 9 });
}

/** What begins under one form of a pattern and what under the next is told apart by nobody else: both say the same. */
it("runs that drain say what they would have said, and the new pattern all that begins behind them, at any moment", async () => {
  const drain: Different = { changedPatterns: "drain" };
  let went = 0;
  for (let seed = 1; seed <= 30; seed += 1) {
    const scenario = await play(seed, [
      { patterns: ["p:1", "q"] },
      { ...drain, patterns: ["q", "p:2"] },
      { ...drain, patterns: ["p:3", "q"] },
      { ...drain, patterns: ["p:1", "q"] },
    ]);
    assert.equal(scenario.found(), scenario.expected(), `seed ${seed}`);
    went += scenario.instances.flatMap(({ logged }) => logged).filter((line) => line.endsWith("go on")).length;
  }
  assert.ok(went > 20, `runs went on ${went} times`);
});

it("runs that drain survive whoever finishes them, and are not begun again when the same release starts", async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const scenario = new Scenario(seed);
    scenario.feed(80, 4_000);
    const first = scenario.start({ patterns: ["p:1", "q"] });
    await pass(scenario, 2_000);
    await stop(scenario, first);
    const now: Different = { patterns: ["p:2", "q"], release: 2, changedPatterns: "drain" };
    const second = scenario.start(now);
    await pass(scenario, 600);
    killAndReplace(scenario, second.member, now);
    await pass(scenario, 16_000);
    scenario.finish();
    await pass(scenario, 5_000);
    assert.equal(scenario.found(), scenario.expected(), `seed ${seed}`);
  }
});

it("says what is still open of earlier patterns, by their names", async () => {
  const scenario = new Scenario(5);
  openRuns(scenario);
  const first = scenario.start({ patterns: ["p:1", "q"] });
  await pass(scenario, 2_000);
  await stop(scenario, first);
  const second = scenario.start({ patterns: ["p:2"], release: 2, changedPatterns: "drain" });
  await pass(scenario, 2_000);
  const told = second.engine.metrics().patterns.map((each) => [each.pattern, each.openRuns, each.drainingRuns]);
  assert.equal(told, [
    ["p", 4, 4],
    ["q", 4, 4],
  ]);
  assert.equal(scenario.log.openedLater, ["alerts", "alerts"]);
  scenario.finish();
  await pass(scenario, 3_000);
  assert.equal(
    second.engine.metrics().patterns.map(({ alerts, openRuns }) => [alerts, openRuns]),
    [
      [4, 0],
      [4, 0],
    ],
  );
  await stop(scenario, second);
  const third = scenario.start({ patterns: ["p:2"], release: 2, changedPatterns: "drain" });
  await pass(scenario, 3_000);
  assert.is(third.logged.filter((line) => line.endsWith("its runs are over")).length, 2 * SHARDS);
  assert.equal(
    third.engine.metrics().patterns.map(({ pattern }) => pattern),
    ["p"],
  );
});

it("a pattern with functions, or one whose form means nothing any more, cannot drain, but may be dropped", async () => {
  const scenario = new Scenario(6);
  openRuns(scenario);
  const first = scenario.start({ patterns: ["p:()", "q:broken"] });
  await pass(scenario, 3_000);
  await stop(scenario, first);
  const drain: Different = { patterns: ["q:broken"], release: 2, changedPatterns: "drain" };
  const refused = scenario.start(drain);
  await scenario.world.until(() => refused.error !== null);
  assert.match(
    String(refused.error),
    /open runs of "p" \(version 1\).* it has functions \(select\)\. .*\{ "p": "drop" \}/,
  );
  assert.is((refused.error as { code?: string }).code, "CANNOT_DRAIN");
  const unread = scenario.start({ patterns: ["p:()"], release: 2, changedPatterns: "drain", unreadable: "q:broken" });
  await scenario.world.until(() => unread.error !== null);
  assert.match(String(unread.error), /"q" \(version 1\).* it cannot be made again: It is not read\. Write/);
  const dropping = scenario.start({ ...drain, changedPatterns: "drop" });
  await pass(scenario, 3_000);
  assert.is(dropping.error, null);
  assert.is(warnings(dropping).length, SHARDS);
});

it("a pattern with functions of which no run is open needs no draining, nor does one without a form", async () => {
  const scenario = new Scenario(8);
  for (const topic of ["x", "y"])
    for (const partition of [0, 1, 2, 3])
      scenario.append(topic, partition, { k: `k${partition}`, t: 100, n: 1, hit: true });
  const first = scenario.start({ patterns: ["p:()", "q:?"] });
  await pass(scenario, 3_000);
  await stop(scenario, first);
  const second = scenario.start({ patterns: ["r"], release: 2, changedPatterns: "drain" });
  await pass(scenario, 3_000);
  assert.is(second.error, null);
  assert.is(second.logged.filter((line) => line.endsWith("its runs are over")).length, 2 * SHARDS);
});

it("state that was saved without forms loses its old runs, with a warning", async () => {
  const scenario = new Scenario(7);
  scenario.feed(40, 1_000);
  const first = scenario.start({ patterns: ["p:?"] });
  await pass(scenario, 3_000);
  await stop(scenario, first);
  const second = scenario.start({ patterns: ["p:2"], release: 2, changedPatterns: "drain" });
  await pass(scenario, 3_000);
  assert.is(second.error, null);
  const line = "warn a pattern has changed, and was saved without its form: its runs are dropped";
  assert.equal(warnings(second), Array(SHARDS).fill(line));
});

it("other inputs than those of the saved state are told, each shard once: time goes on where it stood", async () => {
  const scenario = new Scenario(8);
  scenario.feed(40, 1_000);
  const [x] = taskConfig().inputs;
  const onlyX = { inputs: x === undefined ? [] : [x] };
  const told = async (different: Different): Promise<readonly string[]> => {
    const instance = scenario.start(different);
    await pass(scenario, 3_000);
    assert.is(instance.error, null, String(instance.error));
    await stop(scenario, instance);
    return instance.logged.filter((line) => line.includes("of other inputs"));
  };
  assert.equal(await told({ task: onlyX }), []);
  const said = "warn the saved state was of other inputs, and time goes on where it stood";
  assert.equal(await told({}), Array(SHARDS).fill(`${said}; what new ones bring of before that time is late`));
  assert.equal(await told({}), []);
  assert.equal(await told({ task: onlyX }), Array(SHARDS).fill(said));
});

it.run();
