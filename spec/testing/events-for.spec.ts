// What streams made from a pattern are said to be, they are: the oracle says so, which knows nothing of automata. And they
// are made of what users give: whole events, a schema, keys, times as numbers or texts.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { ConfigError } from "../../lib/core/errors.ts";
import { createMatcher, matchAll } from "../../lib/matching/create-matcher.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { patternFrom } from "../../lib/pattern/pattern-value.ts";
import { eventsFor } from "../../lib/testing/events-for.ts";
import { enumerate } from "../oracle/enumerate.ts";
import { formatCase, randomCase } from "../oracle/random.ts";

const it = suite("streams made from a pattern");

type Keyed = { readonly k: string; readonly t: number };
const keyed = { key: (e: { k: never }) => e.k, time: (e: { t: never }) => e.t } as never as {
  readonly key: never;
  readonly time: never;
};

it("are what they are said to be, says the definition", () => {
  let [found, missed] = [0, 0];
  for (let seed = 1; seed <= 60; seed++) {
    const each = randomCase(seed);
    const streams = eventsFor(patternFrom<Keyed, unknown, unknown, true>(each.pattern), keyed);
    const matches = (events: readonly Keyed[]): number =>
      ["a", "b", "c"].flatMap((key) => {
        const own = events.filter(({ k }) => k === key).map((value) => ({ value, at: value.t }));
        return own.length > 9 ? [] : enumerate(each.pattern, own, { until: Number.POSITIVE_INFINITY }).matches;
      }).length;
    const isSmall = (events: readonly Keyed[]): boolean =>
      ["a", "b", "c"].every((key) => events.filter(({ k }) => k === key).length <= 9);
    const says = `seed ${seed}: ${formatCase(each)}`;
    try {
      for (const events of fc.sample(streams.matching, { numRuns: 6, seed }).filter(isSmall)) {
        assert.ok(matches(events) > 0, `${says}\n${fc.stringify(events)}`);
        found += 1;
      }
      for (const { events, before } of fc.sample(streams.nearMisses, { numRuns: 6, seed })) {
        if (!isSmall(events) || !isSmall(before)) continue;
        assert.is(matches(events), 0, `${says}\n${fc.stringify(events)}`);
        assert.ok(matches(before) > 0, `${says}\n${fc.stringify(before)}`);
        missed += 1;
      }
    } catch (error) {
      assert.is((error as ConfigError).code, "NO_STREAM", `${says}\n${error}`);
    }
    for (const events of fc.sample(streams.unrelated, { numRuns: 3, seed }).filter(isSmall))
      assert.is(matches(events), 0, `${says}\n${fc.stringify(events)}`);
    for (const events of fc.sample(streams.any, { numRuns: 5, seed }))
      assert.ok(
        events.every(({ t }, index) => index === 0 || t >= (events[index - 1] as Keyed).t),
        says,
      );
  }
  assert.ok(found > 260, `${found} streams matched`);
  assert.ok(missed > 240, `${missed} streams nearly matched`);
});

type CardEvent =
  | { type: "charge"; card: string; amount: number; country: string; at: number }
  | { type: "block"; card: string; at: number };

const cardTesting = pattern<CardEvent>("card-testing")
  .begin("probe")
  .on("charge")
  .where((e) => e.amount.lt(2))
  .times(3)
  .notFollowedBy("blocked")
  .on("block")
  .followedBy("cashOut")
  .on("charge")
  .where((e, m) => e.amount.gt(500).and(e.country.ne(m.probe.last().country)))
  .within("10m");
const byCard = { key: (e: { card: never }) => e.card, time: (e: { at: never }) => e.at } as never as {
  readonly key: never;
  readonly time: never;
};
const card = fc.constantFrom("4711", "4712");
const cardEvents: fc.Arbitrary<CardEvent> = fc.oneof(
  fc.record({
    type: fc.constant("charge" as const),
    card,
    amount: fc.nat(900),
    country: fc.constantFrom("DE", "FR", "NL"),
    at: fc.constant(0),
  }),
  fc.record({ type: fc.constant("block" as const), card, at: fc.constant(0) }),
);
const matchesIn = (events: readonly CardEvent[]): number => [...matchAll(cardTesting, events, byCard)].length;

it("are made of whole events: no field is missing, none is made up where others stand there", () => {
  const streams = eventsFor(cardTesting, { ...byCard, event: cardEvents });
  const all = [
    ...fc.sample(streams.matching, { numRuns: 100, seed: 1 }),
    ...fc.sample(streams.any, { numRuns: 100, seed: 2 }),
    ...fc.sample(streams.nearMisses, { numRuns: 100, seed: 3 }).map(({ events }) => events),
    ...fc.sample(streams.unrelated, { numRuns: 50, seed: 4 }),
  ];
  for (const event of all.flat()) {
    const names = Object.keys(event).sort().join(" ");
    assert.is(names, event.type === "charge" ? "amount at card country type" : "at card type");
    if (event.type === "charge") assert.ok(["DE", "FR", "NL"].includes(event.country), event.country);
    assert.ok(["4711", "4712"].includes(event.card));
  }
});

