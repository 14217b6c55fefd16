// The ports of shards on the model broker: what they promise, whoever dies.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { TransportError } from "../../../lib/core/errors.ts";
import type { InputBatch, OutputRecord } from "../../../lib/runtime/ports.ts";
import type { ShardHandler, ShardSource, StateLog } from "../../../lib/runtime/shard-ports.ts";
import type { AnswerOf } from "../../../lib/testing/simulation/calls.ts";
import { committedEntries } from "../../../lib/testing/simulation/committed.ts";
import type { Fate, Fates } from "../../../lib/testing/simulation/network.ts";
import {
  createSimulation,
  healthy,
  type Instance,
  type ServiceOptions,
  type Simulation,
} from "../../../lib/testing/simulation/simulation.ts";
import { codeOf } from "./ask-kit.ts";

const it = suite("ports on the model");

const APP: ServiceOptions = { app: "app" };
const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString();
const bytes = (value: string): Uint8Array => Buffer.from(value);
const done = (promise: Promise<unknown>): Promise<string> => codeOf(promise.then(() => ({})));
const sleep = ({ world }: Simulation, forMs: number): Promise<void> =>
  new Promise((resolve) => void world.clock.after(forMs, resolve));
const alert = (value: string): OutputRecord => ({
  ...{ topic: "out", key: bytes("k"), value: bytes(value), timestamp: 0 },
  headers: new Map([["id", value]]),
});

/** Values of a shard's partition from `from` on, up to the first that is `last`, or to the end. */
async function readState(state: StateLog, shard: number, from = 0n, last?: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { records } of state.read(shard, from)) {
    for (const { value } of records) {
      found.push(text(value));
      if (text(value) === last) return found;
    }
    if (records.length === 0 && last === undefined) return found;
  }
  return found;
}

async function readOut({ broker }: Simulation): Promise<readonly string[]> {
  const values: string[] = [];
  for (let partition = 0; partition < 4; partition += 1) {
    const all = { topic: "out", partition, offset: 0n, isolation: "committed", maxBytes: 1e9, waitMs: 0 } as const;
    const fetched = (await broker.ask("fetch", all)) as AnswerOf<"fetch">;
    values.push(...committedEntries(fetched).map(({ value, headers }) => `${text(value)}${headers.get("id") ?? ""}`));
  }
  return values;
}

it("makes output and state visible together, and tells where the state stands", async () => {
  const simulation = createSimulation({ seed: 1 });
  await simulation.world.run(async () => {
    const { state } = simulation.instance("a").connect(APP);
    await state.open(2, ["out"]);
    const writer = await state.takeOver(1);
    const transaction = await writer.begin();
    const partition = state.partitionOf(alert("x"));
    assert.is(await transaction.send({ outputs: [], blocks: [bytes("barrier")] }), 0n);
    const outputs = [
      { record: alert("x"), partition },
      { record: alert("y"), partition },
    ];
    assert.is(await transaction.send({ outputs: outputs.slice(0, 1), blocks: [] }), null);
    const more = { outputs: outputs.slice(1), blocks: [bytes("delta"), bytes("checkpoint")] };
    assert.is(await transaction.send(more), 1n);
    assert.equal([await readOut(simulation), await readState(state, 1)], [[], []]);
    await transaction.commit();
    assert.equal(await readState(state, 1, 0n, "checkpoint"), ["barrier", "delta", "checkpoint"]);
    await sleep(simulation, 100);
    assert.equal(await readOut(simulation), ["xx", "yy"]);
    assert.equal(await state.bounds(1), { start: 0n, end: 4n });
    await (await writer.begin()).commit(); // Nothing in it: nothing is asked of anybody.
    await state.trim(1, 2n);
    assert.equal(await state.bounds(1), { start: 2n, end: 4n });
    assert.is(await done(readState(state, 1)), "OFFSET_OUT_OF_RANGE");
    assert.equal(await readState(state, 1, 2n), ["checkpoint"]);
    await writer.close();
    await state.close();
  });
});

