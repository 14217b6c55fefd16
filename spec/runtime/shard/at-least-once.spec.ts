// At least once on a small log: alerts leave ahead of the checkpoint that covers them. Whoever dies, none is lost, and what is there
// again has the same id.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TransportError } from "../../../lib/core/errors.ts";
import { killAndReplace, Scenario, SHARDS } from "./scenario.ts";
import type { Fate, Member, Step } from "./small-log.ts";

const it = suite("shards, at least once");

const AT_LEAST_ONCE = { guarantee: "at-least-once" } as const;
const STEPS: readonly Step[] = ["sink.send", "checkpoint.send", "checkpoint.commit"];
const FATES: readonly Fate[] = ["killBefore", "killAfter", "lost", "unheard"];
const OCCURRENCES = [1, 2, 5, 11];

/** Waits until nothing is missing, and a little longer, lest there be something new. */
async function through(scenario: Scenario): Promise<void> {
  const { world } = scenario;
  await world.until(() => new Set(scenario.found()).size >= scenario.expected().length, 300_000);
  const now = world.clock.now();
  await world.until(() => world.clock.now() > now + 12_000);
  assert.equal([...new Set(scenario.found())], scenario.expected());
  for (let shard = 0; shard < SHARDS; shard += 1) assert.ok(scenario.checkpoints(shard).length > 0);
}

const pass = (scenario: Scenario, ms: number): Promise<void> => {
  const { world } = scenario;
  const until = world.clock.now() + ms;
  world.clock.after(ms, () => undefined);
  return world.until(() => world.clock.now() >= until, 2 * ms);
};

it("alerts are seen at once, checkpoints come at their own pace and carry nothing", async () => {
  const scenario = new Scenario(3);
  const { clock } = scenario.world;
  const steps: { readonly step: Step; readonly at: number }[] = [];
  scenario.log.fate = (step) => {
    steps.push({ step, at: clock.now() });
    return "done";
  };
  scenario.start(AT_LEAST_ONCE);
  await pass(scenario, 3_000);
  steps.length = 0;
  const said = clock.now();
  scenario.append("x", 0, { k: "k0", t: 1, n: 1, hit: true });
  scenario.append("y", 0, { k: "k0", t: 500, n: 2 });
  scenario.append("x", 0, { k: "k0", t: 500, n: 3 });
  await pass(scenario, 3_000);
  const at = (step: Step): number => (steps.find((each) => each.step === step)?.at ?? Number.NaN) - said;
  assert.ok(at("sink.send") < 60, `sent after ${at("sink.send")} ms`);
  assert.is(scenario.found().length > 0, true);
  assert.ok(at("checkpoint.commit") > at("sink.send"));
  assert.equal([...new Set(scenario.found())], scenario.found());
});

it("stopped in peace, it says nothing again", async () => {
  const scenario = new Scenario(1);
  const { engine } = scenario.start(AT_LEAST_ONCE);
  scenario.feed(200, 5_000);
  scenario.world.clock.after(6_000, () => scenario.finish());
  await pass(scenario, 6_500);
  await scenario.world.until(() => scenario.isThrough(), 300_000);
  let complete: boolean | null = null;
  void engine.stop().then((summary) => {
    complete = summary.complete;
    assert.is(summary.metrics.unsentBytes, 0);
  });
  await scenario.world.until(() => complete !== null);
  assert.is(complete, true);
  scenario.start(AT_LEAST_ONCE);
  await pass(scenario, 20_000);
  assert.equal(scenario.found(), scenario.expected());
});

for (const fate of FATES) {
  it(`${fate}, at each step`, async () => {
    const happened = new Set<Step>();
    for (const [index, step] of STEPS.entries())
      for (const occurrence of OCCURRENCES) {
        let calls = 0;
        const decide = (asked: Step, member: Member): Fate => {
          if (asked !== step || ++calls !== occurrence) return "done";
          happened.add(step);
          if (fate.startsWith("kill")) scenario.world.clock.after(10, () => killAndReplace(scenario, member));
          return fate;
        };
        const scenario = new Scenario(100 * index + occurrence, decide);
        for (let n = 0; n < 3; n += 1) scenario.start(AT_LEAST_ONCE);
        scenario.feed(150, 6_000);
        scenario.world.clock.after(7_000, () => scenario.finish());
        await pass(scenario, 7_500);
        await through(scenario);
      }
    assert.equal([...happened], STEPS);
  });
}

it("while alerts cannot be sent nothing is committed; it says so, and goes on when they can", async () => {
  let isDown = false;
  let commits = 0;
  const scenario = new Scenario(5, (step) => {
    if (step === "checkpoint.commit") commits += 1;
    return isDown && step === "sink.send" ? "lost" : "done";
  });
  const { engine, logged } = scenario.start(AT_LEAST_ONCE);
  await pass(scenario, 3_000);
  isDown = true;
  commits = 0;
  scenario.feed(100, 5_000);
  await pass(scenario, 15_000);
  assert.is(engine.metrics().state, "degraded");
  assert.ok(engine.metrics().unsentBytes > 0);
  assert.ok(commits <= SHARDS, `${commits} commits`);
  assert.equal(scenario.found(), []);
  assert.ok(logged.some((line) => line === "warn output failed and will be tried again"));
  isDown = false;
  scenario.finish();
  await through(scenario);
  assert.is(engine.metrics().state, "running");
});

it("fails with what the sink says for good, and commits nothing of what was not sent", async () => {
  const scenario = new Scenario(6);
  const refusal = new TransportError("TOO_LARGE", "This is too large.", { retriable: false });
  const { engine } = scenario.start({
    ...AT_LEAST_ONCE,
    sink: (sink) => ({ ...sink, send: async () => Promise.reject(refusal) }),
  });
  let failure: unknown = null;
  engine.done.catch((error: unknown) => {
    failure = error;
  });
  scenario.feed(100, 5_000);
  await pass(scenario, 6_000);
  assert.is(failure, refusal);
  scenario.finish();
  scenario.start(AT_LEAST_ONCE);
  await through(scenario);
});

it.run();
