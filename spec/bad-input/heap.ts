// How much memory is held, after everything was let go that can be.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as assert from "uvu/assert";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What may be held after thousands of items more than after the first ones. */
const MAX_GROWTH_BYTES = 32 * 1_048_576;
/** Items after which all code was loaded and compiled that there is. */
const WARM_UP_ITEMS = 1_000;

/** Counts items, and knows what was held when `WARM_UP_ITEMS` of them had gone through. */
export type Meter = {
  readonly items: () => number;
  readonly count: () => void;
  /** Bytes that are held more than then; negative: fewer. Fails if they are too many, or the items too few. */
  readonly growthBytes: () => number;
};

export function createMeter(): Meter {
  let items = 0;
  let before = 0;
  return {
    items: () => items,
    count: () => {
      items += 1;
      if (items === WARM_UP_ITEMS) before = heldBytes();
    },
    growthBytes: () => {
      const growth = heldBytes() - before;
      assert.ok(items > WARM_UP_ITEMS, `only ${items} items`);
      assert.ok(growth < MAX_GROWTH_BYTES, `${growth} bytes more are held than after ${WARM_UP_ITEMS} items`);
      return growth;
    },
  };
}

/** Bytes of heap and of buffers. */
function heldBytes(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
