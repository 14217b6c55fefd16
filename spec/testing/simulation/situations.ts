// What has happened how often. A simulation that never came to the hard places has shown nothing.

export class Situations {
  readonly #counts = new Map<string, number>();

  saw(what: string, times = 1): void {
    this.#counts.set(what, this.count(what) + times);
  }

  count(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Counts what was counted elsewhere. */
  add(counts: readonly (readonly [string, number])[]): void {
    for (const [what, times] of counts) this.saw(what, times);
  }

  counts(): readonly (readonly [string, number])[] {
    return [...this.#counts];
  }

  /** One line each, sorted. */
  table(): readonly string[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => `${times} × ${what}`);
  }
}

/** These have to come up in ten thousand worlds, or the worlds are too tame. */
export const MUST_COME_UP: readonly string[] = [
  "a checkpoint was not committed and is sent again",
  "a commit came twice",
  "a heartbeat of a generation that is over",
  "a process joined",
  "a process left",
  "a process refused to go on without input that is gone",
  "a process went on behind input that is gone",
  "a release that changed a pattern",
  "a release that lost a pattern",
  "a release with a new pattern",
  "a shard was taken over from its beginning",
  "a shard was taken over where somebody left it",
  "a share was out of date before it was known",
  "a sleeper found itself out of the group",
  "a transaction waited for the markers of the one before",
  "a write behind the end of its transaction rejected",
  "alerts were sent again",
  "all slept at once",
  "all were killed at once",
  "all were stopped at once",
  "barrier trimmed under a sleeper",
  "came twice: produce",
  "commit happened long after it was given up",
  "commit happened though the answer was lost",
  "commit was refused long after it was given up",
  "everything was started again, and had nothing to say",
  "finding out what became of a checkpoint was tried again",
  "foreign transaction abandoned",
  "foreign transaction aborted",
  "foreign transaction committed",
  "held up: initProducer",
  "input was deleted before it was dealt with",
  "killed at addPartitions",
  "killed at deleteRecords",
  "killed at endTransaction",
  "killed at initProducer",
  "killed at join",
  "killed at produce",
  "killed with a transaction open",
  "lost: the answer of initProducer",
  "lost: the answer of produce",
  "lost: the request of endTransaction",
  "lost: the request of heartbeat",
  "old state was deleted",
  "positions shown by an older generation",
  "positions shown by somebody who is no member",
  "refused: DUPLICATE_APP",
  "refused: PARTITIONS_CHANGED",
  "refused: SHARD_COUNT",
  "refused: SUPERSEDED",
  "reported: functionFailed",
  "reported: limitReached",
  "runs of an earlier pattern were dropped",
  "runs of an earlier pattern were over",
  "runs went on under an earlier pattern",
  "slept for longer than its session",
  "somebody forgotten joined again",
  "something in topic dead",
  "something in topic late",
  "something in topic timed-out",
  "taking over a shard was tried again",
  "taking over waited until an open transaction was aborted",
  "the group shared out anew",
  "two processes made the same topic",
  "what a shard held was dropped: it was not as the process had left it",
  "zombie commit rejected",
  "zombie kept from beginning a transaction",
  "zombie write rejected",
];

/** The same where alerts are sent ahead of their checkpoint. */
export const MUST_COME_UP_AT_LEAST_ONCE: readonly string[] = [
  ...MUST_COME_UP.filter((what) => what !== "foreign transaction abandoned"),
  "sent again",
];
