// Which runs of a group take the event at hand, where that depends on what each has taken. The group is walked from what was taken
// last to what was taken first; what is known of all runs below is asked once for all of them.
//
//     e.v > m.b.v             b4 ─▶ a1 ∪ a2 ∪ a3         asked at b4: yes, so all three, as they are
//                             b5 ─▶ a1 ∪ a2 ∪ a3         asked at b5: no, so nobody looks below
//     and e.v != m.a.v                                   asked at each a that is left

import { levelOf, type RunPart } from "../automaton/choice.ts";
import type { Forest, Ref } from "./forest.ts";
import { inOrderOfFirst, type TakenBelow } from "./paths.ts";

/** A part of a group on the way down: what was taken behind it, and how many of the parts are known to hold. */
type Branch = { readonly ref: Ref; readonly depth: number; readonly known: number };

export class Choosing {
  readonly #forest: Forest;
  readonly #taken: TakenBelow;

  constructor(forest: Forest, taken: TakenBelow) {
    this.#forest = forest;
    this.#taken = taken;
  }

  /**
   * The runs of `root` that live and of which all parts hold for `value`; 0: none. Cost: the records down to where the last part is
   * decided, on each way there.
   *
   * @throws whatever reading an event throws.
   */
  choose(root: Ref, parts: readonly RunPart[], value: unknown): Ref {
    const forest = this.#forest;
    const way: Ref[] = [];
    const found: Ref[] = [];
    const open: Branch[] = [{ ref: root, depth: 0, known: 0 }];
    for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
      const { ref, depth, known } = branch;
      if (!forest.isAlive(ref)) continue;
      way.length = depth;
      if (forest.isUnion(ref)) {
        open.push({ ref: forest.rightOf(ref), depth, known }, { ref: forest.leftOf(ref), depth, known });
      } else {
        const isRun = forest.isFlat(ref);
        const level = isRun ? Number.NEGATIVE_INFINITY : levelOf(forest.stepOf(ref));
        if (!isRun) way.push(ref);
        const holding = this.#holding(parts, known, { level, below: isRun ? ref : 0, way, value });
        if (holding < 0) continue;
        if (isRun) found.push(this.#along(ref, way));
        else if (holding === parts.length) found.push(this.#along(ref, way.slice(0, depth)));
        else open.push({ ref: forest.leftOf(ref), depth: depth + 1, known: holding });
      }
    }
    if (found.length < 2) return found[0] ?? 0;
    return inOrderOfFirst(forest, found).reduce((older, newer) => forest.join(newer, older));
  }

  /** How many parts are known to hold when those are asked that are decided at `level`; -1: one does not. */
  #holding(
    parts: readonly RunPart[],
    known: number,
    { level, below, way, value }: { level: number; below: Ref; way: readonly Ref[]; value: unknown },
  ): number {
    const taken = this.#taken.about(below, way);
    let next = known;
    for (; next < parts.length; next += 1) {
      const part = parts[next] as RunPart;
      if (level > part.level) return next;
      if (!part.holds(value, taken)) return -1;
    }
    return next;
  }

  /** What is below, with what was taken behind it. */
  #along(ref: Ref, way: readonly Ref[]): Ref {
    let run = ref;
    for (let index = way.length - 1; index >= 0; index -= 1) run = this.#forest.extend(run, way[index] as Ref);
    return run;
  }
}
