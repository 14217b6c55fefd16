// Reads rows from bytes, as drawn in row-writer.ts. Saved state may come from any disk and any hand: each number is looked at when it is
// read, so whatever stands there is refused, or is a row like any other.

import type { Automaton, Wait } from "../automaton/automaton.ts";
import type { State, States } from "../automaton/decide.ts";
import { toWaiting, type Waiting } from "../automaton/waiting.ts";
import { ByteReader } from "../core/bytes.ts";
import { decodeKey, isEncodedKey, type Key } from "../event/key.ts";
import type { Instant } from "../time/instant.ts";
import type { Ref } from "./forest.ts";
import type { Keeping } from "./group.ts";
import type { SavedRows, TimedEvent } from "./matcher.ts";
import { ENCODED, END, HELD, KEEPINGS, QUIET, type Source, TAKEN, UNION } from "./row-writer.ts";
import type { Rows } from "./rows.ts";
import { broken } from "./saved-check.ts";

/** A taken event as it was saved, and its number among those of its key. */
type ReadEvent = TimedEvent & { readonly number: number };

/** A state, and how its runs were kept. */
type ReadState = { readonly state: State; readonly keeping: Keeping };

type ReadGroup = ReadState & { readonly roots: readonly Ref[] };

/** Reads rows one by one; the one that was read last is at hand. */
export class RowReader {
  key: Key = "";
  cut = 0;
  number = 0;
  quietUntil: Instant | null = null;
  events: ReadEvent[] = [];
  groups: ReadGroup[] = [];
  held: readonly Ref[] = [];
  /** Three for each record: what kind it is, left or what is below, right or which event. Only so many count. */
  readonly #words: number[] = [];
  #records = 0;
  readonly #automaton: Automaton;
  readonly #stateOf: States["stateOf"];
  readonly #in: ByteReader;
  readonly #values: readonly unknown[];
  readonly #place: string;
  readonly #states: ReadState[] = [];
  readonly #sources: Source[] = [];
  #value = 0;

  /** `place` says in errors where the rows stand. */
  constructor(automaton: Automaton, stateOf: States["stateOf"], { bytes, values }: SavedRows, place: string) {
    this.#automaton = automaton;
    this.#stateOf = stateOf;
    this.#in = new ByteReader(bytes);
    this.#values = values;
    this.#place = place;
  }

  /** Reads the next row; `false`: there is none. @throws {CheckpointError} `BROKEN_STATE` */
  next(): boolean {
    try {
      if (this.#in.isAtEnd) {
        need(this.#value === this.#values.length, "one more row");
        return false;
      }
      this.#read();
      return true;
    } catch (error) {
      throw error instanceof RangeError ? broken(`${this.#place}, at byte ${this.#in.at},`, error.message) : error;
    }
  }

  /** Writes the records of the row into the one at hand there, which has none, and all else but groups. */
  put(rows: Rows): void {
    const { forest } = rows;
    const words = this.#words;
    for (let at = 0; at < 3 * this.#records; at += 3) {
      const [kind, left, right] = [words[at] as number, words[at + 1] as Ref, words[at + 2] as number];
      if (kind === UNION) forest.join(left, right);
      else {
        const event = this.events[right] as ReadEvent;
        forest.record(left, kind - TAKEN, event.number, event);
      }
    }
    forest.cut = this.cut;
    forest.number = this.number;
    rows.quietUntil = this.quietUntil;
    rows.held = this.held;
  }

  #read(): void {
    const from = this.#in;
    const flags = from.count(2 * HELD, "flags");
    this.key = this.#readKey((flags & ENCODED) !== 0);
    this.quietUntil = (flags & QUIET) === 0 ? null : this.#readInstant();
    this.cut = from.count();
    this.number = from.count();
    this.#readRecords();
    this.groups = [];
    for (let left = from.count(); left > 0; left -= 1) {
      const { state, keeping } = this.#readState();
      const roots = this.#readRuns();
      // Runs that are there twice would double at every turn.
      need(!this.groups.some((other) => other.state === state), "another state");
      need(roots.length < 2 || new Set(roots).size === roots.length, "runs that differ");
      this.groups.push({ state, keeping, roots });
    }
    this.held = (flags & HELD) === 0 ? [] : this.#readRuns();
    need(
      this.held.every((run) => this.#isFlat(run)),
      "runs of one path",
    );
  }

  #nextValue(what: string): unknown {
    need(this.#value < this.#values.length, what);
    return this.#values[this.#value++];
  }

  #readKey(isEncoded: boolean): Key {
    const key = this.#nextValue("followed by a key");
    need(isEncoded ? isEncodedKey(key) : typeof key === "string", "followed by a key");
    return isEncoded ? decodeKey(key as string) : (key as string);
  }

