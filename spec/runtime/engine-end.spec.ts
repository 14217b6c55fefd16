// How a run ends before its input does: it is told to stop, or something fails, once or for good.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, TransportError } from "../../lib/core/errors.ts";
import { events, handSink, handSource, isWaiting, manualClock, offsetsOf, place, settle, start } from "./engine-kit.ts";
import { batch, echo, input, record } from "./kit.ts";

const it = suite("engine, its ends");

it("tries again what may succeed later, is degraded meanwhile, and recovers", async () => {
  const clock = manualClock();
  const source = handSource();
  let failures = 3;
  const sink = handSink(async () => {
    failures -= 1;
    if (failures >= 0) throw new TransportError("BUSY", "Try later.", { retriable: true });
  });
  const { engine, logged } = start({ source, sink, clock });
  await settle();
  source.handler.onBatch(batch("in", events(2)));
  await settle();
  assert.is(engine.metrics().state, "degraded");
  await clock.advance(100);
  await clock.advance(200);
  assert.is(engine.metrics().state, "degraded");
  assert.is(source.acknowledged.size, 0);
  await clock.advance(400);
  assert.is(engine.metrics().state, "running");
  assert.is(source.acknowledged.get("in/0"), 2n);
  await engine.stop();
  assert.is(logged.filter((line) => line === "warn output failed and will be tried again").length, 3);
});

it("gives up after trying for long", async () => {
  const clock = manualClock();
  const source = handSource();
  let sends = 0;
  const sink = handSink(async () => {
    sends += 1;
    throw new TransportError("BUSY", "Try later.", { retriable: true });
  });
  const { engine } = start({ source, sink, clock }, { retryWithinMs: 300_000 });
  const failed = engine.done.catch((error: unknown) => error);
  await settle();
  source.handler.onBatch(batch("in", events(2)));
  await settle();
  await clock.advance(60_000);
  assert.is(engine.metrics().state, "degraded");
  for (let minute = 1; minute < 5; minute += 1) await clock.advance(60_000);
  assert.is(((await failed) as TransportError).code, "BUSY");
  assert.ok(sends > 60 && sends < 70, `${sends} tries, the later ones every five seconds`);
  assert.is(engine.metrics().state, "failed");
});

it("an acknowledgement that fails is tried again, or ends the run", async () => {
  for (const retriable of [true, false]) {
    const clock = manualClock();
    let tries = 0;
    const source = handSource({
      acknowledge: async () => {
        tries += 1;
        if (tries === 1) throw new TransportError("LOST", "No answer.", { retriable });
      },
    });
    const { engine } = start({ source, sink: handSink(), clock });
    const over = engine.done.then(
      () => "ended",
      (error: TransportError) => error.code,
    );
    await settle();
    source.handler.onBatch(batch("in", events(1)));
    await settle();
    await clock.advance(100);
    source.handler.onEnd(place);
    assert.equal([await over, tries], retriable ? ["ended", 2] : ["LOST", 1]);
  }
});

it("stops: what was read is matched, sent and acknowledged; what comes later, or waits for its time, is not", async () => {
  const source = handSource();
  const sink = handSink();
  const { engine } = start({ source, sink }, { task: { inputs: [input("in", { outOfOrdernessMs: 3 })] } });
  await settle();
  source.handler.onBatch(batch("in", events(10)));
  const stopping = engine.stop();
  assert.is(engine.metrics().state, "stopping");
  assert.equal(source.done, ["pause in/0"]);
  source.handler.onBatch(batch("in", events(5, 10)));
  const { reason, complete, metrics } = await stopping;
  assert.equal([reason, complete, metrics.state], ["stopped", true, "stopped"]);
  assert.equal(offsetsOf(sink.safe), [0, 1, 2, 3, 4, 5]);
  assert.is(source.acknowledged.get("in/0"), 6n);
  assert.equal([metrics.topics[0]?.records, metrics.topics[0]?.waiting], [10, 4]);
  assert.equal([source.done, sink.isClosed], [["pause in/0", "stop"], true]);
});

it("stops within its time though the sink hangs; what it did not confirm is not acknowledged", async () => {
  const clock = manualClock();
  const source = handSource();
  const sink = handSink(() => new Promise(() => undefined));
  const { engine, logged } = start({ source, sink, clock }, { stopWithinMs: 5_000 });
  await settle();
  source.handler.onBatch(batch("in", events(3)));
  await settle();
  const stopping = engine.stop();
  await clock.advance(4_999);
  assert.ok(await isWaiting(stopping));
  await clock.advance(1);
  const { complete } = await stopping;
  assert.is(complete, false);
  assert.is(source.acknowledged.size, 0);
  assert.ok(logged.some((line) => line.startsWith("warn the time for stopping is over")));
});

