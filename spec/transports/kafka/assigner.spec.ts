// The assigner as kafkajs calls it, for groups of any members; the messages that members send each other are real ones.

import type { Assigner, Cluster, GroupMember, Logger } from "kafkajs";
import { AssignerProtocol } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/core/errors.ts";
import { createAssigner } from "../../../lib/transports/kafka/assigner.ts";

const it = suite("assigner");

type Line = { readonly level: string; readonly message: string; readonly fields: Readonly<Record<string, unknown>> };

/** As much of kafkajs' cluster as assigners see: topics of any size, and where it asks for the coordinator. */
function clusterOf(partitions: Readonly<Record<string, number>>, watched = Object.keys(partitions)) {
  const listOf = (topic: string) =>
    Array.from({ length: partitions[topic] ?? 0 }, (_, partitionId) => ({ partitionId }));
  const asked: string[] = [];
  const cluster = {
    findTopicPartitionMetadata: (topic: string) => (watched.includes(topic) ? listOf(topic) : []),
    metadata: async () => ({
      topicMetadata: Object.keys(partitions).map((topic) => ({ topic, partitionMetadata: listOf(topic) })),
    }),
    findGroupCoordinator: async ({ groupId }: { groupId: string }) => asked.push(groupId),
  };
  return { cluster: cluster as unknown as Cluster, asked };
}

function memberOf(
  { cluster }: { readonly cluster: Cluster },
  instance: string,
  owned: readonly number[] = [],
  beforeJoin = async () => {},
): { readonly assigner: Assigner; readonly lines: Line[] } {
  const lines: Line[] = [];
  const create = createAssigner({
    instance,
    owned: () => owned,
    beforeJoin,
    log: (level, message, fields = {}) => lines.push({ level, message, fields }),
  });
  return { assigner: create({ cluster, groupId: "app", logger: {} as Logger }), lines };
}

/** What a member of the group sends when it joins. */
function joining(memberId: string, topics: string[], owned: readonly number[] = []): GroupMember {
  const { assigner } = memberOf(clusterOf({}), `process-${memberId}`, owned);
  return { memberId, memberMetadata: assigner.protocol({ topics }).metadata };
}

/** What kafkajs gives each member of what the leader decided. */
async function assigned(
  assigner: Assigner,
  members: GroupMember[],
  topics: string[],
): Promise<Record<string, unknown>> {
  const answer = await assigner.assign({ members, topics });
  return Object.fromEntries(
    answer.map(({ memberId, memberAssignment }) => [
      memberId,
      AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment,
    ]),
  );
}

it("a lane is that partition of all inputs", async () => {
  const { assigner, lines } = memberOf(clusterOf({ cards: 3, logins: 3 }), "a");
  const members = [joining("m1", ["cards", "logins"], [2, 1]), joining("m2", ["cards", "logins"])];
  assert.equal(await assigned(assigner, members, ["cards", "logins"]), {
    m1: { cards: [1, 2], logins: [1, 2] },
    m2: { cards: [0], logins: [0] },
  });
  assert.equal(lines, [
    { level: "info", message: "lanes of the group are assigned", fields: { lanes: 3, members: 2, moved: 1 } },
  ]);
});

it("a member without lanes is told so", async () => {
  const { assigner } = memberOf(clusterOf({ cards: 1 }), "a");
  const members = [joining("m1", ["cards"], [0]), joining("m2", ["cards"])];
  assert.equal(await assigned(assigner, members, ["cards"]), { m1: { cards: [0] }, m2: {} });
});

it("says the same at each join while nothing has changed", () => {
  const { assigner } = memberOf(clusterOf({}), "a", [3, 1]);
  const again = memberOf(clusterOf({}), "a", [1, 3]).assigner;
  const first = assigner.protocol({ topics: ["b", "a"] });
  assert.is(first.name, assigner.name);
  assert.equal(again.protocol({ topics: ["a", "b"] }), first);
});

it("different numbers of partitions end it for good, with the numbers", async () => {
  const { assigner } = memberOf(clusterOf({ cards: 3, logins: 4 }), "a");
  try {
    await assigner.assign({ members: [joining("m1", ["cards", "logins"])], topics: ["cards", "logins"] });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
    const { code, message, retriable } = error as ConfigError & { retriable?: boolean };
    assert.equal([code, retriable], ["PARTITION_COUNT", false]);
    assert.match(message, '"cards" has 3, "logins" has 4');
    assert.match(message, "the same number of partitions");
  }
});

it("members of another deployment get what they subscribed to, and it is said what nobody reads", async () => {
  const { assigner, lines } = memberOf(clusterOf({ cards: 4, logins: 4 }, ["cards", "logins"]), "a");
  const members = [joining("new", ["cards", "logins"], [0, 1]), joining("old", ["cards"], [2, 3])];
  assert.equal(await assigned(assigner, members, ["cards", "logins"]), {
    new: { cards: [0, 1], logins: [0, 1] },
    old: { cards: [2, 3] },
  });
  assert.equal(
    lines.filter(({ level }) => level === "warn").map(({ fields }) => fields),
    [{ topic: "logins", partitions: [2, 3], instances: ["process-old"] }],
  );
});

it("a leader of the old deployment assigns the topics of the new one, too", async () => {
  const { assigner } = memberOf(clusterOf({ cards: 2, logins: 2 }, ["cards"]), "a");
  const members = [joining("new", ["cards", "logins"], [0]), joining("old", ["cards"], [1])];
  assert.equal(await assigned(assigner, members, ["cards"]), { new: { cards: [0], logins: [0] }, old: { cards: [1] } });
});

it("topics of others that are missing or cut otherwise stop nobody, and are named", async () => {
  const { assigner, lines } = memberOf(clusterOf({ cards: 2, logins: 5 }, ["cards"]), "a");
  const members = [joining("m1", ["cards"]), joining("m2", ["cards", "logins", "gone"]), joining("m3", ["gone"])];
  assert.equal(await assigned(assigner, members, ["cards"]), { m1: { cards: [0] }, m2: { cards: [1] }, m3: {} });
  assert.equal(lines.find(({ level }) => level === "warn")?.fields, { topics: ["gone", "logins"] });
});

it("members that cannot be understood are named and hold nothing", async () => {
  const { assigner, lines } = memberOf(clusterOf({ cards: 2 }), "a");
  const { MemberMetadata } = AssignerProtocol;
  const members = [
    joining("m1", ["cards"], [1]),
    {
      memberId: "m2",
      memberMetadata: MemberMetadata.encode({ version: 0, topics: ["cards"], userData: Buffer.from("?") }),
    },
    { memberId: "m3", memberMetadata: Buffer.from("not a subscription") },
  ];
  assert.equal(await assigned(assigner, members, ["cards"]), { m1: { cards: [1] }, m2: { cards: [0] }, m3: {} });
  assert.equal(
    lines.filter(({ level }) => level === "warn").map(({ fields }) => fields["member"]),
    ["m2", "m3"],
  );
});

it("waits for beforeJoin at each join, and only then asks what is owned", async () => {
  const known = clusterOf({});
  let release = (): void => {};
  let waits = 0;
  memberOf(known, "a", [], () => {
    waits += 1;
    return new Promise((resolve) => {
      release = resolve;
    });
  });
  for (const round of [1, 2]) {
    const joined = known.cluster.findGroupCoordinator({ groupId: "app" });
    await Promise.resolve();
    assert.equal([waits, known.asked.length], [round, round - 1]);
    release();
    await joined;
    assert.is(known.asked.length, round);
  }
});

it.run();
