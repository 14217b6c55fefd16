// Examples and near misses are what they claim to be: the oracle says so, which knows nothing of automata.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { type ExampleEvent, exampleOf } from "../../lib/testing/example.ts";
import { nearMissesOf } from "../../lib/testing/near-miss.ts";
import { enumerate } from "../oracle/enumerate.ts";
import { parsePattern } from "../oracle/notation.ts";
import { formatCase, randomCase } from "../oracle/random.ts";

const it = suite("examples");

const CASES = 250;

const matchesOf = (each: Parameters<typeof enumerate>[0], events: readonly ExampleEvent[]) =>
  enumerate(each, events, { until: Number.POSITIVE_INFINITY }).matches.map(({ taken }) =>
    taken.map(({ step, position }) => `${step}${position}`).join(" "),
  );
const rolesOf = (events: readonly ExampleEvent[]): string =>
  events.flatMap(({ step }, index) => (step === null ? [] : [`${step}${index + 1}`])).join(" ");
const inWords = (text: string) => nearMissesOf(compile(parsePattern(text))).map(({ of, change }) => `${of}: ${change}`);

it("match, and near misses do not, says the definition", () => {
  let found = 0;
  let misses = 0;
  for (let seed = 1; seed <= CASES; seed++) {
    const each = randomCase(seed);
    const automaton = compile(each.pattern);
    const example = exampleOf(automaton);
    if (example === null || example.length > 9) continue;
    found += 1;
    assert.ok(matchesOf(each.pattern, example).includes(rolesOf(example)), `seed ${seed}: ${formatCase(each)}`);
    for (const { of, events } of nearMissesOf(automaton)) {
      if (events.length > 9) continue;
      misses += 1;
      assert.equal(matchesOf(each.pattern, events), [], `seed ${seed}, ${of}: ${formatCase(each)}`);
    }
  }
  assert.ok(found > 0.8 * CASES, `an example was found for ${found} of ${CASES}`);
  assert.ok(misses > CASES, `${misses} near misses were found`);
});

it("are as short as can be", () => {
  const lengthOf = (text: string) => exampleOf(compile(parsePattern(text)))?.length;
  assert.is(lengthOf("a b? c{2} (d e)*"), 3);
  assert.is(lengthOf("a{3,} b"), 4);
  assert.is(lengthOf("a !b.. | within 5"), 1);
  assert.is(lengthOf("a{2,};^"), 3, "the third closes the loop");
});

it("go by a step that is asked for", () => {
  const example = exampleOf(compile(parsePattern("a b? c")), "b");
  assert.equal(
    example?.map(({ step }) => step),
    ["a", "b", "c"],
  );
});

it("keep within windows and gaps, and let near misses pass them by a hair", () => {
  assert.equal(
    exampleOf(compile(parsePattern("a b<2 | within 3")))?.map(({ at }) => at),
    [0, 1],
  );
  assert.ok(inWords("a b | within 3").includes("within: the last event comes 3ms after the first"));
});

it("find values that fit each other, and change one of them", () => {
  type Charge = { type: "charge" | "block"; amount: number; country: string };
  const cashOut = pattern<Charge>("cash-out")
    .begin("probe")
    .on("charge")
    .where((e) => e.amount.lt(2))
    .times(2)
    .notFollowedBy("blocked")
    .on("block")
    .followedBy("out")
    .on("charge")
    .where((e, m) =>
      e.amount.gt(m.probe.sum((each) => each.amount).times(100)).and(e.country.ne(m.probe.last().country)),
    )
    .within("10m");
  const automaton = compile(cashOut);
  assert.equal(
    exampleOf(automaton)?.map(({ step }) => step),
    ["probe", "probe", "out"],
  );
  const changes = nearMissesOf(automaton).map(({ of, change }) => `${of}: ${change}`);
  assert.equal(
    changes.map((change) => change.split(":")[0]),
    ["probe", "blocked", "out", "within"],
  );
  assert.is(changes[0], "probe: amount is 2 instead of 1");
  assert.is(changes[1], "blocked: a forbidden event comes in between");
});

