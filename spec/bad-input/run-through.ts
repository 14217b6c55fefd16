// Sends input through a whole service, and tells what became of each record in the words of `verdict.ts`.

import * as assert from "uvu/assert";
import { pattern } from "../../lib/index.ts";
import type { OutputRecord, Sink, Source } from "../../lib/runtime/ports.ts";
import { runService, service, topic } from "../../lib/service/index.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { MAX_DEPTH, MAX_RECORD_BYTES, OUT_OF_ORDERNESS_MS, READ_AT } from "./hostile.ts";
import type { Where } from "./verdict.ts";

type Anything = { readonly k: string; readonly t: number };

/** Each event is an alert of its own, so that it is seen whether, as what and how often it was matched. */
const each = pattern<Anything>("each").begin("a");

const limits = { maxRecordBytes: MAX_RECORD_BYTES, maxDepth: MAX_DEPTH };
const OF_EVENT = service({
  app: "corpus",
  inputs: [topic<Anything>("in", { key: (e) => e.k, time: (e) => e.t, outOfOrderness: OUT_OF_ORDERNESS_MS })],
  patterns: [each],
  limits,
});
const OF_RECORD = service({
  app: "corpus",
  inputs: [topic<Anything>("in", { key: "record", time: "record", outOfOrderness: OUT_OF_ORDERNESS_MS })],
  patterns: [each],
  limits,
});

/** What became of all records of the topic `in`, sorted by text; and the error that ended the service, if one did. */
export type Outcome = { readonly verdicts: readonly string[]; readonly failure: unknown };

/** Runs a service to the end of its input. Fails if a record is not accounted for. */
export async function runThrough(source: Source, where: Where): Promise<Outcome> {
  const verdicts: string[] = [];
  const sink: Sink = {
    open: async () => {},
    send: async (records) => void verdicts.push(...records.map(verdictIn)),
    close: async () => {},
  };
  const clock = { ...systemClock, now: () => READ_AT };
  const running = runService(where === "event" ? OF_EVENT : OF_RECORD, { source, sink, clock });
  let failure: unknown = null;
  await running.done.catch((error: unknown) => {
    failure = error;
  });
  if (failure === null) {
    const [{ records, onTime, late, deadLettered, waiting } = assert.unreachable() as never] = running.metrics().topics;
    assert.equal([records, waiting], [onTime + late + deadLettered, 0]);
    assert.is(records, verdicts.length);
  }
  return { verdicts: verdicts.sort(), failure };
}

function verdictIn({ topic: name, value, headers }: OutputRecord): string {
  if (name === "corpus-alerts") {
    const { key, at, events, provenance } = JSON.parse(Buffer.from(value).toString());
    const [{ partition, offset }] = provenance;
    return `${partition}/${offset} event ${JSON.stringify(key)} ${at} ${JSON.stringify(events.a)}`;
  }
  const what = name === "corpus-late" ? "late" : headers.get("sequitur-code");
  const bytes = headers.get("sequitur-value") ?? Buffer.from(value).toString("base64");
  return `${headers.get("sequitur-partition")}/${headers.get("sequitur-offset")} ${what} ${bytes}`;
}
