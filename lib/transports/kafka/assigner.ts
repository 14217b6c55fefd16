// The shards of a consumer group, in the form that kafkajs wants. Each member says what it holds when it joins; the one that
// the broker made leader hands out the shards: with shard s every lane p with p mod S = s, and with lane p that partition of every
// input topic.
//
//     join     JoinGroup { topics, instance, owned, shards }
//     leader   members, partition counts ─▶ assignLanes ─▶ shard s ─▶ its lanes ─▶ p of "cards", p of "logins"
//     member   assigned, kafkajs' event tells the source
//
// kafkajs hands the leader the topics of the leader only, and forgets what the others subscribed to. While a deployment
// changes the inputs, members differ: then each gets the partitions of what it subscribed to, and the rest waits.

import type { Assigner, Cluster, PartitionAssigner } from "kafkajs";
import { ConfigError } from "../../core/errors.ts";
import type { Log } from "../../runtime/ports.ts";
import { assignLanes, type Member } from "./assign.ts";
import {
  decodeClaims,
  decodeSubscription,
  encodeAssignment,
  encodeClaims,
  encodeSubscription,
} from "./group-protocol.ts";

/** Changes when members of two releases could not share a group. The broker refuses a member that has no name in common with the others. */
export const ASSIGNER_NAME = "sequitur-shards-1";

export type AssignerOptions = {
  /** Names this process, the same for as long as it runs. */
  readonly instance: string;
  /** How many shards there are. */
  readonly shards: number;
  /** The shards whose state this process holds now. Asked at each join. */
  readonly owned: () => readonly number[];
  readonly log: Log;
};

/** A member as it describes itself. `shards`: how many it counts; `null`: it cannot be understood. */
type Topics = { readonly topics: ReadonlySet<string>; readonly member: Member; readonly shards: number | null };

/**
 * The assigner of one consumer: give it to no other.
 *
 * In the leader assigning fails, and with it the consumer, for good: {ConfigError} `PARTITION_COUNT` if its topics differ in partitions.
 */
export function createAssigner(options: AssignerOptions): PartitionAssigner {
  const { instance, shards, owned, log } = options;
  return ({ cluster }): Assigner => {
    return {
      name: ASSIGNER_NAME,
      version: 0,
      protocol: ({ topics }) => ({
        name: ASSIGNER_NAME,
        metadata: encodeSubscription({
          topics: [...topics].sort(),
          userData: encodeClaims({ instance, owned: owned(), shards }),
        }),
      }),
      assign: async ({ members, topics }) => {
        const readers = members.map(({ memberId, memberMetadata }) => readerOf(memberId, memberMetadata, log));
        const counts = await partitionCounts(cluster, topics, readers);
        const assignments = assignTopics(readers, laneCountOf(topics, counts), shards, counts, log);
        return assignments.map(([memberId, assignment]) => ({
          memberId,
          memberAssignment: encodeAssignment(assignment),
        }));
      },
    };
  };
}

function readerOf(id: string, metadata: Buffer, log: Log): Topics {
  const subscription = decodeSubscription(metadata);
  const claims = subscription && decodeClaims(subscription.userData);
  if (claims === null) log("warn", "what a member of the group says about itself cannot be read", { member: id });
  return {
    topics: new Set(subscription?.topics),
    member: { id, instance: claims?.instance ?? "", owned: claims?.owned ?? [] },
    shards: claims?.shards ?? null,
  };
}

