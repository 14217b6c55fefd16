// Proof that this process is a member of its group now, and not only once was: a heartbeat that is asked for and answered; and time
// to save before it joins anew, since kafkajs tells of that, but waits for nobody.
//
// kafkajs sends heartbeats when it thinks fit, and keeps the generation to itself. What it would send is what it was told when it
// joined, so that is remembered where the answer passes.

import type { Cluster } from "kafkajs";
import type { Coordinator } from "./kafkajs-parts.ts";

/** Who this process is in its group, as of the last answer to a join. */
export interface Membership {
  readonly memberId: string;
  /** @throws what the coordinator answers to one who is no member, or not of this generation */
  prove(): Promise<void>;
}

export type JoinWatch = {
  /** Before a member joins anew, which it does when this resolves. Never fails. */
  readonly beforeJoin: () => Promise<void>;
  readonly onMember: (membership: Membership) => void;
  /** Who this process was before its consumer broke; `null`: nobody. */
  readonly former: Membership | null;
  /** Whether its consumer was let go of. kafkajs would go on with a join all the same, and nobody could ever stop it. */
  readonly isOver: () => boolean;
};

/** Is told of each join of `cluster`, which belongs to one consumer. Who was put out of the group joins without delay: others have its share by then. */
export function watchJoins(
  cluster: Cluster,
  groupId: string,
  { beforeJoin, onMember, former, isOver }: JoinWatch,
): void {
  // As somebody new it would wait for the group to miss who it was, which takes a session.
  let knownAs = former?.memberId ?? "";
  const find = cluster.findGroupCoordinator.bind(cluster);
  const watched = new WeakSet<object>();
  cluster.findGroupCoordinator = async (group) => {
    const broker = await find(group);
    const coordinator = broker as unknown as Coordinator;
    if (watched.has(coordinator)) return broker;
    watched.add(coordinator);
    const join = coordinator.joinGroup.bind(coordinator);
    const sync = coordinator.syncGroup.bind(coordinator);
    coordinator.syncGroup = async (request) => {
      refuseIf(isOver());
      return sync(request);
    };
    coordinator.joinGroup = async (request) => {
      if (request.memberId !== "") await beforeJoin();
      refuseIf(isOver());
      const asked = request.memberId === "" ? { ...request, memberId: knownAs } : request;
      const answer = await join(asked).catch((error: unknown) => {
        if ((error as { readonly type?: unknown }).type === "UNKNOWN_MEMBER_ID") knownAs = "";
        throw error;
      });
      knownAs = "";
      const { generationId: groupGenerationId, memberId } = answer;
      onMember({
        memberId,
        // By the coordinator of now: it may be another one since.
        async prove() {
          const asked = (await find({ groupId })) as unknown as Coordinator;
          await asked.heartbeat({ groupId, groupGenerationId, memberId });
        },
      });
      return answer;
    };
    return broker;
  };
}

/** For kafkajs an error that it does not know is one not to try again after. */
function refuseIf(isOver: boolean): void {
  if (isOver) throw new Error("The consumer was let go of before it was a member of its group.");
}
