import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PatternError } from "../../lib/core/errors.ts";
import { fromJson, type JsonLimits, toJson } from "../../lib/pattern/json/json.ts";
import { astArbitrary, ODD } from "./arbitraries.ts";

const it = suite("pattern/json-refused");

/** The error of reading `value`; fails if it is read, or refused in any other way. */
function refusalOf(value: unknown, limits?: Partial<JsonLimits>): PatternError {
  try {
    fromJson(value, limits);
  } catch (error) {
    assert.instance(error, PatternError);
    return error as PatternError;
  }
  throw new Error(`was read: ${JSON.stringify(value)?.slice(0, 300)}`);
}

const step = (fields: object = {}) => ({ kind: "step", name: "a", ...fields });
const json = (fields: object = {}, elements: readonly unknown[] = [step()]) => ({
  sequitur: 1,
  name: "p",
  elements,
  ...fields,
});
const conditioned = (condition: unknown) => json({}, [step({ condition })]);
const compared = (right: unknown) =>
  conditioned({ kind: "compare", op: "eq", left: { kind: "field", path: ["v"] }, right });

/** JSON that is no pattern: the code, and what the message must say. */
const REFUSED: readonly (readonly [code: string, message: RegExp, value: unknown])[] = [
  ["JSON_SHAPE", /\$: expected a pattern, found null/, null],
  ["JSON_SHAPE", /\$: expected a pattern, found nothing/, undefined],
  ["JSON_SHAPE", /\$: expected a pattern, found an array/, []],
  ["JSON_SHAPE", /\$: expected a pattern, found "\{\}"\. Give the data, not the text: JSON\.parse/, "{}"],
  ["JSON_VERSION", /"sequitur" is missing/, {}],
  ["JSON_VERSION", /expected the version 1 of the JSON form, found 2/, json({ sequitur: 2 })],
  ["JSON_VERSION", /found "1"/, json({ sequitur: "1" })],
  ["JSON_SHAPE", /\$\.name: expected a text, found nothing/, { sequitur: 1, elements: [] }],
  ["JSON_SHAPE", /\$\.name: expected a text, found 5/, json({ name: 5 })],
  ["JSON_SHAPE", /\$\.name: expected a text, found a function\./, json({ name: () => "p" })],
  ["JSON_SHAPE", /\$\.version: expected a number, found "2"/, json({ version: "2" })],
  ["JSON_SHAPE", /\$\.version: expected a number, found "2{40}…"/, json({ version: "2".repeat(41) })],
  ["JSON_SHAPE", /\$\.version: expected a number, found null/, json({ version: null })],
  ["JSON_SHAPE", /\$\.tag: expected a text, found null/, json({ tag: null })],
  ["JSON_SHAPE", /\$\.withinMs: expected a number or null, found "10m"/, json({ withinMs: "10m" })],
  ["JSON_SHAPE", /\$\.withinMs: expected a number or null, found NaN/, json({ withinMs: Number.NaN })],
  [
    "JSON_SHAPE",
    /\$\.emit: expected one of "eager", "ordered", found "orderd"\. Did you mean "ordered"\?/,
    json({ emit: "orderd" }),
  ],
  ["JSON_SHAPE", /\$\.skip: expected a skip strategy, found "pastLast"/, json({ skip: "pastLast" })],
  [
    "JSON_SHAPE",
    /\$\.skip\.to: expected one of .*"pastLast".* Did you mean "pastLast"\?/,
    json({ skip: { to: "pastlast" } }),
  ],
  ["JSON_SHAPE", /\$\.skip\.step: expected a text, found nothing/, json({ skip: { to: "first" } })],
  [
    "JSON_SHAPE",
    /\$\.skip\.orElse: expected one of "none", "next"/,
    json({ skip: { to: "first", step: "a", orElse: "toNext" } }),
  ],
  ["JSON_UNKNOWN_FIELD", /\$\.skip: the field "step" is not known/, json({ skip: { to: "none", step: "a" } })],
  ["JSON_UNKNOWN_FIELD", /\$: the field "within" is not known here\. Did you mean "withinMs"\?/, json({ within: 5 })],
  [
    "JSON_UNKNOWN_FIELD",
    /\$: the field "select" is not known here\. Leave it out; the fields known here are "name", "sequitur"/,
    json({ select: 1 }),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements: expected an array of steps, absences and groups, found an object/,
    json({ elements: {} }),
  ],
  ["JSON_SHAPE", /\$\.elements\[0\]: expected a step, absence or group, found null/, json({}, [null])],
  [
    "JSON_SHAPE",
    /\$\.elements\[1\]: expected a step, absence or group, found nothing/,
    json({}, new Array(2).fill(step(), 0, 1)),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.kind: expected one of "step", "absence", "group", found nothing/,
    json({}, [{ name: "a" }]),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.kind: .*found "stp"\. Did you mean "step"\?/,
    json({}, [{ kind: "stp", name: "a" }]),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.link: expected one of "next", "followedBy", "followedByAny", found 1/,
    json({}, [step({ link: 1 })]),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.link: expected one of "notNext", "notFollowedBy", found nothing/,
    json({}, [{ kind: "absence", name: "a" }]),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.on: expected an array of texts, found "charge"/,
    json({}, [step({ on: "charge" })]),
  ],
  ["JSON_SHAPE", /\$\.elements\[0\]\.on\[1\]: expected a text, found 2/, json({}, [step({ on: ["charge", 2] })])],
  ["JSON_UNKNOWN_FIELD", /\$\.elements\[0\]: the field "where" is not known/, json({}, [step({ where: {} })])],
  [
    "JSON_UNKNOWN_FIELD",
    /\$\.elements\[0\]: the field "maxGapMs" is not known/,
    json({}, [{ kind: "absence", name: "n", link: "notNext", maxGapMs: 1 }]),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.quantifier\.max: expected a number or null, found nothing/,
    json({}, [step({ quantifier: { min: 2 } })]),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.quantifier\.min: expected a number, found nothing/,
    json({}, [step({ quantifier: { max: 2 } })]),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.quantifier\.greedy: expected true or false, found "yes"/,
    json({}, [step({ quantifier: { greedy: "yes" } })]),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.quantifier: expected a quantifier, found "\+"/,
    json({}, [step({ quantifier: "+" })]),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.quantifier\.until: expected a condition, found true/,
    json({}, [step({ quantifier: { until: true } })]),
  ],
  [
    "JSON_SHAPE",
    /\$\.elements\[0\]\.elements\[0\]\.name: expected a text/,
    json({}, [{ kind: "group", elements: [{ kind: "step" }] }]),
  ],
  ["JSON_SHAPE", /\.condition: expected a condition, found "a > 5"/, conditioned("a > 5")],
  ["JSON_SHAPE", /\.condition\.kind: expected one of .*found "opaque"/, conditioned({ kind: "opaque", version: 1 })],
  ["JSON_SHAPE", /\.condition\.kind: expected one of .*found "literal"/, conditioned({ kind: "literal", value: true })],
  [
    "JSON_SHAPE",
    /\.condition\.op: expected one of .*found "equals"/,
    conditioned({ kind: "compare", op: "equals", left: {}, right: {} }),
  ],
  ["JSON_SHAPE", /\.condition\.parts: expected an array of conditions, found nothing/, conditioned({ kind: "and" })],
  ["JSON_SHAPE", /\.condition\.part: expected a condition, found nothing/, conditioned({ kind: "not" })],
  ["JSON_SHAPE", /\.condition\.value: expected a value, found nothing/, conditioned({ kind: "exists" })],
  [
    "JSON_SHAPE",
    /\.condition\.options\[0\]: expected a constant .*found null/,
    conditioned({ kind: "oneOf", value: { kind: "field", path: [] }, options: [null] }),
  ],
  ["JSON_SHAPE", /\.right: expected a value, found 5/, compared(5)],
  ["JSON_SHAPE", /\.right\.value: expected a constant/, compared({ kind: "literal", value: null })],
  ["JSON_SHAPE", /\.right\.value: expected a constant/, compared({ kind: "literal", value: Number.NaN })],
  [
    "JSON_SHAPE",
    /\.right\.value\.bigint: expected the digits of a whole number as a text, found 5/,
    compared({ kind: "literal", value: { bigint: 5 } }),
  ],
  [
    "JSON_SHAPE",
    /\.right\.value\.bigint: expected the digits of a whole number as a text, found "1e9"/,
    compared({ kind: "literal", value: { bigint: "1e9" } }),
  ],
  [
    "JSON_SHAPE",
    /\.right\.value\.bigint: expected the digits of a whole number as a text, found ""/,
    compared({ kind: "literal", value: { bigint: "" } }),
  ],
  [
    "JSON_SHAPE",
    /\.right\.value\.number: expected one of "NaN"/,
    compared({ kind: "literal", value: { number: "1" } }),
  ],
  [
    "JSON_UNKNOWN_FIELD",
    /\.right\.value: the field "bigint" is not known/,
    compared({ kind: "literal", value: { number: "NaN", bigint: "1" } }),
  ],
  ["JSON_SHAPE", /\.right\.path: expected an array of texts, found "v"/, compared({ kind: "field", path: "v" })],
  [
    "JSON_SHAPE",
    /\.right\.of\.kind: expected one of "candidate", "taken", "item", found "e"/,
    compared({ kind: "field", of: { kind: "e" }, path: [] }),
  ],
  [
    "JSON_SHAPE",
    /\.right\.of\.at: expected "only", "first", "last" or an index from 0, found 1\.5/,
    compared({ kind: "field", of: { kind: "taken", step: "a", at: 1.5 }, path: [] }),
  ],
  [
    "JSON_UNKNOWN_FIELD",
    /\.right\.of: the field "step" is not known/,
    compared({ kind: "field", of: { kind: "candidate", step: "a" }, path: [] }),
  ],
  ["JSON_SHAPE", /\.right\.step: expected a text, found nothing/, compared({ kind: "count" })],
  [
    "JSON_SHAPE",
    /\.right\.op: expected one of "sum", "avg", "min", "max", found "median"/,
    compared({ kind: "aggregate", op: "median", step: "a", value: { kind: "literal", value: 1 } }),
  ],
  [
    "JSON_SHAPE",
    /\.right\.op: expected one of "plus".*found "\+"/,
    compared({
      kind: "arithmetic",
      op: "+",
      left: { kind: "literal", value: 1 },
      right: { kind: "literal", value: 1 },
    }),
  ],
];

