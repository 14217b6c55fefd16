// What a group has committed: by members, by nobody, and in transactions.
import type { Scenario } from "../stage.ts";
import { join, onlyMember, secondJoining, startSync, twoMembers } from "./members.ts";
import { out } from "./places.ts";
import { writer } from "./steps.ts";

const NOBODY = { group: "g", member: "", generation: -1 };

export const OFFSETS: readonly Scenario[] = [
  {
    name: "nothing was committed yet",
    play: async (stage) => {
      await stage.topic("out", 2);
      await stage.ask("fetchOffsets", { group: "g", places: [out(0), out(1)] });
    },
  },
  {
    name: "a member commits, and later ones count",
    play: async (stage) => {
      await stage.topic("out", 2);
      const { leader, ...first } = await onlyMember(stage);
      stage.say(`leads: ${leader === first.member}`);
      await stage.ask("commitOffsets", { ...first, offsets: [{ ...out(0), offset: 3n }] });
      await stage.ask("commitOffsets", { ...first, offsets: [{ ...out(1), offset: 5n }] });
      await stage.ask("commitOffsets", { ...first, offsets: [{ ...out(0), offset: 2n }] });
      await stage.ask("fetchOffsets", { group: "g", places: [out(0), out(1)] });
    },
  },
  {
    name: "nobody may commit for a group that has members, anybody where it has none",
    play: async (stage) => {
      await stage.topic("out");
      const offsets = [{ ...out(), offset: 1n }];
      await stage.ask("commitOffsets", { ...NOBODY, offsets });
      const { leader: _, ...first } = await onlyMember(stage);
      await stage.ask("commitOffsets", { ...NOBODY, offsets: [{ ...out(), offset: 9n }] });
      await stage.ask("commitOffsets", { ...first, generation: 7, offsets });
      await stage.ask("commitOffsets", { ...first, member: "stranger", offsets });
      await stage.ask("leave", { group: "g", member: first.member });
      await stage.ask("commitOffsets", { ...NOBODY, offsets: [{ ...out(), offset: 4n }] });
      await stage.ask("fetchOffsets", { group: "g", places: [out()] });
    },
  },
  {
    name: "a member of no group there is",
    play: async (stage) => {
      await stage.topic("out");
      await stage.ask("commitOffsets", { group: "g", member: "m", generation: 1, offsets: [{ ...out(), offset: 1n }] });
      await stage.ask("heartbeat", { group: "g", member: "m", generation: 1 });
      await stage.ask("leave", { group: "g", member: "m" });
      await stage.ask("commitOffsets", { ...NOBODY, offsets: [{ ...out(), offset: 1n }] });
      await stage.ask("commitOffsets", { group: "g", member: "m", generation: 1, offsets: [{ ...out(), offset: 2n }] });
      await stage.ask("fetchOffsets", { group: "g", places: [out()] });
    },
  },
  {
    name: "while the group prepares its members may still commit, not while they wait for the leader",
    play: async (stage) => {
      await stage.topic("out");
      const first = await join(stage);
      const offsets = [{ ...out(), offset: 1n }];
      const mine = { group: "g", member: first.member };
      await stage.ask("commitOffsets", { ...mine, generation: first.generation, offsets });
      await startSync(stage, first, [first, "all"]).see();
      const joining = await secondJoining(stage, first);
      await stage.ask("commitOffsets", { ...mine, generation: first.generation, offsets });
      const again = await join(stage, { member: first.member });
      await joining.see();
      await stage.ask("commitOffsets", { ...mine, generation: again.generation, offsets });
      await stage.ask("fetchOffsets", { group: "g", places: [out()] });
    },
  },
  {
    name: "offsets in a transaction count when it commits",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("t");
      await stage.patiently("addOffsets", { ...a.stamp, group: "g" });
      const offsets = [{ ...out(), offset: 7n }];
      await stage.patiently("commitOffsetsInTransaction", { ...a.stamp, group: "g", offsets });
      await stage.ask("fetchOffsets", { group: "g", places: [out()] });
      await a.committed();
      await stage.shown("fetchOffsets", { group: "g", places: [out()] }, ({ offsets: [offset] }) => offset === 7n);
    },
  },
  {
    name: "offsets in a transaction are gone when it aborts",
    play: async (stage) => {
      await stage.topic("out");
      await stage.ask("commitOffsets", { ...NOBODY, offsets: [{ ...out(), offset: 2n }] });
      const a = await stage.producer("t");
      await stage.patiently("addOffsets", { ...a.stamp, group: "g" });
      const offsets = [{ ...out(), offset: 7n }];
      await stage.patiently("commitOffsetsInTransaction", { ...a.stamp, group: "g", offsets });
      await a.aborted();
      await stage.ask("fetchOffsets", { group: "g", places: [out()] });
    },
  },
  {
    name: "offsets of a fenced producer are gone",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("t");
      await stage.patiently("addOffsets", { ...a.stamp, group: "g" });
      const offsets = [{ ...out(), offset: 7n }];
      await stage.patiently("commitOffsetsInTransaction", { ...a.stamp, group: "g", offsets });
      const b = await stage.producer("t");
      await stage.ask("addOffsets", { ...a.stamp, group: "g" });
      await stage.ask("commitOffsetsInTransaction", { ...a.stamp, group: "g", offsets });
      await b.commit();
      await stage.ask("fetchOffsets", { group: "g", places: [out()] });
    },
  },
  {
    name: "offsets in a transaction that the group was not added to",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("t");
      const offsets = [{ ...out(), offset: 7n }];
      await stage.ask("commitOffsetsInTransaction", { ...a.stamp, group: "g", offsets });
      await stage.ask("fetchOffsets", { group: "g", places: [out()] });
    },
  },
  {
    name: "offsets and records in one transaction, while the group has other members",
    play: async (stage) => {
      await stage.topic("out");
      await twoMembers(stage);
      const a = await writer(stage, out(), "alert");
      await stage.patiently("addOffsets", { ...a.stamp, group: "g" });
      const offsets = [{ ...out(), offset: 1n }];
      await stage.patiently("commitOffsetsInTransaction", { ...a.stamp, group: "g", offsets });
      await a.committed();
      await stage.read(out());
      await stage.shown("fetchOffsets", { group: "g", places: [out()] }, ({ offsets: [offset] }) => offset === 1n);
    },
  },
];
