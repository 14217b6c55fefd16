// Which of many patterns an event concerns, without asking them (automaton/interest.ts).
//
//     the event may begin a run ────────────────────────────── looked up by its fields ───┐
//     its key has open runs, which it may move, or which       ├─▶ these patterns
//     wait for whatever comes next ─── of a few patterns all are asked, of many holders ──┘
//                                      remembers who has open runs; if many have, the fields are looked up

import { either } from "../automaton/clauses.ts";
import type { Interest } from "../automaton/interest.ts";
import type { Key } from "../event/key.ts";
import { ClauseIndex, type Fits, fitsSome } from "./clause-index.ts";
import { FieldValues } from "./field-values.ts";
import { Holders } from "./holders.ts";

/** Patterns are called by their place in a list, from 0. */
export type PatternIndex = number;

/** So many patterns are asked whether they hold something for a key; of more it is remembered, which costs memory for each key. */
const FEW = 8;
/** Of a key that so many patterns hold something for, those that an event may move are looked up instead of asked. */
const MANY_HOLDERS = 32;

const NOBODY: readonly PatternIndex[] = [];

export class Concerned {
  readonly #interests: readonly Interest[];
  readonly #isHeld: (pattern: PatternIndex, key: Key) => boolean;
  readonly #tell: (pattern: PatternIndex) => void;
  readonly #fields = new FieldValues();
  /** Who may begin a run. */
  readonly #begins: ClauseIndex;
  /** Who may do anything at all. */
  readonly #anything: ClauseIndex;
  /** By pattern: whether an event may begin a run. */
  readonly #begun: readonly Fits[];
  /** By pattern: whether it may do something to an open run. */
  readonly #moved: readonly Fits[];
  readonly #isAnyRestless: boolean;
  /** `null`: the patterns are few. */
  readonly #holders: Holders | null;
  /** That of the event at hand, once somebody has to know it. */
  #key: Key = "";

  /** `isHeld`: whether a pattern holds something for a key. `tell` is told whom an event concerns, perhaps twice. */
  constructor(
    interests: readonly Interest[],
    isHeld: (pattern: PatternIndex, key: Key) => boolean,
    tell: (pattern: PatternIndex) => void,
  ) {
    this.#interests = interests;
    this.#isHeld = isHeld;
    this.#tell = tell;
    const fields = this.#fields;
    for (const path of interests.flatMap(({ reads }) => reads)) fields.slotOf(path);
    const [begins, moves] = [interests.map((each) => each.begins), interests.map((each) => each.moves)];
    const anything = interests.map((each) => either([each.begins, each.moves]));
    this.#begins = new ClauseIndex(begins, fields, tell);
    this.#anything = new ClauseIndex(anything, fields, this.#tellIfConcerned);
    this.#begun = begins.map((clauses) => fitsSome(clauses, fields));
    this.#moved = moves.map((clauses) => fitsSome(clauses, fields));
    this.#isAnyRestless = interests.some(({ restless }) => restless);
    this.#holders = interests.length > FEW ? new Holders(isHeld) : null;
  }

  /** Tells whom the event concerns. Cost: the fields that the patterns look at, and whom it concerns. */
  find(key: Key, event: unknown): void {
    try {
      this.#fields.read(event);
    } catch {
      // What of the event cannot be read is for each pattern to find out and to say.
      for (const pattern of this.#interests.keys()) this.#tell(pattern);
      return;
    }
    this.#key = key;
    const holders = this.#holders?.of(key) ?? NOBODY;
    if (holders.length >= MANY_HOLDERS) {
      this.#anything.find();
      if (this.#isAnyRestless) for (const pattern of holders) if (this.#isRestless(pattern)) this.#tell(pattern);
      return;
    }
    this.#begins.find();
    for (const pattern of holders) if (this.#mayMove(pattern)) this.#tell(pattern);
    if (this.#holders === null)
      for (const pattern of this.#interests.keys())
        if (this.#mayMove(pattern) && this.#isHeld(pattern, key)) this.#tell(pattern);
  }

  /** To be called whenever a pattern was given an event of a key, or was restored with one. */
  look(pattern: PatternIndex, key: Key): void {
    this.#holders?.look(key, pattern);
  }

  #mayMove(pattern: PatternIndex): boolean {
    return this.#isRestless(pattern) || (this.#moved[pattern] as Fits)();
  }

  #isRestless(pattern: PatternIndex): boolean {
    return (this.#interests[pattern] as Interest).restless;
  }

  readonly #tellIfConcerned = (pattern: PatternIndex): void => {
    if ((this.#begun[pattern] as Fits)() || this.#isHeld(pattern, this.#key)) this.#tell(pattern);
  };
}
