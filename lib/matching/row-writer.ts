// The rows of some keys as bytes. Keys and events stand beside them, in the order in which the bytes need them.
//
//     row       flags │ quiet until? │ cut │ number │ record … 0 │ groups, group … │ held, run … ?         key: the next value
//     record    1 │ left │ right                                                                          union
//               step + 2 │ below │ event                                                                  taken
//     event     0 │ number │ source │ time │ offset                                                       value: the next value
//               n                                                                       the nth event of this row, once more
//     group     state │ runs, run …
//     state     what is known by its number, from 0; the first that is not known yet is followed by what it is:
//               keeping and reported │ waits, wait and fresh … │ of each: guards, guard …
//     source    likewise: partition, and its topic is the next value
//
// Time, offset and the end of a quiet time have eight bytes, all else are counts (core/bytes.ts). Runs and what is left, right and
// below are records of the row, from 1; what a record refers to stands before it.

import type { State } from "../automaton/decide.ts";
import { ByteWriter } from "../core/bytes.ts";
import { encodeKey } from "../event/key.ts";
import type { Forest, Ref } from "./forest.ts";
import { type Keeping, type KeepingOf, rootsOf } from "./group.ts";
import type { Origin, SavedRows } from "./matcher.ts";
import type { Rows } from "./rows.ts";

// Flags of a row.
/** Its key is no text, and is encoded. */
export const ENCODED = 1;
export const QUIET = 2;
export const HELD = 4;

// Kinds of records.
export const END = 0;
export const UNION = 1;
/** And the step. */
export const TAKEN = 2;

/** How runs are kept, by their numbers in a state. Never changes. */
export const KEEPINGS: readonly Keeping[] = ["together", "byValue", "listed"];

/** A partition of a topic. */
export type Source = Pick<Origin, "topic" | "partition">;

/** No more is written at once: what takes the time of some hundred small rows. */
const FULL_VALUES = 512;
const FULL_BYTES = 64 * 1024;

export class RowWriter {
  readonly #out = new ByteWriter();
  readonly #values: unknown[] = [];
  readonly #keepingOf: KeepingOf;
  readonly #states: State[] = [];
  readonly #sources: Source[] = [];
  /** Events of the row at hand, by their numbers. */
  readonly #events = new Map<number, number>();

  constructor(keepingOf: KeepingOf) {
    this.#keepingOf = keepingOf;
  }

  get isFull(): boolean {
    return this.#values.length >= FULL_VALUES || this.#out.length >= FULL_BYTES;
  }

  get saved(): SavedRows {
    return { bytes: this.#out.written, values: this.#values };
  }

  /** Writes the row at hand, which was compacted. Cost: what it holds. */
  write(rows: Rows): void {
    const { forest, states, roots, held, quietUntil } = rows;
    const out = this.#out;
    const key = rows.keyOf(rows.at);
    const isText = typeof key === "string";
    this.#values.push(isText ? key : encodeKey(key));
    out.count((isText ? 0 : ENCODED) | (quietUntil === null ? 0 : QUIET) | (held.length === 0 ? 0 : HELD));
    if (quietUntil !== null) out.float(quietUntil);
    out.count(forest.cut);
    out.count(forest.number);
    this.#writeRecords(forest);
    out.count(roots.length);
    for (let index = 0; index < roots.length; index += 1) {
      const state = states[index] as State;
      const root = roots[index] as Ref;
      this.#writeState(state);
      const keeping = this.#keepingOf(state);
      if (keeping === "together") this.#writeRun(root);
      else this.#writeRuns(rootsOf(forest, root, keeping));
    }
    if (held.length > 0) this.#writeRuns(held);
  }

  /** What is no part of the graph stands behind it, once the row was compacted. */
  #writeRecords(forest: Forest): void {
    const out = this.#out;
    if (this.#events.size > 0) this.#events.clear();
    for (let ref = 1; ref <= forest.used; ref += 1) {
      if (forest.isUnion(ref)) {
        out.count(UNION);
        out.count(forest.leftOf(ref));
        out.count(forest.rightOf(ref));
      } else if (forest.isTaken(ref)) {
        out.count(TAKEN + forest.stepOf(ref));
        out.count(forest.leftOf(ref));
        this.#writeEvent(forest, ref);
      } else break;
    }
    out.count(END);
  }

  #writeEvent(forest: Forest, ref: Ref): void {
    const out = this.#out;
    const number = forest.numberOf(ref);
    const known = this.#events.get(number);
    out.count(known ?? 0);
    if (known !== undefined) return;
    if (forest.used > 1) this.#events.set(number, this.#events.size + 1);
    const origin = forest.originOf(ref);
    out.count(number);
    this.#writeSource(origin);
    out.float(forest.timeOf(ref));
    out.long(origin.offset);
    this.#values.push(forest.valueOf(ref));
  }

  #writeSource({ topic, partition }: Source): void {
    const sources = this.#sources;
    let index = 0;
    while (index < sources.length && !isSame(sources[index] as Source, topic, partition)) index += 1;
    this.#out.count(index);
    if (index < sources.length) return;
    sources.push({ topic, partition });
    this.#out.count(partition);
    this.#values.push(topic);
  }

  #writeState(state: State): void {
    const out = this.#out;
    const known = this.#states.indexOf(state);
    out.count(known < 0 ? this.#states.length : known);
    if (known >= 0) return;
    this.#states.push(state);
    out.count(2 * KEEPINGS.indexOf(this.#keepingOf(state)) + Number(state.reported));
    out.count(state.waiting.length);
    for (const { wait, fresh, open } of state.waiting) {
      out.count(2 * wait.id + Number(fresh));
      out.count(open.length);
      for (const guard of open) out.count(wait.guards.indexOf(guard));
    }
  }

  #writeRun(run: Ref): void {
    this.#out.count(1);
    this.#out.count(run);
  }

  #writeRuns(runs: readonly Ref[]): void {
    this.#out.count(runs.length);
    for (const run of runs) this.#out.count(run);
  }
}

function isSame(source: Source, topic: string, partition: number): boolean {
  return source.partition === partition && source.topic === topic;
}
