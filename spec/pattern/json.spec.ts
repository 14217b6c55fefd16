import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PatternError } from "../../lib/core/errors.ts";
import { fromJson, toJson } from "../../lib/pattern/json/json.ts";
import { fromJSON, patternFrom } from "../../lib/pattern/pattern-value.ts";
import { astArbitrary, ODD } from "./arbitraries.ts";
import {
  and,
  begin,
  followedBy,
  group,
  is,
  literal,
  next,
  notFollowedBy,
  oneOrMore,
  opaque,
  pattern,
  taken,
  times,
} from "./ast-builders.ts";

const it = suite("pattern/json");

/** What a reader on the other side of a wire gets. */
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const cardTesting = pattern(
  [
    begin("probe", { on: ["charge"], condition: is("amount", "lt", 2), quantifier: times(3) }),
    notFollowedBy("blocked", { on: ["block"] }),
    followedBy("cashOut", {
      on: ["charge"],
      condition: and(is("amount", "gt", 500n), is("country", "ne", taken("probe", "country", "last"))),
    }),
  ],
  { name: "card-testing", withinMs: 600_000, skip: { to: "pastLast" } },
);

it("gives back the same pattern, whatever it is made of", () =>
  fc.assert(
    fc.property(fc.oneof(astArbitrary(ODD), astArbitrary()), (ast) => {
      const back = fromJson(overTheWire(toJson(ast)));
      assert.ok(isDeepStrictEqual(back, ast), `came back as ${JSON.stringify(toJson(back))}`);
    }),
    { numRuns: 1_000 },
  ));

it("says each pattern in one way", () =>
  fc.assert(
    fc.property(astArbitrary(ODD), (ast) => {
      const json = toJson(ast);
      assert.is(JSON.stringify(toJson(fromJson(overTheWire(json)))), JSON.stringify(json));
    }),
    { numRuns: 1_000 },
  ));

it("leaves out what is as usual", () => {
  assert.equal(toJson(cardTesting), {
    sequitur: 1,
    name: "card-testing",
    elements: [
      {
        kind: "step",
        name: "probe",
        on: ["charge"],
        condition: {
          kind: "compare",
          op: "lt",
          left: { kind: "field", path: ["amount"] },
          right: { kind: "literal", value: 2 },
        },
        quantifier: { min: 3, max: 3 },
      },
      { kind: "absence", name: "blocked", link: "notFollowedBy", on: ["block"] },
      {
        kind: "step",
        name: "cashOut",
        link: "followedBy",
        on: ["charge"],
        condition: {
          kind: "and",
          parts: [
            {
              kind: "compare",
              op: "gt",
              left: { kind: "field", path: ["amount"] },
              right: { kind: "literal", value: { bigint: "500" } },
            },
            {
              kind: "compare",
              op: "ne",
              left: { kind: "field", path: ["country"] },
              right: { kind: "field", of: { kind: "taken", step: "probe", at: "last" }, path: ["country"] },
            },
          ],
        },
      },
    ],
    withinMs: 600_000,
    skip: { to: "pastLast" },
  });
});

it("accepts what is as usual when it is written out", () => {
  const spelt = {
    sequitur: 1,
    name: "p",
    version: 1,
    tag: "type",
    elements: [
      {
        kind: "step",
        name: "a",
        link: null,
        on: null,
        condition: null,
        quantifier: {
          min: 1,
          max: 1,
          optional: false,
          greedy: false,
          inner: "followedBy",
          until: null,
          counted: false,
        },
        maxGapMs: null,
      },
      { kind: "absence", name: "n", link: "notNext", on: null, condition: null, forMs: null },
    ],
    withinMs: null,
    skip: { to: "none" },
    emit: "eager",
    oncePerMs: null,
  };
  const short = {
    sequitur: 1,
    name: "p",
    elements: [
      { kind: "step", name: "a" },
      { kind: "absence", name: "n", link: "notNext" },
    ],
  };
  assert.equal(fromJson(spelt), fromJson(short));
  assert.equal(fromJson({ ...spelt, skip: { to: "last", step: "a", orElse: null } }).skip, {
    to: "last",
    step: "a",
    orElse: null,
  });
});

it("keeps constants that JSON has no word for", () => {
  const values = [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -(2n ** 70n), 0n];
  for (const value of values) {
    const ast = pattern([begin("a", { condition: is("v", "eq", value) })]);
    const back = fromJson(overTheWire(toJson(ast)));
    assert.ok(isDeepStrictEqual(back, ast), String(value));
  }
});

it("gives frozen data", () => {
  const isFrozen = (value: unknown): boolean =>
    typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
  assert.ok(isFrozen(fromJson(toJson(cardTesting))));
});

it("refuses functions, every one with its place", () => {
  const ast = pattern([
    begin("a", { condition: and(opaque(), is("v", "eq", 1), opaque()) }),
    group("next", [begin("b", { quantifier: oneOrMore({ until: opaque() }) }), next("c")]),
  ]);
  try {
    toJson(ast);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, PatternError);
    const { problems } = error as PatternError;
    assert.equal(
      problems.map(({ code, path }) => [code, path]),
      [
        ["OPAQUE_CONDITION", ["a"]],
        ["OPAQUE_CONDITION", ["a"]],
        ["OPAQUE_CONDITION", ["(b, c)", "b"]],
      ],
    );
    assert.match((error as PatternError).message, /until of "b"/);
  }
});

it("reads all that the checks let pass", () => {
  let condition = and(is("v", "gt", 0));
  for (let depth = 0; depth < 96; depth += 1) condition = and(condition);
  let inner = group(null, [begin("a", { condition })]);
  for (let depth = 1; depth < 8; depth += 1) inner = group(null, [inner]);
  assert.is(fromJson(overTheWire(toJson(pattern([inner])))).elements.length, 1);
});

it("makes patterns as values", () => {
  const value = fromJSON(overTheWire(toJson(cardTesting)));
  assert.is(value.name, "card-testing");
  assert.is(value.version, 1);
  assert.is(value.selector, null);
  assert.equal(value.problems, []);
  assert.equal(value.ast, cardTesting);
  assert.is(JSON.stringify(value), JSON.stringify(toJson(cardTesting)));
  assert.match(value.describe(), /card-testing/);
  assert.match(value.fingerprint, /^[0-9a-f]{32}$/);
  assert.is(value.fingerprint, fromJSON(value.toJSON()).fingerprint);
  assert.ok(Object.isFrozen(value) && Object.isFrozen(value.ast.elements[0]));
  assert.throws(
    () => fromJSON(value.toJSON(), { limits: { maxJsonNodes: 3 } }),
    (error: unknown) => error instanceof PatternError,
  );
});

it("does not let JSON forget what the builder refused", () => {
  const problem = {
    code: "QUANTIFIER_TWICE",
    severity: "error",
    path: ["a"],
    message: "Said twice.",
    remedy: "Say once.",
  } as const;
  assert.throws(
    () => patternFrom(cardTesting, [problem]).toJSON(),
    (error: unknown) => error instanceof PatternError && error.problems[0] === problem,
  );
  assert.is(patternFrom(cardTesting, [{ ...problem, severity: "warning" }]).toJSON().name, "card-testing");
});

it("keeps literals apart from what they look like", () => {
  const eq = (value: string | bigint) => toJson(pattern([begin("a", { condition: is("v", "eq", literal(value)) })]));
  assert.not.equal(eq("5"), eq(5n));
});

it.run();