it("fences whoever had the shard before", async () => {
  const simulation = createSimulation({ seed: 2 });
  await simulation.world.run(async () => {
    const [a, b] = ["a", "b"].map((name) => simulation.instance(name).connect(APP).state) as [StateLog, StateLog];
    await Promise.all([a.open(1, ["out"]), b.open(1, ["out"])]);
    const old = await a.takeOver(0);
    const open = await old.begin();
    await open.send({ outputs: [], blocks: [bytes("lost")] });
    const writer = await b.takeOver(0);
    assert.is(await done(open.send({ outputs: [], blocks: [bytes("late")] })), "PRODUCER_FENCED");
    assert.is(await done(open.commit()), "PRODUCER_FENCED");
    const transaction = await writer.begin();
    await transaction.send({ outputs: [], blocks: [bytes("barrier")] });
    await transaction.commit();
    assert.equal(await readState(a, 0, 0n, "barrier"), ["barrier"]);
  });
});

for (const [lost, kept] of [
  ["request", []],
  ["answer", ["checkpoint"]],
] as const) {
  it(`does not say what became of a commit whose ${lost} is lost; the log does`, async () => {
    const fates =
      (world: Simulation["world"]): Fates =>
      (call) => ({
        ...healthy(world)(call),
        ...(call.api === "endTransaction" && call.instance === "a" ? { lost } : {}),
      });
    const simulation = createSimulation({ seed: 3, fates });
    await simulation.world.run(async () => {
      const { state } = simulation.instance("a").connect(APP);
      await state.open(1, []);
      const writer = await state.takeOver(0);
      const transaction = await writer.begin();
      await transaction.send({ outputs: [], blocks: [bytes("checkpoint")] });
      assert.is(await done(transaction.commit()), "COMMIT_UNKNOWN");
      assert.is(await done(writer.begin()), undefined as never); // Poisoned: a broken invariant has no code.
      const other = simulation.instance("b").connect(APP).state;
      const next = await (await other.takeOver(0)).begin();
      await next.send({ outputs: [], blocks: [bytes("barrier")] });
      await next.commit();
      assert.equal(await readState(other, 0, 0n, "barrier"), [...kept, "barrier"]);
    });
  });
}

it("refuses topics that would lose state, and messages that are too large", async () => {
  const cases = [
    [{ partitions: 2, config: { "retention.ms": "-1" } }, "SHARD_COUNT"],
    [{ partitions: 1, config: { "cleanup.policy": "compact" } }, "STATE_TOPIC_COMPACTED"],
    [{ partitions: 1, config: {} }, "STATE_TOPIC_EXPIRES"],
  ] as const;
  for (const [topic, code] of cases) {
    const simulation = createSimulation({ seed: 4 });
    await simulation.world.run(async () => {
      await simulation.broker.ask("createTopic", { topic: "app-state", ...topic });
      assert.is(await done(simulation.instance("a").connect(APP).state.open(1, [])), code);
    });
  }
  const simulation = createSimulation({ seed: 4 });
  await simulation.world.run(async () => {
    const { state } = simulation.instance("a").connect(APP);
    await state.open(1, []);
    assert.is(await done(state.open(1, ["x".repeat(300)])), "INVALID_PARTITIONS");
    const transaction = await (await state.takeOver(0)).begin();
    assert.is(await done(transaction.send({ outputs: [], blocks: [new Uint8Array(2_000_000)] })), "MESSAGE_TOO_LARGE");
    assert.is(await done(state.takeOver(0).then(() => state.trim(5, 0n))), "MISSING_TOPIC");
  });
});

type Service = {
  readonly instance: Instance;
  readonly source: ShardSource;
  readonly assigned: (readonly number[])[];
  readonly batches: InputBatch[];
  readonly failures: Error[];
};

/** A process that reads all its shards from where their reading begins. */
async function startService(
  simulation: Simulation,
  name: string,
  options: Partial<ServiceOptions> = {},
): Promise<Service> {
  const instance = simulation.instance(name);
  const { source } = instance.connect({ ...APP, ...options });
  const service: Service = { instance, source, assigned: [], batches: [], failures: [] };
  const owned = new Set<number>();
  const handler: ShardHandler = {
    onAssigned: (shards) => {
      service.assigned.push(shards);
      for (const shard of shards)
        if (!owned.has(shard))
          for (const partition of [shard, shard + SHARDS]) source.read({ topic: "in", partition }, 0n);
      owned.clear();
      for (const shard of shards) owned.add(shard);
    },
    onBatch: (batch) => service.batches.push(batch),
    onFailure: (error) => service.failures.push(error),
  };
  await source.start(["in"], SHARDS, handler);
  return service;
}

const SHARDS = 4;
const PARTITIONS = 8;

