// What sequitur status says of the patterns whose runs are saved.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { statusText } from "../../lib/cli/status-text.ts";
import type { ShardStatus } from "../../lib/service/state-status.ts";

const it = suite("what status says");

it("tells patterns of an earlier release from those of the service", () => {
  const patterns: ShardStatus["patterns"] = [
    { name: "unpaid", version: 2, fingerprint: "b" },
    { name: "unpaid", version: 1, fingerprint: "a", drains: true },
  ];
  const shard: ShardStatus = {
    ...{ shard: 0, owner: null, release: 2, checkpoint: null, isTakenOver: false, from: 0n, to: 9n, bytes: null },
    ...{ patterns, inputs: [], problem: null },
  };
  const text = statusText({ app: "shop", group: "shop", members: [], topic: "shop-state", shards: [shard] }, "here");
  assert.ok(text.includes("patterns: unpaid version 2, unpaid version 1 as it was, finishing its runs\n"), text);
});

it.run();
