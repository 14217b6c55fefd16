import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { formatDuration, parseDuration } from "../../lib/time/duration.ts";

const it = suite("durations");

const CASES: readonly (readonly [text: string, ms: number])[] = [
  ["0ms", 0],
  ["1ms", 1],
  ["500ms", 500],
  ["30s", 30_000],
  ["90s", 90_000],
  ["10m", 600_000],
  ["1h30m", 5_400_000],
  ["24h", 86_400_000],
  ["7d", 604_800_000],
  ["1d2h3m4s5ms", 93_784_005],
  ["1.5h", 5_400_000],
  ["1.1h", 3_960_000],
  ["0.001s", 1],
  ["-5m", -300_000],
];
for (const [text, ms] of CASES) {
  it(`reads ${text} as ${ms} ms`, () => assert.is(parseDuration(text, "within"), ms));
}

const REFUSED: readonly unknown[] = [
  "",
  "-",
  "10",
  "m",
  "10 m",
  " 10m",
  "10min",
  "1m1h",
  "1h1h",
  "1e3s",
  "0x10s",
  "0.5ms",
  "0.0001s",
  "999999999999999d",
  "10m\n",
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  null,
  undefined,
  10n,
  {},
];
for (const given of REFUSED) {
  it(`refuses ${typeof given === "string" ? JSON.stringify(given) : String(given)} and says what to write`, () => {
    assert.throws(
      () => parseDuration(given as string, "within of the pattern"),
      (error: unknown) =>
        error instanceof ConfigError &&
        error.code === "BAD_DURATION" &&
        error.message.startsWith("within of the pattern is ") &&
        error.message.includes('"10m"'),
    );
  });
}

it("shows what was given: a text in quotation marks, all else as it is", () => {
  const messageOf = (given: unknown): string => {
    try {
      return String(parseDuration(given as string, "within"));
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.ok(messageOf("10 m").startsWith('within is "10 m", which is no duration. Write '));
  assert.ok(messageOf(0.5).startsWith("within is 0.5, which is no duration. Write "));
});

it("takes a whole number as milliseconds", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (ms) => {
      assert.is(parseDuration(ms, "within"), ms);
    }),
  );
});

it("writes every number of milliseconds so that it reads back the same", () => {
  const ms = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -100_000_000, max: 100_000_000 }));
  fc.assert(
    fc.property(ms, (given) => {
      assert.is(parseDuration(formatDuration(given), "within"), given);
    }),
    { numRuns: 1_000 },
  );
});

it("writes the largest units that say it exactly", () => {
  assert.is(formatDuration(600_000), "10m");
  assert.is(formatDuration(5_400_000), "1h30m");
  assert.is(formatDuration(86_400_000), "1d");
  assert.is(formatDuration(61_001), "1m1s1ms");
  assert.is(formatDuration(-0), "0ms");
  assert.is(formatDuration(-90_000), "-1m30s");
});

it("still shows what is no whole number of milliseconds", () => {
  assert.is(formatDuration(0.5), "0.5ms");
  assert.is(formatDuration(Number.POSITIVE_INFINITY), "Infinityms");
});

it.run();
