import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import type { InputRecord, SourceHandler } from "../../lib/runtime/ports.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { createMemoryLog, type MemoryLog } from "../../lib/transports/memory/index.ts";
import { murmur2, partitionOf } from "../../lib/transports/partitioner.ts";

const it = suite("memory transport");
const text = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? new Uint8Array());
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Notes all that a source says. */
function listener(onBatch: (place: string) => void = () => {}) {
  const seen = new Map<string, InputRecord[]>();
  const ended: string[] = [];
  const assigned: string[] = [];
  const caughtUp = new Map<string, boolean>();
  let ends: () => void = () => {};
  const allEnded = new Promise<void>((resolve) => {
    ends = resolve;
  });
  const place = (of: { readonly topic: string; readonly partition: number }): string => `${of.topic}/${of.partition}`;
  const handler: SourceHandler = {
    onAssigned: (partitions) => assigned.push(...partitions.map(place)),
    onBatch: (batch) => {
      seen.set(place(batch), [...(seen.get(place(batch)) ?? []), ...batch.records]);
      caughtUp.set(place(batch), batch.caughtUp);
      onBatch(place(batch));
    },
    onEnd: (partition) => {
      ended.push(place(partition));
      if (ended.length === assigned.length) ends();
    },
    onFailure: (error) => {
      throw error;
    },
  };
  return { handler, seen, ended, assigned, caughtUp, allEnded };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await systemClock.breathe();
}

function throwsConfig(code: string, act: () => unknown, says: RegExp): void {
  try {
    act();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.is((error as ConfigError).code, code);
    assert.match((error as ConfigError).message, says);
    return;
  }
  assert.unreachable(`${code} was expected`);
}

it("places keys as Kafka does: the vectors of Kafka's own test", () => {
  const vectors: readonly (readonly [string, number])[] = [
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    ["abc", 479470107],
  ];
  for (const [key, hash] of vectors) assert.is(murmur2(bytes(key)), hash, key);
  assert.is(partitionOf(bytes("foobar"), 7), (-790332482 & 0x7fffffff) % 7);
});

it("gives each partition its own offsets from 0, keys one partition, and records without key turns", () => {
  const log = createMemoryLog({ partitions: 3 });
  const keyed = Array.from({ length: 5 }, () => log.append("events", { key: "4711", value: {} }));
  assert.equal(
    keyed.map(({ offset }) => offset),
    [0n, 1n, 2n, 3n, 4n],
  );
  assert.is(new Set(keyed.map(({ partition }) => partition)).size, 1);
  const turn = Array.from({ length: 6 }, () => createTurn(log));
  assert.equal(turn, [0, 1, 2, 0, 1, 2]);
});

function createTurn(log: MemoryLog): number {
  return log.append("turns", { value: 1 }).partition;
}

it("keeps bytes, writes text as it is and data as JSON, and keeps timestamp and headers", () => {
  const log = createMemoryLog({ partitions: 1, clock: { ...systemClock, now: () => 42 } });
  log.append("t", { value: bytes("raw") });
  log.append("t", { value: "text", timestamp: 7, headers: { a: "1" } });
  log.append("t", { value: { a: [1] }, key: bytes("k"), headers: new Map([["constructor", "2"]]) });
  log.append("t", { value: null });
  const records = log.read("t", 0);
  assert.equal(
    records.map((record) => (record.value === null ? null : text(record.value))),
    ["raw", "text", '{"a":[1]}', null],
  );
  assert.equal(
    records.map((record) => record.timestamp),
    [42, 7, 42, 42],
  );
  assert.is(records[1]?.headers.get("a"), "1");
  assert.is(records[2]?.headers.get("constructor"), "2");
  assert.is(text(records[2]?.key ?? null), "k");
});

it("refuses what cannot be, with a remedy", () => {
  const log = createMemoryLog({ partitions: 2 });
  log.append("there", { value: 1 });
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  throwsConfig("NOT_JSON", () => log.append("there", { value: circle }), /"there".*circular.*plain data/s);
  throwsConfig("NOT_JSON", () => log.append("there", { value: undefined }), /undefined has no JSON form/);
  throwsConfig("NOT_JSON", () => log.append("there", { value: 1n }), /BigInt/);
  throwsConfig("PARTITION_COUNT", () => log.createTopic("there", { partitions: 3 }), /has 2 partitions.*with 3/);
  throwsConfig("PARTITION_COUNT", () => log.createTopic("new", { partitions: 0 }), /whole number from 1/);
  throwsConfig(
    "MISSING_TOPIC",
    () => log.readAll("absent"),
    /no topic "absent": it has "there".*createTopic\("absent"\)/,
  );
  throwsConfig("MISSING_PARTITION", () => log.read("there", 2), /no partition 2: it has 2/);
  log.end("there");
  throwsConfig("TOPIC_ENDED", () => log.append("there", { value: 1 }), /"there" was marked as ended/);
});

