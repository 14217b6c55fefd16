// A matcher's memory as plain data that survives JSON: row by row, and of each the records of its forest. Everything that a record
// refers to stands before it.

import type { Automaton, Wait } from "../automaton/automaton.ts";
import { toWaiting, type Waiting } from "../automaton/waiting.ts";
import { CheckpointError } from "../core/errors.ts";
import { anything, indexFrom, listOf, orNull, record, type Shape, shapeOf, text, tuple } from "../core/shape.ts";
import { decodeKey, type EncodedKey, encodeKey } from "../event/key.ts";
import { type Instant, type SavedInstant, savedInstant, saveInstant } from "../time/instant.ts";
import type { Ref } from "./forest.ts";
import { type Keeping, type KeepingOf, rootsOf } from "./group.ts";
import { partOfKey } from "./key-table.ts";
import type { MatcherState, MatcherStats } from "./matcher.ts";
import type { Rows } from "./rows.ts";
import { digits, encodedKey, flag, instant, noneTwice, oneOf, requireShape } from "./saved-check.ts";

export type Counters = {
  -readonly [name in "events" | "matches" | "timedOut" | "suppressed" | "dropped" | "failures"]: MatcherStats[name];
};

export function emptyCounters(): Counters {
  return { events: 0, matches: 0, timedOut: 0, suppressed: 0, dropped: 0, failures: 0 };
}

const FORMAT = "sequitur-rows-1";

type SavedEvent = readonly [
  number: number,
  at: Instant,
  topic: string,
  partition: number,
  offset: string,
  value: unknown,
];
/** A taken event: the record below or 0, its step, which event. A union: both sides. Records count from 1. */
type SavedRecord = readonly [below: Ref, step: number, event: number] | readonly [left: Ref, right: Ref];
type SavedWaiting = readonly [wait: number, fresh: boolean, open: readonly number[]];
type SavedGroup = {
  readonly reported: boolean;
  readonly waiting: readonly SavedWaiting[];
  readonly kept: Keeping;
  readonly roots: readonly Ref[];
};

export type SavedRow = {
  readonly key: EncodedKey;
  readonly cut: number;
  readonly number: number;
  readonly quietUntil: Instant | null;
  readonly events: readonly SavedEvent[];
  readonly records: readonly SavedRecord[];
  readonly groups: readonly SavedGroup[];
  readonly held: readonly Ref[];
};

export type Saved = MatcherState & {
  readonly now: SavedInstant;
  readonly counters: Counters;
  readonly rows: readonly SavedRow[];
};

/** What is to be saved beside rows. */
export type Memory = { readonly now: Instant; readonly counters: Counters };

export function saveState(
  { fingerprint }: Automaton,
  { now, counters }: Memory,
  rows: readonly SavedRow[],
): MatcherState {
  const saved: Saved = { format: FORMAT, fingerprint, now: saveInstant(now), counters: { ...counters }, rows };
  return saved;
}

/** The page of an encoded key: one of a few hundred, whatever other keys there are. */
export function pageOf(key: EncodedKey): number {
  return partOfKey(decodeKey(key));
}

/** The row at hand, which was compacted. */
export function saveRow(rows: Rows, keepingOf: KeepingOf): SavedRow {
  const { forest, states, roots, held, quietUntil } = rows;
  const events: SavedEvent[] = [];
  const known = new Map<number, number>();
  const eventOf = (ref: Ref): number => {
    const number = forest.numberOf(ref);
    let index = known.get(number);
    if (index === undefined) {
      const { topic, partition, offset } = forest.originOf(ref);
      index = events.push([number, forest.timeOf(ref), topic, partition, `${offset}`, forest.valueOf(ref)]) - 1;
      known.set(number, index);
    }
    return index;
  };
  const records: SavedRecord[] = [];
  for (let ref = 1; ref <= forest.used; ref += 1) {
    if (forest.isUnion(ref)) records.push([forest.leftOf(ref), forest.rightOf(ref)]);
    else if (forest.isTaken(ref)) records.push([forest.leftOf(ref), forest.stepOf(ref), eventOf(ref)]);
  }
  const groups = states.map((state, index) => ({
    reported: state.reported,
    waiting: state.waiting.map(saveWaiting),
    kept: keepingOf(state),
    roots: rootsOf(forest, roots[index] as Ref, keepingOf(state)),
  }));
  const { cut, number } = forest;
  return { key: encodeKey(rows.keyOf(rows.at)), cut, number, quietUntil, events, records, groups, held };
}

/** What was saved. @throws {CheckpointError} `UNKNOWN_FORMAT`, `OTHER_PATTERN`, `BROKEN_STATE` */
export function openState(automaton: Automaton, state: MatcherState): Saved {
  if (state.format !== FORMAT) {
    throw new CheckpointError(
      "UNKNOWN_FORMAT",
      `The state has the format ${String(state.format)}; this version reads ${FORMAT}. Restore it with the version that saved it.`,
    );
  }
  if (state.fingerprint !== automaton.fingerprint) {
    throw new CheckpointError(
      "OTHER_PATTERN",
      `The state was saved by another pattern than "${automaton.pattern.name}" as it is now (fingerprint ${state.fingerprint}, not ${automaton.fingerprint}). Restore it with that pattern, or start empty.`,
    );
  }
  checkSaved(automaton, state);
  return state as Saved;
}

/** Writes the records of a row into the one at hand, which has none. */
export function restoreRecords(rows: Rows, { cut, number, quietUntil, events, records, held }: SavedRow): void {
  const { forest } = rows;
  for (const [below, second, third] of records) {
    if (third === undefined) {
      forest.join(below, second);
      continue;
    }
    const [of, at, topic, partition, offset, value] = events[third] as SavedEvent;
    forest.record(below, second, of, { at, origin: { topic, partition, offset: BigInt(offset) }, value });
  }
  forest.cut = cut;
  forest.number = number;
  rows.quietUntil = quietUntil;
  rows.held = held;
}

