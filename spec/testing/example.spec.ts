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

it("are not made up where a function decides", () => {
  const opaque = pattern<{ code: string }>("opaque")
    .begin("a")
    .filter((e) => e.code === "4711");
  assert.is(exampleOf(compile(opaque)), null);
  assert.equal(nearMissesOf(compile(opaque)), []);
});

it("have no near miss of a step that a match can do without", () => {
  assert.equal(
    inWords("a b? | within 5").filter((line) => line.startsWith("b")),
    [],
  );
});

it.run();
