// How far inputs can be read on the model broker, as the port of shards tells it: not behind a transaction that is open.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createSimulation } from "../../../lib/testing/simulation/simulation.ts";
import { codeOf } from "./ask-kit.ts";

const it = suite("ends of inputs on the model");

it("an open transaction of a producer holds back what stands behind its beginning, until it ends", async () => {
  const simulation = createSimulation({ seed: 21 });
  const { broker, world } = simulation;
  const ask: typeof broker.ask = broker.ask;
  const put = (value: string, partition: number, stamp: object | null = null) =>
    ask("produce", {
      ...{ topic: "in", partition, producer: stamp as null },
      records: [{ key: null, value: Buffer.from(value), timestamp: 0 }],
    });
  await world.run(async () => {
    await ask("createTopic", { topic: "in", partitions: 2 });
    const { source } = simulation.instance("a").connect({ app: "app" });
    const places = [1, 0].map((partition) => ({ topic: "in", partition }));
    for (const partition of [0, 1]) await put("first", partition);
    const made = await ask("initProducer", { transactionalId: "theirs", timeoutMs: 60_000 });
    if ("refused" in made) throw new Error(made.refused);
    const stamp = { ...made, transactionalId: "theirs" };
    const place = { topic: "in", partition: 1 };
    assert.is(await codeOf(ask("addPartitions", { ...stamp, places: [place] })), "done");
    assert.is(await codeOf(put("open", 1, { ...stamp, sequence: 0 })), "done");
    await put("behind it", 1);
    assert.equal(await source.ends(places), [
      { stable: 1n, end: 3n },
      { stable: 1n, end: 1n },
    ]);
    assert.equal(await source.openTransactions(place), []);
    assert.is(await codeOf(ask("endTransaction", { ...stamp, commit: true })), "done");
    await new Promise((resolve) => void world.clock.after(1_000, () => resolve(null)));
    assert.equal(await source.ends(places), [
      { stable: 4n, end: 4n },
      { stable: 1n, end: 1n },
    ]);
  });
});

it.run();
