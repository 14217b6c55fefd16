// sequitur run --processes: this process does no work. It starts processes that do, the same command each, passes on what
// they print, adds up what they count, and stops them together.

import { type ChildProcess, fork } from "node:child_process";
import type { Metrics } from "../runtime/metrics.ts";
import type { ServiceDefinition } from "../service/definition.ts";
import type { OpenHttp } from "../service/http.ts";
import type { Clock } from "../time/clock.ts";
import { LIVE_EVERY_MS } from "./attend.ts";
import { EXIT, type FailureStyle } from "./failure.ts";
import type { Notes } from "./notes.ts";
import { PROCESS_VARIABLE } from "./parent.ts";
import { type Outcome, superviseProcesses } from "./processes.ts";
import { showProgress } from "./progress.ts";
import { eachLine, numbered } from "./relay.ts";
import type { RunCommand } from "./run.ts";
import { logPlace } from "./run-input.ts";
import { PLAIN_EVERY_MS, topicName } from "./run-kafka.ts";
import type { Screen } from "./screen.ts";
import { listenForSignals, STOPPING } from "./signals.ts";
import { tellEnd } from "./tell-end.ts";
import type { LogFormat } from "./watching.ts";

export type ProcessesOptions = {
  readonly count: number;
  readonly definition: ServiceDefinition;
  readonly screen: Screen;
  readonly log: Notes;
  readonly command: RunCommand;
  readonly clock: Clock;
  /** How the processes log: as this one does, though their standard error is no terminal. */
  readonly logFormat: LogFormat;
  /** Where metrics and health of all are served; `null`: nowhere. */
  readonly pages: OpenHttp | null;
};

/** Runs `count` processes until they are told to stop, or it is no use. Resolves with the exit code. */
export async function runProcesses(options: ProcessesOptions): Promise<number> {
  const { count, definition, screen, log, command, clock, logFormat, pages } = options;
  const startedAt = clock.now();
  let kill = (): void => {};
  const signals = listenForSignals(
    () => log("notice", STOPPING),
    () => {
      kill();
      screen.clear();
    },
  );
  const supervision = superviseProcesses({
    count,
    start: (number) => startProcess(number, withLog(command.words, logFormat), screen),
    stopWithinMs: definition.stopWithinMs,
    signal: signals.signal,
    clock,
    say: (message) => log("warn", message),
  });
  kill = supervision.kill;
  const metrics = (): Metrics => supervision.picture()?.metrics ?? NOTHING_YET;
  pages?.watch({ metrics, health: metrics });
  const stopShowing = isShown(command, screen)
    ? showProgress({
        clock,
        screen,
        metrics,
        share: () => null,
        everyMs: screen.live ? LIVE_EVERY_MS : PLAIN_EVERY_MS,
      })
    : () => {};
  try {
    const outcome = await supervision.done;
    stopShowing();
    screen.clear();
    return tell(options, outcome, clock.now() - startedAt);
  } finally {
    signals.release();
  }
}

function isShown({ quiet, json }: RunCommand, screen: Screen): boolean {
  return !quiet && (screen.live || !json);
}

function tell({ definition, command }: ProcessesOptions, outcome: Outcome, elapsedMs: number): number {
  const { code, why, picture, restarts } = outcome;
  if (picture !== null)
    tellEnd(command, {
      ending: code === EXIT.fine ? "stopped" : "failed",
      ...picture,
      elapsedMs,
      blankLines: 0,
      restarts,
      lateFile: topicName(definition.late),
      deadLetterFile: topicName(definition.deadLetters),
      placeOf: logPlace,
    });
  if (why !== null) process.stderr.write(sayWhy(why, command));
  return code;
}

function sayWhy(why: string, { json }: FailureStyle): string {
  if (json) return `${JSON.stringify({ error: { name: "TransportError", code: "PROCESSES_FAILED", message: why } })}\n`;
  return `sequitur: ${why}. What it said stands above, behind its number.\n`;
}

/** The words, with the form of the log, where they do not say it. */
function withLog(words: readonly string[], format: LogFormat): readonly string[] {
  return words.some((word) => word === "--log" || word.startsWith("--log=")) ? words : [...words, "--log", format];
}

/** Not in this process's group: Ctrl-C on a terminal reaches the parent alone, which then says once what to do. */
function startProcess(number: number, words: readonly string[], screen: Screen): ChildProcess {
  const child = fork(process.argv[1] ?? "", wordsFor(words), {
    detached: true,
    env: { ...process.env, [PROCESS_VARIABLE]: String(number) },
    execArgv: withRoom(process.execArgv, process.env["NODE_OPTIONS"]),
    serialization: "advanced", // pictures hold bigints and infinities
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  if (child.stdout) eachLine(child.stdout, (line) => process.stdout.write(`${line}\n`));
  if (child.stderr) eachLine(child.stderr, (line) => screen.note(numbered(line, number)));
  return child;
}

const YOUNG = "max-semi-space-size";

/**
 * What Node.js is told, with more room for what is young, where it is not told how much: events wait for their time, and live just long
 * enough to be copied twice in the 16 MB that there are by default.
 */
export function withRoom(given: readonly string[], fromOutside: string = ""): string[] {
  const isSaid = [...given, fromOutside].some((words) => words.replaceAll("_", "-").includes(YOUNG));
  return isSaid ? [...given] : [...given, `--${YOUNG}=32`];
}

/** The words of the command line for one of the processes: without `--processes`. */
function wordsFor(words: readonly string[]): readonly string[] {
  return words.filter((word, index) => !word.startsWith(OPTION) && words[index - 1] !== OPTION);
}

const OPTION = "--processes";

/** Before a process has said anything. */
const NOTHING_YET: Metrics = {
  state: "starting",
  assigned: false,
  topics: [],
  partitions: [],
  lanes: [],
  shards: [],
  patterns: [],
  watermark: Number.NEGATIVE_INFINITY,
  queuedBytes: 0,
  unsentBytes: 0,
  sent: { alerts: 0, timedOut: 0, late: 0, deadLetters: 0, notices: 0 },
};
