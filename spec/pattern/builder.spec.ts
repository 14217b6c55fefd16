// What is said is what the AST says. Stages are in builder-stages.spec.ts, mistakes in builder-mistakes.spec.ts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { compile, pattern, sequence } from "../../lib/index.ts";
import { type Element, ONCE, type PatternAst, type Quantifier } from "../../lib/pattern/ast.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";

const it = suite("builder");

type Charge = { type: "charge"; card: string; amount: number; country: string };
type Block = { type: "block"; card: string };
type CardEvent = Charge | Block;

/** As JavaScript sees the builder: every word on every stage. */
// biome-ignore lint/suspicious/noExplicitAny: what the types refuse is said here
type Loose = any;
const loose = (name = "p", options: object = {}): Loose => pattern<CardEvent>(name, options);
const looseGroup = (): Loose => sequence<CardEvent>();

const step = (name: string, fields: Partial<Extract<Element, { kind: "step" }>> = {}): Element => ({
  kind: "step",
  name,
  link: null,
  on: null,
  condition: null,
  quantifier: ONCE,
  maxGapMs: null,
  ...fields,
});
const EMPTY: PatternAst = {
  kind: "pattern",
  name: "p",
  version: 1,
  tag: "type",
  elements: [],
  withinMs: null,
  skip: { to: "none" },
  emit: "eager",
  oncePerMs: null,
};
const last = (p: Pattern): Element => p.ast.elements.at(-1) as Element;
const quantifierOf = (p: Pattern): Quantifier => (last(p) as Extract<Element, { kind: "step" }>).quantifier;

// ---------------------------------------------------------------- what is said is what the AST says

it("the example of the language is its AST", () => {
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
    .within("10m")
    .skip("pastLast")
    .select((m) => ({ card: m.cashOut.card, stolen: m.cashOut.amount, probes: m.probe.length }));
  const field = (name: string) => ({ kind: "field", of: { kind: "candidate" }, path: [name] }) as const;
  assert.equal(cardTesting.ast, {
    kind: "pattern",
    name: "card-testing",
    version: 1,
    tag: "type",
    elements: [
      step("probe", {
        on: ["charge"],
        condition: { kind: "compare", op: "lt", left: field("amount"), right: { kind: "literal", value: 2 } },
        quantifier: { ...ONCE, min: 3, max: 3, counted: true },
      }),
      { kind: "absence", name: "blocked", link: "notFollowedBy", on: ["block"], condition: null, forMs: null },
      step("cashOut", {
        link: "followedBy",
        on: ["charge"],
        condition: {
          kind: "and",
          parts: [
            { kind: "compare", op: "gt", left: field("amount"), right: { kind: "literal", value: 500 } },
            {
              kind: "compare",
              op: "ne",
              left: field("country"),
              right: { kind: "field", of: { kind: "taken", step: "probe", at: "last" }, path: ["country"] },
            },
          ],
        },
      }),
    ],
    withinMs: 600_000,
    skip: { to: "pastLast" },
    emit: "eager",
    oncePerMs: null,
  });
  assert.equal(cardTesting.problems, []);
  assert.equal(cardTesting.selector?.({ cashOut: { card: "c", amount: 900 }, probe: [1, 2, 3] } as never), {
    card: "c",
    stolen: 900,
    probes: 3,
  });
});

it("links, name, version and tag", () => {
  const p = loose("named", { version: 4, tag: "kind" }).begin("a").next("b").followedBy("c").followedByAny("d");
  assert.equal(p.ast, {
    ...EMPTY,
    name: "named",
    version: 4,
    tag: "kind",
    elements: [
      step("a"),
      step("b", { link: "next" }),
      step("c", { link: "followedBy" }),
      step("d", { link: "followedByAny" }),
    ],
  });
  assert.equal([p.name, p.version, p.problems, p.selector], ["named", 4, [], null]);
});