it("tells a source that asks for a topic there is not", async () => {
  const source = createMemoryLog().source();
  for (const ask of [() => source.partitionCount("none"), () => source.start(["none"], listener().handler)]) {
    const error = await ask().then(
      () => null,
      (refused: ConfigError) => refused,
    );
    assert.is(error?.code, "MISSING_TOPIC");
    assert.match(error?.message ?? "", /it has none yet/);
  }
});

it("a reader gets all records of its topics in order, whatever is appended when, and then the end", async () => {
  const appends = fc.array(
    fc.record({ topic: fc.constantFrom("a", "b"), key: fc.option(fc.string()), wait: fc.nat({ max: 2 }) }),
  );
  await fc.assert(
    fc.asyncProperty(
      appends,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      async (records, partitions, maxBatchRecords) => {
        const log = createMemoryLog({ partitions });
        log.createTopic("a");
        log.createTopic("b");
        const { handler, seen, ended, assigned, allEnded } = listener();
        const source = log.source({ maxBatchRecords });
        await source.start(["a", "b"], handler);
        for (const { topic, key, wait } of records) {
          log.append(topic, { key, value: "x" });
          await turns(wait);
        }
        log.end("a");
        log.end("b");
        await allEnded;
        assert.equal([...ended].sort(), [...assigned].sort());
        for (const place of assigned) {
          const [topic = "", partition] = place.split("/");
          assert.equal(seen.get(place) ?? [], log.read(topic, Number(partition)));
        }
        await source.stop();
      },
    ),
    { numRuns: 200 },
  );
});

it("a paused partition gets nothing, its neighbours do, and resume goes on where it stopped", async () => {
  const log = createMemoryLog({ partitions: 2 });
  log.createTopic("t");
  const source = log.source({ maxBatchRecords: 1 });
  const { handler, seen } = listener((place) => {
    if (place === "t/0") source.pause({ topic: "t", partition: 0 });
  });
  await source.start(["t"], handler);
  for (let at = 0; at < 6; at++) log.append("t", { value: at });
  await turns(20);
  assert.is(seen.get("t/0")?.length, 1);
  assert.is(seen.get("t/1")?.length, 3);
  source.resume({ topic: "t", partition: 0 });
  await turns(5);
  assert.equal(
    seen.get("t/0")?.map(({ offset }) => offset),
    [0n, 1n],
  );
  await source.stop();
});

it("says whether more stood there, and nothing after stop", async () => {
  const log = createMemoryLog({ partitions: 1 });
  const { handler, seen, caughtUp, ended } = listener();
  for (let at = 0; at < 3; at++) log.append("t", { value: at });
  const source = log.source({ maxBatchRecords: 2 });
  await source.start(["t"], handler);
  await turns(1);
  assert.is(caughtUp.get("t/0"), false);
  await turns(1);
  assert.is(caughtUp.get("t/0"), true);
  await source.stop();
  log.append("t", { value: 3 });
  log.end("t");
  await turns(3);
  assert.is(seen.get("t/0")?.length, 3);
  assert.equal(ended, []);
});

it("keeps no more than asked for, but never drops what a reader has still to read", async () => {
  const log = createMemoryLog({ partitions: 1, retainRecords: 10 });
  for (let at = 0; at < 5_000; at++) log.append("t", { value: at });
  assert.is(log.read("t", 0).length, 10);
  assert.is(log.read("t", 0)[0]?.offset, 4_990n);
  const { handler, seen } = listener();
  const source = log.source();
  await source.start(["t"], handler);
  for (let at = 0; at < 3_000; at++) log.append("t", { value: at });
  assert.is(log.read("t", 0).length, 3_010);
  await turns(10);
  assert.equal(
    seen.get("t/0")?.map(({ offset }) => Number(offset)),
    Array.from({ length: 3_010 }, (_, at) => 4_990 + at),
  );
  log.append("t", { value: "one more" });
  assert.is(log.read("t", 0).length, 10);
  await source.stop();
});

