// What a run stands on: Kafka, files, or the demo events of the service. What does not go together is refused here.
//
//     --brokers; if nothing is said, kafka.brokers in the service file, or SEQUITUR_KAFKA_BROKERS ─▶ Kafka
//     --input                                                                                     ─▶ files, standard input
//     --demo; if nothing is said and nobody says where Kafka is                                   ─▶ the feed of the service

import { ConfigError } from "../core/errors.ts";
import type { ServiceDefinition } from "../service/definition.ts";
import type { Feed } from "../transports/memory/index.ts";
import { feedOf } from "./exports.ts";
import type { LoadedModule } from "./load.ts";
import { shortPath } from "./place.ts";
import type { RunFiles } from "./run-files.ts";

/** The options that say where events come from and go to. */
export type WayOptions = RunFiles & {
  /** `host:port,host:port`; `null`: not said. */
  readonly brokers: string | null;
  readonly demo: boolean;
  /** How many processes share the work, as it was written; `null`: this one. */
  readonly processes: string | null;
};

export type Way =
  | { readonly on: "kafka"; readonly brokers: string | null; readonly processes: number | null }
  | { readonly on: "files" }
  | { readonly on: "demo"; readonly feed: Feed };

/** More processes than anybody has cores for are a slip. */
const MAX_PROCESSES = 256;

/**
 * Which way a service runs. `--input` and `--demo` win over what the service file says of Kafka.
 *
 * @throws {ConfigError} `TWO_INPUTS`, `NO_INPUT`, `OPTION_NOT_ON_KAFKA`, `OPTION_NEEDS_KAFKA`, `BAD_PROCESSES`, `NOT_A_FEED`
 */
export function wayOf(module: LoadedModule, definition: ServiceDefinition, options: WayOptions): Way {
  const { brokers, demo, inputs } = options;
  const said = [
    ...(brokers === null ? [] : ["--brokers"]),
    ...(inputs.length > 0 ? ["--input"] : []),
    ...(demo ? ["--demo"] : []),
  ];
  if (said.length > 1)
    throw new ConfigError("TWO_INPUTS", `${said.join(" and ")} say each where events come from: give one of them.`);
  if (brokers !== null || (said.length === 0 && saysBrokers(definition))) {
    refuseFiles(options, definition);
    return { on: "kafka", brokers, processes: processesOf(options) };
  }
  if (options.processes !== null) {
    const message =
      "--processes shares the partitions of Kafka topics, and this run reads none: add --brokers <host:port>.";
    throw new ConfigError("OPTION_NEEDS_KAFKA", `${message} On files and demo events one process does it.`);
  }
  if (inputs.length > 0) return { on: "files" };
  const feed = feedOf(module);
  if (feed) return { on: "demo", feed };
  const message = `${shortPath(module.path)} has no demo events to run on. Give it events with --input <path>, or Kafka with --brokers <host:port>, or export a function feed(log, { signal }) that appends some.`;
  throw new ConfigError("NO_INPUT", message);
}

/** Whether the service file or the environment says where Kafka is. */
function saysBrokers({ kafka }: ServiceDefinition): boolean {
  return kafka?.brokers !== undefined || (process.env["SEQUITUR_KAFKA_BROKERS"] ?? "") !== "";
}

/** On Kafka everything goes to topics, in step with what was read: a file beside them would not be. */
function refuseFiles(options: RunFiles, { alerts, late, deadLetters }: ServiceDefinition): void {
  const files = [
    ["--output", options.output, "alerts", alerts.name],
    ["--late", options.late, "late events", late.name],
    ["--dead-letters", options.deadLetters, "dead letters", deadLetters.name],
  ] as const;
  for (const [option, path, what, topic] of files) {
    if (path === null) continue;
    const message = `${option} is for runs on files: on Kafka ${what} go to the topic "${topic}". Leave ${option} out, and read the topic.`;
    throw new ConfigError("OPTION_NOT_ON_KAFKA", message);
  }
}

function processesOf({ processes }: WayOptions): number | null {
  if (processes === null) return null;
  const count = /^\d{1,6}$/.test(processes) ? Number(processes) : 0;
  if (count >= 1 && count <= MAX_PROCESSES) return count;
  throw new ConfigError(
    "BAD_PROCESSES",
    `--processes ${processes}: give a whole number from 1 to ${MAX_PROCESSES}, at most one for each partition.`,
  );
}
