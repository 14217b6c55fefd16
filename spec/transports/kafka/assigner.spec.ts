// The assigner as kafkajs calls it, for groups of any members; the messages that members send each other are real ones.

import fc from "fast-check";
import type { Assigner, Cluster, GroupMember, Logger } from "kafkajs";
import { AssignerProtocol } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/core/errors.ts";
import { createAssigner } from "../../../lib/transports/kafka/assigner.ts";

const it = suite("assigner");

type Line = { readonly level: string; readonly message: string; readonly fields: Readonly<Record<string, unknown>> };

/** As much of kafkajs' cluster as assigners see: topics of any size. */
function clusterOf(partitions: Readonly<Record<string, number>>, watched = Object.keys(partitions)) {
  const listOf = (topic: string) =>
    Array.from({ length: partitions[topic] ?? 0 }, (_, partitionId) => ({ partitionId }));
  const cluster = {
    findTopicPartitionMetadata: (topic: string) => (watched.includes(topic) ? listOf(topic) : []),
    metadata: async () => ({
      topicMetadata: Object.keys(partitions).map((topic) => ({ topic, partitionMetadata: listOf(topic) })),
    }),
  };
  return { cluster: cluster as unknown as Cluster };
}

function memberOf(
  { cluster }: { readonly cluster: Cluster },
  instance: string,
  owned: readonly number[] = [],
  shards = 2,
): { readonly assigner: Assigner; readonly lines: Line[] } {
  const lines: Line[] = [];
  const create = createAssigner({
    instance,
    shards,
    owned: () => owned,
    log: (level, message, fields = {}) => lines.push({ level, message, fields }),
  });
  return { assigner: create({ cluster, groupId: "app", logger: {} as Logger }), lines };
}

/** What a member of the group sends when it joins. */
function joining(memberId: string, topics: string[], owned: readonly number[] = [], shards = 2): GroupMember {
  const { assigner } = memberOf(clusterOf({}), `process-${memberId}`, owned, shards);
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
  const { assigner, lines } = memberOf(clusterOf({ cards: 3, logins: 3 }), "a", [], 3);
  const members = [joining("m1", ["cards", "logins"], [2, 1], 3), joining("m2", ["cards", "logins"], [], 3)];
  assert.equal(await assigned(assigner, members, ["cards", "logins"]), {
    m1: { cards: [1, 2], logins: [1, 2] },
    m2: { cards: [0], logins: [0] },
  });
  assert.equal(lines, [
    {
      level: "info",
      message: "lanes of the group are assigned",
      fields: { lanes: 3, members: 2, shards: 3, moved: 1 },
    },
  ]);
});

it("a member without lanes is told so", async () => {
  const { assigner } = memberOf(clusterOf({ cards: 1 }), "a", [], 1);
  const members = [joining("m1", ["cards"], [0], 1), joining("m2", ["cards"], [], 1)];
  assert.equal(await assigned(assigner, members, ["cards"]), { m1: { cards: [0] }, m2: {} });
});

/** Which of `shards` shards each member has, by what it was given of all topics; fails if it has a part of one. */
function shardsIn(
  assignment: Readonly<Record<string, unknown>>,
  topics: readonly string[],
  lanes: number,
  shards: number,
): ReadonlyMap<string, readonly number[]> {
  return new Map(
    Object.entries(assignment).map(([id, given]) => {
      const byTopic = given as Readonly<Record<string, readonly number[]>>;
      const mine = [...new Set(Object.values(byTopic).flat())].sort((a, b) => a - b);
      const whole = [...new Set(mine.map((lane) => lane % shards))].sort((a, b) => a - b);
      const expected = Array.from({ length: lanes }, (_, lane) => lane).filter((lane) => whole.includes(lane % shards));
      assert.equal(byTopic, mine.length === 0 ? {} : Object.fromEntries(topics.map((topic) => [topic, expected])));
      return [id, whole];
    }),
  );
}

it("a shard is all its lanes of all inputs: each has one owner, balanced, and stays where it is as far as it can", async () => {
  const groups = fc.record({
    shards: fc.integer({ min: 1, max: 9 }),
    more: fc.nat(20),
    before: fc.integer({ min: 1, max: 6 }),
    after: fc.integer({ min: 1, max: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(groups, async ({ shards, more, before, after }) => {
      const lanes = shards + more;
      const topics = ["cards", "logins"];
      const { assigner } = memberOf(clusterOf({ cards: lanes, logins: lanes }), "a", [], shards);
      const share = async (count: number, held: ReadonlyMap<string, readonly number[]>) => {
        const ids = Array.from({ length: count }, (_, n) => `m${n}`);
        const members = ids.map((id) => joining(id, topics, held.get(id) ?? [], shards));
        return shardsIn(await assigned(assigner, members, topics), topics, lanes, shards);
      };
      const first = await share(before, new Map());
      const second = await share(after, first);
      for (const each of [first, second]) {
        const all = [...each.values()].flat().sort((a, b) => a - b);
        assert.equal(
          all,
          Array.from({ length: shards }, (_, shard) => shard),
        );
        const loads = [...each.values()].map(({ length }) => length);
        assert.ok(Math.max(...loads) - Math.min(...loads) <= 1, `loads ${loads}`);
      }
      const loadOf = (n: number, count: number) => Math.floor(shards / count) + (n < shards % count ? 1 : 0);
      const stay = Array.from({ length: Math.min(before, after) }, (_, n) =>
        Math.min(loadOf(n, before), loadOf(n, after)),
      );
      const kept = [...second].flatMap(([id, mine]) => mine.filter((shard) => first.get(id)?.includes(shard)));
      assert.is(
        kept.length,
        stay.reduce((sum, load) => sum + load, 0),
      );
      assert.equal(await share(after, second), second);
    }),
    { numRuns: 500 },
  );
});

it("who counts shards differently gets none, and is named", async () => {
  const { assigner, lines } = memberOf(clusterOf({ cards: 4 }), "a", [], 2);
  const members = [joining("m1", ["cards"], [1], 2), joining("m2", ["cards"], [0], 4)];
  assert.equal(await assigned(assigner, members, ["cards"]), { m1: { cards: [0, 1, 2, 3] }, m2: {} });
  assert.equal(
    lines.filter(({ level }) => level === "warn").map(({ fields }) => fields),
    [{ shards: 2, instances: ["process-m2"] }],
  );
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
  const { assigner, lines } = memberOf(clusterOf({ cards: 4, logins: 4 }, ["cards", "logins"]), "a", [], 4);
  const members = [joining("new", ["cards", "logins"], [0, 1], 4), joining("old", ["cards"], [2, 3], 4)];
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

it("members that cannot be understood are named and get nothing", async () => {
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
  assert.equal(await assigned(assigner, members, ["cards"]), { m1: { cards: [0, 1] }, m2: {}, m3: {} });
  assert.equal(
    lines.flatMap(({ fields }) => fields["member"] ?? []),
    ["m2", "m3"],
  );
});

it.run();
