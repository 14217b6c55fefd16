// Several processes of one consumer group on this machine: starts them, starts those again that die, stops them together.
//
//     start ──▶ running ──dies──▶ waits (1 s, 2 s, 4 s, … with jitter) ──▶ start
//                  │                 │
//                  │                 └─ died MAX_FRUITLESS times, each time soon after its start: all stop
//                  ├─ refused its options or the service (exit code 2): all stop, since trying again would not help
//                  └─ told to stop: over

import type { ChildProcess } from "node:child_process";
import { hashText } from "../core/hash.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";
import { addUp, withoutOpen } from "./add-up.ts";
import { EXIT } from "./failure.ts";
import { elapsed } from "./figures.ts";
import type { Picture, ToChild, ToParent } from "./parent.ts";

export type SupervisionOptions = {
  /** How many processes. */
  readonly count: number;
  /** Starts process `number`, counted from 1, with a channel to it. */
  readonly start: (number: number) => ChildProcess;
  /** How long a stop may take before those that are left are killed. */
  readonly stopWithinMs: number;
  /** Aborting it stops all. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Tells what the person or script that watches should know. */
  readonly say: (message: string) => void;
  /** Time before the first new start of a process that died; it doubles with each. */
  readonly firstRetryMs?: number;
  /** A process that lived as long as this has worked: its deaths are counted anew. */
  readonly soundAfterMs?: number;
};

/** How it ended. */
export type Outcome = {
  readonly code: number;
  /** Why all were stopped, if nobody asked for it. */
  readonly why: string | null;
  /** All processes together, those that died included; `null` if none ever said how it is doing. */
  readonly picture: Picture | null;
  /** How often a process was started again. */
  readonly restarts: number;
};

export interface Supervision {
  /** Resolves when no process is left. */
  readonly done: Promise<Outcome>;
  /** All processes together, as they last said; `null` if none has. */
  picture(): Picture | null;
  /** Kills all, at once. */
  kill(): void;
}

type Slot = {
  readonly number: number;
  child: ChildProcess | null;
  startedAt: Instant;
  /** As the process that runs now last said. */
  picture: Picture | null;
  /** Deaths in a row, each soon after the start. */
  fruitless: number;
  cancelRestart: () => void;
};

/** Fruitless deaths of one process, after which all stop. */
export const MAX_FRUITLESS = 5;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
const SOUND_AFTER_MS = 60_000;
/** What a process gets beyond its own deadline before it is killed. */
const GRACE_MS = 5_000;
/** How long the last words of a process that is gone are waited for. */
const LAST_WORDS_MS = 500;

/** Starts the processes and keeps them going until `signal` is aborted, or it is no use. */
export function superviseProcesses(options: SupervisionOptions): Supervision {
  const { count, clock, signal, say } = options;
  const slots = Array.from({ length: count }, (_, index): Slot => newSlot(index + 1));
  const gone: Picture[] = [];
  let [restarts, hasBegun, isStopping] = [0, false, false];
  let [code, why]: [number, string | null] = [EXIT.fine, null];
  let cancelKill = (): void => {};
  let resolve: (outcome: Outcome) => void = () => {};
  const done = new Promise<Outcome>((fulfil) => {
    resolve = fulfil;
  });
  const picture = (): Picture | null => addUp([...slots.flatMap((slot) => slot.picture ?? []), ...gone]);

  const begin = (slot: Slot): void => {
    slot.startedAt = clock.now();
    const child = options.start(slot.number);
    slot.child = child;
    child.on("message", (message: ToParent) => {
      if (message?.kind !== "picture") return;
      slot.picture = message.picture;
      hasBegun ||= message.picture.metrics.state !== "starting";
    });
    whenGone(child, clock, (exitCode, how) => over(slot, exitCode, how));
  };
  const over = (slot: Slot, exitCode: number | null, how: string): void => {
    slot.child = null;
    if (isStopping) {
      if (exitCode !== EXIT.fine) code ||= exitCode ?? EXIT.failed;
      endIfOver();
      return;
    }
    if (slot.picture !== null) gone.push(withoutOpen(slot.picture));
    slot.picture = null;
    if (exitCode === EXIT.refused) {
      stop(hasBegun ? EXIT.failed : EXIT.refused, `process ${slot.number} ended with ${how}: the service cannot run`);
      return;
    }
    slot.fruitless = clock.now() - slot.startedAt >= (options.soundAfterMs ?? SOUND_AFTER_MS) ? 1 : slot.fruitless + 1;
    if (slot.fruitless >= MAX_FRUITLESS) {
      const often = `${MAX_FRUITLESS} times in a row, soon after each start`;
      stop(EXIT.gaveUp, `process ${slot.number} ended ${often}, the last time with ${how}: it is not started again`);
      return;
    }
    const delayMs = retryDelayMs(slot, options.firstRetryMs ?? FIRST_RETRY_MS);
    say(`process ${slot.number} ended with ${how}; it is started again in ${elapsed(delayMs)}`);
    slot.cancelRestart = clock.after(delayMs, () => {
      restarts += 1;
      begin(slot);
    });
  };
  const stop = (exitCode: number, reason: string | null): void => {
    if (isStopping) return;
    isStopping = true;
    [code, why] = [exitCode, reason];
    for (const { child, cancelRestart } of slots) {
      cancelRestart();
      if (child?.connected) child.send({ kind: "stop" } satisfies ToChild, () => {});
      else child?.kill("SIGTERM");
    }
    cancelKill = clock.after(options.stopWithinMs + GRACE_MS, () => {
      const left = slots.filter(({ child }) => child !== null);
      say(`the time for stopping is over; killed: ${left.map(({ number }) => `process ${number}`).join(", ")}`);
      kill();
    });
    endIfOver();
  };
  const endIfOver = (): void => {
    if (slots.some(({ child }) => child !== null)) return;
    cancelKill();
    signal.removeEventListener("abort", asked);
    resolve({ code, why, picture: picture(), restarts });
  };
  const asked = (): void => stop(EXIT.fine, null);
  const kill = (): void => {
    stop(EXIT.killed, null);
    for (const { child } of slots) child?.kill("SIGKILL");
  };

  if (!signal.aborted) for (const slot of slots) begin(slot);
  signal.addEventListener("abort", asked, { once: true });
  if (signal.aborted) asked();
  return { done, picture, kill };
}

function newSlot(number: number): Slot {
  return { number, child: null, startedAt: 0, picture: null, fruitless: 0, cancelRestart: () => {} };
}

/** Calls `act` once when a process is gone and its last words are read, or could not be started. */
function whenGone(child: ChildProcess, clock: Clock, act: (code: number | null, how: string) => void): void {
  let isOver = false;
  const once = (code: number | null, how: string): void => {
    if (!isOver) act(code, how);
    isOver = true;
  };
  child.once("error", (error) => once(null, `the error that it could not be started: ${error.message}`));
  child.once("exit", (code, signal) => {
    const how = signal ?? `exit code ${code}`;
    const cancel = clock.after(LAST_WORDS_MS, () => once(code, how));
    child.once("close", () => {
      cancel();
      once(code, how);
    });
  });
}

/** Doubles with each fruitless death; up to half of it is taken off, so that processes that died together do not come back together. */
function retryDelayMs({ number, fruitless }: Slot, firstMs: number): number {
  const wholeMs = Math.min(MAX_RETRY_MS, firstMs * 2 ** (fruitless - 1));
  const share = Number.parseInt(hashText("process", String(number), String(fruitless)).slice(0, 8), 16) / 2 ** 32;
  return Math.round(wholeMs * (1 - share / 2));
}
