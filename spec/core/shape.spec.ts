import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { anything, indexFrom, listOf, orNull, record, type Shape, shapeOf, text, tuple } from "../../lib/core/shape.ts";

const it = suite("core/shape");

const count = indexFrom(0);
const ROW = record({ name: text, at: orNull(count), pairs: listOf(tuple(count, anything)) });

const rows = fc.record({
  name: fc.string(),
  at: fc.option(fc.nat()),
  pairs: fc.array(fc.tuple(fc.nat(), fc.anything())),
});

it("says nothing of what fits", () => {
  fc.assert(
    fc.property(rows, (row) => ROW(row) === null),
    { numRuns: 1_000 },
  );
});

it("says where the first thing is that does not fit, and what was expected there", () => {
  const said = (shape: Shape, value: unknown) => {
    const misfit = shape(value);
    return misfit && [misfit.path, misfit.expected];
  };
  fc.assert(
    fc.property(rows, fc.nat(), (row, number) => {
      const index = number % (row.pairs.length + 1);
      const pairs = [...row.pairs.slice(0, index), ["x", 0], ...row.pairs.slice(index)];
      assert.equal(said(listOf(ROW), [row, { ...row, pairs }]), [[1, "pairs", index, 0], "a whole number from 0"]);
    }),
    { numRuns: 1_000 },
  );
  const row = { name: "a", at: null, pairs: [] };
  assert.equal(said(ROW, null), [[], "an object"]);
  assert.equal(said(ROW, "a"), [[], "an object"]);
  assert.equal(said(ROW, { ...row, name: 1 }), [["name"], "a text"]);
  assert.equal(said(ROW, { ...row, pairs: {} }), [["pairs"], "a list"]);
  assert.equal(said(ROW, { ...row, pairs: [[1]] }), [["pairs", 0], "a list of 2"]);
  assert.equal(said(ROW, { ...row, pairs: [1] }), [["pairs", 0], "a list of 2"]);
  assert.equal(
    said(
      shapeOf((value) => value === 7, "seven"),
      8,
    ),
    [[], "seven"],
  );
});

it("counts from the least to below the end, in whole numbers", () => {
  const shape = indexFrom(2, 5);
  assert.equal(
    [1, 2, 4, 5, 2.5, "3", null, Number.NaN].map((value) => shape(value) === null),
    [false, true, true, false, false, false, false, false],
  );
  assert.is(shape(1)?.expected, "one of 3 numbers from 2");
  assert.is(indexFrom(2)(Number.MAX_SAFE_INTEGER), null);
  assert.is(indexFrom(2)(Number.POSITIVE_INFINITY)?.expected, "a whole number from 2");
});

it("an object's own fields count, and no others", () => {
  const inherits = Object.create({ constructor: "a", name: "a" }) as object;
  assert.equal(record({ name: text })(inherits)?.path, ["name"]);
  assert.equal(record({ constructor: text })({})?.path, ["constructor"]);
});

it.run();
