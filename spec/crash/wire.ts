// Requests of kafkajs as they are written to a socket: which they are, of which shard, and how many alerts are in them.
//
//     length 4 · api 2 · version 2 · correlation 4 · client id · body
//
// The requests of a transaction begin their body with the `transactional.id`, `<app>.<shard>`; kafkajs asks for versions that do.

/** Requests by the number that Kafka gives them. */
export const API = {
  produce: 0,
  fetch: 1,
  listOffsets: 2,
  metadata: 3,
  offsetCommit: 8,
  findCoordinator: 10,
  joinGroup: 11,
  heartbeat: 12,
  syncGroup: 14,
  deleteRecords: 21,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  endTxn: 26,
} as const;

export type Api = keyof typeof API;

export type Request = {
  /** `null`: one that nobody here asks for. */
  readonly api: Api | null;
  /** Whose transaction it belongs to, if to any. */
  readonly shard: number | null;
  /** Records for the topic of alerts. */
  readonly alerts: number;
  /** Whether it is about a topic of the service, named by its end: `in`, `alerts`, `state`. */
  readonly names: (end: TopicEnd) => boolean;
};

export type TopicEnd = "in" | "alerts" | "state";

const HEADER_BYTES = 14;
const RECORD_COUNT_AT = 57;

const NAMES = new Map<number, Api>(Object.entries(API).map(([name, number]) => [number, name as Api]));
const TRANSACTIONAL: ReadonlySet<Api | null> = new Set(["produce", "initProducerId", "addPartitionsToTxn", "endTxn"]);

/** Reads what was written at once; `null`: it is no request. */
export function readRequest(bytes: unknown, app: string): Request | null {
  if (!Buffer.isBuffer(bytes) || bytes.length < HEADER_BYTES || bytes.readInt32BE(0) !== bytes.length - 4) return null;
  const api = NAMES.get(bytes.readInt16BE(4)) ?? null;
  const body = HEADER_BYTES + Math.max(0, bytes.readInt16BE(HEADER_BYTES - 2));
  const id = TRANSACTIONAL.has(api) ? textAt(bytes, body) : null;
  const shard = id?.startsWith(`${app}.`) ? Number(id.slice(app.length + 1)) : null;
  const alerts = api === "produce" && id !== null ? recordsTo(`${app}-alerts`, bytes, body + 2 + id.length) : 0;
  return { api, shard, alerts, names: (end) => bytes.includes(`${app}-${end}`) };
}

function textAt(bytes: Buffer, at: number): string | null {
  const length = bytes.readInt16BE(at);
  return length < 0 ? null : bytes.toString("utf8", at + 2, at + 2 + length);
}

/** Of a request to produce, from its `acks` on. */
function recordsTo(wanted: string, bytes: Buffer, from: number): number {
  let at = from + 2 + 4;
  let records = 0;
  const int32 = (): number => {
    at += 4;
    return bytes.readInt32BE(at - 4);
  };
  for (let topics = int32(); topics > 0; topics -= 1) {
    const topic = textAt(bytes, at) ?? "";
    at += 2 + topic.length;
    for (let partitions = int32(); partitions > 0; partitions -= 1) {
      at += 4;
      const length = int32();
      if (topic === wanted) records += bytes.readInt32BE(at + RECORD_COUNT_AT);
      at += length;
    }
  }
  return records;
}
