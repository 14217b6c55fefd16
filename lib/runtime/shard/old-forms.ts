// What becomes of the runs of patterns that the service has changed or left out since they began.
//
//     saved, and not of the service ─┬─ "drop" ───────────────────▶ forgotten, and said so
//                                    └─ "drain" ─┬─ no open run ──▶ over
//                                                ├─ functions ────▶ CANNOT_DRAIN
//                                                ├─ no form ──────▶ forgotten: it was saved before there were forms
//                                                └─ open runs ────▶ made again from its form, beside the patterns of the service
//
// That is asked at each taking over, so it is also how a form whose runs are over leaves.

import { PatternError } from "../../core/errors.ts";
import type { Delta, Page } from "../../state/entry.ts";
import { FORMS_LANE, readForm } from "../../state/form.ts";
import type { Replay } from "../../state/replay.ts";
import { cannotDrain } from "../../state/state-error.ts";
import { type KnownPattern, type Revived, type ShardContext, statePlace } from "./context.ts";
import { type Changed, changedSince } from "./succession.ts";

/** A pattern that is saved, and none of the service. */
export type OldPattern = Pick<Changed, "slot"> & {
  readonly pattern: KnownPattern;
  readonly fate: Changed["fate"] | "formless";
};

/** Those of the last checkpoint, in its order. @throws {CheckpointError} `CANNOT_DRAIN`, or if it is damaged */
export function oldPatterns(context: ShardContext, replay: Replay): readonly OldPattern[] {
  const { identity, oldForms } = context;
  const place = statePlace(context);
  if (replay.last === null) return [];
  return changedSince(replay.last.checkpoint, identity, oldForms.choice, place).map(({ saved, slot, fate }) => {
    const form = readForm(formPieces(replay, slot), place);
    const isFormless = fate === "drains" && form === null;
    return { pattern: { ...saved, form, drains: true }, slot, fate: isFormless ? "formless" : fate };
  });
}

/** What the log has of the form of a pattern. */
export function formPieces(replay: Replay, slot: number): readonly (Page | Delta)[] {
  return entriesOf(replay, FORMS_LANE, slot);
}

/** How records are judged and matched with these beside the patterns of the service. @throws {CheckpointError} `CANNOT_DRAIN` */
export function reviveAll(context: ShardContext, old: readonly KnownPattern[]): Revived {
  const [first] = old;
  if (first === undefined) return { task: context.task, outputs: [] };
  try {
    return context.oldForms.revive(old.map(({ form }) => form ?? ""));
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const pattern = old.find(({ name }) => name === error.pattern) ?? first;
    const why = error.problems.map(({ message }) => message.replace(/\.$/, "")).join("; ");
    throw cannotDrain(statePlace(context), pattern.name, pattern.version, why);
  }
}

/** Says what became of runs that were open. */
export function tellOld({ identity, log, shard }: ShardContext, replay: Replay, old: readonly OldPattern[]): void {
  for (const { pattern, slot, fate } of old) {
    const { name, version } = pattern;
    const isGone = identity.patterns.every((each) => each.name !== name);
    const what = isGone ? "a pattern is no pattern of the service any more" : "a pattern has changed";
    const lanes = replay.last?.checkpoint.lanes ?? [];
    const pieces = lanes.flatMap(({ partition: lane }) => replay.pieces({ lane, pattern: slot }));
    const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
    const fields = { shard, pattern: name, version, bytes };
    if (fate === "dropped") log("warn", `${what}: the runs it had open are dropped`, fields);
    else if (fate === "formless") log("warn", `${what}, and was saved without its form: its runs are dropped`, fields);
    else log("info", `${what}: ${fate === "over" ? "its runs are over" : "the runs it had open go on"}`, fields);
  }
}

function entriesOf(replay: Replay, lane: number, pattern: number): readonly (Page | Delta)[] {
  return replay.pieces({ lane, pattern }).map(({ entry }) => entry);
}
