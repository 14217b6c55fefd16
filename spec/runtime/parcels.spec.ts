// What is sent at once.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inParcels } from "../../lib/runtime/parcels.ts";

const it = suite("parcels");

const cut = (all: readonly number[]): readonly (readonly number[])[] => [...inParcels(all, (each) => each)];

it("cuts what is sent by number and by size; what is larger alone goes alone", () => {
  assert.equal(cut([]), []);
  assert.equal(cut([500_000, 400_000, 1]), [[500_000, 400_000], [1]]);
  assert.equal(cut([1, 2_000_000, 1]), [[1], [2_000_000], [1]]);
  assert.equal(
    cut(Array.from({ length: 2_500 }, () => 1)).map(({ length }) => length),
    [1_000, 1_000, 500],
  );
});

it.run();
