// The engine waits, sends, acknowledges and stops. Whatever the sink does and whenever it fails, nothing is acknowledged
// that is not safe, and what was not acknowledged can be read again.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { TransportError } from "../../lib/core/errors.ts";
import {
  breathe,
  events,
  handSink,
  handSource,
  isWaiting,
  logSource,
  manualClock,
  offsetsOf,
  place,
  refused,
  settle,
  start,
} from "./engine-kit.ts";
import { batch, input, json, record } from "./kit.ts";

const it = suite("engine");

it("ends when all input has ended, with everything sent and acknowledged and all given back", async () => {
  const source = logSource(new Map([["in/0", events(10)]]));
  const sink = handSink();
  const { engine, logged } = start({ source, sink });
  const { reason, complete, metrics } = await engine.done;
  assert.equal([reason, complete, metrics.state], ["ended", true, "stopped"]);
  assert.equal(offsetsOf(sink.safe), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.is(source.acknowledged.get("in/0"), 10n);
  assert.equal([source.done, sink.isClosed, sink.opened], [["stop"], true, ["alerts", "late", "dead"]]);
  assert.equal(metrics.sent, { alerts: 10, timedOut: 0, late: 0, deadLetters: 0, notices: 0 });
  assert.equal(logged, ["info service is running", "info service is stopped"]);
  assert.is(await engine.stop(), await engine.done, "stopping what has ended changes nothing");
});

const logs = fc.tuple(fc.nat(30), fc.nat(30)).map(
  ([x, y]) =>
    new Map([
      ["x/0", events(x)],
      ["y/0", events(y)],
    ]),
);

it("acknowledges nothing before all that rests on it is safe", async () => {
  await fc.assert(
    fc.asyncProperty(
      logs,
      fc.integer({ min: 1, max: 9 }),
      fc.infiniteStream(fc.nat(4)),
      async (given, pieces, delays) => {
        const sink = handSink(async () => settle(delays.next().value));
        const source = logSource(given, {
          pieces,
          onAcknowledge: ({ topic, position }) => {
            const safe = new Set(
              sink.safe.map((each) =>
                (json(each)["provenance"] as { topic: string; offset: string }[])
                  .map((origin) => `${origin.topic} ${origin.offset}`)
                  .join(),
              ),
            );
            for (let offset = 0n; offset < position; offset += 1n)
              assert.ok(safe.has(`${topic} ${offset}`), `${topic} ${offset} is not safe`);
          },
        });
        const inputs = [input("x", { outOfOrdernessMs: 5 }), input("y")];
        await start({ source, sink }, { task: { inputs } }).engine.done;
        assert.is(sink.safe.length, [...given.values()].flat().length);
        for (const [name, records] of given)
          if (records.length > 0) assert.is(source.acknowledged.get(name), BigInt(records.length));
      },
    ),
    { numRuns: 1_000 },
  );
});

it("when the sink fails, reading again from what was acknowledged gives every alert there is", async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.integer({ min: 1, max: 9 }), fc.nat(6), async (given, pieces, failAt) => {
      const inputs = [input("x", { outOfOrdernessMs: 5 }), input("y")];
      let sends = 0;
      const failing = handSink(async () => {
        await breathe();
        sends += 1;
        if (sends > failAt) throw refused();
      });
      const first = logSource(given, { pieces });
      const error = await start({ source: first, sink: failing }, { task: { inputs } }).engine.done.then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error !== null) assert.is((error as TransportError).code, "REFUSED");
      const second = handSink();
      await start(
        { source: logSource(given, { pieces, from: first.acknowledged }), sink: second },
        { task: { inputs } },
      ).engine.done;
      const safe = new Set([...failing.safe, ...second.safe].map((each) => json(each)["id"]));
      assert.is(safe.size, [...given.values()].flat().length);
    }),
    { numRuns: 1_000 },
  );
});

it("pausing under pressure loses nothing, and bounds what waits", async () => {
  const source = logSource(new Map([["in/0", events(400)]]), { pieces: 10 });
  const sink = handSink(() => settle(3));
  const { engine } = start({ source, sink }, { maxQueuedBytes: 2_000, maxUnsentBytes: 3_000 });
  let most = 0;
  while (sink.safe.length < 400 && (await isWaiting(engine.done))) most = Math.max(most, engine.metrics().queuedBytes);
  await engine.done;
  assert.equal(
    offsetsOf(sink.safe),
    Array.from({ length: 400 }, (_, n) => n),
  );
  assert.ok(source.done.includes("pause in/0") && source.done.includes("resume in/0"));
  assert.ok(most > 0 && most <= 2_000 + 10 * 200, `${most} bytes waited`);
});

it("leaves no timer behind, however it ends", async () => {
  for (const how of ["ended", "stopped", "failed"] as const) {
    const clock = manualClock();
    const source = handSource();
    const { engine } = start({ source, sink: handSink(), clock });
    await settle();
    assert.is(clock.waiting, 1);
    source.handler.onBatch(batch("in", events(3)));
    if (how === "ended") source.handler.onEnd(place);
    if (how === "failed") source.handler.onFailure(refused());
    await (how === "stopped" ? engine.stop() : engine.done.catch(() => undefined));
    assert.is(clock.waiting, 0, how);
  }
});