for (const [code, message, value] of REFUSED) {
  it(`refuses, saying ${message.source.slice(0, 90)}`, () => {
    const error = refusalOf(value);
    assert.match(error.message, message);
    assert.ok(
      error.problems.some((problem) => problem.code === code),
      error.message,
    );
  });
}

it("tells all problems at once, and which pattern it is", () => {
  const error = refusalOf(
    json({ name: "card-testing", withinMs: "10m", emitt: "eager" }, [step({ on: 5 }), { kind: "x" }]),
  );
  assert.equal(error.problems.length, 4);
  assert.match(error.message, /^pattern "card-testing" has 4 problems/);
  assert.match(refusalOf(json({ name: 5 })).message, /^pattern "\(from JSON\)"/);
});

it("stops after a hundred problems", () => {
  assert.is(
    refusalOf(
      json(
        {},
        Array.from({ length: 5_000 }, () => 0),
      ),
    ).problems.length,
    100,
  );
});

it("refuses an unknown field and a wrong value wherever they stand", () =>
  fc.assert(
    fc.property(astArbitrary(ODD), fc.nat(), fc.boolean(), (ast, pick, isField) => {
      const value = structuredClone(toJson(ast)) as unknown;
      const [at, holder, name] = pickPlace(value, pick, isField);
      if (isField) holder[name] = { ...(at as object), unknownField: 1 };
      else holder[name] = { unheardOf: 1 };
      const error = refusalOf((holder as { root?: unknown }).root ?? value);
      assert.ok(
        error.problems.every(({ code, message }) => code.startsWith("JSON_") && message.includes("$")),
        error.message,
      );
    }),
    { numRuns: 1_000 },
  ));