const QUANTIFIERS: readonly (readonly [title: string, say: (p: Loose) => Loose, quantifier: Partial<Quantifier>])[] = [
  ["once", (p) => p, {}],
  ["times(3)", (p) => p.times(3), { min: 3, max: 3, counted: true }],
  ["times(1)", (p) => p.times(1), { counted: true }],
  ["times(2, 4)", (p) => p.times(2, 4), { min: 2, max: 4, counted: true }],
  ["times(0, 4)", (p) => p.times(0, 4), { min: 1, max: 4, optional: true, counted: true }],
  ["timesOrMore(2)", (p) => p.timesOrMore(2), { min: 2, max: null, counted: true }],
  ["oneOrMore()", (p) => p.oneOrMore(), { max: null, counted: true }],
  ["optional()", (p) => p.optional(), { optional: true }],
  ["times(3).optional()", (p) => p.times(3).optional(), { min: 3, max: 3, optional: true, counted: true }],
  ["oneOrMore().greedy()", (p) => p.oneOrMore().greedy(), { max: null, greedy: true, counted: true }],
  ["oneOrMore().consecutive()", (p) => p.oneOrMore().consecutive(), { max: null, inner: "next", counted: true }],
  [
    "oneOrMore().allowCombinations()",
    (p) => p.oneOrMore().allowCombinations(),
    { max: null, inner: "followedByAny", counted: true },
  ],
  [
    "oneOrMore().until(…)",
    (p) => p.oneOrMore().until((e: { stop: unknown }) => e.stop),
    {
      max: null,
      counted: true,
      until: { kind: "isTrue", value: { kind: "field", of: { kind: "candidate" }, path: ["stop"] } },
    },
  ],
  // What only checks can judge is kept as it was said.
  ["times(0)", (p) => p.times(0), { min: 0, max: 0, counted: true }],
  ["times(5, 2)", (p) => p.times(5, 2), { min: 5, max: 2, counted: true }],
  ["times(1.5)", (p) => p.times(1.5), { min: 1.5, max: 1.5, counted: true }],
  ["timesOrMore(0)", (p) => p.timesOrMore(0), { min: 0, max: null, counted: true }],
  ["greedy()", (p) => p.greedy(), { greedy: true }],
];
for (const [title, say, quantifier] of QUANTIFIERS) {
  it(`${title} is its quantifier, of steps and groups`, () => {
    const ofStep = say(loose().begin("a"));
    assert.equal(quantifierOf(ofStep), { ...ONCE, ...quantifier });
    const ofGroup = say(loose().begin(sequence<CardEvent>().begin("a").next("b")));
    assert.equal(quantifierOf(ofGroup), { ...ONCE, ...quantifier });
    assert.equal([ofStep.problems, ofGroup.problems], [[], []]);
  });
}

it("durations become milliseconds where they belong", () => {
  const p = loose()
    .begin("a")
    .maxGap("5s")
    .next((g: Loose) => g.begin("b"))
    .maxGap(7)
    .notFollowedBy("n")
    .for("1h30m");
  const [a, group, n] = p.within("1d").oncePer("10m").ast.elements;
  assert.equal([(a as { maxGapMs?: number }).maxGapMs, (group as { maxGapMs?: number }).maxGapMs], [5_000, 7]);
  assert.is((n as { forMs?: number }).forMs, 5_400_000);
  assert.equal([p.within("1d").ast.withinMs, p.oncePer("10m").ast.oncePerMs], [86_400_000, 600_000]);
  // Whether they make sense is for checks to say.
  assert.is(p.within(0).ast.withinMs, 0);
  for (const word of ["maxGap", "within", "oncePer"]) {
    assert.throws(
      () => p[word]("soon"),
      (error: unknown) => error instanceof ConfigError && error.code === "BAD_DURATION",
    );
  }
});

it("skip strategies", () => {
  const p = pattern<CardEvent>("p").begin("a").next("b").optional();
  assert.equal(p.skip("none").ast.skip, { to: "none" });
  assert.equal(p.skip("toNext").ast.skip, { to: "next" });
  assert.equal(p.skip("pastLast").ast.skip, { to: "pastLast" });
  assert.equal(p.skip({ toFirst: "a" }).ast.skip, { to: "first", step: "a", orElse: null });
  assert.equal(p.skip({ toLast: "b", orElse: "none" }).ast.skip, { to: "last", step: "b", orElse: "none" });
  assert.equal(p.skip({ toLast: "b", orElse: "toNext" }).ast.skip, { to: "last", step: "b", orElse: "next" });
  assert.is(p.skip("none").ast.emit, "eager");
  assert.is(p.skip("toNext", { emit: "ordered" }).ast.emit, "ordered");
});

// ---------------------------------------------------------------- conditions

const flag = (name: string) =>
  ({ kind: "isTrue", value: { kind: "field", of: { kind: "candidate" }, path: [name] } }) as const;
type Flags = { type: string; a: boolean; b: boolean; c: boolean; d: boolean };
const conditionOf = (p: Pattern): unknown => (last(p) as { readonly condition?: unknown }).condition;

it("where repeated is and, orWhere is or with all before, on stays an and outside", () => {
  const begun = pattern<Flags>("p")
    .begin("s")
    .on("x", "y")
    .where((e) => e.a);
  assert.equal(conditionOf(begun), flag("a"));
  const two = begun.where((e) => e.b);
  assert.equal(conditionOf(two), { kind: "and", parts: [flag("a"), flag("b")] });
  const or = two.orWhere((e) => e.c);
  assert.equal(conditionOf(or), { kind: "or", parts: [{ kind: "and", parts: [flag("a"), flag("b")] }, flag("c")] });
  const and = or.where((e) => e.d);
  assert.equal((conditionOf(and) as { parts: unknown[] }).parts, [conditionOf(or), flag("d")]);
  assert.equal((last(and) as { on?: unknown }).on, ["x", "y"]);
  assert.equal(
    conditionOf(
      pattern<Flags>("p")
        .begin("s")
        .orWhere((e) => e.a),
    ),
    flag("a"),
  );
});

