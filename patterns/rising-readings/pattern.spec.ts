import * as fc from "fast-check";
import { matchAll, type Pattern, type ResultOf } from "sequitur";
import { eventsFor, laws, tryMutants } from "sequitur/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Reading, risingReadings } from "./pattern.ts";

const it = suite("patterns/rising-readings");
const START = Date.UTC(2026, 2, 2, 9);
const MINUTE = 60_000;

/** Readings of one sensor, a minute apart, unless said otherwise. */
function readings(values: readonly number[], gapsMs: readonly number[] = []): readonly Reading[] {
  let at = START - MINUTE;
  return values.map((celsius, index) => {
    at += gapsMs[index] ?? MINUTE;
    return { sensor: "s1", celsius, at: new Date(at).toISOString() };
  });
}

/** The pattern, or one that stands in for it. */
type Rising = Pattern<Reading, unknown, ResultOf<typeof risingReadings>, true>;

/** The climbs, as `first..last` and when they were over, in minutes from the start. */
function found(events: readonly Reading[], each: Rising = risingReadings): readonly string[] {
  const matches = matchAll(each, events, { key: (e) => e.sensor, time: (e) => e.at });
  return [...matches].map(({ value, at }) => describe(value.sensor, value.readings, value.from, value.to, at));
}

function describe(sensor: string, count: number, from: number, to: number | undefined, at: number): string {
  return `${sensor}: ${count} from ${from} to ${to}, at ${(at - START) / MINUTE}`;
}

it("finds a climb of five, when it is over", () => {
  assert.equal(found(readings([1, 2, 3, 4, 5, 5])), ["s1: 5 from 1 to 5, at 5"]);
  assert.equal(found(readings([1, 2, 3, 4, 4, 5])), []);
});

it("reports a longer one as a whole, once", () => {
  assert.equal(found(readings([9, 1, 2, 3, 4, 5, 6, 7, 0])), ["s1: 7 from 1 to 7, at 8"]);
});

it("ends a climb after two minutes without a reading", () => {
  assert.equal(found(readings([1, 2, 3, 4, 5])), ["s1: 5 from 1 to 5, at 6"]);
  assert.equal(found(readings([1, 2, 3, 4, 5], [0, MINUTE, MINUTE, 2 * MINUTE, MINUTE])), []);
});

it("finds what a plain loop finds", () => findsWhatALoopFinds(risingReadings));

it("has tests that notice every small change of the pattern", async () => {
  const report = await tryMutants(risingReadings, findsWhatALoopFinds);
  assert.is(report.missed.length, 0, report.describe());
});

function findsWhatALoopFinds(pattern: Rising): void {
  const reading = fc.record({
    sensor: fc.constantFrom("s1", "s1", "s2"),
    up: fc.integer({ min: -1, max: 5 }),
    gap: fc.constantFrom(10_000, 30_000, MINUTE, 2 * MINUTE),
  });
  void fc.assert(
    fc.property(fc.array(reading, { maxLength: 40 }), (all) => {
      let [at, celsius] = [START, 20];
      const events = all.map(({ sensor, up, gap }): Reading => {
        at += gap;
        celsius += up;
        return { sensor, celsius, at: new Date(at).toISOString() };
      });
      assert.equal([...found(events, pattern)].sort(), expected(events));
    }),
    { numRuns: 1_000 },
  );
}

/** Cuts the readings of each sensor where they do not rise or come too late, and keeps pieces of five or more. */
function expected(events: readonly Reading[]): readonly string[] {
  return ["s1", "s2"]
    .flatMap((sensor) => {
      const climbs: string[] = [];
      let climb: Reading[] = [];
      const close = (next: Reading | undefined): void => {
        const [first, last] = [climb[0], climb.at(-1)];
        if (climb.length < 5 || first === undefined || last === undefined) return;
        const silence = Date.parse(last.at) + 2 * MINUTE;
        const over = next === undefined ? silence : Math.min(silence, Date.parse(next.at));
        climbs.push(describe(sensor, climb.length, first.celsius, last.celsius, over));
      };
      for (const next of events.filter((event) => event.sensor === sensor)) {
        const last = climb.at(-1);
        const goesOn = last && next.celsius > last.celsius && Date.parse(next.at) < Date.parse(last.at) + 2 * MINUTE;
        if (!goesOn) {
          close(next);
          climb = [];
        }
        climb.push(next);
      }
      close(undefined);
      return climbs;
    })
    .sort();
}

const anyReading: fc.Arbitrary<Reading> = fc.record({
  sensor: fc.constantFrom("s1", "s2"),
  celsius: fc.integer({ min: 10, max: 20 }),
  at: fc.constant(new Date(START).toISOString()),
});

it("is missed by a hair, and found if not", () => {
  const { matching, nearMisses } = eventsFor(risingReadings, {
    key: (e) => e.sensor,
    time: (e) => e.at,
    event: anyReading,
    startAt: START,
  });
  void fc.assert(fc.property(matching, (events) => assert.not.equal(found(events), [])));
  void fc.assert(fc.property(nearMisses, ({ events }) => assert.equal(found(events), [])));
});

for (const { name, check } of laws(risingReadings, { key: (e) => e.sensor, time: (e) => e.at, event: anyReading }))
  it(`keeps the law "${name}"`, () => check());

it.run();