/** Any value inside `root` (any object if `onlyObjects`), with what it stands in. */
function pickPlace(
  root: unknown,
  pick: number,
  onlyObjects: boolean,
): readonly [value: unknown, holder: Record<string, unknown>, name: string] {
  const places: [unknown, Record<string, unknown>, string][] = [];
  const visit = (value: unknown, holder: Record<string, unknown>, name: string): void => {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    // Another version of the form is no field of this one.
    if ((isObject || !onlyObjects) && name !== "sequitur") places.push([value, holder, name]);
    if (typeof value === "object" && value !== null) {
      for (const [key, part] of Object.entries(value)) visit(part, value as Record<string, unknown>, key);
    }
  };
  visit(root, { root }, "root");
  return places[pick % places.length] as [unknown, Record<string, unknown>, string];
}

it("answers any JSON with a pattern or a PatternError", () =>
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      for (const value of [
        one,
        json({ elements: one }),
        conditioned(one),
        compared(one),
        json({}, [step({ quantifier: one, on: other })]),
      ]) {
        try {
          fromJson(value);
        } catch (error) {
          assert.instance(error, PatternError);
        }
      }
    }),
    { numRuns: 1_000 },
  ));

it("is not fooled by names of the prototype", () => {
  const polluting = JSON.parse('{"sequitur": 1, "name": "p", "elements": [], "__proto__": {"polluted": true}}');
  assert.match(refusalOf(polluting).message, /the field "__proto__" is not known/);
  assert.is(({} as { polluted?: boolean }).polluted, undefined);
  const inherited = Object.create({ sequitur: 1, name: "p", elements: [] });
  assert.match(refusalOf(inherited).message, /"sequitur" is missing/);
  const names = ["constructor", "toString", "__proto__", "hasOwnProperty"];
  const odd = JSON.stringify(
    json(
      {},
      names.map((name, index) => ({ kind: "step", name, ...(index > 0 && { link: "next" }), on: [name] })),
    ),
  );
  assert.equal(
    fromJson(JSON.parse(odd)).elements.map((element) => "name" in element && element.name),
    names,
  );
});

