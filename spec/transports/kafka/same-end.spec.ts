// What a transaction is announced to: also what the one before wrote to, once.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Announced, TransactionManager } from "../../../lib/transports/kafka/kafkajs-parts.ts";
import { withSameEnd } from "../../../lib/transports/kafka/same-end.ts";

const it = suite("same end");

const places = fc.uniqueArray(fc.constantFrom<string>("alerts 0", "alerts 1", "late 0", "state 0"), { minLength: 1 });
/** Each is a transaction: what is announced, time after time. */
const transactions = fc.array(fc.array(places, { minLength: 1, maxLength: 3 }), { maxLength: 6 });

it("each transaction comes to where the one before wrote, and only the next one does", async () => {
  await fc.assert(
    fc.asyncProperty(transactions, async (all) => {
      const announced: string[] = [];
      const manager = withSameEnd(() => recording(announced))({ cluster: NO_CLUSTER });
      let before: readonly string[] = [];
      for (const times of all) {
        for (const some of times) {
          announced.length = 0;
          await manager.addPartitionsToTransaction(some.map(announcedAs));
          assert.equal([...new Set(announced)].length, announced.length, "named once");
          assert.equal(
            some.filter((place) => !announced.includes(place)),
            [],
          );
          assert.equal(
            before.filter((place) => !announced.includes(place) && !times.flat().includes(place)),
            [],
          );
          assert.equal(
            announced.filter((place) => !some.includes(place) && !before.includes(place)),
            [],
          );
        }
        await manager.commit();
        before = times.flat();
      }
    }),
  );
});

const NO_CLUSTER = {
  findGroupCoordinator: () => Promise.reject(new Error("nobody is asked")),
  findBroker: () => Promise.reject(new Error("nobody is asked")),
  findControllerBroker: () => Promise.reject(new Error("nobody is asked")),
  refreshMetadataIfNecessary: () => Promise.reject(new Error("nobody is asked")),
};

function announcedAs(place: string): Announced {
  const [topic = "", partition] = place.split(" ");
  return { topic, partitions: [{ partition: Number(partition) }] };
}

function recording(announced: string[]): TransactionManager {
  const unused = (): never => {
    throw new Error("nobody calls this");
  };
  return {
    isInitialized: unused,
    isTransactional: unused,
    getTransactionalId: unused,
    getProducerId: unused,
    getProducerEpoch: unused,
    initProducerId: unused,
    beginTransaction: unused,
    getSequence: unused,
    updateSequence: unused,
    addPartitionsToTransaction: async (topics) => {
      for (const { topic, partitions } of topics)
        announced.push(...partitions.map(({ partition }) => `${topic} ${partition}`));
    },
    sendOffsets: unused,
    commit: async () => undefined,
    abort: unused,
  };
}

it.run();
