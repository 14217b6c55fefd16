// What a run reads: files and standard input, or the demo events of the service on an embedded log.

import { existsSync } from "node:fs";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Source } from "../runtime/ports.ts";
import type { ServiceDefinition } from "../service/definition.ts";
import type { Clock } from "../time/clock.ts";
import { createMemoryLog, type Feed } from "../transports/memory/index.ts";
import { createNdjsonSource, type NdjsonStats } from "../transports/ndjson/index.ts";

/** The input of a run. */
export interface RunInput {
  /** Makes events come, where they do not come by themselves. Resolves when there are no more, or `signal` is aborted. */
  feed(signal: AbortSignal): Promise<void>;
  /** Of files: what was read. */
  stats(): NdjsonStats | null;
  /** Whether anything was done, so that what goes wrong now is a failure and no refusal. */
  hasBegun(metrics: Metrics): boolean;
  /** Where a record stands, for people. */
  placeOf(topic: string, partition: string, offset: string): string;
}

/** The input of a run that is read by a source of its own. */
export type SourceInput = RunInput & { readonly source: Source };

/** Records that a partition of the embedded log keeps beside those still to be read. */
const RETAIN_RECORDS = 1_000;

/** @throws {ConfigError} `UNKNOWN_TOPIC`, `AMBIGUOUS_INPUT`, `MISSING_INPUT` */
export function fileInput(definition: ServiceDefinition, given: readonly string[]): SourceInput {
  const topics = definition.inputs.map(({ name }) => name);
  const inputs = given.map((one) => placeIn(one, topics));
  const without = topics.filter((topic) => !inputs.some((input) => input.topic === topic));
  if (without.length > 0) {
    const names = without.map((topic) => `"${topic}"`).join(", ");
    throw new ConfigError(
      "MISSING_INPUT",
      `nothing was given to read for ${names}: add --input ${without[0]}=<path>, or /dev/null for no events.`,
    );
  }
  const source = createNdjsonSource({ inputs, maxLineBytes: definition.limits.maxRecordBytes });
  return {
    source,
    feed: async () => {},
    stats: source.stats,
    hasBegun: hasRead,
    placeOf: (topic, _, offset) => source.placeOf(topic, BigInt(offset)),
  };
}

/** The events that `feed` appends. The topics end when it is done. */
export function demoInput(definition: ServiceDefinition, feed: Feed, clock: Clock): SourceInput {
  const log = createMemoryLog({ clock, retainRecords: RETAIN_RECORDS });
  for (const { name } of definition.inputs) log.createTopic(name);
  const source = log.source();
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return {
    source: { ...source, start: (topics, handler) => source.start(topics, handler).then(begin) },
    feed: async (signal) => {
      await begun; // what is appended before anybody reads may be dropped again
      await feed(log, { signal });
      if (signal.aborted) return;
      for (const { name } of definition.inputs) log.end(name);
    },
    stats: () => null,
    hasBegun: hasRead,
    placeOf: logPlace,
  };
}

function hasRead({ topics }: Metrics): boolean {
  return topics.some(({ records }) => records > 0);
}

/** Where a record of a log stands, for people. */
export function logPlace(topic: string, partition: string, offset: string): string {
  return `${topic} partition ${partition} offset ${offset}`;
}

/** Reads `topic=path`, or a path alone where there is one topic. */
function placeIn(given: string, topics: readonly string[]): { readonly topic: string; readonly path: string } {
  const [, before, after] = /^([^=]*)=(.+)$/s.exec(given) ?? [];
  if (before !== undefined && after !== undefined && topics.includes(before)) return { topic: before, path: after };
  if (before !== undefined && !existsSync(given)) {
    const near = nearest(before, topics);
    const remedy = near
      ? `Did you mean --input ${near}=${after}?`
      : `It reads ${topics.map((topic) => `"${topic}"`).join(", ")}.`;
    throw new ConfigError("UNKNOWN_TOPIC", `--input ${given}: the service reads no topic "${before}". ${remedy}`);
  }
  const [only] = topics;
  if (only !== undefined && topics.length === 1) return { topic: only, path: given };
  throw new ConfigError(
    "AMBIGUOUS_INPUT",
    `--input ${given}: the service reads ${topics.map((topic) => `"${topic}"`).join(", ")}; say for which it is: --input ${only}=${given}.`,
  );
}
