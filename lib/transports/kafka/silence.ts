// Whether brokers answer. While they do not, that a partition brings nothing says nothing about it.

import type { Clock } from "../../time/clock.ts";
import { every } from "./every.ts";

export interface Silence {
  /** A broker has answered a fetch. */
  heard(): void;
  /** There is a membership anew. */
  joined(): void;
  /** There is no membership, so nothing can be heard. */
  lost(): void;
  isSilent(): boolean;
  stop(): void;
}

export type SilenceOptions = {
  readonly clock: Clock;
  readonly onSilent: () => void;
  /** Not after a join, which is news enough. */
  readonly onHeardAgain: () => void;
};

/** Brokers that have not answered for so long are as good as away. Fetches are answered after a quarter of a second at most. */
const SILENT_MS = 1_500;
const LOOK_EVERY_MS = 500;

/** Listens until it is stopped. */
export function listenForSilence({ clock, onSilent, onHeardAgain }: SilenceOptions): Silence {
  let heardAt = clock.now();
  let isSilent = false;
  const fallSilent = (): void => {
    if (isSilent) return;
    isSilent = true;
    onSilent();
  };
  const stop = every(clock, LOOK_EVERY_MS, () => {
    if (clock.now() - heardAt > SILENT_MS) fallSilent();
  });
  return {
    heard() {
      heardAt = clock.now();
      if (!isSilent) return;
      isSilent = false;
      onHeardAgain();
    },
    joined() {
      heardAt = clock.now();
      isSilent = false;
    },
    lost: fallSilent,
    isSilent: () => isSilent,
    stop,
  };
}
