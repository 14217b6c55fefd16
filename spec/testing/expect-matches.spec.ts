// An expectation that is met says nothing; one that is not says what was missed, where, and why.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { matchAll } from "../../lib/matching/create-matcher.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { patternFrom } from "../../lib/pattern/pattern-value.ts";
import { expectMatches } from "../../lib/testing/expect-matches.ts";
import { formatCase, randomCase } from "../oracle/random.ts";

const it = suite("expected matches");

type CardEvent = { type: "charge" | "block"; card: string; amount: number; country: string; at: number };

const cardTesting = pattern<CardEvent>("card-testing")
  .begin("probe")
  .on("charge")
  .where((e) => e.amount.lt(2))
  .times(2)
  .notFollowedBy("blocked")
  .on("block")
  .followedBy("cashOut")
  .on("charge")
  .where((e, m) => e.amount.gt(500).and(e.country.ne(m.probe.last().country)))
  .within("10m")
  .skip("pastLast")
  .select((m) => m.cashOut.card);

const charge = (at: number, amount: number, country = "DE", card = "a"): CardEvent => {
  return { type: "charge", card, amount, country, at };
};
const probes = [charge(0, 1), charge(1_000, 1)];

/** What is said of a disappointed expectation; "" if it is met. */
function saidOf(expect: () => void): string {
  try {
    expect();
    return "";
  } catch (error) {
    assert.is((error as Error).constructor, Error, "a plain error");
    return (error as Error).message;
  }
}

const said = (events: readonly CardEvent[], expected: readonly string[] | number, more: object = {}): string =>
  saidOf(() => expectMatches(cardTesting, events, expected, { key: (e) => e.card, time: (e) => e.at, ...more }));

it("say nothing when they are met", () => {
  assert.is(said([...probes, charge(2_000, 501, "FR")], ["a"]), "");
  assert.is(said([...probes, charge(2_000, 501, "FR")], 1), "");
  assert.is(said(probes, []), "");
});

it("show the time line of the run that came farthest, and what the next step lacked", () => {
  assert.is(
    said([...probes, charge(2_500, 500, "FR"), charge(3_000, 501)], ["a"]),
    [
      '"card-testing" was to find 1 match, and finds none.',
      'missing     "a"',
      "",
      '  +0ms      probe  {"type":"charge","card":"a","amount":1,"country":"DE","at":0}',
      '  +1s       probe  {"type":"charge","card":"a","amount":1,"country":"DE","at":1000}',
      '  +2s500ms         {"type":"charge","card":"a","amount":500,"country":"FR","at":2500}',
      '  +3s              {"type":"charge","card":"a","amount":501,"country":"DE","at":3000}',
      "",
      'The run that came farthest took 2 "probe", then waited for "cashOut".',
      '  +2s500ms is no "cashOut": amount is not above 500 (amount is 500)',
      '  +3s is no "cashOut": country is not other than the country of the last "probe" (country is "DE", the country of the last "probe" is "DE")',
      "  Then its time was over: the last event has to come less than 10m after the first.",
    ].join("\n"),
  );
});

const last = (text: string, count = 1): string => text.split("\n").slice(-count).join("\n");

