// Several processes that play the worlds of many seeds. What is found does not depend on how many they are.
//
//     seeds 1..1000 ─▶ 1..25 ─▶ worker ─▶ counts, failures ─┐
//                      26..50 ─▶ worker ─▶ …               ─┴▶ one result
//
// Nobody counts which code they run: counting makes them half as fast, and specs that play a few worlds themselves run it all.
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Change } from "./worlds.ts";

/** What a worker is asked: the seeds from `from` to `to`, both included. */
export type Task = {
  readonly change: Change | null;
  readonly from: number;
  readonly to: number;
  /** Whether to end at the first world that fails. */
  readonly isOneEnough: boolean;
};

/** What became of a task. */
export type Played = {
  readonly count: number;
  readonly failed: readonly { readonly seed: number; readonly kind: string; readonly message: string }[];
  readonly situations: readonly (readonly [string, number])[];
};

/** The kind of a failure in which nothing was tried, as where there is no such text to change. */
export const CANNOT_BE_PLAYED = "cannot be played";

export type Crowd = {
  /** How many tasks are worked on at the same time. */
  readonly size: number;
  /** Resolves when a worker was free and has done it. @throws {Error} if the worker ends instead */
  play(task: Task): Promise<Played>;
  /** Ends the workers; what is on its way is never answered. */
  close(): void;
};

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
/** Worlds leave a lot behind, at once: room for it is time. */
const NODE_ARGS = ["--max-semi-space-size=64", "--conditions=sequitur-source", "--import", import.meta.resolve("tsx")];

export function gather(size = availableParallelism()): Crowd {
  const { NODE_V8_COVERAGE: _, ...env } = process.env;
  // Detached: a key that ends this process is not for them. They end when it does.
  const workers = Array.from({ length: size }, () => fork(WORKER, { execArgv: NODE_ARGS, env, detached: true }));
  const free: ChildProcess[] = [...workers];
  const waiting: ((worker: ChildProcess) => void)[] = [];
  return {
    size,
    play: async (task) => {
      const worker = free.pop() ?? (await new Promise<ChildProcess>((resolve) => waiting.push(resolve)));
      const played = await ask(worker, task);
      const next = waiting.shift();
      if (next === undefined) free.push(worker);
      else next(worker);
      return played;
    },
    close: () => {
      for (const worker of workers) {
        worker.removeAllListeners();
        worker.kill("SIGKILL");
      }
    },
  };
}

function ask(worker: ChildProcess, task: Task): Promise<Played> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`a worker ended with ${code} at seeds ${task.from}..${task.to}`));
    worker.once("exit", ended);
    worker.once("message", (played: Played) => {
      worker.off("exit", ended);
      resolve(played);
    });
    worker.send(task);
  });
}

/** So many seeds are one task: a second or less. */
const TOGETHER = 25;

export type Wish = {
  readonly from: number;
  readonly to: number;
  /** Nothing new is begun once a world has failed. */
  readonly isOneEnough: boolean;
  /** Asked between tasks. */
  readonly isOver: () => boolean;
  readonly onPlayed: (played: Played) => void;
};

/** Plays all seeds, on all workers. */
export async function playAll(crowd: Crowd, { from, to, isOneEnough, isOver, onPlayed }: Wish): Promise<void> {
  let next = from;
  let hasFailed = false;
  const work = async (): Promise<void> => {
    while (next <= to && !isOver() && !(isOneEnough && hasFailed)) {
      const task = { change: null, from: next, to: Math.min(to, next + TOGETHER - 1), isOneEnough };
      next = task.to + 1;
      const played = await crowd.play(task);
      hasFailed ||= played.failed.length > 0;
      onPlayed(played);
    }
  };
  await Promise.all(Array.from({ length: crowd.size }, work));
}