it("miss each step, absence and bound of time, now and then", () => {
  const { nearMisses } = eventsFor(cardTesting, { ...byCard, event: cardEvents });
  const misses = fc.sample(nearMisses, { numRuns: 200, seed: 5 });
  for (const { events, before } of misses) assert.ok(matchesIn(events) === 0 && matchesIn(before) > 0);
  assert.equal([...new Set(misses.map(({ of }) => of))].sort(), ["blocked", "cashOut", "probe", "within"]);
  const onEdge = misses.filter(({ change }) => change === "the last event comes 10m after the first");
  assert.ok(onEdge.length > 5, `${onEdge.length} were late by a millisecond`);
});

it("match in many ways, of several keys; a fair part of all streams does, a fair part does not", () => {
  const streams = eventsFor(cardTesting, { ...byCard, event: cardEvents });
  const matching = fc.sample(streams.matching, { numRuns: 200, seed: 6 });
  assert.ok(matching.every((events) => matchesIn(events) > 0));
  const different = new Set(matching.map((events) => JSON.stringify(events))).size;
  assert.ok(different > 100, `${different} of 200 are different`);
  assert.ok(matching.some((events) => new Set(events.map((event) => event.card)).size > 1));
  const any = fc.sample(streams.any, { numRuns: 200, seed: 7 }).filter((events) => matchesIn(events) > 0).length;
  assert.ok(any > 40 && any < 160, `${any} of 200 match`);
});

it("are made small until only what is needed is left, and print as a time line", () => {
  const { any } = eventsFor(cardTesting, { ...byCard, event: cardEvents });
  const failed = fc.check(
    fc.property(any, (events) => matchesIn(events) === 0),
    { seed: 5, numRuns: 200 },
  );
  assert.ok(failed.failed);
  const [events] = failed.counterexample as [readonly CardEvent[]];
  assert.is(events.length, 4);
  assert.match(
    fc.defaultReportMessage(failed) as string,
    /\{ seed: 5, path: "[\d:]+".*\nCounterexample: \[\n {2}\+0ms +\{"type":"charge".*\n(?:.*\n)+\]/,
  );
  assert.equal(JSON.parse(JSON.stringify(events)), events);
  assert.equal(Object.keys(events), ["0", "1", "2", "3"], "nothing is added that a comparison could see");
});

const Schema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("rise"),
    sensor: z.string().min(3).max(5),
    value: z.int().min(0).max(9),
    at: z.iso.datetime(),
  }),
  z.strictObject({
    type: z.literal("reset"),
    sensor: z.string().min(3),
    at: z.iso.datetime(),
    note: z.string().optional(),
  }),
]);
type Reading = z.infer<typeof Schema>;
const rising = pattern<Reading>("rising")
  .begin("low")
  .on("rise")
  .where((e) => e.value.lt(3))
  .notFollowedBy("reset")
  .on("reset")
  .followedBy("high")
  .on("rise")
  .where((e, m) => e.value.gt(m.low.value).and(e.value.gte(8)))
  .maxGap("30s")
  .within("1m");

it("are made from a schema that tells its JSON form, and pass it; times that are texts stay texts", () => {
  const options = {
    key: (e: { sensor: never }) => e.sensor,
    time: (e: { at: never }) => e.at,
  } as never as typeof byCard;
  const streams = eventsFor(rising, { ...options, schema: Schema });
  const found = (events: readonly Reading[]): number => [...matchAll(rising, events, options)].length;
  const misses = fc.sample(streams.nearMisses, { numRuns: 100, seed: 1 });
  const all = [
    ...fc.sample(streams.matching, { numRuns: 60, seed: 1 }),
    ...fc.sample(streams.any, { numRuns: 60, seed: 1 }),
    ...misses.map(({ events }) => events),
  ];
  for (const event of all.flat()) assert.ok(Schema.safeParse(event).success, JSON.stringify(event));
  assert.ok(all.slice(0, 60).every((events) => found(events) > 0));
  assert.ok(misses.every(({ events }) => found(events) === 0));
  assert.ok(misses.some(({ change }) => change === "its event comes 30s after the one before"));
  assert.is(all.find((events) => events.length > 0)?.[0]?.at, "1970-01-01T00:00:00.000Z");
});

it("begin when they are told to, have the keys they are told to, and are placed as they are told to", () => {
  type Tick = { id: { shop: string; till: number }; seconds: number };
  const two = pattern<Tick>("two").begin("a").next("b").within("1m");
  const list = fc.sample(
    eventsFor(two, {
      key: (e) => [e.id.shop, e.id.till],
      time: (e) => e.seconds.times(1_000),
      keys: [
        ["mitte", 1],
        ["nord", 2],
      ],
      startAt: 5_000,
      place: (event, key, at) => {
        const [shop, till] = key as readonly [string, number];
        return { ...event, id: { shop, till }, seconds: at / 1_000 };
      },
    }).matching,
    { numRuns: 20, seed: 1 },
  );
  for (const [first] of list) assert.is(first?.seconds, 5);
  assert.equal([...new Set(list.flat().map(({ id }) => `${id.shop} ${id.till}`))].sort(), ["mitte 1", "nord 2"]);
});

