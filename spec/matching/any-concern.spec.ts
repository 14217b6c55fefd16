// Which events concern nobody: certainly none of which a matcher would have said or kept something.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import { type Interest, interestOf } from "../../lib/automaton/interest.ts";
import { type Pattern, pattern } from "../../lib/index.ts";
import { anyConcernOf } from "../../lib/matching/any-concern.ts";

const it = suite("any concern");

type E = {
  readonly type: string;
  readonly amount?: number;
  readonly city?: string;
  readonly shop?: { readonly id: number };
};

const interestIn = (given: Pattern<E, never, never> | Pattern<never>): Interest => interestOf(compile(given as never));
const pair = pattern<E>("pair").begin("open").on("open").followedBy("close").on("close").within("1m");
const large = pattern<E>("large")
  .begin("a")
  .where((e) => e.amount.gt(90))
  .followedBy("b")
  .where((e) => e.city.eq("x"));

it("asks for the fields of all patterns, and for no others", () => {
  const concern = anyConcernOf([interestIn(pair as never), interestIn(large as never)]);
  assert.equal(new Set(concern?.names), new Set(["type", "amount", "city"]));
  const asked = (event: object): boolean | undefined => concern?.ask(event);
  assert.is(asked({ type: "look", amount: 3 }), false);
  assert.is(asked({ type: "open" }), true);
  assert.is(asked({ type: "close" }), true);
  assert.is(asked({ amount: 91 }), true);
  assert.is(asked({ type: "look", city: "x" }), true);
  assert.is(asked({}), false);
  assert.is(asked({ type: ["open"], amount: "91", city: null }), false);
});

it("no pattern is concerned where there is none", () => {
  const concern = anyConcernOf([]);
  assert.equal(concern?.names, []);
  assert.is(concern?.ask({ type: "open" }), false);
});

const UNSURE: readonly (readonly [string, object])[] = [
  ["the very next event ends a run", pattern<E>("p").begin("a").on("a").next("b").on("b")],
  ["a step takes any event", pattern<E>("p").begin("a").on("a").followedBy("b")],
  [
    "a function is asked",
    pattern<E>("p")
      .begin("a")
      .filter((e) => e.type === "a"),
  ],
  [
    "a field within a field is read",
    pattern<E>("p")
      .begin("a")
      .where((e) => e.shop.id.eq(3)),
  ],
];

for (const [why, given] of UNSURE)
  it(`every event may be of concern where ${why}`, () => {
    assert.is(anyConcernOf([interestIn(pair as never), interestIn(given as never)]), null);
  });

it.run();