async function withInput(simulation: Simulation, act: () => Promise<void>): Promise<void> {
  await simulation.world.run(async () => {
    await simulation.broker.ask("createTopic", { topic: "in", partitions: PARTITIONS });
    for (let partition = 0; partition < PARTITIONS; partition += 1) await put(simulation, partition, `${partition}.0`);
    await act();
  });
}

async function put({ broker }: Simulation, partition: number, value: string): Promise<void> {
  const records = [{ key: null, value: bytes(value), timestamp: 0 }];
  await broker.ask("produce", { topic: "in", partition, producer: null, records });
}

const valuesOf = ({ batches }: Service): readonly string[] =>
  batches.flatMap(({ records }) => records.map(({ value }) => text(value))).sort();
const lastOf = ({ assigned }: Service): readonly number[] => assigned.at(-1) ?? [];

it("shares the shards out, reads all of them, and again when one joins or leaves", async () => {
  const simulation = createSimulation({ seed: 5 });
  await withInput(simulation, async () => {
    const a = await startService(simulation, "a");
    assert.is(await a.source.partitionCount("in"), PARTITIONS);
    assert.equal(lastOf(a), [0, 1, 2, 3]);
    const b = await startService(simulation, "b");
    await sleep(simulation, 3_000);
    assert.equal([lastOf(a).length, lastOf(b).length], [2, 2]);
    assert.equal([...lastOf(a), ...lastOf(b)].sort(), [0, 1, 2, 3]);
    assert.equal(valuesOf(a), ["0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0"]);
    await Promise.all([a.source.proveMembership(), b.source.proveMembership()]);
    await b.source.stop();
    await b.source.stop();
    assert.is(await done(b.source.proveMembership()), "GROUP_CHANGED");
    await sleep(simulation, 3_000);
    assert.equal(lastOf(a), [0, 1, 2, 3]);
    assert.is(b.assigned.length, 1);
  });
});

it("goes on where it stood through a rebalance, and begins where it is told", async () => {
  const simulation = createSimulation({ seed: 6 });
  await withInput(simulation, async () => {
    const a = await startService(simulation, "a");
    await sleep(simulation, 1_000);
    const kept = a.batches.splice(0);
    assert.is(
      kept.every(({ caughtUp }) => caughtUp),
      true,
    );
    const b = await startService(simulation, "b");
    await sleep(simulation, 3_000);
    assert.equal(valuesOf(a), []);
    const [mine = 0] = lastOf(a);
    const [others = 0] = lastOf(b);
    await put(simulation, mine, "new");
    await put(simulation, others, "not mine");
    await sleep(simulation, 1_000);
    assert.equal(valuesOf(a), ["new"]);
    assert.is(a.source.endOf({ topic: "in", partition: mine }), 2n);
    assert.is(a.source.endOf({ topic: "in", partition: others }), null);
    a.source.read({ topic: "in", partition: mine }, 0n);
    a.source.read({ topic: "in", partition: others }, 0n);
    await sleep(simulation, 1_000);
    assert.equal(valuesOf(a), ["new", "new", `${mine}.0`].sort());
  });
});

it("delivers nothing while a partition is paused", async () => {
  const simulation = createSimulation({ seed: 7 });
  await withInput(simulation, async () => {
    const a = await startService(simulation, "a");
    await sleep(simulation, 1_000);
    a.batches.splice(0);
    const place = { topic: "in", partition: 3 };
    a.source.pause(place);
    a.source.pause({ topic: "in", partition: 99 });
    await put(simulation, 3, "x");
    await sleep(simulation, 2_000);
    assert.equal(valuesOf(a), []);
    a.source.resume(place);
    a.source.resume(place);
    await sleep(simulation, 1_000);
    assert.equal(valuesOf(a), ["x"]);
  });
});

it("gives the shards of the dead to others, and those of the stopped; who comes back is no member any more", async () => {
  const simulation = createSimulation({ seed: 8 });
  await withInput(simulation, async () => {
    const services = [];
    for (const name of ["a", "b", "c"]) services.push(await startService(simulation, name));
    const [a, b, c] = services as [Service, Service, Service];
    await sleep(simulation, 3_000);
    b.instance.kill();
    c.instance.pause();
    const proof = done(c.source.proveMembership());
    const [before, heard] = [b.assigned.length, c.assigned.length];
    await sleep(simulation, 15_000);
    assert.equal(lastOf(a), [0, 1, 2, 3]);
    c.instance.resume();
    await sleep(simulation, 5_000);
    assert.is(await proof, "done"); // It has joined again.
    assert.equal([...lastOf(a), ...lastOf(c)].sort(), [0, 1, 2, 3]);
    assert.is(b.instance.isDead(), true);
    assert.is(b.assigned.length, before);
    assert.ok(c.assigned.length > heard);
  });
});

