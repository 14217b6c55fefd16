// What has happened how often. A simulation that never came to the hard places has shown nothing.

export class Situations {
  readonly #counts = new Map<string, number>();

  saw(what: string, times = 1): void {
    this.#counts.set(what, this.count(what) + times);
  }

  count(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** One line each, sorted. */
  table(): readonly string[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => `${times} × ${what}`);
  }
}

/** These have to come up, or the seeds are too few. */
export const MUST_COME_UP: readonly string[] = [
  "a checkpoint was not committed and is sent again",
  "a process joined",
  "a process left",
  "a shard was somebody else's meanwhile",
  "a shard was taken over from its beginning",
  "a shard was taken over where somebody left it",
  "endTransaction done long after it was given up",
  "foreign transaction abandoned",
  "foreign transaction aborted",
  "foreign transaction committed",
  "killed at addPartitions",
  "killed at endTransaction",
  "killed at fetch",
  "killed at initProducer",
  "killed at join",
  "killed at listOffsets",
  "killed at produce",
  "killed at sync",
  "killed with a transaction open",
  "lost: the answer of endTransaction",
  "lost: the answer of initProducer",
  "lost: the answer of produce",
  "lost: the request of endTransaction",
  "lost: the request of heartbeat",
  "stopped for a while",
];

/** The same where alerts are sent ahead of their checkpoint. */
export const MUST_COME_UP_AT_LEAST_ONCE: readonly string[] = [
  ...MUST_COME_UP.filter((what) => what !== "foreign transaction abandoned"),
  "sent again",
];
