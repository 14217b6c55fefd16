// Why saved state is refused. Each way has its own code, and says what to do about it.

import { CheckpointError } from "../core/errors.ts";

/** What always helps, and what it costs. */
const START_EMPTY =
  "To start empty, stop all processes of the service and run sequitur reset, which deletes its state topic: open runs are forgotten then, and reading begins where the consumer group stands.";

/** The record was written by something else. */
export function foreign(where: string): CheckpointError {
  return new CheckpointError(
    "FOREIGN_STATE",
    `What stands at ${where} is no saved state of sequitur: something else writes to this topic. ` +
      `Let nothing but this service write there, or give the service another app name. ${START_EMPTY}`,
  );
}

/** Something that must be there is not. */
export function truncated(where: string, what: string): CheckpointError {
  return new CheckpointError(
    "TRUNCATED_STATE",
    `The saved state at ${where} is cut off: ${what}. Let nothing but this service delete records of its state topic ` +
      `(cleanup.policy=delete with retention.ms=-1 and retention.bytes=-1), and restore the topic if there is a copy. ${START_EMPTY}`,
  );
}

/** Not what was written. */
export function damaged(where: string, what: string): CheckpointError {
  return new CheckpointError(
    "DAMAGED_STATE",
    `The saved state at ${where} is damaged: ${what}. Look after the disks of the brokers that hold the topic, and restore it if there is a copy. ${START_EMPTY}`,
  );
}

/** Written by a later version of sequitur. */
export function newer(where: string, version: number, known: number): CheckpointError {
  return new CheckpointError(
    "NEWER_STATE",
    `The saved state at ${where} has format ${version}; this version of sequitur reads formats up to ${known}. ` +
      "Run the version that wrote it, or a later one.",
  );
}

/** Written by an earlier version of sequitur, in a form that is no longer read. */
export function older(where: string, version: number, known: number): CheckpointError {
  return new CheckpointError(
    "UNKNOWN_FORMAT",
    `The saved state at ${where} has format ${version}; this version of sequitur reads format ${known}. Go on with the version that wrote it. ${START_EMPTY}`,
  );
}

/** The state of another service. */
export function otherApp(where: string, theirs: string, ours: string): CheckpointError {
  return new CheckpointError(
    "OTHER_APP",
    `The saved state at ${where} is that of the app "${theirs}", not of "${ours}". Give each service its own app name and state topic.`,
  );
}

/** Cut into lanes or shards in another way. */
export function otherShape(where: string, what: "partitions" | "shards", saved: number, now: number): CheckpointError {
  return what === "partitions"
    ? new CheckpointError(
        "PARTITIONS_CHANGED",
        `The state at ${where} was saved when the inputs had ${saved} partitions; they have ${now} now, so keys are in other ` +
          `partitions than their runs. Copy the input into topics with ${saved} partitions and read those. ${START_EMPTY}`,
      )
    : new CheckpointError(
        "SHARDS_CHANGED",
        `The state at ${where} was saved in ${saved} shards; the service has ${now} now. Set shards to ${saved} again. ${START_EMPTY}`,
      );
}

/** A later release of the service has taken over. */
export function superseded(where: string, saved: number, ours: number): CheckpointError {
  return new CheckpointError(
    "SUPERSEDED",
    `Release ${saved} of the service has written the state at ${where}, and this process is release ${ours}: an older release never ` +
      `takes over from a newer one. Stop this process; or, to go back on purpose, start it with a release above ${saved}.`,
  );
}

/** The same name and release, but not the same service. */
export function duplicateApp(where: string, app: string, release: number): CheckpointError {
  return new CheckpointError(
    "DUPLICATE_APP",
    `The state at ${where} was saved by release ${release} of the app "${app}" with other patterns than this process has. ` +
      "If the patterns were changed, raise release; if these are two services, give one of them another app name.",
  );
}

/** Runs are to be finished under a pattern that cannot be made again. */
export function cannotDrain(where: string, pattern: string, version: number, why: string): CheckpointError {
  return new CheckpointError(
    "CANNOT_DRAIN",
    `The state at ${where} may have open runs of "${pattern}" (version ${version}), which this release of the service has changed or left out. They are to be ` +
      `finished under the pattern as it was (changedPatterns), but it cannot be made again: ${why}. Write changedPatterns: { ${JSON.stringify(pattern)}: "drop" } ` +
      "to forget these runs, with the others that are to be drained by name beside it; or bring the old pattern back until its runs are over.",
  );
}

/** Two services with one name take the shard from each other again and again. */
export function duel(where: string, app: string): CheckpointError {
  return new CheckpointError(
    "DUPLICATE_APP",
    `Somebody else writes the state at ${where} again and again while the consumer group gives it to this process: another deployment with the ` +
      `app name "${app}" runs in another group. Stop one of them, or give it another app name.`,
  );
}
