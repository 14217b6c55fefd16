// When a shard is not taken over, or given up; and what becomes of its state when the service changes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, TransportError } from "../../../lib/core/errors.ts";
import type { StateLog } from "../../../lib/runtime/shard-ports.ts";
import { writeEntry } from "../../../lib/state/entry.ts";
import { type Different, type Instance, Scenario, SESSION_MS } from "./scenario.ts";

const it = suite("shards, refusals");

async function ended(scenario: Scenario, instance: Instance): Promise<string> {
  await scenario.world.until(() => instance.error !== null, 400_000);
  const error = instance.error as { code?: string; message: string };
  return `${error.code}: ${error.message}`;
}

async function pass(scenario: Scenario, ms: number): Promise<void> {
  const now = scenario.world.clock.now();
  await scenario.world.until(() => scenario.world.clock.now() >= now + ms, ms + 60_000);
}

async function stop(scenario: Scenario, instance: Instance): Promise<boolean> {
  let complete: boolean | null = null;
  void instance.engine.stop().then((summary) => {
    complete = summary.complete;
  });
  await scenario.world.until(() => complete !== null);
  return complete === true;
}

/** A service that has run and stopped in the middle of its input. */
async function before(seed = 3, first: Different = {}): Promise<Scenario> {
  const scenario = new Scenario(seed);
  const instance = scenario.start(first);
  scenario.feed(80, 2_000);
  await pass(scenario, 3_000);
  assert.is(await stop(scenario, instance), true);
  return scenario;
}

async function refusal(scenario: Scenario, different: Different): Promise<string> {
  const instance = scenario.start(different);
  const said = await ended(scenario, instance);
  assert.ok(instance.logged.includes("error the service failed"));
  assert.is(instance.engine.health().state, "failed");
  return said;
}

it("state of another app, shape, release or with other patterns is refused, and says which", async () => {
  const scenario = await before(3, { release: 5 });
  assert.match(await refusal(scenario, { release: 4 }), /^SUPERSEDED: Release 5 .* this process is release 4/);
  assert.match(await refusal(scenario, { release: 5, patterns: ["p", "r"] }), /^DUPLICATE_APP: .* raise release/);
  assert.match(await refusal(scenario, { release: 5, app: "bank" }), /^OTHER_APP: .* partition \d of "bank-state"/);
});

it("more shards than partitions, or inputs that are cut differently, are refused at once", async () => {
  const scenario = new Scenario(3);
  assert.match(await refusal(scenario, { shards: 9 }), /^BAD_SHARDS: .* 9 shards, more than the 4 partitions/);
  scenario.log.inputs.set("y/4", []);
  assert.match(await refusal(scenario, {}), /^PARTITION_COUNT/);
});

it("shards or partitions that changed are refused", async () => {
  const scenario = await before();
  assert.match(await refusal(scenario, { shards: 1 }), /^SHARDS_CHANGED: .* saved in 2 shards; the service has 1 now/);
  for (const topic of ["x", "y"]) scenario.log.inputs.set(`${topic}/4`, []);
  assert.match(await refusal(scenario, {}), /^PARTITIONS_CHANGED: .* 4 partitions; they have 5 now/);
});

it("state that is damaged, cut off or foreign is refused", async () => {
  const scenario = await before();
  const [state] = scenario.log.states;
  if (state === undefined) throw new Error("there is a shard");
  const whole = state.stored;
  const last = whole.at(-1);
  const flipped = Uint8Array.from(last?.value ?? []);
  flipped[40] = (flipped[40] ?? 0) ^ 1;
  const variants: readonly (readonly [typeof whole, bigint, RegExp])[] = [
    [whole.map((each) => (each === last ? { ...each, value: flipped } : each)), state.start, /^DAMAGED_STATE/],
    [
      whole.map((each) => (each === last ? { ...each, value: Buffer.from("hello") } : each)),
      state.start,
      /^FOREIGN_STATE/,
    ],
    [whole.slice(-1), last?.offset ?? 0n, /^(TRUNCATED|DAMAGED)_STATE/],
    [[], last?.offset ?? 0n, /^TRUNCATED_STATE: .* its beginning was deleted/],
  ];
  for (const [stored, start, expected] of variants) {
    state.stored = stored;
    state.start = start;
    assert.match(await refusal(scenario, {}), expected);
  }
});

