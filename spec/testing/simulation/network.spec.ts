// The network: a process cannot tell a lost request from a lost answer, and the dead ask nothing.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createModelBroker } from "../../../lib/testing/simulation/broker.ts";
import type { AnswerOf, Ask } from "../../../lib/testing/simulation/calls.ts";
import { createGate, type Gate } from "../../../lib/testing/simulation/instance.ts";
import { connectThrough, type Fate } from "../../../lib/testing/simulation/network.ts";
import { createWorld, type World } from "../../../lib/testing/simulation/world.ts";
import { codeOf } from "./ask-kit.ts";

const it = suite("network");

const FINE: Fate = { requestMs: 2, answerMs: 3, lost: null, noticedMs: 0, isDoubled: false };

type Setting = { readonly world: World; readonly broker: Ask; readonly gate: Gate; readonly ask: Ask };

/** One process; its requests, in order, have these fates, then good ones. */
function setting(fates: readonly Partial<Fate>[], seed = 1): Setting {
  const world = createWorld(seed);
  const broker = createModelBroker({ clock: world.clock }).ask;
  const gate = createGate();
  const ask = connectThrough(
    { world, broker, fates: ({ number }) => ({ ...FINE, ...fates[number - 1] }), requestTimeoutMs: 1_000 },
    "a",
    gate,
  );
  return { world, broker, gate, ask };
}

const topicCount = async ({ broker }: Setting): Promise<number> =>
  (await codeOf(broker("describeTopic", { topic: "t" }))) === "done" ? 1 : 0;
const sleep = ({ world }: Setting, forMs: number): Promise<void> =>
  new Promise((resolve) => void world.clock.after(forMs, resolve));

it("takes its time in both directions", async () => {
  const given = setting([]);
  const began = given.world.clock.now();
  await given.world.run(async () =>
    assert.is(await codeOf(given.ask("createTopic", { topic: "t", partitions: 1 })), "done"),
  );
  assert.is(given.world.clock.now() - began, 5);
});

it("shows a lost request and a lost answer alike", async () => {
  const seen = await Promise.all(
    (["request", "answer"] as const).map(async (lost) => {
      const given = setting([{ lost, noticedMs: 7 }]);
      const code = await given.world.run(() => codeOf(given.ask("createTopic", { topic: "t", partitions: 1 })));
      return [code, await topicCount(given)];
    }),
  );
  assert.equal(seen, [
    ["NO_ANSWER", 0],
    ["NO_ANSWER", 1],
  ]);
});

it("gives up after a while, and what was held back is done all the same", async () => {
  const given = setting([{ requestMs: 5_000 }]);
  await given.world.run(async () => {
    assert.is(await codeOf(given.ask("createTopic", { topic: "t", partitions: 1 })), "NO_ANSWER");
    assert.is(await topicCount(given), 0);
    // Not behind it: it goes on another connection.
    assert.is(await codeOf(given.ask("describeTopic", { topic: "t" })), "UNKNOWN_TOPIC_OR_PARTITION");
    await sleep(given, 5_000);
    assert.is(await topicCount(given), 1);
  });
});

it("waits longer for what takes long by its nature", async () => {
  const given = setting([]);
  await given.world.run(async () => {
    await given.ask("createTopic", { topic: "t", partitions: 1 });
    const place = { topic: "t", partition: 0, offset: 0n, isolation: "committed", maxBytes: 1 } as const;
    assert.is(await codeOf(given.ask("fetch", { ...place, waitMs: 5_000 })), "done");
    const group = {
      group: "g",
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 5_000,
      protocols: [{ name: "p", metadata: new Uint8Array() }],
    };
    assert.is(await codeOf(given.ask("join", { ...group, member: "" })), "done");
    assert.is(await codeOf(given.ask("join", { ...group, member: "" })), "done");
  });
});

it("delivers a doubled request twice", async () => {
  const given = setting([{}, { isDoubled: true }]);
  await given.world.run(async () => {
    await given.ask("createTopic", { topic: "t", partitions: 1 });
    const record = { key: null, value: null, timestamp: 0 };
    await given.ask("produce", { topic: "t", partition: 0, producer: null, records: [record] });
    const latest = { topic: "t", partition: 0, at: "latest", isolation: "committed" } as const;
    assert.equal(await given.broker("listOffsets", latest), { offset: 2n });
  });
});

it("keeps the order of one process, whatever the delays", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(fc.nat(100), { minLength: 1, maxLength: 10 }), async (seed, delays) => {
      const given = setting([{}, ...delays.map((requestMs) => ({ requestMs }))], seed);
      await given.world.run(async () => {
        await given.ask("createTopic", { topic: "t", partitions: 1 });
        const place = { topic: "t", partition: 0 };
        const value = (n: number) => [{ key: null, value: Uint8Array.of(n), timestamp: 0 }];
        await Promise.all(delays.map((_, n) => given.ask("produce", { ...place, producer: null, records: value(n) })));
        const all = { ...place, offset: 0n, isolation: "committed", maxBytes: 10_000, waitMs: 0 } as const;
        const found = (await given.broker("fetch", all)) as AnswerOf<"fetch">;
        assert.equal(
          found.entries.map((entry) => entry.value?.[0]),
          delays.map((_, n) => n),
        );
      });
    }),
    { numRuns: 50 },
  );
});

it("never settles anything for the dead, and sends nothing of theirs", async () => {
  const given = setting([]);
  await given.world.run(async () => {
    const say = (): void => assert.unreachable("a dead process was told something");
    given.ask("createTopic", { topic: "t", partitions: 1 }).then(say, say);
    await sleep(given, 1);
    given.gate.kill();
    given.ask("createTopic", { topic: "later", partitions: 1 }).then(say, say);
    await sleep(given, 10_000);
    assert.is(await topicCount(given), 1);
    assert.is(await codeOf(given.broker("describeTopic", { topic: "later" })), "UNKNOWN_TOPIC_OR_PARTITION");
  });
});

it("keeps what a stopped process asks and is told until it goes on", async () => {
  const given = setting([]);
  await given.world.run(async () => {
    const first = codeOf(given.ask("createTopic", { topic: "t", partitions: 1 }));
    given.gate.pause();
    const second = codeOf(given.ask("deleteTopic", { topic: "t" }));
    await sleep(given, 500);
    assert.is(await topicCount(given), 1);
    given.gate.resume();
    assert.equal(await Promise.all([first, second]), ["done", "done"]);
    assert.is(await topicCount(given), 0);
  });
});

it.run();