/** How many partitions the topics of all readers have. Those of others that the cluster does not know, or does not show us, are left out. */
async function partitionCounts(
  cluster: Cluster,
  own: readonly string[],
  readers: readonly Topics[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map(own.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
  const foreign = new Set(readers.flatMap(({ topics }) => [...topics]).filter((topic) => !counts.has(topic)));
  if (foreign.size === 0) return counts;
  // Asking for these alone would make kafkajs watch them from now on, and fail once they are deleted.
  const { topicMetadata } = await cluster.metadata();
  for (const { topic, partitionMetadata } of topicMetadata) {
    if (foreign.has(topic)) counts.set(topic, partitionMetadata.length);
  }
  return counts;
}

/** @throws {ConfigError} `PARTITION_COUNT` */
function laneCountOf(own: readonly string[], counts: ReadonlyMap<string, number>): number {
  const distinct = new Set(own.map((topic) => counts.get(topic)));
  const [laneCount = 0] = distinct;
  if (distinct.size <= 1) return laneCount;
  const list = own.map((topic) => `"${topic}" has ${counts.get(topic)}`).join(", ");
  const error = new ConfigError(
    "PARTITION_COUNT",
    `The inputs have different numbers of partitions: ${list}. Events of one key must be in one partition number of all topics: ` +
      "give the topics the same number of partitions, and write them with the same partitioner.",
  );
  // Without this kafkajs tries again, and then again.
  throw Object.assign(error, { retriable: false });
}

type Assignment = readonly [memberId: string, assignment: ReadonlyMap<string, readonly number[]>];

function assignTopics(
  readers: readonly Topics[],
  laneCount: number,
  shards: number,
  counts: ReadonlyMap<string, number>,
  log: Log,
): readonly Assignment[] {
  const all = new Set(readers.flatMap(({ topics }) => [...topics]));
  const shared = [...all].filter((topic) => counts.get(topic) === laneCount).sort();
  const able = readers.filter((each) => each.shards === shards && shared.some((topic) => each.topics.has(topic)));
  const shares = assignLanes(
    able.map(({ member }) => member),
    shards,
  );
  const lanes = new Map([...shares].map(([id, mine]) => [id, lanesOf(mine, laneCount, shards)]));
  const assigned = readers.map(({ member, topics }): Assignment => {
    const mine = lanes.get(member.id) ?? [];
    return [
      member.id,
      new Map(mine.length === 0 ? [] : shared.filter((each) => topics.has(each)).map((each) => [each, mine])),
    ];
  });
  log("info", "lanes of the group are assigned", {
    lanes: laneCount,
    members: readers.length,
    shards,
    moved: shards - able.reduce((kept, { member }) => kept + keptBy(member, shares), 0),
  });
  sayUnfit(readers, shards, log);
  sayUnread(all, shared, able, lanes, log);
  return assigned;
}

/** The lanes of these shards, in order. */
function lanesOf(mine: readonly number[], laneCount: number, shards: number): readonly number[] {
  return Array.from({ length: laneCount }, (_, lane) => lane).filter((lane) => mine.includes(lane % shards));
}

function keptBy({ id, owned }: Member, shares: ReadonlyMap<string, readonly number[]>): number {
  return (shares.get(id) ?? []).filter((shard) => owned.includes(shard)).length;
}

/** A shard is the same lanes for all, or two of its owners would share a lane. */
function sayUnfit(readers: readonly Topics[], shards: number, log: Log): void {
  const others = readers.filter((reader) => reader.shards !== null && reader.shards !== shards);
  if (others.length === 0) return;
  log("warn", "members of the group count shards differently; those that differ from the leader get nothing", {
    shards,
    instances: others.map(({ member }) => member.instance).sort(),
  });
}

/** Members that subscribe to different topics leave some of them unread: for a while in a deployment, else by mistake. */
function sayUnread(
  all: ReadonlySet<string>,
  shared: readonly string[],
  able: readonly Topics[],
  lanes: ReadonlyMap<string, readonly number[]>,
  log: Log,
): void {
  const unfit = [...all].filter((topic) => !shared.includes(topic)).sort();
  if (unfit.length > 0) {
    log(
      "warn",
      "members of the group read topics that are missing or have another number of partitions; nobody reads them",
      {
        topics: unfit,
      },
    );
  }
  for (const topic of shared) {
    const without = able.filter(({ topics }) => !topics.has(topic));
    const partitions = without.flatMap(({ member }) => lanes.get(member.id) ?? []).sort((a, b) => a - b);
    if (partitions.length === 0) continue;
    log("warn", "members of the group have different inputs; until all have the same, nobody reads these partitions", {
      topic,
      partitions,
      instances: without.map(({ member }) => member.instance).sort(),
    });
  }
}
