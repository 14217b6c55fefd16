// Work in slices, done at once.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { atOnce, type Sliced } from "../../lib/core/slices.ts";

const it = suite("core/slices");

it("does all slices, and gives the result", () => {
  const done: number[] = [];
  function* work(): Sliced<string> {
    for (const slice of [1, 2, 3]) {
      done.push(slice);
      yield;
    }
    return "result";
  }
  assert.is(atOnce(work()), "result");
  assert.equal(done, [1, 2, 3]);
});

it.run();
