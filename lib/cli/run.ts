// sequitur run: a service on its demo events, on files, or on standard input, with alerts as they come.

import { ConfigError, TransportError } from "../core/errors.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { ServiceDefinition } from "../service/definition.ts";
import { type RunningService, runService } from "../service/run.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { feedOf, requireService } from "./exports.ts";
import { describeFailure, EXIT, exitCodeOf } from "./failure.ts";
import { type LoadedModule, loadModule } from "./load.ts";
import { type NoteStyle, notesOn, toJson } from "./notes.ts";
import { createOutlet, type Outlet } from "./outlet.ts";
import { placeInStack, shortPath, showPlace } from "./place.ts";
import { showProgress } from "./progress.ts";
import { type RunFiles, refuseSameFile } from "./run-files.ts";
import { demoInput, fileInput, type RunInput } from "./run-input.ts";
import { createScreen, type Screen } from "./screen.ts";
import { listenForSignals } from "./signals.ts";
import { type Ending, nothingUsable, summaryJson, summaryText } from "./summary.ts";

export type RunCommand = RunFiles & NoteStyle;

/** Runs the service in `file` until its input ends or it is told to stop. Resolves with the exit code. */
export async function run(file: string, command: RunCommand, clock: Clock = systemClock): Promise<number> {
  const module = await loadModule(file);
  const definition = requireService(module);
  const input = inputOf(module, definition, command, clock);
  refuseSameFile(command, module.files);
  const screen = createScreen(process.stderr, process.stdout);
  const outlet = createOutlet({
    alerts: command.output ?? "-",
    asText: command.output === null && !command.json,
    late: command.late,
    deadLetters: command.deadLetters,
    deadLetterTopic: definition.deadLetters.name,
    screen,
  });
  return attend({ module, definition, input, screen, outlet, command, clock });
}

type Run = {
  readonly module: LoadedModule;
  readonly definition: ServiceDefinition;
  readonly input: RunInput;
  readonly screen: Screen;
  readonly outlet: Outlet;
  readonly command: RunCommand;
  readonly clock: Clock;
};

/** How often the progress line is written: on a terminal, and elsewhere. */
const LIVE_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5_000;

/** Starts the service, shows how it is doing, and says at the end what became of everything. */
async function attend(run: Run): Promise<number> {
  const { definition, input, screen, outlet, command, clock } = run;
  const startedAt = clock.now();
  const log = notesOn(screen, command);
  const signals = listenForSignals(
    () => log("notice", "stopping: what was read is being finished; Ctrl-C again leaves at once"),
    () => screen.clear(),
  );
  let stopShowing = (): void => {};
  let running: RunningService | null = null;
  try {
    running = runService(definition, {
      source: input.source,
      sink: outlet,
      clock,
      log,
      signal: signals.signal,
    });
    if (readsKeyboard(command)) log("notice", "reading events from the keyboard; Ctrl-D ends them");
    if (!command.quiet && (screen.live || !command.json)) stopShowing = showProgressOf(run, running);
    const { reason } = await endOf(running, run, signals.signal);
    stopShowing();
    report(run, running, reason, startedAt);
    return judge(run, running.metrics(), reason);
  } catch (error) {
    stopShowing();
    return breakOff(run, running, error, startedAt);
  } finally {
    signals.release();
  }
}

function showProgressOf({ clock, screen, input }: Run, running: RunningService): () => void {
  const everyMs = screen.live ? LIVE_EVERY_MS : PLAIN_EVERY_MS;
  return showProgress({ clock, screen, metrics: () => running.metrics(), share: input.stats, everyMs });
}

/** A run of which nothing was usable is no success: whoever reads only the exit code has to know. */
function judge({ input, outlet, command }: Run, { topics }: Metrics, reason: "ended" | "stopped"): number {
  const broken = nothingUsable(topics, outlet.passed().deadLetters, input.placeOf);
  if (broken === null) return EXIT.fine;
  process.stderr.write(describeFailure(broken, command));
  return reason === "ended" ? EXIT.failed : EXIT.fine;
}

/** Says what became of a run that cannot go on. What is wrong before anything was read is a refusal, afterwards a failure. */
function breakOff(run: Run, running: RunningService | null, error: unknown, startedAt: number): number {
  const { screen, command } = run;
  const hasBegun = running?.metrics().topics.some(({ records }) => records > 0) ?? false;
  const closed = isOutputClosed(error);
  if (running && (hasBegun || closed)) report(run, running, closed ? "outputClosed" : "failed", startedAt);
  if (closed) return EXIT.fine;
  screen.clear();
  process.stderr.write(describeFailure(error, command));
  return exitCodeOf(error, hasBegun);
}

/** Waits for the service, which ends when its input does. A feed that fails stops it. */
async function endOf(
  running: RunningService,
  { module, input }: Run,
  signal: AbortSignal,
): ReturnType<RunningService["stop"]> {
  const over = new AbortController();
  let failure: TransportError | null = null;
  input.feed(AbortSignal.any([signal, over.signal])).catch((error: unknown) => {
    if (over.signal.aborted) return; // what a feed says after the end changes nothing
    failure = feedFailed(module, error);
    running.stop().catch(() => {}); // `done` tells it
  });
  try {
    const summary = await running.done;
    if (failure) throw failure;
    return summary;
  } finally {
    over.abort();
  }
}

function inputOf(module: LoadedModule, definition: ServiceDefinition, { inputs }: RunCommand, clock: Clock): RunInput {
  if (inputs.length > 0) return fileInput(definition, inputs);
  const feed = feedOf(module);
  if (feed) return demoInput(definition, feed, clock);
  const message = `${shortPath(module.path)} has no demo events to run on. Give it events with --input <path>, or export a function feed(log, { signal }) that appends some.`;
  throw new ConfigError("NO_INPUT", message);
}

function report(
  { input, outlet, command, screen, clock }: Run,
  running: RunningService,
  ending: Ending,
  startedAt: number,
): void {
  screen.clear();
  if (command.quiet) return;
  const metrics = running.metrics();
  const summary = {
    ending,
    // The service failed to write, but a reader that has seen enough is no failure of the run.
    metrics: ending === "outputClosed" ? { ...metrics, state: "stopped" as const } : metrics,
    elapsedMs: clock.now() - startedAt,
    blankLines: input.stats()?.blankLines ?? 0,
    ...outlet.passed(),
    lateFile: command.late,
    deadLetterFile: command.deadLetters,
    placeOf: input.placeOf,
  };
  const text = command.json ? toJson(summaryJson(summary)) : summaryText(summary);
  process.stderr.write(`${text}\n`);
}

function readsKeyboard({ inputs }: RunCommand): boolean {
  return process.stdin.isTTY && inputs.some((input) => input === "-" || input.endsWith("=-"));
}

function feedFailed({ path, files }: LoadedModule, error: unknown): TransportError {
  const place = placeInStack(error, files);
  const where = place ? showPlace(place) : shortPath(path);
  const said = error instanceof Error ? error.message : String(error);
  const message = `${where}: the function feed threw: ${said}. Mend it and run again.`;
  return new TransportError("FEED_FAILED", message, { cause: error, retriable: false });
}

function isOutputClosed(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === "OUTPUT_CLOSED") || isOutputClosed(error.cause);
}
