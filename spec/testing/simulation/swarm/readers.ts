// What committed readers have of the outputs: each partition is read on from where it was read to.
import type { InputRecord } from "../../../../lib/runtime/ports.ts";
import type { ModelBroker } from "../../../../lib/testing/simulation/broker.ts";
import type { AnswerOf } from "../../../../lib/testing/simulation/calls.ts";
import { committedEntries } from "../../../../lib/testing/simulation/committed.ts";
import { originOf } from "../../../runtime/kit.ts";
import type { Place } from "./load.ts";

/** One thing that was said. */
export type Saying = {
  /** Equal for those that say the same. */
  readonly what: string;
  /** Who said it; `null`: a copy of a record that is late or broken. */
  readonly pattern: string | null;
  /** What is said of one key, in one topic, by one pattern has an order. */
  readonly about: string;
};

export type Readers = {
  /** All that was said so far, in each partition in order. */
  read(): Promise<readonly Saying[]>;
};

export function createReaders({ ask }: ModelBroker, places: readonly Place[]): Readers {
  const next = places.map(() => 0n);
  const said: Saying[] = [];
  return {
    read: async () => {
      for (const [index, place] of places.entries()) {
        const fetched = await fetchFrom(ask, place, next[index] as bigint);
        if (fetched === null) continue;
        next[index] = (fetched.entries.at(-1)?.offset ?? (next[index] as bigint) - 1n) + 1n;
        for (const record of committedEntries(fetched)) said.push(sayingOf(place.topic, record));
      }
      return said;
    },
  };
}

/** All records of a partition that are committed and still there; none if it does not exist. */
export async function readAll({ ask }: ModelBroker, place: Place): Promise<readonly InputRecord[]> {
  const answer = await ask("listOffsets", { ...place, at: "earliest", isolation: "committed" });
  if ("refused" in answer) return [];
  const fetched = await fetchFrom(ask, place, answer.offset);
  return fetched === null ? [] : committedEntries(fetched);
}

async function fetchFrom(ask: ModelBroker["ask"], place: Place, offset: bigint): Promise<AnswerOf<"fetch"> | null> {
  const limits = { isolation: "committed", maxBytes: 1e12, waitMs: 0 } as const;
  const answer = await ask("fetch", { ...place, ...limits, offset });
  return "refused" in answer ? null : answer;
}

const utf8 = new TextDecoder();

/** Of an alert its id, of a copy where it came from, of a report all but the stack. */
export function sayingOf(topic: string, record: Pick<InputRecord, "key" | "value" | "headers">): Saying {
  const { key, value, headers } = record;
  const pattern = headers.get("pattern") ?? null;
  const about = `${topic} ${pattern} ${key === null ? "" : utf8.decode(key)}`;
  const id = headers.get("id");
  if (id !== undefined) return { what: `${topic} ${id}`, pattern, about };
  if (pattern === null)
    return { what: `${topic} ${originOf({ headers } as Parameters<typeof originOf>[0])}`, pattern, about };
  const report = JSON.parse(utf8.decode(value ?? new Uint8Array())) as Record<string, unknown>;
  return { what: `${topic} ${JSON.stringify({ ...report, stack: "" })}`, pattern, about };
}