it("a log in which the barrier just written is not met is refused", async () => {
  const scenario = await before();
  const blind = (state: StateLog): StateLog => ({
    ...state,
    read: async function* (shard, from) {
      for await (const { records, next } of state.read(shard, from)) {
        const others = records.filter(({ value }) => !Buffer.from(value ?? []).includes(`"nonce":"i1:`));
        yield { records: others, next };
      }
    },
  });
  assert.match(
    await refusal(scenario, { state: blind }),
    /^TRUNCATED_STATE: .* the barrier that was written at offset/,
  );
});

it("input that was deleted before it was dealt with stops the service, unless it may go on", async () => {
  const scenario = await before();
  scenario.log.inputStart.set("x/0", 900n);
  scenario.log.append(
    { topic: "x", partition: 0 },
    { offset: 1_000n, timestamp: 0, key: null, value: null, headers: new Map() },
  );
  assert.match(await refusal(scenario, {}), /^DATA_LOST: Records \d+ to 899 of partition 0 of "x" were deleted/);
  scenario.log.inputStart.clear();
  const wasRead = (partition: number): boolean => (scenario.log.shown.get(`y/${partition}`) ?? 0n) > 0n;
  for (let partition = 0; partition < 4; partition += 1)
    if (wasRead(partition)) scenario.log.inputs.set(`y/${partition}`, []);
  assert.match(
    await refusal(scenario, {}),
    /^DATA_LOST: The log of partition \d of "y" ends at 0, but reading stands at/,
  );
  scenario.log.inputStart.set("x/0", 900n);
  const careless = scenario.start({ onDataLoss: "continue" });
  await pass(scenario, 3_000);
  assert.is(careless.error, null);
  assert.ok(careless.logged.filter((line) => line.startsWith("error records were deleted")).length >= 2);
  assert.is(
    careless.engine.metrics().partitions.find(({ topic, partition }) => topic === "x" && partition === 0)?.position,
    1_001n,
  );
});

it("a shard that cannot be written for too long is given up, and nothing is lost", async () => {
  const scenario = await before();
  let isOut = true;
  scenario.log.fate = (step) => (isOut && step === "barrier.commit" ? "unheard" : "done");
  assert.match(
    await refusal(scenario, {}),
    /^SHARD_GIVEN_UP: Shard \d is given up: taking over the shard failed \d+ times within 60000 ms/,
  );
  isOut = false;
  scenario.finish();
  const later = scenario.start();
  await scenario.world.until(() => scenario.isThrough());
  isOut = true;
  scenario.log.fate = (step) => (isOut && step.startsWith("checkpoint") ? "lost" : "done");
  scenario.feed(20, 100);
  assert.match(await ended(scenario, later), /^SHARD_GIVEN_UP: .* finding out what became of checkpoint \d+ failed/);
});

it("what nobody can mend by trying again ends the service at once", async () => {
  const scenario = new Scenario(5);
  const refusing = (state: StateLog): StateLog => ({
    ...state,
    takeOver: async (shard) => {
      const writer = await state.takeOver(shard);
      let begun = 0;
      return {
        ...writer,
        begin: async () => {
          const transaction = await writer.begin();
          if (++begun === 1) return transaction;
          return {
            ...transaction,
            send: () => Promise.reject(new ConfigError("MESSAGE_TOO_LARGE", "Too large.")),
          };
        },
      };
    },
  });
  scenario.feed(20, 500);
  assert.match(await refusal(scenario, { state: refusing }), /^MESSAGE_TOO_LARGE/);
  const silent = (source: Parameters<NonNullable<Different["source"]>>[0]) => ({
    ...source,
    start: () => Promise.reject(new TransportError("NO_BROKER", "No broker.", { retriable: false })),
  });
  assert.match(await refusal(scenario, { source: silent }), /^NO_BROKER/);
});

it("two deployments with one name find out", async () => {
  const scenario = new Scenario(7);
  const instance = scenario.start();
  const other = scenario.log.connect("other", instance.member.process);
  const seize = async (): Promise<void> => {
    const writer = await other.state.takeOver(0);
    const transaction = await writer.begin();
    const barrier = {
      kind: "barrier",
      app: "shop",
      instance: "other",
      nonce: "other:1",
      release: 1,
      shards: 2,
      partitions: 4,
    } as const;
    await transaction.send({ outputs: [], blocks: writeEntry(barrier) });
    await transaction.commit();
    scenario.world.clock.after(2_000, () => void seize());
  };
  scenario.world.clock.after(2_000, () => void seize());
  scenario.feed(500, 60_000);
  assert.match(await ended(scenario, instance), /^DUPLICATE_APP: .* another deployment with the app name "shop"/);
});

