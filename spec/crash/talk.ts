// What a process has said to Kafka about each of its shards: whether a transaction is open, and how many alerts are in it. Kept from
// the requests themselves, so it is what brokers were told, whatever the engine believes.
//
//     InitProducerId ─▶ acquire: BARRIER in a transaction of its own ─ EndTxn answered ─▶ restore: the state is read
//                   ─▶ checkpoint: one transaction after the other
import type { Request } from "./wire.ts";

export type Phase = "acquire" | "restore" | "checkpoint";

export type ShardTalk = {
  readonly phase: Phase;
  /** From the first request that names a partition of it, until its end was answered. */
  readonly isOpen: boolean;
  /** Partitions of alerts were named. */
  readonly isAnnounced: boolean;
  /** Sent in it. */
  readonly alerts: number;
  /** The ports of the brokers to which records were sent in it. */
  readonly leaders: readonly number[];
  /** How many transactions sent records to several brokers, this one included. */
  readonly spread: number;
};

const NOTHING = { isOpen: false, isAnnounced: false, alerts: 0, leaders: [] } as const;
const NEW: ShardTalk = { phase: "acquire", ...NOTHING, spread: 0 };

export type Talk = ReadonlyMap<number, ShardTalk>;

/** `talk` after a request was written to the broker that listens at `port`. */
export function afterRequest(talk: Talk, { api, shard, alerts, names }: Request, port: number): Talk {
  if (shard === null) return talk;
  const before = talk.get(shard) ?? NEW;
  switch (api) {
    case "initProducerId":
      return new Map(talk).set(shard, { ...before, phase: "acquire", ...NOTHING });
    case "addPartitionsToTxn":
      return new Map(talk).set(shard, {
        ...before,
        phase: before.phase === "acquire" ? "acquire" : "checkpoint",
        isOpen: true,
        isAnnounced: before.isAnnounced || names("alerts"),
      });
    case "produce":
      return new Map(talk).set(shard, { ...before, alerts: before.alerts + alerts, ...spreadTo(before, port) });
    default:
      return talk;
  }
}

/** `talk` after a request was answered. */
export function afterAnswer(talk: Talk, { api, shard }: Request): Talk {
  if (api !== "endTxn" || shard === null) return talk;
  const before = talk.get(shard) ?? NEW;
  const phase = talk.get(shard)?.phase === "acquire" ? "restore" : "checkpoint";
  return new Map(talk).set(shard, { ...before, phase, ...NOTHING });
}

function spreadTo({ leaders, spread }: ShardTalk, port: number): Pick<ShardTalk, "leaders" | "spread"> {
  if (leaders.includes(port)) return { leaders, spread };
  return { leaders: [...leaders, port], spread: leaders.length === 1 ? spread + 1 : spread };
}

/** Alerts that were announced or sent, in transactions that are open, by shard. */
export function inFlight(talk: Talk): ReadonlyMap<number, number> {
  const open = [...talk].filter(([, { isOpen, isAnnounced, alerts }]) => isOpen && (isAnnounced || alerts > 0));
  return new Map(open.map(([shard, { alerts }]) => [shard, alerts]));
}
