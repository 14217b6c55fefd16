// A driven service says what it says in production, restarts included.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, type SequiturError } from "../../lib/core/errors.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { compose } from "../../lib/service/compose.ts";
import { service } from "../../lib/service/define.ts";
import { topic } from "../../lib/service/definition.ts";
import { driver } from "../../lib/service/driver.ts";
import { runService } from "../../lib/service/run.ts";
import { createDriver } from "../../lib/testing/drive.ts";
import { eventsFor } from "../../lib/testing/events-for.ts";
import type { JourneyStep } from "../../lib/testing/journey.ts";
import { createMemoryLog } from "../../lib/transports/memory/index.ts";

const it = suite("driver");

type CardEvent = { type: "charge" | "block"; card: string; amount: number; at: number };

const cardTesting = pattern<CardEvent>("card-testing")
  .begin("probe")
  .on("charge")
  .where((e) => e.amount.lt(2))
  .notFollowedBy("blocked")
  .on("block")
  .followedBy("cashOut")
  .on("charge")
  .where((e) => e.amount.gt(500))
  .within("10m")
  .select((m) => m.cashOut.amount);
const cards = topic<CardEvent>("cards", { key: (e) => e.card, time: (e) => e.at });
const fraud = service({ app: "fraud", inputs: [cards], patterns: [{ pattern: cardTesting, timedOut: {} }] });

const charge = (at: number, amount: number, card = "a"): CardEvent => ({ type: "charge", card, amount, at });

it("says what the service says on a log, whatever the stream", async () => {
  const streams = eventsFor(cardTesting, { key: (e) => e.card, time: (e) => e.at });
  let alerts = 0;
  await fc.assert(
    fc.asyncProperty(streams.any, async (events) => {
      const driven = driver(fraud, { partitions: 2 });
      driven.sendAll(events);
      driven.end();
      const log = createMemoryLog({ partitions: 2 });
      log.createTopic("cards");
      for (const event of events) log.append("cards", { key: event.card, value: event, timestamp: event.at });
      log.end("cards");
      await runService(fraud, { source: log.source(), sink: log.sink() }).done;
      const told = (name: string): readonly string[] =>
        log.readAll(name).map(({ value }) => new TextDecoder().decode(value as Uint8Array));
      const without = (texts: readonly unknown[]): readonly string[] =>
        texts.map((each) => JSON.stringify({ ...(each as object), emittedAt: null })).sort();
      assert.equal(without(driven.alerts), without(told("fraud-alerts").map((each) => JSON.parse(each))));
      assert.equal(without(driven.timedOut), without(told("fraud-timed-out").map((each) => JSON.parse(each))));
      alerts += driven.alerts.length;
    }),
    { numRuns: 60 },
  );
  assert.ok(alerts > 10, `${alerts} alerts`);
});

it("puts a key where Kafka would, unless told otherwise", () => {
  const driven = driver(fraud, { partitions: 8 });
  driven.send(charge(0, 1));
  driven.send(charge(1, 501));
  driven.send(charge(2, 1, "b"), { partition: 7 });
  driven.send(charge(3, 501, "b"), { partition: 7, headers: { trace: "t" }, key: "any" });
  const places = driven.alerts.map(({ provenance }) =>
    provenance.map(({ partition, offset }) => `${partition}:${offset}`),
  );
  assert.equal(places[1], ["7:0", "7:1"]);
  assert.equal(new Set(places[0]?.map((place) => place.split(":")[0])).size, 1);
  assert.equal(driven.sent[0]?.headers["pattern"], "card-testing");
  assert.equal([driven.sent[0]?.topic, driven.sent[0]?.key], ["fraud-alerts", "a"]);
});

it("goes on after a restart where it was, with the runs that were open", () => {
  const driven = driver(fraud);
  driven.sendAll([charge(0, 1), charge(1, 501), charge(2, 1, "b")]);
  assert.is(driven.alerts.length, 1);
  assert.is(driven.openRuns, 1);
  driven.restart();
  assert.is(driven.openRuns, 1);
  driven.send(charge(3, 501, "b"));
  assert.equal(
    driven.alerts.map(({ key }) => key),
    ["a", "b"],
  );
});

