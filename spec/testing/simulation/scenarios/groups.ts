// Groups: generations, who leads, who is out, what is told when.
import type { Scenario } from "../stage.ts";
import {
  heartbeat,
  join,
  joined,
  onlyMember,
  secondJoining,
  startJoin,
  startSync,
  twoMembers,
  untilRebalance,
} from "./members.ts";
import { out } from "./places.ts";

/** The shortest session that the broker of the scenarios takes, and a time in which it has surely passed. */
const SHORT_MS = 1_500;
const SILENT_MS = 2_500;

export const GROUPS: readonly Scenario[] = [
  {
    name: "the first member leads and gets what it gives itself",
    play: async (stage) => {
      const first = await join(stage);
      await heartbeat(stage, first);
      await startSync(stage, first, [first, "all"]).see();
      await heartbeat(stage, first);
    },
  },
  {
    name: "a second member waits until the first has joined again",
    play: async (stage) => {
      const first = await onlyMember(stage);
      const joining = await secondJoining(stage, first);
      await stage.wait(200);
      stage.say(`answered: ${joining.isSettled()}`);
      await heartbeat(stage, first);
      const again = await join(stage, { member: first.member });
      const second = await joined(joining);
      await heartbeat(stage, first);
      await heartbeat(stage, second);
      await startSync(stage, again, [again, "left"], [second, "right"]).see();
      await startSync(stage, second).see();
      await heartbeat(stage, second);
    },
  },
  {
    name: "a follower waits for the leader to give out",
    play: async (stage) => {
      const first = await onlyMember(stage);
      const joining = await secondJoining(stage, first);
      const again = await join(stage, { member: first.member });
      const second = await joined(joining);
      const waiting = startSync(stage, second);
      await stage.wait(200);
      stage.say(`answered: ${waiting.isSettled()}`);
      await startSync(stage, again, [again, "left"]).see();
      await waiting.see();
    },
  },
  {
    name: "who is of an older generation is told so",
    play: async (stage) => {
      await stage.topic("out");
      const [first, second] = await twoMembers(stage);
      const old = { ...first, generation: first.generation - 1 };
      await heartbeat(stage, old);
      await startSync(stage, old).see();
      const { group, member, generation } = old;
      await stage.ask("commitOffsets", { group, member, generation, offsets: [{ ...out(), offset: 1n }] });
      await heartbeat(stage, { ...second, member: "nobody" });
      await startSync(stage, { ...second, member: "nobody" }).see();
      await startJoin(stage, { member: "nobody" }).see();
      await stage.ask("leave", { group: "g", member: "nobody" });
    },
  },
  {
    name: "a member that leaves makes the others share out anew",
    play: async (stage) => {
      const [first, second] = await twoMembers(stage);
      await stage.ask("leave", { group: "g", member: second.member });
      await heartbeat(stage, second);
      await untilRebalance(stage, first);
      await onlyMember(stage, { member: first.member });
    },
  },
  {
    name: "when the leader leaves the other one leads",
    play: async (stage) => {
      const [first, second] = await twoMembers(stage);
      await stage.ask("leave", { group: "g", member: first.member });
      await untilRebalance(stage, second);
      await onlyMember(stage, { member: second.member });
    },
  },
  {
    name: "a group that all have left begins again, in a later generation",
    play: async (stage) => {
      const first = await onlyMember(stage);
      await stage.ask("leave", { group: "g", member: first.member });
      await heartbeat(stage, first);
      await join(stage);
    },
  },
  {
    name: "a member that is silent for too long is out",
    play: async (stage) => {
      const first = await onlyMember(stage, { sessionTimeoutMs: SHORT_MS });
      await stage.wait(SILENT_MS);
      await heartbeat(stage, first);
      await startJoin(stage, { member: first.member }).see();
      await join(stage);
    },
  },
  {
    name: "heartbeats keep a member in",
    play: async (stage) => {
      const first = await onlyMember(stage, { sessionTimeoutMs: SHORT_MS });
      for (let beats = 0; beats < 6; beats += 1) {
        await stage.wait(SHORT_MS / 3);
        await heartbeat(stage, first);
      }
    },
  },
  {
    name: "what a member that fell silent had goes to the other",
    play: async (stage) => {
      const [first, second] = await twoMembers(stage, { sessionTimeoutMs: SHORT_MS });
      // The second dies. The first beats on.
      await untilRebalance(stage, first);
      await onlyMember(stage, { member: first.member, sessionTimeoutMs: SHORT_MS });
      await heartbeat(stage, second);
    },
  },
  {
    name: "who does not join again in time is out, though it beats",
    play: async (stage) => {
      const short = { rebalanceTimeoutMs: SHORT_MS };
      const first = await onlyMember(stage, short);
      const joining = await secondJoining(stage, first, short);
      const second = await joined(joining);
      await heartbeat(stage, first);
      await startSync(stage, second, [second, "all"]).see();
      await startJoin(stage, { ...short, member: first.member }).see();
    },
  },
  {
    name: "a leader that joins again has everything shared out anew",
    play: async (stage) => {
      const [first, second] = await twoMembers(stage);
      const joining = startJoin(stage, { member: first.member });
      await untilRebalance(stage, second);
      await join(stage, { member: second.member });
      await joined(joining);
    },
  },
  {
    name: "a follower that joins again with nothing new gets what it had",
    play: async (stage) => {
      const [, second] = await twoMembers(stage);
      const again = await join(stage, { member: second.member });
      await startSync(stage, again).see();
    },
  },
  {
    name: "a follower that joins again with something new makes all share out anew",
    play: async (stage) => {
      const [first, second] = await twoMembers(stage);
      const joining = startJoin(stage, { member: second.member, protocols: ["p:changed"] });
      await untilRebalance(stage, first);
      await join(stage, { member: first.member });
      await joined(joining);
    },
  },
  {
    name: "who lost the answer to its join gets it again",
    play: async (stage) => {
      const first = await join(stage);
      await join(stage, { member: first.member });
      await startSync(stage, first, [first, "all"]).see();
    },
  },
  {
    name: "a member that joins while others wait for the leader sends all back",
    play: async (stage) => {
      const first = await onlyMember(stage);
      const second = startJoin(stage);
      await untilRebalance(stage, first);
      const again = await join(stage, { member: first.member });
      const follower = await joined(second);
      const waiting = startSync(stage, follower);
      await stage.wait(100);
      const third = startJoin(stage);
      await waiting.see();
      await startSync(stage, again, [again, "late"]).see();
      const rejoining = startJoin(stage, { member: follower.member });
      await join(stage, { member: again.member });
      await rejoining.see();
      await third.see();
    },
  },
  {
    name: "no protocol in common, none at all, or a session nobody allows",
    play: async (stage) => {
      const first = await onlyMember(stage, { protocols: ["p", "q"] });
      await startJoin(stage, { protocols: ["r"] }).see();
      await startJoin(stage, { protocols: [] }).see();
      await startJoin(stage, { sessionTimeoutMs: 10 }).see();
      await startJoin(stage, { sessionTimeoutMs: 100_000_000 }).see();
      await heartbeat(stage, first);
    },
  },
  {
    name: "the protocol that all speak is taken",
    play: async (stage) => {
      const first = await onlyMember(stage, { protocols: ["p", "q"] });
      const joining = startJoin(stage, { protocols: ["q"] });
      await untilRebalance(stage, first);
      await join(stage, { member: first.member, protocols: ["p", "q"] });
      await joined(joining);
    },
  },
  {
    name: "a follower whose leader never gives out is out with it, if it does not wait",
    play: async (stage) => {
      const short = { rebalanceTimeoutMs: SHORT_MS, sessionTimeoutMs: 20_000 };
      const first = await join(stage, short);
      await stage.wait(SILENT_MS);
      await heartbeat(stage, first);
    },
  },
  {
    name: "of two protocols that all speak the one that more prefer is taken",
    play: async (stage) => {
      const first = await onlyMember(stage, { protocols: ["p", "q"] });
      const others = [startJoin(stage, { protocols: ["q", "p"] })];
      await untilRebalance(stage, first);
      others.push(startJoin(stage, { protocols: ["q", "p"] }));
      await stage.wait(300);
      const again = await join(stage, { member: first.member, protocols: ["p", "q"] });
      stage.say(`leads: ${again.leader === first.member}`);
    },
  },
  {
    name: "who leaves while it waits for the others is answered, and the others go on without it",
    play: async (stage) => {
      const [first, second] = await twoMembers(stage);
      const joining = startJoin(stage, { member: second.member, protocols: ["p:changed"] });
      await untilRebalance(stage, first);
      await stage.wait(300);
      await stage.ask("leave", { group: "g", member: second.member });
      await joining.see();
      await join(stage, { member: first.member });
    },
  },
  {
    name: "who leaves while it waits for the leader is never answered; the others share out anew",
    play: async (stage) => {
      const first = await onlyMember(stage);
      const joining = await secondJoining(stage, first);
      const again = await join(stage, { member: first.member });
      const second = await joined(joining);
      const waiting = startSync(stage, second);
      await stage.wait(300);
      await stage.ask("leave", { group: "g", member: second.member });
      await stage.wait(300);
      stage.say(`answered: ${waiting.isSettled()}`);
      await startSync(stage, again, [again, "late"]).see();
      await join(stage, { member: again.member });
    },
  },
];
