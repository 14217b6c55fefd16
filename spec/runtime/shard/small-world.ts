// Virtual time for the specs of shards: what is going to happen stands in a queue, in an order that a seed decides. A process
// in it can be killed, which is no exception: its promises never settle and its timers never ring.

import type { Clock } from "../../../lib/time/clock.ts";

export type SmallWorld = {
  readonly clock: Clock;
  /** What time it is for who was so slow that so much of it went by. */
  look(ms: number): number;
  /** From 0 to below `end`. */
  random(end: number): number;
  /** Lets things happen until `isDone`, at most for so long. Throws if time is over or nothing is left. */
  until(isDone: () => boolean, withinMs?: number): Promise<void>;
};

type Due = { readonly at: number; readonly turn: number; act: (() => void) | null };

export function smallWorld(seed: number): SmallWorld {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  let now = 1_000_000;
  let queue: Due[] = [];
  const random = (end: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % end;
  };
  const clock: Clock = {
    now: () => now,
    after(delayMs, act) {
      const due: Due = { at: now + Math.max(0, Math.ceil(delayMs)), turn: random(1_000_000), act };
      queue.push(due);
      return () => {
        due.act = null;
      };
    },
    breathe: () => new Promise((resolve) => clock.after(0, resolve)),
  };
  return {
    clock,
    random,
    look(ms) {
      now += ms;
      return now;
    },
    async until(isDone, withinMs = 600_000) {
      const end = now + withinMs;
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (isDone()) return;
        queue = queue.filter(({ act }) => act !== null);
        const due = queue.reduce<Due | null>(
          (first, each) => (first === null || comesBefore(each, first) ? each : first),
          null,
        );
        if (due === null || due.at > end)
          throw new Error(due === null ? "nothing is left that could happen" : "time is over");
        now = Math.max(now, due.at);
        const { act } = due;
        due.act = null;
        act?.();
      }
    },
  };
}

function comesBefore(one: Due, other: Due): boolean {
  return one.at === other.at ? one.turn < other.turn : one.at < other.at;
}

/** A process that may be stopped for a while, or for ever. */
export class Process {
  /** How often it let others have their turn. */
  breaths = 0;
  #state: "running" | "paused" | "dead" = "running";
  #kept: (() => void)[] = [];

  get isDead(): boolean {
    return this.#state === "dead";
  }

  get isRunning(): boolean {
    return this.#state === "running";
  }

  /** Does `act` in the process: now, when it goes on, or never. */
  enter(act: () => void): void {
    if (this.#state === "running") act();
    else if (this.#state === "paused") this.#kept.push(act);
  }

  kill(): void {
    this.#state = "dead";
    this.#kept = [];
  }

  pause(): void {
    if (this.#state === "running") this.#state = "paused";
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    for (const act of this.#kept.splice(0)) act();
  }

  /** The clock as the process sees it. `slowMs`: how much time goes by whenever it looks at it. */
  clock({ clock: of, look }: SmallWorld, slowMs: number): Clock {
    const after: Clock["after"] = (delayMs, act) => of.after(delayMs, () => this.enter(act));
    const breathe = (): Promise<void> => {
      this.breaths += 1;
      return new Promise((resolve) => after(0, resolve));
    };
    return { now: () => look(slowMs), after, breathe };
  }
}
