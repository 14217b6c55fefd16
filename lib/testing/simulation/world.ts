// A world in virtual time: what is going to happen stands in a queue, and nothing else ever happens.
//
//     queue   │ 12 ms answer to a │ 15 ms heartbeat of b │ 15 ms marker │ …
//                └─▶ taken out, time moves there, everything that follows at once is done, then the next
//
// Things of the same instant happen in an order that the seed decides. Two runs of one seed are the same to the last step: the
// trace says so.

import { type Clock, systemClock } from "../../time/clock.ts";
import { popHeap, pushHeap } from "../../time/heap.ts";
import type { Instant } from "../../time/instant.ts";
import { createRandom, mix, type Random } from "./random.ts";

export type World = {
  /** Ticks for what no crash ends: brokers, the network, those who look on. */
  readonly clock: Clock;
  /** A stream of chance of its own. */
  random(name: string): Random;
  /** Notes what happened, for `traceHash`. Cost: one pass over the text. */
  trace(line: string): void;
  /** Identifies everything traced so far and when it happened. */
  traceHash(): string;
  /** How many things have happened. */
  steps(): number;
  /** Lets things happen until what `main` does is done, and gives its result. @throws {Error} what `main` throws, or as `until`. */
  run<T>(main: () => Promise<T>, limits?: Limits): Promise<T>;
  /**
   * Lets things happen until `isDone`, which is asked after each of them. @throws {Error} `STUCK`: nothing is left that could
   * happen, or more than `maxSteps` things have happened, or virtual time is over.
   */
  until(isDone: () => boolean, limits?: Limits): Promise<void>;
};

type Limits = { readonly maxSteps?: number; readonly maxMs?: number };

type Due = { readonly at: Instant; readonly turn: number; readonly order: number; act: (() => void) | null };

/** Where virtual time begins: 2026-01-01T00:00:00Z. */
export const WORLD_BEGINS: Instant = 1_767_225_600_000;

/** A world of its own. Everything in it follows from `seed`. */
export function createWorld(seed: number): World {
  const queue: Due[] = [];
  const turns = createRandom(seed, "turns");
  let now = WORLD_BEGINS;
  let order = 0;
  let steps = 0;
  let low = seed | 0;
  let high = ~seed;

  const trace = (line: string): void => {
    low = mix(low ^ (now - WORLD_BEGINS), line);
    high = mix(high + low, line);
  };
  const after: Clock["after"] = (delayMs, act) => {
    // Whole milliseconds: else rounding would decide what comes first.
    const at = now + Math.max(0, Math.ceil(delayMs));
    const due: Due = { at, turn: turns.fraction(), order: order++, act };
    pushHeap(queue, due, comesBefore);
    return () => {
      due.act = null;
    };
  };
  const clock: Clock = {
    now: () => now,
    after,
    breathe: () =>
      new Promise((resolve) => {
        after(0, resolve);
      }),
  };
  /** Takes out the next thing that was not called off. */
  const next = (): Due | undefined => {
    for (;;) {
      const due = popHeap(queue, comesBefore);
      if (due === undefined || due.act !== null) return due;
    }
  };

  const happen: World["until"] = async (isDone, { maxSteps = 5_000_000, maxMs = 1e12 } = {}) => {
    const endsAt = now + maxMs;
    for (let left = maxSteps; ; left -= 1) {
      await settle();
      if (steps % YIELD_EVERY === 0) await systemClock.breathe();
      if (isDone()) return;
      if (left === 0 || now > endsAt) throw stuck(`it has not ended after ${steps} steps`, now);
      const due = next();
      if (due === undefined) throw stuck("nothing is left that could happen", now);
      now = due.at;
      steps += 1;
      due.act?.();
    }
  };

  return {
    clock,
    random: (name) => createRandom(seed, name),
    trace,
    traceHash: () => [low, high].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join(""),
    steps: () => steps,
    run: async (main, limits) => {
      let isDone = false;
      const done = main().finally(() => {
        isDone = true;
      });
      done.catch(() => undefined);
      await happen(() => isDone, limits);
      return done;
    },
    until: happen,
  };
}

/** How often the rest of the process gets its turn: signals, output. */
const YIELD_EVERY = 1_024;

/** Resolves when everything that follows from what has happened is done: Node takes up the next tick when no promise is left to be taken up. */
function settle(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function comesBefore(a: Due, b: Due): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.turn !== b.turn ? a.turn < b.turn : a.order < b.order;
}

function stuck(why: string, now: Instant): Error {
  return new Error(`STUCK: ${why}, at ${now - WORLD_BEGINS} ms of virtual time.`);
}
