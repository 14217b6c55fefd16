// What is known of the events that a pattern cares about: never too few, and not so many that it would be of no use.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Test } from "../../lib/automaton/automaton.ts";
import { type Clauses, clausesOf } from "../../lib/automaton/clauses.ts";
import { compile } from "../../lib/automaton/compile.ts";
import { type Interest, interestOf } from "../../lib/automaton/interest.ts";
import { testHolds } from "../../lib/automaton/test.ts";
import { fitsSome } from "../../lib/matching/clause-index.ts";
import { FieldValues } from "../../lib/matching/field-values.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { NOTHING_TAKEN, type Taken } from "../../lib/pattern/expression/evaluate.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import { fieldsOf } from "../../lib/pattern/expression/looks-at.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import { parsePattern } from "../oracle/notation.ts";
import { anyCondition, anyEvent, anyTaken } from "../pattern/condition-arbitrary.ts";

const it = suite("interest");

type Reading = {
  readonly type: string;
  readonly v: number;
  readonly w: number;
  readonly on: boolean;
  readonly city: string;
};

const reading = pattern<Reading>("reading");

/** Like `type one of a, b; v in 0 … 9 | …`, one clause after the other; `any` for all events. */
function inWords(clauses: Clauses): string {
  const each = clauses.map((clause) => {
    const traits = clause.map((trait) =>
      trait.kind === "oneOf"
        ? `${trait.path.join(".")} one of ${trait.values.map(String).sort().join(", ")}`
        : `${trait.path.join(".")} in ${trait.low} … ${trait.high}`,
    );
    return traits.length === 0 ? "any" : traits.join("; ");
  });
  return each.length === 0 ? "none" : each.join(" | ");
}

function beginsOf(sought: Pattern<Reading>): string {
  return inWords(interestOf(compile(sought)).begins);
}

it("says of a condition what can be looked up, and is sure of no more", () => {
  const a = reading.begin("a");
  const isLarge = (e: Reading): boolean => e.v > 3;
  const said: readonly [Pattern<Reading>, string][] = [
    [a, "any"],
    [a.on("x", "y"), "type one of x, y"],
    [a.where((e) => e.v.eq(3)), "v one of 3"],
    [a.where((e) => e.city.oneOf(["x", "y"])), "city one of x, y"],
    [a.where((e) => e.on), "on one of true"],
    [a.where((e) => e.v.gte(3).and(e.v.lt(5))), "v in 3 … 4.999999999999999"],
    [a.where((e) => e.v.between(3, 5)), "v in 3 … 5"],
    [a.on("x").where((e) => e.v.lte(3)), "type one of x; v in -Infinity … 3"],
    [a.where((e) => e.v.lte(3).or(e.w.gt(5))), "v in -Infinity … 3 | w in 5.000000000000001 … Infinity"],
    [a.where((e) => e.v.eq(3).or(e.v.eq(4))), "v one of 3, 4"],
    [a.where((e) => e.city.oneOf(["x", "y"])).where((e) => e.city.oneOf(["y", "z"])), "city one of y"],
    [a.where((e) => e.v.eq(3)).where((e) => e.v.gt(2)), "v one of 3; v in 2.0000000000000004 … Infinity"],
    [a.where((e) => e.v.ne(3)), "any"],
    [a.where((e) => e.v.gt(3).not()), "any"],
    [a.where((e) => e.v.gt(e.w)), "any"],
    [a.where((e) => e.city.gt("x")), "any"],
    [a.where((e) => e.city.startsWith("x").and(e.v.eq(1))), "v one of 1"],
    [a.where((e) => e.v.between(e.w, 5)), "any"],
    [a.where((e) => e.v.eq(1).or(e.city.startsWith("x"))), "any"],
    [a.filter(isLarge), "any"],
    [a.on("x").filter(isLarge), "type one of x"],
    [a.where((e) => e.v.eq(1)).filter(isLarge), "v one of 1"],
    [a.filter(isLarge).where((e) => e.v.eq(1)), "any"],
    [a.on("x").optional().followedBy("b").on("y"), "type one of x, y"],
  ];
  for (const [sought, words] of said) assert.is(beginsOf(sought), words);
});

