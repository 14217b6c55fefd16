// Runs in a list stand in two orders, and are found by a value, as if each had been looked at.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Forest, type Ref } from "../../lib/matching/forest.ts";
import {
  BY_FIRST,
  BY_LAST,
  cellsIn,
  countOf,
  frontOf,
  insert,
  listOf,
  oldestSince,
  onlyThose,
  runOf,
  runsIn,
  withoutFront,
} from "../../lib/matching/listed.ts";
import { Slab } from "../../lib/matching/slab.ts";
import { ValueIndex } from "../../lib/matching/value-index.ts";

const it = suite("runs in a list");

/** Counts how often words of records are read. */
class CountingForest extends Forest {
  reads = 0;

  override wordOf(ref: Ref, word: number): number {
    this.reads += 1;
    return super.wordOf(ref, word);
  }
}

/** A forest with so many first events, and how to make a run that begins with one of them and ends with a new event. */
function someForest(firsts: number) {
  const forest = new CountingForest(new Slab());
  const take = (below: Ref, value: unknown): Ref => {
    forest.about({ value, at: forest.number + 1, origin: { topic: "t", partition: 0, offset: 0n } });
    return forest.take(below, 0);
  };
  const begun = Array.from({ length: firsts }, () => take(0, null));
  const make = (first: number, value: unknown): Ref => take(begun[first] as Ref, value);
  return { forest, make };
}

const FIRSTS = 5;

type Act =
  | {
      readonly kind: "insert";
      readonly runs: readonly { readonly first: number; readonly v: number; readonly turn: number }[];
    }
  | { readonly kind: "front"; readonly order: "first" | "last" }
  | { readonly kind: "only"; readonly residue: number }
  | { readonly kind: "since"; readonly first: number }
  | { readonly kind: "find"; readonly v: number };

const run = fc.record({ first: fc.nat(FIRSTS - 1), v: fc.nat(2), turn: fc.nat(9) });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), runs: fc.array(run, { minLength: 1, maxLength: 5 }) }),
  fc.record({ kind: fc.constant("front" as const), order: fc.constantFrom("first" as const, "last" as const) }),
  fc.record({ kind: fc.constant("only" as const), residue: fc.nat(4) }),
  fc.record({ kind: fc.constant("since" as const), first: fc.nat(FIRSTS) }),
  fc.record({ kind: fc.constant("find" as const), v: fc.nat(2) }),
);

/** A list, and what is to be in it, by first events and in the order in which it came. */
class Compared {
  readonly #made = someForest(FIRSTS);
  #list: Ref = 0;
  #runs: Ref[] = [];

  do(act: Act): void {
    const { forest } = this.#made;
    switch (act.kind) {
      case "insert":
        this.#insert(act.runs);
        break;
      case "front":
        this.#dropFront(act.order === "first");
        break;
      case "only":
        if (this.#list === 0) break;
        this.#list = onlyThose(forest, this.#list, null, (each) => each % 5 !== act.residue);
        this.#runs = this.#runs.filter((each) => each % 5 !== act.residue);
        break;
      case "since":
        if (this.#list === 0) break;
        assert.is(
          oldestSince(forest, this.#list, act.first),
          this.#runs.find((each) => forest.firstOf(each) >= act.first) ?? 0,
        );
        break;
      default:
        this.#find(act.v);
    }
    if (this.#list === 0) {
      assert.equal(this.#runs, []);
      return;
    }
    assert.equal(runsIn(forest, this.#list), this.#runs);
    assert.is(countOf(forest, this.#list), this.#runs.length);
    assert.is(frontOf(forest, this.#list, BY_FIRST), this.#runs[0]);
    assert.is(frontOf(forest, this.#list, BY_LAST), Math.min(...this.#runs));
  }

  /** Those that were made first do not always come first. */
  #insert(runs: Extract<Act, { kind: "insert" }>["runs"]): void {
    const { forest, make } = this.#made;
    const made = runs.map(({ first, v, turn }) => ({ run: make(first, v), turn }));
    const inTurn = made.sort((one, other) => one.turn - other.turn).map((each) => each.run);
    this.#list = this.#list === 0 ? listOf(forest, inTurn) : insert(forest, this.#list, inTurn);
    this.#runs = [...this.#runs, ...inTurn].sort((one, other) => forest.firstOf(one) - forest.firstOf(other));
  }

  #dropFront(isByFirst: boolean): void {
    if (this.#list === 0) return;
    const front = isByFirst ? this.#runs[0] : Math.min(...this.#runs);
    this.#list = withoutFront(this.#made.forest, this.#list, isByFirst ? BY_FIRST : BY_LAST);
    this.#runs = this.#runs.filter((each) => each !== front);
  }

  #find(v: number): void {
    const { forest } = this.#made;
    if (this.#runs.length < 2 || forest.isTaken(this.#list)) return;
    const known = forest.valueOf(this.#list) as ValueIndex | undefined;
    const index = known ?? new ValueIndex(cellsIn(forest, this.#list));
    forest.setValue(this.#list, index);
    const found = index.find(forest, [v, "no such value"], (each) => forest.valueOf(each));
    const wanted = this.#runs.filter((each) => forest.valueOf(each) === v).sort((one, other) => one - other);
    assert.equal(
      found.map((cell) => runOf(forest, cell)),
      wanted,
    );
  }
}

it("stand by their first and by their last events, and are found by a value", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const compared = new Compared();
      for (const each of acts) compared.do(each);
    }),
    { numRuns: 2_000 },
  );
});

it("come and go at the same cost, however many there are", () => {
  const readsWith = (open: number) => {
    const { forest, make } = someForest(open + 2);
    const runs = Array.from({ length: open }, (_, first) => make(first, first));
    let list = listOf(forest, runs);
    const cost = (what: () => void): number => {
      const before = forest.reads;
      what();
      return forest.reads - before;
    };
    return [
      cost(() => {
        list = insert(forest, list, [make(open, open)]);
      }),
      cost(() => frontOf(forest, list, BY_LAST)),
      cost(() => {
        list = withoutFront(forest, list, BY_FIRST);
      }),
      cost(() => {
        list = withoutFront(forest, list, BY_LAST);
      }),
    ];
  };
  assert.equal(readsWith(10_000), readsWith(10));
});

it("are known by value only as long as somebody asks", () => {
  const { forest, make } = someForest(1);
  const list = listOf(forest, [make(0, 1), make(0, 2)]);
  const index = new ValueIndex(cellsIn(forest, list));
  forest.setValue(list, index);
  for (let turn = 0; turn < 100; turn += 1) insert(forest, withoutFront(forest, list, BY_LAST), [make(0, turn)]);
  assert.is(forest.valueOf(list), undefined);
  assert.is(countOf(forest, list), 2);
});

it.run();
