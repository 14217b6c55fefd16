// The self-test: passes on what we have, and sees each patch that is missing or wrong.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createCodecs } from "../../../lib/transports/kafka/codecs.ts";
import { CommittedBatch } from "../../../lib/transports/kafka/committed-batch.ts";
import { patches } from "../../../lib/transports/kafka/patches.ts";
import { type Change, privateCopy } from "../../../lib/transports/kafka/private-copy.ts";
import { findBrokenPatch } from "../../../lib/transports/kafka/self-test.ts";
import { note } from "../../run/ask.ts";

const it = suite("self-test");
const require = createRequire(import.meta.url);
const folder = dirname(require.resolve("kafkajs/package.json"));
const BATCH = "src/consumer/batch.js";

/** What the self-test says of kafkajs with our patches and `change` on top. */
function brokenWith(path: string, change: Change): string | null {
  const ours = patches(createCodecs());
  const changed: Change = (exports, load) => change(ours.get(path)?.(exports, load) ?? exports, load);
  return findBrokenPatch(privateCopy(folder, new Map([...ours, [path, changed]])));
}

/** Our batch, but for what `change` makes of the data it is made of. */
function batchWith(change: (data: ConstructorParameters<typeof CommittedBatch>[2]) => typeof data): Change {
  return () =>
    class extends CommittedBatch {
      constructor(...[topic, offset, data]: ConstructorParameters<typeof CommittedBatch>) {
        super(topic, offset, change(data));
      }
    };
}

it("finds nothing to complain of, in a few milliseconds", () => {
  const load = privateCopy(folder, patches(createCodecs()));
  load("index.js");
  const start = performance.now();
  assert.is(findBrokenPatch(load), null);
  note(`self-test: ${(performance.now() - start).toFixed(1)} ms`);
});

it("sees a batch that shows aborted records", () => {
  const blind = batchWith((data) => ({ ...data, abortedTransactions: [] }));
  assert.match(brokenWith(BATCH, blind) ?? "", /^hides two aborted transactions/);
});

it("sees a filter that takes the list of aborted transactions as it comes, or one per record", () => {
  const first = batchWith(({ abortedTransactions = [], ...data }) => ({
    ...data,
    abortedTransactions: (abortedTransactions ?? []).slice(0, 1),
  }));
  assert.match(brokenWith(BATCH, first) ?? "", /^hides/);
});

it("sees a batch that forgets where it ends", () => {
  const forgetful: Change = () =>
    class extends CommittedBatch {
      override isEmptyDueToFiltering(): boolean {
        return this.isEmpty() && this.firstOffset() !== this.lastOffset();
      }
    };
  assert.is(brokenWith(BATCH, forgetful), "goes on behind a batch without records");
});

it("sees a decoder of records that says something else", () => {
  const other: Change = (exports) => (decoder: object, context: object) => ({
    ...(exports as (decoder: object, context: object) => object)(decoder, context),
    timestamp: "5",
  });
  assert.is(brokenWith("src/protocol/recordBatch/record/v0/decoder.js", other), "reads records as kafkajs does");
});

it("sees an encoder that writes other batches", () => {
  const other: Change = (exports) => (record: object) =>
    (exports as (record: object) => object)({ ...record, value: Buffer.from("other"), key: Buffer.from("key") });
  assert.is.not(brokenWith("src/protocol/recordBatch/record/v0/index.js", other), null);
});

it.run();
