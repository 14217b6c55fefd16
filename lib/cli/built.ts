// What a file that `sequitur build` made begins with: the commands that work on one service, without the service's name.
//
//     node service.mjs …         as sequitur run
//     node service.mjs check …   as sequitur check; also tries the repairs of kafkajs in the file
//     node service.mjs status …, reset …

import { basename } from "node:path";
import { type CAC, cac } from "cac";
import { loadKafkajs } from "../transports/kafka/kafkajs.ts";
import { check } from "./check.ts";
import { withHelp } from "./commands.ts";
import { patternsOf, patternTestsOf, requireService } from "./exports.ts";
import type { LoadedModule } from "./load.ts";
import { reset } from "./reset.ts";
import { run } from "./run.ts";
import {
  checkCommandOf,
  describeCheck,
  describeReset,
  describeRun,
  describeStatus,
  resetCommandOf,
  runCommandOf,
  statusCommandOf,
} from "./service-words.ts";
import { status } from "./status.ts";
import type { Subject } from "./subject.ts";
import { runToEnd } from "./to-end.ts";
import { type Action, runWords } from "./words.ts";

/** Runs the service of the module that `load` gives, as the words of the command line say, and ends the process. */
export async function runBuilt(load: () => Promise<Readonly<Record<string, unknown>>>): Promise<never> {
  const path = process.argv[1] ?? "";
  const module = async (): Promise<LoadedModule> => ({
    path,
    exports: new Map(Object.entries(await load())),
    files: [path],
  });
  const actions = new Map<string, Action>([
    ["", (_, given, words) => run(module, runCommandOf(given, words))],
    ["check", async (_, given) => check(subjectOf(await module()), checkCommandOf(given))],
    ["status", async (_, given) => status(await module(), statusCommandOf(given))],
    ["reset", async (_, given) => reset(await module(), resetCommandOf(given))],
  ]);
  return runToEnd((words) => runWords(words, describeBuiltCommands(basename(path)), actions));
}

function describeBuiltCommands(file: string): CAC {
  const cli = cac(`node ${file}`);
  describeRun(cli.command("", "Run the service: on Kafka, on files, on standard input, or on its demo events"));
  describeCheck(cli.command("check", "List everything that is wrong with the service and its patterns"));
  describeStatus(cli.command("status", "Say how the saved state of the service stands on Kafka, and who runs it"));
  describeReset(cli.command("reset", "Forget the saved state of the service on Kafka"));
  return withHelp(cli);
}

/** A service in a built file has to run there: so kafkajs is tried, too. @throws {ConfigError} `NO_SERVICE`, `PATCHES_FAILED` */
function subjectOf(module: LoadedModule): Subject {
  const service = requireService(module);
  if (service.kafka?.patches !== false) loadKafkajs({ patched: true, log: () => {} });
  return { path: module.path, patterns: patternsOf(module), service, tests: patternTestsOf(module) };
}
