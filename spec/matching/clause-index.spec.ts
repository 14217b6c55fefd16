// What is looked up is what is found by asking everybody.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Clauses, Trait } from "../../lib/automaton/clauses.ts";
import { ClauseIndex, fitsSome } from "../../lib/matching/clause-index.ts";
import { FieldValues } from "../../lib/matching/field-values.ts";
import { RangeTable } from "../../lib/matching/range-table.ts";

const it = suite("clause index");

const end = fc.oneof(
  fc.integer({ min: -3, max: 12 }),
  fc.constantFrom(0.5, -0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.MAX_VALUE),
);
const range = fc.tuple(end, end).map(([one, other]) => ({ low: Math.min(one, other), high: Math.max(one, other) }));

it("finds the ranges that a number is in", () => {
  const number = fc.oneof(end, fc.constant(Number.NaN));
  const property = fc.property(fc.array(range, { maxLength: 40 }), fc.array(number), (ranges, numbers) => {
    const table = new RangeTable(ranges.map((each, of) => ({ ...each, of })));
    for (const each of numbers) {
      const found: number[] = [];
      table.find(each, (of) => found.push(of));
      const right = ranges.flatMap(({ low, high }, of) => (each >= low && each <= high ? [of] : []));
      assert.equal(
        found.sort((one, other) => one - other),
        right,
      );
    }
  });
  fc.assert(property, { numRuns: 1_000 });
});

const path = fc.constantFrom(["v"], ["w"], ["in", "x"], []);
const value = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom("x", "y", true, 2n, -0));
const trait: fc.Arbitrary<Trait> = fc.oneof(
  fc.record({
    kind: fc.constant("oneOf" as const),
    path,
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.tuple(path, range).map(([of, ends]): Trait => ({ kind: "inRange", path: of, ...ends })),
);
const clauses: fc.Arbitrary<Clauses> = fc.array(fc.array(trait, { maxLength: 4 }), { maxLength: 3 });
const event = fc.oneof(
  fc.record({ v: value, w: value, in: fc.oneof(fc.record({ x: value }), value) }, { requiredKeys: [] }),
  value,
  fc.constant(null),
);

it("finds whom an event fits, by whatever it looks them up", () => {
  const property = fc.property(fc.array(clauses, { maxLength: 12 }), fc.array(event), (owners, events) => {
    const fields = new FieldValues();
    const found = new Set<number>();
    const index = new ClauseIndex(owners, fields, (owner) => found.add(owner));
    const asked = owners.map((each) => fitsSome(each, fields));
    for (const each of events) {
      fields.read(each);
      found.clear();
      index.find();
      const right = asked.flatMap((fits, owner) => (fits() ? [owner] : []));
      assert.equal(
        [...found].sort((one, other) => one - other),
        right,
      );
    }
  });
  fc.assert(property, { numRuns: 1_500 });
});

it("asks nobody but those that the rarest of their traits is found for", () => {
  let asked = 0;
  const inTens = Array.from({ length: 1_000 }, (_, index): Clauses => {
    const low = 10 * index;
    return [
      [
        { kind: "oneOf", path: ["type"], values: ["a"] },
        { kind: "inRange", path: ["key"], low, high: low + 9 },
      ],
    ];
  });
  const fields = new FieldValues();
  const index = new ClauseIndex(inTens, fields, () => {
    asked += 1;
  });
  for (const [type, key, found] of [
    ["a", 5, 1],
    ["b", 5, 0],
    ["a", 9_999, 1],
    ["a", 10_000, 0],
  ] as const) {
    asked = 0;
    fields.read({ type, key });
    index.find();
    assert.is(asked, found, `${type} ${key}`);
  }
});

it.run();
