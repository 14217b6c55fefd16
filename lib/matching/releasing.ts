// Which matches of the key at hand are reported now: what its skip strategy leaves, what need not be held back, and of too many
// those with the latest first events.

import type { Automaton, Step } from "../automaton/automaton.ts";
import type { Forest, Ref } from "./forest.ts";
import { dropDead, type KeepingOf, oldestFrom } from "./group.ts";
import { Living } from "./living.ts";
import { Tails } from "./paths.ts";
import type { Rows } from "./rows.ts";
import { inOrder, type Tail } from "./run.ts";
import { cutOf, release } from "./skip.ts";

const NOTHING: readonly never[] = [];

export class Releasing {
  /** Matches that were found and left out, being too many; who tells of them sets it to 0. */
  unbuilt = 0;
  readonly #automaton: Automaton;
  readonly #rows: Rows;
  readonly #forest: Forest;
  readonly #keepingOf: KeepingOf;
  /** Whether all matches are reported, at once. */
  readonly #isEachSaid: boolean;
  readonly #most: number;
  readonly #alike: number;
  readonly #living: Living;

  /** At most `most` matches are built at once; where so many `alike` more share their first event, the first of these in order. */
  constructor(automaton: Automaton, rows: Rows, keepingOf: KeepingOf, most: number, alike: number) {
    const { emit, skip, oncePerMs } = automaton.pattern;
    this.#automaton = automaton;
    this.#rows = rows;
    this.#forest = rows.forest;
    this.#keepingOf = keepingOf;
    this.#isEachSaid = emit === "eager" && skip.to === "none" && oncePerMs === null;
    this.#most = most;
    this.#alike = alike;
    this.#living = new Living(rows);
  }

  /** Those of `complete`, and of the held ones, that may be reported; drops what their skip strategy drops. */
  release(complete: readonly Ref[]): readonly Tail[] {
    if (complete.length === 0 && this.#rows.held.length === 0) return NOTHING;
    const { pattern } = this.#automaton;
    const tails = new Tails(this.#forest);
    if (this.#isEachSaid) return this.#latest(tails, complete);
    if (pattern.emit === "ordered") return this.#inTurn(tails, complete);
    const found = inOrder(
      complete.flatMap((root) => tails.below(root)),
      (tail) => tail,
    );
    const known = {
      firstOf: ({ first }: Tail) => first.position,
      cutAfter: (tail: Tail) => cutOf(pattern.skip, tail, this.#stepOf),
      oldestFrom: null,
    };
    const { reported, cut } = release(pattern, known, NOTHING, found);
    this.cut(cut);
    return reported;
  }

  /** Where matches drop nothing, none has to be looked at that is not built. */
  #latest(tails: Tails, complete: readonly Ref[]): readonly Tail[] {
    let atMost = 0;
    for (const root of complete) atMost += this.#forest.runsOf(root);
    // Counting those that live is worth it only where there may be too many.
    const found = atMost > this.#most ? this.#countLiving(complete) : atMost;
    const isTooMany = found > this.#most;
    const built = isTooMany
      ? tails.latest(complete, this.#most, this.#alike)
      : complete.flatMap((root) => tails.below(root));
    if (isTooMany) this.unbuilt = found - built.length;
    return inOrder(built, (tail) => tail);
  }

  #countLiving(complete: readonly Ref[]): number {
    return complete.reduce((found, root) => found + this.#living.count(root), 0);
  }

  #inTurn(tails: Tails, complete: readonly Ref[]): readonly Tail[] {
    const rows = this.#rows;
    const { pattern } = this.#automaton;
    const known = {
      firstOf: (run: Ref) => this.#forest.firstOf(run),
      cutAfter: (run: Ref) => cutOf(pattern.skip, tails.of(run), this.#stepOf),
      oldestFrom: (from: number) => oldestFrom(rows, from),
    };
    const ordered = inOrder(complete, (run) => tails.of(run));
    const { reported, held, cut } = release(pattern, known, rows.held, ordered);
    rows.held = held;
    this.cut(cut);
    return reported.map((run) => tails.of(run));
  }

  /** Drops all runs whose first event has a number below. */
  cut(before: number): void {
    if (before <= this.#forest.cut) return;
    this.#forest.cut = before;
    dropDead(this.#rows, this.#keepingOf);
  }

  readonly #stepOf = ({ step }: Tail): string => (this.#automaton.steps[step] as Step).name;
}
