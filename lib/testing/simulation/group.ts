// One consumer group as its coordinator sees it (the classic protocol).
//
//     empty ──join──▶ preparing ──all have joined, or time is over──▶ completing ──the leader has said──▶ stable
//                        ▲                 generation + 1                 │                                │
//                        └────── somebody joins, leaves, changes, or is silent for too long ──────────────┘
//
// While it prepares, those who were there before have to join again; a heartbeat tells them. Who does not is out.

import type { Clock } from "../../time/clock.ts";
import {
  type AnswerOf,
  type AskOf,
  type GroupProtocol,
  type KafkaCode,
  type Membership,
  type Refused,
  refuse,
} from "./calls.ts";

type JoinAnswer = AnswerOf<"join"> | Refused;
type SyncAnswer = AnswerOf<"sync"> | Refused;

type Member = {
  readonly id: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocols: readonly GroupProtocol[];
  assignment: Uint8Array;
  /** Waits for the others to join. */
  joining: ((answer: JoinAnswer) => void) | null;
  /** Waits for the leader. */
  syncing: ((answer: SyncAnswer) => void) | null;
  /** Puts off its end. */
  stayed: () => void;
};

type GroupState = "empty" | "preparing" | "completing" | "stable";

export type GroupOptions = {
  readonly clock: Clock;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** Names a new member. */
  readonly nextMember: () => string;
};

export type Group = {
  join(ask: AskOf<"join">): Promise<JoinAnswer>;
  sync(ask: AskOf<"sync">): Promise<SyncAnswer>;
  heartbeat(ask: Membership): KafkaCode | null;
  leave(member: string): KafkaCode | null;
  /** Whether offsets may be committed by this member, or by somebody who is none: generation −1 and no name. */
  mayCommit(ask: Membership): KafkaCode | null;
};

const NOTHING = new Uint8Array();

