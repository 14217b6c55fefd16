// Which transactions are open in a partition, and whose they are. Three questions, each of another broker:
//
//     who leads the partition      DescribeProducers      producer ids, where their open transactions begin
//     every broker                 ListTransactions       transactional ids of those producers, as far as we may know them
//     the one that knows it        DescribeTransactions   since when, and for how long at most

import type { Broker, Cluster } from "kafkajs";
import type { TopicPartition } from "../../runtime/ports.ts";
import type { OpenTransaction } from "../../runtime/shard-ports.ts";
import { askFlexibly, type FlexibleReader, type FlexibleRequest } from "./flexible.ts";

/** The oldest first; none where the brokers do not tell. `leader` leads the partition. */
export async function openTransactions(
  cluster: Cluster,
  leader: Broker,
  place: TopicPartition,
): Promise<readonly OpenTransaction[]> {
  const open = (await askFlexibly(leader, describeProducers(place))) ?? [];
  if (open.length === 0) return [];
  const named = new Map<bigint, Named>();
  for (const nodeId of cluster.getNodeIds()) {
    const broker = await cluster.findBroker({ nodeId: String(nodeId) });
    for (const one of await namesOf(
      broker,
      open.map(({ producerId }) => producerId),
    ))
      named.set(one.producerId, one);
  }
  return open
    .toSorted((one, other) => (one.offset < other.offset ? -1 : 1))
    .map(({ producerId, offset }) => {
      const { transactionalId = null, startedAt = null, timeoutMs = null } = named.get(producerId) ?? {};
      return { producerId: String(producerId), offset, transactionalId, startedAt, timeoutMs };
    });
}

type Named = {
  readonly producerId: bigint;
  readonly transactionalId: string;
  readonly startedAt: number | null;
  readonly timeoutMs: number | null;
};

/** Those that this broker coordinates. */
async function namesOf(broker: Broker, producerIds: readonly bigint[]): Promise<readonly Named[]> {
  const ids = (await askFlexibly(broker, listTransactions(producerIds))) ?? [];
  if (ids.length === 0) return [];
  return (await askFlexibly(broker, describeTransactions(ids))) ?? [];
}

type Open = { readonly producerId: bigint; readonly offset: bigint };

function describeProducers({ topic, partition }: TopicPartition): FlexibleRequest<readonly Open[]> {
  return {
    apiKey: 61,
    apiName: "DescribeProducers",
    write: (to) =>
      to
        .list([topic], (name) =>
          to
            .text(name)
            .list([partition], (index) => to.int32(index))
            .end(),
        )
        .end(),
    read: (from) => {
      from.int32(); // throttled for so long
      return from.list(() => readTopicProducers(from)).flat();
    },
  };
}

function readTopicProducers(from: FlexibleReader): readonly Open[] {
  from.text();
  const partitions = from.list(() => {
    from.int32();
    from.int16();
    from.text();
    const producers = from.list(() => readProducer(from));
    from.end();
    return producers;
  });
  from.end();
  return partitions.flat().filter(({ offset }) => offset >= 0n);
}

/** Of a producer without an open transaction the offset is −1. */
function readProducer(from: FlexibleReader): Open {
  const producerId = from.int64();
  from.int32(); // epoch
  from.int32(); // last sequence number
  from.int64(); // last timestamp
  from.int32(); // epoch of its coordinator
  const offset = from.int64();
  from.end();
  return { producerId, offset };
}

function listTransactions(producerIds: readonly bigint[]): FlexibleRequest<readonly string[]> {
  return {
    apiKey: 66,
    apiName: "ListTransactions",
    write: (to) =>
      to
        .list([], () => undefined) // in any state
        .list(producerIds, (id) => to.int64(id))
        .end(),
    read: (from) => {
      from.int32();
      from.int16();
      from.list(() => from.text()); // states it does not know
      return from.list(() => {
        const transactionalId = from.text();
        from.int64();
        from.text();
        from.end();
        return transactionalId;
      });
    },
  };
}

function describeTransactions(transactionalIds: readonly string[]): FlexibleRequest<readonly Named[]> {
  return {
    apiKey: 65,
    apiName: "DescribeTransactions",
    write: (to) => to.list(transactionalIds, (id) => to.text(id)).end(),
    read: (from) => {
      from.int32();
      return from.list(() => {
        from.int16();
        const transactionalId = from.text();
        from.text(); // state
        const timeoutMs = from.int32();
        const startedAt = Number(from.int64());
        const producerId = from.int64();
        from.int16();
        from.list(() => {
          from.text();
          from.list(() => from.int32());
          from.end();
        });
        from.end();
        return { producerId, transactionalId, timeoutMs, startedAt: startedAt < 0 ? null : startedAt };
      });
    },
  };
}
