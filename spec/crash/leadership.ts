// Who leads which partition of a cluster: seen as it changes, and changed while nobody dies.
import { setTimeout as sleep } from "node:timers/promises";
import type { Admin } from "kafkajs";
import { asAdmin } from "../broker/topics.ts";
import { endLater, until } from "../transports/kafka/kit.ts";
import type { FieldBroker } from "./field.ts";

/** Where the coordinators of groups and transactions keep what they know: whoever leads a partition of it is one. */
const COORDINATORS = ["__consumer_offsets", "__transaction_state"];

/** How often leaders were seen to have changed, of the topics and of the coordinators. */
export type Moves = { readonly topics: () => number; readonly coordinators: () => number };

const LOOK_MS = 200;

/** Counts from now on. What moves and comes back between two looks is not seen. */
export function watchLeaders(broker: FieldBroker, topics: readonly string[]): Moves {
  const counts = { topics: 0, coordinators: 0 };
  const leaders = new Map<string, number>();
  let isOver = false;
  endLater(() => {
    isOver = true;
  });
  const look = async (admin: Admin): Promise<void> => {
    for (const { topic, partition, leader } of await partitionsOf(admin, topics)) {
      const place = `${topic} ${partition}`;
      const before = leaders.get(place) ?? leader;
      if (before !== leader) counts[COORDINATORS.includes(topic) ? "coordinators" : "topics"] += 1;
      leaders.set(place, leader);
    }
  };
  void asAdmin(broker, async (admin) => {
    for (; !isOver; await sleep(LOOK_MS)) await look(admin).catch(() => undefined); // a partition is without a leader, or a node without an answer
  }).catch(() => undefined);
  return { topics: () => counts.topics, coordinators: () => counts.coordinators };
}

/** Waits until every node has everything, and every partition the leader that it prefers. */
export async function untilHome(broker: FieldBroker, topics: readonly string[]): Promise<void> {
  await until("all nodes have everything, and leaders are where they belong", () =>
    asAdmin(broker, async (admin) => {
      const all = await partitionsOf(admin, topics);
      return all.every(({ leader, replicas, isr }) => leader === replicas[0] && isr.length === replicas.length);
    }),
  );
}

/** Has every partition prefer the next of its nodes, and waits until these lead. */
export async function moveLeaders(broker: FieldBroker, topics: readonly string[]): Promise<void> {
  await asAdmin(broker, async (admin) => {
    const all = await partitionsOf(admin, topics);
    const names = [...new Set(all.map(({ topic }) => topic))];
    await admin.alterPartitionReassignments({
      topics: names.map((name) => ({
        topic: name,
        partitionAssignment: all
          .filter(({ topic }) => topic === name)
          .map(({ partition, replicas: [first = 0, ...others] }) => ({ partition, replicas: [...others, first] })),
      })),
    });
  });
  await untilHome(broker, topics);
}

type Partition = {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number;
  /** The first is the one that it prefers to lead it. */
  readonly replicas: readonly number[];
  /** Those that have everything. */
  readonly isr: readonly number[];
};

async function partitionsOf(admin: Admin, topics: readonly string[]): Promise<readonly Partition[]> {
  const described = await admin.fetchTopicMetadata({ topics: [...topics, ...COORDINATORS] });
  return described.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionId, leader, replicas, isr }) => ({
      topic: name,
      partition: partitionId,
      leader,
      replicas,
      isr,
    })),
  );
}
