// Which of many patterns an event concerns. Each clause is looked up by one of its traits, that which the fewest others could
// be found by as well; the rest of it is asked only where that fits.
//
//     type = "a" and key in [0, 9]       key:  [0, 9] ──▶ type = "a"?  ──▶ pattern 0
//     type = "a" and key in [10, 19]           [10, 19] ─▶ type = "a"? ──▶ pattern 1
//     city one of "x", "y"               city: "x", "y" ──▶ pattern 2
//
// So an event costs a look-up for each field in use and what it finds, however many patterns there are.

import type { Clause, Clauses, Trait } from "../automaton/clauses.ts";
import type { FieldValues, Slot } from "./field-values.ts";
import { type Range, RangeTable } from "./range-table.ts";

/** Whether the event that was read last fits. */
export type Fits = () => boolean;

/** A clause that was found by one of its traits. `rest`: what remains to be asked; `null`: nothing. */
type Found = { readonly owner: number; readonly rest: Fits | null };

/** Of one field: clauses by value, and by range. */
type Table = {
  readonly slot: Slot;
  readonly equal: ReadonlyMap<unknown, readonly Found[]>;
  readonly ranges: RangeTable<Found>;
};

export class ClauseIndex {
  readonly #values: readonly unknown[];
  readonly #tables: readonly Table[];
  /** Whom every event fits. */
  readonly #always: readonly number[];
  readonly #tell: (owner: number) => void;

  /** The clauses of each owner, who is called by his place in the list; `tell` is told whom an event fits, perhaps twice. */
  constructor(owners: readonly Clauses[], fields: FieldValues, tell: (owner: number) => void) {
    this.#values = fields.values;
    this.#tell = tell;
    const clauses = owners.flatMap((each, owner) => each.map((clause) => ({ owner, clause })));
    this.#always = clauses.flatMap(({ owner, clause }) => (clause.length === 0 ? [owner] : []));
    const drafts = new Drafts(fields);
    for (const { clause } of clauses) for (const trait of clause) drafts.count(trait);
    for (const { owner, clause } of clauses) if (clause.length > 0) drafts.add(owner, clause);
    this.#tables = drafts.tables();
  }

  /** Tells whom the event that was read last fits. */
  find(): void {
    for (const owner of this.#always) this.#tell(owner);
    for (const { slot, equal, ranges } of this.#tables) {
      const value = this.#values[slot];
      const found = equal.get(value);
      if (found !== undefined) for (const each of found) this.#meet(each);
      if (typeof value === "number") ranges.find(value, this.#meet);
    }
  }

  readonly #meet = ({ owner, rest }: Found): void => {
    if (rest === null || rest()) this.#tell(owner);
  };
}

/** Whether the event that was read last fits some clause. */
export function fitsSome(clauses: Clauses, fields: FieldValues): Fits {
  const each = clauses.map((clause) => fitsAll(clause, fields));
  const [only] = each;
  return only !== undefined && each.length === 1 ? only : () => each.some((fits) => fits());
}

function fitsAll(clause: Clause, fields: FieldValues): Fits {
  const [one, other, ...more] = clause.map((trait) => fitsTrait(trait, fields));
  if (one === undefined) return () => true;
  if (other === undefined) return one;
  return more.length === 0 ? () => one() && other() : () => one() && other() && more.every((fits) => fits());
}

function fitsTrait(trait: Trait, fields: FieldValues): Fits {
  const { values } = fields;
  const slot = fields.slotOf(trait.path);
  if (trait.kind === "oneOf") {
    const options = new Set<unknown>(trait.values);
    return () => options.has(values[slot]);
  }
  const { low, high } = trait;
  return () => {
    const value = values[slot];
    return typeof value === "number" && value >= low && value <= high;
  };
}

/** Of one field, what is said of it, and what is to be found by it. */
class Draft {
  readonly slot: Slot;
  readonly equal = new Map<unknown, Found[]>();
  readonly ranges: Range<Found>[] = [];
  readonly #times = new Map<unknown, number>();
  #lows: number[] = [];
  #highs: number[] = [];
  #isSorted = true;

  constructor(slot: Slot) {
    this.slot = slot;
  }

  count(trait: Trait): void {
    if (trait.kind === "oneOf") {
      for (const value of trait.values) this.#times.set(value, (this.#times.get(value) ?? 0) + 1);
      return;
    }
    this.#lows.push(trait.low);
    this.#highs.push(trait.high);
    this.#isSorted = false;
  }

  /** How many traits an event may fit that fits this one, in a bad case. */
  crowdOf(trait: Trait): number {
    if (trait.kind === "oneOf")
      return trait.values.reduce<number>((most, value) => Math.max(most, this.#times.get(value) as number), 0);
    if (!this.#isSorted) {
      this.#lows = [...Float64Array.from(this.#lows).sort()];
      this.#highs = [...Float64Array.from(this.#highs).sort()];
      this.#isSorted = true;
    }
    // All but those that end before it or begin after it.
    return countBelow(this.#lows, trait.high, true) - countBelow(this.#highs, trait.low, false);
  }
}

/** The fields while an index is made. */
class Drafts {
  readonly #fields: FieldValues;
  readonly #drafts = new Map<Slot, Draft>();

  constructor(fields: FieldValues) {
    this.#fields = fields;
  }

  count(trait: Trait): void {
    this.#draftOf(trait).count(trait);
  }

  /** Of several traits that are as good, the first. */
  add(owner: number, clause: Clause): void {
    const crowds = clause.map((trait) => this.#draftOf(trait).crowdOf(trait));
    const best = crowds.indexOf(Math.min(...crowds));
    const trait = clause[best] as Trait;
    const rest = clause.length > 1 ? fitsAll(clause.toSpliced(best, 1), this.#fields) : null;
    const { equal, ranges } = this.#draftOf(trait);
    if (trait.kind === "inRange") ranges.push({ ...trait, of: { owner, rest } });
    else
      for (const value of trait.values) {
        const there = equal.get(value) ?? [];
        equal.set(value, there);
        there.push({ owner, rest });
      }
  }

  tables(): readonly Table[] {
    const used = [...this.#drafts.values()].filter(({ equal, ranges }) => equal.size + ranges.length > 0);
    return used.map(({ slot, equal, ranges }) => ({ slot, equal, ranges: new RangeTable(ranges) }));
  }

  #draftOf({ path }: Trait): Draft {
    const slot = this.#fields.slotOf(path);
    const draft = this.#drafts.get(slot) ?? new Draft(slot);
    this.#drafts.set(slot, draft);
    return draft;
  }
}

/** How many of some sorted numbers are below another, or equal to it. */
function countBelow(sorted: readonly number[], than: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle] as number;
    if (at < than || (orEqual && at === than)) low = middle + 1;
    else high = middle;
  }
  return low;
}
