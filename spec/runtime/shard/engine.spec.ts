// Exactly once on a small log: whoever dies, at whatever step, each alert is committed once.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { record } from "../kit.ts";
import { killAndReplace, PARTITIONS, Scenario, SHARDS } from "./scenario.ts";
import type { Fate, Member, Step } from "./small-log.ts";

const it = suite("shards, exactly once");

/** Everything that is asked of the world, in the order in which a shard asks it. */
const STEPS: readonly Step[] = [
  "proveMembership",
  "takeOver",
  "barrier.send",
  "barrier.commit",
  "state.bounds",
  "state.read",
  "inputs.beginnings",
  "inputs.bounds",
  "checkpoint.send",
  "checkpoint.commit",
  "trim",
];
const FATES: readonly Fate[] = ["killBefore", "killAfter", "lost", "unheard"];
/** Which of the calls it happens to, counted over all processes. */
const OCCURRENCES = [1, 2, 5, 11];

/** Waits until nothing is missing, and a little longer, lest there be too much. */
async function through(scenario: Scenario): Promise<void> {
  await scenario.world
    .until(() => scenario.isThrough(), 300_000)
    .catch((error: Error) => {
      const { logged } = scenario.instances.at(-1) ?? { logged: [] };
      const errors = scenario.instances.map((each) => String(each.error ?? "")).join("; ");
      throw new Error(
        `${error.message}: ${scenario.found().length} of ${scenario.expected().length}; ${errors}\n${logged.slice(-8).join("\n")}`,
      );
    });
  const now = scenario.world.clock.now();
  await scenario.world.until(() => scenario.world.clock.now() > now + 12_000);
  assert.equal(scenario.found(), scenario.expected());
  for (let shard = 0; shard < SHARDS; shard += 1) assert.ok(scenario.checkpoints(shard).length > 0);
}

/** Three processes under load; the `occurrence`th call of `step` meets `fate`. Returns whether it came to that. */
async function hurt(step: Step, fate: Fate, occurrence: number, seed: number): Promise<boolean> {
  let calls = 0;
  let isHurt = false;
  const decide = (asked: Step, member: Member): Fate => {
    if (asked !== step || ++calls !== occurrence) return "done";
    isHurt = true;
    if (fate.startsWith("kill"))
      scenario.world.clock.after(fate === "killBefore" ? 0 : 10, () => killAndReplace(scenario, member));
    return fate;
  };
  const scenario = new Scenario(seed, decide);
  for (let n = 0; n < 3; n += 1) scenario.start();
  scenario.feed(150, 6_000);
  scenario.world.clock.after(7_000, () => scenario.finish());
  await scenario.world.until(() => scenario.world.clock.now() > 1_007_500, 10_000);
  await through(scenario);
  return isHurt;
}

it("undisturbed, and stopped in peace", async () => {
  const scenario = new Scenario(1);
  const { engine } = scenario.start();
  scenario.feed(200, 5_000);
  scenario.world.clock.after(6_000, () => scenario.finish());
  await scenario.world.until(() => scenario.world.clock.now() > 1_006_500, 10_000);
  await through(scenario);
  let complete: boolean | null = null;
  void engine.stop().then((summary) => {
    complete = summary.complete;
  });
  await scenario.world.until(() => complete !== null);
  assert.is(complete, true);
});

it("who has nothing to say writes nothing; what nobody sees is saved at its own pace", async () => {
  const scenario = new Scenario(4);
  const { clock } = scenario.world;
  const commits: number[] = [];
  scenario.log.fate = (step) => {
    if (step === "checkpoint.commit") commits.push(clock.now());
    return "done";
  };
  scenario.start({ task: { whenAllIdle: "clock", idleAfterMs: 1_000 } });
  const pass = async (ms: number): Promise<void> => {
    const now = clock.now();
    await scenario.world.until(() => clock.now() >= now + ms, 2 * ms);
  };
  await pass(5_000);
  assert.is(commits.length, SHARDS, "where reading begins is settled once");
  await pass(60_000);
  assert.is(commits.length, SHARDS);
  for (let n = 0; n < 30; n += 1) clock.after(100 * n, () => scenario.append("x", 0, { k: "k0", t: clock.now() + n }));
  await pass(10_000);
  const inShard = commits.slice(SHARDS);
  assert.ok(inShard.length >= 5 && inShard.length <= 8, `${inShard.length} commits of records without alerts in 3 s`);
});

it("what a silent partition was waiting with is dealt with and shown so, though nobody says anything of it", async () => {
  const scenario = new Scenario(5);
  const { clock, until } = scenario.world;
  const { engine } = scenario.start({ task: { whenAllIdle: "clock", idleAfterMs: 1_000 } });
  await until(() => scenario.log.shown.get("x/0") === 0n);
  scenario.append("x", 0, { k: "k0", t: clock.now() });
  await until(() => engine.metrics().topics[0]?.waiting === 1);
  await until(() => scenario.log.shown.get("x/0") === 1n, 10_000);
  assert.is(engine.metrics().topics[0]?.waiting, 0);
});

it("of what may be read and not taken, a shard has what others leave, and its part in any case", async () => {
  const scenario = new Scenario(8);
  const paused: number[] = [];
  let begun = 0;
  let give: (partition: number, count: number) => void = () => undefined;
  scenario.start({
    source: (source) => ({
      ...source,
      start(topics, shards, handler) {
        give = (partition, count) => {
          const records = Array.from({ length: count }, (_, n) => record(n, "broken".padEnd(4_000)));
          handler.onBatch({ topic: "x", partition, records, caughtUp: false });
        };
        return source.start(topics, shards, handler);
      },
      read(place, from) {
        begun += 1;
        source.read(place, from);
      },
      pause: ({ partition }) => paused.push(partition % SHARDS),
    }),
  });
  await scenario.world.until(() => begun === 2 * PARTITIONS);
  give(0, 3);
  assert.equal(paused, [], "12,000 of 20,000, and nothing elsewhere");
  give(1, 2);
  assert.equal(paused, [], "8,000, which is less than half");
  give(1, 1);
  assert.equal([...new Set(paused)], [1], "12,000, and as many elsewhere");
  give(0, 1);
  assert.equal([...new Set(paused)], [1, 0]);
});

for (const fate of FATES) {
  it(`${fate}, at each step`, async () => {
    const happened: string[] = [];
    for (const [index, step] of STEPS.entries())
      for (const occurrence of OCCURRENCES)
        if (await hurt(step, fate, occurrence, 100 * index + occurrence)) happened.push(step);
    assert.equal(
      STEPS.filter((step) => !happened.includes(step)),
      [],
    );
  });
}

it("breathes between the slices of what it restores, where that takes long", async () => {
  const breathsOf = async (slowMs: number): Promise<number> => {
    const scenario = new Scenario(7);
    const { member } = scenario.start();
    scenario.feed(40, 2_000);
    await scenario.world.until(() => scenario.found().length > 9);
    member.process.kill();
    scenario.log.expel(member);
    scenario.slowMs = slowMs;
    let breaths: number | null = null;
    // Reading begins once a shard was restored.
    const next = scenario.start({
      source: (source) => ({
        ...source,
        read(place, from) {
          breaths ??= next.member.process.breaths;
          source.read(place, from);
        },
      }),
    });
    await scenario.world.until(() => breaths !== null);
    return breaths ?? 0;
  };
  const [quick, slow] = [await breathsOf(0), await breathsOf(12)];
  // Four matchers, and of each a page takes five slices.
  assert.ok(quick === 0 && slow >= 20, `${quick} and ${slow} breaths`);
});

it.run();
