// Saved rows written by hand, for states that no matcher would save: the drawing in lib/matching/row-writer.ts the other way round,
// with nothing of what writes them in earnest.

import type { RowsOfState } from "./read-rows.ts";

/** A union of two records, or one that was taken: what is below, its step, and which of the events. */
export type HandRecord = readonly [left: number, right: number] | readonly [below: number, step: number, event: number];

/** A row of a key that is a text. */
export type HandRow = {
  readonly key: string;
  readonly records: readonly HandRecord[];
  readonly events: readonly { readonly at: number; readonly offset: bigint; readonly value: unknown }[];
  /** `state`: the counts that say what it is. */
  readonly groups: readonly { readonly state: readonly number[]; readonly runs: readonly number[] }[];
  readonly held?: readonly number[];
};

/** Events come from partition 0 of "". */
export function writeRow({ key, records, events, groups, held = [] }: HandRow): RowsOfState {
  const bytes: number[] = [];
  const values: unknown[] = [key];
  const [known, states]: [number[], string[]] = [[], []];
  const count = (value: number): void => {
    bytes.push(...(value < 128 ? [value] : [128 + (value % 128)]));
    if (value >= 128) count(Math.floor(value / 128));
  };
  const counts = (all: readonly number[]): void => [all.length, ...all].forEach(count);
  const event = (index: number): void => {
    const at = known.indexOf(index);
    count(at + 1);
    if (at >= 0) return;
    const its = events[index] ?? { at: 0, offset: 0n, value: null };
    [index + 1, 0, ...(known.length === 0 ? [0] : [])].forEach(count);
    if (known.length === 0) values.push("");
    known.push(index);
    const eight = Buffer.alloc(16);
    eight.writeDoubleLE(its.at);
    eight.writeBigInt64LE(its.offset, 8);
    bytes.push(...eight);
    values.push(its.value);
  };
  [held.length > 0 ? 4 : 0, 0, events.length].forEach(count);
  for (const [left, second, third] of records) {
    count(third === undefined ? 1 : 2 + second);
    count(left);
    if (third === undefined) count(second);
    else event(third);
  }
  count(0);
  count(groups.length);
  for (const { state, runs } of groups) {
    const name = state.join();
    const index = states.indexOf(name);
    count(index < 0 ? states.length : index);
    if (index < 0) state.forEach(count);
    if (index < 0) states.push(name);
    counts(runs);
  }
  if (held.length > 0) counts(held);
  return { bytes: Buffer.from(bytes).toString("base64"), values };
}

/** Of `a b`: a was taken, and its runs wait for b together. */
export const WAITS_FOR_B: readonly number[] = [0, 1, 2, 0];
