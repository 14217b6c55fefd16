// An example and its near misses as text for a terminal.
//
//     +0ms   probe    {"amount":1,"type":"charge"}
//     +1s  ✗          {"amount":500,"type":"charge"}

import type { ExampleEvent } from "../testing/example.ts";
import type { NearMiss } from "../testing/near-miss.ts";
import { formatDuration } from "../time/duration.ts";

/** An example, one event a line; why there is none if there is none. */
export function exampleText(example: readonly ExampleEvent[] | null): readonly string[] {
  if (example === null) {
    return [
      "None was found by trying values that stand in the conditions: functions given to filter say nothing of theirs.",
    ];
  }
  return linesOf(example, example);
}

/** Near misses, each with what was changed and the stream; changed events are marked. */
export function nearMissText(misses: readonly NearMiss[]): readonly string[] {
  return misses.flatMap(({ of, change, events, example }) => [
    `${of}: ${change}`,
    ...linesOf(events, example).map((line) => `  ${line}`),
  ]);
}

function linesOf(events: readonly ExampleEvent[], example: readonly ExampleEvent[]): readonly string[] {
  const times = events.map(({ at }) => `+${formatDuration(at)}`);
  const width = Math.max(...times.map((time) => time.length));
  const names = Math.max(...events.map(({ step }) => step?.length ?? 0));
  return events.map((event, index) => {
    const mark = example.includes(event) ? " " : "✗";
    return `${(times[index] ?? "").padEnd(width)} ${mark} ${(event.step ?? "").padEnd(names)}  ${textOf(event.value)}`;
  });
}

function textOf(value: object): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}` : inner));
}