type Trade = {
  price: number;
  volume: bigint;
  symbol: string;
  isOpen: boolean;
  venue: { readonly code: string; readonly country: string };
};
const trade = () => pattern<Trade>("trade").begin("a");

for (const [words, found] of [
  ["between", trade().where((e) => e.price.between(5, 7))],
  ["oneOf", trade().where((e) => e.symbol.oneOf(["X", "Y"]))],
  ["startsWith", trade().where((e) => e.symbol.startsWith("AB"))],
  ["endsWith and includes", trade().where((e) => e.symbol.endsWith("C").or(e.symbol.includes("B")))],
  ["exists", trade().where((e) => e.symbol.exists())],
  ["exists not", trade().where((e) => e.symbol.exists().not())],
  ["a boolean", trade().where((e) => e.isOpen)],
  ["a boolean that is not", trade().where((e) => e.isOpen.not())],
  ["compared with false", trade().where((e) => e.isOpen.ne(false))],
  ["whole numbers of any size", trade().where((e) => e.volume.gt(5n))],
  ["fields of fields", trade().where((e) => e.venue.code.eq("N").and(e.venue.country.ne("US")))],
  ["arithmetic", trade().where((e) => e.price.modulo(4).eq(3))],
  [
    "what is not finite",
    trade()
      .followedBy("b")
      .where((e, m) => e.price.gt(1).and(e.price.lt(m.a.price.dividedBy(0)))),
  ],
  [
    "an earlier event",
    trade()
      .followedBy("b")
      .where((e, m) => e.price.gt(m.a.price).and(e.symbol.eq(m.a.symbol)).and(e.isOpen.eq(m.a.isOpen).not())),
  ],
] as const) {
  it(`find values for ${words}`, () => {
    const example = exampleOf(compile(found));
    assert.ok(example, "no example was found");
    assert.ok(matchesOf(found.ast, example).includes(rolesOf(example)));
  });
}

it("change whole numbers of any size by one, and say so", () => {
  const changes = nearMissesOf(compile(trade().where((e) => e.volume.gte(5n)))).map(({ change }) => change);
  assert.equal(changes, ["volume is 4n instead of 5n"]);
});

it("are looked for within bounds", () => {
  let asked = 0;
  type Wide = Record<"a" | "b" | "c" | "d" | "e" | "f" | "g" | "h", number>;
  const impossible = pattern<Wide>("impossible")
    .begin("a")
    .where((e) => e.a.gte(1).and(e.b.gte(1)).and(e.c.gte(1)).and(e.d.gte(1)))
    .where((e) => e.e.gte(1).and(e.f.gte(1)).and(e.g.gte(1)).and(e.h.gte(1)))
    .filter(() => {
      asked += 1;
      return false;
    });
  assert.is(exampleOf(compile(impossible)), null);
  assert.ok(asked > 0 && asked <= 3_000, `${asked} events were tried`);
});

it("take a function that throws for one that accepts nothing", () => {
  const fails = (): boolean => {
    throw new Error("no such field");
  };
  assert.is(exampleOf(compile(trade().filter(fails))), null);
  const spared = pattern<Trade>("spared").begin("a").notFollowedBy("n").filter(fails).followedBy("b").within("1m");
  const misses = nearMissesOf(compile(spared)).map(({ of }) => of);
  assert.equal(misses, ["a", "b", "within"], "no event is known that the absence forbids");
});

it("are not made up where a function decides", () => {
  const opaque = pattern<{ code: string }>("opaque")
    .begin("a")
    .filter((e) => e.code === "4711");
  assert.is(exampleOf(compile(opaque)), null);
  assert.equal(nearMissesOf(compile(opaque)), []);
});

it("may be long, but not of any length", () => {
  const climbing = (count: number) =>
    pattern<{ n: number }>("climbing")
      .begin("up")
      .times(count)
      .consecutive()
      .where((e, m) => m.up.length.eq(0).or(e.n.gt(m.up.last().n)));
  assert.is(exampleOf(compile(climbing(150)))?.length, 150);
  assert.is(exampleOf(compile(climbing(301))), null);
});

it("have no near miss of a step that a match can do without", () => {
  assert.equal(
    inWords("a b? | within 5").filter((line) => line.startsWith("b")),
    [],
  );
});

it.run();