it("where, orWhere and filter belong to absences, too, and until to its loop", () => {
  const p = pattern<Flags>("p")
    .begin("s")
    .notNext("n")
    .on("x")
    .where((e) => e.a)
    .orWhere((e) => e.b);
  assert.equal(last(p), {
    kind: "absence",
    name: "n",
    link: "notNext",
    on: ["x"],
    condition: { kind: "or", parts: [flag("a"), flag("b")] },
    forMs: null,
  });
});

it("filter keeps the function and its version, joined with the others", () => {
  const call = (): boolean => true;
  const p = pattern<Flags>("p")
    .begin("s")
    .filter(call)
    .where((e) => e.a)
    .filter(call, { version: 3 });
  assert.equal(conditionOf(p), {
    kind: "and",
    parts: [{ kind: "opaque", call, version: 1 }, flag("a"), { kind: "opaque", call, version: 3 }],
  });
});

it("where is called once, when it is said", () => {
  let calls = 0;
  const p = pattern<Flags>("p")
    .begin("s")
    .where((e) => {
      calls += 1;
      return e.a;
    });
  void [p.ast, p.fingerprint, p.next("t").ast, p.describe(), p.toJSON()];
  assert.is(calls, 1);
});

it("m answers as the match does: one event, a loop, a loop in groups", () => {
  const at = (p: Pattern): unknown => (conditionOf(p) as { right: { of: { at: unknown } } }).right.of.at;
  const begun = pattern<CardEvent>("p").begin("one").next("loop").times(2);
  assert.is(at(begun.next("x").where((e, m) => e.card.eq(m.one.card))), "only");
  assert.is(at(begun.next("x").where((e, m) => e.card.eq(m.loop.first().card))), "first");
  assert.throws(() => (begun as unknown as Loose).next("x").where((_: unknown, m: Loose) => m.one.last()));

  // In its own condition, once it has a count.
  assert.is(
    at(
      begun
        .next("up")
        .oneOrMore()
        .where((e, m) => e.card.eq(m.up.last().card)),
    ),
    "last",
  );

  // Before it has a count, it answers like both: only the count will tell. Without one, it is refused later.
  const own = (): Loose =>
    (begun as unknown as Loose).next("up").where((e: Loose, m: Loose) => e.card.eq(m.up.last().card));
  assert.is(at(own().oneOrMore()), "last");
  assert.throws(() => compile(own().within("1h")), /OWN_STEP/);

  // A group in place sees the steps before it as they are, its own as loops; behind it they are loops, too.
  const group = begun.next((g) =>
    g
      .begin("x")
      .where((e, m) => e.card.eq(m.one.card).and(e.card.eq(m.loop.at(0).card)))
      .next("y")
      .where((e, m) => e.card.eq(m.x.last().card))
      .next((inner) => inner.begin("z").where((e, m) => e.card.eq(m.one.card).and(e.card.eq(m.y.last().card)))),
  );
  assert.equal(group.problems, []);
  assert.is(at(group.next("end").where((e, m) => e.card.eq(m.z.last().card))), "last");
});

it("tags: repeated ones once, said twice those of both, none for checks to refuse", () => {
  const onOf = (p: Loose): unknown => (last(p) as { on?: unknown }).on;
  assert.equal(onOf(loose().begin("a").on("x", "y", "x")), ["x", "y"]);
  assert.equal(onOf(loose().begin("a").on("x", "y").on("y", "z")), ["y"]);
  assert.equal(onOf(loose().begin("a").on()), []);
});

// ---------------------------------------------------------------- groups

it("a group is one element, said apart or in place", () => {
  const body = sequence<CardEvent>().begin("x").on("block").followedBy("y").oneOrMore();
  const apart = pattern<CardEvent>("p").begin("a").followedByAny(body).times(2).maxGap("1s");
  const inPlace = pattern<CardEvent>("p")
    .begin("a")
    .followedByAny((g) => g.begin("x").on("block").followedBy("y").oneOrMore())
    .times(2)
    .maxGap("1s");
  assert.equal(last(apart), {
    kind: "group",
    link: "followedByAny",
    elements: [
      step("x", { on: ["block"] }),
      step("y", { link: "followedBy", quantifier: { ...ONCE, max: null, counted: true } }),
    ],
    quantifier: { ...ONCE, min: 2, max: 2, counted: true },
    maxGapMs: 1_000,
  });
  assert.equal(inPlace.ast, apart.ast);
  assert.is(inPlace.fingerprint, apart.fingerprint);
  assert.equal(pattern<CardEvent>("q").begin(body).ast.elements.length, 1, "a body may be used again");
});

it("a group in place has the tag of its pattern", () => {
  const p = pattern<{ kind: "a" | "b" }, "kind">("p", { tag: "kind" }).begin((g) => g.begin("x").on("a"));
  assert.equal(p.problems, []);
  assert.equal(
    loose("p", { tag: "kind" }).begin(looseGroup().begin("x")).problems,
    [],
    "without on the tag does not matter",
  );
});

it.run();