it("refuses what is too deep, too large or too long, and says how to raise the limit", () => {
  let deep: unknown = { kind: "exists", value: { kind: "field", path: [] } };
  for (let depth = 0; depth < 100_000; depth += 1) deep = { kind: "not", part: deep };
  assert.match(
    refusalOf(conditioned(deep)).message,
    /\$\.elements\[0\]\.condition\.part.*…\.part.* more than 256 levels deep, the limit maxJsonDepth\. .*limits: \{ maxJsonDepth: 512 \}/,
  );

  const wide = json(
    {},
    Array.from({ length: 30_000 }, (_, index) => step({ name: `s${index}`, link: "next" })),
  );
  assert.match(
    refusalOf(wide).message,
    /more than 100,000 values large, the limit maxJsonNodes\. .*maxJsonNodes: 200000/,
  );
  assert.match(refusalOf(json({}, new Array(4_000_000_000))).message, /maxJsonNodes/);

  const long = json({ name: "x".repeat(1_000_001) });
  assert.match(refusalOf(long).message, /more than 1,000,000 characters long, the limit maxJsonCharacters/);
  assert.match(refusalOf(json({ ["y".repeat(1_000_001)]: 1 })).message, /maxJsonCharacters/);

  const cyclic: { elements: unknown[] } = json() as never;
  cyclic.elements.push(cyclic);
  assert.match(refusalOf(cyclic).message, /maxJsonDepth/);

  assert.is(refusalOf(json(), { maxJsonDepth: 2 }).problems[0]?.code, "JSON_TOO_LARGE");
  assert.is(fromJson(json(), { maxJsonDepth: 3 }).name, "p");
});

it.run();