it("say when an event was forbidden, too late, or of another key", () => {
  const block: CardEvent = { ...charge(1_500, 0), type: "block" };
  assert.is(last(said([...probes, block, charge(2_000, 501, "FR")], 1)), '  +1s500ms ended it: "blocked" forbids it.');
  assert.match(said([...probes, block, charge(2_000, 501, "FR")], 1), /\n {2}\+1s500ms {2}✗ {6}\{"type":"block"/);
  assert.is(
    last(said([...probes, charge(600_000, 501, "FR")], 1)),
    "  +10m came too late: the last event has to come less than 10m after the first.",
  );
  assert.is(
    last(said([...probes, charge(2_000, 501, "FR", "b")], 1)),
    '  +2s would be "cashOut", but its key is "b", not "a".',
  );
  assert.is(
    last(said([charge(0, 5), { ...charge(1, 1), type: "block" }], 1), 3),
    [
      'No run begins: no event is "probe".',
      '  +0ms is no "probe": amount is not below 2 (amount is 5)',
      '  +1ms is no "probe": type is "block", not "charge"',
    ].join("\n"),
  );
});

it("show the events of a match that nobody expected", () => {
  assert.is(
    said([...probes, charge(2_000, 501, "FR")], []),
    [
      '"card-testing" was to find none, and finds 1 match.',
      'unexpected  "a"',
      "",
      '  +0ms  probe    {"type":"charge","card":"a","amount":1,"country":"DE","at":0}',
      '  +1s   probe    {"type":"charge","card":"a","amount":1,"country":"DE","at":1000}',
      '  +2s   cashOut  {"type":"charge","card":"a","amount":501,"country":"FR","at":2000}',
    ].join("\n"),
  );
  assert.match(
    said([...probes, charge(2_000, 501, "FR")], ["b"]),
    /finds others\.\nmissing {5}"b"\nunexpected {2}"a"\n/,
  );
  assert.match(said([...probes, charge(2_000, 501, "FR")], 0), /was to find none, and finds 1 match\.\nunexpected/);
});

it("say when matches come in another order", () => {
  const of = (card: string, at: number): readonly CardEvent[] => [
    charge(at, 1, "DE", card),
    charge(at, 1, "DE", card),
    charge(at, 501, "FR", card),
  ];
  assert.match(
    said([...of("a", 0), ...of("b", 1)], ["b", "a"]),
    /was to find 2 matches, and finds them in another order\.\nfound {7}"a"\nfound {7}"b"\n/,
  );
});

it("say when a match is there, but dropped", () => {
  const long = [...probes, charge(2_000, 1), charge(3_000, 501, "FR")];
  assert.is(last(said(long, 2)), "1 more would be found without the skip strategy and oncePer of the pattern.");
});

it("tell of events that could not be matched", () => {
  const late = said([...probes, charge(0, 501, "FR")], 1);
  assert.match(late, '\ntoo late    {"type":"charge","card":"a","amount":501,"country":"FR","at":0}\n');
  assert.match(late, /\n {2}\+0ms {2}late {3}\{/);
  const keyless = { ...charge(5, 1), card: undefined as never };
  const timeless = { ...charge(5, 1), at: Number.NaN };
  assert.match(said([keyless, timeless], 1), /\nwithout key {2}\{.*\nwithout time {1}\{/);
  const notices: string[] = [];
  const options = {
    limits: { maxRunsPerKey: 1 },
    timedOut: "all",
    onNotice: ({ kind }: { kind: string }) => notices.push(kind),
  };
  const reached = said([...probes, ...probes.map((event) => ({ ...event, at: 2_000 }))], 1, options);
  assert.match(reached, /\nlimit {7}maxRunsPerKey of 1 was reached: quarantined 2\n/);
  assert.ok(notices.includes("limitReached"), "who listens is told, too");
  assert.match(said([charge(0, 1)], 1, { timedOut: "all" }), /\ntimed out {3}\{"probe":\[/);
});

it("tell of functions that threw, by step", () => {
  const fails = pattern<{ name?: string }>("long")
    .begin("one")
    .filter((e) => (e.name as string).length > 3);
  const text = saidOf(() => expectMatches(fails, [{}], 1, {}));
  assert.match(text, /threw {7}the function given to filter of "one": Cannot read/);
  assert.match(text, /1\. is no "one": a function threw: Cannot read/);
  const selects = pattern<{ id: number }>("picky")
    .begin("one")
    .select(() => {
      throw new Error("on purpose");
    });
  assert.match(
    saidOf(() => expectMatches(selects, [{ id: 1 }], 1, {})),
    "the function given to select: on purpose",
  );
  assert.match(
    saidOf(() => expectMatches(selects, [{ id: 1 }], 1, {})),
    "Every run that began became a match.",
  );
});

it("say what had to come directly, what ended a loop, and what a missing field is", () => {
  type Tick = { n: number; stop?: boolean };
  const two = pattern<Tick>("two")
    .begin("a")
    .where((e) => e.n.eq(1))
    .next("b")
    .where((e) => e.n.eq(2));
  assert.is(
    last(saidOf(() => expectMatches(two, [{ n: 1 }, { n: 3 }, { n: 2 }], 1, {}))),
    '  2. ended it: "b" had to come directly, and n is not 2 (n is 3).',
  );
  assert.is(last(saidOf(() => expectMatches(two, [{ n: 1 }], 1, {}))), "  Then there were no more events.");
  const loop = pattern<Tick>("loop")
    .begin("a")
    .where((e) => e.n.eq(1))
    .oneOrMore()
    .until((e) => e.stop)
    .followedBy("b")
    .where((e) => e.stop.exists().and(e.n.gt(5)));
  const stopped = saidOf(() => expectMatches(loop, [{ n: 1 }, { n: 9 }], 1, {}));
  assert.match(stopped, 'is no "b": stop is missing (stop is missing)');
  assert.match(
    saidOf(() => expectMatches(loop, [{ n: 1 }, { n: 2, stop: true }], 1, {})),
    /2\. is no "b": n is not above 5/,
  );
});

it("say something sensible of every pattern and stream", () => {
  let explained = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const each = randomCase(seed);
    const options = { time: (e: { at: never }) => e.at } as never as { readonly time: never };
    const events = each.events.map(({ value, at }) => ({ ...(value as object), at }));
    const made = patternFrom<object, unknown, unknown, true>(each.pattern);
    const count = [...matchAll(made, events, { ...options, onNotice: () => undefined })].length;
    const text = saidOf(() => expectMatches(made, events, count + 1, options));
    assert.match(
      text,
      `"${each.pattern.name}" was to find ${count === 0 ? "1 match" : `${count + 1} matches`}`,
      formatCase(each),
    );
    if (/The run that came farthest took|No run begins|would be found|Every run/.test(text)) explained += 1;
    if (count > 0)
      assert.match(
        saidOf(() => expectMatches(made, events, count - 1, options)),
        "unexpected",
      );
  }
  assert.is(explained, 400);
});

it.run();
