// The broker itself: that it is a real one of the version asked for, outlives a kill with its data and address, ends
// with its owner, and says what is missing.
import * as assert from "uvu/assert";
import { consoleConsume } from "./console-consume.ts";
import { KAFKA_VERSIONS } from "./install.ts";
import { javaProduce } from "./java-produce.ts";
import { requireBroker } from "./require-broker.ts";
import { createTopic } from "./topics.ts";

for (const version of KAFKA_VERSIONS) {
  const broker = await requireBroker({ version, restarts: true });
  const it = broker.suite(`broker ${version}`);

  it("gives back what was written, after a kill too", async () => {
    await createTopic(broker, "kept", 2);
    const records = [
      { key: "a", value: '{"n":1}', partition: 1, timestamp: 5, headers: { type: "x", nothing: null } },
      { key: null, value: "ü", partition: 1, timestamp: 6 },
    ];
    await javaProduce(broker, "kept", records);
    const [address, pid] = [broker.address, broker.pid()];
    await broker.kill();
    assert.is(broker.pid(), null);
    await broker.restart();
    assert.is(broker.address, address);
    assert.is.not(broker.pid(), pid);
    assert.equal(await consoleConsume(broker, "kept", { count: 2 }), [
      {
        partition: 1,
        offset: 0,
        timestamp: 5,
        key: "a",
        headers: [
          ["type", "x"],
          ["nothing", null],
        ],
        value: '{"n":1}',
      },
      { partition: 1, offset: 1, timestamp: 6, key: null, headers: [], value: "ü" },
    ]);
  });

  it("shows committed records only", async () => {
    await createTopic(broker, "committed", 1);
    await javaProduce(
      broker,
      "committed",
      [
        { value: "a1", by: "a" },
        { end: "flush", by: "a" },
        { value: "b1", by: "b" },
        { end: "abort", by: "a" },
        { end: "commit", by: "b" },
      ],
      { transactionalId: "two" },
    );
    const values = async (isolation: "read_committed" | "read_uncommitted"): Promise<unknown> =>
      (await consoleConsume(broker, "committed", { isolation, idleMs: 1500 })).map(({ value }) => value);
    assert.equal(await values("read_committed"), ["b1"]);
    assert.equal(await values("read_uncommitted"), ["a1", "b1"]);
  });

  it.run();
}
