// Sends input through a whole service, and tells what became of each record in the words of `verdict.ts`.

import * as assert from "uvu/assert";
import { type Pattern, pattern } from "../../lib/index.ts";
import type { OutputRecord, Sink, Source } from "../../lib/runtime/ports.ts";
import { runService, type ServiceDefinition, service, topic } from "../../lib/service/index.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { MAX_DEPTH, MAX_RECORD_BYTES, OUT_OF_ORDERNESS_MS, READ_AT } from "./hostile.ts";
import type { Where } from "./verdict.ts";

type Anything = { readonly k: string; readonly t: number };

/** Each event is an alert of its own, so that it is seen whether, as what and how often it was matched. */
const each = pattern<Anything>("each").begin("a");

/** The service that runs `of`, with key and time where they are. */
function serviceOf(where: Where, of: Pattern<Anything>): ServiceDefinition {
  const disorder = { outOfOrderness: OUT_OF_ORDERNESS_MS };
  return service({
    app: "corpus",
    inputs: [
      where === "event"
        ? topic<Anything>("in", { key: (e) => e.k, time: (e) => e.t, ...disorder })
        : topic<Anything>("in", { key: "record", time: "record", ...disorder }),
    ],
    patterns: [of],
    limits: { maxRecordBytes: MAX_RECORD_BYTES, maxDepth: MAX_DEPTH },
  });
}

const OF_EACH = { event: serviceOf("event", each), record: serviceOf("record", each) } as const;

/** What became of all records of the topic `in`, sorted by text; and the error that ended the service, if one did. */
export type Outcome = { readonly verdicts: readonly string[]; readonly failure: unknown };

/**
 * Runs a service to the end of its input, with a pattern of one step. Fails if a record is not accounted for.
 *
 * @throws {PatternError} if the pattern cannot mean anything sensible.
 */
export async function runThrough(source: Source, where: Where, of: Pattern<Anything> = each): Promise<Outcome> {
  const verdicts: string[] = [];
  const sink: Sink = {
    open: async () => {},
    send: async (records) => void verdicts.push(...records.map(verdictIn)),
    close: async () => {},
  };
  const clock = { ...systemClock, now: () => READ_AT };
  const running = runService(of === each ? OF_EACH[where] : serviceOf(where, of), { source, sink, clock });
  let failure: unknown = null;
  await running.done.catch((error: unknown) => {
    failure = error;
  });
  if (failure === null) {
    const [{ records, onTime, late, deadLettered, waiting } = assert.unreachable() as never] = running.metrics().topics;
    assert.equal([records, waiting], [onTime + late + deadLettered, 0]);
    if (of === each) assert.is(records, verdicts.length);
  }
  return { verdicts: verdicts.sort(), failure };
}

function verdictIn({ topic: name, value, headers }: OutputRecord): string {
  if (name === "corpus-alerts") {
    const { key, at, events, provenance } = JSON.parse(Buffer.from(value).toString());
    const [event] = Object.values(events);
    const [{ partition, offset }] = provenance;
    return `${partition}/${offset} event ${JSON.stringify(key)} ${at} ${JSON.stringify(event)}`;
  }
  const what = name === "corpus-late" ? "late" : headers.get("sequitur-code");
  const bytes = headers.get("sequitur-value") ?? Buffer.from(value).toString("base64");
  return `${headers.get("sequitur-partition")}/${headers.get("sequitur-offset")} ${what} ${bytes}`;
}