export function createGroup(options: GroupOptions): Group {
  const { clock } = options;
  const members = new Map<string, Member>();
  let state: GroupState = "empty";
  /** Whether anybody has joined or committed yet: before that there is no such group. */
  let isThere = false;
  let generation = 0;
  let leader = "";
  let protocol = "";
  let callOff = (): void => {};

  const remove = (member: Member): void => {
    members.delete(member.id);
    member.stayed();
    member.joining?.(refuse("UNKNOWN_MEMBER_ID")); // Who waits for the leader instead is never answered.
    if (state === "preparing") completeIfAllJoined();
    else prepare();
  };
  /** Its session begins anew. Whoever waits for an answer cannot be silent for too long. */
  const stay = (member: Member): void => {
    member.stayed();
    member.stayed = clock.after(member.sessionTimeoutMs, () => {
      if (member.joining === null && member.syncing === null) remove(member);
    });
  };
  const prepare = (): void => {
    callOff();
    state = "preparing";
    for (const member of members.values()) {
      member.syncing?.(refuse("REBALANCE_IN_PROGRESS"));
      member.syncing = null;
    }
    const longestMs = Math.max(0, ...[...members.values()].map(({ rebalanceTimeoutMs }) => rebalanceTimeoutMs));
    callOff = clock.after(longestMs, complete);
    completeIfAllJoined();
  };
  const completeIfAllJoined = (): void => {
    if ([...members.values()].every(({ joining }) => joining !== null)) complete();
  };
  const complete = (): void => {
    callOff();
    for (const member of [...members.values()].filter(({ joining }) => joining === null)) {
      members.delete(member.id);
      member.stayed();
    }
    generation += 1;
    const all = [...members.values()];
    const [first] = all;
    if (first === undefined) {
      state = "empty";
      return;
    }
    state = "completing";
    if (!members.has(leader)) leader = first.id;
    protocol = voted(all);
    for (const member of all) {
      const answer = joined(member);
      member.joining?.(answer);
      member.joining = null;
      member.assignment = NOTHING;
      stay(member);
    }
    callOff = clock.after(Math.max(...all.map(({ rebalanceTimeoutMs }) => rebalanceTimeoutMs)), dropUnsynced);
  };
  /** The leader took too long, or somebody else: those who are not even waiting are out. */
  const dropUnsynced = (): void => {
    for (const member of [...members.values()].filter(({ syncing }) => syncing === null)) {
      members.delete(member.id);
      member.stayed();
    }
    prepare();
  };
  const joined = ({ id }: Member): AnswerOf<"join"> => ({
    member: id,
    generation,
    leader,
    protocol,
    members:
      id === leader
        ? [...members.values()].map((each) => ({ member: each.id, metadata: metadataOf(each, protocol) }))
        : [],
  });
  const find = (ask: Membership): Member | KafkaCode => {
    const member = members.get(ask.member);
    if (member === undefined) return "UNKNOWN_MEMBER_ID";
    return ask.generation === generation ? member : "ILLEGAL_GENERATION";
  };
  const enter = (ask: AskOf<"join">): Member => {
    const { sessionTimeoutMs, rebalanceTimeoutMs, protocols } = ask;
    const id = ask.member === "" ? options.nextMember() : ask.member;
    const member = members.get(id) ?? {
      ...{ id, sessionTimeoutMs, rebalanceTimeoutMs, protocols, assignment: NOTHING },
      ...{ joining: null, syncing: null, stayed: () => {} },
    };
    members.set(id, Object.assign(member, { sessionTimeoutMs, rebalanceTimeoutMs, protocols }));
    return member;
  };

  return {
    join: async (ask) => {
      const { sessionTimeoutMs, protocols } = ask;
      if (sessionTimeoutMs < options.minSessionTimeoutMs || sessionTimeoutMs > options.maxSessionTimeoutMs)
        return refuse("INVALID_SESSION_TIMEOUT");
      const known = members.get(ask.member);
      const others = [...members.values()].filter(({ id }) => id !== ask.member);
      if (protocols.length === 0 || !agree(others, protocols)) return refuse("INCONSISTENT_GROUP_PROTOCOL");
      if (known === undefined && ask.member !== "") return refuse("UNKNOWN_MEMBER_ID");
      if (known !== undefined && sameProtocols(known.protocols, protocols)) {
        // Nothing new: whoever lost the answer gets it again. A leader that is settled asks for a new sharing out by joining.
        if (state === "completing" || (state === "stable" && known.id !== leader)) return joined(known);
      }
      isThere = true;
      const member = enter(ask);
      return new Promise((reply) => {
        member.joining?.(refuse("UNKNOWN_MEMBER_ID"));
        member.joining = reply;
        if (state === "preparing") completeIfAllJoined();
        else prepare();
      });
    },
    sync: async (ask) => {
      const member = find(ask);
      if (typeof member === "string") return refuse(member);
      if (state === "preparing") return refuse("REBALANCE_IN_PROGRESS");
      stay(member);
      if (state === "stable") return { assignment: member.assignment };
      return new Promise((reply) => {
        member.syncing = reply;
        if (member.id !== leader) return;
        callOff();
        state = "stable";
        for (const { member: id, assignment } of ask.assignments) {
          const given = members.get(id);
          if (given !== undefined) given.assignment = assignment;
        }
        for (const each of members.values()) {
          each.syncing?.({ assignment: each.assignment });
          each.syncing = null;
          stay(each);
        }
      });
    },
    heartbeat: (ask) => {
      const member = find(ask);
      if (typeof member === "string") return member;
      stay(member);
      return state === "preparing" ? "REBALANCE_IN_PROGRESS" : null;
    },
    leave: (id) => {
      const member = members.get(id);
      if (member === undefined) return "UNKNOWN_MEMBER_ID";
      remove(member);
      return null;
    },
    mayCommit: (ask) => {
      if (ask.generation < 0 && ask.member === "") {
        isThere = true;
        return state === "empty" ? null : "UNKNOWN_MEMBER_ID";
      }
      if (!isThere) return "ILLEGAL_GENERATION";
      const member = find(ask);
      if (typeof member === "string") return member;
      if (state === "completing") return "REBALANCE_IN_PROGRESS";
      stay(member);
      return null;
    },
  };
}

function metadataOf({ protocols }: Member, protocol: string): Uint8Array {
  return protocols.find(({ name }) => name === protocol)?.metadata ?? NOTHING;
}

/** Whether there is a protocol that all of them and a member with `protocols` speak. */
function agree(others: readonly Member[], protocols: readonly GroupProtocol[]): boolean {
  return protocols.some(({ name }) => speakAll(others, name));
}

function speakAll(members: readonly Member[], name: string): boolean {
  return members.every(({ protocols }) => protocols.some((each) => each.name === name));
}

/** The protocol that most prefer among those that all speak. */
function voted(members: readonly Member[]): string {
  const votes = new Map<string, number>();
  for (const { protocols } of members) {
    const choice = protocols.find(({ name }) => speakAll(members, name))?.name ?? "";
    votes.set(choice, (votes.get(choice) ?? 0) + 1);
  }
  return [...votes].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

function sameProtocols(a: readonly GroupProtocol[], b: readonly GroupProtocol[]): boolean {
  return a.length === b.length && a.every((each, at) => sameProtocol(each, b[at] as GroupProtocol));
}

function sameProtocol(a: GroupProtocol, b: GroupProtocol): boolean {
  return (
    a.name === b.name &&
    a.metadata.length === b.metadata.length &&
    a.metadata.every((byte, at) => byte === b.metadata[at])
  );
}
