// Reads rows from bytes, as drawn in row-writer.ts. Saved state may come from any disk and any hand: each number is looked at when it is
// read, so whatever stands there is refused, or is a row like any other.

import type { Automaton, Wait } from "../automaton/automaton.ts";
import type { State, States } from "../automaton/decide.ts";
import { toWaiting, type Waiting } from "../automaton/waiting.ts";
import { ByteReader, type Refuse } from "../core/bytes.ts";
import { decodeKey, isEncodedKey, type Key } from "../event/key.ts";
import type { Instant } from "../time/instant.ts";
import type { Ref } from "./forest.ts";
import type { Keeping } from "./group.ts";
import type { SavedRows, TimedEvent } from "./matcher.ts";
import { ENCODED, END, HELD, KEEPINGS, QUIET, type Source, TAKEN, UNION } from "./row-writer.ts";
import type { Rows } from "./rows.ts";

/** A taken event as it was saved, and its number among those of its key. */
type ReadEvent = TimedEvent & { readonly number: number };

/** A state, and how its runs were kept. */
type ReadState = { readonly state: State; readonly keeping: Keeping };

type ReadGroup = ReadState & { readonly roots: readonly Ref[] };

/**
 * Reads rows one by one; the one that was read last is at hand. What a length says is never believed further than there are bytes, and
 * nothing is looked for twice, so time and space are of the order of the bytes.
 */
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
  /** By record: whether it is a run of one path; 0 is nothing, and so below one. */
  readonly #isFlat: boolean[] = [true];
  readonly #automaton: Automaton;
  readonly #stateOf: States["stateOf"];
  readonly #in: ByteReader;
  readonly #values: readonly unknown[];
  readonly #states: ReadState[] = [];
  readonly #sources: Source[] = [];
  #value = 0;

  constructor(automaton: Automaton, stateOf: States["stateOf"], { bytes, values }: SavedRows, refuse: Refuse) {
    this.#automaton = automaton;
    this.#stateOf = stateOf;
    this.#in = new ByteReader(bytes, refuse);
    this.#values = values;
  }

  /** Bytes that were read. */
  get at(): number {
    return this.#in.at;
  }

  /** Reads the next row; `false`: there is none. Cost: its bytes. @throws what `refuse` makes */
  next(): boolean {
    const from = this.#in;
    if (from.isAtEnd) {
      from.need(this.#value === this.#values.length, "one more row");
      return false;
    }
    this.#read();
    return true;
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
    const states = new Set<State>();
    for (let left = from.count(); left > 0; left -= 1) {
      const { state, keeping } = this.#readState();
      const roots = this.#readRuns();
      // Runs that are there twice would double at every turn.
      from.need(!states.has(state), "another state");
      states.add(state);
      from.need(roots.length < 2 || new Set(roots).size === roots.length, "runs that differ");
      this.groups.push({ state, keeping, roots });
    }
    this.held = (flags & HELD) === 0 ? [] : this.#readRuns();
    from.need(
      this.held.every((run) => this.#isFlat[run]),
      "runs of one path",
    );
  }

  #nextValue(what: string): unknown {
    this.#in.need(this.#value < this.#values.length, what);
    return this.#values[this.#value++];
  }

  #readKey(isEncoded: boolean): Key {
    const key = this.#nextValue("followed by a key");
    this.#in.need(isEncoded ? isEncodedKey(key) : typeof key === "string", "followed by a key");
    return isEncoded ? decodeKey(key as string) : (key as string);
  }

  #readInstant(): Instant {
    const at = this.#in.float();
    // With others sums are rounded, and what is due would be due again at the same instant.
    this.#in.need(Number.isSafeInteger(at), "an instant");
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
      from.need(kind !== UNION || (left > 0 && right > 0 && left !== right), "two records");
      const at = 3 * this.#records;
      words[at] = kind;
      words[at + 1] = left;
      words[at + 2] = right;
      this.#isFlat[ref] = kind !== UNION && (this.#isFlat[left] as boolean);
    }
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
    from.need(offset >= 0n, "an offset");
    const origin = { topic: source.topic, partition: source.partition, offset };
    return this.events.push({ number, at, origin, value: this.#nextValue("an event") }) - 1;
  }

  #readSource(): Source {
    const from = this.#in;
    const index = from.count(this.#sources.length + 1, "a source");
    const known = this.#sources[index];
    if (known !== undefined) return known;
    const partition = from.count();
    const topic = this.#nextValue("a source");
    from.need(typeof topic === "string", "a source");
    const source = { topic: topic as string, partition };
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
    const from = this.#in;
    const runs = [];
    for (let left = from.count(records + 1, "runs"); left > 0; left -= 1) {
      const run = from.count(records + 1, "a run");
      from.need(run > 0, "a run");
      runs.push(run);
    }
    return runs;
  }
}
