// Whoever is refused reads what happened, where, and what to do.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CheckpointError } from "../../lib/core/errors.ts";
import * as refusals from "../../lib/state/state-error.ts";

const it = suite("state, refusals");

const HERE = 'offset 7 of partition 1 of "shop-state"';

/** Of each refusal: its code, and words that its message has to have. */
const SAID: readonly (readonly [CheckpointError, string, RegExp, RegExp])[] = [
  [refusals.foreign(HERE), "FOREIGN_STATE", /no saved state of sequitur/, /another app name.*sequitur reset/],
  [
    refusals.truncated(HERE, "3 bytes are left"),
    "TRUNCATED_STATE",
    /cut off: 3 bytes are left\./,
    /retention\.ms=-1.*sequitur reset/,
  ],
  [
    refusals.damaged(HERE, "its sum is odd"),
    "DAMAGED_STATE",
    /damaged: its sum is odd\./,
    /disks of the brokers.*sequitur reset/,
  ],
  [
    refusals.older(HERE, 1, 2),
    "UNKNOWN_FORMAT",
    /has format 1; .* format 2\./,
    /version that wrote it.*sequitur reset/,
  ],
  [refusals.newer(HERE, 9, 1), "NEWER_STATE", /has format 9; .* up to 1\./, /Run the version that wrote it/],
  [
    refusals.otherApp(HERE, "shop", "bank"),
    "OTHER_APP",
    /app "shop", not of "bank"/,
    /its own app name and state topic/,
  ],
  [
    refusals.otherShape(HERE, "partitions", 4, 8),
    "PARTITIONS_CHANGED",
    /had 4 partitions; they have 8/,
    /Copy the input/,
  ],
  [
    refusals.otherShape(HERE, "shards", 2, 3),
    "SHARDS_CHANGED",
    /in 2 shards; the service has 3/,
    /Set shards to 2 again/,
  ],
  [
    refusals.superseded(HERE, 5, 4),
    "SUPERSEDED",
    /Release 5 .* is release 4/,
    /Stop this process; .* a release above 5/,
  ],
  [
    refusals.cannotDrain(HERE, "unpaid", 2, "it has functions (select)"),
    "CANNOT_DRAIN",
    /open runs of "unpaid" \(version 2\).* cannot be made again: it has functions \(select\)\./,
    /changedPatterns: \{ "unpaid": "drop" \}.* bring the old pattern back/,
  ],
  [
    refusals.duplicateApp(HERE, "shop", 5),
    "DUPLICATE_APP",
    /release 5 of the app "shop" with other patterns/,
    /raise release/,
  ],
  [refusals.duel(HERE, "shop"), "DUPLICATE_APP", /again and again/, /Stop one of them, or give it another app name/],
];

it("says what happened, where, and what to do", () => {
  for (const [error, code, what, remedy] of SAID) {
    assert.is(error.code, code);
    assert.ok(error.message.includes(HERE), code);
    assert.match(error.message, what);
    assert.match(error.message, remedy);
  }
});

it("has nothing to say that is not looked at here", () => {
  assert.is(new Set(SAID.map(([{ code }]) => code)).size, 11);
  assert.is(Object.keys(refusals).length, SAID.length - 1);
});

it.run();
