// One process of a service in a world: what it is told of time and of the broker goes through a gate.
//
//     running ──pause──▶ paused: nothing reaches it, what waits is kept ──resume──▶ all of it at once, in order
//        └──────kill──▶ dead: nothing ever reaches it again, and nobody hears of it
//
// A kill is no exception: no `catch` and no `finally` runs. Promises of the dead never settle, and what they still do in the same
// breath leads nowhere, since requests of theirs are not sent.

import type { Clock } from "../../time/clock.ts";

export type Gate = {
  isOpen(): boolean;
  isDead(): boolean;
  /** Does `act` inside the process: now, on resuming, or never. */
  enter(act: () => void): void;
  kill(): void;
  pause(): void;
  resume(): void;
};

export function createGate(): Gate {
  let state: "running" | "paused" | "dead" = "running";
  let kept: (() => void)[] = [];
  return {
    isOpen: () => state === "running",
    isDead: () => state === "dead",
    enter: (act) => {
      if (state === "running") act();
      else if (state === "paused") kept.push(act);
    },
    kill: () => {
      state = "dead";
      kept = [];
    },
    pause: () => {
      if (state === "running") state = "paused";
    },
    resume: () => {
      if (state !== "paused") return;
      state = "running";
      for (const act of kept.splice(0)) act();
    },
  };
}

/** The clock of the process behind a gate: it goes on while nobody looks. */
export function gatedClock(clock: Clock, gate: Gate): Clock {
  const after: Clock["after"] = (delayMs, act) => {
    let isOff = false;
    const callOff = clock.after(delayMs, () =>
      gate.enter(() => {
        if (!isOff) act();
      }),
    );
    return () => {
      isOff = true;
      callOff();
    };
  };
  return {
    now: () => clock.now(),
    after,
    breathe: () =>
      new Promise((resolve) => {
        after(0, resolve);
      }),
  };
}
