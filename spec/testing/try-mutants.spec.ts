// Which changes a test notices: the weak test misses what it never looks at, the strong one does not, and a report can be read.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { matchAll } from "../../lib/matching/create-matcher.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import { tryMutants } from "../../lib/testing/try-mutants.ts";

const it = suite("mutants of a tested pattern");

type Charge = { amount: number };

const large = pattern<Charge>("large")
  .begin("it")
  .where((e) => e.amount.gt(500))
  .select((m) => m.it.amount);

type Large = Pattern<Charge, unknown, number>;

const amounts = (each: Large, given: readonly number[]): string =>
  [
    ...matchAll(
      each,
      given.map((amount) => ({ amount })),
      {},
    ),
  ]
    .map(({ value }) => value)
    .join();

const expect = (each: Large, given: readonly number[], found: string): void => assert.is(amounts(each, given), found);

it("are missed by a test that never comes near the bound, with events that show it", async () => {
  const report = await tryMutants(large, (each) => expect(each, [400, 600], "600"));
  assert.equal(
    report.missed.map(({ change }) => change),
    [
      '"amount is above 500" became "amount is at least 500"',
      '"amount is above 500" became "amount is above 501"',
      '"amount is above 500" became "amount is above 499"',
    ],
  );
  assert.equal(
    report.caught.map(({ of, change }) => `${of}: ${change}`),
    ['it: "amount is above 500" became "amount is at most 500"', 'it: "amount is above 500" is no longer asked'],
  );
  assert.is(report.all, report.caught.length + report.missed.length + report.alike.length);
  assert.equal(report.missed[0]?.distinction.events, [{ value: { amount: 500 }, at: 0 }]);
  assert.is(
    report.describe().split("\n").slice(0, 6).join("\n"),
    [
      '6 small changes of "large": the test noticed 2 and missed 3. 1 made no difference that was found.',
      "",
      '1. it: "amount is above 500" became "amount is at least 500"',
      '     1  +0ms  {"amount":500}',
      "     only the changed one finds {it 1} at +0ms",
      "",
    ].join("\n"),
  );
});

it("are all caught by a test that does, whether it throws or rejects", async () => {
  const report = await tryMutants(large, async (each) => {
    await Promise.resolve();
    expect(each, [499, 500, 500.5, 501, 502], "500.5,501,502");
  });
  assert.equal(report.missed, []);
  assert.is(
    report.describe(),
    '6 small changes of "large": the test noticed 5 and missed 0. 1 made no difference that was found.',
  );
});

it("are not tried with a test that finds fault with the pattern itself", async () => {
  try {
    await tryMutants(large, (each) => expect(each, [500], "500"));
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof ConfigError && error.code === "TEST_FAILS");
    assert.match(
      error.message,
      /^the test of "large" finds fault with the pattern itself, .* Mend the pattern or the test first\.$/s,
    );
  }
});

it("are counted as they are tried, until they are stopped", async () => {
  const stop = new AbortController();
  const told: string[] = [];
  const report = await tryMutants(large, () => {}, {
    streams: 20,
    signal: stop.signal,
    onProgress: (tried, all) => {
      told.push(`${tried}/${all}`);
      if (tried === 2) stop.abort();
    },
  });
  assert.equal(told, ["1/6", "2/6"]);
  assert.match(report.describe(), /^Of 6 small changes of "large" 2 were tried: the test noticed 0 and missed 2\./);
});

it.run();