it("need neither key nor time", () => {
  const fall = pattern<{ price: number }>("fall")
    .begin("high")
    .next("low")
    .where((e, m) => e.price.lt(m.high.price));
  const { matching, nearMisses } = eventsFor(fall, {});
  const found = (events: readonly { price: number }[]): number => [...matchAll(fall, events, {})].length;
  assert.ok(fc.sample(matching, { numRuns: 50, seed: 1 }).every((events) => found(events) > 0));
  assert.ok(fc.sample(nearMisses, { numRuns: 50, seed: 1 }).every(({ events }) => found(events) === 0));
  assert.match(fc.stringify(fc.sample(matching, { numRuns: 1, seed: 1 })[0]), /\n {2}1\. {2}\{"price"/);
});

it("arrive within the bound, twice, or too late, as a matcher sees it", () => {
  let [twice, late, disordered] = [0, 0, 0];
  const streams = eventsFor(cardTesting, { ...byCard, event: cardEvents });
  const all = fc.sample(streams.arriving({ outOfOrderness: "5s", twice: true, late: true }), { numRuns: 200, seed: 1 });
  for (const { events, arriving, late: tooLate } of all) {
    const refused: unknown[] = [];
    const notices = ({ kind, ...notice }: { kind: string; event?: unknown }) =>
      kind === "late" && refused.push(notice.event);
    const matcher = createMatcher(cardTesting, { ...byCard, outOfOrderness: "5s", onNotice: notices });
    for (const event of arriving) matcher.push(event);
    assert.equal(refused, [...tooLate]);
    assert.equal(new Set(arriving).size, events.filter((event) => arriving.includes(event)).length);
    twice += arriving.length - new Set(arriving).size;
    late += tooLate.length;
    disordered += arriving.some(({ at }, index) => at < (arriving[index - 1]?.at ?? 0)) ? 1 : 0;
  }
  assert.ok(
    twice > 20 && late > 20 && disordered > 20,
    `${twice} came twice, ${late} too late, ${disordered} out of order`,
  );
  const [plain] = fc.sample(streams.arriving({ outOfOrderness: 0 }), { numRuns: 1, seed: 2 });
  assert.equal(plain?.arriving, plain?.events);
  assert.match(fc.stringify(all.find(({ late: tooLate }) => tooLate.length > 0)), /\n {2}\+\w+ +late +\{/);
});

const refused = (make: () => unknown): ConfigError => {
  try {
    make();
  } catch (error) {
    assert.instance(error, ConfigError);
    return error as ConfigError;
  }
  throw new Error("nothing was thrown");
};

it("are refused with what to do about it", () => {
  const any = pattern<{ id: string; at: number }>("any").begin("one");
  const sample = (streams: { readonly matching: fc.Arbitrary<unknown> }) => fc.sample(streams.matching, 1);
  const code = (make: () => unknown): string => refused(make).code;
  assert.is(
    code(() => eventsFor(any, { keyOf: (e) => e.id })),
    "PLACE_NOT_GIVEN",
  );
  assert.is(
    code(() => eventsFor(any, { timeOf: (e) => e.at })),
    "PLACE_NOT_GIVEN",
  );
  assert.is(
    code(() => eventsFor(any, { key: (e) => e.id, keys: [] })),
    "NO_KEY",
  );
  assert.is(
    code(() => sample(eventsFor(any, { key: (e) => e.id, place: (e) => e }))),
    "NOT_PLACED",
  );
  assert.is(
    code(() => sample(eventsFor(any, { timeOf: (e) => e.at, place: (e) => ({ ...e, at: 7 }) }))),
    "NOT_PLACED",
  );
  assert.is(
    code(() => eventsFor(any, { keyy: 1 } as never)),
    "UNKNOWN_OPTION",
  );
  const opaque = any.filter((e) => e.id === "4711");
  assert.match(
    refused(() => sample(eventsFor(opaque, { key: (e) => e.at }))).message,
    /give event: a fast-check arbitrary/,
  );
  assert.is(
    code(() => fc.sample(eventsFor(pattern<{ id: string }>("all").begin("one"), {}).nearMisses, 1)),
    "NO_STREAM",
  );
  const changing = z.object({ id: z.string().transform((id) => `${id}!`), at: z.number() });
  assert.is(
    code(() => eventsFor(any, { schema: changing })),
    "NO_EVENT",
  );
});

it("find what a function accepts if they are given such events", () => {
  const opaque = pattern<{ id: string }>("opaque")
    .begin("one")
    .filter((e) => e.id.startsWith("47"));
  const { matching, nearMisses } = eventsFor(opaque, { event: [{ id: "4711" }, { id: "0815" }] });
  assert.ok(fc.sample(matching, { numRuns: 20, seed: 1 }).every((events) => events.some(({ id }) => id === "4711")));
  const misses = fc.sample(nearMisses, { numRuns: 20, seed: 1 });
  assert.ok(misses.every(({ events }) => events.every(({ id }) => id === "0815")));
});

it.run();
