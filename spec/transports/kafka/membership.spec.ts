// Who joins a group: a consumer that takes the place of one that broke is the same member, for as long as the group knows it.
import type { Cluster } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Coordinator } from "../../../lib/transports/kafka/kafkajs-parts.ts";
import { type Membership, watchJoins } from "../../../lib/transports/kafka/membership.ts";
import { failureOf } from "./state-kit.ts";

const it = suite("membership");
const GROUP = "group";
const NOBODY = "";
const FORMER: Membership = { memberId: "former", prove: async () => undefined };

type Watched = {
  /** As kafkajs joins: by the coordinator of this moment. */
  readonly join: (memberId: string) => Promise<{ readonly memberId: string }>;
  /** Who asked to be let in, in the order of the requests. */
  readonly asked: string[];
  readonly members: string[];
  readonly preparations: () => number;
  /** Who asked for its share. */
  readonly shared: string[];
  /** As kafkajs asks for it. */
  readonly sync: (memberId: string) => Promise<unknown>;
  readonly letGo: () => void;
};

/** A group that knows `known`, and answers the first joins with `errors`. */
function watch(former: Membership | null, known: string, errors: readonly string[] = []): Watched {
  const asked: string[] = [];
  const members: string[] = [];
  let preparations = 0;
  const shared: string[] = [];
  let isOver = false;
  const left = [...errors];
  const coordinator = (): Coordinator => ({
    async joinGroup({ memberId }) {
      asked.push(memberId);
      const type = left.shift() ?? (memberId === NOBODY || memberId === known ? null : "UNKNOWN_MEMBER_ID");
      if (type !== null) throw Object.assign(new Error(type), { type });
      return { generationId: 1, memberId: memberId === NOBODY ? "new" : memberId };
    },
    async syncGroup({ memberId }) {
      shared.push(memberId);
    },
    heartbeat: async () => undefined,
  });
  const cluster = { findGroupCoordinator: async () => coordinator() } as unknown as Cluster;
  watchJoins(cluster, GROUP, {
    beforeJoin: async () => {
      preparations += 1;
    },
    onMember: ({ memberId }) => members.push(memberId),
    former,
    isOver: () => isOver,
  });
  const find = async (): Promise<Coordinator> =>
    (await cluster.findGroupCoordinator({ groupId: GROUP })) as unknown as Coordinator;
  return {
    join: async (memberId) => (await find()).joinGroup({ memberId }),
    asked,
    members,
    preparations: () => preparations,
    shared,
    sync: async (memberId) => (await find()).syncGroup({ memberId }),
    letGo: () => {
      isOver = true;
    },
  };
}

it("who was nobody before joins as somebody new", async () => {
  const { join, asked, members } = watch(null, NOBODY);
  await join(NOBODY);
  assert.equal([asked, members], [[NOBODY], ["new"]]);
});

it("who was a member joins as that, by whichever coordinator, until one has let it in", async () => {
  const { join, asked, members, preparations } = watch(FORMER, "former", ["NOT_COORDINATOR_FOR_GROUP"]);
  await join(NOBODY).catch(() => undefined);
  const { memberId } = await join(NOBODY);
  assert.equal([memberId, asked, members], ["former", ["former", "former"], ["former"]]);
  assert.is(preparations(), 0, "what its consumer had is lost: there is nothing to save");
  await join(memberId);
  assert.is(preparations(), 1);
  await join(NOBODY);
  assert.equal(asked.slice(2), ["former", NOBODY], "whom the group has put out since is somebody new");
});

it("whom the group knows no more joins as somebody new", async () => {
  const { join, asked, members } = watch(FORMER, "another");
  await join(NOBODY).catch(() => undefined);
  await join(NOBODY);
  assert.equal([asked, members], [["former", NOBODY], ["new"]]);
});

it("who is let go of goes no step further into the group", async () => {
  const { join, sync, letGo, asked, members, shared } = watch(null, NOBODY);
  await join(NOBODY);
  await sync("new");
  letGo();
  for (const asking of [sync("new"), join(NOBODY)]) assert.match((await failureOf(asking)).message, /let go of/);
  assert.equal([asked, members, shared], [[NOBODY], ["new"], ["new"]]);
});

it.run();
