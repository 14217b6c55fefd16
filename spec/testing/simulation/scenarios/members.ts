// A member of a group, as scenarios play it.
import { type AnswerOf, isRefused, type Membership } from "../../../../lib/testing/simulation/calls.ts";
import type { Pending, Stage } from "../stage.ts";

export type JoinOptions = {
  readonly member?: string;
  readonly protocols?: readonly string[];
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
};

/** Begins to join group "g": the answer may have to wait for others. Each protocol is its own metadata. */
export function startJoin(stage: Stage, options: JoinOptions = {}): Pending<object> {
  const { member = "", protocols = ["p"], sessionTimeoutMs = 30_000, rebalanceTimeoutMs = 30_000 } = options;
  return stage.start("join", {
    ...{ group: "g", member, sessionTimeoutMs, rebalanceTimeoutMs },
    protocols: protocols.map((text) => ({ name: text.split(":")[0] ?? "", metadata: Buffer.from(text) })),
  });
}

/** Waits for the answer to a join. @throws {Error} where it is refused. */
export async function joined(pending: Pending<object>): Promise<Membership & { readonly leader: string }> {
  const answer = await pending.see();
  if (isRefused(answer)) throw new Error(`join was refused: ${answer.refused}`);
  const { member, generation, leader } = answer as AnswerOf<"join">;
  return { group: "g", member, generation, leader };
}

export async function join(stage: Stage, options: JoinOptions = {}): Promise<Membership & { readonly leader: string }> {
  return joined(startJoin(stage, options));
}

/** What a leader gives out: each member gets the text beside it. */
export function startSync(
  stage: Stage,
  { group, member, generation }: Membership,
  ...given: readonly (readonly [Membership, string])[]
): Pending<object> {
  const assignments = given.map(([to, text]) => ({ member: to.member, assignment: Buffer.from(text) }));
  return stage.start("sync", { group, member, generation, assignments });
}

export async function heartbeat(stage: Stage, { group, member, generation }: Membership): Promise<void> {
  await stage.ask("heartbeat", { group, member, generation });
}

/** A member that leads a group of its own, with its assignment. */
export async function onlyMember(stage: Stage, options: JoinOptions = {}): ReturnType<typeof join> {
  const only = await join(stage, options);
  await startSync(stage, only, [only, "all"]).see();
  return only;
}

/** A second member has asked to join: the first is told so, and has not joined again yet. */
export async function secondJoining(
  stage: Stage,
  first: Membership,
  options: JoinOptions = {},
): Promise<Pending<object>> {
  const joining = startJoin(stage, options);
  await untilRebalance(stage, first);
  return joining;
}

/** Two members in one generation, the first is the leader, both have their assignment. */
export async function twoMembers(stage: Stage, options: JoinOptions = {}): Promise<readonly [Membership, Membership]> {
  const first = await onlyMember(stage, options);
  const joining = await secondJoining(stage, first, options);
  const again = await join(stage, { ...options, member: first.member });
  const second = await joined(joining);
  const waiting = startSync(stage, second);
  await startSync(stage, again, [again, "half"], [second, "other half"]).see();
  await waiting.see();
  return [again, second];
}

/** Until the group wants this member to join again. Nothing is written down. */
export async function untilRebalance(stage: Stage, { group, member, generation }: Membership): Promise<void> {
  await stage.until("heartbeat", { group, member, generation }, "REBALANCE_IN_PROGRESS");
}
