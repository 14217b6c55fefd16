// The broker itself: that it is a real one of the version asked for, and outlives a kill with its data and address.
import * as assert from "uvu/assert";
import { consoleConsume } from "./console-consume.ts";
import { KAFKA_VERSIONS } from "./install.ts";
import { type JavaCommand, type JavaRecord, javaProduce } from "./java-produce.ts";
import { requireBroker } from "./require-broker.ts";
import { createTopic } from "./topics.ts";

const HEADERS = [
  ["type", "x"],
  ["type", "y"],
  ["nothing", null],
] as const;

for (const version of KAFKA_VERSIONS) {
  const broker = await requireBroker({ version, restarts: true });
  const it = broker.suite(`broker ${version}`);

  it("gives back what was committed, after a kill too", async () => {
    await createTopic(broker, "kept", 3);
    await javaProduce(broker, "kept", interleaved(), { transactionalId: "two", compression: "lz4" });
    const [address, pid] = [broker.address, broker.pid()];
    await broker.kill();
    assert.is(broker.pid(), null);
    await broker.restart();
    assert.is(broker.address, address);
    assert.is.not(broker.pid(), pid);
    const read = await consoleConsume(broker, "kept");
    const [first, second] = read.filter(({ partition }) => partition === 1);
    assert.equal(first, { partition: 1, offset: 1, timestamp: 5, key: null, headers: HEADERS, value: '{"n":1}' });
    // The marker of the aborted transaction may stand before it or behind.
    assert.ok(second !== undefined && second.offset >= 3);
    assert.equal(second, { partition: 1, offset: second.offset, timestamp: 6, key: "k", headers: [], value: "ü\n" });
    // murmur2("card-7") names partition 2 of 3.
    assert.equal(
      read.filter(({ partition }) => partition !== 1).map(({ partition, key, value }) => [partition, key, value]),
      [[2, "card-7", null]],
    );
  });

  it.run();
}

/** Two transactions side by side; what the first wrote is aborted. */
function* interleaved(): Generator<JavaRecord | JavaCommand> {
  yield { value: "aborted", partition: 1, by: "a" };
  yield { end: "flush", by: "a" };
  yield { value: '{"n":1}', partition: 1, timestamp: 5, headers: HEADERS, by: "b" };
  yield { end: "flush", by: "b" };
  yield { value: "aborted, too", partition: 1, by: "a" };
  yield { end: "abort", by: "a" };
  yield { key: "k", value: Buffer.from("ü\n"), partition: 1, timestamp: 6, by: "b" };
  yield { key: "card-7", value: null, by: "b" };
}
