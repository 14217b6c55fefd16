// How long a fetch waits where there is nothing, beside what kafkajs does without the patch.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { both } from "./copies.ts";

const it = suite("short waits");

it("waits shortly where there is nothing while something else is paused that the same broker has", async () => {
  const leaders = [1, 1, 2];
  const waits = both.map(async (load) => {
    const Group = load("src/consumer/consumerGroup.js") as new (
      options: object,
    ) => {
      offsetManager: object;
      readonly subscriptionState: { assign(places: readonly object[]): void };
      pause(places: readonly object[]): void;
      resume(places: readonly object[]): void;
      fetch(nodeId: number): Promise<readonly object[]>;
    };
    const seen: number[] = [];
    const fetch = async ({ maxWaitTime }: { readonly maxWaitTime: number }): Promise<object> => {
      seen.push(maxWaitTime);
      return { responses: [] };
    };
    const group = new Group({
      topics: ["t"],
      logger: { namespace: () => ({ info: () => undefined }) },
      maxWaitTimeInMs: 250,
      cluster: {
        refreshMetadataIfNecessary: async () => undefined,
        findTopicPartitionMetadata: () => leaders.map((leader, partitionId) => ({ partitionId, leader })),
        findBroker: async () => ({ fetch }),
      },
    });
    group.offsetManager = {
      resolveOffsets: async () => undefined,
      committedOffsets: () => ({ t: ["0", "0", "0"] }),
      nextOffset: () => "0",
    };
    group.subscriptionState.assign([{ topic: "t", partitions: [0, 1, 2] }]);
    const fetchAll = (): Promise<unknown> => Promise.all([group.fetch(1), group.fetch(2)]);
    await fetchAll();
    group.pause([{ topic: "t", partitions: [0] }]);
    await fetchAll();
    group.resume([{ topic: "t", partitions: [0] }]);
    await fetchAll();
    return seen;
  });
  assert.equal(await Promise.all(waits), [
    [250, 250, 10, 250, 250, 250],
    [250, 250, 250, 250, 250, 250],
  ]);
});

it("recovers from a fetch that fails as before", async () => {
  const recovered = both.map(async (load) => {
    const { prototype } = load("src/consumer/consumerGroup.js") as {
      readonly prototype: { fetch(nodeId: number): Promise<readonly object[]> };
    };
    const refresh = async (): Promise<never> => {
      throw new Error("no");
    };
    const group = Object.assign(Object.create(prototype) as typeof prototype, {
      cluster: { refreshMetadataIfNecessary: refresh },
      recovered: "",
      async recoverFromFetch(error: Error) {
        this.recovered += error.message;
      },
    });
    assert.equal(await group.fetch(1), []);
    return group.recovered;
  });
  assert.equal(await Promise.all(recovered), ["no", "no"]);
});

it.run();