  #readInstant(): Instant {
    const at = this.#in.float();
    // With others sums are rounded, and what is due would be due again at the same instant.
    need(Number.isSafeInteger(at), "an instant");
    return at;
  }

  #readRecords(): void {
    const from = this.#in;
    const words = this.#words;
    this.events = [];
    for (let ref = 1; ; ref += 1) {
      this.#records = ref - 1;
      const kind = from.count(TAKEN + this.#automaton.steps.length, "a record");
      if (kind === END) return;
      const left = from.count(ref, "a record");
      const right = kind === UNION ? from.count(ref, "a record") : this.#readEvent();
      need(kind !== UNION || (left > 0 && right > 0 && left !== right), "two records");
      const at = 3 * this.#records;
      words[at] = kind;
      words[at + 1] = left;
      words[at + 2] = right;
    }
  }

  /** Whether a record is a run of one path. */
  #isFlat(run: Ref): boolean {
    let ref = run;
    while (ref > 0 && this.#words[3 * ref - 3] !== UNION) ref = this.#words[3 * ref - 2] as Ref;
    return ref === 0;
  }

  /** Its place among those of the row. */
  #readEvent(): number {
    const from = this.#in;
    const known = from.count(this.events.length + 1, "an event");
    if (known > 0) return known - 1;
    const number = from.count();
    const source = this.#readSource();
    const at = this.#readInstant();
    const offset = from.long();
    need(offset >= 0n, "an offset");
    const origin = { topic: source.topic, partition: source.partition, offset };
    return this.events.push({ number, at, origin, value: this.#nextValue("an event") }) - 1;
  }

  #readSource(): Source {
    const index = this.#in.count(this.#sources.length + 1, "a source");
    const known = this.#sources[index];
    if (known !== undefined) return known;
    const partition = this.#in.count();
    const topic = this.#nextValue("a source");
    need(typeof topic === "string", "a source");
    const source = { topic, partition };
    this.#sources.push(source);
    return source;
  }

  #readState(): ReadState {
    const from = this.#in;
    const index = from.count(this.#states.length + 1, "a state");
    const known = this.#states[index];
    if (known !== undefined) return known;
    const kept = from.count(2 * KEEPINGS.length, "a state");
    const waiting = Array.from({ length: from.count(1 + 2 * this.#automaton.waits.length) }, () => this.#readWaiting());
    const read = { state: this.#stateOf(waiting, (kept & 1) === 1), keeping: KEEPINGS[kept >> 1] as Keeping };
    this.#states.push(read);
    return read;
  }

  #readWaiting(): Waiting {
    const from = this.#in;
    const { waits } = this.#automaton;
    const which = from.count(2 * waits.length, "a wait");
    const wait = waits[which >> 1] as Wait;
    const guards = wait.guards.length;
    const open = Array.from({ length: from.count(guards + 1) }, () => from.count(guards, "a guard"));
    return {
      ...toWaiting(wait),
      fresh: (which & 1) === 1,
      open: wait.guards.filter((_, index) => open.includes(index)),
    };
  }

  #readRuns(): readonly Ref[] {
    const records = this.#records;
    const runs = [];
    for (let left = this.#in.count(records + 1, "runs"); left > 0; left -= 1) {
      const run = this.#in.count(records + 1, "a run");
      need(run > 0, "a run");
      runs.push(run);
    }
    return runs;
  }
}

function need(fits: boolean, what: string): asserts fits {
  if (!fits) throw new RangeError(what);
}
