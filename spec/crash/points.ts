// The steps of acquire and checkpoint by name, and how each shows on the wire. Every step of the protocol is a request: a process can
// die before it is written, after it, or when its answer has come and before anybody here has seen it.
import type { Talk } from "./talk.ts";
import type { Api, Request, TopicEnd } from "./wire.ts";

export type Moment = "before" | "after" | "answered";

export type Point = {
  readonly name: string;
  /** `any`: not a step of the protocol, but a request, whoever makes it. `resolve`: once the end of a transaction of the shard was lost. */
  readonly phase: "acquire" | "checkpoint" | "resolve" | "any";
  readonly moment: Moment;
  readonly api: Api;
  /** The topic that it names. */
  readonly to?: TopicEnd;
};

/** In each of them alerts are part of the transaction: they stand in one request with the state that is saved with them. */
export const CHECKPOINT_POINTS: readonly Point[] = [
  { name: "announced", moment: "after", api: "addPartitionsToTxn", to: "alerts" },
  { name: "not sent", moment: "before", api: "produce", to: "alerts" },
  { name: "sent", moment: "after", api: "produce", to: "alerts" },
  { name: "commit not sent", moment: "before", api: "endTxn" },
  { name: "commit sent", moment: "after", api: "endTxn" },
  { name: "commit answered", moment: "answered", api: "endTxn" },
].map((point) => ({ ...point, name: `checkpoint: ${point.name}`, phase: "checkpoint" }) as Point);

/** In each of them the shard was left by one that died with an alert in flight. */
export const ACQUIRE_POINTS: readonly Point[] = [
  { name: "membership proved", moment: "answered", api: "heartbeat" },
  { name: "fencing not sent", moment: "before", api: "initProducerId" },
  { name: "fencing sent", moment: "after", api: "initProducerId" },
  { name: "fenced", moment: "answered", api: "initProducerId" },
  { name: "barrier announced", moment: "after", api: "addPartitionsToTxn", to: "state" },
  { name: "barrier sent", moment: "after", api: "produce", to: "state" },
  { name: "barrier's commit not sent", moment: "before", api: "endTxn" },
  { name: "barrier's commit sent", moment: "after", api: "endTxn" },
  { name: "barrier committed", moment: "answered", api: "endTxn" },
  { name: "state read", moment: "answered", api: "fetch", to: "state" },
  { name: "positions looked up", moment: "answered", api: "listOffsets", to: "in" },
].map((point) => ({ ...point, name: `acquire: ${point.name}`, phase: "acquire" }) as Point);

/** Of a shard whose commit was lost with alerts in it, on the way there or back: what became of it, nobody here knows yet. */
export const RESOLVE_POINTS: readonly Point[] = [
  { name: "fenced", moment: "answered", api: "initProducerId" },
  { name: "barrier committed", moment: "answered", api: "endTxn" },
].map((point) => ({ ...point, name: `resolve: ${point.name}`, phase: "resolve" }) as Point);

/** While old state is deleted, which nobody waits for. */
export const TRIM_POINTS: readonly Point[] = [
  { name: "trim: sent", phase: "any", moment: "after", api: "deleteRecords", to: "state" },
];

/** Where a commit with alerts is lost: the request, or the answer. */
export const LOST_COMMITS = { request: point("commit not sent"), answer: point("commit sent") } as const;

/** No step of its own: some time after alerts were sent, whatever the process is doing then. */
export const ANY_TIME: Point = { ...point("sent"), name: "any time" };

function point(step: string): Point {
  const found = CHECKPOINT_POINTS.find(({ name }) => name === `checkpoint: ${step}`);
  if (found === undefined) throw new Error(`There is no step "${step}".`);
  return found;
}

/** Whether this is the point. `talk`: with the request in it, unless it is still to be written. `shards`: those that it is about; `null`: all. */
export function isAt(
  point: Point,
  moment: Moment,
  request: Request,
  talk: Talk,
  shards: readonly number[] | null,
): boolean {
  const { api, phase, to } = point;
  if (point.moment !== moment || request.api !== api || (to !== undefined && !request.names(to))) return false;
  if (phase === "any") return true;
  const { shard } = request;
  if (shard === null) return phase === "acquire" && isAcquiring(api, talk);
  if (shards !== null && !shards.includes(shard)) return false;
  if (phase === "resolve") return true;
  const said = talk.get(shard);
  if (phase === "acquire") return api === "initProducerId" || said?.phase === "acquire";
  return said?.phase === "checkpoint" && said.isAnnounced;
}

/** Requests that are of no shard are steps of taking one over at their time. */
function isAcquiring(api: Api, talk: Talk): boolean {
  return api === "heartbeat" ? talk.size === 0 : [...talk.values()].some(({ phase }) => phase === "restore");
}
