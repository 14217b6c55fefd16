// Whether a release of a service may go on from what the last one left, as far as the last checkpoint of a shard tells.
//
//     a later release has written                             SUPERSEDED
//     the same release, with other patterns                   DUPLICATE_APP
//     runs are to be finished under a pattern with functions  CANNOT_DRAIN
//
// Inputs may change; but time goes on where it stood, so what a new one brings of before is late.

import type { Checkpoint, SavedPattern } from "../../state/checkpoint.ts";
import { hasSamePatterns } from "../../state/replay.ts";
import { cannotDrain, duplicateApp, superseded } from "../../state/state-error.ts";
import { MAX_INSTANT_MS, restoreInstant } from "../../time/instant.ts";
import { isSamePattern, type OldForms, type ServiceIdentity } from "./context.ts";

/** The part of the identity that decides it. */
export type Successor = Pick<ServiceIdentity, "app" | "release" | "patterns">;

/** `where`: of the checkpoint, for messages. @throws {CheckpointError} `SUPERSEDED`, `DUPLICATE_APP` */
export function checkRelease({ app, patterns, release }: Successor, checkpoint: Checkpoint, where: string): void {
  if (checkpoint.release > release) throw superseded(where, checkpoint.release, release);
  const itsOwn = checkpoint.patterns.filter(({ drains }) => drains === undefined);
  if (checkpoint.release === release && !hasSamePatterns({ patterns: itsOwn }, { patterns }))
    throw duplicateApp(where, app, release);
}

/** Inputs that the state does not know, those that are not read any more, and how far time was; `null`: they are the same. */
export type ChangedInputs = {
  readonly added: readonly string[];
  readonly gone: readonly string[];
  /** ISO 8601; `null`: there was no time yet. */
  readonly watermark: string | null;
};

export function changedInputs({ lanes }: Checkpoint, topics: readonly string[]): ChangedInputs | null {
  const saved = new Set(lanes.flatMap(({ inputs }) => inputs.map(({ topic }) => topic)));
  const added = topics.filter((topic) => !saved.has(topic));
  const gone = [...saved].filter((topic) => !topics.includes(topic));
  if (added.length + gone.length === 0) return null;
  const newest = Math.max(...lanes.map(({ released }) => restoreInstant(released)));
  return { added, gone, watermark: Math.abs(newest) <= MAX_INSTANT_MS ? new Date(newest).toISOString() : null };
}

/** A pattern that is saved, and none of the successor. */
export type Changed = {
  readonly saved: SavedPattern;
  /** Its place in the checkpoint. */
  readonly slot: number;
  readonly fate: "drains" | "over" | "dropped";
};

/** Those of a checkpoint, in its order, and what becomes of their runs. @throws {CheckpointError} `CANNOT_DRAIN` */
export function changedSince(
  { lanes, patterns: all }: Checkpoint,
  { patterns }: Pick<Successor, "patterns">,
  choice: OldForms["choice"],
  where: string,
): readonly Changed[] {
  const fateOf = ({ functions, name, version }: SavedPattern, slot: number): Changed["fate"] => {
    if (choice(name) === "drop") return "dropped";
    if (lanes.every(({ open }) => open?.includes(slot) === false)) return "over";
    if (functions === undefined) return "drains";
    throw cannotDrain(where, name, version, `it has functions (${functions.join(", ")})`);
  };
  return [...all.entries()]
    .filter(([, saved]) => !patterns.some((each) => isSamePattern(each, saved)))
    .map(([slot, saved]) => ({ saved, slot, fate: fateOf(saved, slot) }));
}
