// A matcher's memory as plain data that survives JSON: row by row, and of each the records of its forest. Everything that a record
// refers to stands before it.

import type { Automaton, Wait } from "../automaton/automaton.ts";
import { toWaiting, type Waiting } from "../automaton/waiting.ts";
import { CheckpointError } from "../core/errors.ts";
import { anything, indexFrom, listOf, orNull, record, shapeOf, text, tuple } from "../core/shape.ts";
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

/** Runs that are there twice would grow without end. */
const unionOfTwo = shapeOf((union) => (union as Ref[])[0] !== (union as Ref[])[1], "a union of two records");

const keeping = oneOf("together", "byValue", "listed");

const EVENT = tuple(number, instant, text, count, digits, anything);
const COUNTERS = { events: count, matches: count, timedOut: count, suppressed: count, dropped: count, failures: count };
const SAVED = record({ now: savedInstant, counters: record(COUNTERS), rows: listOf(anything) });

/** But for what the records of a row allow. */
const ROW = record({
  key: encodedKey,
  cut: number,
  number,
  quietUntil: orNull(instant),
  events: listOf(EVENT),
  records: listOf(anything),
});

/** @throws {CheckpointError} `BROKEN_STATE` */
function checkSaved(automaton: Automaton, state: MatcherState): void {
  requireShape(SAVED, state, "$");
  const { rows } = state as Saved;
  for (const [index, row] of rows.entries()) checkRow(automaton, row, `$.rows[${index}]`);
  noneTwice(
    rows.map(({ key }) => key),
    "$.rows",
  );
}

function checkRow({ steps, waits }: Automaton, row: SavedRow, place: string): void {
  requireShape(ROW, row, place);
  const { records, events } = row;
  const step = indexFrom(0, steps.length);
  const event = indexFrom(0, events.length);
  const isFlat = [true];
  for (const [index, each] of records.entries()) {
    const below = indexFrom(1, index + 1);
    const isUnion = Array.isArray(each) && each.length === 2;
    const shape = isUnion ? tuple(below, below) : tuple(indexFrom(0, index + 1), step, event);
    requireShape(shape, each, `${place}.records[${index}]`);
    if (isUnion) requireShape(unionOfTwo, each, `${place}.records[${index}]`);
    isFlat.push(!isUnion && isFlat[each[0]] === true);
  }
  const root = indexFrom(1, records.length + 1);
  const waiting = tuple(indexFrom(0, waits.length), flag, listOf(count));
  const group = record({ reported: flag, waiting: listOf(waiting), kept: keeping, roots: listOf(root) });
  requireShape(record({ groups: listOf(group), held: listOf(root) }), row, place);
  const flat = shapeOf((run) => isFlat[run as Ref] === true, "a run of one path");
  requireShape(listOf(flat), row.held, `${place}.held`);
}

function saveWaiting({ wait, fresh, open }: Waiting): SavedWaiting {
  return [wait.id, fresh, open.map((guard) => wait.guards.indexOf(guard))];
}

export function restoreWaiting(automaton: Automaton, [id, fresh, open]: SavedWaiting): Waiting {
  const whole = toWaiting(automaton.waits[id] as Wait);
  return { ...whole, fresh, open: whole.open.filter((_, index) => open.includes(index)) };
}
