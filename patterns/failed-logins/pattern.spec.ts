import * as fc from "fast-check";
import { matchAll, type Pattern, type ResultOf } from "sequitur";
import { eventsFor, laws, tryMutants } from "sequitur/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { failedLogins, type LoginEvent } from "./pattern.ts";

const it = suite("patterns/failed-logins");
const START = Date.UTC(2026, 2, 2, 9);
const MINUTE = 60_000;

/** `-` is a failed login, `+` one that succeeds; a second one apart, unless said otherwise. */
function logins(text: string, gapsMs: readonly number[] = []): readonly LoginEvent[] {
  let at = START;
  return [...text].map((sign, index) => {
    at += gapsMs[index] ?? 1_000;
    const type = sign === "-" ? "failed" : "succeeded";
    return { type, user: "ann", ip: "192.0.2.1", at: new Date(at).toISOString() };
  });
}

/** The pattern, or one that stands in for it. */
type Logins = Pattern<LoginEvent, unknown, ResultOf<typeof failedLogins>, true>;

function found(events: readonly LoginEvent[], each: Logins = failedLogins): readonly string[] {
  const matches = matchAll(each, events, { key: (e) => e.user, time: (e) => e.at });
  return [...matches].map(({ value, at }) => `${value.user} ${value.failures} at ${at}`);
}

const counts = (text: string): readonly number[] => found(logins(text)).map((line) => Number(line.split(" ")[1]));

it("finds five failures and a success", () => {
  assert.equal(counts("-----+"), [5]);
  assert.equal(counts("----+"), []);
});

it("counts all failures of a row, once", () => {
  assert.equal(counts("--------+"), [8]);
  assert.equal(counts("-----++------+"), [5, 6]);
});

it("does not add up failures across a success", () => {
  assert.equal(counts("---+---+"), []);
});

it("looks back less than ten minutes from the success", () => looksBackTenMinutes(failedLogins));

it("keeps users apart", () => {
  const mixed = logins("-----+").map((event, index) => ({ ...event, user: index % 2 === 0 ? "ann" : "bob" }));
  assert.equal(found(mixed), []);
});

it("finds what a plain loop finds", () => findsWhatALoopFinds(failedLogins));

it("has tests that notice every small change of the pattern", async () => {
  const report = await tryMutants(
    failedLogins,
    (each) => {
      looksBackTenMinutes(each);
      findsWhatALoopFinds(each);
    },
    { allows: ({ type }) => type === "failed" || type === "succeeded" },
  );
  assert.is(report.missed.length, 0, report.describe());
});

function looksBackTenMinutes(pattern: Logins): void {
  assert.is(found(logins("-----+", [0, 0, 0, 0, 0, 10 * MINUTE - 1]), pattern).length, 1);
  assert.equal(found(logins("-----+", [0, 0, 0, 0, 0, 10 * MINUTE]), pattern), []);
}

function findsWhatALoopFinds(pattern: Logins): void {
  const login = fc.record({
    type: fc.constantFrom<LoginEvent["type"]>("failed", "failed", "failed", "failed", "succeeded"),
    user: fc.constantFrom("ann", "ann", "bob"),
    gap: fc.constantFrom(0, 1_000, MINUTE, 4 * MINUTE),
  });
  void fc.assert(
    fc.property(fc.array(login, { maxLength: 40 }), (all) => {
      let at = START;
      const events = all.map(({ type, user, gap }): LoginEvent => {
        at += gap;
        return { type, user, ip: "192.0.2.1", at: new Date(at).toISOString() };
      });
      assert.equal([...found(events, pattern)].sort(), expected(events));
    }),
    { numRuns: 1_000 },
  );
}

/** For each success: the failures of the user directly before it, as far back as the ten minutes reach. */
function expected(events: readonly LoginEvent[]): readonly string[] {
  return events
    .flatMap((success, index) => {
      if (success.type !== "succeeded") return [];
      let failures = 0;
      for (const before of events
        .slice(0, index)
        .filter(({ user }) => user === success.user)
        .reverse()) {
        if (before.type !== "failed" || Date.parse(success.at) - Date.parse(before.at) >= 10 * MINUTE) break;
        failures += 1;
      }
      return failures >= 5 ? [`${success.user} ${failures} at ${Date.parse(success.at)}`] : [];
    })
    .sort();
}

const loginEvents: fc.Arbitrary<LoginEvent> = fc.record({
  type: fc.constantFrom("failed", "succeeded"),
  user: fc.constantFrom("ann", "bob"),
  ip: fc.constant("192.0.2.1"),
  at: fc.constant(new Date(START).toISOString()),
});

it("is missed by a hair, and found if not", () => {
  const { matching, nearMisses } = eventsFor(failedLogins, {
    key: (e) => e.user,
    time: (e) => e.at,
    event: loginEvents,
    startAt: START,
  });
  void fc.assert(fc.property(matching, (events) => assert.not.equal(found(events), [])));
  void fc.assert(fc.property(nearMisses, ({ events }) => assert.equal(found(events), [])));
});

for (const { name, check } of laws(failedLogins, { key: (e) => e.user, time: (e) => e.at, event: loginEvents }))
  it(`keeps the law "${name}"`, () => check());

it.run();
