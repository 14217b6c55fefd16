// Partial matches that wait alike, as one. The runs of a group are the paths of a shared graph, so that an event that moves a
// group makes one record, however many runs there are in it.
//
//     taken    an event taken by a step: first, or after all that is below        a1 ◀─┐
//     union    the runs of both sides                                                  ├─ union ◀─ b4      the runs a1 b4, a3 b4
//                                                                                 a3 ◀─┘
//
// A run is dead once its first event is before the horizon, which only moves on: by time, and by skip strategies. Every record
// leads to the latest first event below it, and a union has the side with the later one on the left; so a walk over the runs
// that live turns back where it meets what is dead, and passes nothing else.
//
// All records of a key are in one block of a slab, what is below before what is above. A forest shows one key at a time; records
// refer to each other by their number in the block, so that it can be moved to a larger one at any time.

import type { StepId } from "../automaton/automaton.ts";
import { invariant } from "../core/errors.ts";
import { BEGINNING, type Instant } from "../time/instant.ts";
import type { Origin, TimedEvent } from "./matcher.ts";
import { type Address, baseOf, type Slab, WORDS } from "./slab.ts";

/** Number of a record of the key at hand, from 1; 0: none. */
export type Ref = number;

// Words of a record. Taken: what is below, the union or first event it leads down to, step and source, number of the event,
// time, offset; beside them the event's value. Union: both sides, UNION, latest first event, number of runs, earliest first event.
const LEFT = 0;
const RIGHT = 1;
const DOWN = 1;
const KIND = 2;
const NUMBER = 3;
const NEWEST = 3;
const OLDEST = 6;
/** Of the double in words 4 and 5. */
const TIME = 2;
const RUNS = 2;
/** Of the long in words 6 and 7. */
const OFFSET = 3;

const UNION = -1;
/** What is no part of the graph: whoever made it knows it. */
const OTHER = -2;

/** In so small a block room is given record by record. */
export const SMALL = 8;

const SOURCE_BITS = 16;
const SOURCE_MASK = (1 << SOURCE_BITS) - 1;

export class Forest {
  /** Records of the key at hand. */
  used = 0;
  /** Number of the event of the key that was taken last. */
  number = 0;
  /** How often records of any key were moved or dropped. */
  moves = 0;
  /** Runs are dead whose first event has a number below. */
  cut = 0;
  /** Runs are dead whose first event is not later. */
  after: Instant = BEGINNING;
  readonly #slab: Slab;
  #address: Address = 0;
  #capacity = 0;
  #base = 0;
  #words: Int32Array = new Int32Array(0);
  #doubles: Float64Array = new Float64Array(0);
  #longs: BigInt64Array = new BigInt64Array(0);
  #values: unknown[] = [];
  /** The event at hand, and whether it has a number yet. */
  #event: TimedEvent | null = null;
  #isNumbered = false;
  readonly #sources = new Sources();

  constructor(slab: Slab) {
    this.#slab = slab;
  }

  /** Shows the records of another key; `address` 0: of one that has none yet. */
  show(address: Address, used: number): void {
    this.used = used;
    this.#move(address);
  }

  /** Where the records of the key at hand are; 0: there are none. */
  get address(): Address {
    return this.#address;
  }