it("one that sleeps for longer than its session again and again is not taken for another deployment", async () => {
  const SLEEPS = 7;
  let slept = 0;
  let isAwake = true;
  const scenario: Scenario = new Scenario(7, (step, member) => {
    if (member === sleeper.member && isAwake && step === "checkpoint.send") void sleep();
    return "done";
  });
  const { log, world } = scenario;
  const [, sleeper] = [scenario.start(), scenario.start()] as const;
  const sleep = async (): Promise<void> => {
    isAwake = false;
    sleeper.member.process.pause();
    await pass(scenario, SESSION_MS);
    log.expel(sleeper.member);
    await pass(scenario, 2_000);
    sleeper.member.process.resume();
    slept += 1;
    await pass(scenario, 5_000);
    isAwake = slept < SLEEPS;
  };
  scenario.feed(1_000, 250_000);
  await pass(scenario, 260_000);
  scenario.finish();
  await world.until(() => scenario.isThrough(), 300_000);
  assert.equal(scenario.found(), scenario.expected());
  const overtaken = sleeper.logged.filter((line) => line.includes("taken over afresh")).length;
  assert.ok(overtaken >= 5, `${overtaken} in ${slept}`);
  assert.is(sleeper.error, null);
});

it("a pattern that is new or changed begins empty, the others keep their runs", async () => {
  const scenario = await before(11, { patterns: ["p", "old"] });
  scenario.finish();
  const ofP = (lines: readonly string[]): readonly string[] => lines.filter((line) => line.startsWith("alerts p/"));
  const foundBefore = ofP(scenario.found()).length;
  const instance = scenario.start({ release: 2, patterns: ["new", "p"] });
  await scenario.world.until(() => ofP(scenario.found()).length >= ofP(scenario.expected()).length);
  await pass(scenario, 2_000);
  assert.equal(ofP(scenario.found()), ofP(scenario.expected()));
  const metrics = instance.engine.metrics();
  assert.equal(
    metrics.patterns.map(({ pattern }) => pattern),
    ["new", "p"],
  );
  assert.is(metrics.patterns[1]?.alerts, ofP(scenario.found()).length - foundBefore);
  assert.is(await stop(scenario, instance), true);
  const again = scenario.start({ release: 2, patterns: ["new", "p"] });
  await pass(scenario, 2_000);
  assert.is(again.error, null);
});

it("is told to stop before it has a shard, or without time for it", async () => {
  const scenario = new Scenario(2);
  const early = scenario.start();
  assert.is(await stop(scenario, early), true);
  const stuck = scenario.start();
  scenario.feed(30, 300);
  await pass(scenario, 1_000);
  scenario.log.fate = (step) => (step.startsWith("checkpoint") ? "lost" : "done");
  scenario.feed(30, 10);
  await pass(scenario, 20);
  assert.is(await stop(scenario, stuck), false);
  assert.ok(stuck.logged.includes("warn the time for stopping is over; what was not committed will be read again"));
  scenario.log.fate = () => "done";
  const doomed = scenario.start();
  await pass(scenario, 2_000);
  scenario.log.fate = (step) => (step === "checkpoint.commit" ? "lost" : "done");
  scenario.feed(30, 10);
  await pass(scenario, 50_000);
  void doomed.engine.stop().catch(() => undefined);
  assert.match(await ended(scenario, doomed), /^SHARD_GIVEN_UP/);
});

it("says how it is while it restores and while it runs", async () => {
  const scenario = await before();
  const slow = scenario.start();
  scenario.log.fate = (step) => (step === "state.read" ? "lost" : "done");
  await pass(scenario, 500);
  assert.equal(slow.engine.health(), { state: "degraded", assigned: false });
  assert.equal(slow.engine.lanes(), []);
  scenario.log.fate = () => "done";
  await pass(scenario, 5_000);
  assert.equal(slow.engine.health(), { state: "running", assigned: true });
  const { topics, lanes, sent, watermark } = slow.engine.metrics();
  assert.equal([topics.length, lanes.length, sent.alerts], [2, 4, 0]);
  assert.ok(Number.isFinite(watermark));
  for (const each of topics)
    assert.is(each.records, each.onTime + each.late + each.deadLettered + each.skipped + each.waiting);
});

it.run();
