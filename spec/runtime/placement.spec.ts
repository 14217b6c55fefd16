// Keys in two partitions are found: at once while few keys are known, soon when many are.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { createPlacement } from "../../lib/runtime/placement.ts";

const it = suite("placement");

const isRefusal = (error: unknown): boolean => error instanceof ConfigError && error.code === "KEY_NOT_COLOCATED";

it("a key may be in one partition number of several topics", () => {
  const placement = createPlacement();
  for (const topic of ["x", "y", "x"]) placement.check("ann", { topic, partition: 3 });
});

it("keys that only look alike are different", () => {
  const placement = createPlacement();
  placement.check(1, { topic: "x", partition: 0 });
  placement.check("1", { topic: "x", partition: 1 });
  placement.check(["1"], { topic: "x", partition: 2 });
});

it("a key in two partitions is refused, naming both topics", () => {
  const placement = createPlacement();
  placement.check("ann", { topic: "x", partition: 0 });
  assert.throws(() => placement.check("ann", { topic: "y", partition: 1 }), isRefusal);
  assert.throws(
    () => placement.check("ann", { topic: "y", partition: 1 }),
    /partition 0 of "x" and in partition 1 of "y"/,
  );
});

it("with a hundred thousand keys it still finds one of the first thousands within sixteen events", () => {
  const placement = createPlacement();
  for (let n = 0; n < 100_000; n += 1) placement.check(n, { topic: "x", partition: 0 });
  assert.throws(() => {
    for (let n = 0; n < 16; n += 1) placement.check(n, { topic: "x", partition: 1 });
  }, isRefusal);
});

it.run();
