import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Element, PatternAst } from "../../lib/pattern/ast.ts";
import { describePattern } from "../../lib/pattern/describe/describe.ts";
import { describeCondition } from "../../lib/pattern/describe/describe-condition.ts";
import type { Condition, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { everyElement } from "../../lib/pattern/walk.ts";
import { astArbitrary, ODD } from "./arbitraries.ts";
import {
  and,
  begin,
  field,
  followedBy,
  group,
  is,
  item,
  literal,
  next,
  not,
  notFollowedBy,
  notNext,
  OPTIONAL,
  oneOrMore,
  opaque,
  or,
  pattern,
  step,
  taken,
  times,
} from "./ast-builders.ts";

const it = suite("pattern/describe");

it("says a whole pattern", () => {
  const ast = pattern(
    [
      begin("probe", { on: ["charge"], condition: is("amount", "lt", 2), quantifier: times(3) }),
      notFollowedBy("blocked", { on: ["block"] }),
      followedBy("cashOut", {
        on: ["charge"],
        condition: and(is("amount", "gt", 500), is("country", "ne", taken("probe", "country", "last"))),
      }),
    ],
    { name: "card-testing", version: 2, withinMs: 600_000, skip: { to: "pastLast" } },
  );
  assert.is(
    describePattern(ast),
    `Pattern "card-testing", version 2 finds, among the events of one key in the order of their times:
1. "probe" is 3 "charge" events where amount is below 2, with other events allowed in between.
2. "blocked": no "block" event comes after the first "probe" and before "cashOut".
3. "cashOut" is the next "charge" event where amount is above 500 and country is other than the country of the last "probe".
The last event comes less than 10 minutes after the first.
After a match, others are dropped that begin with its last event or before, so that matches share no events.`,
  );
});

it("numbers the elements of groups below them", () => {
  const inner = group("next", [begin("b"), next("c")], { quantifier: OPTIONAL });
  const ast = pattern([group(null, [begin("a"), inner], { quantifier: times(2) }), followedBy("d")]);
  assert.is(
    describePattern(ast),
    `Pattern "p" finds, among the events of one key in the order of their times:
1. A group, 2 times, of what follows. Each further time begins with the next event that fits.
   1.1. "a" is any event.
   1.2. A group, which may be missing, once, of what follows. It begins directly after.
      1.2.1. "b" is any event.
      1.2.2. "c" is the event directly after, whatever it is.
2. "d" is the next event, whatever it is.
Every such choice of events is a match of its own; matches may share events.`,
  );
});

/** The line of the last of some elements. */
const LINES: readonly (readonly [string, readonly Element[], Partial<PatternAst>?])[] = [
  // single steps
  ['1. "a" is any event.', [begin("a")]],
  ['1. "a" is a "charge" event.', [begin("a", { on: ["charge"] })]],
  ['1. "a" is an "order" event.', [begin("a", { on: ["order"] })]],
  ['1. "a" is an event where kind is "x" or "y".', [begin("a", { on: ["x", "y"] })], { tag: "kind" }],
  [
    '1. "a" is an event where kind is "x" and (v is 1 or v is 2).',
    [begin("a", { on: ["x"], condition: or(is("v", "eq", 1), is("v", "eq", 2)) })],
    { tag: "kind" },
  ],
  [
    '1. "a" is a "x", "y" or "z" event where v is 1.',
    [begin("a", { on: ["x", "y", "z"], condition: is("v", "eq", 1) })],
  ],
  ['2. "b" is the event directly after, whatever it is.', [begin("a"), next("b")]],
  [
    '2. "b" is the event directly after, which must be an event where v is 1.',
    [begin("a"), next("b", { condition: is("v", "eq", 1) })],
  ],
  ['2. "b" is the next event, whatever it is.', [begin("a"), followedBy("b")]],
  ['2. "b" is the next "x" event.', [begin("a"), followedBy("b", { on: ["x"] })]],
  ['2. "b" is any later "x" event.', [begin("a"), step("followedByAny", "b", { on: ["x"] })]],
  ['2. "b" is any later event.', [begin("a"), step("followedByAny", "b")]],
  [
    '2. "b", which may be missing, is the next "x" event.',
    [begin("a"), followedBy("b", { on: ["x"], quantifier: OPTIONAL })],
  ],
  ['1. "a" is any event.', [begin("a", { quantifier: times(1) })]],
  [
    '2. "b" is the next event, whatever it is. It comes less than 1 hour and 30 minutes after the event taken before.',
    [begin("a"), followedBy("b", { maxGapMs: 5_400_000 })],
  ],

  // loops
  ['1. "a" is one or more events, with other events allowed in between.', [begin("a", { quantifier: oneOrMore() })]],
  [
    '1. "a" is 2 or more "x" events, one directly after the other.',
    [begin("a", { on: ["x"], quantifier: times(2, null, { inner: "next" }) })],
  ],
  [
    '1. "a", which may be missing, is 2 to 4 events, any selection of them in their order.',
    [begin("a", { quantifier: times(2, 4, { inner: "followedByAny", optional: true }) })],
  ],
  [
    '2. "b" is 2 events, with other events allowed in between. The first comes directly after.',
    [begin("a"), next("b", { quantifier: times(2) })],
  ],
  [
    '2. "b" is 2 events, with other events allowed in between. The first is the next there is.',
    [begin("a"), followedBy("b", { quantifier: times(2) })],
  ],
  [
    '2. "b" is 2 events, with other events allowed in between. The first may be any later one.',
    [begin("a"), step("followedByAny", "b", { quantifier: times(2) })],
  ],
  [
    '1. "a" is one or more events, with other events allowed in between. It takes as many as it can. It ends before the first event where v is above 5. Each comes less than 1 second after the event taken before.',
    [begin("a", { quantifier: oneOrMore({ greedy: true, until: is("v", "gt", 5) }), maxGapMs: 1_000 })],
  ],

  // absences
  ['2. "n": no event comes directly after.', [begin("a"), notNext("n")]],
  ['2. "n": the event directly after is not a "x" event.', [begin("a"), notNext("n", { on: ["x"] })]],
  [
    '2. "n": no event at all comes after "a" until 1 day after the first event of the match.',
    [begin("a"), notFollowedBy("n")],
    { withinMs: 86_400_000 },
  ],
  [
    '2. "n": no event at all comes after "a" until 2 hours after the last event taken.',
    [begin("a"), notFollowedBy("n", { forMs: 7_200_000 })],
  ],
  ['2. "n": no event at all comes after "a" until the end.', [begin("a"), notFollowedBy("n")]],
  [
    '2. "n": no event at all comes after the first "a" until the end.',
    [begin("a", { quantifier: oneOrMore() }), notFollowedBy("n")],
  ],
  [
    '3. "n": no event at all comes after the event taken before until the end.',
    [begin("x"), next("a", { quantifier: OPTIONAL }), notFollowedBy("n")],
  ],
  [
    '2. "n": no event at all comes after the last event of the group until the end.',
    [group(null, []), notFollowedBy("n")],
  ],
  ['1. "n": no event at all comes from the beginning until the end.', [notFollowedBy("n")]],

  // groups
  ["1. A group, once, of what follows.", [group(null, [])]],
  [
    "2. A group, one or more times, of what follows. It begins directly after. Each further time begins with any later event that fits.",
    [begin("a"), group("next", [], { quantifier: oneOrMore({ inner: "followedByAny" }) })],
  ],
  [
    "2. A group, once, of what follows. It begins with any later event that fits.",
    [begin("a"), group("followedByAny", [])],
  ],
  [
    "1. A group, 2 or more times, of what follows. Each further time begins directly after. It ends before the first event where v is 1. Each event of it comes less than 1 minute after the event taken before.",
    [group(null, [], { quantifier: times(2, null, { inner: "next", until: is("v", "eq", 1) }), maxGapMs: 60_000 })],
  ],
];

for (const [line, elements, fields] of LINES) {
  it(`says: ${line}`, () =>
    assert.is(describePattern(pattern(elements, fields)).split("\n").at(elements.length), line));
}

it("says what ends an absence that steps may follow", () => {
  const lineOf = (following: readonly Element[], fields: Partial<PatternAst> = {}) =>
    describePattern(pattern([begin("a"), notFollowedBy("n", { on: ["x"] }), ...following], fields)).split("\n")[2];
  assert.is(lineOf([next("b")]), '2. "n": no "x" event comes after "a" and before "b".');
  assert.is(lineOf([notNext("m"), next("b")]), '2. "n": no "x" event comes after "a" and before "b".');
  assert.is(
    lineOf([group("next", [begin("b")])]),
    '2. "n": no "x" event comes after "a" and before the next event taken.',
  );
  assert.is(
    lineOf([next("b", { quantifier: OPTIONAL })], { withinMs: 1 }),
    '2. "n": no "x" event comes after "a" and before the next event taken or, if there is none, until 1 millisecond after the first event of the match.',
  );
});

/** What is said after the elements. */
const REPORTS: readonly (readonly [string, Partial<PatternAst>])[] = [
  ["Every such choice of events is a match of its own; matches may share events.", {}],
  [
    "The last event comes less than 1 day, 2 hours, 3 minutes, 4 seconds and 5 milliseconds after the first.",
    { withinMs: 93_784_005 },
  ],
  // Refused, and yet described: who is told of the mistake wants to see the pattern.
  ["The last event comes less than 0 milliseconds after the first.", { withinMs: 0 }],
  ["After a match, others are dropped that begin with its first event or before.", { skip: { to: "next" } }],
  [
    'After a match, others are dropped that begin before its first "a".',
    { skip: { to: "first", step: "a", orElse: null } },
  ],
  [
    'After a match, others are dropped that begin before its last "a"; if it has none, none are dropped.',
    { skip: { to: "last", step: "a", orElse: "none" } },
  ],
  [
    'After a match, others are dropped that begin before its last "a"; if it has none, those that begin with its first event or before are dropped.',
    { skip: { to: "last", step: "a", orElse: "next" } },
  ],
  ["A match waits until nothing that began before it can become one.", { emit: "ordered" }],
  ["For 2 seconds after a match, further ones of the same key are left out and counted.", { oncePerMs: 2_000 }],
];

for (const [line, fields] of REPORTS) {
  it(`says: ${line}`, () =>
    assert.ok(
      describePattern(pattern([begin("a")], fields))
        .split("\n")
        .includes(line),
    ));
}

const value = (expr: ValueExpr): Condition => ({ kind: "exists", value: expr });
const text = (op: "startsWith" | "endsWith" | "includes"): Condition => ({
  kind: "text",
  op,
  value: field("v"),
  text: literal("x"),
});
const between: Condition = { kind: "between", value: field("v"), low: literal(1), high: literal(2) };
const oneOf = (...options: readonly number[]): Condition => ({ kind: "oneOf", value: field("v"), options });

const CONDITIONS: readonly (readonly [string, Condition])[] = [
  // comparisons, of numbers and of texts
  ["v is 5", is("v", "eq", 5)],
  ['v is "x"', is("v", "eq", "x")],
  ["v is 5", is("v", "eq", 5n)],
  ["v is true", is("v", "eq", true)],
  ["v is -0", is("v", "eq", -0)],
  ["v is other than 5", is("v", "ne", 5)],
  ["v is below 5", is("v", "lt", 5)],
  ["v is at most 5", is("v", "lte", 5)],
  ["v is above 5", is("v", "gt", 5)],
  ["v is at least 5", is("v", "gte", 5)],
  ['v is before "x"', is("v", "lt", "x")],
  ['v is at or before "x"', is("v", "lte", "x")],
  ['v is after "x"', is("v", "gt", "x")],
  ['v is at or after "x"', is("v", "gte", "x")],
  ["v is below w", is("v", "lt", field("w"))],

  // what is denied is also true of what is missing
  ["v is not 5", not(is("v", "eq", 5))],
  ["v is not other than 5", not(is("v", "ne", 5))],
  ["v is not below 5", not(is("v", "lt", 5))],
  ["v is not from 1 to 2", not(between)],
  ["v is none of 1 and 2", not(oneOf(1, 2))],
  ['v does not begin with "x"', not(text("startsWith"))],
  ['v does not end with "x"', not(text("endsWith"))],
  ['v does not contain "x"', not(text("includes"))],
  ["v is missing", not(value(field("v")))],
  ["v is not true", not({ kind: "isTrue", value: field("v") })],
  ["a function (version 3) does not accept it", not(opaque(() => true, 3))],
  ["v is 5", not(not(is("v", "eq", 5)))],
  ["it is not so that (v is 1 and w is 2)", not(and(is("v", "eq", 1), is("w", "eq", 2)))],
  ["it is not so that (v is 1 or w is 2)", not(or(is("v", "eq", 1), is("w", "eq", 2)))],

  // the others
  ["v is from 1 to 2", between],
  ["v is 1 or 2", oneOf(1, 2)],
  ["v is 1", oneOf(1)],
  ["v is one of no values", oneOf()],
  ["v is none of no values", not(oneOf())],
  ["v is 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 or 11", oneOf(...Array.from({ length: 12 }, (_, index) => index))],
  ["v is 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 or 9 others", oneOf(...Array.from({ length: 20 }, (_, index) => index))],
  ['v begins with "x"', text("startsWith")],
  ['v ends with "x"', text("endsWith")],
  ['v contains "x"', text("includes")],
  ["v is there", value(field("v"))],
  ["v is true", { kind: "isTrue", value: field("v") }],
  ["a function (version 1) accepts it", opaque()],
  ["v is 1 and w is 2 and x is 3", and(is("v", "eq", 1), is("w", "eq", 2), is("x", "eq", 3))],
  ["v is 1 and (w is 2 or x is 3)", and(is("v", "eq", 1), or(is("w", "eq", 2), is("x", "eq", 3)))],
  ["(v is 1 or 2) and w is 3", and(oneOf(1, 2), is("w", "eq", 3))],
  ["v is 1 or w is 2", or(is("v", "eq", 1), and(is("w", "eq", 2)))],
  ["anything goes", and()],
  ["nothing will do", or()],

  // values
  ["the event is there", value({ kind: "field", of: { kind: "candidate" }, path: [] })],
  ['"a" is there', value({ kind: "field", of: { kind: "taken", step: "a", at: "only" }, path: [] })],
  ["card.limit is there", value(field("card.limit"))],
  ['["a b"].c["d.e"] is there', value({ kind: "field", of: { kind: "candidate" }, path: ["a b", "c", "d.e"] })],
  ['the v of "a" is there', value(taken("a", "v"))],
  ['the v of the first "a" is there', value(taken("a", "v", "first"))],
  ['the v of the last "a" is there', value(taken("a", "v", "last"))],
  ['the v of the 1st "a" is there', value(taken("a", "v", 0))],
  ['the v of the 2nd "a" is there', value(taken("a", "v", 1))],
  ['the v of the 3rd "a" is there', value(taken("a", "v", 2))],
  ['the v of the 11th "a" is there', value(taken("a", "v", 10))],
  ['the v of the 22nd "a" is there', value(taken("a", "v", 21))],
  ['the v of the 2nd "a" from the end is there', value(taken("a", "v", -2))],
  ['the number of "a" is there', value({ kind: "count", step: "a" })],
  ['the sum of v over all "a" is there', value({ kind: "aggregate", op: "sum", step: "a", value: item("v") })],
  ['the average of v over all "a" is there', value({ kind: "aggregate", op: "avg", step: "a", value: item("v") })],
  ['the least v over all "a" is there', value({ kind: "aggregate", op: "min", step: "a", value: item("v") })],
  ['the greatest v over all "a" is there', value({ kind: "aggregate", op: "max", step: "a", value: item("v") })],
  ["v + 2 is there", value({ kind: "arithmetic", op: "plus", left: field("v"), right: literal(2) })],
  [
    "(v - 2) × (w modulo 3) is there",
    value({
      kind: "arithmetic",
      op: "times",
      left: { kind: "arithmetic", op: "minus", left: field("v"), right: literal(2) },
      right: { kind: "arithmetic", op: "modulo", left: field("w"), right: literal(3) },
    }),
  ],
  ["whether (v is 1) is true", { kind: "compare", op: "eq", left: is("v", "eq", 1), right: literal(true) }],
];

for (const [sentence, condition] of CONDITIONS) {
  it(`says of a condition: ${sentence}`, () => assert.is(describeCondition(condition), sentence));
}

it("has a line for every element of any pattern, with its name", () =>
  fc.assert(
    fc.property(astArbitrary(ODD), (ast) => {
      const description = describePattern(ast);
      assert.is(describePattern(structuredClone(ast)), description);
      const elements = [...everyElement(ast.elements)];
      for (const { element } of elements)
        if (element.kind !== "group") assert.ok(description.includes(`"${element.name}"`));
      assert.ok(description.split("\n").length >= elements.length + 2);
      assert.not.match(description, /undefined|\[object| {2}\.|NaN\.\d/);
    }),
    { numRuns: 1_000 },
  ));

it.run();