it("nothing is sent again after a stop that ran out of time while it waited to try again", async () => {
  const clock = manualClock();
  const source = handSource();
  let sends = 0;
  const sink = handSink(async () => {
    sends += 1;
    throw new TransportError("BUSY", "Try later.", { retriable: true });
  });
  const { engine } = start({ source, sink, clock }, { stopWithinMs: 10 });
  await settle();
  source.handler.onBatch(batch("in", events(3)));
  await settle();
  const stopping = engine.stop();
  await clock.advance(10);
  assert.is((await stopping).complete, false);
  assert.is(clock.waiting, 0);
  await clock.advance(60_000);
  assert.is(sends, 1);
});

it("stops while it is starting, and though the source never begins", async () => {
  const clock = manualClock();
  const source = handSource({ start: () => new Promise(() => undefined) });
  const { engine } = start({ source, sink: handSink(), clock }, { stopWithinMs: 100 });
  const stopping = engine.stop();
  await clock.advance(100);
  assert.equal([(await stopping).reason, source.done], ["stopped", ["stop"]]);
});

it("a stop before the source was begun does not begin it", async () => {
  let begun = false;
  const source = handSource({
    start: async () => {
      begun = true;
    },
  });
  const { engine } = start({ source, sink: handSink() });
  await engine.stop();
  assert.is(begun, false);
});

const failures: readonly (readonly [title: string, ports: () => Parameters<typeof start>[0]])[] = [
  [
    "a topic is missing",
    () => ({
      source: handSource({ partitionCount: async () => Promise.reject(new ConfigError("OPEN", "no")) }),
      sink: handSink(),
    }),
  ],
  [
    "the sink cannot be opened",
    () => ({
      source: handSource(),
      sink: handSink(undefined, { open: async () => Promise.reject(new ConfigError("OPEN", "no")) }),
    }),
  ],
  [
    "the source cannot begin",
    () => ({
      source: handSource({ start: async () => Promise.reject(new ConfigError("OPEN", "no")) }),
      sink: handSink(),
    }),
  ],
];

for (const [title, ports] of failures) {
  it(`fails with its reason if ${title}`, async () => {
    const { engine, logged } = start(ports());
    const error = await engine.done.catch((reason: unknown) => reason);
    assert.is((error as ConfigError).code, "OPEN");
    assert.is(engine.metrics().state, "failed");
    assert.ok(logged.includes("error the service failed"));
  });
}

it("refuses topics with different numbers of partitions, naming both", async () => {
  const source = handSource({ partitionCount: async (topic) => (topic === "x" ? 4 : 6) });
  const { engine } = start({ source, sink: handSink() }, { task: { inputs: [input("x"), input("y")] } });
  const error = (await engine.done.catch((reason: unknown) => reason)) as ConfigError;
  assert.is(error.code, "PARTITION_COUNT");
  assert.match(error.message, /"x" has 4, "y" has 6/);
});

it("fails when the source does, though giving it back fails, too", async () => {
  const source = handSource({ stop: async () => Promise.reject(new Error("not now")) });
  const sink = handSink();
  const { engine, logged } = start({ source, sink });
  await settle();
  source.handler.onFailure(new TransportError("GONE", "The source is gone.", { retriable: false }));
  const error = (await engine.done.catch((reason: unknown) => reason)) as TransportError;
  assert.equal([error.code, sink.isClosed], ["GONE", true]);
  assert.ok(logged.includes("warn could not be given back after the failure"));
  const again = (await engine.stop().catch((reason: unknown) => reason)) as TransportError;
  assert.is(again.code, "GONE");
});

it("fails at a bad record that is to stop it, with what came before not acknowledged", async () => {
  const source = handSource();
  const { engine } = start({ source, sink: handSink() }, { task: { inputs: [input("in", { onBadRecord: "fail" })] } });
  await settle();
  source.handler.onBatch(batch("in", [...events(2), record(2, "no")]));
  const error = (await engine.done.catch((reason: unknown) => reason)) as ConfigError;
  assert.equal([error.code, source.acknowledged.size], ["BAD_RECORD", 0]);
});

it("a failure in the course of a tick ends the run", async () => {
  const clock = manualClock();
  const source = handSource();
  const inputs = [input("x"), input("y")];
  const { engine } = start(
    { source, sink: handSink(), clock },
    { task: { inputs, idleAfterMs: 1_000, patterns: [echo(), throwingAtDeadline()] } },
  );
  await settle();
  source.handler.onBatch(batch("x", [], 0, true));
  source.handler.onBatch(batch("y", [], 0, true));
  const failed = engine.done.catch((reason: Error) => reason.message);
  await clock.advance(3_000);
  assert.is(await failed, "at a deadline");
});

function throwingAtDeadline(): ReturnType<typeof echo> {
  const { createMatcher, ...rest } = echo("thrower");
  const advanceTo = (): never => {
    throw new Error("at a deadline");
  };
  return { ...rest, createMatcher: () => ({ ...createMatcher(), advanceTo, nextDue: () => 0 }) };
}

it.run();
