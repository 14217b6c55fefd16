// What arrives at the inputs of a service, as records.
import type { InputRecord } from "../../../../lib/runtime/ports.ts";
import { record } from "../../../runtime/kit.ts";
import type { Arrival, Foreign, Story } from "./story.ts";

export const INPUTS = ["x", "y"] as const;
/** Some 25,000 years from now: a clock says that this cannot be. */
const ABSURD_TIME = 8e14;
/** Later than all others. */
const LAST_TIME = 500_000;
/** More than a record may have, and so much that its alert is too large. */
const TOO_LARGE = 11_000;
const LARGE = 9_900;
/** Real time of a unit of event time: patterns of the language have windows of a few units. */
const UNIT_MS = { echo: 20, language: 250 };
const MOST_LAG = { echo: 14, language: 3 };

export type Place = { readonly topic: string; readonly partition: number };

export type Load = {
  /** Of its service: stories name places that a small service does not have. */
  placeOf(where: Pick<Arrival, "topic" | "partition">): Place;
  recordOf(arrival: Arrival): InputRecord;
  /** The nth record of a transaction. */
  foreignRecord(foreign: Foreign, nth: number): InputRecord;
  /** The last record of a place: it lets time go beyond all others. */
  lastOf(place: Place): InputRecord;
  places(): readonly Place[];
  outOfOrderness(topic: number): number;
};

export function loadOf({ service, moves }: Pick<Story, "service" | "moves">): Load {
  const kind = service.patterns.length === 0 ? "echo" : "language";
  const unitMs = UNIT_MS[kind];
  const outOfOrderness = (topic: number): number => (service.disorder[topic] ?? 0) % (MOST_LAG[kind] + 7);
  // What is late when input is missing would depend on what is missing.
  const isNeverLate = losesInput({ service, moves });
  let count = 0;
  const placeOf: Load["placeOf"] = ({ topic, partition }) => ({
    topic: INPUTS[topic % service.topics] as string,
    partition: partition % service.partitions,
  });
  const timeOf = (atMs: number, lag: number, topic: number): number => {
    const most = isNeverLate ? outOfOrderness(topic % service.topics) : MOST_LAG[kind];
    return Math.floor(atMs / unitMs) - Math.min(lag % (MOST_LAG[kind] + 1), most);
  };
  const keyIn = (partition: number, key: number): string => `k${partition % service.partitions}.${key % service.keys}`;
  return {
    placeOf,
    recordOf: (arrival) => {
      const { is, atMs, lag, topic, partition, key, type, v, boom, hit, alarm } = arrival;
      if (is === "broken") return record(0, "broken");
      const t = is === "absurd" ? ABSURD_TIME : timeOf(atMs, lag, topic);
      const told = { k: keyIn(partition, key), t, n: count++, type, v, boom, hit, ...(alarm > 0 ? { alarm } : {}) };
      if (is !== "huge") return record(0, told);
      return record(0, JSON.stringify({ ...told, more: "x".repeat(v % 2 === 0 ? TOO_LARGE : LARGE) }));
    },
    foreignRecord: ({ atMs, stepMs, topic, partition }, nth) => {
      const t = timeOf(atMs + nth * stepMs, 0, topic);
      const [type, v] = [["a", "b", "c", "d"][(atMs + nth) % 4], nth % 4];
      const told = { k: keyIn(partition, nth), t, n: count++, type, v, hit: true, alarm: 20 + nth };
      return record(0, told as Parameters<typeof record>[1]);
    },
    lastOf: ({ partition }) =>
      record(0, { k: keyIn(partition, 0), t: LAST_TIME, n: -1, type: "z" } as Parameters<typeof record>[1]),
    places: () =>
      INPUTS.slice(0, service.topics).flatMap((topic) =>
        Array.from({ length: service.partitions }, (_, partition) => ({ topic, partition })),
      ),
    outOfOrderness,
  };
}

/** Input may be lost only where each record is judged by itself: then it is known what may be missing. */
export function losesInput({ service, moves }: Pick<Story, "service" | "moves">): boolean {
  return service.patterns.length === 0 && moves.some(({ does }) => does === "deleteInput");
}