it("tells where reading begins, and shows positions to lag tools", async () => {
  const simulation = createSimulation({ seed: 9 });
  await withInput(simulation, async () => {
    const a = await startService(simulation, "a", { startFrom: "latest" });
    const places = [0, 1].map((partition) => ({ topic: "in", partition }));
    assert.equal(await a.source.bounds(places), [
      { start: 0n, end: 1n },
      { start: 0n, end: 1n },
    ]);
    assert.equal(await a.source.beginnings(places), [1n, 1n]);
    a.source.show([{ topic: "in", partition: 1, position: 5n }]);
    a.source.show([{ topic: "in", partition: 1, position: 7n }]);
    await sleep(simulation, 2_000);
    assert.equal(await a.source.beginnings(places), [1n, 7n]);
    const b = simulation.instance("b").connect(APP).source;
    assert.equal(await b.beginnings(places), [0n, 7n]);
    a.source.show([{ topic: "in", partition: 0, position: 3n }]);
    await a.source.stop();
    await sleep(simulation, 100);
    assert.equal(await b.beginnings(places), [3n, 7n]);
    b.show([{ topic: "in", partition: 0, position: 9n }]);
    await sleep(simulation, 2_000);
    assert.equal(await b.beginnings(places), [3n, 7n]);
  });
});

it("says when the inputs have lost what is to be read, or are gone", async () => {
  const simulation = createSimulation({ seed: 10 });
  await withInput(simulation, async () => {
    await simulation.broker.ask("deleteRecords", { topic: "in", partition: 2, before: 1n });
    const a = await startService(simulation, "a");
    await sleep(simulation, 1_000);
    assert.equal(
      a.failures.map((error) => (error as TransportError).code),
      ["DATA_LOST"],
    );
    await simulation.broker.ask("deleteTopic", { topic: "in" });
    await sleep(simulation, 1_000);
    assert.is((a.failures.at(-1) as TransportError).code, "MISSING_TOPIC");
  });
});

it("reads every record in order, whatever the network does and however often members come and go", async () => {
  const hashes: string[] = [];
  for (const seed of [11, 12, 13, 11, 12, 13]) {
    const simulation = createSimulation({ seed, fates: unreliable, requestTimeoutMs: 2_000 });
    await withInput(simulation, async () => {
      const services = [await startService(simulation, "a"), await startService(simulation, "b")];
      for (let round = 1; round <= 20; round += 1) {
        for (let partition = 0; partition < PARTITIONS; partition += 1)
          await put(simulation, partition, `${partition}.${round}`);
        await sleep(simulation, 1_000);
        if (round === 5) services.push(await startService(simulation, "c"));
        if (round === 10) services[0]?.instance.kill();
        if (round === 12) services[1]?.instance.pause();
        if (round === 16) services[1]?.instance.resume();
      }
      await sleep(simulation, 60_000);
      for (const { batches } of services) inOrder(batches);
      const living = services.slice(1).map((service) => valuesOf(service));
      assert.is(new Set(living.flat()).size, PARTITIONS * 21);
    });
    hashes.push(simulation.world.traceHash());
  }
  assert.equal(hashes.slice(3), hashes.slice(0, 3));
  assert.is(new Set(hashes).size, 3);
});

/** Loses some of everything, holds some back until long after it was given up, doubles some. */
function unreliable(world: Simulation["world"]): Fates {
  const faults = world.random("faults");
  const delays = healthy(world);
  return (call): Fate => ({
    ...delays(call),
    ...(faults.happens(0.02) ? { lost: faults.pick(["request", "answer"]), noticedMs: faults.between(0, 500) } : {}),
    ...(faults.happens(0.005) ? { requestMs: 3_000 } : {}),
    isDoubled: faults.happens(0.02),
  });
}

/** Within one reading offsets go up by one; where it begins anew, from the start. */
function inOrder(batches: readonly InputBatch[]): void {
  const next = new Map<number, bigint>();
  for (const { partition, records } of batches)
    for (const { offset } of records) {
      assert.ok(offset === 0n || offset === next.get(partition), `offset ${offset} of partition ${partition}`);
      next.set(partition, offset + 1n);
    }
}

it.run();
