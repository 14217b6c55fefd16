// What becomes of the runs of patterns that the service has changed or left out since they began.
//
//     saved, and not of the service ─┬─ "drop" ───────────────────▶ forgotten, and said so
//                                    └─ "drain" ─┬─ no form ──────▶ the same: it was saved before there were forms
//                                                ├─ functions ────▶ CANNOT_DRAIN
//                                                ├─ no open run ──▶ over
//                                                └─ open runs ────▶ made again from its form, beside the patterns of the service
//
// That is asked at each taking over, so it is also how a form whose runs are over leaves.

import { PatternError } from "../../core/errors.ts";
import type { Checkpoint } from "../../state/checkpoint.ts";
import type { Delta, Page } from "../../state/entry.ts";
import { FORMS_LANE, readForm } from "../../state/form.ts";
import type { Replay } from "../../state/replay.ts";
import { cannotDrain } from "../../state/state-error.ts";
import { createPatternRow, type LanePattern } from "../pattern-row.ts";
import { isSamePattern, type KnownPattern, type Revived, type ShardContext, statePlace } from "./context.ts";

/** A pattern that is saved, and none of the service. */
export type OldPattern = {
  readonly pattern: KnownPattern;
  /** Its place in the checkpoint. */
  readonly slot: number;
  readonly fate: "drains" | "over" | "dropped" | "formless";
};

const SLICE_MS = 10;

/** Those of the last checkpoint, in its order; `null`: the shard was lost meanwhile. @throws {CheckpointError} `CANNOT_DRAIN`, or if it is damaged */
export async function oldPatterns(context: ShardContext, replay: Replay): Promise<readonly OldPattern[] | null> {
  const checkpoint = replay.last?.checkpoint;
  const old: OldPattern[] = [];
  for (const [slot, saved] of checkpoint?.patterns.entries() ?? []) {
    if (context.identity.patterns.some((each) => isSamePattern(each, saved))) continue;
    const form = readForm(formPieces(replay, slot), statePlace(context));
    const pattern: KnownPattern = { ...saved, form, drains: true };
    const fate = await fateOf(context, replay, checkpoint as Checkpoint, { pattern, slot });
    if (fate === null) return null;
    old.push({ pattern, slot, fate });
  }
  return old;
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

async function fateOf(
  context: ShardContext,
  replay: Replay,
  { lanes }: Checkpoint,
  { pattern, slot }: Pick<OldPattern, "pattern" | "slot">,
): Promise<OldPattern["fate"] | null> {
  const { name, version, form, functions } = pattern;
  const place = statePlace(context);
  if (context.oldForms.choice(name) === "drop") return "dropped";
  if (functions !== undefined) throw cannotDrain(place, name, version, `it has functions (${functions.join(", ")})`);
  if (form === null) return "formless";
  const made = reviveAll(context, [pattern]).task.patterns.at(-1) as LanePattern;
  let breathedAt = context.clock.now();
  for (const { partition: lane, released, alerts, missed } of lanes) {
    const row = createPatternRow([made]);
    row.restore({ released, alerts: [alerts[slot] ?? 0], missed: [missed?.[slot] ?? 0] });
    for (const freezer of row.freezers)
      for (const _ of freezer.thaw(entriesOf(replay, lane, slot), place)) {
        if (context.clock.now() - breathedAt < SLICE_MS) continue;
        await context.clock.breathe();
        if (!context.isOurs()) return null;
        breathedAt = context.clock.now();
      }
    if (row.counts().some(({ stats }) => stats.runs > 0)) return "drains";
  }
  return "over";
}

function entriesOf(replay: Replay, lane: number, pattern: number): readonly (Page | Delta)[] {
  return replay.pieces({ lane, pattern }).map(({ entry }) => entry);
}
