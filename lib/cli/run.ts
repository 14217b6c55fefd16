// sequitur run: a service on Kafka, on its demo events, on files, or on standard input.
//
//     run ─┬─ attend         one process, which does the work
//          └─ runProcesses   with --processes: starts others that do it, and watches over them

import type { ServiceDefinition } from "../service/definition.ts";
import { kafkaOf } from "../service/kafka-of.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { attend, type Ends } from "./attend.ts";
import { requireService } from "./exports.ts";
import type { LoadedModule } from "./load.ts";
import type { NoteStyle } from "./notes.ts";
import { createOutlet } from "./outlet.ts";
import { parentOf } from "./parent.ts";
import { refuseSameFile } from "./run-files.ts";
import { demoInput, fileInput } from "./run-input.ts";
import { kafkaEnds, kafkaNotice } from "./run-kafka.ts";
import { runProcesses } from "./run-processes.ts";
import { type Way, type WayOptions, wayOf } from "./run-way.ts";
import { createScreen, type Screen } from "./screen.ts";
import { logFormatOf, openNotes, openPages, type WatchOptions } from "./watching.ts";

export type RunCommand = WayOptions &
  WatchOptions &
  NoteStyle & {
    /** The command line without node and script, for the processes that do the work. */
    readonly words: readonly string[];
  };

/** Runs the service of the module that `load` gives until its input ends or it is told to stop. Resolves with the exit code. */
export async function run(
  load: () => Promise<LoadedModule>,
  command: RunCommand,
  clock: Clock = systemClock,
): Promise<number> {
  const parent = parentOf();
  const module = await load();
  const definition = requireService(module);
  const way = wayOf(module, definition, command);
  refuseSameFile(command, module.files);
  const screen = createScreen(process.stderr, process.stdout);
  const logFormat = logFormatOf(command, way.on === "kafka", screen.live);
  const log = await openNotes(screen, command, definition.app, logFormat);
  const pages = parent === null ? await openPages(command, definition.app, log) : null;
  // Where the log is JSON, so is all else on standard error.
  const style = { ...command, json: command.json || logFormat === "json" };
  const parts = { definition, screen, log, command: style, clock, pages };
  try {
    if (way.on !== "kafka")
      return await attend({ ...parts, ...localEnds(way, definition, command, screen, clock), parent, module });
    const kafka = kafkaOf(definition, { brokers: way.brokers ?? undefined, log: parent === null ? log : () => {} });
    if (parent === null) log("notice", kafkaNotice(definition, kafka));
    if (parent === null && way.processes !== null)
      return await runProcesses({ ...parts, logFormat, count: way.processes });
    return await attend({ ...parts, ...(await kafkaEnds(definition, kafka, { clock, log })), parent, module });
  } finally {
    await pages?.close();
  }
}

/** Files, standard input, demo events; alerts to standard output or a file. */
function localEnds(
  way: Exclude<Way, { on: "kafka" }>,
  definition: ServiceDefinition,
  { inputs, output, json, late, deadLetters }: RunCommand,
  screen: Screen,
  clock: Clock,
): Ends {
  const input = way.on === "files" ? fileInput(definition, inputs) : demoInput(definition, way.feed, clock);
  const outlet = createOutlet({
    alerts: output ?? "-",
    asText: output === null && !json,
    late,
    deadLetters,
    deadLetterTopic: definition.deadLetters.name,
    screen,
  });
  return {
    transport: { source: input.source, sink: outlet },
    input,
    passed: outlet.passed,
    lateTo: late,
    deadLettersTo: deadLetters,
    plainEveryMs: PLAIN_EVERY_MS,
  };
}

/** How often the progress line is written where there is no terminal. */
const PLAIN_EVERY_MS = 5_000;
