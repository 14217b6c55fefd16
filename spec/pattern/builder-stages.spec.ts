// Stages of the builder are values, and patterns.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PatternError } from "../../lib/core/errors.ts";
import { pattern, sequence } from "../../lib/index.ts";
import { isPattern } from "../../lib/pattern/pattern.ts";
import { fromJSON } from "../../lib/pattern/pattern-value.ts";

const it = suite("stages of the builder");

type Charge = { type: "charge"; card: string; amount: number; country: string };
type CardEvent = Charge | { type: "block"; card: string };

/** As JavaScript sees the builder: every word on every stage. */
// biome-ignore lint/suspicious/noExplicitAny: words are said at random
type Loose = any;

it("two continuations of one stage are two patterns", () => {
  const begun = pattern<CardEvent>("p").begin("a").on("charge");
  const [one, other] = [begun.times(2).next("b"), begun.optional().followedBy("c").within("1h")];
  assert.equal(
    begun.ast.elements.map((element) => (element as { on?: unknown }).on),
    [["charge"]],
  );
  assert.equal(
    one.ast.elements.map((element) => (element as { name?: string }).name),
    ["a", "b"],
  );
  assert.equal(
    other.ast.elements.map((element) => (element as { name?: string }).name),
    ["a", "c"],
  );
  assert.equal([one.ast.withinMs, other.ast.withinMs], [null, 3_600_000]);
  assert.is(one.ast, one.ast, "asked twice, the same");
});

const WORDS: readonly ((p: Loose, name: string) => Loose)[] = [
  (p, name) => p.next(name),
  (p, name) => p.followedBy(name),
  (p, name) => p.followedBy((g: Loose) => g.begin(`${name}1`).next(`${name}2`).oneOrMore()),
  (p, name) => p.notFollowedBy(name),
  (p) => p.on("charge"),
  (p) => p.where((e: { amount: Loose }) => e.amount.gt(1)),
  (p) => p.orWhere((e: { amount: Loose }, m: { nobody: { amount: Loose } }) => e.amount.gt(m.nobody.amount)),
  (p) => p.filter(() => true),
  (p) => p.times(2, 3),
  (p) => p.oneOrMore(),
  (p) => p.optional(),
  (p) => p.greedy(),
  (p) => p.consecutive(),
  (p) => p.until((e: { stop: unknown }) => e.stop),
  (p) => p.maxGap("1m"),
  (p) => p.for("1m"),
  (p) => p.within("1h"),
  (p) => p.skip({ toLast: "first" }),
  (p) => p.select(() => 1),
  (p) => p.oncePer("1h"),
];

it("no word changes the stage it is said on, and all of it is frozen", () => {
  const isFrozen = (value: unknown): boolean =>
    typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
  fc.assert(
    fc.property(fc.array(fc.nat(WORDS.length - 1), { maxLength: 12 }), fc.nat(WORDS.length - 1), (said, word) => {
      const stage = said.reduce(
        (p, each, index) => WORDS[each]?.(p, `s${index}`) ?? p,
        (pattern<CardEvent>("p") as Loose).begin("first"),
      );
      const before = structuredClone({
        ...stage.ast,
        elements: plain(stage.ast.elements),
        problems: plain(stage.problems),
      });
      const next = WORDS[word]?.(stage, "new");
      assert.equal({ ...stage.ast, elements: plain(stage.ast.elements), problems: plain(stage.problems) }, before);
      assert.ok(isFrozen(next?.ast) && isFrozen(next?.problems) && Object.isFrozen(next));
      assert.throws(() => Object.assign(stage, { name: "other" }), TypeError);
    }),
    { numRuns: 1_000 },
  );
});

/** Functions have no clone. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

// ---------------------------------------------------------------- as a pattern

it("every stage that has an element is a pattern; groups are none", () => {
  const begun = pattern<CardEvent>("p").begin("a");
  for (const stage of [begun, begun.times(2), begun.next("b").optional(), begun.notNext("n"), begun.select(() => 1)]) {
    assert.ok(isPattern(stage));
  }
  assert.not.ok(isPattern(sequence<CardEvent>().begin("a")));
});

it("comes back from JSON with the same meaning", () => {
  const p = pattern<CardEvent>("p", { version: 2 })
    .begin("constructor")
    .on("charge")
    .where((e) => e.amount.between(1, 2).and(e.card.oneOf(["x"])))
    .timesOrMore(2)
    .until((e) => e.type.eq("block"))
    .notFollowedBy("n")
    .on("block")
    .followedBy((g) =>
      g
        .begin("x")
        .next("y")
        .where((e, m) => e.card.eq(m.constructor.first().card)),
    )
    .times(2)
    .within("1h")
    .skip({ toFirst: "x" })
    .oncePer("1m");
  const back = fromJSON(JSON.parse(JSON.stringify(p)));
  assert.equal(back.ast, p.ast);
  assert.is(back.fingerprint, p.fingerprint);
  assert.equal(p.problems, []);
});

it("a plain function has no JSON form", () => {
  const p = pattern<CardEvent>("p")
    .begin("a")
    .filter(() => true);
  assert.throws(
    () => p.toJSON(),
    (error: unknown) => error instanceof PatternError && error.code === "OPAQUE_CONDITION",
  );
});

it("the fingerprint is of the meaning: not of select, but of a version of a function", () => {
  const begun = pattern<CardEvent>("p").begin("a");
  assert.is(begun.fingerprint, begun.select(() => 1).fingerprint);
  assert.is(begun.filter(() => true).fingerprint, begun.filter(() => false).fingerprint);
  assert.is.not(begun.filter(() => true).fingerprint, begun.filter(() => true, { version: 2 }).fingerprint);
  assert.is.not(begun.fingerprint, begun.times(1).fingerprint);
});

it.run();
