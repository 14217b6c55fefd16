// What a broker forgot to end. It decides on a transaction, and then writes to each of its partitions what was decided. Where a partition
// has no leader at that time, it takes it for deleted and goes on (Apache Kafka 4.4.0, `KRaftMetadataCache.getPartitionLeaderEndpoint`;
// 3.9.2 waits for a leader): as after a restart in the middle of a commit, if there are no other copies. What stands there is open then,
// hides all that comes behind it from those who read committed records, and ends as the next transaction of that producer does that comes
// to the partition, if one ever does.
//
// So each transaction comes to all partitions that the one before wrote to: what was forgotten ends with the next commit, everywhere alike.
// A new producer does not know them: its first transaction comes to all partitions there are, see `shard-writer.ts`.

import type { Announced, CreateTransactionManager } from "./kafkajs-parts.ts";

/** Makes managers as `create` does, whose transactions end what the one before left open. */
export function withSameEnd(create: CreateTransactionManager): CreateTransactionManager {
  return (options) => {
    const manager = create(options);
    let before: Places = new Map();
    let now: Places = new Map();
    return {
      ...manager,
      addPartitionsToTransaction: (topics) => {
        for (const { topic, partitions } of topics)
          now.set(topic, new Set([...(now.get(topic) ?? []), ...partitions.map(({ partition }) => partition)]));
        return manager.addPartitionsToTransaction([...topics, ...without(before, now)]);
      },
      commit: async () => {
        await manager.commit();
        before = now;
        now = new Map();
      },
    };
  };
}

type Places = Map<string, ReadonlySet<number>>;

function without(places: Places, known: Places): readonly Announced[] {
  return [...places].flatMap(([topic, partitions]) => {
    const left = [...partitions].filter((partition) => known.get(topic)?.has(partition) !== true);
    return left.length === 0 ? [] : [{ topic, partitions: left.map((partition) => ({ partition })) }];
  });
}