it("sends in parcels that a broker takes, in order", async () => {
  const parcels: number[] = [];
  const sink = handSink(async (records) => {
    assert.ok(records.length <= 1_000);
    parcels.push(records.reduce((sum, { value }) => sum + value.length, 0));
  });
  const source = logSource(new Map([["in/0", events(3_000)]]), { pieces: 3_000 });
  await start({ source, sink }, { maxUnsentBytes: 1e9 }).engine.done;
  assert.equal(
    offsetsOf(sink.safe),
    Array.from({ length: 3_000 }, (_, n) => n),
  );
  const late = Array.from({ length: 250 }, (_, n) =>
    record(3_000 + n, JSON.stringify({ k: "a", t: 0, text: "x".repeat(9_000) })),
  );
  const large = logSource(new Map([["in/0", [record(0, { k: "a", t: 5 }), ...late]]]), { pieces: 3_000 });
  const { metrics } = await start({ source: large, sink }, { maxUnsentBytes: 1e9, maxQueuedBytes: 1e9 }).engine.done;
  assert.is(metrics.sent.late, 250);
  assert.ok(parcels.length >= 6 && parcels.every((bytes) => bytes <= 900_000), parcels.join());
});

it("waits for the sink when too much is unsent", async () => {
  const source = handSource();
  let letGo = (): void => undefined;
  const sink = handSink(() => new Promise((resolve) => (letGo = resolve)));
  const { engine } = start({ source, sink }, { maxUnsentBytes: 1_000 });
  await settle();
  source.handler.onBatch(batch("in", events(64)));
  source.handler.onBatch(batch("in", events(64, 64)));
  source.handler.onBatch(batch("in", events(64, 128)));
  await settle();
  assert.is(engine.metrics().topics[0]?.onTime, 64);
  letGo();
  await settle();
  assert.is(engine.metrics().topics[0]?.onTime, 128);
  const stopped = engine.stop();
  for (let turn = 0; turn < 10; turn += 1) {
    letGo();
    await settle();
  }
  assert.is((await stopped).metrics.topics[0]?.onTime, 192);
});

it("deadlines fire while no events come, by the clock", async () => {
  const clock = manualClock();
  const source = handSource();
  const sink = handSink();
  const { engine } = start({ source, sink, clock });
  await settle();
  source.handler.onBatch(batch("in", [record(0, { k: "a", t: clock.now(), alarm: 5_000 })], 0, true));
  await clock.advance(34_000);
  assert.is(sink.safe.length, 0);
  await clock.advance(2_000);
  assert.is(sink.safe.length, 1);
  assert.ok(engine.metrics().partitions[0]?.idle);
  await engine.stop();
});

it("who was stopped or asleep has heard nobody, which is not silence", async () => {
  const clock = manualClock();
  const source = handSource();
  const { engine } = start({ source, sink: handSink(), clock });
  await settle();
  source.handler.onBatch(batch("in", [record(0, { k: "a", t: clock.now() })], 0, true));
  await clock.advance(5_000);
  await clock.sleep(60_000);
  await clock.advance(29_000);
  assert.not(engine.metrics().partitions[0]?.idle);
  await clock.advance(2_000);
  assert.ok(engine.metrics().partitions[0]?.idle);
  await engine.stop();
});

it("gives others their turn at least every ten milliseconds", async () => {
  let breaths = 0;
  let longestMs = 0;
  const ticking = manualClock(1);
  let since = ticking.now();
  const clock = {
    ...ticking,
    breathe: async () => {
      breaths += 1;
      longestMs = Math.max(longestMs, ticking.now() - since);
      await breathe();
      since = ticking.now();
    },
  };
  const source = handSource();
  const { engine } = start({ source, sink: handSink(), clock });
  await settle();
  since = ticking.now();
  source.handler.onBatch(batch("in", events(6_400)));
  source.handler.onEnd(place);
  await engine.done;
  assert.ok(breaths >= 10, `${breaths} breaths`);
  assert.ok(longestMs <= 14, `${longestMs} ms without a breath`);
});

it("logs the first of each kind of trouble, and counts the rest", async () => {
  const bad = [
    record(0, "no"),
    record(1, "no"),
    record(2, { k: null, t: 1 }),
    record(3, { k: "a", t: 1, say: "filter" }),
    record(4, { k: "a", t: 1, say: "filter" }),
  ];
  const { engine, logged } = start({ source: logSource(new Map([["in/0", bad]])), sink: handSink() });
  const { metrics } = await engine.done;
  assert.is(logged.filter((line) => line.startsWith("warn first of its kind")).length, 3);
  assert.equal([metrics.sent.deadLetters, metrics.topics[0]?.deadLettered], [5, 3]);
});

it.run();
