// A world: time that only moves when something happens, chance that repeats, processes that end without a word.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createGate, gatedClock } from "../../../lib/testing/simulation/instance.ts";
import { createRandom } from "../../../lib/testing/simulation/random.ts";
import { createWorld, WORLD_BEGINS } from "../../../lib/testing/simulation/world.ts";

const it = suite("world");

const passed = (world: { readonly clock: { now(): number } }): number => world.clock.now() - WORLD_BEGINS;

it("does what is due in the order of time, whatever the order it was asked for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(fc.nat(50), { minLength: 1 }), async (seed, delays) => {
      const world = createWorld(seed);
      const done: number[] = [];
      await world.run(
        () =>
          new Promise<void>((resolve) => {
            for (const delayMs of delays)
              world.clock.after(delayMs, () => {
                assert.is(passed(world), delayMs);
                if (done.push(delayMs) === delays.length) resolve();
              });
          }),
      );
      assert.equal(
        done,
        [...delays].sort((a, b) => a - b),
      );
      assert.is(world.steps(), delays.length);
    }),
  );
});

it("leaves the order of the same instant to the seed, and repeats it", async () => {
  const orderOf = async (seed: number): Promise<string> => {
    const world = createWorld(seed);
    let order = "";
    await world.run(async () => {
      await Promise.all(
        [..."abcdef"].map(async (name) => {
          await world.clock.breathe();
          order += name;
          world.trace(name);
        }),
      );
    });
    return `${order} ${world.traceHash()}`;
  };
  const orders = await Promise.all(Array.from({ length: 20 }, (_, seed) => orderOf(seed)));
  assert.equal(await Promise.all(Array.from({ length: 20 }, (_, seed) => orderOf(seed))), orders);
  assert.ok(new Set(orders).size > 15);
});

it("does not do what was called off", async () => {
  const world = createWorld(1);
  await world.run(async () => {
    const callOff = world.clock.after(1, () => assert.unreachable());
    callOff();
    await new Promise<void>((resolve) => void world.clock.after(2, resolve));
  });
  assert.is(passed(world), 2);
});

it("says where it is stuck", async () => {
  const forever = (): Promise<never> => new Promise(() => {});
  const says = async (run: Promise<unknown>): Promise<string> => {
    try {
      await run;
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  };
  assert.is(
    await says(createWorld(1).run(forever)),
    "STUCK: nothing is left that could happen, at 0 ms of virtual time.",
  );
  const world = createWorld(1);
  const tick = (): void => void world.clock.after(10, tick);
  tick();
  assert.match(await says(world.run(forever, { maxSteps: 3 })), /STUCK: it has not ended after 3 steps, at 30 ms/);
  assert.match(await says(world.run(forever, { maxMs: 100 })), /STUCK: it has not ended after 14 steps, at 140 ms/);
  const failing = async (): Promise<never> => {
    throw new Error("its own");
  };
  assert.is(await says(createWorld(1).run(failing)), "its own");
});

it("has streams of chance that do not touch each other", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(20), (seed, more) => {
      const world = createWorld(seed);
      const alone = createRandom(seed, "faults");
      const beside = world.random("load");
      for (let count = 0; count < more; count += 1) beside.fraction();
      const faults = world.random("faults");
      for (let count = 0; count < 5; count += 1) assert.is(faults.fraction(), alone.fraction());
    }),
  );
});

it("draws evenly", () => {
  const random = createRandom(7, "dice");
  const counts = new Map<number, number>();
  for (let throws = 0; throws < 6_000; throws += 1) {
    const eyes = random.between(1, 6);
    counts.set(eyes, (counts.get(eyes) ?? 0) + 1);
  }
  assert.equal([...counts.keys()].sort(), [1, 2, 3, 4, 5, 6]);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1_000) < 150, `${count}`);
  const hits = Array.from({ length: 1_000 }, () => random.happens(0.2)).filter(Boolean).length;
  assert.ok(Math.abs(hits - 200) < 60, `${hits}`);
  assert.ok(Array.from({ length: 50 }, () => random.pick(["a", "b"])).includes("b"));
});

it("reaches the dead with nothing, and the stopped when they go on", async () => {
  const world = createWorld(3);
  const gate = createGate();
  const clock = gatedClock(world.clock, gate);
  const heard: string[] = [];
  await world.run(async () => {
    clock.after(1, () => heard.push("running"));
    const callOff = clock.after(12, () => heard.push("called off while stopped"));
    clock.after(11, () => heard.push("stopped"));
    clock.after(13, () => heard.push("stopped, later"));
    clock.after(31, () => heard.push("dead"));
    const breath = clock.breathe();
    world.clock.after(10, () => gate.pause());
    world.clock.after(15, () => callOff());
    world.clock.after(20, () => {
      heard.push("resume");
      gate.resume();
      gate.resume();
    });
    world.clock.after(30, () => {
      gate.kill();
      gate.pause();
      gate.resume();
    });
    await breath;
    await new Promise<void>((resolve) => void world.clock.after(50, resolve));
  });
  assert.equal(heard, ["running", "resume", "stopped", "stopped, later"]);
  assert.is(gate.isDead(), true);
  assert.is(gate.isOpen(), false);
  assert.is(clock.now(), world.clock.now());
});

it.run();