it("tells what open runs wait for, and whether they wait for whatever comes", () => {
  const said: readonly [string, string, boolean][] = [
    ["a", "none", false],
    ["a b", "type one of b", false],
    ["a , b ~ c", "type one of b, c", false],
    ["a ; b", "type one of b", true],
    ["a !n b", "type one of b, n", true],
    ["a !n.. b", "type one of b, n", false],
    ["a !n..5", "type one of n", false],
    ["a b+/u c", "type one of b, c, u", false],
    ["a b+; c", "type one of b, c", true],
    ["a b+^ c", "type one of b, c", false],
    ["a b+;^ c", "type one of b, c", true],
    ["a x:.*^ c", "any", false],
    ["a b[v>a.v] c[v>3]", "type one of b | type one of c; v in 3.0000000000000004 … Infinity", false],
    ["a b[v>a.v & v=2]", "type one of b", false],
    ["a b[v=2 & v>a.v]", "type one of b; v one of 2", false],
  ];
  for (const [text, moves, restless] of said) {
    const interest: Interest = interestOf(compile(parsePattern(text)));
    assert.is(inWords(interest.moves), moves, text);
    assert.is(interest.restless, restless, text);
  }
});

it("gives up being choosy where that would cost too much", () => {
  const wide = Array.from(
    { length: 100 },
    (_, index): Condition => ({
      kind: "and",
      parts: [comparing(`f${index}`, "eq", 1), comparing(`g${index}`, "eq", 1)],
    }),
  );
  assert.is(inWords(clausesOf({ kind: "or", parts: wide })), "any");
  const some: Condition = { kind: "or", parts: wide.slice(0, 12) };
  const few: Condition = { kind: "or", parts: wide.slice(20, 30) };
  assert.is(clausesOf({ kind: "and", parts: [some, few] }).length, 10);
  assert.is(clausesOf({ kind: "and", parts: [few, some] }).length, 10);
  assert.is(clausesOf({ kind: "and", parts: [some, few, comparing("v", "eq", 1)] }).length, 10);
});

it("knows what cannot be", () => {
  const never: readonly Condition[] = [
    { kind: "oneOf", value: field("v"), options: [] },
    comparing("v", "eq", Number.NaN),
    comparing("v", "lt", Number.NEGATIVE_INFINITY),
    { kind: "between", value: field("v"), low: literal(3), high: literal(2) },
    { kind: "and", parts: [comparing("v", "gt", 3), comparing("v", "lt", 3)] },
    { kind: "and", parts: [comparing("v", "eq", 3), comparing("v", "eq", 4)] },
    { kind: "or", parts: [] },
  ];
  for (const condition of never) assert.equal(clausesOf(condition), [], JSON.stringify(condition));
});

const on = fc.option(fc.constantFrom(["a"], ["", "ab"], ["1"]), { nil: null });

it("overlooks no event for which a test holds, throws or may call a function", () => {
  let fitting = 0;
  let others = 0;
  const property = fc.property(anyCondition, on, anyEvent, anyTaken, (condition, tags, event, taken) => {
    const test: Test = { id: 0, kind: "step", of: "s", on: tags, condition };
    const fields = new FieldValues();
    const fits = fitsSome(clausesOfTest(test), fields);
    for (const path of [["length"], ...fieldsOf([condition]).paths]) fields.slotOf(path);
    try {
      fields.read(event);
    } catch {
      return;
    }
    const answer = fits();
    if (answer) fitting += 1;
    else others += 1;
    if (answer) return;
    for (const each of [taken, NOTHING_TAKEN]) assert.not(mayMatter(test, event, each));
  });
  fc.assert(property, { numRuns: 20_000 });
  assert.ok(fitting > 1_000 && others > 1_000, `${fitting} fit, ${others} do not`);
});

function mayMatter(test: Test, event: unknown, taken: Taken): boolean {
  try {
    return testHolds(test, "length", event, taken);
  } catch {
    return true;
  }
}

/** As `interestOf` asks for it. */
function clausesOfTest({ on: tags, condition }: Test): Clauses {
  const value = field("length");
  const parts: readonly Condition[] = [
    ...(tags === null ? [] : [{ kind: "oneOf" as const, value, options: tags }]),
    condition as Condition,
  ];
  return clausesOf({ kind: "and", parts });
}

function field(name: string) {
  return { kind: "field", of: { kind: "candidate" }, path: [name] } as const;
}

function literal(value: number) {
  return { kind: "literal", value } as const;
}

function comparing(name: string, op: "eq" | "lt" | "gt", value: number): Condition {
  return { kind: "compare", op, left: field(name), right: literal(value) };
}

it.run();
