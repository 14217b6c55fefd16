// At least once on a small log: alerts leave ahead of the checkpoint that covers them. Whoever dies, none is lost, and what is there
// again has the same id.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TransportError } from "../../../lib/core/errors.ts";
import { type Different, killAndReplace, Scenario, SHARDS } from "./scenario.ts";
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

function hangs(): Promise<never> {
  return new Promise(() => undefined);
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

it("very much is saved as often as what somebody waits for, so that none of it takes long", async () => {
  const commits = async (manyRecords: number): Promise<number> => {
    let count = 0;
    const scenario = new Scenario(4, (step) => {
      if (step === "checkpoint.commit") count += 1;
      return "done";
    });
    scenario.start({ ...AT_LEAST_ONCE, manyRecords });
    await pass(scenario, 3_000);
    count = 0;
    scenario.feed(2_000, 3_000);
    await pass(scenario, 3_500);
    return count;
  };
  const [few, many] = [await commits(2_000), await commits(10)];
  assert.ok(few <= 7 * SHARDS, `${few} commits every 500 ms`);
  assert.ok(many >= 20 * SHARDS, `${many} commits every 100 ms`);
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

/** Processes that come and go in peace while records come. */
async function comeAndGo(different: Different): Promise<Scenario> {
  const scenario = new Scenario(9);
  const { clock } = scenario.world;
  const [first] = [scenario.start({ ...AT_LEAST_ONCE, ...different }), scenario.feed(300, 9_000)];
  clock.after(3_100, () => scenario.start({ ...AT_LEAST_ONCE, ...different }));
  clock.after(6_200, () => void first.engine.stop());
  clock.after(10_000, () => scenario.finish());
  await pass(scenario, 10_500);
  await through(scenario);
  return scenario;
}

it("a shard that moves to another process in peace is saved before, and nothing is said again", async () => {
  const scenario = await comeAndGo({});
  assert.equal(scenario.found(), scenario.expected());
  const unsaved = await comeAndGo({
    source: (source) => ({
      ...source,
      start: (topics, shards, { onRebalancing: _, ...handler }) => source.start(topics, shards, handler),
    }),
  });
  assert.ok(unsaved.found().length > unsaved.expected().length, "without that, something is");
});

/** Whether it has resolved, later. */
function watched(promise: Promise<void> | undefined): { isSaved: boolean } {
  const seen = { isSaved: false };
  void promise?.then(() => {
    seen.isSaved = true;
  });
  return seen;
}

it("while the group shares out, what comes is left; once it has, it goes on", async () => {
  const scenario = new Scenario(11);
  const { member } = scenario.start(AT_LEAST_ONCE);
  scenario.feed(60, 2_000);
  await pass(scenario, 1_500);
  const seen = watched(member.handler?.onRebalancing?.());
  await pass(scenario, 700);
  assert.is(seen.isSaved, true);
  const [said, saved] = [scenario.found().length, scenario.checkpoints(0).at(-1)];
  scenario.finish();
  await pass(scenario, 10_000);
  assert.equal([scenario.found().length, scenario.checkpoints(0).at(-1)], [said, saved]);
  const again = watched(member.handler?.onRebalancing?.());
  await pass(scenario, 100);
  assert.is(again.isSaved, true);
  member.handler?.onAssigned(member.shards);
  await through(scenario);
  assert.equal(scenario.found(), scenario.expected());
});

it("told to stop while the group shares out, it leaves what it has not taken to the next, which has nothing to say again", async () => {
  const scenario = new Scenario(12);
  const { engine, member } = scenario.start(AT_LEAST_ONCE);
  scenario.feed(60, 2_000);
  await pass(scenario, 1_500);
  void member.handler?.onRebalancing?.();
  await pass(scenario, 1_000);
  scenario.finish();
  const said = scenario.found().length;
  let complete: boolean | null = null;
  void engine.stop().then((summary) => {
    complete = summary.complete;
  });
  await scenario.world.until(() => complete !== null);
  assert.equal([complete, scenario.found().length], [true, said]);
  scenario.start(AT_LEAST_ONCE);
  await through(scenario);
  assert.equal(scenario.found(), scenario.expected());
});

it("what cannot be saved is not waited for once the shard is lost, nor once the service has failed", async () => {
  for (const end of ["lost", "failed"] as const) {
    let isDown = false;
    const scenario = new Scenario(13, (step) => (isDown && step.startsWith("checkpoint") ? "lost" : "done"));
    const { member } = scenario.start({
      ...AT_LEAST_ONCE,
      source: (source) => ({ ...source, proveMembership: () => (isDown ? hangs() : source.proveMembership()) }),
    });
    scenario.feed(60, 2_000);
    await pass(scenario, 1_500);
    isDown = true;
    const seen = watched(member.handler?.onRebalancing?.());
    await pass(scenario, 5_000);
    assert.is(seen.isSaved, false);
    if (end === "lost") member.handler?.onAssigned([]);
    else member.handler?.onFailure(new TransportError("GONE", "It is gone.", { retriable: false }));
    await pass(scenario, 100);
    assert.is(seen.isSaved, true, end);
  }
});

it("with exactly-once nothing is to be saved before", async () => {
  const scenario = new Scenario(14);
  const { member } = scenario.start();
  await pass(scenario, 1_000);
  assert.is(member.handler?.onRebalancing, undefined);
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
