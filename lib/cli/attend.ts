// One process that runs a service: starts it, shows how it is doing, and says at the end what became of everything.

import { TransportError } from "../core/errors.ts";
import type { ServiceDefinition } from "../service/definition.ts";
import type { OpenHttp } from "../service/http.ts";
import { runService, type Transport } from "../service/run.ts";
import type { RunningService } from "../service/running.ts";
import type { Clock } from "../time/clock.ts";
import { describeFailure, EXIT, exitCodeOf } from "./failure.ts";
import { sentence } from "./figures.ts";
import type { LoadedModule } from "./load.ts";
import type { Notes } from "./notes.ts";
import type { Parent, Picture } from "./parent.ts";
import type { Aside } from "./passed.ts";
import { placeInStack, shortPath, showPlace } from "./place.ts";
import { showProgress } from "./progress.ts";
import type { RunCommand } from "./run.ts";
import type { RunInput } from "./run-input.ts";
import type { Screen } from "./screen.ts";
import { listenForSignals, STOPPING } from "./signals.ts";
import type { Ending } from "./summary.ts";
import { tellEnd } from "./tell-end.ts";

/** Where a run reads and writes. */
export type Ends = {
  readonly transport: Transport;
  readonly input: RunInput;
  /** What was sent beside the alerts. */
  readonly passed: () => Aside;
  /** Where late events go, for people; `null`: they are not kept. */
  readonly lateTo: string | null;
  readonly deadLettersTo: string | null;
  /** Time between two lines that say how it is doing, where there is no terminal. */
  readonly plainEveryMs: number;
};

export type Run = Ends & {
  readonly module: LoadedModule;
  readonly definition: ServiceDefinition;
  /** The process that started this one; `null`: a person or a script did. */
  readonly parent: Parent | null;
  readonly screen: Screen;
  readonly log: Notes;
  readonly command: RunCommand;
  readonly clock: Clock;
  /** Where metrics and health are served; `null`: nowhere. */
  readonly pages: OpenHttp | null;
};

/** How often the progress line is written on a terminal. */
export const LIVE_EVERY_MS = 200;
/** How often the process that started this one is told how it is doing. */
const REPORT_EVERY_MS = 1_000;

/** Runs the service until its input ends or it is told to stop. Resolves with the exit code. */
export async function attend(run: Run): Promise<number> {
  const { definition, transport, screen, command, clock, log, parent } = run;
  const startedAt = clock.now();
  const signals = listenForSignals(
    () => log("notice", STOPPING),
    () => screen.clear(),
  );
  const signal = parent === null ? signals.signal : AbortSignal.any([signals.signal, parent.signal]);
  let stopTelling = (): void => {};
  let running: RunningService | null = null;
  try {
    running = runService(definition, { ...transport, clock, log, signal });
    run.pages?.watch(running);
    if (readsKeyboard(command)) log("notice", "reading events from the keyboard; Ctrl-D ends them");
    stopTelling = tellHowItGoes(run, running);
    const { reason } = await endOf(running, run, signal);
    stopTelling();
    return await tell(run, running, reason, startedAt);
  } catch (error) {
    stopTelling();
    return await breakOff(run, running, error, startedAt);
  } finally {
    signals.release();
  }
}

/** Shows progress, or reports it to the parent, until the returned function is called. */
function tellHowItGoes(run: Run, running: RunningService): () => void {
  const { clock, screen, input, parent, command, plainEveryMs } = run;
  if (parent !== null) {
    let cancel = (): void => {};
    const report = (): void => {
      void parent.report(pictureOf(run, running));
      cancel = clock.after(REPORT_EVERY_MS, report);
    };
    report();
    return () => cancel();
  }
  if (command.quiet || (command.json && !screen.live)) return () => {};
  const everyMs = screen.live ? LIVE_EVERY_MS : plainEveryMs;
  return showProgress({ clock, screen, metrics: () => running.metrics(), share: input.stats, everyMs });
}

function pictureOf({ passed }: Run, running: RunningService): Picture {
  return { metrics: running.metrics(), ...passed() };
}

/** Says what became of everything: to the parent, or to whoever reads. Resolves with the exit code. */
async function tell(run: Run, running: RunningService, ending: Ending, startedAt: number): Promise<number> {
  const { parent, screen, command, clock, input } = run;
  const picture = pictureOf(run, running);
  if (parent !== null) {
    await parent.report(picture);
    return EXIT.fine;
  }
  screen.clear();
  return tellEnd(command, {
    ending,
    ...picture,
    elapsedMs: clock.now() - startedAt,
    blankLines: input.stats()?.blankLines ?? 0,
    restarts: 0,
    lateFile: run.lateTo,
    deadLetterFile: run.deadLettersTo,
    placeOf: input.placeOf,
  });
}

/** Says what became of a run that cannot go on. What is wrong before anything was read is a refusal, afterwards a failure. */
async function breakOff(run: Run, running: RunningService | null, error: unknown, startedAt: number): Promise<number> {
  const { screen, command, input } = run;
  const hasBegun = running !== null && input.hasBegun(running.metrics());
  const closed = isOutputClosed(error);
  if (running && (hasBegun || closed)) await tell(run, running, closed ? "outputClosed" : "failed", startedAt);
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

function readsKeyboard({ inputs }: RunCommand): boolean {
  return process.stdin.isTTY && inputs.some((input) => input === "-" || input.endsWith("=-"));
}

function feedFailed({ path, files }: LoadedModule, error: unknown): TransportError {
  const place = placeInStack(error, files);
  const where = place ? showPlace(place) : shortPath(path);
  const said = error instanceof Error ? error.message : String(error);
  const message = `${where}: the function feed threw: ${sentence(said)} Mend it and run again.`;
  return new TransportError("FEED_FAILED", message, { cause: error, retriable: false });
}

function isOutputClosed(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === "OUTPUT_CLOSED") || isOutputClosed(error.cause);
}
