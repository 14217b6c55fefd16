// A service with as many open keys as one likes, and pairs of events of other keys that find something while these are open.
import { pattern } from "../../lib/index.ts";
import type { ServiceDefinition } from "../../lib/service/definition.ts";
import { service, topic } from "../../lib/service/index.ts";
import type { JavaRecord } from "../broker/java-produce.ts";

type Visit = { readonly n: number; readonly type: "came" | "left"; readonly who: string; readonly at: number };

const START_AT = Date.parse("2026-03-02T09:00:00Z");

const stayed = pattern<Visit>("stayed")
  .begin("came")
  .on("came")
  .followedBy("left")
  .on("left")
  .within("30d")
  .select((m) => `${m.came.n}-${m.left.n}`);

export function crowdService(app: string): ServiceDefinition {
  return service({
    app,
    inputs: [topic<Visit>(`${app}-in`, { key: (e) => e.who, time: (e) => e.at })],
    patterns: [stayed],
    idleAfter: "20s",
    whenAllIdle: "clock",
  });
}

/** One event for each key: all of them wait for another. */
export function* openKeys(count: number): Generator<JavaRecord> {
  for (let n = 0; n < count; n += 1) yield visit(n, "came", `key-${n}`);
}

/** Pairs that make an alert each; `n` goes on behind the open keys. */
export function* pairs(from: number): Generator<JavaRecord> {
  for (let n = from; ; n += 2) {
    yield visit(n, "came", `pair-${n}`);
    yield visit(n + 1, "left", `pair-${n}`);
  }
}

function visit(n: number, type: Visit["type"], who: string): JavaRecord {
  return { key: who, value: JSON.stringify({ n, type, who, at: START_AT + n } satisfies Visit) };
}