const count = indexFrom(0);
/** Numbers that fit into a word. */
const number = indexFrom(0, 2 ** 31);

const distinct = shapeOf((groups) => areDistinct(groups as readonly SavedGroup[]), "a list of groups that differ");

const keeping = oneOf("together", "byValue", "listed");

const EVENT = tuple(number, instant, text, count, digits, anything);
const COUNTERS = { events: count, matches: count, timedOut: count, suppressed: count, dropped: count, failures: count };
const SAVED = record({ now: savedInstant, counters: record(COUNTERS), rows: listOf(anything) });

/** But for what the records of a row, and its automaton, allow. */
const ROW = record({
  key: encodedKey,
  cut: number,
  number,
  quietUntil: orNull(instant),
  events: listOf(EVENT),
  records: listOf(anything),
  groups: listOf(record({ reported: flag, waiting: listOf(anything), kept: keeping, roots: listOf(anything) })),
  held: listOf(anything),
});

/** @throws {CheckpointError} `BROKEN_STATE` */
function checkSaved(automaton: Automaton, state: MatcherState): void {
  requireShape(SAVED, state, "$");
  const { rows } = state as Saved;
  const waiting = listOf(tuple(indexFrom(0, automaton.waits.length), flag, listOf(count)));
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as SavedRow;
    const fits =
      ROW(row) === null && row.groups.every((group) => waiting(group.waiting) === null) && isSound(automaton, row);
    // Where it is wrong is worth finding out only once it is.
    if (!fits) refuseRow(automaton, waiting, row, `$.rows[${index}]`);
  }
  noneTwice(
    rows.map(({ key }) => key),
    "$.rows",
  );
}

/** Whether everything that records, groups and held matches refer to is there, before them. */
function isSound(automaton: Automaton, row: SavedRow): boolean {
  const { records, groups, held } = row;
  for (let index = 0; index < records.length; index += 1) if (!isRecord(automaton, row, index)) return false;
  const isRoot = (ref: unknown): boolean => isIndex(ref, 1, records.length + 1);
  if (!areDistinct(groups)) return false;
  return (
    groups.every(({ roots }) => roots.every(isRoot)) &&
    (held.length === 0 || (held.every(isRoot) && areFlat(records, held)))
  );
}

/** A union of two: runs that are there twice would grow without end. Or a taken event. */
function isRecord({ steps }: Automaton, { events, records }: SavedRow, index: number): boolean {
  const each: unknown = records[index];
  if (!Array.isArray(each)) return false;
  const [left, right, event] = each as readonly unknown[];
  if (each.length === 2) return left !== right && isIndex(left, 1, index + 1) && isIndex(right, 1, index + 1);
  const isBelow = each.length === 3 && isIndex(left, 0, index + 1);
  return isBelow && isIndex(right, 0, steps.length) && isIndex(event, 0, events.length);
}

/** Whether no two groups wait for the same, and none has a run twice: such runs would double at every turn. */
function areDistinct(groups: readonly SavedGroup[]): boolean {
  if (groups.some(({ roots }) => roots.length > 1 && new Set(roots).size < roots.length)) return false;
  if (groups.length < 2) return true;
  const names = groups.map(
    ({ reported, waiting }) =>
      `${reported} ${waiting
        .map((each) => each.join())
        .sort()
        .join(" ")}`,
  );
  return new Set(names).size === names.length;
}

function isIndex(value: unknown, least: number, end: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) < end;
}

/** Whether each of `held` is a run of one path. */
function areFlat(records: readonly SavedRecord[], held: readonly Ref[]): boolean {
  const isFlat = flatRecords(records);
  return held.every((ref) => isFlat[ref] === true);
}

/** By number of the record, from 1. */
function flatRecords(records: readonly SavedRecord[]): readonly boolean[] {
  const isFlat = [true];
  for (const each of records) isFlat.push(each.length === 3 && isFlat[each[0]] === true);
  return isFlat;
}

/** Says what of a row does not fit. @throws {CheckpointError} `BROKEN_STATE` */
function refuseRow(automaton: Automaton, waiting: Shape, row: SavedRow, place: string): void {
  requireShape(ROW, row, place);
  const { records, groups, held } = row;
  for (const [index, group] of groups.entries())
    requireShape(waiting, group.waiting, `${place}.groups[${index}].waiting`);
  for (const index of records.keys())
    requireShape(
      shapeOf(() => isRecord(automaton, row, index), "a record"),
      null,
      `${place}.records[${index}]`,
    );
  const root = indexFrom(1, records.length + 1);
  for (const [index, { roots }] of groups.entries())
    requireShape(listOf(root), roots, `${place}.groups[${index}].roots`);
  requireShape(listOf(root), held, `${place}.held`);
  requireShape(distinct, groups, `${place}.groups`);
  const isFlat = flatRecords(records);
  const flat = shapeOf((run) => isFlat[run as Ref] === true, "a run of one path");
  requireShape(listOf(flat), held, `${place}.held`);
}

function saveWaiting({ wait, fresh, open }: Waiting): SavedWaiting {
  return [wait.id, fresh, open.map((guard) => wait.guards.indexOf(guard))];
}

export function restoreWaiting(automaton: Automaton, [id, fresh, open]: SavedWaiting): Waiting {
  const whole = toWaiting(automaton.waits[id] as Wait);
  return { ...whole, fresh, open: whole.open.filter((_, index) => open.includes(index)) };
}