it("reads again what the last checkpoint does not have: said anew under the same ids, never twice", () => {
  const driven = driver(fraud, { partitions: 1 });
  driven.sendAll([charge(0, 1), charge(1, 501)]);
  const [first] = driven.alerts;
  for (const readAgain of [1, 2, 99]) {
    driven.restart({ readAgain });
    assert.equal(
      driven.alerts.map(({ id }) => id),
      [first?.id],
    );
  }
});

it("says it again, with the same ids, if the guarantee is at least once", () => {
  const driven = driver({ ...fraud, kafka: { guarantee: "at-least-once" } }, { partitions: 1 });
  driven.sendAll([charge(0, 1), charge(1, 501)]);
  driven.restart();
  assert.is(driven.alerts.length, 1);
  driven.restart({ readAgain: 1 });
  assert.is(driven.alerts.length, 1, "what stood before the last restart is in its checkpoint");
  driven.sendAll([charge(2, 1), charge(3, 501)]);
  driven.restart({ readAgain: 1 });
  const ids = driven.alerts.map(({ id }) => id);
  assert.is(ids.length, 3);
  assert.is(ids[1], ids[2]);
});

const simple = pattern<CardEvent>("pair").begin("a").on("charge").followedBy("b").on("block").within("10m");
const absent = pattern<CardEvent>("absent").begin("a").on("charge").notFollowedBy("b").on("block").within("10m");
const paired = (outOfOrderness: "0ms" | "10s") =>
  service({
    app: "pair",
    inputs: [topic<CardEvent>("cards", { key: (e) => e.card, time: (e) => e.at, outOfOrderness })],
    patterns: [{ pattern: simple, timedOut: {} }, absent],
  });
const journeys = eventsFor(simple, { key: (e) => e.card, time: (e) => e.at }).journeys({
  outOfOrderness: "10s",
  twice: true,
  late: true,
});

function playedBy(
  guarantee: "exactly-once" | "at-least-once",
  bound: "0ms" | "10s",
  journey: readonly JourneyStep<CardEvent>[],
): readonly string[] {
  const driven = createDriver({ compose: () => compose(paired(bound)).task, guarantee }, { partitions: 2 });
  driven.play(journey);
  driven.end();
  // When time came so far may be another moment after a restart.
  return driven.sent.map(({ kind, key, value, headers }) =>
    JSON.stringify({ kind, key, code: headers["sequitur-code"], value: { ...(value as object), emittedAt: null } }),
  );
}

it("says the same whenever it dies, and all of it once; or some of it again, if that is the guarantee", () => {
  let [restarts, again] = [0, 0];
  fc.assert(
    fc.property(fc.constantFrom("0ms", "10s"), journeys, (bound, all) => {
      // How long a partition has been silent is counted anew after a restart.
      const journey = all.filter(({ kind }) => kind !== "wait");
      const calm = playedBy(
        "exactly-once",
        bound,
        journey.filter(({ kind }) => kind !== "restart"),
      );
      assert.equal([...playedBy("exactly-once", bound, journey)].sort(), [...calm].sort());
      const often = playedBy("at-least-once", bound, journey);
      assert.equal([...new Set(often)].sort(), [...new Set(calm)].sort());
      restarts += journey.filter(({ kind }) => kind === "restart").length;
      again += often.length - calm.length;
    }),
    { numRuns: 300 },
  );
  assert.ok(restarts > 50 && again > 5, `${restarts} restarts, ${again} said again`);
});

it("shows a journey with its restarts", () => {
  const [shown] = fc.sample(
    journeys.filter((each) => each.length > 5 && each.some(({ kind }) => kind === "restart")),
    { numRuns: 1, seed: 1 },
  );
  assert.match(fc.stringify(shown), /—— restart, the last \d records not in its checkpoint/);
});

