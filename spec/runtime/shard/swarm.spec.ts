// Exactly once under everything at once: requests and answers are lost, processes die, are stopped for longer than the group waits and
// go on, join and leave. First it is hurt, then left alone; then nothing may be missing, and nothing there twice.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../../run/ask.ts";
import { killAndReplace, Scenario, SESSION_MS, SHARDS } from "./scenario.ts";
import type { Fate, Member, Step } from "./small-log.ts";

const it = suite("shards, swarm");
/** Some fifteen seconds, several times as long where a machine is busy. */
allowMs(240_000);

const SEEDS = 200;

/** What must have happened sometimes in all. */
type Seen = {
  kills: number;
  killsInTransaction: number;
  zombies: number;
  lost: number;
  unheardCommits: number;
  forgottenCommits: number;
  undone: number;
  leaves: number;
  overtaken: number;
};

/** `slowMs`: how much time goes by whenever a process looks at its clock. */
async function swarm(seed: number, seen: Seen, slowMs: number): Promise<void> {
  let isHurting = true;
  const decide = (step: Step, member: Member): Fate => {
    const { random, clock } = scenario.world;
    if (!isHurting || step === "start" || step === "open") return "done";
    const dice = random(1_000);
    if (dice < how.kill) {
      seen.kills += 1;
      if (step.startsWith("checkpoint")) seen.killsInTransaction += 1;
      clock.after(10, () => killAndReplace(scenario, member));
      return random(2) === 0 ? "killBefore" : "killAfter";
    }
    if (dice < how.kill + how.pause && scenario.living().length > 1) {
      seen.zombies += 1;
      clock.after(0, () => stall(scenario, member));
      return "done";
    }
    if (dice < how.kill + how.pause + how.lose) {
      const fate: Fate = random(2) === 0 ? "lost" : "unheard";
      seen.lost += 1;
      if (fate === "unheard" && step === "checkpoint.commit") seen.unheardCommits += 1;
      return fate;
    }
    if (step.endsWith(".commit") && random(100) < how.forget) {
      seen.forgottenCommits += 1;
      return "forgotten";
    }
    return "done";
  };
  const scenario = new Scenario(seed, decide);
  scenario.slowMs = slowMs;
  // Each seed is another world: some lose much, some kill much, some do neither.
  const how = {
    kill: scenario.world.random(12),
    pause: scenario.world.random(8),
    lose: scenario.world.random(60),
    forget: scenario.world.random(8),
  };
  for (let n = 0; n < 1 + (seed % 3); n += 1) scenario.start();
  scenario.feed(120, 8_000);
  const { clock, random } = scenario.world;
  for (let n = 0; n < random(3); n += 1) {
    clock.after(random(8_000), () => scenario.start());
    clock.after(random(8_000), () => leave(scenario, seen));
  }
  clock.after(9_000, () => {
    isHurting = false;
    scenario.finish();
    scenario.start();
  });
  await scenario.world.until(() => clock.now() > 1_009_500, 20_000);
  await scenario.world.until(() => scenario.isThrough(), 300_000);
  const now = clock.now();
  await scenario.world.until(() => clock.now() > now + 12_000);
  seen.undone += scenario.log.undone;
  assert.equal(scenario.found(), scenario.expected());
  for (let shard = 0; shard < SHARDS; shard += 1) assert.ok(scenario.checkpoints(shard).length > 0);
  seen.overtaken += scenario.instances
    .flatMap(({ logged }) => logged)
    .filter((line) => line.includes("taken over afresh")).length;
  for (const { error } of scenario.instances) assert.ok(error === null, String(error));
}

/** Stopped for so long that the group gives its shards away; then it goes on as if nothing had been. */
function stall(scenario: Scenario, member: Member): void {
  member.process.pause();
  scenario.world.clock.after(SESSION_MS, () => scenario.log.expel(member));
  scenario.world.clock.after(SESSION_MS + scenario.world.random(2_000), () => member.process.resume());
}

function leave(scenario: Scenario, seen: Seen): void {
  const [instance, another] = scenario.living();
  if (instance === undefined || another === undefined) return;
  seen.leaves += 1;
  void instance.engine.stop();
}

it("commits every alert once, in each of many worlds", async () => {
  const seen: Seen = {
    kills: 0,
    killsInTransaction: 0,
    zombies: 0,
    lost: 0,
    unheardCommits: 0,
    forgottenCommits: 0,
    undone: 0,
    leaves: 0,
    overtaken: 0,
  };
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    try {
      // One in ten is so slow that it freezes and thaws slice by slice.
      await swarm(seed, seen, seed % 10 === 0 ? 3 : 0);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 0, `${what} never happened`);
  console.log(
    `    ${SEEDS} worlds: ${Object.entries(seen)
      .map(([what, times]) => `${times} ${what}`)
      .join(", ")}`,
  );
});

it.run();
