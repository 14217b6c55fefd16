// A member of a consumer group, for as long as its process lives: it joins, shares out if it leads, beats, and joins again when the
// group wants that or has thrown it out.
//
//     join ─▶ sync ─▶ onJoined(its share) ─▶ beat ⇄ beat
//       ▲                                     │
//       └── beforeJoin ◀── onLeaving ◀── the group shares out anew, or does not know it any more

import { type SequiturError, TransportError } from "../../core/errors.ts";
import type { Clock } from "../../time/clock.ts";
import { type AnswerOf, type Api, type Ask, type AskOf, isRefused, type Membership, type Refused } from "./calls.ts";
import { refusedError } from "./client.ts";

/** Gives each member its share, as bytes that it understands itself. */
export type Assigner = (
  members: readonly { readonly member: string; readonly metadata: Uint8Array }[],
) => ReadonlyMap<string, Uint8Array>;

export type MemberOptions = {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly group: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatEveryMs: number;
  readonly assign: Assigner;
  /** What the others are to know of this one; asked at each join. */
  readonly metadata: () => Uint8Array;
  readonly onLeaving: () => void;
  /** Before one that is a member joins anew. */
  readonly beforeJoin: () => Promise<unknown>;
  readonly onJoined: (share: Uint8Array) => void;
};

export type Member = {
  /** Resolves when the group has answered well to a heartbeat that was sent after the call. Waits through joins. @throws {TransportError} */
  prove(): Promise<void>;
  /** Who it is, between two joins. */
  membership(): Membership | null;
  /** Leaves the group. */
  leave(): Promise<void>;
};

const PROTOCOL = "sequitur";
const TRY_AGAIN_MS = 100;

/** Begins to join. */
export function createMember(options: MemberOptions): Member {
  const { ask, clock, group, sessionTimeoutMs, rebalanceTimeoutMs } = options;
  let member = "";
  let membership: Membership | null = null;
  let isLeft = false;
  let callOffBeat = (): void => {};
  const waiting: (() => void)[] = [];

  const joinSoon = (): void => {
    membership = null;
    callOffBeat();
    options.onLeaving();
    void joinUntilDone();
  };
  const joinUntilDone = async (): Promise<void> => {
    while (!isLeft && membership === null) {
      if (await joinOnce()) return;
      await new Promise<void>((resolve) => void clock.after(TRY_AGAIN_MS, resolve));
    }
  };
  /** Whether it is a member now, with its share. */
  const joinOnce = async (): Promise<boolean> => {
    if (member !== "") await options.beforeJoin();
    if (isLeft) return true;
    const protocols = [{ name: PROTOCOL, metadata: options.metadata() }];
    const joined = await answerOf(ask, "join", { group, member, sessionTimeoutMs, rebalanceTimeoutMs, protocols });
    if (joined === null || isRefused(joined)) return failed(joined);
    member = joined.member;
    const { generation } = joined;
    const assignments = joined.leader === member ? shared(options.assign(joined.members)) : [];
    const synced = await answerOf(ask, "sync", { group, member, generation, assignments });
    if (synced === null || isRefused(synced)) return failed(synced);
    if (isLeft) return true;
    membership = { group, member, generation };
    beatLater();
    options.onJoined(synced.assignment);
    for (const resolve of waiting.splice(0)) resolve();
    return true;
  };
  const failed = (answer: Refused | null): false => {
    if (answer?.refused === "UNKNOWN_MEMBER_ID") member = "";
    return false;
  };
  const beatLater = (): void => {
    callOffBeat();
    callOffBeat = clock.after(options.heartbeatEveryMs, () => void beat().catch(() => undefined));
  };
  /** @throws {TransportError} where it is no member, or nobody answered */
  const beat = async (): Promise<void> => {
    const asked = membership;
    if (asked === null) throw changed();
    const answer = await ask("heartbeat", asked).catch((error: Error) => {
      if (membership === asked) beatLater();
      throw error;
    });
    if (membership !== asked) throw changed();
    if (!isRefused(answer)) return beatLater();
    failed(answer);
    joinSoon();
    throw refusedError("heartbeat", answer.refused);
  };

  void joinUntilDone();
  return {
    prove: async () => {
      for (;;) {
        if (membership === null && !isLeft) await new Promise<void>((resolve) => waiting.push(resolve));
        try {
          return await beat();
        } catch (error) {
          if (isLeft || (error as SequiturError).code === "NO_ANSWER") throw error;
        }
      }
    },
    membership: () => membership,
    leave: async () => {
      isLeft = true;
      callOffBeat();
      membership = null;
      for (const resolve of waiting.splice(0)) resolve();
      if (member !== "") await answerOf(ask, "leave", { group, member });
    },
  };
}

/** `null`: no answer. */
async function answerOf<A extends Api>(ask: Ask, api: A, request: AskOf<A>): Promise<AnswerOf<A> | Refused | null> {
  try {
    return await ask(api, request);
  } catch {
    return null;
  }
}

function shared(shares: ReadonlyMap<string, Uint8Array>): AskOf<"sync">["assignments"] {
  return [...shares].map(([member, assignment]) => ({ member, assignment }));
}

function changed(): TransportError {
  return new TransportError("GROUP_CHANGED", "The group shares out anew.", { retriable: true });
}