it("lets deadlines fire when time passes in silence", () => {
  const unpaid = pattern<CardEvent>("unpaid")
    .begin("order")
    .on("charge")
    .notFollowedBy("paid")
    .on("block")
    .within("1m");
  const driven = driver(service({ app: "shop", inputs: [cards], patterns: [unpaid] }), { startAt: 1_000_000 });
  driven.send(charge(1_000_000, 1));
  assert.is(driven.now, 1_000_000);
  driven.wait("1m");
  assert.equal(driven.alerts, []);
  driven.wait("31s");
  assert.equal(
    driven.alerts.map(({ at }) => at),
    ["1970-01-01T00:17:40.000Z"],
  );
  assert.is(driven.now, 1_091_000);
});

it("shows late events, dead letters and time-outs", () => {
  const driven = driver(fraud, { partitions: 1 });
  driven.sendAll([charge(10_000, 1), charge(9_000, 1), "no JSON", null, { type: "charge" }]);
  driven.send(new TextEncoder().encode('{"type":"block","card":"a","amount":0,"at":10001}'));
  driven.end();
  assert.equal(
    driven.late.map(({ value }) => (value as CardEvent).at),
    [9_000],
  );
  assert.equal(
    driven.deadLetters.map(({ headers }) => headers["sequitur-code"]),
    ["NOT_JSON", "NOT_AN_OBJECT", "NO_KEY"],
  );
  assert.equal(
    driven.deadLetters.map(({ value }) => value),
    ["no JSON", "", { type: "charge" }],
  );
  assert.equal(driven.timedOut, []);
  const slow = driver(fraud);
  slow.send(charge(0, 1));
  slow.end();
  assert.equal(
    slow.timedOut.map(({ key, kind }) => [key, kind]),
    [["a", "timedOut"]],
  );
});

it("reads several topics, and records that carry key and time themselves", () => {
  type Step = { kind: "start" | "stop" };
  const both = pattern<Step, "kind">("both", { tag: "kind" })
    .begin("a")
    .on("start")
    .followedBy("b")
    .on("stop")
    .within("1h");
  const plain = (name: string) => topic<Step>(name, {});
  const driven = driver(service({ app: "two", inputs: [plain("starts"), plain("stops")], patterns: [both] }));
  driven.send({ kind: "start" }, { topic: "starts", key: "k", timestamp: 1_000 });
  driven.send({ kind: "stop" }, { topic: "stops", key: "k", timestamp: 2_000 });
  assert.equal(driven.alerts, [], "the time of a topic that may still say something is waited for");
  driven.end();
  assert.equal(
    driven.alerts.map(({ key, firstAt }) => [key, firstAt]),
    [["k", "1970-01-01T00:00:01.000Z"]],
  );
});

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "";
  } catch (error) {
    return (error as SequiturError).code;
  }
};

it("fails as the service does, and goes on after a restart", () => {
  const strict = topic<CardEvent>("cards", { key: (e) => e.card, time: (e) => e.at, onBadRecord: "fail" });
  const driven = driver(service({ app: "fraud", inputs: [strict], patterns: [cardTesting] }), { partitions: 1 });
  driven.send(charge(0, 1));
  assert.is(
    codeOf(() => driven.send("broken")),
    "BAD_RECORD",
  );
  assert.is(
    codeOf(() => driven.send(charge(1, 501))),
    "SERVICE_FAILED",
  );
  assert.is(
    codeOf(() => driven.wait("1s")),
    "SERVICE_FAILED",
  );
  assert.is(
    codeOf(() => driven.end()),
    "SERVICE_FAILED",
  );
  assert.is(
    codeOf(() => driven.restart()),
    "BAD_RECORD",
    "the record is still there",
  );
});

it("refuses what does not exist", () => {
  assert.is(
    codeOf(() => driver(fraud, { partitions: 0 })),
    "BAD_OPTION",
  );
  assert.is(
    codeOf(() => driver(fraud).send(charge(0, 1), { topic: "card" })),
    "MISSING_TOPIC",
  );
  assert.is(
    codeOf(() => driver(fraud).send(charge(0, 1), { partition: 9 })),
    "BAD_OPTION",
  );
  const two = service({ app: "two", inputs: [cards, topic<CardEvent>("more", {})], patterns: [cardTesting] });
  assert.throws(
    () => driver(two).send(charge(0, 1)),
    (error: unknown) =>
      error instanceof ConfigError && error.message === 'No topic was given: give topic, one of "cards", "more".',
  );
});

it.run();