it("lets a generator wait until readers have room", async () => {
  const log = createMemoryLog({ partitions: 1 });
  log.createTopic("t");
  const { handler, seen } = listener();
  const source = log.source();
  await source.start(["t"], handler);
  source.pause({ topic: "t", partition: 0 });
  for (let at = 0; at < 20; at++) log.append("t", { value: at });
  let hasRoom = false;
  const waiting = log.room(20).then(() => {
    hasRoom = true;
  });
  await turns(5);
  assert.is(hasRoom, false);
  source.resume({ topic: "t", partition: 0 });
  await waiting;
  assert.is(seen.get("t/0")?.length, 20);
  source.pause({ topic: "t", partition: 0 });
  for (let at = 0; at < 20; at++) log.append("t", { value: at });
  const released = log.room(1);
  await source.stop();
  await released;
});

it("hands over what a generator appends the moment there is room", async () => {
  const log = createMemoryLog({ partitions: 1 });
  log.createTopic("t");
  const { handler, seen, allEnded } = listener();
  const source = log.source();
  await source.start(["t"], handler);
  for (let at = 0; at < 5; at++) {
    await log.room(1);
    log.append("t", { value: at });
  }
  await log.room(1);
  log.end("t");
  await allEnded;
  assert.is(seen.get("t/0")?.length, 5);
  await source.stop();
});

it("fails once if its handler throws, and hands over nothing more", async () => {
  const log = createMemoryLog({ partitions: 1 });
  for (let at = 0; at < 3; at++) log.append("t", { value: at });
  const source = log.source({ maxBatchRecords: 1 });
  const failures: string[] = [];
  let batches = 0;
  await source.start(["t"], {
    ...listener().handler,
    onBatch: () => {
      batches += 1;
      throw new Error("the engine has a bug");
    },
    onFailure: ({ message }) => failures.push(message),
  });
  await turns(10);
  assert.equal(failures, ["the engine has a bug"]);
  assert.is(batches, 1);
  await source.stop();
});

it("makes a topic once: again with as many partitions changes nothing", () => {
  const log = createMemoryLog({ partitions: 2 });
  log.append("t", { value: 1 });
  log.createTopic("t");
  log.createTopic("t", { partitions: 2 });
  assert.is(log.readAll("t").length, 1);
});

it("keeps of a topic what its own readers have still to read, not those of others", async () => {
  const log = createMemoryLog({ partitions: 1, retainRecords: 2 });
  log.createTopic("other");
  const source = log.source();
  await source.start(["other"], listener().handler);
  for (let at = 0; at < 5_000; at++) log.append("t", { value: at });
  assert.is(log.read("t", 0).length, 2);
  await source.stop();
});

it("gives others a turn between the records of a generator, even while nobody reads", async () => {
  const log = createMemoryLog();
  let hadTurn = false;
  void turns(1).then(() => {
    hadTurn = true;
  });
  await log.room();
  assert.ok(hadTurn);
});

it("remembers what was acknowledged", async () => {
  const log = createMemoryLog({ partitions: 1 });
  log.createTopic("t");
  const source = log.source();
  assert.is(source.acknowledged("t", 0), null);
  await source.acknowledge([{ topic: "t", partition: 0, position: 3n }]);
  assert.is(source.acknowledged("t", 0), 3n);
});

it("knows the end of what it reads, though it reads nothing", async () => {
  const log = createMemoryLog({ partitions: 1 });
  log.createTopic("t");
  const source = log.source();
  assert.is(source.endOf?.({ topic: "t", partition: 0 }), null, "it does not read it yet");
  await source.start(["t"], listener().handler);
  source.pause({ topic: "t", partition: 0 });
  for (const value of ["a", "b"]) log.append("t", { value });
  assert.is(source.endOf?.({ topic: "t", partition: 0 }), 2n);
  await source.stop();
});

it("a sink makes its topics and writes keys, headers and times as they are", async () => {
  const log = createMemoryLog({ partitions: 2 });
  const sink = log.sink();
  await sink.open(["alerts", "late"]);
  assert.equal(log.topics(), ["alerts", "late"]);
  const headers = new Map([["id", "1"]]);
  await sink.send([{ topic: "alerts", key: bytes("foobar"), value: bytes("{}"), headers, timestamp: 5 }]);
  await sink.close();
  const [record] = log.read("alerts", partitionOf(bytes("foobar"), 2));
  assert.equal(record, { offset: 0n, timestamp: 5, key: bytes("foobar"), value: bytes("{}"), headers });
});

it.run();