  /** Whether there is little room: events add several records at once, so that a block is seldom filled to the last. */
  get isFull(): boolean {
    return this.used + (this.#capacity >> 3) >= this.#capacity;
  }

  /** What `take` takes. */
  about(event: TimedEvent): void {
    this.#event = event;
    this.#isNumbered = false;
  }

  /** Whether the event at hand was taken. */
  get wasTaken(): boolean {
    return this.#isNumbered;
  }

  /** The runs of `below`, each with the event at hand; 0: it begins a run. */
  take(below: Ref, step: StepId): Ref {
    if (!this.#isNumbered) this.number += 1;
    this.#isNumbered = true;
    return this.record(below, step, this.number, this.#event as TimedEvent);
  }

  /** A run like `flat`, of one path, with the event of `taken` behind it. */
  extend(flat: Ref, taken: Ref): Ref {
    const at = this.#base + taken - 1;
    const kind = this.#words[at * WORDS + KIND] as number;
    const number = this.#words[at * WORDS + NUMBER] as number;
    const offset = this.#longs[at * 4 + OFFSET] as bigint;
    return this.#put(flat, kind, number, this.timeOf(taken), offset, this.#values[at]);
  }

  /** The same with an event that has a number. */
  record(below: Ref, step: StepId, number: number, { at, origin, value }: TimedEvent): Ref {
    return this.#put(below, (step << SOURCE_BITS) | this.#sources.indexOf(origin), number, at, origin.offset, value);
  }

  #put(below: Ref, kind: number, number: number, at: Instant, offset: bigint, value: unknown): Ref {
    const ref = this.#add();
    const place = this.#base + ref - 1;
    const words = this.#words;
    words[place * WORDS + LEFT] = below;
    words[place * WORDS + DOWN] = below === 0 ? ref : this.downOf(below);
    words[place * WORDS + KIND] = kind;
    words[place * WORDS + NUMBER] = number;
    this.#doubles[place * 4 + TIME] = at;
    this.#longs[place * 4 + OFFSET] = offset;
    this.#values[place] = value;
    return ref;
  }

  /** The runs of both. No run may be in both. */
  join(one: Ref, other: Ref): Ref {
    const isInOrder = this.firstOf(one) >= this.firstOf(other);
    const ref = this.#add();
    this.#setUnion(ref, isInOrder ? one : other, isInOrder ? other : one);
    return ref;
  }

  #setUnion(ref: Ref, left: Ref, right: Ref): void {
    const place = this.#base + ref - 1;
    const words = this.#words;
    const [one, other] = [this.oldestOf(left), this.oldestOf(right)];
    words[place * WORDS + LEFT] = left;
    words[place * WORDS + RIGHT] = right;
    words[place * WORDS + KIND] = UNION;
    words[place * WORDS + NEWEST] = this.newestOf(left);
    words[place * WORDS + OLDEST] = this.numberOf(one) <= this.numberOf(other) ? one : other;
    this.#doubles[place * 4 + RUNS] = this.runsOf(left) + this.runsOf(right);
  }

  isUnion(ref: Ref): boolean {
    return this.#word(ref, KIND) === UNION;
  }

  isTaken(ref: Ref): boolean {
    return this.#word(ref, KIND) >= 0;
  }

  /** What is below an event that was taken, or one side of a union. */
  leftOf(ref: Ref): Ref {
    return this.#word(ref, LEFT);
  }

  /** The other side of a union. */
  rightOf(ref: Ref): Ref {
    return this.#word(ref, RIGHT);
  }

  stepOf(ref: Ref): StepId {
    return this.#word(ref, KIND) >>> SOURCE_BITS;
  }

  /** Of an event that was taken: its number among those of the key, from 1; steps that take the same event have the same. */
  numberOf(ref: Ref): number {
    return this.#word(ref, NUMBER);
  }

  timeOf(ref: Ref): Instant {
    return this.#doubles[(this.#base + ref - 1) * 4 + TIME] as Instant;
  }

  valueOf(ref: Ref): unknown {
    return this.#values[this.#base + ref - 1];
  }

  originOf(ref: Ref): Origin {
    const { topic, partition } = this.#sources.at(this.#word(ref, KIND) & SOURCE_MASK);
    return { topic, partition, offset: this.#longs[(this.#base + ref - 1) * 4 + OFFSET] as bigint };
  }

  /** The first event of the run, or the first union on the way down: whether it is one run, how many, how old. */
  downOf(ref: Ref): Ref {
    return this.#word(ref, KIND) === UNION ? ref : this.#word(ref, DOWN);
  }

  /** Whether it is one run, with nothing below but what it took. */
  isFlat(ref: Ref): boolean {
    return !this.isUnion(this.downOf(ref));
  }

  /** The latest first event of all runs below. */
  newestOf(ref: Ref): Ref {
    const down = this.downOf(ref);
    return this.isUnion(down) ? this.#word(down, NEWEST) : down;
  }

  /** The earliest first event below, perhaps of a run that is dead. */
  oldestOf(ref: Ref): Ref {
    const down = this.downOf(ref);
    return this.isUnion(down) ? this.#word(down, OLDEST) : down;
  }

  /** Runs below, and perhaps some that are dead. */
  runsOf(ref: Ref): number {
    const down = this.downOf(ref);
    return this.isUnion(down) ? (this.#doubles[(this.#base + down - 1) * 4 + RUNS] as number) : 1;
  }

  /** Number of the latest first event below. */
  firstOf(ref: Ref): number {
    return this.numberOf(this.newestOf(ref));
  }

  isAlive(ref: Ref): boolean {
    const newest = this.newestOf(ref);
    return this.numberOf(newest) >= this.cut && this.timeOf(newest) > this.after;
  }

  /** A record that is no part of the graph, with six words to use and a value. */
  addOther(): Ref {
    const ref = this.#add();
    this.#words[(this.#base + ref - 1) * WORDS + KIND] = OTHER;
    return ref;
  }

  /** A word of such a record. */
  wordOf(ref: Ref, word: number): number {
    return this.#word(ref, word);
  }

  setWord(ref: Ref, word: number, value: number): void {
    this.#words[(this.#base + ref - 1) * WORDS + word] = value;
  }

  setValue(ref: Ref, value: unknown): void {
    this.#values[this.#base + ref - 1] = value;
  }

  /** The event as it was given: what it is in the record at `from` goes to the one at `to`, and what it refers to is set anew. */
  slide(from: Ref, to: Ref, below: Ref): void {
    const [source, target] = [this.#base + from - 1, this.#base + to - 1];
    if (from !== to) {
      for (let word = 0; word < WORDS; word += 1)
        this.#words[target * WORDS + word] = this.#words[source * WORDS + word] as number;
      this.#values[target] = this.#values[source];
    }
    this.setWord(to, LEFT, below);
    this.setWord(to, DOWN, below === 0 ? to : this.downOf(below));
  }

  /** The union of two, made at `to`. */
  slideUnion(to: Ref, left: Ref, right: Ref): void {
    this.#setUnion(to, left, right);
    this.setValue(to, undefined);
  }

  /** Forgets the records behind the first `used`. */
  truncate(used: number): void {
    for (let record = used; record < this.used; record += 1) this.#values[this.#base + record] = undefined;
    this.used = used;
    this.moves += 1;
  }

  /** Gives back what is not needed. */
  fit(): void {
    if (this.used === 0) this.release();
    else if (4 * this.used <= this.#capacity) this.#reallocate(2 * this.used);
  }

  /** Makes room if there would soon be little again; a small block is left as it is. */
  spread(): void {
    if (this.used > SMALL && 3 * this.used > 2 * this.#capacity) this.#reallocate(this.used + (this.used >> 1) + 1);
  }

  setNumber(taken: Ref, number: number): void {
    this.setWord(taken, NUMBER, number);
  }

  /** Gives back all of it. */
  release(): void {
    if (this.#address !== 0) this.#slab.free(this.#address);
    this.moves += 1;
    this.show(0, 0);
  }

  #word(ref: Ref, word: number): number {
    return this.#words[(this.#base + ref - 1) * WORDS + word] as number;
  }

  #add(): Ref {
    if (this.used === this.#capacity) this.#reallocate(this.used + (this.used >> 1) + 1);
    this.used += 1;
    return this.used;
  }

  #reallocate(records: number): void {
    const [address, base, words, values] = [this.#address, this.#base, this.#words, this.#values];
    this.#move(this.#slab.allocate(records));
    for (let word = 0; word < this.used * WORDS; word += 1)
      this.#words[this.#base * WORDS + word] = words[base * WORDS + word] as number;
    for (let record = 0; record < this.used; record += 1) this.#values[this.#base + record] = values[base + record];
    if (address !== 0) this.#slab.free(address);
  }

  #move(address: Address): void {
    this.#address = address;
    this.#base = baseOf(address);
    if (address === 0) {
      this.#capacity = 0;
      return;
    }
    const chunk = this.#slab.chunkOf(address);
    this.#capacity = chunk.blockRecords;
    this.#words = chunk.words;
    this.#doubles = chunk.doubles;
    this.#longs = chunk.longs;
    this.#values = chunk.values;
  }
}

type Source = Pick<Origin, "topic" | "partition">;

/** Partitions of topics by small numbers. */
class Sources {
  readonly #all: Source[] = [];
  readonly #known = new Map<string, Map<number, number>>();
  #last: Source = { topic: "", partition: -1 };
  #lastIndex = 0;

  indexOf({ topic, partition }: Source): number {
    if (topic === this.#last.topic && partition === this.#last.partition) return this.#lastIndex;
    let ofTopic = this.#known.get(topic);
    if (ofTopic === undefined) {
      ofTopic = new Map();
      this.#known.set(topic, ofTopic);
    }
    let index = ofTopic.get(partition);
    if (index === undefined) {
      invariant(this.#all.length <= SOURCE_MASK, "that the number of a source fits beside a step");
      index = this.#all.push({ topic, partition }) - 1;
      ofTopic.set(partition, index);
    }
    this.#last = this.#all[index] as Source;
    this.#lastIndex = index;
    return index;
  }

  at(index: number): Source {
    return this.#all[index] as Source;
  }
}
